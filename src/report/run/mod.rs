//! What a run looks like where it is kept: a page for a pull request, a page for a browser, lines for programs.
//!
//! A [`RunSheet`] holds what is told; how it is spelled is decided here. Everything a model said is hostile: it stands
//! as text in places that it cannot leave, without a secret in it, and bounded, but for the lines, which have all of it.

mod charts;
mod figures;
mod lines;
mod markdown;
mod measure;
mod page;
mod policy;
mod sheet;
#[cfg(test)]
mod testing;

pub use lines::run_lines;
pub use markdown::run_markdown;
pub use measure::{Latency, Measure};
pub use page::run_page;
pub use sheet::{AgainstLine, FlipLine, RunSheet, SuiteSheet, TagLine, interval, percent};
