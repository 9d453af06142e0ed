//! Any two clones answer alike: of what is allowed, and of what is refused.

use serde_json::Value;

use super::{
    super::project::{Project, handle, key, refusal},
    begun, runner,
    tally::Tally,
    ways::{Dice, EVERYBODY, Tried, Try, tries},
};
use crate::{
    adapters::memory::{MemoryJournal, MemoryStore},
    clock::Time,
    ledger::{Act, Changes, Deed, Event, EventRecord, History as _, Journal as _, SignedAct},
    object::{Canonical, Digest, EventId, Store as _, Upkeep as _, encode, parse},
    state::{Payload, Refusal, apply},
    trust::{Namespace, Signer as _},
};

/// Another clone of a project: its own ledger, read from bytes, and its own payload.
struct Clone {
    journal: MemoryJournal,
    store: MemoryStore,
}

type Answer = Result<Changes, Refusal>;

impl Clone {
    fn new() -> Self {
        Self { journal: MemoryJournal::new(), store: MemoryStore::new() }
    }

    /// What it says to an event at the end of its ledger.
    fn answers(&self, event: &Event) -> Answer {
        let seq = self.journal.tip().unwrap().map_or(0, |tip| tip.seq);
        let view = self.journal.state(seq).unwrap();
        refusal(apply(view.as_ref(), event, &Payload::new(&self.store)))
    }

    /// The event as it arrives: bytes.
    fn arrived(event: &Event) -> Event {
        let act = SignedAct::read(event.act.bytes(), event.act.signature().as_str()).unwrap();
        Event { record: parse::<EventRecord>(&encode(&event.record)).unwrap().record, act }
    }

    /// Payload that came meanwhile, in the order of another clone.
    fn fetch(&self, from: &MemoryStore) {
        for id in from.held().unwrap().into_iter().rev() {
            let bytes = from.get(&id).unwrap().unwrap();
            self.store.put(&[&bytes]).unwrap();
        }
    }

    fn takes(&self, event: &Event, changes: &Changes) {
        let seal = |bytes: &[u8]| key(event.record.recorder.as_str()).sign(Namespace::Git, bytes);
        self.journal.append(self.journal.tip().unwrap().as_ref(), event, changes, &seal).unwrap();
    }

    /// Drops what a purge names.
    fn purges(&self, event: &Event) {
        if let Deed::Purge(purge) = &event.act.act().deed {
            self.store.discard(&purge.payload.iter().copied().collect()).unwrap();
        }
    }
}

/// Rule and kind of a no; what an event changes otherwise.
fn told(answer: &Answer) -> Result<&Changes, &'static str> {
    answer.as_ref().map_err(|refusal| refusal.rule)
}

/// Three clones of one project: one has everything, one gets payload late, one drops what is purged.
struct Three {
    project: Project,
    late: Clone,
    bare: Clone,
}

impl Three {
    fn begun() -> Self {
        let three = Self { project: begun(), late: Clone::new(), bare: Clone::new() };
        for seq in 1..=three.project.seq() {
            let (event, _) = three.project.journal.read(seq).unwrap();
            for clone in [&three.late, &three.bare] {
                clone.fetch(&three.project.store);
                let changes = clone.answers(&event).unwrap();
                clone.takes(&event, &changes);
            }
        }
        three
    }

    /// All three are asked; what is allowed is taken.
    fn ask(&self, event: &Event) -> Answer {
        let here = self.project.decide(event);
        let arrived = Clone::arrived(event);
        let early = self.late.answers(&arrived);
        match (&here, &early) {
            // Less payload may be a no, and never makes a yes of a no or another yes.
            (Ok(_), Err(refusal)) => assert_eq!(refusal.rule, "payload-missing", "{}", refusal.message),
            (Ok(here), Ok(early)) => assert_eq!(here, early),
            (Err(_), Err(_)) => {}
            (Err(refusal), Ok(_)) => panic!("allowed without its payload, and refused with it: {}", refusal.message),
        }
        self.late.fetch(&self.project.store);
        let late = self.late.answers(&arrived);
        assert_eq!(told(&late), told(&here), "whenever payload came");
        assert_eq!(late.as_ref().err().map(ToString::to_string), here.as_ref().err().map(ToString::to_string));
        // What was purged never comes back.
        self.bare.fetch_but_purged(&self.project);
        let bare = self.bare.answers(&arrived);
        assert_eq!(told(&bare), told(&here), "with and without purged bytes");
        here
    }

    fn take(&self, event: &Event, recorder: &str, changes: &Changes) {
        self.project.place(event.act.clone(), recorder).unwrap();
        for clone in [&self.late, &self.bare] {
            clone.takes(event, changes);
        }
        self.bare.purges(event);
    }

    /// The whole ledger, decided again with what is left, knowing how it ended.
    fn folds_again(&self) {
        let newest = self.bare.journal.state(self.project.seq()).unwrap();
        let payload = Payload::new(&self.bare.store).recalling(newest.as_ref());
        for seq in 1..=self.project.seq() {
            let (event, _) = self.project.journal.read(seq).unwrap();
            let before = self.bare.journal.state(seq - 1).unwrap();
            let changes =
                refusal(apply(before.as_ref(), &event, &payload)).unwrap_or_else(|no| panic!("event {seq}: {no}"));
            assert!(self.project.journal.follows(seq, &changes).unwrap(), "the state after event {seq}");
        }
    }
}

impl Clone {
    fn fetch_but_purged(&self, from: &Project) {
        let view = from.view();
        let state = crate::state::State::new(view.as_ref());
        for id in from.store.held().unwrap() {
            if state.purged(&id).unwrap().is_none() {
                self.store.put(&[&from.store.get(&id).unwrap().unwrap()]).unwrap();
            }
        }
    }
}

/// A meddled act: one of its values is another, of the same act or out of thin air; `None` where it is no act then.
fn meddled(act: &Act, dice: Dice) -> Option<Act> {
    let mut value: Value = serde_json::from_slice(&encode(act)).unwrap();
    let others: Vec<Value> = leaves(&mut value).iter().map(|leaf| (**leaf).clone()).collect();
    let thin_air = [
        Value::Null,
        Value::from(Digest::of(b"thin air").to_string()),
        Value::from("production"),
        Value::from("dev"),
        Value::from("maya"),
        Value::from("prompt"),
        Value::from(true),
        Value::from(1),
    ];
    let mut leaves = leaves(&mut value);
    let at = dice.below(5, leaves.len());
    let from = if dice.below(6, 2) == 0 { &others[..] } else { &thin_air[..] };
    *leaves[at] = from[dice.below(7, from.len())].clone();
    serde_json::from_value(value).ok().filter(|other| other != act)
}

/// Everything in a value that is no list and no object.
fn leaves(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(all) => all.iter_mut().flat_map(leaves).collect(),
        Value::Object(all) => all.values_mut().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

/// The event with a record that says something else of its place.
fn misplaced(event: &Event, dice: Dice) -> Event {
    let mut event = event.clone();
    let record = &mut event.record;
    match dice.below(8, 7) {
        0 => record.seq += 1,
        1 => record.seq = record.seq.saturating_sub(1),
        2 => record.time = Time::from_unix(record.time.unix() - 3_600).unwrap(),
        3 => record.rules += 1,
        4 => record.recorder = handle("eve"),
        5 => record.act = EventId(Digest::of(b"another")),
        _ => record.signature = Digest::of(b"another"),
    }
    event
}

/// What is asked of the clones besides the try itself: the same by somebody else, meddled with, elsewhere.
fn variants(project: &Project, one: &Try, act: &Act) -> Vec<Event> {
    let sign = |act: &Act, with: &str| SignedAct::sign(act.clone(), &key(with)).unwrap();
    let person = act.person.as_str();
    let thief = EVERYBODY[one.dice().below(9, EVERYBODY.len())];
    let mut events = vec![project.event(sign(act, thief), person_or_maya(person))];
    events.push(misplaced(&project.event(sign(act, person), person_or_maya(person)), one.dice()));
    if let Some(act) = meddled(act, one.dice()) {
        // Whoever signs it is whom it names, as far as there is such a person.
        let signer = EVERYBODY.into_iter().find(|known| *known == act.person.as_str()).unwrap_or(thief);
        events.push(project.event(sign(&act, signer), person_or_maya(signer)));
    }
    events
}

fn person_or_maya(person: &str) -> &str {
    if person == "eve" { "maya" } else { person }
}

#[test]
fn clones_answer_alike_of_everything_that_is_tried() {
    let (tally, refused) = (Tally::default(), std::cell::Cell::new(0_u64));
    let law = |tries: Vec<Try>| {
        let three = Three::begun();
        for one in tries {
            let Some(Tried { name, person, deed }) = one.now(&three.project) else { continue };
            three.project.wait(1);
            let act = three.project.act(person, deed);
            for event in variants(&three.project, &one, &act) {
                refused.set(refused.get() + u64::from(three.ask(&event).is_err()));
            }
            let recorder = person_or_maya(person);
            let event = three.project.event(SignedAct::sign(act, &key(person)).unwrap(), recorder);
            let answer = three.ask(&event);
            tally.count(name, answer.as_ref().err().map(|refusal| refusal.rule));
            if let Ok(changes) = answer {
                three.take(&event, recorder, &changes);
            }
        }
        three.folds_again();
        Ok(())
    };
    runner(12).run(&tries(15..35), law).unwrap();
    assert!(refused.get() > 300, "the clones were asked of {} events that are refused", refused.get());
    tally.is_lively();
}

#[test]
fn an_act_in_other_bytes_is_another_act_or_none() {
    let law = |tries: Vec<Try>| {
        let project = begun();
        for one in tries {
            let Some(Tried { person, deed, .. }) = one.now(&project) else { continue };
            let act = project.act(person, deed);
            let bytes = encode(&act);
            let Canonical { record, .. } = parse::<Act>(&bytes).unwrap();
            assert_eq!(record, act, "{} is read as it is written", act.deed.kind());
            let value: Value = serde_json::from_slice(&bytes).unwrap();
            let spaced = serde_json::to_vec_pretty(&value).unwrap();
            assert!(parse::<Act>(&spaced).is_err(), "{} has one encoding", act.deed.kind());
            if let Some(other) = meddled(&act, one.dice()) {
                assert_ne!(encode(&other), bytes, "another act has other bytes");
            }
        }
        Ok(())
    };
    runner(8).run(&tries(10..20), law).unwrap();
}
