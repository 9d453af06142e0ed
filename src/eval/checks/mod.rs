//! The checks, one file per family. Each looks at a reply and says what it saw; none knows of negation.

pub(super) mod calls;
mod condition;
pub(super) mod embedded;
pub(super) mod group;
pub(super) mod json;
pub(super) mod judged;
pub(super) mod measure;
mod overlap;
pub(super) mod path;
pub(super) mod refusal;
mod ruling;
pub(super) mod near;
pub(super) mod text;
pub(super) mod tools;
mod written;

pub(super) use ruling::Ruling;
pub(super) use written::written;
