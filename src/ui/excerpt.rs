//! The part of a long line that a problem is about.

use unicode_width::UnicodeWidthStr;

use crate::sight::visible;

/// Columns kept before the place itself when a line has to be cut.
const BEFORE: usize = 24;

/// At most `width` columns of a line around its character number `column` (from 1), and how many columns stand
/// before that character there. What is cut off is marked by `…`; what is invisible is spelled out.
pub(super) fn window(line: &str, column: u32, width: usize) -> (String, usize) {
    let at = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
    // Of a line of megabytes only what could be shown is looked at.
    let far = at.saturating_sub(width);
    let near = line.trim_end().chars().skip(far).take(3 * width);
    let signs: Vec<String> = near.map(sign).collect();
    let at = (at - far).min(signs.len());
    let columns = |from: usize, to: usize| -> usize { (from..to).map(|n| signs.get(n).map_or(0, |s| s.width())).sum() };
    if far == 0 && columns(0, signs.len()) <= width {
        return (signs.concat(), columns(0, at));
    }
    let mut from = at;
    while from > 0 && columns(from - 1, at) <= BEFORE {
        from -= 1;
    }
    // What would fit in place of the sign for what is cut off is not cut off.
    let from = if from <= 1 && far == 0 { 0 } else { from };
    let lead = if from + far > 0 { "…" } else { "" };
    let mut to = from;
    let mut used = lead.width();
    while let Some(next) = signs.get(to)
        && used + next.width() < width
    {
        used += next.width();
        to += 1;
    }
    let tail = if to < signs.len() { "…" } else { "" };
    let text: String = signs.get(from..to).unwrap_or_default().concat();
    (format!("{lead}{text}{tail}"), lead.width() + columns(from, at))
}

/// One character as it is shown; a tab takes one column, so that places can be counted.
fn sign(character: char) -> String {
    if character == '\t' { " ".to_owned() } else { visible(character.encode_utf8(&mut [0; 4])) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_is_shown_whole() {
        assert_eq!(window("modle = 1", 1, 72), ("modle = 1".to_owned(), 0));
        assert_eq!(window("\ta\u{200b}b", 4, 72), (" a<U+200B>b".to_owned(), 10));
        assert_eq!(window("ab", 9, 72), ("ab".to_owned(), 2));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}X{}", "a".repeat(300), "b".repeat(300));
        let (text, caret) = window(&line, 301, 72);
        assert_eq!((text.width(), caret), (72, 25));
        assert!(text.starts_with('…') && text.ends_with('…'));
        assert_eq!(text.chars().nth(caret), Some('X'));
        let (text, caret) = window(&line, 3, 40);
        assert_eq!((text.width(), caret, text.starts_with('…')), (40, 2, false));
    }

    #[test]
    fn wide_signs_take_two_columns() {
        let (text, caret) = window(&"十".repeat(100), 51, 72);
        assert!(text.width() <= 72);
        assert_eq!(caret, 1 + 24);
    }
}
