//! Looking at everything kept: every byte of every file, then both histories.

use std::{
    collections::{HashMap, HashSet},
    panic::resume_unwind,
    path::Path,
    thread,
};

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

use super::{
    GitStore, commit,
    failure::failed,
    files::{Findings, check_objects, check_packed},
    journal, links, objects, pointers,
    refs::{self, LEDGER, PAYLOAD},
    store, tree,
};
use crate::{
    ledger::{Damage, Inspect, JournalError},
    object::{Digest, EventId},
};

impl Inspect for GitStore {
    fn damage(&self) -> Result<Vec<Damage>, JournalError> {
        self.damage_beside(&mut || ())
    }

    fn damage_beside(&self, meanwhile: &mut dyn FnMut()) -> Result<Vec<Damage>, JournalError> {
        // What is looked at is the chain itself, not what was once noted of it.
        self.index().forget();
        let mut findings = Findings::default();
        check_objects(self.dir(), &mut findings)?;
        if findings.index_is_damaged() {
            // libgit2 does not survive following it; what it leads to cannot be looked at.
            return Ok(findings.damage(&HashMap::new()));
        }
        // A handle of its own, so that neither waits for the other; what one has read the other reads again.
        let repository = self.another_repository()?;
        thread::scope(|scope| {
            let looking = scope.spawn(move || look(self.dir(), &repository, findings));
            meanwhile();
            looking.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }
}

/// Checks every object, the refs, and what they lead to.
fn look(dir: &Path, repository: &Repository, findings: Findings) -> Result<Vec<Damage>, JournalError> {
    let odb = repository.odb().map_err(failed("cannot inspect", dir.display()))?;
    odb.refresh().map_err(failed("cannot inspect", dir.display()))?;
    let mut histories = Histories { odb: &odb, findings, bad: HashSet::new(), owners: HashMap::new() };
    let ledger = histories.ledger(repository);
    histories.payload(repository);
    // What nothing leads to comes last, so that all the rest is read once.
    check_packed(&odb, &mut histories.findings);
    if !ledger && histories.some_event().is_some() {
        histories.findings.report(LEDGER, "it is missing, and events are here");
    }
    pointers::check(dir, &mut histories.findings)?;
    Ok(histories.findings.damage(&histories.owners))
}

/// Below so many folders nothing of ours stands; whoever made more wants the walk to run out of stack.
const DEPTH: usize = 16;

/// A walk over everything the refs reach.
struct Histories<'a> {
    odb: &'a Odb<'a>,
    findings: Findings,
    /// What was reached and is damaged or missing.
    bad: HashSet<Oid>,
    /// Which event first held an object that is damaged or missing.
    owners: HashMap<Oid, EventId>,
}

impl Histories<'_> {
    /// Every event, oldest first, so that damage is laid to the event that brought the object; whether there is one.
    fn ledger(&mut self, repository: &Repository) -> bool {
        let start = self.start(repository, LEDGER);
        let (mut at, mut events, mut first) = (start, Vec::new(), false);
        while let Some(id) = at {
            // A chain that bites its tail ends too.
            if self.is_reached(id) {
                break;
            }
            let Some(commit) = self.commit(id) else { break };
            at = commit.parents.first().copied();
            first = commit.parents.is_empty();
            let event = commit::trailer(&commit.message, "Chancery-Act").and_then(|act| act.parse().ok()).map(EventId);
            events.push((id, commit.tree, event));
        }
        for ((id, tree, event), seq) in events.into_iter().rev().zip(1..) {
            self.reach(tree, ObjectType::Tree, event, 0);
            // Who stands where is counted here, for a chain that lies about it may not be followed.
            let Err(JournalError::Damaged { reason, .. }) = journal::place(self.odb, id, first.then_some(seq)) else {
                continue;
            };
            self.findings.report_object(id, reason);
            self.owners.extend(event.map(|event| (id, event)));
        }
        start.is_some()
    }

    /// The newest payload has our form. What it was joined from may come from anybody: it must be whole, nothing else.
    fn payload(&mut self, repository: &Repository) {
        let Some(newest) = self.start(repository, PAYLOAD).and_then(|id| self.commit(id)) else { return };
        self.reach(newest.tree, ObjectType::Tree, None, 0);
        self.names(newest.tree, "");
        let mut waiting = newest.parents;
        while let Some(id) = waiting.pop() {
            if self.is_reached(id) {
                continue;
            }
            match self.odb.read(id) {
                Ok(object) => {
                    self.findings.whole.insert(id);
                    waiting.extend(links::of(object.kind(), object.data()));
                }
                Err(error) if error.code() == ErrorCode::NotFound => self.lose(id, None, "it is missing"),
                Err(error) => self.lose(id, None, error.message()),
            }
        }
    }

    /// Payload stands under its SHA-256, and nothing else stands there.
    fn names(&mut self, tree: Oid, above: &str) {
        // What cannot be read was reported when it was reached.
        let Ok(entries) = objects::tree(self.odb, tree) else { return };
        for entry in entries {
            let path = format!("{above}{}", entry.name);
            if entry.folder && above.len() < DEPTH {
                self.names(entry.id, &format!("{path}/"));
                continue;
            }
            let Ok(bytes) = objects::read(self.odb, entry.id, ObjectType::Blob) else { continue };
            if path != store::sharded(&Digest::of(&bytes).hex()) {
                self.findings.report(format!("{PAYLOAD}:{path}"), "its bytes are not those its name says");
            }
        }
    }

    /// An event's commit, reachable or not.
    fn some_event(&self) -> Option<Oid> {
        self.findings.whole.iter().copied().find(|id| {
            let bytes = objects::read(self.odb, *id, ObjectType::Commit).ok();
            let commit = bytes.and_then(|bytes| commit::parse(&bytes).ok());
            commit.is_some_and(|commit| commit::trailer(&commit.message, "Chancery-Act").is_some())
        })
    }

    fn start(&mut self, repository: &Repository, name: &str) -> Option<Oid> {
        match refs::target(repository, name) {
            Ok(target) => target,
            Err(failure) => {
                self.findings.report(name, failure.reason);
                None
            }
        }
    }

    fn commit(&mut self, id: Oid) -> Option<commit::Commit> {
        let bytes = match objects::read(self.odb, id, ObjectType::Commit) {
            Ok(bytes) => bytes,
            Err(failure) => {
                self.bad.insert(id);
                self.findings.report_object(id, failure.reason);
                return None;
            }
        };
        self.findings.whole.insert(id);
        match commit::parse(&bytes) {
            Ok(commit) => Some(commit),
            Err(reason) => {
                self.findings.report_object(id, reason);
                None
            }
        }
    }

    fn is_reached(&self, id: Oid) -> bool {
        self.findings.whole.contains(&id) || self.bad.contains(&id)
    }

    /// Reads an object and everything below it, each the first time it is reached; libgit2 compares their hashes.
    fn reach(&mut self, id: Oid, kind: ObjectType, event: Option<EventId>, depth: usize) {
        if self.is_reached(id) {
            return;
        }
        if depth > DEPTH {
            self.lose(id, event, "it stands deeper than anything of ours");
            return;
        }
        if kind == ObjectType::Blob && self.findings.loose.contains(&id) {
            self.findings.whole.insert(id);
            return;
        }
        let object = match self.odb.read(id) {
            Ok(object) if object.kind() == kind => object,
            Ok(object) => return self.lose(id, event, &format!("it is a {}, not a {kind}", object.kind())),
            Err(error) if error.code() == ErrorCode::NotFound => return self.lose(id, event, "it is missing"),
            Err(error) => return self.lose(id, event, error.message()),
        };
        self.findings.whole.insert(id);
        if kind != ObjectType::Tree {
            return;
        }
        let Some(children) = tree::children(object.data()) else {
            self.findings.report_object(id, "it is not a tree of ours");
            return;
        };
        drop(object);
        for (child, folder) in children {
            let kind = if folder { ObjectType::Tree } else { ObjectType::Blob };
            self.reach(child, kind, event, depth + 1);
        }
    }

    /// An object that is reached and damaged.
    fn lose(&mut self, id: Oid, event: Option<EventId>, reason: &str) {
        self.bad.insert(id);
        self.findings.report_object(id, reason);
        self.owners.extend(event.map(|event| (id, event)));
    }
}
