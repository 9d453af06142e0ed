//! Threat 17: events that the rules refuse, put on a remote by somebody whose program asks no rules.

use chancery::{
    ledger::{Act, Changes, Deed, Event, Key, Promotion, Reason, SignedAct},
    object::{Digest, DossierId, EventId},
    trust::{Namespace, Signer as _},
};

use crate::support::{Project, shop::dossier, signer};
use crate::threats::scene::Scene;

/// Puts something on the remote that the clone with everything and the one with nothing refuse alike.
#[track_caller]
fn refused(rule: &str, words: &str, attack: impl FnOnce(&Scene) -> String) {
    let scene = Scene::new();
    let event = attack(&scene);
    scene.offer();
    let (here, elsewhere) = (scene.refused(rule, 1), scene.refused_to_newcomers(rule, 1));
    for document in [here, elsewhere] {
        let message = document["message"].as_str().unwrap();
        assert!(message.starts_with("event 16"), "{message}");
        assert!(message.contains(words), "no {words} in {message}");
        assert!(event.is_empty() || message.contains(&event[..8]), "no {event} in {message}");
    }
}

fn id(text: &str) -> EventId {
    EventId(text.parse().unwrap())
}

/// What tom says, signed by this person.
fn signed(scene: &Scene, by: &str) -> SignedAct {
    SignedAct::sign(scene.forge().act("tom", scene.word()), &signer(by)).unwrap()
}

#[test]
fn threat_12_an_act_whose_signature_does_not_hold_is_refused() {
    refused("ledger-damaged", "signature", |scene| {
        scene.forge().honest("tom", scene.word());
        let other = signer("tom").sign(Namespace::Act, b"something else").unwrap();
        scene.forge().rebuild(|parts| {
            let act = parts.act.clone();
            parts.say(&act, other.as_str());
        });
        String::new()
    });
    refused("key-of-another", "`tom` is named, but the key is that of `ruth`", |scene| {
        scene.forge().place(signed(scene, "ruth"))
    });
    refused("unknown-key", "tom", |scene| scene.forge().place(signed(scene, "mallory")));
}

#[test]
fn threat_12_an_event_whose_seal_does_not_hold_is_refused() {
    for (sealer, rule) in [("omar", "bad-seal"), ("mallory", "unknown-recorder")] {
        refused(rule, "", |scene| {
            let (forge, act) = (scene.forge(), signed(scene, "tom"));
            let event = Event { record: forge.record(&act, "ruth"), act };
            forge.append(&event, &forge.lawful(&event), sealer)
        });
    }
}

#[test]
fn threat_17_a_state_that_the_acts_do_not_make_is_refused() {
    refused("state-differs", "", |scene| {
        let (forge, act) = (scene.forge(), signed(scene, "tom"));
        let event = Event { record: forge.record(&act, "tom"), act };
        let mut changes = forge.lawful(&event);
        changes.insert(Key::new("live/production", "prompt/reply"), Some(b"as if it were live".to_vec()));
        forge.append(&event, &changes, "tom")
    });
}

#[test]
fn threat_34_a_promotion_that_nobody_approved_is_refused() {
    refused("gate", "approvals", |scene| {
        let forge = scene.forge();
        let drawn = dossier(&scene.forged, &scene.open);
        let promotion = Promotion { proposal: id(&scene.open), dossier: DossierId(drawn.parse().unwrap()) };
        forge.place(SignedAct::sign(forge.act("ruth", Deed::Promote(promotion)), &signer("ruth")).unwrap())
    });
}

#[test]
fn threat_34_an_act_by_a_person_without_the_role_is_refused() {
    refused("not-allowed", "omar", |scene| {
        let forge = scene.forge();
        let commit = Forgery::of(&scene.forged);
        forge.place(SignedAct::sign(forge.act("omar", commit.0), &signer("omar")).unwrap())
    });
}

/// What tom committed last, to be said again by somebody else.
struct Forgery(Deed);

impl Forgery {
    fn of(project: &Project) -> Self {
        let events = crate::support::ledger(&project.folder());
        let mut deeds = events.into_iter().map(|event| event.act.act().deed.clone());
        Self(deeds.rfind(|deed| matches!(deed, Deed::Commit(_))).unwrap())
    }
}

#[test]
fn threat_09_an_act_counts_once_and_in_its_own_project() {
    refused("replayed", "", |scene| scene.forge().place(scene.forge().newest().act));
    refused("foreign-project", "", |scene| {
        let act = Act { project: Digest::of(b"elsewhere"), ..scene.forge().act("tom", scene.word()) };
        scene.forge().place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
    refused("unknown-past", "", |scene| {
        let act = Act { seen: Some(id(&"0".repeat(64))), ..scene.forge().act("tom", scene.word()) };
        scene.forge().place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
}

#[test]
fn threat_34_a_word_about_a_proposal_that_is_not_there_is_refused() {
    refused("unknown-proposal", "", |scene| {
        let reason = Reason { proposal: id(&"1".repeat(64)), message: "never mind".to_owned() };
        scene.forge().place(SignedAct::sign(scene.forge().act("tom", Deed::Withdraw(reason)), &signer("tom")).unwrap())
    });
}

#[test]
fn threat_17_events_of_newer_rules_ask_for_an_upgrade() {
    let scene = Scene::new();
    scene.forge().honest("tom", scene.word());
    scene.forge().rebuild(|parts| parts.record.rules = 2);
    scene.offer();
    let document = scene.refused("upgrade", 3);
    assert!(document["next"].to_string().contains("upgrade"), "{document:#}");
    scene.refused_to_newcomers("upgrade", 3);
}

#[test]
fn threat_17_nothing_of_a_lawful_beginning_is_taken_when_its_end_is_unlawful() {
    let scene = Scene::new();
    let forge = scene.forge();
    forge.honest("tom", scene.word());
    let act = SignedAct::sign(forge.act("maya", scene.word()), &signer("tom")).unwrap();
    let event = Event { record: forge.record(&act, "tom"), act };
    forge.append(&event, &Changes::new(), "tom");
    scene.offer();
    let document = scene.refused("key-of-another", 1);
    assert!(document["message"].as_str().unwrap().starts_with("event 17"), "{document:#}");
    // The twin: without the unlawful event its beginning is taken.
    let scene_forge = scene.forge();
    scene_forge.undo();
    scene.offer();
    scene.accepted();
}
