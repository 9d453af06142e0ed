//! Threat 17: an event that is not what it says, or does not stand where it says.

use chancery::{
    ledger::{Act, Changes, Key, SignedAct},
    object::{Digest, EventId},
};

use crate::{
    support::{signer, story::story},
    threats::attack::{problems, refused_in_story, taken},
};

#[test]
fn threat_17_twin_what_nobody_touched_verifies() {
    let project = story().copy();
    assert_eq!(problems(&project, &["verify", "--deep"]), []);
    taken(&project);
}

#[test]
fn threat_17_state_that_the_acts_do_not_make_is_found() {
    // What is live is recorded under a key; the attacker says it is something else.
    let live = Key::new("live/production", "prompt/reply");
    let cases: [&dyn Fn(&mut Changes); 3] = [
        &|changes| {
            let told = changes.keys().next().unwrap().clone();
            changes.remove(&told);
        },
        &|changes| {
            changes.insert(live.clone(), Some(b"{}".to_vec()));
        },
        &|changes| {
            changes.insert(live.clone(), None);
        },
    ];
    for change in cases {
        refused_in_story("state-differs", "", |forge, _| {
            let newest = forge.newest();
            forge.undo();
            let mut changes = forge.lawful(&newest);
            change(&mut changes);
            forge.append(&newest, &changes, newest.record.recorder.as_str())
        });
    }
}

#[test]
fn threat_17_an_event_at_another_place_than_it_says_is_refused() {
    for seq in [0, 3, u64::MAX / 1024] {
        refused_in_story("damaged", "it is 15", |forge, _| forge.rebuild(|parts| parts.record.seq = seq));
    }
    let other = Some(Digest::of(b"another past"));
    refused_in_story("event-damaged", "the event before it is another", |forge, _| {
        forge.rebuild(|parts| parts.record.previous = other)
    });
    refused_in_story("event-damaged", "", |forge, _| forge.rebuild(|parts| parts.record.previous = None));
    refused_in_story("event-damaged", "names another act", |forge, _| {
        forge.rebuild(|parts| parts.record.act = EventId(Digest::of(b"another act")))
    });
    refused_in_story("damaged", "its tree does not hold", |forge, _| forge.rebuild(|parts| parts.extra = Some("more")));
}

#[test]
fn threat_17_what_only_a_newer_version_can_judge_asks_for_an_upgrade() {
    refused_in_story("upgrade", "upgrade", |forge, story| {
        let act = Act { format: 2, ..forge.act("tom", story.word()) };
        forge.place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
    for rules in [2, 0] {
        refused_in_story("upgrade", "upgrade", |forge, _| forge.rebuild(|parts| parts.record.rules = rules));
    }
    // Of a newest record in a newer format nobody here can say which event it places.
    refused_in_story("upgrade", "upgrade", |forge, _| {
        forge.rebuild(|parts| parts.record.format = 2);
        String::new()
    });
}
