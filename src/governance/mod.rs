//! `chancery.toml`: who may do what, which environments there are, and what each asks of a change.
//!
//! Governance is parsed whole: unknown keys are refused with the nearest name, and a rule that is not
//! enforced yet is refused by name, never silently accepted. Missing or empty means no. What is in force
//! is the version the ledger recorded; the file is only what the next proposal would ask for.

mod charter;
mod closers;
mod differences;
mod environment;
mod environments;
mod gates;
mod parse;
mod people;
mod reach;
mod risk;
mod sources;
#[cfg(test)]
mod tests;
mod window;

pub use closers::Closers;
pub use differences::Change;
pub use environment::{EnvironmentRules, Governance, SourceRule};
pub use parse::FILE;
pub use risk::{ChangeKind, Conditions, Proposed, RiskRule};
