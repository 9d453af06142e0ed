//! `keys`: which key signs here.

use serde::Serialize;

use super::{Answer, Failure};
use crate::trust::{Signer, SignerError};

/// The key of the person at the keyboard.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The public key, as `authorized_keys` writes it.
    pub key: String,
    /// Its fingerprint, as `ssh-keygen -l` prints it.
    pub fingerprint: String,
    /// Where it was found: an option, a variable, git's settings, or a file.
    pub source: String,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.keys/1";
}

/// Describes the signer that was found.
///
/// # Errors
///
/// That there is no usable key, with what to do.
pub fn run(signer: &Result<Box<dyn Signer>, SignerError>, source: &str) -> Result<Outcome, Failure> {
    let key = signer.as_ref().map_err(|error| Failure::from(error.clone()))?.key();
    Ok(Outcome { key: key.to_string(), fingerprint: key.fingerprint(), source: source.to_owned() })
}
