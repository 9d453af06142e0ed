//! What each check means, as tables; and what must hold of all of them.

mod groups;
mod near;
mod values;

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::{
    artifact::{
        ArgumentMatch, CallOrder, Calls, Condition, Conversation, Cost, Count, Distance, EditDistance, Overlap,
        PathMatch, Price, Source, Suite, Weighted,
    },
    render::ToolCall,
};

fn case(negated: bool, check: Check) -> Case {
    Case {
        id: "x".to_owned(),
        tags: Vec::new(),
        vars: json!({ "city": "Oslo" }).as_object().unwrap().clone(),
        expect: vec![Expectation { negated, check }],
        conversation: Conversation::default(),
        quarantine: None,
    }
}

fn one(check: Check, reply: &Reply) -> CheckResult {
    score(&case(false, check), reply).remove(0)
}

#[track_caller]
fn table(check: &Check, yes: &[&str], no: &[&str]) {
    for (texts, expected) in [(yes, true), (no, false)] {
        for text in texts {
            let result = one(check.clone(), &Reply::text(*text));
            assert_eq!(result.passed, expected, "{} on {text:?}: {}", result.check, result.reason);
        }
    }
}

/// One check as users write it, read by the parser.
fn read(check: &str) -> Expectation {
    let text = format!("prompt = \"p\"\n[[case]]\nid = \"a\"\nexpect = [{{ {check} }}]\n");
    let read = Suite::parse("evals/p.toml", &Source::single("p.toml", text.into_bytes()));
    read.unwrap_or_else(|problems| panic!("{check}: {problems:?}")).0.cases.remove(0).expect.remove(0)
}

/// What comes of a check as users write it.
fn written_on(check: &str, reply: &Reply) -> CheckResult {
    let case = Case { expect: vec![read(check)], ..case(false, Check::Refusal) };
    score(&case, reply).remove(0)
}

/// Which replies pass a check, and which do not.
#[track_caller]
fn replies(check: &str, yes: &[&str], no: &[&str]) {
    for (texts, expected) in [(yes, true), (no, false)] {
        for text in texts {
            let result = written_on(check, &Reply::text(*text));
            assert_eq!(result.passed, expected, "{check} on {text:?}: {}", result.reason);
        }
    }
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn calls(calls: &[(&str, Value)]) -> Reply {
    let call = |(name, arguments): &(&str, Value)| ToolCall { name: (*name).to_owned(), arguments: object(arguments) };
    Reply { tool_calls: calls.iter().map(call).collect(), ..Reply::text("") }
}

fn wanted(name: &str, arguments: Option<Value>) -> ArgumentMatch {
    let arguments = arguments.map(|value| serde_json::from_value(value).unwrap());
    ArgumentMatch { name: name.to_owned(), arguments, conditions: BTreeMap::new() }
}

fn exactly(calls: Vec<ArgumentMatch>) -> Check {
    Check::ToolCalls(Calls { order: CallOrder::Exactly, calls })
}

#[test]
fn words_are_found_as_they_are_or_without_regard_to_case() {
    table(&Check::Contains("Oslo".to_owned()), &["in Oslo.", "Oslo"], &["oslo", ""]);
    table(&Check::Icontains("ÜBER".to_owned()), &["über", "Überall"], &["uber"]);
    table(&Check::StartsWith("yes".to_owned()), &["yes, sir"], &[" yes", "Yes"]);
    table(&Check::Regex("(?m)^order \\d+$".to_owned()), &["well:\norder 12\n"], &["an order 12"]);
    table(&Check::ContainsAny(strings(&["a", "b"])), &["xb"], &["A", ""]);
    table(&Check::ContainsAll(strings(&["a", "b"])), &["ba"], &["b", "aB"]);
    table(&Check::IcontainsAny(strings(&["a", "b"])), &["A"], &["c"]);
    table(&Check::IcontainsAll(strings(&["a", "b"])), &["BA"], &["A"]);
    table(&Check::ContainsAny(Vec::new()), &[], &["a", ""]);
}

#[test]
fn equals_compares_trimmed_text_or_json_by_value() {
    table(&Check::Equals(json!(" yes\n")), &["yes", "\n yes "], &["yes.", "Yes"]);
    table(
        &Check::Equals(json!({ "a": 1, "b": [1.0, { "c": null }] })),
        &["{\"b\":[1,{\"c\":null}],\"a\":1.0}"],
        &["{\"a\":1}", "{\"a\":1,\"b\":[1,{\"c\":null}],\"d\":0}", "no", ""],
    );
    table(&Check::Equals(json!(5)), &["5", " 5.0 "], &["\"5\"", "6"]);
    table(&Check::Equals(json!(true)), &["true"], &["True", "1"]);
}

#[test]
fn json_means_the_whole_reply() {
    table(&Check::Json(true), &["{}", " [1] ", "\"x\""], &["", "```json\n{}\n```", "{} {}"]);
    table(&Check::Json(false), &["", "hello"], &["{}"]);
    let schema =
        json!({ "type": "object", "required": ["tier"], "properties": { "tier": { "enum": ["low", "high"] } } });
    table(&Check::JsonSchema(schema), &["{\"tier\":\"low\"}"], &["{\"tier\":\"none\"}", "{}", "low", ""]);
}

#[test]
fn a_schema_is_never_fetched_and_never_passes_when_it_cannot_be_used() {
    for schema in [
        json!({ "$ref": "https://example.com/schema.json" }),
        json!({ "$ref": "file:///etc/hostname" }),
        json!({ "$ref": "#/nowhere" }),
        json!({ "type": "no such type" }),
        json!({ "pattern": "(" }),
    ] {
        for negated in [false, true] {
            let result = score(&case(negated, Check::JsonSchema(schema.clone())), &Reply::text("{}")).remove(0);
            assert!(!result.passed, "{schema}: {}", result.reason);
        }
    }
}

#[test]
fn a_schema_that_refers_to_itself_ends() {
    let reply = Reply::text("[[[[]]]]");
    assert!(one(Check::JsonSchema(json!({ "type": "array", "items": { "$ref": "#" } })), &reply).passed);
}

#[test]
fn a_tool_call_needs_its_arguments_and_may_carry_others() {
    let reply =
        calls(&[("lookup", json!({})), ("refund", json!({ "id": "A-1", "amount": 1.0, "why": { "code": 2 } }))]);
    for (arguments, expected) in [
        (None, true),
        (Some(json!({})), true),
        (Some(json!({ "amount": 1 })), true),
        (Some(json!({ "amount": "1" })), false),
        (Some(json!({ "why": { "code": 2.0 } })), true),
        (Some(json!({ "why": {} })), false),
        (Some(json!({ "other": null })), false),
    ] {
        assert_eq!(one(Check::ToolCall(wanted("refund", arguments.clone())), &reply).passed, expected, "{arguments:?}");
    }
    assert!(!one(Check::ToolCall(wanted("Refund", None)), &reply).passed);
    assert!(!one(Check::ToolCall(wanted("refund", None)), &Reply::text("refund")).passed);
}

#[test]
fn tool_calls_are_exactly_these_in_this_order() {
    let reply = calls(&[("a", json!({ "x": 1 })), ("b", json!({}))]);
    let list = |items: &[(&str, Option<Value>)]| {
        exactly(items.iter().map(|(name, arguments)| wanted(name, arguments.clone())).collect())
    };
    for (check, expected) in [
        (list(&[("a", None), ("b", None)]), true),
        (list(&[("a", Some(json!({ "x": 1.0 }))), ("b", Some(json!({})))]), true),
        (list(&[("a", Some(json!({}))), ("b", None)]), false),
        (list(&[("b", None), ("a", None)]), false),
        (list(&[("a", None)]), false),
        (list(&[("a", None), ("b", None), ("c", None)]), false),
        (list(&[]), false),
    ] {
        let result = one(check, &reply);
        assert_eq!(result.passed, expected, "{}: {}", result.check, result.reason);
    }
    assert!(one(list(&[]), &Reply::text("no tools")).passed);
}

#[test]
fn tokens_are_counted_by_us_and_expressions_see_output_calls_and_variables() {
    let boast = Reply { usage: Some(crate::eval::Usage::of(0, 0)), ..Reply::text("a b c d e f g h") };
    assert!(!one(Check::MaxTokens(2), &boast).passed);
    assert!(one(Check::MaxTokens(100), &boast).passed);
    let reply = Reply { content: "Oslo".to_owned(), ..calls(&[("a", json!({ "x": 1 }))]) };
    for (source, expected) in [
        ("output == vars.city", true),
        ("output | length < 3", false),
        ("tool_calls | length == 1 and tool_calls[0].name == 'a'", true),
    ] {
        assert_eq!(one(Check::Expression(source.to_owned()), &reply).passed, expected, "{source}");
    }
}

#[test]
fn what_cannot_be_carried_out_does_not_pass_negated_either() {
    for check in [Check::Regex("(".to_owned()), Check::Expression("output |".to_owned())] {
        for negated in [false, true] {
            assert!(!score(&case(negated, check.clone()), &Reply::text("x")).remove(0).passed);
        }
    }
}

#[test]
fn a_check_is_shown_as_it_is_written_and_its_reason_quotes_one_short_line() {
    let shown = |negated, check| score(&case(negated, check), &Reply::text("my\npassword")).remove(0);
    let result = shown(true, Check::Contains("password".to_owned()));
    assert_eq!((result.check.as_str(), result.passed), ("not_contains = \"password\"", false));
    let call = wanted("refund", Some(json!({ "id": "A-1", "a b": [1] })));
    assert_eq!(
        shown(false, Check::ToolCall(call)).check,
        "tool_call = { name = \"refund\", arguments = { id = \"A-1\", \"a b\" = [1] } }"
    );
    let long = one(Check::Equals(json!("x")), &Reply::text("line\n".repeat(1000)));
    assert!(!long.reason.contains('\n') && long.reason.chars().count() < 160, "{}", long.reason);
}

#[test]
fn a_case_without_checks_never_passes() {
    assert!(!passes(&[]));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c]", inner, 0..4).prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

fn any_arguments() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map("[a-c]", any_value(), 0..3).prop_map(|map| map.into_iter().collect())
}

fn any_match() -> impl Strategy<Value = ArgumentMatch> {
    ("[ab]", prop::option::of(any_arguments())).prop_map(|(name, arguments)| ArgumentMatch {
        name,
        arguments,
        conditions: BTreeMap::new(),
    })
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        any_value().prop_map(Condition::Equals),
        "[a-z]{1,2}".prop_map(Condition::Matches),
        (-5.0..0.0, 0.0..5.0).prop_map(|(min, max)| Condition::Range { min: Some(min), max: Some(max) }),
        Just(Condition::Any),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Condition::OneOf),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Condition::Items),
            prop::collection::btree_map("[a-c]", inner, 0..3).prop_map(Condition::Fields),
        ]
    })
}

fn any_call() -> impl Strategy<Value = ArgumentMatch> {
    let entry = prop_oneof![
        any_condition(),
        Just(Condition::Absent),
        any_condition().prop_map(|inner| Condition::Optional(Box::new(inner))),
    ];
    ("[ab]", prop::collection::btree_map("[a-c]", entry, 0..3)).prop_map(|(name, conditions)| ArgumentMatch {
        name,
        arguments: None,
        conditions,
    })
}

/// Checks, and groups of them, that can be carried out on every reply.
fn any_check() -> impl Strategy<Value = Check> {
    prop_oneof![plain_check(), new_check()].prop_recursive(3, 12, 3, |inner| {
        let entry = (any::<bool>(), inner).prop_map(|(negated, check)| Expectation { negated, check });
        let list = prop::collection::vec(entry, 1..4);
        prop_oneof![
            list.clone().prop_map(Check::All),
            list.clone().prop_map(Check::Any),
            (1_usize..4, list.clone()).prop_map(|(n, of)| Check::AtLeast { n: n.min(of.len()), of }),
            (0.1_f64..1.0, prop::collection::vec(1_u32..9, 4), list).prop_map(|(at_least, weights, of)| {
                let weighted = |(weight, expectation)| Weighted { weight, expectation };
                Check::Score { at_least, of: weights.into_iter().zip(of).map(weighted).collect() }
            }),
        ]
    })
}

fn new_check() -> impl Strategy<Value = Check> {
    let count = || {
        prop_oneof![
            (0_u64..4).prop_map(|n| Count { min: Some(n), max: Some(n) }),
            (1_u64..4).prop_map(|n| Count { min: Some(n), max: None }),
        ]
    };
    let order = prop_oneof![
        Just(CallOrder::Exactly),
        Just(CallOrder::AnyOrder),
        Just(CallOrder::InOrder),
        Just(CallOrder::AtLeast)
    ];
    let names = || prop::collection::vec("[ab]", 1..3);
    prop_oneof![
        "\\PC{1,6}".prop_map(Check::Iequals),
        "\\PC{1,3}".prop_map(Check::EndsWith),
        ("[a-z]{1,9}", 0_u64..5).prop_map(|(to, n)| Check::EditDistance(EditDistance { to, most: Distance::Edits(n) })),
        ("[a-z ]{1,9}", 0.01_f64..0.75)
            .prop_map(|(to, n)| Check::EditDistance(EditDistance { to, most: Distance::Share(n) })),
        ("[ab ]{1,9}", 0.01_f64..1.0).prop_map(|(to, at_least)| Check::RougeL(Overlap { to, at_least })),
        ("[ab ]{1,9}", 0.01_f64..1.0).prop_map(|(to, at_least)| Check::TokenF1(Overlap { to, at_least })),
        count().prop_map(Check::Words),
        count().prop_map(Check::Steps),
        Just(Check::Refusal),
        Just(Check::ContainsJson(None)),
        Just(Check::ContainsJson(Some(json!({ "type": "array" })))),
        ("\\$(\\.[a-c]|\\.\\.[a-c]|\\[0\\]|\\[\\*\\]){0,3}", any_condition())
            .prop_map(|(path, condition)| Check::JsonPath(PathMatch { path, condition })),
        Just(Check::OutputSchema(Some(Arc::new(json!({ "type": "object" }))))),
        Just(Check::ValidCalls(Some(Arc::new([("a".to_owned(), json!({ "maxProperties": 1 }))].into())))),
        (order, prop::collection::vec(any_call(), 0..4))
            .prop_map(|(order, calls)| Check::ToolCalls(Calls { order, calls })),
        any_call().prop_map(Check::ToolCall),
        names().prop_map(Check::ToolsUsed),
        names().prop_map(Check::ToolsNotUsed),
        names().prop_map(Check::ToolSequence),
    ]
}

fn plain_check() -> impl Strategy<Value = Check> {
    let words = || prop::collection::vec("\\PC{0,3}", 0..3);
    prop_oneof![
        "\\PC{0,3}".prop_map(Check::Contains),
        "\\PC{0,3}".prop_map(Check::Icontains),
        any_value().prop_map(Check::Equals),
        "\\PC{0,3}".prop_map(Check::StartsWith),
        "[a-z.*\\\\d]{0,1}[a-z]{0,3}".prop_filter("a regex", |p| regex::Regex::new(p).is_ok()).prop_map(Check::Regex),
        words().prop_map(Check::ContainsAny),
        words().prop_map(Check::ContainsAll),
        words().prop_map(Check::IcontainsAny),
        words().prop_map(Check::IcontainsAll),
        any::<bool>().prop_map(Check::Json),
        Just(Check::JsonSchema(json!({ "type": "object", "properties": { "a": { "type": "integer" } } }))),
        any_match().prop_map(Check::ToolCall),
        prop::collection::vec(any_match(), 0..3).prop_map(exactly),
        (0_u64..20).prop_map(Check::MaxTokens),
        Just(Check::Expression("output | length > 3".to_owned())),
    ]
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let content = prop_oneof![".{0,40}", any_value().prop_map(|value| value.to_string())];
    let call = ("[ab]", any_arguments()).prop_map(|(name, arguments)| ToolCall { name, arguments });
    (content, prop::collection::vec(call, 0..3))
        .prop_map(|(content, tool_calls)| Reply { tool_calls, ..Reply::text(content) })
}

proptest! {
    #[test]
    fn negation_flips_every_result(check in any_check(), reply in any_reply()) {
        let plain = score(&case(false, check.clone()), &reply).remove(0);
        let negated = score(&case(true, check), &reply).remove(0);
        prop_assert_eq!(plain.passed, !negated.passed);
        prop_assert!(!plain.reason.contains('\n') && !plain.check.contains('\n'));
    }

    #[test]
    fn scoring_what_was_stored_gives_what_was_scored(check in any_check(), reply in any_reply()) {
        let reply = reply.as_stored().unwrap();
        let again = Reply::from_bytes(&reply.to_bytes()).unwrap();
        prop_assert_eq!(&again, &reply);
        let case = case(false, check);
        prop_assert_eq!(score(&case, &reply), score(&case, &again));
    }

    #[test]
    fn no_pattern_and_no_expression_makes_scoring_panic(pattern in ".{0,20}", reply in any_reply()) {
        for check in [Check::Regex(pattern.clone()), Check::Expression(pattern.clone()), Check::JsonSchema(json!({ "pattern": pattern }))] {
            let _ = score(&case(false, check), &reply);
        }
    }
}
