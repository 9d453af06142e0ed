//! `governance diff`: the rules in force against the file.

use serde::Serialize;

use super::{Answer, Failure, World, standing::Standing};
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
    /// What differs, sorted by path.
    pub differences: Vec<Change>,
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
    })?;
    let (written, warnings) = Governance::parse(FILE, &bytes)?;
    Ok(Outcome {
        rules: standing.project.governance,
        since: standing.project.since,
        file: Digest::of(&bytes),
        differences: standing.governance.differences(&written),
        approvals: standing.governance.approvals,
        warnings,
    })
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
