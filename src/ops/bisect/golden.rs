//! The golden case that is asked of every version.

use std::collections::BTreeMap;

use crate::{
    artifact::{Parsed, Subject, Suite},
    name::{Artifact, Kind, Name},
    ops::{
        Failure, World,
        eval::Golden,
        judges::seated,
        parts::try_gather,
        stage::{Ground, Stage},
        standing::Standing,
    },
    problem::{Problem, did_you_mean, quoted},
};

/// Finds a case by its id, or as `SUITE/ID`: in the suites that stand in files, else in those that are committed.
///
/// # Errors
///
/// `no-such-case`, `ambiguous-case`, or what is wrong with suites where none has it.
pub(super) fn find(
    world: &World,
    standing: &Standing<'_>,
    artifact: &Artifact,
    wanted: &str,
) -> Result<Golden, Failure> {
    let mut known = Vec::new();
    let mut broken = Vec::new();
    for ground in [Ground::Work, Ground::Heads] {
        let stage = Stage::open(world, standing, ground)?;
        let mut found: BTreeMap<String, Golden> = BTreeMap::new();
        for golden in about(&stage, artifact, &mut broken)? {
            for case in &golden.tests.cases {
                let whole = format!("{}/{}", golden.suite, case.id);
                if case.id == wanted || whole == wanted {
                    let tests = Suite { cases: vec![case.clone()], ..golden.tests.clone() };
                    found.insert(whole, Golden { tests, ..golden.clone() });
                }
                known.push(case.id.clone());
            }
        }
        let several = quoted(found.keys(), " or ");
        let mut found = found.into_values();
        match (found.next(), found.next()) {
            (Some(golden), None) => return with_judges(&stage, golden),
            (Some(_), Some(_)) => {
                return Err(Failure::cannot("ambiguous-case", format!("`{wanted}` may be {several}"))
                    .say("name the suite too: `--case SUITE/ID`"));
            }
            (None, _) => {}
        }
    }
    if !broken.is_empty() {
        return Err(Failure::problems(broken));
    }
    let message = format!("no suite that tests `{artifact}` has a case `{}`", wanted.escape_debug());
    let advice = did_you_mean(wanted, known.iter().map(String::as_str));
    Err(Failure::cannot("no-such-case", message)
        .say(advice.unwrap_or_else(|| "see its cases with `chancery eval`".to_owned())))
}

/// The case with the judges that its checks ask, as they stand where the suite does.
fn with_judges(stage: &Stage<'_>, golden: Golden) -> Result<Golden, Failure> {
    let judges = seated(stage, &golden.part, &golden.tests, false)?.map_err(Failure::problems)?;
    Ok(Golden { judges, ..golden })
}

/// Every suite here about a prompt, or about prompts that use a part they share; what cannot be read is put down.
fn about(stage: &Stage<'_>, artifact: &Artifact, broken: &mut Vec<Problem>) -> Result<Vec<Golden>, Failure> {
    let mut suites = Vec::new();
    for suite in stage.artifacts()?.into_iter().filter(|found| found.kind == Kind::Suite) {
        let part = match stage.look_closely(&suite)? {
            Ok(Some(part)) => part,
            Ok(None) => continue,
            Err(problems) => {
                broken.extend(problems);
                continue;
            }
        };
        let tests = match part.parsed() {
            Ok(Parsed::Suite(tests)) => tests.clone(),
            Ok(_) => continue,
            Err(problems) => {
                broken.extend(problems);
                continue;
            }
        };
        let Subject::Prompt(prompt) = tests.subject.clone() else { continue };
        if concerns(stage, &prompt, artifact)? {
            suites.push(Golden { suite: suite.name, part, prompt, tests, judges: Vec::new() });
        }
    }
    Ok(suites)
}

/// Whether an artifact is this prompt, or part of its bundle here.
fn concerns(stage: &Stage<'_>, prompt: &Name, artifact: &Artifact) -> Result<bool, Failure> {
    if artifact.kind == Kind::Prompt && !artifact.name.is_fragment() {
        return Ok(artifact.name.folded() == prompt.folded());
    }
    let key = artifact.key();
    match try_gather(stage, prompt) {
        Ok(whole) => Ok(whole.is_ok_and(|whole| whole.bundle.members.iter().any(|m| m.artifact.key() == key))),
        Err(failure) if failure.code == "not-here" => Ok(false),
        Err(failure) => Err(failure),
    }
}
