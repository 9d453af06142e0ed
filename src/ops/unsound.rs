//! What is wrong with artifacts as they stand by themselves and against the rules, the other artifacts left aside.

use crate::{
    artifact::{Parsed, parse},
    gate::cases_needed,
    governance::{EnvironmentRules, Governance},
    problem::Problem,
    render::uses,
    workspace::{Loaded, WorkingFile},
};

/// Suites that the rules can never accept; unsorted.
pub(super) fn problems(loaded: &Loaded, governance: Option<&Governance>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let rules = governance.map(|governance| governance.environments.as_slice()).unwrap_or_default();
    for file in loaded.artifacts.values() {
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
