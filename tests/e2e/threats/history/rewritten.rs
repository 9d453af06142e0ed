//! Threat 17: the ledger rewritten, reordered, cut short, or replaced.

use std::fs;

use chancery::ledger::{Act, Deed, Event, SignedAct};

use crate::support::{Forge, Project, ledger, shop::shop, signer};
use crate::threats::scene::{Scene, git, sound};

/// All events with what came after the first `keep` of them, as acts to be placed again.
fn tail(project: &Project, keep: u64) -> Vec<Event> {
    ledger(&project.folder()).into_iter().filter(|event| event.record.seq > keep).collect()
}

#[test]
fn threat_17_twin_what_an_honest_person_adds_is_taken() {
    let scene = Scene::new();
    scene.forge().honest("tom", scene.word());
    scene.offer();
    scene.accepted();
}

#[test]
fn threat_17_a_ledger_with_an_event_in_the_middle_replaced_is_another_history() {
    let scene = Scene::new();
    let forge = scene.forge();
    let events = ledger(&scene.forged.folder());
    let replaced = events.iter().rev().find(|event| matches!(event.act.act().deed, Deed::Commit(_))).unwrap();
    let seq = replaced.record.seq;
    let Deed::Commit(mut commit) = replaced.act.act().deed.clone() else { unreachable!() };
    commit.message = "nothing to see here".to_owned();
    let act = Act { deed: Deed::Commit(commit), ..replaced.act.act().clone() };
    let act = SignedAct::sign(act, &signer("tom")).unwrap();
    let rest = tail(&scene.forged, seq).into_iter().map(|event| (event.act, event.record));
    forge.retell(seq - 1, std::iter::once((act, replaced.record.clone())).chain(rest));
    scene.offer();

    let document = scene.refused("two-histories", 1);
    let because = document["because"].as_str().unwrap();
    let newcomers = scene.refused_to_newcomers("unknown-past", 1);
    assert!(because.contains(&format!("{seq} `{}` commit by `tom`", replaced.id().short())), "{because}");
    assert!(newcomers["message"].as_str().unwrap().starts_with(&format!("event {}", seq + 1)), "{newcomers:#}");
}

#[test]
fn threat_17_a_ledger_in_another_order_is_another_history() {
    let scene = Scene::new();
    // Two events that know nothing of each other, so that either order is lawful.
    let forge = scene.forge();
    forge.honest("tom", scene.word());
    scene.forged.write("policies/tone.md", "Be brief.\n");
    scene.forged.run(["commit", "-m", "a tone"]).exits(0);
    scene.offer();
    scene.honest.run(["pull"]).exits(0);
    let keep = forge.newest().record.seq - 2;
    let mut last = tail(&scene.forged, keep);
    last.reverse();
    forge.retell(keep, last.into_iter().map(|event| (event.act, event.record)));
    scene.offer();
    scene.refused("two-histories", 1);
}

#[test]
fn threat_18_another_lawful_history_does_not_replace_the_one_that_was_confirmed() {
    let mut scene = Scene::new();
    scene.forge().cut(5);
    fs::remove_file(scene.forged.folder().join(".chancery/clone/remote")).unwrap();
    for text in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"] {
        scene.forged.write("policies/tone.md", format!("Be brief. {text}\n"));
        scene.forged.as_person("tom").run(["commit", "-m", text]).exits(0);
    }
    sound(&scene.forged);
    scene.offer();
    let document = scene.refused("two-histories", 1);
    let because = document["because"].as_str().unwrap();
    for part in ["confirmed to this clone: 6 `", "There now: 6 `", "commit by `tom`", "up to event 16"] {
        assert!(because.contains(part), "no {part} in {because}");
    }
}

#[test]
fn threat_17_a_ledger_that_is_cut_short_or_gone_is_refused_and_given_back_on_demand() {
    for attack in ["short", "older copy", "gone", "all gone"] {
        let scene = Scene::new();
        match attack {
            "short" => drop(scene.git(&["update-ref", "refs/chancery/ledger", "refs/chancery/ledger~2"])),
            "older copy" => {
                scene.forge().cut(4);
                scene.git(&["update-ref", "-d", "refs/chancery/payload"]);
                scene.offer();
            }
            "gone" => drop(scene.git(&["update-ref", "-d", "refs/chancery/ledger"])),
            _ => {
                scene.git(&["update-ref", "-d", "refs/chancery/ledger"]);
                scene.git(&["update-ref", "-d", "refs/chancery/payload"]);
            }
        }
        let document = scene.refused("cut-short", 1);
        assert!(document["next"].to_string().contains("push --restore"), "{attack}: {document:#}");
        // What the remote lost, any clone gives back: then everybody agrees again.
        scene.honest.run(["push", "--restore"]).exits(0);
        scene.accepted();
    }
}

#[test]
fn threat_17_a_ledger_of_another_project_is_not_mistaken_for_this_one() {
    for confirmed in [true, false] {
        let scene = Scene::new();
        Forge::of(&shop_of_another()).push(&scene.remote());
        if confirmed {
            scene.refused("foreign-project", 1);
        } else {
            scene.shares(&scene.honest, false);
            let mark = scene.honest.folder().join(".chancery/refs/remotes/shared/ledger");
            fs::remove_file(&mark).unwrap();
            assert_eq!(scene.honest.json(["pull"])["code"], "foreign-project");
            sound(&scene.honest);
        }
    }
}

/// A project that began otherwise.
fn shop_of_another() -> Project {
    let mut project = shop();
    let rules = String::from_utf8(project.read("chancery.toml")).unwrap().replace("shop", "stall");
    fs::remove_dir_all(project.folder().join(".chancery")).unwrap();
    project.write("chancery.toml", rules);
    project.as_person("maya").run(["init"]).exits(0);
    project
}

#[test]
fn threat_17_what_is_no_ledger_is_told_so() {
    let garbage: [&dyn Fn(&Scene); 5] = [
        // The code of some project.
        &|scene| {
            let code = tempfile::tempdir().unwrap();
            git(code.path(), &["init", "--quiet"]);
            fs::write(code.path().join("main.rs"), "fn main() {}\n").unwrap();
            git(code.path(), &["add", "."]);
            git(code.path(), &["commit", "--quiet", "-m", "code"]);
            git(code.path(), &["push", "--quiet", "--force", &scene.url(), "HEAD:refs/chancery/ledger"]);
        },
        // No commit at all.
        &|scene| {
            let tree = scene.git(&["rev-parse", "refs/chancery/ledger^{tree}"]);
            scene.git(&["update-ref", "refs/chancery/ledger", &tree]);
        },
        // A place that nothing can stand at.
        &|scene| {
            scene.forge().rebuild(|parts| parts.record.seq = u64::MAX / 1024);
            scene.offer();
        },
        &|scene| {
            scene.forge().rebuild(|parts| parts.record.seq = 0);
            scene.offer();
        },
        &|scene| {
            scene.forge().rebuild(|parts| parts.extra = Some("more"));
            scene.offer();
        },
    ];
    for attack in garbage {
        let scene = Scene::new();
        attack(&scene);
        scene.refused("not-a-ledger", 1);
        scene.refused_to_newcomers("not-a-ledger", 1);
    }
}
