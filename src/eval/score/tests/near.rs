//! Words, counts, and texts that are nearly the same.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn ends_and_equality_without_case() {
    replies("ends_with = \"bye.\"", &["good bye.", "bye."], &["bye. ", "Bye.", ""]);
    replies("iequals = \"Yes\"", &["yes", " YES\n"], &["yes.", ""]);
    replies("not_ends_with = \"!\"", &["calm."], &["calm!"]);
}

#[test]
fn edits_are_counted_between_trimmed_texts() {
    replies(
        "edit_distance = { to = \"kitten\", at_most = 3 }",
        &["sitting", " kitten\n"],
        &["sitting!", "", "a very long reply"],
    );
    replies("edit_distance = { to = \"kitten\", at_most = 0 }", &["kitten"], &["Kitten"]);
    replies(
        "edit_distance = { to = \"abcdefghij\", at_most_share = 0.2 }",
        &["abcdefgh", "abcdefghijkl"],
        &["abcdefg", "abcdefghijklm"],
    );
    let reason = written_on("edit_distance = { to = \"kitten\", at_most = 2 }", &Reply::text("sitting")).reason;
    assert_eq!(reason, "3 edits, 2 allowed: `sitting`");
    let reason = written_on("edit_distance = { to = \"kitten\", at_most = 2 }", &Reply::text("mitten and more")).reason;
    assert_eq!(reason, "at least 9 edits, 2 allowed (15 characters instead of 6): `mitten and more`");
}

#[test]
fn words_in_common_are_measured_as_the_papers_say() {
    // 3 of 4 words in order: F = 2·3 / (4 + 4) = 0.75.
    replies(
        "rouge_l = { to = \"police killed the gunman\", at_least = 0.75 }",
        &["Police kill the gunman."],
        &["the gunman kill police", ""],
    );
    replies(
        "rouge_l = { to = \"police killed the gunman\", at_least = 0.5 }",
        &["the gunman kill police"],
        &["the end"],
    );
    replies(
        "token_f1 = { to = \"police killed the gunman\", at_least = 0.75 }",
        &["the gunman kill police"],
        &["gunman kill police", ""],
    );
    let reason = written_on("token_f1 = { to = \"a b c d\", at_least = 1 }", &Reply::text("D, c! x")).reason;
    assert_eq!(reason, "0.5714 (2 words in common in any order, of 4 and 3), 1 needed: `D, c! x`");
}

#[test]
fn words_are_counted_between_white_space() {
    replies("words = 2", &["two words", " don't\n3.5 "], &["one", "one two three", ""]);
    replies("words = { max = 2 }", &["", "a b"], &["a b c"]);
    replies("words = { min = 2, max = 3 }", &["a b", "a b c"], &["a", "a b c d"]);
    replies("words = 0", &["", " \n"], &["a"]);
}

#[test]
fn a_reply_that_declines_is_noticed() {
    replies(
        "refusal = true",
        &[
            "I'm sorry, but I can\u{2019}t help with that.",
            "Unfortunately I\nCANNOT  assist with this request.",
            "I must decline.",
        ],
        &["", "Of course, I can help with that!", "He said he couldn't come.", "I can certainly provide it."],
    );
}

#[test]
fn a_hostile_reply_costs_little_time() {
    let to = "word ".repeat(3000);
    let near = "x".repeat(4000);
    let (words, letters) = ("word other ".repeat(90_000), "x".repeat(1_000_000));
    let checks = [
        format!("rouge_l = {{ to = \"{to}\", at_least = 0.01 }}"),
        format!("token_f1 = {{ to = \"{to}\", at_least = 0.01 }}"),
        format!("edit_distance = {{ to = \"{near}\", at_most = 3999 }}"),
        format!("edit_distance = {{ to = \"{near}\", at_most_share = 0.75 }}"),
        "refusal = true".to_owned(),
        "words = 5".to_owned(),
    ];
    for check in checks {
        for reply in [&words, &letters, &"ab".repeat(3990), &"\u{130}".repeat(500_000)] {
            let begin = Instant::now();
            let result = written_on(&check, &Reply::text(reply.as_str()));
            assert!(begin.elapsed() < Duration::from_secs(20), "{}", result.check);
            assert!(result.reason.chars().count() < 300);
        }
    }
}
