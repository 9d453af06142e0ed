//! `clone` and `attach`: a shared ledger comes to a folder.

use serde::Serialize;

use super::{Answer, Failure, World, pull, sharing, standing::Standing};
use crate::{
    governance::FILE,
    object::{Digest, EventId, Prefix},
};

/// How the ledger comes.
#[derive(Debug, Clone)]
pub struct Request {
    /// The project it must be.
    pub expect: Option<Prefix>,
    /// Whether the heads are written as files; else what stands in the folder is left alone.
    pub files: bool,
    /// The folder, as it is shown.
    pub path: String,
}

/// What came.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The project: the digest of the rules it began with.
    pub project: Digest,
    /// Its name.
    pub name: String,
    /// The newest event.
    pub event: EventId,
    /// How many events came.
    pub events_in: u64,
    /// The folder.
    pub path: String,
    /// The remote.
    pub remote: String,
    /// Files that were written.
    pub files: Vec<String>,
    /// Whether the project was named beforehand, so that nobody could put another in its place.
    pub expected: bool,
    /// Whether `chancery.toml` in the folder is what is in force.
    pub rules_in_force: bool,
}

/// A clone.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Cloned(pub Outcome);

impl Answer for Cloned {
    const SCHEMA: &'static str = "chancery.clone/1";
}

/// An attached checkout.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Attached(pub Outcome);

impl Answer for Attached {
    const SCHEMA: &'static str = "chancery.attach/1";
}

/// Brings the whole ledger of the world's remote into its empty store.
///
/// # Errors
///
/// `no-ledger` when the remote has none, `other-project` when it is not the one expected; and as [`pull::run`].
pub fn run(world: &World, request: Request, progress: &dyn Fn(u64, u64)) -> Result<Outcome, Failure> {
    let remote = world.remote.as_ref().ok_or_else(pull::no_remote)?;
    let brought = sharing::begin(world, remote, request.expect.as_ref(), progress)?;
    if world.journal.tip()?.is_none() {
        return Err(Failure::cannot("no-ledger", format!("`{}` has no ledger", remote.place()))
            .say("share one from the clone that has it: `chancery remote URL`, then `chancery push`"));
    }
    let files = if request.files {
        sharing::write_heads(world)?
    } else {
        sharing::note_files(world)?;
        Vec::new()
    };
    let standing = Standing::read(world)?;
    let project = standing.project.project;
    let rules = world.tree.read(FILE)?;
    Ok(Outcome {
        project,
        name: standing.governance.project.clone(),
        event: standing.tip.event,
        events_in: brought.events_in,
        path: request.path,
        remote: remote.place(),
        files,
        expected: request.expect.is_some(),
        rules_in_force: rules.is_some_and(|bytes| Digest::of(&bytes) == standing.project.governance),
    })
}
