//! Characters that have no business where they stand.

use unicode_normalization::char::is_combining_mark;

use super::{
    Class, class,
    emoji::{are_joined, flag_tags, has_two_faces, is_skin_tone},
    scripts::{Script, is_arabic_point, is_virama, joins_back, joins_on, script},
};

/// Marks on one letter; a letter of any living language has fewer.
const MOST_MARKS: usize = 4;

/// A character that nobody sees as what it is, with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Invisible {
    /// Its byte offset.
    pub at: usize,
    /// The character.
    pub character: char,
    /// What it does to a reader.
    pub class: Class,
}

/// The characters of a text that people do not see and a model reads, in order.
///
/// What a sign or a script needs is not among them: joiners in emoji, after a virama and between Arabic letters; a
/// selector after a sign with two faces; the tags of a flag; combining marks on a letter; a carriage return at the end
/// of a line; the no-break space between words; the wide space of East Asian text. A byte order mark is, even where it
/// stands first. Pure: the answer depends on the text alone, and is the same for every clone of this rules version.
pub fn invisible(text: &str) -> impl Iterator<Item = Invisible> {
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
    let looked_at = if plain { "" } else { text };
    looked_at.char_indices().filter_map(move |(at, character)| {
        let class = out_of_place(text, at, character)?;
        Some(Invisible { at, character, class })
    })
}

/// What is wrong with the character at this offset, where something is.
pub(super) fn out_of_place(text: &str, at: usize, c: char) -> Option<Class> {
    if c.is_ascii_graphic() || matches!(c, ' ' | '\n' | '\t') {
        return None;
    }
    let Some(class) = class(c) else {
        return (is_combining_mark(c) && !stands_on_letter(text, at)).then_some(Class::Mark);
    };
    let fits = match class {
        Class::Control => c == '\r' && after(text, at, c) == Some('\n'),
        Class::ZeroWidth => joins_rightly(text, at, c),
        Class::Variation => selects_a_face(text, at, c),
        Class::Tag => is_of_flag(text, at),
        Class::Blank => blank_fits(text, at, c),
        _ => false,
    };
    (!fits).then_some(class)
}

fn before(text: &str, at: usize) -> impl Iterator<Item = char> {
    text.get(..at).unwrap_or_default().chars().rev()
}

fn after(text: &str, at: usize, c: char) -> Option<char> {
    following(text, at, c).chars().next()
}

fn following(text: &str, at: usize, c: char) -> &str {
    text.get(at + c.len_utf8()..).unwrap_or_default()
}

/// Whether a combining mark has a character to stand on, and not too many others on it.
fn stands_on_letter(text: &str, at: usize) -> bool {
    let marks = before(text, at).take_while(|c| is_combining_mark(*c)).take(MOST_MARKS).count();
    let base = before(text, at).nth(marks);
    let carries = |c: char| {
        !c.is_whitespace() && (class(c).is_none() || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}' | '\u{a0}'))
    };
    marks < MOST_MARKS && base.is_some_and(carries)
}

/// The rule of RFC 5892 for scripts, and that of UTS #51 for emoji.
fn joins_rightly(text: &str, at: usize, c: char) -> bool {
    if !matches!(c, '\u{200c}' | '\u{200d}') {
        return false;
    }
    let Some(previous) = before(text, at).next() else { return false };
    if is_virama(previous) {
        return true;
    }
    if c == '\u{200c}' {
        let left = before(text, at).find(|c| !is_arabic_point(*c));
        let right = following(text, at, c).chars().find(|c| !is_arabic_point(*c));
        return left.is_some_and(joins_on) && right.is_some_and(joins_back);
    }
    let sign = before(text, at).find(|c| *c != '\u{fe0f}' && !is_skin_tone(*c));
    sign.zip(after(text, at, c)).is_some_and(|(sign, next)| are_joined(sign, next))
}

/// A selector shows only right after a sign that has two faces; of the others, Mongolian ones after their letters.
fn selects_a_face(text: &str, at: usize, c: char) -> bool {
    let Some(previous) = before(text, at).next() else { return false };
    match u32::from(c) {
        // `1\u{fe0f}` alone shows as `1`: after these it takes the keycap.
        0xFE0E..=0xFE0F if previous.is_ascii() => has_two_faces(previous) && after(text, at, c) == Some('\u{20e3}'),
        0xFE0E..=0xFE0F => has_two_faces(previous),
        0x180B..=0x180F => matches!(u32::from(previous), 0x1820..=0x18AA),
        _ => false,
    }
}

/// Whether a tag is one of those that turn a black flag into that of England, Scotland or Wales.
fn is_of_flag(text: &str, at: usize) -> bool {
    let tags = before(text, at).take(8).take_while(|c| class(*c) == Some(Class::Tag)).count();
    let Some('🏴') = before(text, at).nth(tags) else { return false };
    // A tag takes four bytes, as the flag does.
    let start = at.saturating_sub(4 * tags);
    tags < flag_tags(text.get(start..).unwrap_or_default())
}

/// Whether a blank parts two things that are seen, in a way its script is written.
fn blank_fits(text: &str, at: usize, c: char) -> bool {
    let (previous, next) = (before(text, at).next(), after(text, at, c));
    let seen = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && class(c).is_none());
    let east_asian = |c: Option<char>| {
        c.is_some_and(|c| {
            script(c) == Some(Script::EastAsian) || matches!(u32::from(c), 0x3001..=0x303F | 0xFF01..=0xFF60)
        })
    };
    match c {
        '\u{a0}' | '\u{202f}' => seen(previous) && seen(next),
        '\u{3000}' => east_asian(next) || east_asian(previous),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, &'static str)> {
        invisible(text).map(|one| (one.at, one.class.word())).collect()
    }

    #[test]
    fn what_people_write_hides_nothing() {
        for text in [
            "plain\ttext\r\nand more\n",
            "Grüße, 世界 🙂 👍🏽 ❤️ 1️⃣ ☎︎",
            "👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 ❤️‍🔥 🤷🏽‍♀️ 🧑🏿‍🤝‍🧑🏻 👩‍❤️‍💋‍👨 🐦‍🔥 🏃‍♀️‍➡️ 👁️‍🗨️",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "می\u{200c}خواهم کتاب\u{200c}ها را",
            "क्\u{200d}ष और क्\u{200c}ष",
            "שלום עולם، مرحبا بالعالم",
            "e\u{301}a\u{308} ti\u{1ebf}ng vi\u{1ec7}t นี่ हिन्दी",
            "Bonjour\u{a0}! 10\u{202f}000\u{a0}€",
            "\u{3000}日本語の文\u{3000}です。",
        ] {
            assert_eq!(found(text), [], "{text:?}");
        }
    }

    #[test]
    fn the_same_characters_elsewhere_are_found() {
        assert_eq!(found("a\u{200b}b"), [(1, "zero-width")]);
        assert_eq!(found("a\u{200d}b\u{fe0f}\r"), [(1, "zero-width"), (5, "variation"), (8, "control")]);
        assert_eq!(found("😀\u{200d}😀"), [(4, "zero-width")]);
        assert_eq!(found("\u{1f600}\u{fe0f}"), [(4, "variation")]);
        assert_eq!(found("❤\u{fe0f}\u{fe0f}"), [(6, "variation")]);
        assert_eq!(found("ab\u{200c}cd"), [(2, "zero-width")]);
        assert_eq!(found("ا\u{200c}م"), [(2, "zero-width")]);
        assert_eq!(found("1\u{fe0f}"), [(1, "variation")]);
        assert_eq!(found("😀\u{e0101}"), [(4, "variation")]);
        assert_eq!(found("🏴\u{e0068}\u{e0069}\u{e007f}"), [(4, "tag"), (8, "tag"), (12, "tag")]);
        assert_eq!(found("\u{feff}a"), [(0, "zero-width")]);
        assert_eq!(found("a \u{a0}b"), [(2, "blank")]);
        assert_eq!(found("\u{202e}\u{2066}\u{200f}").len(), 3);
        assert_eq!(found("\n\u{338}"), [(1, "mark")]);
        assert_eq!(found(&format!("e{}", "\u{301}".repeat(6))).len(), 2);
    }
}
