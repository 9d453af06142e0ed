//! Whatever a patched program writes with real keys, an honest one refuses, and names event and rule.

use chancery::{
    ledger::{Changes, Deed, Event, Key, Outcome, Promotion, Reason, SignedAct},
    object::{Digest, DossierId, EventId},
    trust::{Namespace, PublicKey, Signature, Signer, SignerError},
};
use serde_json::Value;

use crate::support::{
    Forge, Project,
    shop::dossier,
    signer,
    story::{Story, story},
};

/// What `verify` says is wrong: the event, the rule, and the message.
fn problems(project: &Project, args: &[&str]) -> Vec<(String, String, String)> {
    let document = project.json(args);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problems = document["problems"].as_array().unwrap_or_else(|| panic!("{document}"));
    assert_eq!(document["ok"], problems.is_empty(), "{document}");
    project.run(args).exits(i32::from(!problems.is_empty()));
    problems.iter().map(|one| (text(&one["event"]), text(&one["rule"]), text(&one["message"]))).collect()
}

/// Does something to a copy that verifies; then `verify` must answer with this event, this rule and these words.
#[track_caller]
fn refused(rule: &str, words: &str, attack: impl FnOnce(&Forge, &Story) -> String) {
    let story = story();
    let project = story.copy();
    let event = attack(&Forge::of(&project), &story);
    let found = problems(&project, &["verify"]);
    let told = |(named, broken, message): &(String, String, String)| {
        *named == event && broken == rule && message.contains(words)
    };
    assert!(found.iter().any(told), "no `{rule}` … {words} … of {event} in {found:#?}");
}

fn id(text: &str) -> EventId {
    EventId(text.parse().unwrap())
}

/// Something small that anybody may say about the open proposal, or not.
fn word(story: &Story) -> Deed {
    Deed::Withdraw(Reason { proposal: id(&story.open), message: "never mind".to_owned() })
}

#[test]
fn what_nobody_touched_verifies() {
    let story = story();
    for args in [&["verify"][..], &["verify", "--deep"]] {
        assert_eq!(problems(&story.copy(), args), []);
    }
}

#[test]
fn an_honest_act_placed_by_hand_verifies() {
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    let act = SignedAct::sign(forge.act("tom", word(&story)), &signer("tom")).unwrap();
    let event = Event { record: forge.record(&act, "ruth"), act };
    forge.append(&event, &forge.lawful(&event), "ruth");
    assert_eq!(problems(&project, &["verify"]), []);
    forge.rebuild(|_| ());
    assert_eq!(problems(&project, &["verify"]), []);
}

#[test]
fn state_that_the_acts_do_not_make_is_found() {
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
        refused("state-differs", "", |forge, _| {
            let newest = forge.newest();
            forge.undo();
            let mut changes = forge.lawful(&newest);
            change(&mut changes);
            forge.append(&newest, &changes, newest.record.recorder.as_str())
        });
    }
}

#[test]
fn a_commit_rebuilt_with_other_parts_and_sealed_again_is_refused() {
    refused("event-damaged", "signature", |forge, _| {
        let other = signer("tom").sign(Namespace::Act, b"something else").unwrap();
        forge.rebuild(|parts| {
            let act = parts.act.clone();
            parts.say(&act, other.as_str());
        })
    });
    refused("event-damaged", "names another signature", |forge, _| {
        forge.rebuild(|parts| {
            parts.signature = signer("ruth").sign(Namespace::Act, &parts.act).unwrap().as_str().to_owned();
        })
    });
    refused("key-of-another", "ruth", |forge, _| {
        forge.rebuild(|parts| {
            let act = parts.act.clone();
            parts.say(&act, signer("ruth").sign(Namespace::Act, &act).unwrap().as_str());
        })
    });
    refused("event-damaged", "not of these bytes", |forge, _| {
        forge.rebuild(|parts| {
            let act = String::from_utf8(parts.act.clone()).unwrap().replace("thank people", "thank nobody");
            let signature = parts.signature.clone();
            parts.say(act.as_bytes(), &signature);
        })
    });
    refused("event-damaged", "canonical", |forge, _| {
        forge.rebuild(|parts| {
            let act = [&parts.act[..], b"\n"].concat();
            parts.say(&act, signer("tom").sign(Namespace::Act, &act).unwrap().as_str());
        })
    });
    refused("damaged", "its tree does not hold", |forge, _| forge.rebuild(|parts| parts.extra = Some("more")));
}

#[test]
fn a_commit_rebuilt_at_another_place_is_refused() {
    for seq in [0, 1, 3, 99, u64::MAX / 1024] {
        refused("damaged", "it is 15", |forge, _| forge.rebuild(|parts| parts.record.seq = seq));
    }
    let other = Some(Digest::of(b"another past"));
    refused("event-damaged", "the event before it is another", |forge, _| {
        forge.rebuild(|parts| parts.record.previous = other)
    });
    refused("event-damaged", "", |forge, _| forge.rebuild(|parts| parts.record.previous = None));
    refused("time-goes-back", "", |forge, _| {
        forge.rebuild(|parts| parts.record.time = chancery::clock::Time::parse("2020-01-01T00:00:00Z").unwrap())
    });
    refused("event-damaged", "names another act", |forge, _| {
        forge.rebuild(|parts| parts.record.act = EventId(Digest::of(b"another act")))
    });
}

#[test]
fn what_one_person_says_cannot_be_signed_by_another() {
    refused("key-of-another", "`maya` is named, but the key is that of `tom`", |forge, story| {
        forge.place(SignedAct::sign(forge.act("maya", word(story)), &signer("tom")).unwrap())
    });
    refused("unknown-key", "maya", |forge, story| {
        forge.place(SignedAct::sign(forge.act("maya", word(story)), &signer("mallory")).unwrap())
    });
}

#[test]
fn nobody_records_in_the_name_of_another() {
    for (sealer, rule) in [("omar", "bad-seal"), ("mallory", "unknown-recorder")] {
        refused(rule, "", |forge, story| {
            let act = SignedAct::sign(forge.act("tom", word(story)), &signer("tom")).unwrap();
            let event = Event { record: forge.record(&act, "ruth"), act };
            forge.append(&event, &forge.lawful(&event), sealer)
        });
    }
}

/// Signs for git whatever it is asked to sign for.
struct ForGit<S: Signer>(S);

impl<S: Signer> Signer for ForGit<S> {
    fn key(&self) -> &PublicKey {
        self.0.key()
    }

    fn sign(&self, _: Namespace, bytes: &[u8]) -> Result<Signature, SignerError> {
        self.0.sign(Namespace::Git, bytes)
    }
}

#[test]
fn an_act_counts_once_in_its_own_project_for_what_it_was_signed() {
    refused("foreign-project", "", |forge, story| {
        let act = chancery::ledger::Act { project: Digest::of(b"elsewhere"), ..forge.act("tom", word(story)) };
        forge.place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
    refused("replayed", "", |forge, _| forge.place(forge.newest().act));
    refused("unknown-past", "", |forge, story| {
        let act = chancery::ledger::Act { seen: Some(id(&"0".repeat(64))), ..forge.act("tom", word(story)) };
        forge.place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
    refused("event-damaged", "signed for `git`, not for `chancery-act-v1`", |forge, story| {
        forge.place(SignedAct::sign(forge.act("tom", word(story)), &ForGit(signer("tom"))).unwrap())
    });
}

#[test]
fn what_only_a_newer_version_can_judge_asks_for_an_upgrade() {
    refused("upgrade", "upgrade", |forge, story| {
        let act = chancery::ledger::Act { format: 2, ..forge.act("tom", word(story)) };
        forge.place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
    for rules in [2, 0] {
        refused("upgrade", "upgrade", |forge, _| forge.rebuild(|parts| parts.record.rules = rules));
    }
    // Of a newest record in a newer format nobody here can say which event it places.
    refused("upgrade", "upgrade", |forge, _| {
        forge.rebuild(|parts| parts.record.format = 2);
        String::new()
    });
}

#[test]
fn a_promotion_that_the_gate_never_let_through_is_refused() {
    let promotion = |project: &Project, story: &Story| Promotion {
        proposal: id(&story.open),
        dossier: DossierId(dossier(project, &story.open).parse().unwrap()),
    };
    let drawn = promotion(&story().copy(), &story());
    for moved in [false, true] {
        refused("gate", "approvals", |forge, _| {
            let act = forge.act("ruth", Deed::Promote(drawn.clone()));
            let act = SignedAct::sign(act, &signer("ruth")).unwrap();
            let event = Event { record: forge.record(&act, "ruth"), act };
            let mut changes = Changes::new();
            if moved {
                let live = Key::new("live/production", "prompt/reply");
                changes.insert(live, Some(b"as if it were live".to_vec()));
            }
            forge.append(&event, &changes, "ruth")
        });
    }
}

#[test]
fn evidence_with_flipped_flags_is_contradicted_by_its_own_replies() {
    let story = story();
    let mut project = story.copy();
    project.as_person("ci").run(["eval", "--proposal", &story.open, "--attest"]).exits(1);
    let forge = Forge::of(&project);
    let Deed::Evidence(mut evidence) = forge.newest().act.act().deed.clone() else { panic!("no evidence") };
    forge.undo();
    for sample in &mut evidence.samples {
        assert_eq!(sample.outcome, Outcome::Failed);
        sample.outcome = Outcome::Passed;
    }
    let act = SignedAct::sign(forge.act("ci", Deed::Evidence(evidence)), &signer("ci")).unwrap();
    let event = Event { record: forge.record(&act, "ci"), act };
    let lie = forge.append(&event, &forge.lawful(&event), "ci");

    assert_eq!(problems(&project, &["verify"]), [], "signatures and order of a lie are in order");
    let found = problems(&project, &["verify", "--deep"]);
    assert_eq!(
        found.iter().map(|(event, rule, _)| (event, rule.as_str())).collect::<Vec<_>>(),
        [(&lie, "evidence-contradicted")]
    );

    project.as_person("omar").run(["review", &story.open, "--done"]).exits(0);
    let digest = dossier(&project, &story.open);
    for person in ["ruth", "omar"] {
        project.as_person(person).run(["approve", &story.open, "--dossier", &digest]).exits(0);
    }
    let document = project.as_person("ruth").json(["promote", &story.open]);
    assert_eq!((&document["promoted"], &document["verdict"]), (&false.into(), &"refused".into()), "{document}");
    let unmet: Vec<&Value> = document["rules"].as_array().unwrap().iter().filter(|rule| rule["ok"] == false).collect();
    let named = |rule: &&&Value| rule["code"] == "rescored-differently" && rule["rule"] == "evidence";
    let reason = unmet.iter().find(named).unwrap_or_else(|| panic!("{document:#}"))["reason"].as_str().unwrap();
    assert!(reason.contains(&lie[..8]), "{reason}");
    project.run(["promote", &story.open]).exits(1);
}
