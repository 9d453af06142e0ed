//! What a character does to a reader.

use std::fmt;

/// Why a character is not seen, or makes its neighbours look different from what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Obeyed by terminals: C0 and C1, ESC and DEL among them. The line feed and the tab are none.
    Control,
    /// Changes the direction of what follows: marks, embeddings, overrides, isolates.
    Bidi,
    /// U+E0000 to U+E007F: a whole ASCII text that nobody sees.
    Tag,
    /// Joiners, soft hyphens, byte order marks and others without width.
    ZeroWidth,
    /// Selects a variant of the character before; in a row they carry bytes.
    Variation,
    /// White space that is not the space, and letters that show as white space.
    Blank,
    /// U+2028 and U+2029: a new line on some screens and none on others.
    LineBreak,
    /// Means what somebody has agreed on.
    Private,
    /// Will never be a character, or is none that is shown.
    Unassigned,
    /// A combining mark with nothing to stand on, or one of too many.
    Mark,
}

impl Class {
    /// The kebab-case word for it, for records and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Bidi => "bidi",
            Self::Tag => "tag",
            Self::ZeroWidth => "zero-width",
            Self::Variation => "variation",
            Self::Blank => "blank",
            Self::LineBreak => "line-break",
            Self::Private => "private-use",
            Self::Unassigned => "unassigned",
            Self::Mark => "mark",
        }
    }
}

impl fmt::Display for Class {
    /// As the beginning of a sentence about one of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Control => "a control character",
            Self::Bidi => "a mark that turns the direction of text",
            Self::Tag => "a tag character",
            Self::ZeroWidth => "a character without width",
            Self::Variation => "a variation selector",
            Self::Blank => "a blank that is not the space",
            Self::LineBreak => "a line break that not every screen shows",
            Self::Private => "a private character",
            Self::Unassigned => "a code that is no character",
            Self::Mark => "a combining mark out of place",
        })
    }
}

/// What a character does to a reader wherever it stands; `None` for what shows as itself.
///
/// Combining marks, which are judged by what they stand on, are `None` here.
pub fn class(character: char) -> Option<Class> {
    if matches!(character, ' '..='~' | '\n' | '\t') {
        return None;
    }
    if character.is_control() {
        return Some(Class::Control);
    }
    match u32::from(character) {
        0x061C | 0x200E..=0x200F | 0x202A..=0x202E | 0x2066..=0x2069 => Some(Class::Bidi),
        0xE0000..=0xE007F => Some(Class::Tag),
        0x180B..=0x180D | 0x180F | 0xFE00..=0xFE0F | 0xE0100..=0xE01EF => Some(Class::Variation),
        0x00AD
        | 0x034F
        | 0x17B4..=0x17B5
        | 0x180E
        | 0x200B..=0x200D
        | 0x2060..=0x2064
        | 0x206A..=0x206F
        | 0xFEFF
        | 0xFFF9..=0xFFFB
        | 0x13430..=0x1343F
        | 0x1BCA0..=0x1BCA3
        | 0x1D173..=0x1D17A => Some(Class::ZeroWidth),
        0x00A0 | 0x115F..=0x1160 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x2800 | 0x3000 | 0x3164 | 0xFFA0 => {
            Some(Class::Blank)
        }
        0x2028..=0x2029 => Some(Class::LineBreak),
        0x2065 | 0xFDD0..=0xFDEF | 0xFFF0..=0xFFF8 | 0xE0080..=0xE0FFF => Some(Class::Unassigned),
        code if code & 0xFFFE == 0xFFFE => Some(Class::Unassigned),
        0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF => Some(Class::Private),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_as_itself_has_no_class() {
        for c in "aZ09~ \n\täßё漢한ع👩🏽❤«…–€".chars() {
            assert_eq!(class(c), None, "{c:?}");
        }
    }

    #[test]
    fn what_does_not_is_named() {
        let words: Vec<&str> =
            "\r\u{1b}\u{7f}\u{9b}\u{202e}\u{e0041}\u{200b}\u{fe0f}\u{a0}\u{2028}\u{e000}\u{fdd0}\u{10ffff}\u{e0101}"
                .chars()
                .filter_map(class)
                .map(Class::word)
                .collect();
        let expected = "control control control control bidi tag zero-width variation blank line-break private-use \
                        unassigned unassigned variation";
        assert_eq!(words.join(" "), expected);
    }
}
