//! The answers that the Berkeley function-calling leaderboard accepts, as golden cases: each passes its case, and with
//! any one argument changed it does not.
//!
//! An answer lists the values it accepts for each argument; the empty text among them means that the argument may be
//! left out. Inside of tables it does so again.

use std::fs;

use chancery::{
    artifact::{Case, Source, SourceFile, Suite},
    eval::{Reply, passes, score},
    render::ToolCall,
};
use serde_json::{Map, Value, json};

/// A call as the answers tell it: the tool, and for each argument what is accepted.
type Accepted = (String, Map<String, Value>);

/// The answers of one file, each with its id.
fn answers(file: &str) -> Option<Vec<(String, Vec<Accepted>)>> {
    let text = fs::read_to_string(crate::data("bfcl/answers")?.join(file)).unwrap();
    let answer = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let calls = line["ground_truth"].as_array().unwrap().iter().flat_map(|call| call.as_object().unwrap().clone());
        let calls = calls.map(|(name, arguments)| (name, arguments.as_object().unwrap().clone()));
        (line["id"].as_str().unwrap().to_owned(), calls.collect())
    };
    Some(text.lines().map(answer).collect())
}

/// What is accepted for one argument, without the sign that it may be left out; and whether there was one.
fn values(accepted: &Value) -> (Vec<&Value>, bool) {
    let all = accepted.as_array().unwrap();
    (all.iter().filter(|value| **value != json!("")).collect(), all.contains(&json!("")))
}

/// The condition that holds of what is accepted.
fn condition(accepted: &Value) -> Value {
    let (values, may_lack) = values(accepted);
    match (values.is_empty(), may_lack) {
        (true, _) => json!({ "absent": true }),
        (false, false) => json!({ "one_of": values.into_iter().map(pattern).collect::<Vec<_>>() }),
        (false, true) => json!({ "one_of": values.into_iter().map(pattern).collect::<Vec<_>>(), "optional": true }),
    }
}

/// One accepted value; tables in it have accepted values of their own.
fn pattern(value: &Value) -> Value {
    match value {
        Value::Object(table) => json!({ "fields": conditions(table) }),
        Value::Array(list) if list.iter().any(Value::is_object) => {
            json!({ "items": list.iter().map(pattern).collect::<Vec<_>>() })
        }
        plain => plain.clone(),
    }
}

fn conditions(accepted: &Map<String, Value>) -> Value {
    accepted.iter().map(|(name, accepted)| (name.clone(), condition(accepted))).collect()
}

/// The check a case makes: exactly these calls, in any order where there are several.
fn check(calls: &[Accepted]) -> Value {
    let wanted = |(name, arguments): &Accepted| {
        // Without conditions any arguments would do.
        let said = if arguments.is_empty() { "arguments" } else { "where" };
        json!({ "name": name, said: conditions(arguments) })
    };
    let list: Vec<Value> = calls.iter().map(wanted).collect();
    if list.len() == 1 { json!({ "tool_calls": list }) } else { json!({ "tool_calls": { "any_order": list } }) }
}

/// The suite, as its author would write it: in JSON lines, and in TOML where that can say it.
fn suite(answers: &[(String, Vec<Accepted>)]) -> Vec<Case> {
    let lines = answers.iter().map(|(id, calls)| json!({ "id": id, "expect": [check(calls)] }).to_string() + "\n");
    let mut source = Source::single("b.toml", b"prompt = \"b\"\ncases = \"b.jsonl\"\n".to_vec());
    source.attached = vec![SourceFile { path: "b.jsonl".to_owned(), bytes: lines.collect::<String>().into_bytes() }];
    let cases = parsed(&source);
    let told = answers
        .iter()
        .filter_map(|(id, calls)| Some(format!("[[case]]\nid = {}\nexpect = [{}]\n", json!(id), toml(&check(calls))?)));
    let text = format!("prompt = \"b\"\n{}", told.collect::<String>());
    let again = parsed(&Source::single("b.toml", text.into_bytes()));
    assert!(again.len() + 2 >= cases.len(), "all but two can be told in TOML");
    assert!(again.iter().all(|case| cases.contains(case)), "both notations say the same");
    cases
}

fn parsed(source: &Source) -> Vec<Case> {
    let (suite, warnings) = Suite::parse("evals/b.toml", source).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(warnings.is_empty());
    suite.cases
}

/// A value in TOML, which has no null.
fn toml(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Array(list) => format!("[{}]", list.iter().map(toml).collect::<Option<Vec<_>>>()?.join(", ")),
        Value::Object(table) => {
            let entry = |(key, value): (&String, &Value)| Some(format!("{} = {}", json!(key), toml(value)?));
            format!("{{ {} }}", table.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", "))
        }
        plain => plain.to_string(),
    })
}

/// One reply that the answers accept: the value at this place of each argument's list, or the last one.
fn reply(calls: &[Accepted], place: usize) -> Vec<ToolCall> {
    let call = |(name, accepted): &Accepted| ToolCall { name: name.clone(), arguments: table(accepted, place) };
    calls.iter().map(call).collect()
}

fn table(accepted: &Map<String, Value>, place: usize) -> Map<String, Value> {
    let value = |(name, accepted): (&String, &Value)| {
        let all = accepted.as_array().unwrap();
        let chosen = all.get(place).or(all.last()).filter(|value| **value != json!(""))?;
        Some((name.clone(), plain(chosen, place)))
    };
    accepted.iter().filter_map(value).collect()
}

fn plain(value: &Value, place: usize) -> Value {
    match value {
        Value::Object(inner) => Value::Object(table(inner, place)),
        Value::Array(list) => list.iter().map(|value| plain(value, place)).collect(),
        other => other.clone(),
    }
}

fn passes_case(case: &Case, tool_calls: Vec<ToolCall>) -> bool {
    passes(&score(case, &Reply { tool_calls, ..Reply::text("") }))
}

/// Every way in which one argument is not as accepted: another value, left out, another beside it.
fn mutants(calls: &[ToolCall], accepted: &[Accepted]) -> Vec<Vec<ToolCall>> {
    let mut mutants = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let mut with = |change: &dyn Fn(&mut Map<String, Value>)| {
            let mut other = calls.to_vec();
            change(&mut other[at].arguments);
            mutants.push(other);
        };
        for (name, value) in &call.arguments {
            with(&|arguments| drop(arguments.insert(name.clone(), mutated(value))));
            with(&|arguments| drop(arguments.insert(name.clone(), json!({ "not": "accepted" }))));
            if !values(&accepted[at].1[name]).1 {
                with(&|arguments| drop(arguments.remove(name)));
            }
        }
        with(&|arguments| drop(arguments.insert("never heard of".to_owned(), json!(1))));
    }
    mutants
}

/// A value of the same kind that is accepted nowhere; deep inside where it has an inside.
fn mutated(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(format!("{text} (changed)")),
        Value::Number(_) => json!(-987_654.125),
        Value::Array(list) => match list.split_last() {
            Some((last, first)) => first.iter().cloned().chain([mutated(last)]).collect(),
            None => json!([0]),
        },
        Value::Object(table) => {
            let mut table = table.clone();
            match table.iter_mut().next_back() {
                Some((_, last)) => *last = mutated(last),
                None => drop(table.insert("x".to_owned(), json!(0))),
            }
            Value::Object(table)
        }
        Value::Bool(_) | Value::Null => json!("neither"),
    }
}

/// Feeds the accepted answers of one file back; how many cases passed.
fn fed_back(file: &str) -> Option<usize> {
    let answers = answers(file)?;
    let cases = suite(&answers);
    let mut passed = 0;
    for (case, (id, calls)) in cases.iter().zip(&answers) {
        assert_eq!(&case.id, id);
        let most =
            calls.iter().flat_map(|(_, arguments)| arguments.values()).map(|list| list.as_array().unwrap().len());
        let every = (0..most.max().unwrap_or(0).max(1)).all(|place| {
            let given = reply(calls, place);
            let turned: Vec<ToolCall> = given.iter().rev().cloned().collect();
            passes_case(case, given) && passes_case(case, turned)
        });
        passed += usize::from(every);
        let given = reply(calls, 0);
        for mutant in mutants(&given, calls) {
            assert!(!passes_case(case, mutant.clone()), "{id}: {mutant:?}");
        }
        assert!(!passes_case(case, given[1..].to_vec()), "{id}: one call less");
        assert!(!passes_case(case, given.iter().chain(&given[..1]).cloned().collect()), "{id}: one call more");
    }
    Some(passed)
}

#[test]
fn accepted_answers_pass_and_any_changed_argument_fails() {
    for (file, cases) in [("simple_python.jsonl", 400), ("multiple.jsonl", 200), ("parallel.jsonl", 200)] {
        let Some(passed) = fed_back(file) else { return };
        assert_eq!(passed, cases, "{file}");
    }
}
