//! Events: a linear chain of signed commits, each with the act, its place and the state after it.

use std::sync::{Arc, MutexGuard};

use git2::{ObjectType, Odb, Oid, Repository};

use super::{
    GitStore,
    batch::Batch,
    commit::{self, Commit},
    failure::{Failure, failed},
    index::{Index, Place, Step},
    line::Lined as _,
    placed::{ACT, EVENT, Placed, Recent, SIGNATURE, STATE},
    refs::{self, LEDGER},
    tree::{self, Edits, Entry},
    trees::Trees,
    view::GitView,
};
use crate::{
    ledger::{Changes, Event, EventRecord, JournalError, Seal, SignedAct, Tip, View},
    object::{Digest, EventId, Prefix, encode},
    trust::{Signature, SignerError},
};

/// The events that a ref leads to: the ledger, what arrived from elsewhere, or a draft.
pub(super) struct Line<'a> {
    pub(super) store: &'a GitStore,
    pub(super) name: &'static str,
    pub(super) index: &'a Index,
}

impl<'a> Line<'a> {
    fn repository(&self) -> Result<MutexGuard<'a, Repository>, Failure> {
        self.store.repository()
    }

    /// The places of all events, from the index.
    pub(super) fn places(&self, repository: &Repository) -> Result<Arc<Vec<Place>>, JournalError> {
        if self.name != LEDGER {
            // The ledger writes down what it finds out, and spares every line beside it the walk, today and next time.
            // Where it is damaged itself, the line beside it may be what mends it.
            let _ = self.store.line().places(repository);
        }
        self.index.places(refs::target(repository, self.name)?, &|commit| step(repository, commit))
    }

    /// What its newest event says about itself.
    pub(super) fn newest(&self, repository: &Repository) -> Result<Option<Step>, JournalError> {
        refs::target(repository, self.name)?.map(|tip| step(repository, tip)).transpose()
    }

    /// The commit of an event.
    fn commit_of(&self, repository: &Repository, seq: u64) -> Result<Oid, JournalError> {
        let places = self.places(repository)?;
        let position = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1));
        position.and_then(|at| places.get(at)).map(|place| place.commit).ok_or(JournalError::NoSuchEvent(seq))
    }

    fn placed(&self, repository: &Repository, seq: u64) -> Result<Arc<Placed>, JournalError> {
        let odb = repository.odb().map_err(failed("cannot read ledger", self.name))?;
        let recent = self.store.recent();
        if let Some(tip) = refs::target(repository, self.name)?
            && !self.index.knows(tip)
        {
            // The newest event is asked for most; it needs no index.
            let placed = recent.read(&odb, tip, seq)?;
            if placed.record.record.seq == seq {
                return Ok(placed);
            }
        }
        let placed = recent.read(&odb, self.commit_of(repository, seq)?, seq)?;
        if placed.record.record.seq == seq {
            return Ok(placed);
        }
        self.index.forget();
        recent.read(&odb, self.commit_of(repository, seq)?, seq)
    }

    /// The state tree after an event; `None` before the first.
    fn state_tree(&self, repository: &Repository, seq: u64) -> Result<Option<Oid>, JournalError> {
        if seq == 0 { Ok(None) } else { Ok(Some(self.placed(repository, seq)?.state)) }
    }

    pub(super) fn tip(&self) -> Result<Option<Tip>, JournalError> {
        tip(&*self.repository()?, self.name)
    }

    pub(super) fn read(&self, seq: u64) -> Result<(Event, Seal), JournalError> {
        let repository = self.repository()?;
        let odb = repository.odb().map_err(failed("cannot read ledger", self.name))?;
        let placed = self.placed(&repository, seq)?;
        let (act, signature) = placed.act(&odb, seq)?;
        let previous = check_previous(&odb, self.store.recent(), &placed.record.record, &placed.commit);
        drop(odb);
        // Signatures take longest: whoever reads something else meanwhile need not wait.
        drop(repository);
        let act = SignedAct::read(&act, &signature).map_err(|error| JournalError::act(seq, &error))?;
        let event = Event { record: placed.record.record.clone(), act };
        check_place(&event, seq, &placed.commit)?;
        previous?;
        let Some(signature) = placed.commit.signature.clone() else {
            return Err(JournalError::Damaged { seq, reason: "its recorder did not sign it".to_owned() });
        };
        Ok((event, Seal { signed: placed.commit.signed.clone(), signature }))
    }

    pub(super) fn find(&self, prefix: &Prefix) -> Result<Vec<(EventId, u64)>, JournalError> {
        let repository = self.repository()?;
        let places = self.places(&repository)?;
        let matching = places.iter().zip(1..).filter(|(place, _)| prefix.matches(&place.event.0));
        let mut found = Vec::new();
        for (place, seq) in matching {
            let odb = repository.odb().map_err(failed("cannot read ledger", self.name))?;
            let record = Placed::read(&odb, place.commit, seq)?.record.record;
            if record.act != place.event || record.seq != seq {
                self.index.forget();
                return Err(JournalError::Damaged {
                    seq,
                    reason: "the index of events was wrong; read again".to_owned(),
                });
            }
            found.push((place.event, seq));
        }
        found.sort_by_key(|(event, seq)| (event.0, *seq));
        Ok(found)
    }

    pub(super) fn state(&self, seq: u64) -> Result<Box<dyn View + 'a>, JournalError> {
        let root = self.state_tree(&*self.repository()?, seq)?;
        Ok(Box::new(GitView { store: self.store, root }))
    }

    pub(super) fn append(
        &self,
        expected: Option<&Tip>,
        event: &Event,
        changes: &Changes,
        seal: &dyn Fn(&[u8]) -> Result<Signature, SignerError>,
    ) -> Result<Tip, JournalError> {
        let _guard = self.store.lock()?;
        let (unsigned, parent, mut batch) = {
            let repository = self.repository()?;
            let now = tip(&repository, self.name)?;
            if now.as_ref() != expected {
                return Err(JournalError::Moved);
            }
            check_continues(now.as_ref(), event)?;
            draft(&repository, self.store.trees(), self.name, now.as_ref(), event, changes)?
        };
        let signature = seal(&unsigned)?;
        let repository = self.repository()?;
        let id = batch.add(ObjectType::Commit, commit::sealed(&unsigned, &signature))?;
        batch.keep(&repository, self.store.failpoint())?;
        if !refs::swap(&repository, self.name, parent, id, self.store.failpoint())? {
            return Err(JournalError::Moved);
        }
        Ok(tip_of(id, &event.record))
    }

    pub(super) fn follows(&self, seq: u64, changes: &Changes) -> Result<bool, JournalError> {
        let repository = self.repository()?;
        if seq == 0 {
            return Err(JournalError::NoSuchEvent(0));
        }
        let before = self.state_tree(&repository, seq - 1)?;
        let mut batch = Batch::default();
        let after = state(&repository, self.store.trees(), before, changes, &mut batch)?;
        Ok(self.state_tree(&repository, seq)? == Some(after))
    }
}

/// Whether a commit holds what an event consists of, and says that it stands at `seq`.
pub(super) fn place(odb: &Odb<'_>, commit: Oid, seq: Option<u64>) -> Result<(), JournalError> {
    let stated = Placed::read(odb, commit, seq.unwrap_or(0))?.record.record.seq;
    match seq {
        Some(seq) if stated != seq => {
            Err(JournalError::Damaged { seq, reason: format!("its record says it is number {stated}, it is {seq}") })
        }
        _ => Ok(()),
    }
}

fn tip(repository: &Repository, name: &str) -> Result<Option<Tip>, JournalError> {
    let Some(id) = refs::target(repository, name)? else { return Ok(None) };
    let odb = repository.odb().map_err(failed("cannot read ledger", name))?;
    let record = Placed::read(&odb, id, 0)?.record.record;
    if record.seq == 0 {
        return Err(JournalError::Damaged { seq: 0, reason: "its record says it stands nowhere".to_owned() });
    }
    Ok(Some(tip_of(id, &record)))
}

fn tip_of(id: Oid, record: &EventRecord) -> Tip {
    Tip { seq: record.seq, event: record.act, record: record.digest(), place: id.to_string() }
}

/// What a commit says about itself.
pub(super) fn step(repository: &Repository, commit: Oid) -> Result<Step, JournalError> {
    let odb = &repository.odb().map_err(failed("cannot read ledger", commit))?;
    let placed = Placed::read(odb, commit, 0)?;
    let record = placed.record.record;
    let place = Place { commit: placed.id, event: record.act, time: record.time.unix() };
    Ok(Step { seq: record.seq, place, parent: placed.commit.parents.first().copied() })
}

/// The event's commit without its signature, the commit before it, and all objects it needs.
fn draft(
    repository: &Repository,
    trees: &Trees,
    name: &str,
    before: Option<&Tip>,
    event: &Event,
    changes: &Changes,
) -> Result<(Vec<u8>, Option<Oid>, Batch), JournalError> {
    let parent = refs::target(repository, name)?;
    let odb = repository.odb().map_err(failed("cannot read ledger", name))?;
    let old = match (parent, before) {
        (Some(id), Some(before)) => Some(Placed::read(&odb, id, before.seq)?.state),
        _ => None,
    };
    let mut batch = Batch::default();
    let file = |name: &str, folder, id| Entry { name: name.to_owned(), folder, id };
    let entries = vec![
        file(ACT, false, batch.add(ObjectType::Blob, event.act.bytes().to_vec())?),
        file(SIGNATURE, false, batch.add(ObjectType::Blob, event.act.signature().as_str().as_bytes().to_vec())?),
        file(EVENT, false, batch.add(ObjectType::Blob, encode(&event.record))?),
        file(STATE, true, state(repository, trees, old, changes, &mut batch)?),
    ];
    let tree = batch.add(ObjectType::Tree, tree::of(&entries))?;
    Ok((commit::of_event(tree, parent, event), parent, batch))
}

/// The state tree that results from changes, its new objects added to the batch; an empty state is an empty tree.
fn state(
    repository: &Repository,
    trees: &Trees,
    before: Option<Oid>,
    changes: &Changes,
    batch: &mut Batch,
) -> Result<Oid, Failure> {
    let odb = repository.odb().map_err(failed("cannot read ledger", LEDGER))?;
    let mut edits = Edits::default();
    for (key, record) in changes {
        let blob = record.as_ref().map(|bytes| batch.add(ObjectType::Blob, bytes.clone())).transpose()?;
        edits.add(&key.path(), blob);
    }
    match edits.apply(&odb, trees, before, batch)? {
        Some(tree) => Ok(tree),
        None => batch.add(ObjectType::Tree, Vec::new()),
    }
}

/// Refuses to write what `read` would refuse to read.
fn check_continues(now: Option<&Tip>, event: &Event) -> Result<(), JournalError> {
    let record = &event.record;
    let follows = record.seq == now.map_or(1, |tip| tip.seq + 1) && record.previous == now.map(|tip| tip.record);
    let damaged = |reason: &str| JournalError::Damaged { seq: record.seq, reason: reason.to_owned() };
    if !follows {
        return Err(damaged("it does not follow the newest event"));
    }
    check_act(event).map_err(damaged)
}

fn check_act(event: &Event) -> Result<(), &'static str> {
    if event.record.act != event.id() {
        return Err("its record names another act");
    }
    if event.record.signature != Digest::of(event.act.signature().as_str().as_bytes()) {
        return Err("its record names another signature");
    }
    Ok(())
}

fn check_place(event: &Event, seq: u64, commit: &Commit) -> Result<(), JournalError> {
    let damaged = |reason: &str| JournalError::Damaged { seq, reason: reason.to_owned() };
    check_act(event).map_err(damaged)?;
    if event.record.seq != seq {
        return Err(damaged("its record says it stands elsewhere"));
    }
    if commit.by != commit::by(&event.record) || !commit.message.ends_with(&commit::trailers(&event.record)) {
        return Err(damaged("its commit says something else than its record"));
    }
    Ok(())
}

fn check_previous(odb: &Odb<'_>, recent: &Recent, record: &EventRecord, commit: &Commit) -> Result<(), JournalError> {
    let damaged = |reason: &str| JournalError::Damaged { seq: record.seq, reason: reason.to_owned() };
    match (commit.parents.as_slice(), record.seq, record.previous) {
        ([], 1, None) => Ok(()),
        ([before], 2.., Some(previous)) => {
            let before = recent.read(odb, *before, record.seq - 1)?;
            let before = &before.record;
            if before.record.seq + 1 == record.seq && before.digest() == previous {
                Ok(())
            } else {
                Err(damaged("the event before it is another"))
            }
        }
        _ => Err(damaged("it does not stand after exactly one event")),
    }
}
