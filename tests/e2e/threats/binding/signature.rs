//! Threat 12: a signature that is missing, strange, of nobody, or of other bytes.

use chancery::{
    ledger::{Event, SignedAct},
    trust::{Namespace, Signer as _},
};

use super::kinds::unsealed;
use crate::{
    support::{Forge, signer, story::story},
    threats::attack::{refused_in_story, taken},
};

/// Armored, and of a scheme that we do not speak.
const PGP: &str = "-----BEGIN PGP SIGNATURE-----\n\niQEzBAABCAAdFiEE\n-----END PGP SIGNATURE-----\n";

#[test]
fn threat_12_an_act_without_a_signature_or_with_a_strange_one_is_refused() {
    for signature in ["", "\n", PGP, "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"] {
        refused_in_story("event-damaged", "not an SSH signature", |forge, _| {
            forge.rebuild(|parts| {
                let act = parts.act.clone();
                parts.say(&act, signature);
            })
        });
    }
}

#[test]
fn threat_12_an_event_without_a_seal_or_with_a_strange_one_is_refused() {
    for signature in ["", PGP] {
        let (rule, words) =
            if signature.is_empty() { ("event-damaged", "did not sign it") } else { ("bad-seal", "signature") };
        refused_in_story(rule, words, |forge, story| {
            let event = forge.honest("tom", story.word());
            forge.rewrite(|text| {
                let (headers, message) =
                    unsealed(&text).split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
                if signature.is_empty() {
                    return format!("{headers}\n\n{message}");
                }
                format!("{headers}\ngpgsig {}\n\n{message}", signature.trim_end().replace('\n', "\n "))
            });
            event
        });
    }
    let story = story();
    let project = story.copy();
    Forge::of(&project).honest("tom", story.word());
    taken(&project);
}

#[test]
fn threat_12_what_was_signed_is_what_is_read() {
    refused_in_story("event-damaged", "not of these bytes", |forge, _| {
        forge.rebuild(|parts| {
            let act = String::from_utf8(parts.act.clone()).unwrap().replace("thank people", "thank nobody");
            let signature = parts.signature.clone();
            parts.say(act.as_bytes(), &signature);
        })
    });
    refused_in_story("event-damaged", "signature", |forge, _| {
        let other = signer("tom").sign(Namespace::Act, b"something else").unwrap();
        forge.rebuild(|parts| {
            let act = parts.act.clone();
            parts.say(&act, other.as_str());
        })
    });
    refused_in_story("event-damaged", "names another signature", |forge, _| {
        forge.rebuild(|parts| {
            parts.signature = signer("ruth").sign(Namespace::Act, &parts.act).unwrap().as_str().to_owned();
        })
    });
}

#[test]
fn threat_12_nobody_signs_for_another_and_a_strange_key_for_nobody() {
    refused_in_story("key-of-another", "ruth", |forge, _| {
        forge.rebuild(|parts| {
            let act = parts.act.clone();
            parts.say(&act, signer("ruth").sign(Namespace::Act, &act).unwrap().as_str());
        })
    });
    refused_in_story("key-of-another", "`maya` is named, but the key is that of `tom`", |forge, story| {
        forge.place(SignedAct::sign(forge.act("maya", story.word()), &signer("tom")).unwrap())
    });
    refused_in_story("unknown-key", "maya", |forge, story| {
        forge.place(SignedAct::sign(forge.act("maya", story.word()), &signer("mallory")).unwrap())
    });
}

#[test]
fn threat_12_nobody_records_in_the_name_of_another() {
    for (sealer, rule) in [("omar", "bad-seal"), ("mallory", "unknown-recorder")] {
        refused_in_story(rule, "", |forge, story| {
            let act = SignedAct::sign(forge.act("tom", story.word()), &signer("tom")).unwrap();
            let event = Event { record: forge.record(&act, "ruth"), act };
            forge.append(&event, &forge.lawful(&event), sealer)
        });
    }
}

#[test]
fn threat_12_twin_an_honest_act_placed_by_hand_is_taken() {
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    let act = SignedAct::sign(forge.act("tom", story.word()), &signer("tom")).unwrap();
    let event = Event { record: forge.record(&act, "ruth"), act };
    forge.append(&event, &forge.lawful(&event), "ruth");
    taken(&project);
    forge.rebuild(|_| ());
    taken(&project);
}
