//! Characters nobody sees, spelled out.

/// The text with every invisible, bidirectional or control character as `<U+202E>`.
///
/// The line feed, which ends lines, and the tab stay as they are; a carriage return becomes `␍`. The result holds
/// nothing that a terminal would obey.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push('␍'),
            c if is_hidden(c) => out.push_str(&code_point(c)),
            c => out.push(c),
        }
    }
    out
}

/// The hidden characters of a text that have no business there, each with its byte offset.
///
/// Joiners and presentation selectors are left out where they hold together what a reader sees as one sign, as in
/// emoji and in scripts that need them; carriage returns before a line feed are ends of lines.
pub fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(at, c)| {
        let before = || text.get(..*at).and_then(|before| before.chars().next_back());
        let after = || text.get(at + c.len_utf8()..).and_then(|after| after.chars().next());
        let shaped = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !is_hidden(c));
        match c {
            '\n' | '\t' => false,
            '\r' => after() != Some('\n'),
            '\u{200c}' | '\u{200d}' => !((shaped(before()) || before() == Some('\u{fe0f}')) && shaped(after())),
            '\u{fe0e}' | '\u{fe0f}' => {
                !(shaped(before()) || before().is_some_and(|c| c.is_ascii_digit() || matches!(c, '#' | '*')))
            }
            c => is_hidden(*c),
        }
    })
}

/// A character that is not to be shown as itself: `<U+202E>`.
pub fn code_point(c: char) -> String {
    format!("<U+{:04X}>", u32::from(c))
}

/// Whether a character has no shape of its own or changes how its neighbours are shown.
///
/// Joiners and variation selectors are among them: they hide text as well as they build emoji.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xFE00..=0xFE0F
            | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE000..=0xF8FF | 0xE0000..=0xE0FFF | 0xF_0000..=0x10_FFFF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_eyes_cannot_see_is_spelled_out() {
        assert_eq!(visible("a\u{202E}b\u{200B}c\r\n\td\u{1b}[31m"), "a<U+202E>b<U+200B>c␍\n\td<U+001B>[31m");
        assert_eq!(visible("Grüße, 世界 🙂"), "Grüße, 世界 🙂");
        assert_eq!(visible("\u{E0041}\u{FEFF}"), "<U+E0041><U+FEFF>");
    }

    #[test]
    fn what_builds_a_visible_sign_hides_nothing() {
        let found = |text: &str| hidden(text).map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(
            found("\u{2764}\u{fe0f}\u{200d}\u{1f525} 1\u{fe0f}\u{20e3} \u{645}\u{200c}\u{645}\r\n\t"),
            Vec::<usize>::new()
        );
        assert_eq!(found("a\u{200b}b"), [1]);
        assert_eq!(found("a\u{200d}b\u{fe0f}\r"), [1, 5, 8]);
        assert_eq!(found("\u{1f600}\u{fe0f}\u{fe0f}\u{e0041}"), [7, 10]);
    }

    proptest! {
        #[test]
        fn nothing_a_terminal_obeys_survives(text in "\\PC*|.*") {
            prop_assert!(visible(&text).chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
        }
    }
}
