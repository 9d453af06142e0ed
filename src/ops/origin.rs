//! Which promotion (or, where heads are followed, commit) each thing in an environment comes from.

use std::collections::BTreeMap;

use super::{Failure, World};
use crate::{
    ledger::Deed,
    name::{Artifact, Environment},
    object::EventId,
    state::{MoveRecord, State},
};

/// The move that an artifact's present place in an environment comes from, rollbacks seen through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// The artifact.
    pub(super) artifact: Artifact,
    /// The move's number.
    pub(super) number: u64,
    /// The move's event.
    pub(super) event: EventId,
    /// The event's place in the ledger.
    pub(super) seq: u64,
}

/// The origins of everything that ever moved and was not taken back to before its first move, sorted by artifact.
///
/// A rollback makes nothing new: what it put back comes from the move that first made it so, before the event the
/// rollback went to.
pub(super) fn origins(world: &World, state: &State<'_>, environment: &Environment) -> Result<Vec<Origin>, Failure> {
    // Walked from the first move on, each artifact keeps the list of moves still in effect for it.
    let mut effective: BTreeMap<String, Vec<Origin>> = BTreeMap::new();
    for movement in moves(state, environment)? {
        // What ran before there was a ledger is where going back ends.
        if movement.kind == "adopt" {
            continue;
        }
        let back_to = if movement.kind == "rollback" { Some(gone_back_to(world, state, &movement)?) } else { None };
        for change in &movement.changes {
            let stack = effective.entry(change.artifact.key()).or_default();
            match back_to {
                Some(seq) => stack.retain(|origin| origin.seq <= seq),
                None => stack.push(Origin {
                    artifact: change.artifact.clone(),
                    number: movement.number,
                    event: movement.event,
                    seq: movement.seq,
                }),
            }
        }
    }
    let mut origins: Vec<Origin> = effective.into_values().filter_map(|mut stack| stack.pop()).collect();
    origins.sort_by(|a, b| a.artifact.cmp(&b.artifact));
    Ok(origins)
}

/// The event right before a move of the environment: the move before it, or, before the first, whatever came before.
pub(super) fn before(
    world: &World,
    state: &State<'_>,
    environment: &Environment,
    number: u64,
) -> Result<EventId, Failure> {
    if number > 1
        && let Some(movement) = state.movement(environment, number - 1)?
    {
        return Ok(movement.event);
    }
    let first = state.movement(environment, 1)?.map_or(1, |movement| movement.seq);
    Ok(world.journal.read(first.saturating_sub(1).max(1))?.0.id())
}

/// Every move of an environment, oldest first.
pub(super) fn moves(state: &State<'_>, environment: &Environment) -> Result<Vec<MoveRecord>, Failure> {
    let count = state.environment(environment)?.map_or(0, |record| record.moves);
    let mut moves = Vec::new();
    for number in 1..=count {
        moves.extend(state.movement(environment, number)?);
    }
    Ok(moves)
}

/// Every rollback of an environment, oldest first.
pub(super) fn rollbacks(state: &State<'_>, environment: &Environment) -> Result<Vec<MoveRecord>, Failure> {
    Ok(moves(state, environment)?.into_iter().filter(|movement| movement.kind == "rollback").collect())
}

/// The place of the event a rollback went back to.
fn gone_back_to(world: &World, state: &State<'_>, movement: &MoveRecord) -> Result<u64, Failure> {
    let (event, _) = world.journal.read(movement.seq)?;
    let Deed::Rollback(back) = &event.act.act().deed else { return Ok(movement.seq) };
    Ok(state.placed(back.to_event)?.map_or(movement.seq, |placed| placed.seq))
}
