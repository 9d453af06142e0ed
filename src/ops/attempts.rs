//! Refusals worth remembering: who tried what, once per distinct verdict.

use serde::Serialize;

use super::{Failure, World, record::record, standing::Standing};
use crate::{
    ledger::{Attempt, Deed},
    object::{Digest, EventId, encode},
};

/// A rule that said no, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Refused {
    /// The rule's name, or the code of the refusal.
    pub(super) rule: String,
    /// The kebab-case word for why.
    pub(super) code: String,
    /// Why, in one line.
    pub(super) reason: String,
}

/// Remembers that the person at the keyboard was refused, unless the same is remembered already.
///
/// Only listed people are remembered. The refusal stands whether or not it could be recorded, so this never fails.
pub(super) fn remember(world: &World, verb: &str, proposal: EventId, refused: Vec<Refused>) {
    // A refusal that cannot be recorded is still a refusal: the caller has it and says it.
    drop(try_to(world, verb, proposal, refused));
}

fn try_to(world: &World, verb: &str, proposal: EventId, mut refused: Vec<Refused>) -> Result<(), Failure> {
    refused.sort();
    let verdict = Digest::of(&encode(&(verb, proposal, &refused)));
    let standing = Standing::read(world)?;
    let me = standing.me(world)?;
    if standing.state().attempted(me.as_str(), verdict)? {
        return Ok(());
    }
    let mut rules: Vec<String> = refused.into_iter().map(|refused| refused.rule).collect();
    rules.dedup();
    let weighed = world.clock.now();
    record(world, Deed::Attempt(Attempt { verb: verb.to_owned(), proposal, weighed, refused: rules, verdict }))?;
    Ok(())
}

impl Refused {
    /// The refusal of a person's act, as a failure tells it.
    pub(super) fn of(failure: &Failure) -> Vec<Self> {
        let code = failure.code.to_owned();
        vec![Self { rule: code.clone(), code, reason: failure.message.clone() }]
    }
}
