//! What a page marks: white space at which one has to look twice, and lines too long to be read in one.

/// The mark of a tab; three blanks follow it.
const TAB: &str = "⇥   ";

/// The mark of a space at the end of a line.
const TRAILING: char = '␠';

/// Spelled text as a page shows it: tabs as `⇥`, and each space at the end of a line as `␠`.
///
/// Give what [`super::spelled`] made, which spells these marks out where the text holds them itself.
pub fn marked(spelled: &str) -> String {
    let mut out = String::with_capacity(spelled.len());
    for (at, line) in spelled.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let text = line.trim_end_matches('␍');
        let kept = text.trim_end_matches(' ');
        out.push_str(&kept.replace('\t', TAB));
        out.extend(std::iter::repeat_n(TRAILING, text.len() - kept.len()));
        out.push_str(line.get(text.len()..).unwrap_or_default());
    }
    out
}

/// Characters from which a line is folded: what runs off a page is not read.
pub const LONGEST_LINE: usize = 240;

/// Characters of one piece of a folded line.
const PIECE: usize = 120;

/// One spelled line as lines that fit a page, none of it left out: a line of more than 240 characters is broken, each
/// further piece behind `↪`, with its length at the end as `⟦300 characters⟧`.
pub fn folded(spelled: &str) -> Vec<String> {
    let length = spelled.chars().count();
    if length <= LONGEST_LINE {
        return vec![spelled.to_owned()];
    }
    let mut pieces = vec![String::new()];
    for (at, c) in spelled.chars().enumerate() {
        if at > 0 && at % PIECE == 0 {
            pieces.push(format!("{FOLD} "));
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    if let Some(last) = pieces.last_mut() {
        last.push_str(&length_mark(length));
    }
    pieces
}

/// The mark of a line that goes on from the one above.
pub const FOLD: char = '↪';

/// What stands at the end of a folded line.
pub fn length_mark(length: usize) -> String {
    format!(" ⟦{length} characters⟧")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_long_lines_are_seen() {
        assert_eq!(folded("short"), ["short"]);
        let long = folded(&"x".repeat(250));
        assert_eq!(long.len(), 3);
        assert_eq!(long[2], "↪ xxxxxxxxxx ⟦250 characters⟧");
        assert_eq!(marked("a\tb  c \n  \nd ␍"), "a⇥   b  c␠\n␠␠\nd␠␍");
    }
}
