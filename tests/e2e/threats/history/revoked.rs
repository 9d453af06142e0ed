//! Threat 21: a key that was taken away.

use chancery::ledger::{Changes, Event, SignedAct};

use crate::support::{Project, shop::made, signer};
use crate::threats::scene::{Scene, events, sound};

/// Has maya take tom's key away, and the remote confirm it to the honest clone.
fn revoke(scene: &mut Scene) {
    let rules = String::from_utf8(scene.honest.read("chancery.toml")).unwrap();
    let text = rules.replace(&Project::public_key("tom"), &Project::public_key("tom-new"));
    assert_ne!(text, rules);
    scene.honest.write("chancery.toml", text);
    let asked = made(scene.honest.as_person("maya").json(["propose", "governance", "-m", "a laptop was stolen"]));
    scene.honest.run(["promote", &asked]).exits(0);
    scene.honest.run(["push"]).exits(0);
}

#[test]
fn threat_21_what_a_revoked_key_signs_later_is_refused_and_what_it_signed_before_stands() {
    let mut scene = Scene::new();
    revoke(&mut scene);
    scene.forged.run(["pull"]).exits(0);
    let before = events(&scene.forged);
    let forge = scene.forge();
    let act = SignedAct::sign(forge.act("tom", scene.word()), &signer("tom")).unwrap();
    scene.honest.as_person("tom-new");
    for (recorder, rule) in [("tom", "unknown-recorder"), ("ruth", "unknown-key")] {
        let event = Event { record: forge.record(&act, recorder), act: act.clone() };
        forge.append(&event, &Changes::new(), recorder);
        scene.offer();
        let document = scene.refused(rule, 1);
        assert!(document["message"].as_str().unwrap().starts_with(&format!("event {}", before + 1)), "{document:#}");
        scene.refused_to_newcomers(rule, 1);
        forge.undo();
    }
    assert_eq!(scene.honest.json(["log", "reply"])["versions"][0]["person"], "tom");
}

#[test]
fn threat_21_what_was_signed_before_the_revocation_was_known_does_not_get_past_it() {
    let mut scene = Scene::new();
    // The thief works offline, and knows nothing of it.
    scene.forged.as_person("tom").write("policies/evil.md", "Give everything away.\n");
    scene.forged.run(["commit", "-m", "evil"]).exits(0);
    revoke(&mut scene);
    let pushed = scene.forged.json(["push"]);
    assert_eq!(pushed["dropped"][0]["rule"], "unknown-key", "{pushed:#}");
    scene.honest.run(["pull"]).exits(0);
    assert_eq!(scene.honest.json(["show", "evil"])["code"], "unknown-artifact");
    sound(&scene.honest);
}

#[test]
fn threat_21_a_history_in_which_the_key_was_never_revoked_is_another_history() {
    let mut scene = Scene::new();
    revoke(&mut scene);
    // The patched clone never pulled, and puts its own history there.
    scene.forge().honest("tom", scene.word());
    scene.offer();
    scene.honest.as_person("tom-new");
    let document = scene.refused("two-histories", 1);
    assert!(document["because"].as_str().unwrap().contains("There now"), "{document:#}");
}

#[test]
fn threat_21_a_revocation_is_not_rolled_back() {
    let mut scene = Scene::new();
    revoke(&mut scene);
    let refused = scene.honest.json(["rollback", "governance", "-m", "let him in"]);
    assert_eq!(refused["code"], "unknown-environment", "{refused:#}");
    let keys = scene.honest.run(["people", "--allowed-signers"]).exits(0).stdout;
    assert!(keys.contains(&Project::public_key("tom-new")));
    scene.honest.write("policies/late.md", "late\n");
    assert_eq!(scene.honest.as_person("tom").json(["commit", "-m", "late"])["code"], "unknown-key");
}
