//! A project to run the program in, and what it answered.

mod counting;
mod forge;
pub(crate) mod git;
pub(crate) mod judges;
pub(crate) mod killed;
mod ledger;
mod outcome;
mod played;
mod project;
pub(crate) mod remote;
pub(crate) mod shop;
pub(crate) mod story;
pub(crate) mod way;
mod wrapped;

pub(crate) use counting::Counting;
pub(crate) use forge::{Forge, signer};
pub(crate) use ledger::ledger;
pub(crate) use outcome::Outcome;
pub(crate) use played::Played;
pub(crate) use project::Project;
