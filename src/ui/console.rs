//! The two streams of the program.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use serde_json::Value;

use super::{
    Page,
    failure::{document, failure_page},
};
use crate::{
    adapters::pager,
    ops::{Exit, Failure},
    sight::{json_escaped, spelled},
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
    /// Whether stdout is a terminal, which obeys what is written to it.
    pub obeys: bool,
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
            let shown = if self.terminal.obeys { harmless(&bytes) } else { None };
            let mut out = io::stdout().lock();
            out.write_all(shown.as_deref().unwrap_or(&bytes))?;
            out.flush()?;
            if shown.is_some() && !self.quiet {
                let mut note = Page::new();
                note.note("not all of this can be seen, and it is spelled out here; a pipe gets the exact bytes");
                let _ = self.to_stderr(&note.conversation(self.terminal.width));
            }
            return Ok(());
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
    let mut text = json_escaped(&serde_json::to_string_pretty(document).map_err(io::Error::other)?);
    text.push('\n');
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Raw bytes as a terminal may have them, where it must not have them as they are.
fn harmless(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let shown = spelled(&text);
    (shown.as_bytes() != bytes).then(|| shown.into_bytes())
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
    fn a_terminal_gets_exact_bytes_only_where_it_obeys_nothing_in_them() {
        assert_eq!(harmless("tab\tand ünïcode 👩‍💻\n".as_bytes()), None);
        assert_eq!(harmless(b"a\x1b]0;x\x07b").as_deref(), Some(&b"a<U+001B>]0;x<U+0007>b"[..]));
        assert_eq!(harmless(b"\x9b2J").as_deref(), Some("\u{fffd}2J".as_bytes()));
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
