//! Checks put together.

use super::*;

#[test]
fn groups_count_what_holds() {
    replies("all = [{ contains = \"a\" }, { not_contains = \"b\" }]", &["a"], &["ab", ""]);
    replies("any = [{ contains = \"a\" }, { equals = \"b\" }]", &["xa", "b"], &["c"]);
    replies("not_any = [{ contains = \"a\" }, { equals = \"b\" }]", &["c"], &["xa", "b"]);
    let two = "at_least = { n = 2, of = [{ contains = \"a\" }, { contains = \"b\" }, { contains = \"c\" }] }";
    replies(two, &["ab", "cab", "cb"], &["a", ""]);
    let nested = "all = [{ any = [{ contains = \"a\" }, { all = [{ contains = \"b\" }, { contains = \"c\" }] }] }]";
    replies(nested, &["a", "bc"], &["b", "c"]);
}

#[test]
fn weights_make_a_share() {
    let check = "score = { at_least = 0.7, of = [{ contains = \"a\", weight = 7 }, { contains = \"b\", weight = 2 }, { not_contains = \"c\" }] }";
    // Without `c` one more counts: 8 of 10.
    replies(check, &["a", "ab", "ac", "abc"], &["b", "", "bc"]);
    let exact = "score = { at_least = 0.3, of = [{ contains = \"a\", weight = 3 }, { contains = \"b\", weight = 7 }] }";
    replies(exact, &["a", "b"], &[""]);
    assert_eq!(
        written_on(exact, &Reply::text("c")).reason,
        "0 of 10 hold, a share of 0.3 must; contains = \"a\": the reply does not hold `a`: `c`; contains = \"b\": the \
         reply does not hold `b`: `c`"
    );
}

#[test]
fn a_member_that_cannot_be_carried_out_counts_neither_way() {
    let member = |check| Expectation { negated: false, check };
    let (yes, no) = (Check::Contains("x".to_owned()), Check::Contains("y".to_owned()));
    let broken = || Check::OutputSchema(None);
    for (group, plain, negated) in [
        (Check::Any(vec![member(yes.clone()), member(broken())]), true, false),
        (Check::Any(vec![member(no.clone()), member(broken())]), false, false),
        (Check::All(vec![member(no.clone()), member(broken())]), false, true),
        (Check::All(vec![member(yes.clone()), member(broken())]), false, false),
        (Check::AtLeast { n: 2, of: vec![member(no.clone()), member(no), member(broken())] }, false, true),
        (Check::AtLeast { n: 1, of: vec![member(yes), member(broken())] }, true, false),
    ] {
        assert_eq!(score(&case(false, group.clone()), &Reply::text("x")).remove(0).passed, plain);
        assert_eq!(score(&case(true, group), &Reply::text("x")).remove(0).passed, negated);
    }
}

#[test]
fn the_reason_of_a_group_stays_short() {
    let long = "x".repeat(200);
    let inner: Vec<String> = (0..9).map(|n| format!("{{ contains = \"{n}{long}\" }}")).collect();
    let mut check = format!("all = [{}]", inner.join(", "));
    for n in 0..3 {
        check = format!("all = [{{ {check} }}, {{ contains = \"{n}\" }}]");
    }
    let result = written_on(&check, &Reply::text("z\n".repeat(5000)));
    assert!(!result.passed && result.reason.chars().count() <= 801 && !result.reason.contains('\n'));
}

proptest! {
    #[test]
    fn every_check_is_read_as_it_is_told(check in any_check(), negated: bool) {
        // What no file could hold (empty texts, lists that prove nothing) is refused; what is read is the same.
        let told = Expectation { negated, check }.to_json();
        let line = json!({ "id": "a", "expect": [told] }).to_string();
        let mut source = Source::single("p.toml", b"prompt = \"p\"\ncases = \"c.jsonl\"\n".to_vec());
        source.attached = vec![crate::artifact::SourceFile { path: "c.jsonl".to_owned(), bytes: line.into_bytes() }];
        if let Ok((suite, _)) = Suite::parse("evals/p.toml", &source) {
            let read = &suite.cases[0].expect[0];
            prop_assert_eq!(&read.to_json(), &told);
        }
    }
}
