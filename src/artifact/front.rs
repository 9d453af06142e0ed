//! Where front matter begins and ends.

use std::ops::Range;

use super::text;
use crate::problem::Problem;

/// The parts of a file that begins with a `+++` line, as byte offsets of its text.
#[derive(Debug)]
pub(super) struct Front {
    /// The TOML between the two lines.
    pub(super) toml: Range<usize>,
    /// Where the body begins: after the second line.
    pub(super) body: usize,
}

impl Front {
    /// The front matter of a text; `None` when its first line is not `+++`.
    ///
    /// # Errors
    ///
    /// `unclosed-front-matter` when no second `+++` line follows.
    pub(super) fn find(path: &str, text: &str) -> Result<Option<Self>, Vec<Problem>> {
        let start = text::after_mark(text);
        let mut lines = text::lines(text, start);
        if !lines.next().is_some_and(|(_, line)| is_fence(line)) {
            return Ok(None);
        }
        let toml = text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| start + at + 1);
        let Some((close, _)) = lines.find(|(_, line)| is_fence(line)) else {
            let problem = Problem::at(path, text, start, "unclosed-front-matter", "the front matter has no end");
            return Err(vec![problem.next("write a line of `+++` after the settings")]);
        };
        let body = text.get(close..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| close + at + 1);
        Ok(Some(Self { toml: toml..close, body }))
    }
}

fn is_fence(line: &str) -> bool {
    line.strip_prefix("+++").is_some_and(|rest| rest.bytes().all(|byte| matches!(byte, b' ' | b'\t')))
}
