//! Data about people in golden cases, which many read and which are kept for good.

use std::collections::BTreeSet;

use serde_json::Value;

use super::layout::file_path;
use crate::{
    artifact::{Case, Expectation, Parsed, Suite, parse},
    name::Kind,
    problem::Problem,
    scan::{self, About},
    workspace::{Loaded, WorkingFile},
};

/// Card numbers, bank accounts, e-mail addresses and telephone numbers in the cases of every suite: worth a second
/// look, and wrong in a suite that says of itself that its data is public. Unsorted.
pub(super) fn problems(loaded: &Loaded) -> Vec<Problem> {
    let suites = loaded.artifacts.values().filter(|file| file.artifact.kind == Kind::Suite);
    suites.flat_map(of_suite).collect()
}

fn of_suite(file: &WorkingFile) -> Vec<Problem> {
    let parsed = parse(file.artifact.kind, &file.artifact.name, &file.path, &file.source, file.template);
    let Ok((Parsed::Suite(suite), _)) = parsed else { return Vec::new() };
    let found: BTreeSet<(About, String)> = suite.cases.iter().flat_map(in_case).collect();
    found.into_iter().map(|(about, value)| problem(file, &suite, about, &value)).collect()
}

/// What a case says about people: in its variables, history included, and in what it expects.
fn in_case(case: &Case) -> Vec<(About, String)> {
    let mut texts = Vec::new();
    case.vars.values().for_each(|value| collect(value, &mut texts));
    case.conversation.tool_results.iter().for_each(|entry| collect(&entry.result, &mut texts));
    texts.extend(case.conversation.then.iter().cloned());
    case.expect.iter().map(Expectation::to_json).for_each(|value| collect(&value, &mut texts));
    let of_text = |text: &String| {
        let hits = scan::personal(text).into_iter();
        hits.filter_map(|hit| Some((hit.about, text.get(hit.range)?.to_owned()))).collect::<Vec<_>>()
    };
    texts.iter().flat_map(of_text).collect()
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Array(list) => list.iter().for_each(|value| collect(value, texts)),
        Value::Object(table) => table.values().for_each(|value| collect(value, texts)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// The problem where the value first stands. The value itself is not shown: what is printed is kept too, by others.
fn problem(file: &WorkingFile, suite: &Suite, about: About, value: &str) -> Problem {
    let (code, message) = ("personal-data", format!("a golden case holds {}", about.title()));
    let place = file.source.files().find_map(|source| {
        let text = String::from_utf8_lossy(&source.bytes).into_owned();
        let at = text.find(value)?;
        Some((file_path(&file.path, &source.path), text, at))
    });
    let problem = match place {
        Some((path, text, at)) => {
            let problem = Problem::at(&path, &text, at, code, message);
            Problem { excerpt: problem.excerpt.map(|line| masked(&line)), ..problem }
        }
        // It is written with escapes, or as a number in another form.
        None => Problem::whole(&file.path, code, message),
    };
    let made_up = "make it up: `name@example.com`, +1 202 555 0142, a number whose check digit does not hold";
    if suite.public {
        problem.next(format!("{made_up}; or take out `data = \"public\"`"))
    } else {
        problem.next(made_up).as_warning()
    }
}

/// A line with marks in place of all data about people.
fn masked(line: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for hit in scan::personal(line) {
        out.push_str(line.get(at..hit.range.start).unwrap_or_default());
        out.extend(["[personal: ", hit.about.word(), "]"]);
        at = hit.range.end;
    }
    out + line.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::ops::{
        check::{Request, run},
        testing::TestProject,
    };

    fn told(suite: &str) -> Vec<(u32, u32, bool, String)> {
        let project = TestProject::new();
        project.write("prompts/a.md", "+++\nmodel = \"m\"\n[inputs.x]\n+++\n{{ x }}\n");
        project.write("models/m.toml", "provider = \"echo\"\nid = \"echo\"\n");
        project.write("evals/a.toml", suite);
        let outcome = run(&project.of("maya"), &Request { paths: vec!["evals".to_owned()] }).unwrap();
        let found = outcome.problems.into_iter().filter(|problem| problem.code == "personal-data");
        found
            .map(|problem| (problem.line, problem.column, problem.warning, problem.excerpt.unwrap_or_default()))
            .collect()
    }

    const CASE: &str = "prompt = \"a\"\n[[case]]\nid = \"a\"\nvars = { x = \"pay with 4111 1111 1111 1111\" }\n\
                        expect = [{ contains = \"anna@posteo.de\" }]\n";

    #[test]
    fn data_about_people_in_a_golden_case_is_worth_a_second_look() {
        let excerpt = "vars = { x = \"pay with [personal: card]\" }".to_owned();
        let other = "expect = [{ contains = \"[personal: email]\" }]".to_owned();
        assert_eq!(told(CASE), [(4, 24, true, excerpt), (5, 25, true, other)]);
        assert_eq!(told(&CASE.replace("4111", "4112").replace("posteo.de", "example.com")), []);
    }

    #[test]
    fn a_suite_whose_data_is_public_holds_none() {
        let public = told(&CASE.replace("prompt =", "data = \"public\"\nprompt ="));
        assert!(public.len() == 2 && public.iter().all(|(_, _, warning, _)| !warning), "{public:?}");
    }
}
