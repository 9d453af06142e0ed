//! Two versions to what changed: lines, words, and the class of the change.
//!
//! A difference is exact: applying it to the old text gives the new text, the last line's end and
//! carriage returns included. What eyes cannot see is spelled out by [`spelled`](crate::sight::spelled) wherever a
//! difference is shown, so that no content can hide in it or speak to a terminal, and no two texts look the same.
//! This room knows nothing of artifacts but their text.

mod class;
mod merge;
mod text;
mod words;

pub use class::{Change, Class, class};
pub use merge::{Conflict, Merged, conflicts, merge};
pub use text::{Hunk, Line, LineKind, Span, TextDiff, stat, text};
pub use words::{Word, WordKind, words};
