//! What is wrong with artifacts as they stand by themselves and against the rules, the other artifacts left aside.

use crate::{
    artifact::{Case, Parsed, parse},
    clock::{Time, is_past},
    gate::{RegressionRule, cases_needed, cases_to_show},
    governance::{EnvironmentRules, Governance},
    problem::Problem,
    render::uses,
    workspace::{Loaded, WorkingFile},
};

/// Suites that the rules can never accept, or hardly, and quarantines that are over; unsorted.
pub(super) fn problems(loaded: &Loaded, governance: Option<&Governance>, now: Time) -> Vec<Problem> {
    let mut problems = Vec::new();
    let rules = governance.map(|governance| governance.environments.as_slice()).unwrap_or_default();
    for file in loaded.artifacts.values() {
        if let Ok((Parsed::Suite(suite), _)) = read(file) {
            let counting = suite.cases.iter().filter(|case| !is_borne(case, now)).count();
            problems.extend(rules.iter().filter_map(|rules| too_small(&file.path, counting, rules)));
            problems.extend(rules.iter().filter_map(|rules| too_small_for_margin(&file.path, counting, rules)));
            problems.extend(suite.cases.iter().filter_map(|case| quarantine_over(file, case, now)));
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

/// A suite that could show the margin an environment allows only for a change that is better.
fn too_small_for_margin(path: &str, cases: usize, rules: &EnvironmentRules) -> Option<Problem> {
    let Some(RegressionRule::Margin { margin, confidence }) = rules.gate.regression else { return None };
    let needed = cases_to_show(margin, confidence)?;
    if u64::try_from(cases).is_ok_and(|cases| cases >= needed) {
        return None;
    }
    let name = &rules.name;
    let message = format!(
        "`{name}` can hardly accept a change by this suite: to show that it passes at most {margin} less at confidence \
         {confidence} takes {needed} cases, none of them lost, and it has {cases}"
    );
    let next = format!("add cases, or widen `margin` in `[environments.{name}.gate]`");
    Some(Problem::whole(path, "suite-too-small", message).next(next).as_warning())
}

/// Whether a failure of the case is borne at this time.
fn is_borne(case: &Case, now: Time) -> bool {
    case.quarantine.as_ref().is_some_and(|quarantine| !is_past(&quarantine.until, now))
}

/// A quarantine that has ended: the case counts again, whatever its author believes.
fn quarantine_over(file: &WorkingFile, case: &Case, now: Time) -> Option<Problem> {
    let quarantine = case.quarantine.as_ref().filter(|quarantine| is_past(&quarantine.until, now))?;
    let (id, until) = (case.id.escape_debug(), &quarantine.until);
    let message = format!("the quarantine of the case `{id}` was to end on {until}: the case counts again");
    let text = String::from_utf8_lossy(&file.source.main.bytes);
    let named = text.find(&format!("\"{}\"", case.id)).or_else(|| text.find(&format!("'{}'", case.id)));
    let problem = match named {
        Some(offset) => Problem::at(&file.path, &text, offset, "quarantine-over", message),
        None => Problem::whole(&file.path, "quarantine-over", message),
    };
    Some(problem.next("mend the case and take `quarantine` out, or give a new day and say why").as_warning())
}
