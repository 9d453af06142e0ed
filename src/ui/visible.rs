//! Text that cannot lie about what it is.

use std::fmt::Write as _;

/// The text with everything invisible or misleading spelled out as `<U+202E>`.
///
/// Control characters, line breaks and tabs, bidirectional marks, zero-width and tag characters, and surrogates of
/// layout are escaped; printable text is returned as it is. Give lines one at a time.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hides(c) {
            // Writing to a string cannot fail.
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a terminal would show nothing for this character, or something else than it is.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_mislead_is_spelled_out() {
        assert_eq!(visible("a\u{202e}b\x1b[31m\u{200b}\u{e0041}\r"), "a<U+202E>b<U+001B>[31m<U+200B><U+E0041><U+000D>");
    }

    #[test]
    fn printable_text_stays_as_it_is() {
        for text in ["zwölf – 十二 ✓ 👍🏽 ❤️", "a <b> & c"] {
            assert_eq!(visible(text), text);
        }
    }
}
