//! What is read, what is refused, and what is the same.

use serde_json::json;

use super::*;
use crate::{
    artifact::{Source, SourceFile, Suite},
    problem::Problem,
};

fn suite(expect: &str) -> Result<Vec<Expectation>, Vec<Problem>> {
    let text = format!("prompt = \"p\"\n[[case]]\nid = \"a\"\nexpect = {expect}\n");
    let mut source = Source::single("p.toml", text.into_bytes());
    let bytes = b"{\"type\":\"object\"}".to_vec();
    source.attached = vec![SourceFile { path: "s.json".to_owned(), bytes }];
    Suite::parse("evals/p.toml", &source).map(|(mut suite, _)| suite.cases.remove(0).expect)
}

fn read(check: &str) -> Expectation {
    suite(&format!("[{{ {check} }}]")).unwrap_or_else(|problems| panic!("{check}: {problems:#?}")).remove(0)
}

fn refused(check: &str) -> Vec<String> {
    suite(&format!("[{{ {check} }}]")).err().into_iter().flatten().map(|problem| problem.code).collect()
}

#[test]
fn every_check_is_read_and_told_in_the_same_words() {
    for check in [
        "iequals = \"yes\"",
        "ends_with = \".\"",
        "edit_distance = { to = \"abc\", at_most = 2 }",
        "edit_distance = { to = \"abc\", at_most_share = 0.5 }",
        "rouge_l = { to = \"a b\", at_least = 0.5 }",
        "token_f1 = { to = \"a b\", at_least = 1.0 }",
        "words = 3",
        "words = { min = 1, max = 3 }",
        "words = { max = 3 }",
        "refusal = true",
        "contains_json = true",
        "contains_json = { type = \"array\" }",
        "json_path = { path = \"$.a\" }",
        "json_path = { path = \"$.a\", equals = { b = 1 } }",
        "json_path = { path = \"$..a\", one_of = [1, \"x\", { min = 3 }] }",
        "json_path = { path = \"$['a b']\", absent = true }",
        "output_schema = true",
        "tool_call = { name = \"t\", arguments = { a = 1 }, where = { b = { min = 0, max = 10 }, c = { absent = true } } }",
        "tool_call = { name = \"t\", where = { a = { equals = { min = 1 } }, b = [1, { min = 1 }], c = \"x\" } }",
        "tool_calls = [{ name = \"t\" }]",
        "tool_calls = { any_order = [{ name = \"t\" }, { name = \"u\" }] }",
        "tool_calls = { in_order = [{ name = \"t\" }] }",
        "tool_calls = { at_least = [{ name = \"t\", where = { a = { one_of = [1, 2], optional = true } } }] }",
        "tools_used = [\"a\", \"b\"]",
        "tools_not_used = [\"a\"]",
        "tool_sequence = [\"b\", \"a\", \"b\"]",
        "steps = { max = 3 }",
        "valid_calls = true",
        "max_cost = 0.01",
        "all = [{ contains = \"a\" }, { not_json = true }]",
        "any = [{ contains = \"a\" }, { all = [{ contains = \"b\" }, { contains = \"c\" }] }]",
        "at_least = { n = 2, of = [{ contains = \"a\" }, { contains = \"b\" }, { contains = \"c\" }] }",
        "score = { at_least = 0.7, of = [{ contains = \"a\", weight = 2 }, { not_contains = \"b\" }] }",
    ] {
        for not in ["", "not_"] {
            let entry = read(&format!("{not}{check}"));
            assert_eq!(entry.negated, !not.is_empty());
            let line = json!({ "id": "a", "expect": [entry.to_json()] }).to_string();
            let mut source = Source::single("p.toml", b"prompt = \"p\"\ncases = \"c.jsonl\"\n".to_vec());
            source.attached = vec![SourceFile { path: "c.jsonl".to_owned(), bytes: line.into_bytes() }];
            let again = Suite::parse("evals/p.toml", &source).unwrap_or_else(|p| panic!("{check}: {p:#?}")).0;
            assert_eq!(again.cases[0].expect, [entry], "{check}");
        }
    }
    assert!(check::WORDS.iter().all(|word| !word.starts_with("not_")));
}

#[test]
fn what_could_never_fail_or_never_pass_is_refused() {
    for (check, code) in [
        ("ends_with = \"\"", "empty-value"),
        ("edit_distance = { to = \" \", at_most = 1 }", "empty-value"),
        ("edit_distance = { to = \"abc\", at_most = 3 }", "out-of-range"),
        ("edit_distance = { to = \"abc\", at_most = -1 }", "out-of-range"),
        ("edit_distance = { to = \"abc\" }", "missing-key"),
        ("edit_distance = { to = \"abc\", at_most = 1, at_most_share = 0.1 }", "missing-key"),
        ("edit_distance = { to = \"abc\", at_most_share = 0.9 }", "out-of-range"),
        ("edit_distance = { to = \"abc\", at_most_share = 0 }", "out-of-range"),
        ("rouge_l = { to = \"a\", at_least = 0 }", "out-of-range"),
        ("rouge_l = { to = \"a\", at_least = 1.1 }", "out-of-range"),
        ("rouge_l = { to = \"?!\", at_least = 0.5 }", "never-passes"),
        ("token_f1 = { to = \"a\" }", "missing-key"),
        ("words = { min = 3, max = 2 }", "never-passes"),
        ("words = {}", "never-fails"),
        ("words = { min = 0 }", "never-fails"),
        ("words = -1", "out-of-range"),
        ("words = { least = 1, max = 2 }", "unknown-key"),
        ("refusal = false", "out-of-range"),
        ("contains_json = false", "out-of-range"),
        ("contains_json = { type = \"x\" }", "bad-schema"),
        ("contains_json = \"gone.json\"", "missing-file"),
        ("json_path = { path = \"a.b\" }", "bad-path-query"),
        ("json_path = { path = \"$.a\", equals = 1, min = 2 }", "one-condition"),
        ("json_path = { path = \"$.a\", min = 3, max = 2 }", "never-passes"),
        ("json_path = { path = \"$.a\", one_of = [] }", "empty-value"),
        ("json_path = { path = \"$.a\", matches = \"(\" }", "bad-regex"),
        ("json_path = { path = \"$.a\", absent = false }", "out-of-range"),
        ("json_path = { path = \"$.a\", any = true, optional = true }", "misplaced-key"),
        ("json_path = { equals = 1 }", "missing-key"),
        ("tool_call = { name = \"t\", where = { a = { mim = 1 } } }", "one-condition unknown-key"),
        ("tool_call = { name = \"t\", where = { a = {} } }", "one-condition"),
        ("tool_call = { name = \"t\", where = { a = { absent = true, optional = true } } }", "misplaced-key"),
        ("tool_call = { name = \"t\", where = { a = { one_of = [{ absent = true }] } } }", "misplaced-key"),
        ("tool_call = { name = \"t\", arguments = { a = 1 }, where = { a = 2 } }", "duplicate"),
        ("tool_calls = { any_order = [] }", "empty-value"),
        ("tool_calls = { any_ordr = [{ name = \"t\" }] }", "one-order unknown-key"),
        ("tool_calls = { any_order = [{ name = \"t\" }], at_least = [{ name = \"u\" }] }", "one-order"),
        ("tools_used = []", "empty-value"),
        ("tools_used = [\"a\", \"a\"]", "duplicate"),
        ("tool_sequence = []", "empty-value"),
        ("steps = { min = 0 }", "never-fails"),
        ("max_cost = 0", "out-of-range"),
        ("any = []", "empty-value"),
        ("all = []", "empty-value"),
        ("all = [{ contians = \"a\" }]", "unknown-check"),
        ("all = [{ contains = \"a\" }, { contains = \"a\" }]", "duplicate"),
        ("all = [{ contains = \"a\" }, { not_contains = \"a\" }]", "never-passes"),
        ("any = [{ contains = \"a\" }, { not_contains = \"a\" }]", "never-fails"),
        ("at_least = { n = 0, of = [{ contains = \"a\" }] }", "out-of-range"),
        ("at_least = { n = 2, of = [{ contains = \"a\" }] }", "out-of-range"),
        ("at_least = { n = 1 }", "missing-key"),
        ("at_least = { n = 1, of = [{ contains = \"a\" }, { not_contains = \"a\" }] }", "never-fails"),
        ("at_least = { n = 2, of = [{ contains = \"a\" }, { not_contains = \"a\" }] }", "never-passes"),
        ("score = { at_least = 0, of = [{ contains = \"a\" }] }", "out-of-range"),
        ("score = { at_least = 0.5, of = [] }", "empty-value"),
        ("score = { at_least = 0.5, of = [{ weight = 2 }] }", "one-check-each"),
        ("score = { at_least = 0.5, of = [{ contains = \"a\", weight = 0 }] }", "out-of-range"),
        ("score = { at_least = 0.5, of = [{ contains = \"a\", wieght = 2 }] }", "one-check-each"),
    ] {
        assert_eq!(refused(check).join(" "), code, "{check}");
    }
    let both = suite("[{ contains = \"a\" }, { not_contains = \"a\" }]").unwrap_err();
    assert_eq!((both[0].code.as_str(), both[0].column), ("never-passes", 31));
}

#[test]
fn a_slip_is_told_with_what_was_meant() {
    let next = |check: &str| suite(&format!("[{{ {check} }}]")).unwrap_err().remove(0).next.unwrap_or_default();
    assert_eq!(next("not_tool_sequnce = [\"a\"]"), "did you mean `not_tool_sequence`?");
    assert!(next("max_latency = 5").contains("`max_latency_ms`"));
    assert!(next("words = {}").contains("`{ min = 1, max = 9 }`"));
    assert!(next("json_path = { path = \"a\" }").contains("begins with `$`"));
    let problems = suite("[{ tool_call = { name = \"t\", where = { a = { one_off = [1] } } } }]").unwrap_err();
    assert_eq!(problems[1].next.as_deref(), Some("did you mean `one_of`?"));
}

#[test]
fn groups_and_conditions_end_somewhere() {
    let group =
        |depth: usize| (0..depth).fold("contains = \"a\"".to_owned(), |inner, _| format!("all = [{{ {inner} }}]"));
    assert_eq!(refused(&group(4)), Vec::<String>::new());
    assert_eq!(refused(&group(5)), ["too-deep"]);
    let condition = |depth: usize| (0..depth).fold("1".to_owned(), |inner, _| format!("{{ items = [{inner}] }}"));
    let call = |depth: usize| format!("tool_call = {{ name = \"t\", where = {{ a = {} }} }}", condition(depth));
    assert_eq!(refused(&call(16)), Vec::<String>::new());
    assert_eq!(refused(&call(17)), ["too-deep"]);
}

#[test]
fn no_path_takes_long_to_read() {
    let fill = |part: &str| part.repeat(1000 / part.len());
    for inner in [
        "((((((((((((((((((((@.a))))))))))))))))))))",
        "(')'==(')'==(')'==(')'==(')'==(')'==(')'==(')'==(')'==(')'==@.a))))))))))",
        "!(!(!(!(!(!(!(!(!(!(@.a))))))))))",
        "@[?@[?@[?@[?@[?@[?@[?@[?@[?@.a]]]]]]]]]",
        "length(length(length(length(length(length(length(@.a)))))))",
        fill("((((((((((").as_str(),
        &(fill("((((@.a)))) && ") + "@.a"),
        &(fill("!(!(!(!(@.a)))) || ") + "@.a"),
        &(fill("@[?@[?(@.a)]] && ") + "@.a"),
        &(fill("@.a && (((") + "@"),
        &(fill("length(value(@..a)) > 1 || ") + "@.a"),
    ] {
        let begin = std::time::Instant::now();
        let _ = suite(&format!("[{{ json_path = {{ path = \"$[?{inner}]\" }} }}]"));
        let _ = suite(&format!("[{{ json_path = {{ path = \"$[?{inner}\" }} }}]"));
        assert!(begin.elapsed().as_secs() < 5, "{inner}: {:?}", begin.elapsed());
    }
    assert_eq!(refused("json_path = { path = \"$[?((((((@.a))))))]\" }"), ["too-deep"]);
    assert_eq!(refused("json_path = { path = \"$[?(@.a[?(@.b)] && (@.c))]\" }"), Vec::<String>::new());
}

#[test]
fn two_spellings_of_one_meaning_have_one_digest() {
    for (one, other) in [
        ("words = 3", "words = { max = 3, min = 3 }"),
        ("words = { max = 3 }", "words = { min = 0, max = 3 }"),
        ("tool_calls = [{ name = \"t\" }]", "tool_calls = { exactly = [{ name = \"t\" }] }"),
        (
            "tool_calls = { any_order = [{ name = \"t\" }, { name = \"u\" }] }",
            "tool_calls = { any_order = [{ name = \"u\" }, { name = \"t\" }] }",
        ),
        (
            "tool_call = { name = \"t\", where = { a = { equals = 1 }, b = { one_of = [1, 2] } } }",
            "tool_call = { where = { b = { one_of = [2, 1] }, a = 1 }, name = \"t\" }",
        ),
        ("tools_used = [\"a\", \"b\"]", "tools_used = [\"b\", \"a\"]"),
        ("json_path = { path = \"$.a\" }", "json_path = { any = true, path = \"$.a\" }"),
        ("contains_json = \"s.json\"", "contains_json = { type = \"object\" }"),
        (
            "any = [{ contains = \"a\" }, { all = [{ json = true }, { steps = 1 }] }]",
            "any = [{ all = [{ steps = { min = 1, max = 1 } }, { json = true }] }, { contains = \"a\" }]",
        ),
        (
            "score = { at_least = 0.5, of = [{ contains = \"a\", weight = 1 }, { contains = \"b\", weight = 2 }] }",
            "score = { of = [{ weight = 2, contains = \"b\" }, { contains = \"a\" }], at_least = 0.50 }",
        ),
    ] {
        assert_eq!(read(one).digest(), read(other).digest(), "{one}");
    }
    for (one, other) in [
        ("tool_sequence = [\"a\", \"b\"]", "tool_sequence = [\"b\", \"a\"]"),
        ("tool_calls = [{ name = \"t\" }]", "tool_calls = { in_order = [{ name = \"t\" }] }"),
        ("tool_call = { name = \"t\", arguments = { a = 1 } }", "tool_call = { name = \"t\", where = { a = 2 } }"),
        ("any = [{ contains = \"a\" }]", "all = [{ contains = \"a\" }]"),
        ("rouge_l = { to = \"a\", at_least = 0.5 }", "token_f1 = { to = \"a\", at_least = 0.5 }"),
    ] {
        assert_ne!(read(one).digest(), read(other).digest(), "{one}");
    }
}

#[test]
fn what_was_told_of_a_check_before_is_told_still() {
    // These stand in ledgers, as digests of what golden cases ask for.
    for (check, digest) in [
        ("contains_any = [\"b\", \"a\"]", "cfe3f49347f64e0838554a2da5cfa29ef29ab9dac5e9cc0a2685cccfc0801737"),
        (
            "not_tool_call = { name = \"t\", arguments = { a = { min = 1 } } }",
            "dfdce684e1a30eedb4b4bda40d8cf1e2824677f7adca3b72e016979536411b85",
        ),
        (
            "tool_calls = [{ name = \"t\" }, { name = \"u\", arguments = {} }]",
            "0ab28b16453d1a248e37f4edf7fab8e1881e868410b80aab027485e9b0e6fbc9",
        ),
    ] {
        assert_eq!(read(check).digest().hex(), digest, "{check}");
    }
}
