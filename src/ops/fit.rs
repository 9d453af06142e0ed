//! Whether golden cases fit the bundle they are about, before anybody is asked anything.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{layout::file_path, parts::Whole, stage::Part};
use crate::{
    artifact::{Case, Check, Input},
    eval::Lent,
    problem::{Problem, did_you_mean},
    render::{self, check_expression},
};

/// Expressions that could never be weighed, in groups too.
pub(super) fn expressions<'c>(part: &Part, cases: impl IntoIterator<Item = &'c Case>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for case in cases {
        for check in checks(case) {
            let Check::Expression(source) = check else { continue };
            if let Err(error) = check_expression(source) {
                let message = format!("case `{}`: {error}", case.id);
                let problem = in_case(part, &case.id, source, "bad-expression", message);
                problems.push(match error {
                    render::ExpressionError::Invalid { next: Some(next), .. } => problem.next(next),
                    _ => problem,
                });
            }
        }
    }
    problems
}

/// Variables that the prompt does not declare or lacks, and checks that the bundle cannot answer.
///
/// Errors are what could never be right; a tool that the bundle does not have is a warning, because a case may ask that
/// it is not called.
pub(super) fn with_bundle<'c>(part: &Part, cases: impl IntoIterator<Item = &'c Case>, whole: &Whole) -> Vec<Problem> {
    let (inputs, lent) = (whole.inputs(), whole.lent());
    let tools: BTreeSet<&str> = lent.names().collect();
    let mut problems = Vec::new();
    for case in cases {
        problems.extend(case_problems(part, case, &inputs));
        for check in checks(case) {
            problems.extend(lacking(part, case, check, &lent));
            problems.extend(tool_names(part, case, check.tools(), &tools));
        }
        let answered = case.conversation.tool_results.iter().map(|entry| entry.call.name.as_str());
        problems.extend(tool_names(part, case, answered, &tools));
    }
    problems
}

/// Every check of a case, those inside of groups included.
fn checks(case: &Case) -> impl Iterator<Item = &Check> {
    case.expect.iter().flat_map(|expectation| expectation.each()).map(|one| &one.check)
}

/// A check that needs of the bundle what it does not have.
fn lacking(part: &Part, case: &Case, check: &Check, lent: &Lent) -> Option<Problem> {
    let why = lent.lacks(check)?;
    let message = format!("case `{}`: `{}` cannot be answered: {why}", case.id, check.word());
    let problem = in_case(part, &case.id, check.word(), "check-needs-more", message);
    Some(problem.next(match check {
        Check::OutputSchema(_) => {
            "add it to the prompt's front matter, or write `json_schema` with a schema of its own"
        }
        Check::ValidCalls(_) => "name tools in the prompt's front matter, or take the check out",
        _ => "add `price = { input = …, output = … }` to the model's file, in USD per million tokens",
    }))
}

/// Tools that the bundle does not have.
fn tool_names<'n>(
    part: &Part,
    case: &Case,
    named: impl IntoIterator<Item = &'n str>,
    known: &BTreeSet<&str>,
) -> Vec<Problem> {
    let unknown = named.into_iter().filter(|name| !known.contains(name));
    let problem = |name: &str| {
        let message = format!("case `{}`: the bundle has no tool `{}`", case.id, name.escape_debug());
        let problem = in_case(part, &case.id, name, "unknown-tool", message).as_warning();
        problem.nearest(name, known.iter().copied())
    };
    unknown.map(problem).collect()
}

/// A case's variables against what the prompt and its fragments declare.
fn case_problems(part: &Part, case: &Case, inputs: &BTreeMap<String, Input>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, value) in &case.vars {
        match inputs.get(name) {
            None => {
                let message = format!("case `{}`: the prompt has no input `{}`", case.id, name.escape_debug());
                let problem = in_case(part, &case.id, name, "undeclared-input", message);
                let advice = did_you_mean(name, inputs.keys().map(String::as_str));
                let declare = || format!("declare it in the prompt: [inputs.{name}]");
                problems.push(problem.next(advice.unwrap_or_else(declare)));
            }
            Some(input) if !accepts(input, value) => {
                let message = format!("case `{}`: `{name}` must be of type {}", case.id, input.kind.word());
                problems.push(in_case(part, &case.id, name, "wrong-type", message));
            }
            Some(_) => {}
        }
    }
    let needed = |(name, input): &(&String, &Input)| {
        !input.optional && input.default.is_none() && !case.vars.contains_key(name.as_str())
    };
    for (name, _) in inputs.iter().filter(needed) {
        let message = format!("case `{}`: the variable `{name}` is missing", case.id);
        let problem = in_case(part, &case.id, &case.id, "missing-input", message);
        problems.push(problem.next(format!("add `{name}` to its `vars`")));
    }
    problems
}

/// Null means "not given", which only optional inputs may be.
fn accepts(input: &Input, value: &Value) -> bool {
    input.kind.accepts(value) || (value.is_null() && input.optional)
}

/// A problem where a file of the part first holds one of these texts.
pub(super) fn at(part: &Part, forms: &[String], code: &str, message: String) -> Problem {
    for (path, text) in texts(part) {
        if let Some(offset) = forms.iter().filter_map(|form| text.find(form.as_str())).min() {
            return Problem::at(&path, &text, offset, code, message);
        }
    }
    Problem::whole(&part.path, code, message)
}

/// A problem in a case: at the first mention of a text after the case's name, else at the name.
fn in_case(part: &Part, id: &str, mention: &str, code: &str, message: String) -> Problem {
    for (path, text) in texts(part) {
        let Some(start) = id_at(&text, id) else { continue };
        let rest = text.get(start..).unwrap_or_default();
        // In a suite the case goes on to the next one, in a case file to the end of its line.
        let end = rest.find("[[case]]").unwrap_or(rest.len());
        let end = if path == part.path { end } else { rest.find('\n').unwrap_or(rest.len()) };
        let offset = rest.get(..end).and_then(|case| word_at(case, mention)).map_or(start, |at| start + at);
        return Problem::at(&path, &text, offset, code, message);
    }
    Problem::whole(&part.path, code, message)
}

/// Where a case's name stands, in TOML or in a JSON line, or at the beginning of a CSV row.
fn id_at(text: &str, id: &str) -> Option<usize> {
    let quoted = [format!("id = \"{id}\""), format!("id = '{id}'"), format!("id=\"{id}\""), format!("\"{id}\"")];
    let found = quoted.iter().find_map(|form| text.find(form.as_str()));
    found.or_else(|| text.find(&format!("\n{id},")).map(|at| at + 1))
}

/// The first place where a text stands as a word of its own.
fn word_at(text: &str, word: &str) -> Option<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().last());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Every file of a part with its path from the project folder.
fn texts(part: &Part) -> impl Iterator<Item = (String, String)> + '_ {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    part.source.files().map(move |file| (file_path(&part.path, &file.path), text(&file.bytes)))
}
