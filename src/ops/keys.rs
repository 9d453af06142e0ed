//! `keys`: which key signs here.

use serde::Serialize;

use super::{Answer, Failure, World, standing::Standing};
use crate::{
    name::{Handle, Role},
    trust::{Signer, SignerError},
};

/// The key of the person at the keyboard.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The public key, as `authorized_keys` writes it.
    pub key: String,
    /// Its fingerprint, as `ssh-keygen -l` prints it.
    pub fingerprint: String,
    /// Where it was found: an option, a variable, git's settings, or a file.
    pub source: String,
    /// The project whose rules were asked for its owner; absent where there is none.
    pub project: Option<String>,
    /// Whose it is by the rules in force; absent where it is nobody's.
    pub person: Option<Handle>,
    /// What that person is.
    pub roles: Vec<Role>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.keys/1";
}

/// Describes the signer that was found, and whose key it is in the project, where there is one.
///
/// # Errors
///
/// That there is no usable key, with what to do.
pub fn run(
    signer: &Result<Box<dyn Signer>, SignerError>,
    source: &str,
    world: Option<&World>,
) -> Result<Outcome, Failure> {
    let key = signer.as_ref().map_err(|error| Failure::from(error.clone()))?.key();
    let mut outcome = Outcome {
        key: key.to_string(),
        fingerprint: key.fingerprint(),
        source: source.to_owned(),
        project: None,
        person: None,
        roles: Vec::new(),
    };
    // Which key signs can be told without a project, or in one that has not begun.
    let begun = world.and_then(|world| Standing::read(world).ok());
    if let Some(standing) = begun {
        outcome.project = Some(standing.governance.project.clone());
        if let Some((handle, person)) = standing.governance.people.owner(key) {
            outcome.person = Some(handle.clone());
            outcome.roles = person.roles.iter().cloned().collect();
        }
    }
    Ok(outcome)
}
