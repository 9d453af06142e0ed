//! Where things stand in a template, and templates as the engine parses them.

use minijinja::{Error, machinery, machinery::ast::Stmt, syntax::SyntaxConfig};

use crate::{artifact::Prompt, problem::Problem};

use super::{scan::Fault, shape};

/// A body and the file it stands in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    /// The file, as messages name it.
    pub(super) path: &'a str,
    /// The template.
    pub(super) text: &'a str,
    /// Line of the file on which the body begins, from 1.
    pub(super) line: u32,
}

impl<'a> Body<'a> {
    /// The body of a prompt.
    pub(super) fn of(prompt: &'a Prompt, path: &'a str) -> Self {
        Self { path, text: &prompt.body, line: prompt.body_line }
    }

    /// A problem at a byte offset of the body, with the line of the file.
    pub(super) fn problem(&self, offset: usize, code: &str, message: impl Into<String>) -> Problem {
        let mut problem = Problem::at(self.path, self.text, offset, code, message);
        problem.line = problem.line.saturating_add(self.line.saturating_sub(1));
        problem
    }

    /// Parses the template.
    ///
    /// # Errors
    ///
    /// One problem where it is not Jinja: the engine stops at the first.
    pub(super) fn parse(&self) -> Result<Stmt<'a>, Box<Problem>> {
        if let Some(fault) = shape::fault(self.text) {
            return Err(Box::new(self.fault(&fault)));
        }
        machinery::parse(self.text, self.path, syntax()).map_err(|e| {
            let offset = e.range().map(|range| range.start);
            Box::new(self.failure(&e, offset, "template-syntax"))
        })
    }

    /// What the template may not do, placed in the file.
    pub(super) fn fault(&self, fault: &Fault) -> Problem {
        let problem = self.problem(fault.offset, fault.code, fault.message.clone());
        match &fault.next {
            Some(next) => problem.next(next.clone()),
            None => problem,
        }
    }

    /// What the engine says went wrong, placed in the file at `offset`, or else on the line the engine names.
    pub(super) fn failure(&self, error: &Error, offset: Option<usize>, code: &str) -> Problem {
        let message = match error.detail() {
            Some(detail) => format!("{}: {detail}", error.kind()),
            None => error.kind().to_string(),
        };
        self.problem(offset.unwrap_or_else(|| self.line_start(error.line())), code, message)
    }

    /// The byte offset of a line of the body, from 1.
    fn line_start(&self, line: Option<usize>) -> usize {
        let before = line.unwrap_or(1).saturating_sub(1);
        self.text.split_inclusive('\n').take(before).map(str::len).sum()
    }
}

/// Jinja's default syntax, with the trailing newline kept: the body's bytes are the author's.
pub(super) fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default()
}
