//! What is wrong with artifacts as they stand by themselves and against the rules, the other artifacts left aside.

use super::layout::file_path;
use crate::{
    artifact::{Parsed, parse},
    gate::cases_needed,
    governance::{EnvironmentRules, Governance},
    name::Kind,
    problem::Problem,
    render::uses,
    sight::{Invisible, invisible, look_alikes},
    workspace::{Loaded, WorkingFile},
};

/// What eyes do not see, and suites that the rules can never accept; unsorted.
pub(super) fn problems(loaded: &Loaded, governance: Option<&Governance>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let rules = governance.map(|governance| governance.environments.as_slice()).unwrap_or_default();
    for file in loaded.artifacts.values() {
        problems.extend(hidden_characters(file));
        if let Ok((Parsed::Suite(suite), _)) = read(file) {
            problems.extend(rules.iter().filter_map(|rules| too_small(&file.path, suite.cases.len(), rules)));
        }
    }
    problems
}

/// What is wrong with each artifact by itself, unsorted.
pub(super) fn one_by_one(loaded: &Loaded) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in loaded.artifacts.values() {
        match read(file) {
            Err(found) => problems.extend(found),
            Ok((Parsed::Prompt(prompt), warnings)) => {
                let text = String::from_utf8_lossy(&file.source.main.bytes);
                problems.extend(warnings);
                problems.extend(uses(&prompt, &file.path, &text).map_or_else(|found| found, |uses| uses.warnings));
            }
            Ok((_, warnings)) => problems.extend(warnings),
        }
    }
    problems
}

fn read(file: &WorkingFile) -> Result<(Parsed, Vec<Problem>), Vec<Problem>> {
    parse(file.artifact.kind, &file.artifact.name, &file.path, &file.source, file.template)
}

/// A suite that could not satisfy an environment's gate if every case passed.
fn too_small(path: &str, cases: usize, rules: &EnvironmentRules) -> Option<Problem> {
    let least = rules.gate.evidence.as_ref().map_or(1, |rule| rule.min_cases);
    let sure = rules.gate.pass_rate.and_then(|rule| cases_needed(rule.at_least, rule.confidence)).unwrap_or(1);
    let needed = least.max(sure);
    if usize::try_from(needed).is_ok_and(|needed| cases >= needed) {
        return None;
    }
    let name = &rules.name;
    let why = match rules.gate.pass_rate.and_then(|rule| Some((rule.at_least, rule.confidence?))) {
        Some((share, confidence)) if sure > least => {
            format!("a pass rate of {share} at confidence {confidence} takes {needed} cases")
        }
        _ => format!("{needed} cases are asked for"),
    };
    let message = format!("`{name}` can never accept this suite: {why}, and it has {cases}");
    let next = format!("add cases, or ask for less in `[environments.{name}.gate]`");
    Some(Problem::whole(path, "suite-too-small", message).next(next).as_warning())
}

/// Characters nobody sees, once a line: a model reads them all the same.
fn hidden_characters(file: &WorkingFile) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for part in file.source.files() {
        let path = file_path(&file.path, &part.path);
        let text = String::from_utf8_lossy(&part.bytes);
        let mut last_line_end = None;
        for found in invisible(&text) {
            let rest = text.get(found.at..).unwrap_or_default();
            let line_end = found.at + rest.find('\n').unwrap_or(rest.len());
            if last_line_end.replace(line_end) != Some(line_end) {
                problems.push(unseen(&path, &text, found, file.artifact.kind));
            }
        }
        problems.extend(disguised(&path, &text));
    }
    problems
}

fn unseen(path: &str, text: &str, found: Invisible, kind: Kind) -> Problem {
    let code = u32::from(found.character);
    let what = if code == 0xFEFF && found.at == 0 { "a byte order mark".to_owned() } else { found.class.to_string() };
    let readers = if kind == Kind::Prompt { "a model reads it and people do not" } else { "people do not see it" };
    let message = format!("{what}, U+{code:04X}: {readers}");
    let problem = Problem::at(path, text, found.at, "invisible-character", message);
    problem.next("take it out unless it is meant").as_warning()
}

/// Letters that pass for others, once a line.
fn disguised(path: &str, text: &str) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for (at, like) in look_alikes(text) {
        let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) else { continue };
        let message = format!("`{letter}`, U+{:04X}, looks like `{like}` and is not", u32::from(letter));
        let problem = Problem::at(path, text, at, "look-alike-character", message);
        if problems.last().is_none_or(|last| last.line != problem.line) {
            problems.push(problem.next(format!("write `{like}` unless it is meant")).as_warning());
        }
    }
    problems
}
