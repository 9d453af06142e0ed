//! `rm`: an artifact is deleted, and that is recorded.

use serde::Serialize;

use super::{
    Answer, Failure, World, memory,
    named::named,
    own_files::own_files,
    record,
    restore::unsaved,
    working::{Item, Working},
};
use crate::{
    ledger::{self, Deed, HeadChange},
    name::Kind,
    object::{EventId, VersionId},
    workspace::FileState,
};

/// What to delete.
#[derive(Debug, Clone)]
pub struct Request {
    /// A name or a file.
    pub artifact: String,
    /// Why.
    pub message: Option<String>,
    /// Whether changes that no version has may be lost.
    pub force: bool,
}

/// What was deleted.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The artifact.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// The event; none where the deletion was recorded before and only files were left.
    pub event: Option<EventId>,
    /// The deletion's place among the artifact's commits.
    pub number: u64,
    /// The version that was its head.
    pub parent: Option<VersionId>,
    /// The files that are gone.
    pub files: Vec<String>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.rm/1";
}

/// Records the deletion, then removes the files. Killed in between, `status` shows the file as behind, and the same
/// command removes it.
///
/// # Errors
///
/// `unsaved-changes`; `never-committed`; the refusal of the rules, `still-needed` above all.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let working = Working::read(world)?;
    let (label, item) = named(&working, &request.artifact)?;
    let Some(head) = item.head.clone() else {
        return Err(Failure::cannot("never-committed", format!("`{label}` was never committed"))
            .say(format!("there is nothing to record: delete `{}` yourself", item.path)));
    };
    let is_known = match item.version {
        Some(version) => working.standing.state().version(&item.artifact, version)?.is_some(),
        None => item.problem.is_none(),
    };
    if !is_known && !request.force {
        return Err(unsaved(&item.path));
    }
    if head.version.is_none() && item.state != FileState::Behind {
        return Err(Failure::cannot("deleted", format!("`{label}` is deleted already"))
            .say(format!("`{}` was written since; commit it, or delete it yourself", item.path)));
    }
    let files = own_files(world, &working, &item)?;
    let mut event = None;
    if head.version.is_some() {
        let message = request.message.clone().unwrap_or_else(|| format!("rm {label}"));
        let act = record::signed(world, deed(&item, message))?;
        event = Some(record::place(world, &act).map_err(|failure| teach(failure, &label))?.event);
    }
    for file in &files {
        world.tree.remove(file)?;
    }
    memory::remember(world, vec![item.artifact.clone()], Vec::new())?;
    let number = head.number + u64::from(event.is_some());
    Ok(Outcome { artifact: label, kind: item.artifact.kind, event, number, parent: head.version, files })
}

fn deed(item: &Item, message: String) -> Deed {
    let change = HeadChange {
        artifact: item.head.as_ref().map_or_else(|| item.artifact.clone(), |head| head.artifact.clone()),
        moved: item.head.as_ref().map(|head| head.event),
        renamed_from: None,
        version: None,
        listed: false,
        path: None,
        template: None,
    };
    Deed::Commit(ledger::Commit { message, authors: Vec::new(), changes: vec![change] })
}

fn teach(failure: Failure, label: &str) -> Failure {
    if failure.code == "still-needed" {
        return failure
            .run(format!("chancery impact {label}"))
            .say("take the name out of what needs it and commit that first");
    }
    failure
}
