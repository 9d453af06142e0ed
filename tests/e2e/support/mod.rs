//! A project to run the program in, and what it answered.

mod ledger;
mod outcome;
mod project;
pub(crate) mod shop;

pub(crate) use ledger::ledger;
pub(crate) use outcome::Outcome;
pub(crate) use project::Project;
