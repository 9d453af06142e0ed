//! Text that cannot lie about what it is.

use std::fmt::Write as _;

use unicode_normalization::{
    UnicodeNormalization,
    char::{compose, is_combining_mark},
};

use super::{Class, alike::look_alikes, class, find::out_of_place};

/// A text as people can check it: what is shown tells every character that stands there.
///
/// Line feeds, tabs and everything that shows as itself stay. A carriage return is `␍`, a no-break space `⍽`. All else
/// that [`class()`] knows is `<U+202E>`, unless a sign or a script needs it there; so are letters that look like those
/// of another script ([`look_alikes`]) and what is not in normal form C, because it looks like what is. What would be
/// mistaken for such a mark is spelled out too: no two texts are shown alike.
pub fn spelled(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b';' | b'='..=b'~' | b'\n' | b'\t')) {
        return text.to_owned();
    }
    let mut disguised = look_alikes(text).map(|(at, _)| at).peekable();
    let mut out = String::with_capacity(text.len() + 16);
    let mut base = None;
    for (at, c) in text.char_indices() {
        let alike = disguised.next_if_eq(&at).is_some();
        match c {
            '\r' => out.push('␍'),
            '\u{a0}' => out.push('⍽'),
            '␍' | '␠' | '⇥' | '⍽' | '↪' | '⟦' => push_code(&mut out, c),
            '<' if text.get(at..).is_some_and(|rest| rest.starts_with("<U+")) => push_code(&mut out, c),
            c if alike || is_spelled(text, at, c) || is_denormal(base, c) => push_code(&mut out, c),
            c => out.push(c),
        }
        if !is_combining_mark(c) {
            base = Some(c);
        }
    }
    out
}

/// One line of anything, safe to print: what [`spelled`] spells out of invisible characters, line feeds and tabs.
///
/// Nothing in the result is obeyed by a terminal. Already spelled text stays as it is, so that this can be the last
/// thing done to whatever is printed.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if matches!(c, '\n' | '\t') || is_spelled(text, at, c) { push_code(&mut out, c) } else { out.push(c) }
    }
    out
}

/// [`spelled`] with every character outside of ASCII spelled out, for texts that look like others.
pub fn spelled_whole(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let like_a_mark = c == '<' && text.get(at..).is_some_and(|rest| rest.starts_with("<U+"));
        let shown = matches!(c, ' '..='~' | '\n' | '\t') && !like_a_mark;
        if shown { out.push(c) } else { push_code(&mut out, c) }
    }
    out
}

/// Lines of anything, safe to print: [`visible`] with the line feeds kept.
pub fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// A JSON document that says the same, with everything that is not seen as `\u202e`: a terminal obeys nothing in it.
pub fn json_escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        // Outside of strings JSON is plain ASCII, so that whatever has a class stands in one.
        if class(c).is_some() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn push_code(out: &mut String, c: char) {
    // Writing to a string does not fail.
    let _ = write!(out, "<U+{:04X}>", u32::from(c));
}

/// Whether a character is not shown as itself here: what has a class, but where it builds a sign with its neighbours.
fn is_spelled(text: &str, at: usize, c: char) -> bool {
    match class(c) {
        None | Some(Class::ZeroWidth | Class::Variation | Class::Tag) => out_of_place(text, at, c).is_some(),
        Some(_) => true,
    }
}

/// Whether a character has another spelling that looks the same and is the normal one.
fn is_denormal(base: Option<char>, c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    let composes = base.is_some_and(|base| compose(base, c).is_some());
    composes || std::iter::once(c).nfc().ne(std::iter::once(c))
}

/// The text that was spelled, for those who check that nothing was lost.
#[cfg(test)]
pub(super) fn unspelled(shown: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = shown;
    while let Some(c) = rest.chars().next() {
        if let Some(code) = rest.strip_prefix("<U+") {
            let (code, after) = code.split_once('>')?;
            out.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
            rest = after;
            continue;
        }
        out.push(match c {
            '␍' => '\r',
            '⍽' => '\u{a0}',
            c => c,
        });
        rest = &rest[c.len_utf8()..];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_eyes_cannot_see_is_spelled_out() {
        assert_eq!(spelled("a\u{202E}b\u{200B}c\r\n\td\u{1b}[31m"), "a<U+202E>b<U+200B>c␍\n\td<U+001B>[31m");
        assert_eq!(spelled("\u{E0041}\u{FEFF}"), "<U+E0041><U+FEFF>");
        assert_eq!(spelled("e\u{301} \u{e9} \u{212b}"), "e<U+0301> \u{e9} <U+212B>");
        assert_eq!(spelled("a literal <U+202E> ␍"), "a literal <U+003C>U+202E> <U+240D>");
    }

    #[test]
    fn what_people_write_stays_readable() {
        for text in
            ["Grüße, 世界 🙂", "👩‍💻 ❤️‍🔥 1️⃣", "می\u{200c}خواهم", "क्\u{200d}ष", "a <b> & c", "tiếng việt นี่", "привет, а он"]
        {
            assert_eq!(spelled(text), text);
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_document_holds_nothing_that_a_terminal_obeys_and_says_the_same() {
        let value = serde_json::json!({ "a\u{9b}": "\u{1b}[2J\u{202e}\u{7f}\u{e0041}ü\n" });
        let text = json_escaped(&serde_json::to_string(&value).unwrap());
        assert_eq!(text, r#"{"a\u009b":"\u001b[2J\u202e\u007f\udb40\udc41ü\n"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(visible("a\nb\tc\u{1b}[2J\r\u{202e}"), "a<U+000A>b<U+0009>c<U+001B>[2J<U+000D><U+202E>");
    }

    proptest! {
        #[test]
        fn from_what_is_shown_every_character_can_be_told(text in "(\\PC|[<U+20E>␍⇥⍽аеe\u{301}\u{200d}❤👩\u{fe0f}\r\u{a0}\u{202e}\u{200b}\u{1b}]|(?s:.)){0,40}") {
            let shown = spelled(&text);
            prop_assert_eq!(unspelled(&shown), Some(text.clone()));
            prop_assert_eq!(unspelled(&spelled_whole(&text)), Some(text));
            prop_assert!(shown.chars().all(|c| matches!(c, '\n' | '\t') || !c.is_control()));
        }

        #[test]
        fn spelled_lines_are_printed_as_they_are(text in "([<U+20E>␍аe\u{301}\u{200d}❤👩\u{fe0f}\r\u{a0}\u{202e}\u{1b}]|[^\n\t]){0,40}") {
            let shown = spelled(&text);
            prop_assert_eq!(visible(&shown), shown);
        }
    }
}
