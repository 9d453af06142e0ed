//! Text that cannot lie about what it is.

use crate::diff::{code_point, is_hidden};

/// The text with everything invisible or misleading spelled out as `<U+202E>`, line breaks and tabs included.
///
/// Give lines one at a time. What [`is_hidden`] is spelled out, but for the selector of coloured emoji, which shows
/// nothing of its own and hides nothing.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\u{fe0f}' {
            out.push_str(&code_point(c));
        } else {
            out.push(c);
        }
    }
    out
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
