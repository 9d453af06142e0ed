//! A project to run the program in, and what it answered.

mod outcome;
mod project;
pub(crate) mod shop;

pub(crate) use outcome::Outcome;
pub(crate) use project::Project;
