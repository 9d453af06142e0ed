//! User text inside our sentences: one line, bounded, harmless to a terminal.

use crate::sight::class;

/// The most characters of an excerpt.
const LONGEST: usize = 120;

/// The beginning of a text on one line: at most 120 characters, line breaks and everything invisible escaped.
///
/// Escaping keeps a reply from moving the cursor, hiding text or starting a line of its own in a report.
pub fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut rest = text.chars();
    for c in rest.by_ref() {
        let shown: String = if is_plain(c) { c.to_string() } else { c.escape_default().to_string() };
        let width = shown.chars().count();
        if length + width >= LONGEST {
            if rest.next().is_none() && length + width == LONGEST {
                out.push_str(&shown);
            } else {
                out.push('…');
            }
            return out;
        }
        out.push_str(&shown);
        length += width;
    }
    out
}

/// Whether a character shows as itself and takes part in nothing but its own place.
fn is_plain(c: char) -> bool {
    !matches!(c, '\n' | '\t') && class(c).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_line_of_at_most_120_characters() {
        assert_eq!(excerpt("a\nb\u{1b}[31m\u{202e}ü"), "a\\nb\\u{1b}[31m\\u{202e}ü");
        assert_eq!(excerpt(&"x".repeat(120)).chars().count(), 120);
        assert_eq!(excerpt(&"x".repeat(121)), format!("{}…", "x".repeat(119)));
        for n in 50..70 {
            assert!(excerpt(&"\n".repeat(n)).chars().count() <= 120, "{n}");
        }
    }
}
