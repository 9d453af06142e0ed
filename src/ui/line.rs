//! One line of styled text.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::scan::safe;
use crate::sight::{FOLD, LONGEST_LINE, length_mark, visible};

/// What a piece of text means; its colour repeats that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    Plain,
    /// Done, met, live (green).
    Good,
    /// A warning (yellow).
    Warning,
    /// Refused or failed (red).
    Bad,
    /// A name or an id (cyan).
    Name,
    /// The one thing to read (bold).
    Strong,
    /// What may be skipped (dim).
    Faint,
}

impl Tone {
    pub(super) fn style(self) -> Style {
        let colour = |c: AnsiColor| Style::new().fg_color(Some(c.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Good => colour(AnsiColor::Green),
            Self::Warning => colour(AnsiColor::Yellow),
            Self::Bad => colour(AnsiColor::Red),
            Self::Name => colour(AnsiColor::Cyan),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

/// A line, built piece by piece. Whatever is put in is made visible first, so a line stays one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    spans: Vec<(Tone, String)>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// The line and a piece of text with a meaning.
    #[must_use]
    pub fn toned(mut self, tone: Tone, text: impl AsRef<str>) -> Self {
        self.spans.push((tone, visible(&safe(text.as_ref()))));
        self
    }

    /// The line and a piece of the text that is served, secrets included.
    #[must_use]
    pub fn served(mut self, text: impl AsRef<str>) -> Self {
        self.spans.push((Tone::Plain, visible(text.as_ref())));
        self
    }

    /// The line and plain text.
    #[must_use]
    pub fn text(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Plain, text)
    }

    /// The line and something done or met.
    #[must_use]
    pub fn good(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Good, text)
    }

    /// The line and a warning.
    #[must_use]
    pub fn warning(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Warning, text)
    }

    /// The line and something refused or failed.
    #[must_use]
    pub fn bad(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Bad, text)
    }

    /// The line and a name or an id.
    #[must_use]
    pub fn name(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Name, text)
    }

    /// The line and the one thing to read.
    #[must_use]
    pub fn strong(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Strong, text)
    }

    /// The line and what may be skipped.
    #[must_use]
    pub fn faint(self, text: impl AsRef<str>) -> Self {
        self.toned(Tone::Faint, text)
    }

    /// The line and another after it.
    #[must_use]
    pub fn append(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self
    }

    /// Whether nothing was put in.
    pub fn is_empty(&self) -> bool {
        self.spans.iter().all(|(_, text)| text.is_empty())
    }

    /// Columns it takes on a terminal.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|(_, text)| text.width()).sum()
    }

    /// The line with its styles as escape sequences, without a line end.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        for (tone, text) in &self.spans {
            let style = tone.style();
            out.extend([&style.render().to_string(), text, &style.render_reset().to_string()].map(String::as_str));
        }
        out
    }

    /// The line broken at spaces into lines of at most `width` columns; longer words are cut.
    pub(super) fn wrap(&self, width: usize) -> Vec<Self> {
        let width = width.max(8);
        let mut lines = Vec::new();
        let mut line = Self::new();
        let mut used = 0;
        for (tone, word) in self.words() {
            let size = word.width();
            let blank = word.trim().is_empty();
            if used + size > width && used > 0 {
                lines.push(std::mem::take(&mut line).trimmed());
                used = 0;
            }
            if blank && used == 0 && !lines.is_empty() {
                continue;
            }
            for piece in cut(&word, width) {
                if used + piece.width() > width && used > 0 {
                    lines.push(std::mem::take(&mut line).trimmed());
                    used = 0;
                }
                used += piece.width();
                line.spans.push((tone, piece));
            }
        }
        lines.push(line.trimmed());
        lines
    }

    /// The line as it is while it is not far wider than a page; else all of it in pieces of at most `width` columns,
    /// marked as going on, with its length at the end.
    pub(super) fn fold(&self, width: usize) -> Vec<Self> {
        if self.width() <= LONGEST_LINE.max(width) {
            return vec![self.clone()];
        }
        let mark = || Self::new().faint(format!("{FOLD} "));
        let width = width.max(16);
        let (mut pieces, mut piece, mut used, mut length) = (Vec::new(), Self::new(), 0, 0);
        for (tone, text) in &self.spans {
            length += text.chars().count();
            let mut part = String::new();
            for c in text.chars() {
                let columns = c.width().unwrap_or_default();
                if used + columns > width {
                    piece.spans.push((*tone, std::mem::take(&mut part)));
                    pieces.push(std::mem::replace(&mut piece, mark()));
                    used = 2;
                }
                used += columns;
                part.push(c);
            }
            piece.spans.push((*tone, part));
        }
        pieces.push(piece.faint(length_mark(length)));
        pieces
    }

    /// Words and the spaces between them, in order, each with its tone.
    fn words(&self) -> Vec<(Tone, String)> {
        let mut words: Vec<(Tone, String)> = Vec::new();
        for (tone, text) in &self.spans {
            let mut start = true;
            for c in text.chars() {
                match words.last_mut() {
                    Some((_, word)) if !start && word.ends_with(' ') == (c == ' ') => word.push(c),
                    _ => words.push((*tone, c.to_string())),
                }
                start = false;
            }
        }
        words
    }

    fn trimmed(mut self) -> Self {
        while self.spans.last().is_some_and(|(_, text)| text.trim_end().is_empty()) {
            self.spans.pop();
        }
        self
    }
}

/// A word in pieces of at most `width` columns.
fn cut(word: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let room = pieces.last().map_or(0, |piece| piece.width()) + c.to_string().width() <= width;
        match pieces.last_mut() {
            Some(piece) if room => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::new().text(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::new().text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_counts_columns_and_loses_no_word() {
        let line = Line::new().text("the quick ").name("十二十二").text(" fox jumps");
        let shown: Vec<String> =
            line.wrap(12).iter().map(|l| anstream::adapter::strip_str(&l.render()).to_string()).collect();
        assert_eq!(shown, ["the quick", "十二十二 fox", "jumps"]);
        assert!(line.wrap(12).iter().all(|l| l.width() <= 12));
    }

    #[test]
    fn a_line_far_wider_than_a_page_is_folded_and_all_there() {
        let text = "ab c".repeat(100);
        let pieces = Line::new().text("+").good(&text).fold(80);
        let plain = |line: &Line| anstream::adapter::strip_str(&line.render()).to_string();
        let all: String = pieces.iter().map(|piece| plain(piece).replace("↪ ", "")).collect();
        assert_eq!(all, format!("+{text} ⟦401 characters⟧"));
        assert!(pieces.iter().rev().skip(1).all(|piece| piece.width() <= 80));
        assert_eq!(Line::from("x".repeat(200)).fold(80).len(), 1);
    }

    #[test]
    fn a_long_word_is_cut_rather_than_overflowing() {
        let lines = Line::from("x".repeat(20)).wrap(8);
        assert_eq!(lines.iter().map(Line::width).collect::<Vec<_>>(), [8, 8, 4]);
    }
}
