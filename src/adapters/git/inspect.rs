//! Looking at everything kept: every byte of every file, then both histories.

use std::{
    collections::{HashMap, HashSet},
    panic::resume_unwind,
    path::Path,
    thread,
};

use git2::{ObjectType, Odb, Oid, Repository};

use super::{
    GitStore, commit,
    failure::failed,
    files::{Findings, check_objects, check_packed},
    journal, objects, pointers,
    refs::{self, LEDGER, PAYLOAD},
    store,
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

/// Checks every packed object, the refs, and what they lead to.
fn look(dir: &Path, repository: &Repository, mut findings: Findings) -> Result<Vec<Damage>, JournalError> {
    let odb = repository.odb().map_err(failed("cannot inspect", dir.display()))?;
    odb.refresh().map_err(failed("cannot inspect", dir.display()))?;
    check_packed(&odb, &mut findings);
    pointers::check(dir, &mut findings)?;
    let mut histories = Histories { odb: &odb, findings, seen: HashSet::new(), owners: HashMap::new() };
    histories.ledger(repository);
    histories.payload(repository);
    Ok(histories.findings.damage(&histories.owners))
}

/// Below so many folders nothing of ours stands; whoever made more wants the walk to run out of stack.
const DEPTH: usize = 16;

/// A walk over everything the refs reach.
struct Histories<'a> {
    odb: &'a Odb<'a>,
    findings: Findings,
    seen: HashSet<Oid>,
    /// Which event first held an object that is damaged or missing.
    owners: HashMap<Oid, EventId>,
}

impl Histories<'_> {
    /// Every event, oldest first, so that damage is laid to the event that brought the object.
    fn ledger(&mut self, repository: &Repository) {
        let mut at = self.start(repository, LEDGER);
        if at.is_none() && self.some_event().is_some() {
            self.findings.report(LEDGER, "it is missing, and events are here");
        }
        let mut events = Vec::new();
        while let Some(id) = at {
            // A chain that bites its tail ends too.
            if !self.seen.insert(id) {
                break;
            }
            let Some(commit) = self.commit(id) else { break };
            at = commit.parents.first().copied();
            events.push((id, commit));
        }
        let whole = events.last().is_some_and(|(_, first)| first.parents.is_empty());
        for ((id, commit), seq) in events.into_iter().rev().zip(1..) {
            let event = commit::trailer(&commit.message, "Chancery-Act").and_then(|act| act.parse().ok()).map(EventId);
            self.own(id, event);
            self.reach(commit.tree, ObjectType::Tree, event, 0);
            // Who stands where is counted here, for a chain that lies about it may not be followed.
            let Err(JournalError::Damaged { reason, .. }) = journal::place(self.odb, id, whole.then_some(seq)) else {
                continue;
            };
            self.findings.report_object(id, reason);
            self.owners.extend(event.map(|event| (id, event)));
        }
    }

    fn payload(&mut self, repository: &Repository) {
        let mut waiting: Vec<Oid> = self.start(repository, PAYLOAD).into_iter().collect();
        while let Some(id) = waiting.pop() {
            if self.seen.insert(id)
                && let Some(commit) = self.commit(id)
            {
                waiting.extend(&commit.parents);
                self.reach(commit.tree, ObjectType::Tree, None, 0);
            }
        }
        let newest = self.start(repository, PAYLOAD).and_then(|id| self.commit(id));
        if let Some(newest) = newest {
            self.names(newest.tree, "");
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
                self.findings.report_object(id, failure.reason);
                return None;
            }
        };
        match commit::parse(&bytes) {
            Ok(commit) => Some(commit),
            Err(reason) => {
                self.findings.report_object(id, reason);
                None
            }
        }
    }

    /// Marks an object and everything below it as reached.
    fn reach(&mut self, id: Oid, kind: ObjectType, event: Option<EventId>, depth: usize) {
        if !self.seen.insert(id) {
            return;
        }
        self.own(id, event);
        if depth > DEPTH {
            self.findings.report_object(id, "it stands deeper than anything of ours");
        } else if kind == ObjectType::Tree {
            match objects::tree(self.odb, id) {
                Ok(entries) => {
                    for entry in entries {
                        let kind = if entry.folder { ObjectType::Tree } else { ObjectType::Blob };
                        self.reach(entry.id, kind, event, depth + 1);
                    }
                }
                Err(failure) => self.findings.report_object(id, failure.reason),
            }
        } else if !self.findings.whole.contains(&id) {
            self.findings.report_object(id, "it is missing");
        }
    }

    fn own(&mut self, id: Oid, event: Option<EventId>) {
        if let Some(event) = event
            && !self.findings.whole.contains(&id)
        {
            self.owners.insert(id, event);
        }
    }
}
