//! What one command says.

use super::{Line, Table, Tone, excerpt};
use crate::problem::Problem;

/// Columns of an excerpt; with its indentation it fits a page of 80.
const EXCERPT: usize = 72;

/// One thing on a page.
#[derive(Debug, Clone)]
enum Piece {
    Line { line: Line, indent: usize, hang: usize, wraps: bool },
    Folded { line: Line, indent: usize },
    Table { table: Table, indent: usize },
    Raw(Vec<u8>),
    Styled(Vec<u8>),
}

/// The answer and the conversation of one command, in the order they were put in.
#[derive(Debug, Clone, Default)]
pub struct Page {
    answer: Vec<Piece>,
    conversation: Vec<Piece>,
    indent: usize,
}

impl Page {
    /// An empty page.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds prose, wrapped to the page.
    pub fn paragraph(&mut self, line: impl Into<Line>) {
        let indent = self.indent;
        self.answer.push(Piece::Line { line: line.into(), indent, hang: indent, wraps: true });
    }

    /// Adds one line as it is, however long.
    pub fn line(&mut self, line: impl Into<Line>) {
        let indent = self.indent;
        self.answer.push(Piece::Line { line: line.into(), indent, hang: indent, wraps: false });
    }

    /// Adds one line of a text that is to be judged: all of it, broken with a mark and its length where it is far wider
    /// than any page.
    pub fn folded(&mut self, line: impl Into<Line>) {
        self.answer.push(Piece::Folded { line: line.into(), indent: self.indent });
    }

    /// Adds a title, set off by an empty line where something stands above it.
    pub fn heading(&mut self, text: impl AsRef<str>) {
        if !self.answer.is_empty() {
            self.gap();
        }
        self.paragraph(Line::new().strong(text));
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.answer.push(Piece::Line { line: Line::new(), indent: 0, hang: 0, wraps: false });
    }

    /// Adds `key  value` lines with the values below each other.
    pub fn fields<'a>(&mut self, fields: impl IntoIterator<Item = (&'a str, Line)>) {
        let mut table = Table::new();
        for (key, value) in fields {
            table.row([Line::new().faint(key), value]);
        }
        self.table(table);
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.answer.push(Piece::Table { table, indent: self.indent });
    }

    /// Adds text of a user line by line, with everything invisible spelled out and long lines folded.
    pub fn block(&mut self, text: &str) {
        for line in text.split_terminator('\n') {
            self.folded(line.strip_suffix('\r').unwrap_or(line));
        }
    }

    /// Adds the text that is served, line by line as [`Page::block`] does, secrets included.
    pub fn served(&mut self, text: &str) {
        for line in text.split_terminator('\n') {
            self.folded(Line::new().served(line.strip_suffix('\r').unwrap_or(line)));
        }
    }

    /// Adds bytes to the answer exactly as they are.
    pub fn raw(&mut self, bytes: impl Into<Vec<u8>>) {
        self.answer.push(Piece::Raw(bytes.into()));
    }

    /// Adds text that brings its own escape sequences (clap's help); they go where colours are off.
    pub fn styled(&mut self, text: impl Into<Vec<u8>>) {
        self.answer.push(Piece::Styled(text.into()));
    }

    /// Everything `inside` adds to the answer stands two columns further in.
    pub fn indented(&mut self, inside: impl FnOnce(&mut Self)) {
        self.indent += 2;
        inside(self);
        self.indent -= 2;
    }

    /// Says something on the side: stderr, dropped by `-q`.
    pub fn note(&mut self, line: impl Into<Line>) {
        self.conversation.push(Piece::Line { line: line.into(), indent: 0, hang: 0, wraps: true });
    }

    /// Warns: stderr, dropped by `-q`.
    pub fn warn(&mut self, line: impl Into<Line>) {
        let line = Line::new().warning("warning").text(": ").append(line.into());
        self.conversation.push(Piece::Line { line, indent: 0, hang: 2, wraps: true });
    }

    /// Names the next useful command: stderr, dropped by `-q`.
    pub fn next(&mut self, command: impl AsRef<str>) {
        let line = Line::new().faint("next: ").name(command);
        self.conversation.push(Piece::Line { line, indent: 0, hang: 0, wraps: false });
    }

    /// Adds problems of files, each with place, excerpt and next step.
    pub fn problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            let (tone, word) = if problem.warning { (Tone::Warning, "warning") } else { (Tone::Bad, "error") };
            let place = format!("{}:{}:{}", problem.path, problem.line, problem.column);
            let head = Line::new().name(place).text(" ").toned(tone, word).text(": ").text(&problem.message);
            let indent = self.indent;
            self.answer.push(Piece::Line { line: head, indent, hang: indent + 2, wraps: true });
            if let Some(excerpt) = problem.excerpt.as_deref().filter(|text| !text.trim().is_empty()) {
                let (text, caret) = excerpt::window(excerpt, problem.column, EXCERPT);
                self.indented(|page| {
                    page.line(Line::new().faint("| ").text(text));
                    page.line(Line::new().faint("| ").text(" ".repeat(caret)).toned(tone, "^"));
                });
            }
            if let Some(next) = &problem.next {
                self.indented(|page| page.paragraph(Line::new().faint("next: ").text(next)));
            }
        }
    }

    /// The answer as bytes for a page so wide, styles as escape sequences.
    pub(super) fn answer(&self, width: usize) -> Vec<u8> {
        render(&self.answer, width)
    }

    /// The conversation, likewise.
    pub(super) fn conversation(&self, width: usize) -> Vec<u8> {
        render(&self.conversation, width)
    }

    /// Whether the answer holds bytes that must reach stdout unchanged.
    pub(super) fn is_raw(&self) -> bool {
        self.answer.iter().any(|piece| matches!(piece, Piece::Raw(_)))
    }
}

fn render(pieces: &[Piece], width: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Raw(bytes) | Piece::Styled(bytes) => out.extend_from_slice(bytes),
            Piece::Table { table, indent } => {
                for line in table.lines(width.saturating_sub(*indent)) {
                    put(&mut out, *indent, &line);
                }
            }
            Piece::Folded { line, indent } => {
                for piece in line.fold(width.saturating_sub(*indent)) {
                    put(&mut out, *indent, &piece);
                }
            }
            Piece::Line { line, indent, wraps: false, .. } => put(&mut out, *indent, line),
            Piece::Line { line, indent, hang, wraps: true } => {
                for (at, line) in line.wrap(width.saturating_sub(*indent.max(hang))).iter().enumerate() {
                    put(&mut out, if at == 0 { *indent } else { *hang }, line);
                }
            }
        }
    }
    out
}

fn put(out: &mut Vec<u8>, indent: usize, line: &Line) {
    if !line.is_empty() {
        out.extend_from_slice(" ".repeat(indent).as_bytes());
        out.extend_from_slice(line.render().as_bytes());
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &Page) -> String {
        anstream::adapter::strip_str(&String::from_utf8(page.answer(80)).unwrap()).to_string()
    }

    #[test]
    fn text_of_users_cannot_add_lines_or_colours() {
        let mut page = Page::new();
        page.line(Line::new().name("a\nb\x1b[2J"));
        assert_eq!(shown(&page), "a<U+000A>b<U+001B>[2J\n");
    }

    #[test]
    fn raw_bytes_stay_as_they_are() {
        let mut page = Page::new();
        page.raw(b"\xef\xbb\xbfa\r\nb".to_vec());
        assert_eq!(page.answer(80), b"\xef\xbb\xbfa\r\nb");
    }

    #[test]
    fn a_problem_shows_place_excerpt_and_next_step() {
        let mut page = Page::new();
        page.problems(&[
            Problem::at("a.toml", "modle = 1\n", 0, "unknown-key", "unknown key `modle`").next("did you mean `model`?")
        ]);
        assert_eq!(
            shown(&page),
            "a.toml:1:1 error: unknown key `modle`\n  | modle = 1\n  | ^\n  next: did you mean `model`?\n"
        );
    }
}
