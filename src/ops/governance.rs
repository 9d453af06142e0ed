//! `governance`: the rules in force against the file, and the file brought back to them.

use serde::Serialize;

use super::{
    Answer, Failure, World,
    rules_file::{self, Stands},
    sources,
    standing::Standing,
};
use crate::{
    governance::{Change, FILE, Governance},
    object::{Digest, EventId},
    problem::Problem,
};

/// What the file would change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The rules in force.
    pub rules: Digest,
    /// The event since which they are.
    pub since: EventId,
    /// The file's digest.
    pub file: Digest,
    /// How the file stands to the rules in force.
    pub standing: Stands,
    /// The event that put in force the rules which the file goes back to, or was edited on.
    pub stands_on: Option<EventId>,
    /// The event that put others in their place.
    pub replaced_by: Option<EventId>,
    /// The open proposal that asks for exactly this file.
    pub proposal: Option<EventId>,
    /// What differs, sorted by path.
    pub differences: Vec<Change>,
    /// What of it takes back what others changed.
    pub takes_back: Vec<Change>,
    /// Approvals of root that a change needs.
    pub approvals: u32,
    /// What is doubtful in the file.
    pub warnings: Vec<Problem>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.governance/1";
}

/// Compares.
///
/// # Errors
///
/// `no-rules-file` without a file, `invalid-files` with all its problems.
pub fn diff(world: &World) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let bytes = world.tree.read(FILE)?.ok_or_else(|| {
        Failure::cannot("no-rules-file", format!("there is no `{FILE}` in the project folder"))
            .because("the rules in force are those the ledger recorded; they stay so without the file")
            .run("chancery governance restore")
    })?;
    let (written, warnings) = Governance::parse(FILE, &bytes)?;
    let file = Digest::of(&bytes);
    let found = rules_file::compare(world, &standing, file, &written)?;
    let (stands_on, replaced_by) = found.former.map(|reign| (reign.since, reign.until)).unzip();
    Ok(Outcome {
        rules: standing.project.governance,
        since: standing.project.since,
        file,
        standing: found.stands,
        stands_on,
        replaced_by,
        proposal: found.proposal,
        differences: found.differences,
        takes_back: found.takes_back,
        approvals: standing.governance.approvals,
        warnings,
    })
}

/// The file as it is now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restored {
    /// The file.
    pub path: &'static str,
    /// The rules in force, which it is now.
    pub rules: Digest,
    /// The event since which they are.
    pub since: EventId,
    /// Whether anything had to be written.
    pub written: bool,
}

impl Answer for Restored {
    const SCHEMA: &'static str = "chancery.governance-restore/1";
}

/// Whether an edit that is recorded nowhere may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsaved {
    /// It is kept, and nothing written.
    Keep,
    /// It may go.
    Lose,
}

/// Writes the rules in force to `chancery.toml`.
///
/// # Errors
///
/// `unsaved-changes` where the file holds what is recorded nowhere.
pub fn restore(world: &World, unsaved: Unsaved) -> Result<Restored, Failure> {
    let standing = Standing::read(world)?;
    let (rules, since) = (standing.project.governance, standing.project.since);
    let there = world.tree.read(FILE)?;
    let written = there.as_ref().is_none_or(|bytes| Digest::of(bytes) != rules);
    if let Some(bytes) = there.filter(|_| written && unsaved == Unsaved::Keep) {
        kept_somewhere(world, &standing, &bytes)?;
    }
    if written {
        world.tree.write(FILE, &sources::bytes(world, &rules)?)?;
    }
    rules_file::in_step(world, rules);
    Ok(Restored { path: FILE, rules, since, written })
}

/// The bytes of the file can be had again: they were in force, or are proposed.
fn kept_somewhere(world: &World, standing: &Standing<'_>, bytes: &[u8]) -> Result<(), Failure> {
    let file = Digest::of(bytes);
    let was_in_force = rules_file::reigns(world, standing)?.iter().any(|reign| reign.rules == file);
    if was_in_force || rules_file::proposal(standing, file)?.is_some() {
        return Ok(());
    }
    Err(Failure::cannot("unsaved-changes", format!("`{FILE}` holds changes that are recorded nowhere"))
        .because("they would be lost")
        .run("chancery governance diff")
        .run("chancery governance restore --force"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{RULES, TestProject, rules};

    #[test]
    fn a_lowered_bar_is_named_and_a_comment_changes_nothing() {
        let project = TestProject::new();
        assert!(diff(&project.of("tom")).unwrap().differences.is_empty());
        project.write("chancery.toml", &format!("{}\n# a word\n", rules(RULES)));
        let outcome = diff(&project.of("tom")).unwrap();
        assert!(outcome.differences.is_empty() && outcome.rules != outcome.file);
        project.write("chancery.toml", &rules(&RULES.replace("high = 2", "high = 1")));
        let outcome = diff(&project.of("tom")).unwrap();
        let [change] = outcome.differences.as_slice() else { panic!("{outcome:?}") };
        assert_eq!((change.path.as_str(), change.lowers), ("environments.production.gate.approvals.high", true));
    }

    #[test]
    fn a_file_that_does_not_parse_shows_its_problems() {
        let project = TestProject::new();
        project.write("chancery.toml", &rules(&RULES.replace("follow", "folow")));
        let failure = diff(&project.of("tom")).unwrap_err();
        assert_eq!(failure.code, "invalid-files");
        assert!(!failure.problems.is_empty());
    }
}
