//! Words, as the `o200k` vocabulary cuts a text before it looks for tokens.

use std::sync::LazyLock;

use regex::Regex;

/// What a word is, but for white space before a word: see [`leaves_the_last`].
const WORD: &str = r"(?x)
    [^\r\n\p{L}\p{N}]? [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]* [\p{Ll}\p{Lm}\p{Lo}\p{M}]+ (?i:'s|'t|'re|'ve|'m|'ll|'d)?
  | [^\r\n\p{L}\p{N}]? [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+ [\p{Ll}\p{Lm}\p{Lo}\p{M}]* (?i:'s|'t|'re|'ve|'m|'ll|'d)?
  | \p{N}{1,3}
  | \x20? [^\s\p{L}\p{N}]+ [\r\n/]*
  | \s* [\r\n]+
  | \s+";

/// The words of a text; put together they are the text.
///
/// Most texts are ASCII, for which tables of all characters need not be made ready.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let first = if text.is_ascii() { first_of_ascii } else { first_of_any };
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, after) = rest.split_at_checked(first(rest).max(1)).unwrap_or((rest, ""));
        rest = after;
        Some(word)
    })
}

/// How long the first word is.
fn first_of_any(text: &str) -> usize {
    // A pattern that is none, which the tests would notice, makes the whole text one word.
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(WORD).ok());
    let end = PATTERN.as_ref().and_then(|pattern| pattern.find(text)).map_or(text.len(), |word| word.end());
    let (word, after) = text.split_at_checked(end).unwrap_or((text, ""));
    if leaves_the_last(word, after) { word.char_indices().next_back().map_or(end, |(last, _)| last) } else { end }
}

/// White space that ends in no line end leaves its last character to what follows, where it has another one.
fn leaves_the_last(word: &str, after: &str) -> bool {
    let is_space = !word.ends_with(['\r', '\n']) && word.chars().all(char::is_whitespace);
    is_space && !after.is_empty() && word.chars().nth(1).is_some()
}

/// The same for a text that is ASCII.
fn first_of_ascii(text: &str) -> usize {
    let bytes = text.as_bytes();
    let at = |place: usize| bytes.get(place).copied();
    let run = |from: usize, is: fn(u8) -> bool| {
        bytes.get(from..).map_or(0, |rest| rest.iter().take_while(|byte| is(**byte)).count())
    };
    // Anything but a letter, a digit or a line end may stand before letters.
    let before = at(0).is_some_and(|first| !first.is_ascii_alphanumeric() && !is_line_end(first));
    let upper = usize::from(before) + run(usize::from(before), |byte| byte.is_ascii_uppercase());
    let letters = upper + run(upper, |byte| byte.is_ascii_lowercase());
    if letters > usize::from(before) {
        return letters + contraction(bytes.get(letters..).unwrap_or_default());
    }
    let digits = run(0, |byte| byte.is_ascii_digit());
    if digits > 0 {
        return digits.min(3);
    }
    let space = usize::from(at(0) == Some(b' '));
    let signs = run(space, |byte| !is_space(byte) && !byte.is_ascii_alphanumeric());
    if signs > 0 {
        return space + signs + run(space + signs, |byte| is_line_end(byte) || byte == b'/');
    }
    let spaces = run(0, is_space);
    let lines = bytes.get(..spaces).and_then(|run| run.iter().rposition(|byte| is_line_end(*byte)));
    match lines {
        Some(last) => last + 1,
        None if spaces > 1 && spaces < bytes.len() => spaces - 1,
        None => spaces,
    }
}

/// How long the end of a word is that is written with an apostrophe; 0 where there is none.
fn contraction(bytes: &[u8]) -> usize {
    let letter = |place: usize| bytes.get(place).map(u8::to_ascii_lowercase);
    match (bytes.first(), letter(1), letter(2)) {
        (Some(b'\''), Some(b's' | b't' | b'm' | b'd'), _) => 2,
        (Some(b'\''), Some(b'r' | b'v'), Some(b'e')) | (Some(b'\''), Some(b'l'), Some(b'l')) => 3,
        _ => 0,
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// White space as Unicode has it, to which a vertical tab belongs.
fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_pattern(text: &str) -> Vec<&str> {
        let (mut rest, mut words) = (text, Vec::new());
        while !rest.is_empty() {
            let (word, after) = rest.split_at(first_of_any(rest));
            words.push(word);
            rest = after;
        }
        words
    }

    #[test]
    fn a_text_is_cut_where_the_vocabulary_cuts_it() {
        let cut = |text| words(text).collect::<Vec<_>>();
        assert_eq!(cut("  It's 12345 HTTPServers, "), [" ", " It's", " ", "123", "45", " HTTPServers", ",", " "]);
        assert_eq!(cut("a \n\n b//\n\tx"), ["a", " \n\n", " b", "//\n", "\tx"]);
        assert_eq!(cut("naïve  Ωmega"), ["naïve", " ", " Ωmega"]);
    }

    proptest::proptest! {
        #[test]
        fn ascii_is_cut_as_any_text_is(text in "[ -~\\t\\r\\n\\x0b\\x0c\\x1c]{0,80}|[aB' \\t\\r\\n1./slLvVeE]{0,80}") {
            proptest::prop_assert_eq!(words(&text).collect::<Vec<_>>(), by_pattern(&text));
        }

        #[test]
        fn words_lose_nothing(text in "\\p{any}{0,60}") {
            proptest::prop_assert_eq!(words(&text).collect::<String>(), text);
        }
    }
}
