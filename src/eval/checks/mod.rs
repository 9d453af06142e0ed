//! The checks, one file per family. Each looks at a reply and says what it saw; none knows of negation.

pub(super) mod json;
pub(super) mod measure;
mod ruling;
pub(super) mod text;
pub(super) mod tools;
mod written;

pub(super) use ruling::Ruling;
pub(super) use written::written;
