//! One ledger, many clones: bringing here what the remote has, and giving it what it lacks.
//!
//! The remote orders events; nothing it says is believed. What arrives is decided event by event, then what only this
//! clone has is placed after it: the acts as they were signed, decided anew. Whatever no longer holds is kept apart
//! and told.

mod accepting;
mod arrival;
mod dispute;
mod files;
mod purged;
mod relink;
mod undone;

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;

use super::{
    Failure, World, purge,
    record::{Recorded, Unplaced, place_on},
    step::Base,
};
use crate::{
    ledger::{Absorbed, Deed, Exchange, ExchangeError, JournalError, Side, SignedAct, Tip},
    name::Artifact,
    object::{EventId, Prefix},
    state::State,
    workspace::Remote,
};

/// How often a clone begins again after losing a race.
const TRIES: u32 = 64;

/// An act of this clone that no longer holds after what others did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// The act.
    pub event: EventId,
    /// What it was.
    pub kind: String,
    /// Whose it was.
    pub person: String,
    /// The rule that refuses it now.
    pub rule: String,
    /// Why.
    pub message: String,
    /// What it committed, and what that was committed on.
    #[serde(skip)]
    pub(super) bases: Vec<(Artifact, Option<Base>)>,
}

/// What came, and what became of what was here.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// Events that are new here.
    pub(super) events_in: u64,
    /// Acts of this clone that were given a new place, however often.
    pub(super) relinked: BTreeSet<EventId>,
    /// Files that were brought up to date.
    pub(super) files: Vec<String>,
    /// Pieces of payload that others purged, and that are gone from here now.
    pub(super) purged: u64,
    /// What became of payload.
    pub(super) absorbed: Absorbed,
}

impl Brought {
    /// This, then that.
    fn and(&mut self, later: Self) {
        self.events_in += later.events_in;
        self.relinked.extend(later.relinked);
        self.files.extend(later.files);
        self.files.sort();
        self.files.dedup();
        self.purged += later.purged;
        self.absorbed = later.absorbed;
    }
}

/// The remote that an act goes through, where it must: an approval, what moves an environment, and a purge.
///
/// # Errors
///
/// `offline` without the remote, for a promotion: what is live somewhere is live everywhere or nowhere; and for a
/// purge: where it did not hold in the end, the bytes would be gone.
pub(super) fn through<'a>(world: &'a World, deed: &Deed) -> Result<Option<&'a Arc<dyn Exchange>>, Failure> {
    let stays = matches!(
        deed,
        Deed::Init { .. }
            | Deed::Commit(_)
            | Deed::Announce(_)
            | Deed::Evidence(_)
            | Deed::Propose(_)
            | Deed::Review(_)
            | Deed::Attempt(_)
            | Deed::Except(_)
    );
    let goes = !stays;
    let Some(remote) = world.remote.as_ref().filter(|_| goes) else { return Ok(None) };
    match (world.offline, deed) {
        (false, _) => Ok(Some(remote)),
        (true, Deed::Promote(_) | Deed::Override(_) | Deed::Adopt(_)) => {
            Err(Failure::cannot("offline", "nothing is promoted without the remote")
                .because("two clones could each make something else live")
                .say("run it again without `--offline`"))
        }
        (true, Deed::Purge(_)) => Err(Failure::cannot("offline", "nothing is purged without the remote")
            .because("bytes that are gone do not come back if the purge is refused after what others did")
            .say("run it again without `--offline`")),
        (true, Deed::Thaw(_) | Deed::Resume(_)) => {
            Err(Failure::cannot("offline", "nothing that was stopped goes on without the remote")
                .because("another clone may have a reason to keep it stopped that this one does not know")
                .say("run it again without `--offline`"))
        }
        (true, _) => Ok(None),
    }
}

/// Brings here what the remote has, where there is one to ask: whoever decides something should see it all.
///
/// # Errors
///
/// As [`bring`].
pub(super) fn ready(world: &World) -> Result<(), Failure> {
    if world.offline {
        return Ok(());
    }
    match &world.remote {
        Some(remote) => bring(world, remote, &|_, _| ()).map(|_| ()).map_err(|failure| undone::told(failure, None)),
        None => Ok(()),
    }
}

/// How many events of this clone the remote has not confirmed; `None` without a remote.
///
/// # Errors
///
/// When the lines cannot be read.
pub(super) fn unshared(world: &World) -> Result<Option<u64>, Failure> {
    let Some(remote) = &world.remote else { return Ok(None) };
    let all = remote.line(Side::Ledger).tip()?.map_or(0, |tip| tip.seq);
    Ok(Some(all - remote.common(Side::Ledger, Side::Shared)?))
}

/// The newest event that the remote has confirmed.
///
/// # Errors
///
/// When it cannot be read.
pub(super) fn confirmed(world: &World) -> Result<Option<Tip>, Failure> {
    match &world.remote {
        Some(remote) => Ok(remote.line(Side::Shared).tip()?),
        None => Ok(None),
    }
}

/// Whether the remote has confirmed an event; without a remote there is nobody to wait for.
///
/// # Errors
///
/// When the lines cannot be read.
pub(super) fn has_shared(world: &World, state: &State<'_>, event: EventId) -> Result<bool, Failure> {
    if world.remote.is_none() {
        return Ok(true);
    }
    let shared = confirmed(world)?.map_or(0, |tip| tip.seq);
    Ok(state.placed(event)?.is_some_and(|placed| placed.seq <= shared))
}

/// The newest event that the remote has confirmed, where this ledger does not have it: somebody took it away here.
///
/// # Errors
///
/// When the lines cannot be read.
pub(super) fn lost_here(world: &World) -> Result<Option<Tip>, Failure> {
    let (Some(remote), Some(shared)) = (&world.remote, confirmed(world)?) else { return Ok(None) };
    let common = remote.common(Side::Ledger, Side::Shared)?;
    Ok(Some(shared).filter(|shared| common < shared.seq))
}

/// Fetches, decides, and places after it what only this clone has.
///
/// # Errors
///
/// The rule that what arrived breaks; then nothing has changed here.
pub(super) fn bring(
    world: &World,
    remote: &Arc<dyn Exchange>,
    progress: &dyn Fn(u64, u64),
) -> Result<Brought, Failure> {
    let _turn = remote.turn()?;
    bring_in_turn(world, remote, progress)
}

/// Brings a whole ledger into an empty store, if it is of the project that it must be.
///
/// # Errors
///
/// As [`bring`]; `other-project`: then nothing of it becomes this clone's ledger.
pub(super) fn begin(
    world: &World,
    remote: &Arc<dyn Exchange>,
    expect: Option<&Prefix>,
    progress: &dyn Fn(u64, u64),
) -> Result<Brought, Failure> {
    let _turn = remote.turn()?;
    let absorbed = accepting::accept(world, remote, progress)?;
    arrival::expect(remote.as_ref(), expect)?;
    settle(world, remote, absorbed)
}

fn bring_in_turn(world: &World, remote: &Arc<dyn Exchange>, progress: &dyn Fn(u64, u64)) -> Result<Brought, Failure> {
    purge::finish(world)?;
    let absorbed = accepting::accept(world, remote, progress)?;
    settle(world, remote, absorbed)
}

/// Makes what arrived the ledger, and takes away what was purged: by others, or before, and it comes back with a
/// remote's old payload.
fn settle(world: &World, remote: &Arc<dyn Exchange>, absorbed: Absorbed) -> Result<Brought, Failure> {
    let brought = integrate(world, remote)?;
    let again = if absorbed.purged > 0 { purge::drop_purged(world)?.len() as u64 } else { 0 };
    let purged = brought.purged + again;
    if purged > 0 {
        // Payload has one new root here. What goes there next goes on from what is there, not in its place.
        purged::absorb_others(world, remote.as_ref())?;
    }
    Ok(Brought { purged, absorbed, ..brought })
}

/// Makes what arrived, and was accepted, the ledger, and what only this clone has the events after it.
fn integrate(world: &World, remote: &Arc<dyn Exchange>) -> Result<Brought, Failure> {
    let arrived = remote.line(Side::Arrived).tip()?;
    if arrived.is_none() {
        return Ok(Brought::default());
    }
    if arrived == confirmed(world)? && lost_here(world)?.is_none() && files::Before::left(world)?.is_none() {
        // Nothing is new there, and nothing went missing here.
        remote.confirm()?;
        return Ok(Brought::default());
    }
    for _ in 0..TRIES {
        let _guard = world.guard.hold()?;
        let before = remote.line(Side::Ledger).tip()?;
        let (side, mut brought, dropped) = relink::after_arrived(world, remote)?;
        let files = match side {
            Side::Ledger => files::Before::left(world)?,
            _ => files::Before::look(world, &dropped)?,
        };
        relink::keep(world, &dropped, remote)?;
        let purged = purged::new(world, remote.as_ref())?;
        if !purged.is_empty() {
            // Whoever is killed after the ledger moved leaves word of what must still go.
            world.upkeep.intend(&purged)?;
        }
        match remote.adopt(side, before.as_ref()) {
            Err(JournalError::Moved) => continue,
            done => done?,
        }
        world.lapses.note(dropped);
        confirm(world, remote)?;
        if !purged.is_empty() {
            brought.purged = purge::drop_purged(world)?.len() as u64;
        }
        if let Some(files) = files {
            brought.files = files.bring_up_to_date(world)?;
        }
        return Ok(brought);
    }
    Err(JournalError::Moved.into())
}

/// Notes that what arrived is shared, and that this remote confirms.
fn confirm(world: &World, remote: &Arc<dyn Exchange>) -> Result<(), Failure> {
    match Remote::read(world.settings.as_ref())? {
        Some(known) if !known.confirmed => Remote { confirmed: true, ..known }.write(world.settings.as_ref())?,
        _ => {}
    }
    Ok(remote.confirm()?)
}

/// Gives the remote what only this clone has, after bringing here what only the remote has. `restore`: also what the
/// remote had confirmed and has lost.
///
/// # Errors
///
/// As [`bring`]; that the remote cannot be reached or refuses; `moved` after losing very many races.
pub(super) fn share(
    world: &World,
    remote: &Arc<dyn Exchange>,
    restore: bool,
    progress: &dyn Fn(u64, u64),
) -> Result<(Brought, u64), Failure> {
    let _turn = remote.turn()?;
    let mut all = Brought::default();
    for _ in 0..TRIES {
        match bring_in_turn(world, remote, progress) {
            // What is there is the beginning of what is here: giving back the rest takes nothing away.
            Err(failure) if restore && failure.code == "cut-short" => {}
            brought => all.and(brought?),
        }
        let last = remote.draft(Side::Ledger)?.tip()?.map_or(0, |tip| tip.seq);
        let count = last - remote.common(Side::Draft, Side::Shared)?;
        match remote.publish(Side::Draft, &BTreeSet::new()) {
            Err(ExchangeError::Lost { .. }) => {}
            Err(ExchangeError::Unsure { .. }) if has_moved_on(world, remote)? => {}
            done => {
                done?;
                all.and(Brought { absorbed: all.absorbed.clone(), ..integrate(world, remote)? });
                return Ok((all, count));
            }
        }
    }
    Err(lost(remote))
}

/// Records an act once the remote has it, with everything before it that only this clone had.
///
/// # Errors
///
/// The refusal of the rules; or that the remote cannot be reached: then nothing is recorded.
pub(super) fn publish(world: &World, remote: &Arc<dyn Exchange>, act: &SignedAct) -> Result<Recorded, Failure> {
    let _turn = remote.turn()?;
    let without = match &act.act().deed {
        Deed::Purge(purge) => purge.payload.iter().copied().collect(),
        _ => BTreeSet::new(),
    };
    for attempt in 0..TRIES {
        if attempt > 0 {
            bring_in_turn(world, remote, &|_, _| ())?;
            // The remote may have taken it, and the way back was cut.
            if let Some(recorded) = there_already(world, act)? {
                return Ok(recorded);
            }
        }
        let draft = remote.draft(Side::Ledger)?;
        let recorded = match place_on(world, draft.as_ref(), act) {
            Err(Unplaced::Lost) => continue,
            Err(Unplaced::Failed(failure)) => return Err(*failure),
            Ok(recorded) => recorded,
        };
        match remote.publish(Side::Draft, &without) {
            Err(ExchangeError::Lost { .. }) => {}
            Err(ExchangeError::Unsure { .. }) if has_moved_on(world, remote)? => {}
            Err(error @ ExchangeError::Unsure { .. }) => return Err(error.into()),
            Err(error) => return Err(undone::told(error.into(), Some(&act.act().deed))),
            Ok(()) => {
                integrate(world, remote)?;
                return Ok(Recorded { shared: Some(true), ..recorded });
            }
        }
    }
    Err(lost(remote))
}

/// Whether the remote has something else than when it was last asked: then it will not take what was offered on top of
/// that, unless it has taken it. Where it cannot be asked, nobody knows.
fn has_moved_on(world: &World, remote: &Arc<dyn Exchange>) -> Result<bool, Failure> {
    let before = remote.line(Side::Arrived).tip()?;
    Ok(bring_in_turn(world, remote, &|_, _| ()).is_ok() && remote.line(Side::Arrived).tip()? != before)
}

fn there_already(world: &World, act: &SignedAct) -> Result<Option<Recorded>, Failure> {
    let view = world.journal.state(world.journal.tip()?.map_or(0, |tip| tip.seq))?;
    let placed = State::new(view.as_ref()).placed(act.id())?;
    Ok(placed.map(|placed| Recorded { event: placed.event, seq: placed.seq, time: placed.time, shared: Some(true) }))
}

fn lost(remote: &Arc<dyn Exchange>) -> Failure {
    Failure::moved(
        "moved",
        format!("others share events through `{}` faster than they can be read here", remote.place()),
    )
    .say("run the command again")
}

/// Remembers which files of a folder are what their heads are, so that whatever is edited from here on shows as that.
///
/// # Errors
///
/// When the folder cannot be read.
pub(super) fn note_files(world: &World) -> Result<(), Failure> {
    files::Before::seen(world).map(drop)
}

/// Writes every head into a folder that has no files yet; answers which.
///
/// # Errors
///
/// When the folder cannot be written.
pub(super) fn write_heads(world: &World) -> Result<Vec<String>, Failure> {
    files::Before::nothing().bring_up_to_date(world)
}
