//! What only this clone has, placed after what arrived.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    super::{
        Exit, Failure, World,
        record::{NO_SEAL, Unplaced, place_on},
        step::Base,
    },
    Brought, Dropped,
};
use crate::{
    ledger::{Deed, Exchange, Journal, Side, SignedAct, View},
    name::Artifact,
    state::State,
};

/// Under this name acts are kept that have no place any more.
const KEPT_AS: &str = "dropped";

/// An act that has no place any more, as it is kept: nothing is lost.
#[derive(Serialize, Deserialize)]
struct Kept {
    act: String,
    signature: String,
    rule: String,
    message: String,
}

/// Decides every act that only this clone has at its new place; answers which line is to be the ledger, and which
/// acts are not in it.
pub(super) fn after_arrived(
    world: &World,
    remote: &Arc<dyn Exchange>,
) -> Result<(Side, Brought, Vec<Dropped>), Failure> {
    let (ours, arrived) = (remote.line(Side::Ledger), remote.line(Side::Arrived));
    let (our_tip, their_tip) = (ours.tip()?.map_or(0, |tip| tip.seq), arrived.tip()?.map_or(0, |tip| tip.seq));
    let common = remote.common(Side::Ledger, Side::Arrived)?;
    let mut lapsed = Vec::new();
    let mut brought = Brought { events_in: their_tip - common, ..Brought::default() };
    if common == their_tip {
        return Ok((Side::Ledger, brought, lapsed));
    }
    let view = arrived.state(their_tip)?;
    let mut waiting = Vec::new();
    for seq in common + 1..=our_tip {
        let (event, _) = ours.read(seq)?;
        if State::new(view.as_ref()).placed(event.id())?.is_none() {
            waiting.push((seq, event.act));
        } else {
            // It came back by way of the remote.
            brought.events_in -= 1;
        }
    }
    drop(view);
    if waiting.is_empty() {
        return Ok((Side::Arrived, brought, lapsed));
    }
    if let Err(error) = &world.signer {
        return Err(Failure::from(error.clone())
            .because("this clone has events of its own, which must be sealed again at their new places"));
    }
    let draft = remote.draft(Side::Arrived)?;
    for (seq, act) in waiting {
        match again(world, draft.as_ref(), &act)? {
            None => drop(brought.relinked.insert(act.id())),
            Some(dropped) => {
                let bases = bases(ours.state(seq - 1)?.as_ref(), &act)?;
                lapsed.push(Dropped { bases, ..dropped });
            }
        }
    }
    Ok((Side::Draft, brought, lapsed))
}

/// Places an act anew, or says why it no longer holds.
fn again(world: &World, draft: &dyn Journal, act: &SignedAct) -> Result<Option<Dropped>, Failure> {
    match place_on(world, draft, act) {
        Ok(_) => Ok(None),
        Err(Unplaced::Lost) => Err(Failure::bug("somebody else wrote to a draft")),
        // The disk, git or a key failed: that says nothing about the act.
        Err(Unplaced::Failed(failure)) if failure.exit == Exit::Outside || failure.code == NO_SEAL => {
            Err(failure.because("this clone has events of its own, which must be sealed again at their new places"))
        }
        Err(Unplaced::Failed(failure)) => Ok(Some(Dropped {
            event: act.id(),
            kind: act.act().deed.kind().to_owned(),
            person: act.act().person.to_string(),
            rule: failure.code.to_owned(),
            message: failure.message,
            bases: Vec::new(),
        })),
    }
}

/// What a commit's files were in step with before it.
fn bases(before: &dyn View, act: &SignedAct) -> Result<Vec<(Artifact, Option<Base>)>, Failure> {
    let Deed::Commit(commit) = &act.act().deed else { return Ok(Vec::new()) };
    let state = State::new(before);
    let base = |artifact: &Artifact| -> Result<Option<Base>, Failure> {
        Ok(state.head(artifact)?.and_then(|head| Some((head.version?, head.number))))
    };
    commit.changes.iter().map(|change| Ok((change.artifact.clone(), base(&change.artifact)?))).collect()
}

/// Keeps acts that have no place any more, with their signatures, before the ledger that held them is left.
pub(super) fn keep(world: &World, dropped: &[Dropped], remote: &Arc<dyn Exchange>) -> Result<(), Failure> {
    if dropped.is_empty() {
        return Ok(());
    }
    let kept = world.settings.read(KEPT_AS)?.map(|kept| kept.bytes).unwrap_or_default();
    let mut lines = String::from_utf8_lossy(&kept).into_owned();
    let ours = remote.line(Side::Ledger);
    let tip = ours.tip()?.map_or(0, |tip| tip.seq);
    for seq in remote.common(Side::Ledger, Side::Arrived)? + 1..=tip {
        let (event, _) = ours.read(seq)?;
        let Some(dropped) = dropped.iter().find(|dropped| dropped.event == event.id()) else { continue };
        let line = Kept {
            act: String::from_utf8_lossy(event.act.bytes()).into_owned(),
            signature: event.act.signature().as_str().to_owned(),
            rule: dropped.rule.clone(),
            message: dropped.message.clone(),
        };
        let line = serde_json::to_string(&line).map_err(|error| Failure::bug(error.to_string()))?;
        if !lines.contains(&line) {
            lines.push_str(&line);
            lines.push('\n');
        }
    }
    Ok(world.settings.write(KEPT_AS, lines.as_bytes())?)
}
