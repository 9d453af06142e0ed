//! The two streams of the program.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use anstream::{AutoStream, ColorChoice};
use serde_json::Value;

use super::{
    Page,
    failure::{document, failure_page},
};
use crate::{
    adapters::pager,
    ops::{Exit, Failure},
    sight::class,
};

/// What is known of the streams; found once, by the wiring.
#[derive(Debug, Clone)]
pub struct Terminal {
    /// Columns of a page.
    pub width: usize,
    /// Colours of stdout.
    pub stdout: ColorChoice,
    /// Colours of stderr.
    pub stderr: ColorChoice,
    /// Whether stderr is a terminal, where progress may move.
    pub moves: bool,
    /// The pager and the height from which it is wanted; `None` when stdout is no terminal or it is unwanted.
    pub pager: Option<(String, usize)>,
}

/// Prints pages and documents, and says how the program ends.
///
/// The exit is decided before anything is printed. A reader that went away ends output quietly and
/// changes nothing; a disk that is full turns a yes into [`Exit::Outside`], never a no into a yes.
#[derive(Debug, Clone)]
pub struct Console {
    terminal: Terminal,
    json: bool,
    quiet: bool,
}

impl Console {
    /// A console for these streams.
    pub fn new(terminal: Terminal) -> Self {
        Self { terminal, json: false, quiet: false }
    }

    /// The same console, answering in JSON.
    #[must_use]
    pub fn json(mut self, json: bool) -> Self {
        self.json = json;
        self
    }

    /// The same console, without the conversation.
    #[must_use]
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// Whether answers are JSON documents.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// What is known of the streams.
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// Whether steps are to be told as they finish.
    pub fn talks(&self) -> bool {
        !self.quiet
    }

    /// Prints an answer's page, and what is said on the side.
    pub fn page(&self, exit: Exit, write: impl FnOnce(&mut Page)) -> Exit {
        let mut page = Page::new();
        write(&mut page);
        let printed = self.write_answer(&page);
        if !self.quiet {
            // What cannot be said on the side is not worth failing for.
            let _ = self.to_stderr(&page.conversation(self.terminal.width));
        }
        settle(exit, printed)
    }

    /// Prints an answer's document.
    pub fn document(&self, exit: Exit, document: &Value) -> Exit {
        settle(exit, write_document(document))
    }

    /// Prints a failure: a document on stdout with `--json`, a page on stderr without, `-q` or not.
    pub fn failure(&self, failure: &Failure) -> Exit {
        let printed = if self.json {
            write_document(&document(failure))
        } else {
            self.to_stderr(&failure_page(failure).answer(self.terminal.width))
        };
        settle(failure.exit, printed)
    }

    /// Shows a page, asks on stderr, and gives back the line that is typed.
    ///
    /// # Errors
    ///
    /// When the page cannot be shown or nothing can be read. Ask only where stdin is a terminal.
    pub fn ask(&self, write: impl FnOnce(&mut Page), question: &str) -> io::Result<String> {
        let mut page = Page::new();
        write(&mut page);
        self.write_answer(&page)?;
        let mut asked = Page::new();
        asked.gap();
        asked.paragraph(question);
        self.to_stderr(&asked.answer(self.terminal.width))?;
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line)
    }

    fn write_answer(&self, page: &Page) -> io::Result<()> {
        let bytes = page.answer(self.terminal.width);
        if page.is_raw() {
            let mut out = io::stdout().lock();
            out.write_all(&bytes)?;
            return out.flush();
        }
        if let Some((program, height)) = &self.terminal.pager
            && bytes.split(|byte| *byte == b'\n').count() > *height
            && pager::show(program, &plain_or_styled(&bytes, self.terminal.stdout)?)
        {
            return Ok(());
        }
        let mut out = AutoStream::new(io::stdout().lock(), self.terminal.stdout);
        out.write_all(&bytes)?;
        out.flush()
    }

    fn to_stderr(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = AutoStream::new(io::stderr().lock(), self.terminal.stderr);
        out.write_all(bytes)?;
        out.flush()
    }
}

/// Writes one document and a line end to stdout.
fn write_document(document: &Value) -> io::Result<()> {
    let mut text = escaped(&serde_json::to_string_pretty(document).map_err(io::Error::other)?);
    text.push('\n');
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The same document with everything that is not seen as `\u202e`: JSON says the same, and a terminal obeys nothing.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        // Outside of strings JSON is plain ASCII, so that whatever has a class stands in one.
        if class(c).is_some() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The bytes as a stream with this choice would carry them.
fn plain_or_styled(bytes: &[u8], choice: ColorChoice) -> io::Result<Vec<u8>> {
    let mut out = AutoStream::new(Vec::new(), choice);
    out.write_all(bytes)?;
    Ok(out.into_inner())
}

/// The exit after printing: a failed write can only make it worse.
fn settle(exit: Exit, printed: io::Result<()>) -> Exit {
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe && exit == Exit::Done => Exit::Outside,
        _ => exit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_holds_nothing_that_a_terminal_obeys_and_says_the_same() {
        let value = serde_json::json!({ "a\u{9b}": "\u{1b}[2J\u{202e}\u{7f}\u{e0041}ü\n" });
        let text = escaped(&serde_json::to_string(&value).unwrap());
        assert_eq!(text, r#"{"a\u009b":"\u001b[2J\u202e\u007f\udb40\udc41ü\n"}"#);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_closed_pipe_changes_no_exit_and_a_full_disk_spoils_only_a_yes() {
        let broken = || Err(io::Error::from(io::ErrorKind::BrokenPipe));
        let full = || Err(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(settle(Exit::Done, broken()), Exit::Done);
        assert_eq!(settle(Exit::No, broken()), Exit::No);
        assert_eq!(settle(Exit::Done, full()), Exit::Outside);
        assert_eq!(settle(Exit::No, full()), Exit::No);
    }
}
