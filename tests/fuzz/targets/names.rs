//! What people type: names, revisions, times, ids, stamps, expressions.

use std::{fmt::Display, str::FromStr};

use chancery::{
    clock::{Span, Time},
    name::{Artifact, Environment, Handle, Kind, Name, Role},
    object::{Digest, Prefix},
    ops::{Spec, Stamp},
    render,
};

use super::{Said, Target, text};

/// One word, given to everything that reads one.
pub(crate) const NAME: Target = Target {
    name: "name",
    seeds: || {
        let words = [
            "refund-triage",
            "support/_tone",
            "suite/refunds@v12",
            "refunds@production~1",
            "a@3f9a1c2",
            "a@work",
            "production",
            "maya",
            "prompt/a",
            "2026-11-20T08:00:00Z",
            "24h",
            "7d",
            "shop/production/team/a@3f9a1c2012345678+7be4410c12345678",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "output|length > 3 and 'x' in output",
        ];
        words.iter().map(|word| word.as_bytes().to_vec()).collect()
    },
    words: &[
        "@head",
        "a@work",
        "@v",
        "~",
        "/",
        "..",
        ".",
        "_",
        "-",
        "prompt/",
        "suite/",
        "governance",
        "heads",
        "con",
        "nul",
        "aux",
        ".git",
        "2026-",
        "T00:00:00Z",
        "+01:00",
        "9999-12-31T23:59:59Z",
        "s",
        "m",
        "h",
        "d",
        "w",
        "18446744073709551615w",
        "output",
        "vars.",
        "tool_calls[0].name",
        "|length",
        " in ",
        " not ",
        " or ",
        "range(99999)",
        "K",
        "ı",
        "ﬁ",
    ],
    run: name,
};

fn name(input: &[u8]) -> Said {
    let text = &text(input);
    let mut word = String::new();
    let mut note = |taken: bool| word.push(if taken { '1' } else { '0' });
    note(again(text, |text| Name::parse(text).ok()));
    note(again(text, |text| Environment::parse(text).ok()));
    note(again(text, |text| Handle::parse(text).ok()));
    note(again(text, |text| Role::parse(text).ok()));
    note(again(text, |text| Kind::from_str(text).ok()));
    note(again(text, Time::parse));
    note(again(text, Span::parse));
    note(again(text, |text| text.parse::<Digest>().ok()));
    note(Prefix::parse(text).is_some_and(|prefix| Prefix::parse(prefix.as_str()) == Some(prefix)));
    note(text.parse::<Spec>().is_ok());
    note(again(text, |text| text.parse::<Stamp>().ok()));
    note(render::check_expression(text).is_ok());
    let context = serde_json::json!({ "output": "a b", "vars": { "x": 1 }, "tool_calls": [] });
    note(render::expression(text, &context).is_ok());
    if let Ok(name) = Name::parse(text) {
        assert!(name.as_str().len() <= chancery::name::LONGEST && !name.as_str().contains(['\0', '\\', '\n', '@']));
        assert!(!name.as_str().split('/').any(|word| matches!(word, "" | "." | "..")), "a name stays in its folder");
        // An id in capitals is a name, and none in small letters.
        if let Ok(folded) = Name::parse(&name.folded()) {
            let key = |name: &Name| Artifact::new(Kind::Prompt, name.clone()).key();
            assert_eq!(key(&folded), key(&name), "a name is the same whatever its case");
        }
    }
    Said { accepted: word.contains('1'), word }
}

/// What is read is printed so that the same is read again.
fn again<T: PartialEq + Display + std::fmt::Debug>(text: &str, parse: impl Fn(&str) -> Option<T>) -> bool {
    let Some(read) = parse(text) else { return false };
    let printed = read.to_string();
    assert_eq!(parse(&printed).as_ref(), Some(&read), "`{text}` is read, and printed as `{printed}`");
    true
}
