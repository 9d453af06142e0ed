//! Facts to what people and machines read: dossiers, pages, JUnit.
//!
//! Pure functions from plain data to text. What is shown is decided elsewhere; how it is spelled, here.

mod dossier;
mod finding;
mod junit;
mod markdown;
mod markup;
mod reasons;
mod run;
mod sheet;

pub use dossier::{dossier, source_word};
pub use finding::{AnswerSheet, FindingSheet};
pub use junit::{NamedRun, junit};
pub use reasons::{said, why};
pub use run::{
    AgainstLine, FlipLine, Latency, Measure, RunSheet, SuiteSheet, TagLine, interval, percent, run_lines, run_markdown,
    run_page,
};
pub use sheet::{
    AssentLine, BundleLine, ChangeLine, EvidenceSheet, LiftLine, OverrideLine, QuarantineLine, RuleLine, Sheet,
    StopLine, brief,
};
