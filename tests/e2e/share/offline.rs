//! Without the remote: what may be decided, and what counts only once it is shared.

use std::fs;

use serde_json::Value;

use crate::support::{
    Project,
    remote::Bare,
    shop::{dossier, made, prompt, proposed, shop, shown},
};

/// A proposal for production that lacks only approvals, shared; and clones of ruth and omar.
fn decided() -> (Bare, Project, Project, Project, String) {
    let (bare, mut shop) = (Bare::new(), shop());
    let proposal = proposed(&mut shop);
    shown(&mut shop, &proposal);
    shop.as_person("tom").shared_through(&bare.url());
    let [ruth, omar] = ["ruth", "omar"].map(|person| Project::cloned(&bare.url(), person));
    (bare, shop, ruth, omar, proposal)
}

#[test]
fn two_people_approve_offline_with_their_own_keys_and_both_count() {
    let (_bare, _shop, ruth, omar, proposal) = decided();
    let digest = dossier(&ruth, &proposal);
    let mut ids = Vec::new();
    for clone in [&ruth, &omar] {
        let approve = clone.run(["--offline", "approve", &proposal, "--dossier", &digest]).exits(0);
        assert!(format!("{approve}").contains("NOT SHARED"), "{approve}");
        let status = clone.run(["status"]).exits(0);
        assert!(status.stdout.starts_with("NOT SHARED: 1 event"), "{status}");
        ids.push(clone.events().pop().unwrap());
    }
    ruth.run(["push"]).exits(0);
    let pushed = omar.json(["push"]);
    assert_eq!((&pushed["relinked"], &pushed["events_out"]), (&1.into(), &1.into()), "{pushed}");
    ruth.run(["pull"]).exits(0);
    assert_eq!((ruth.tip(), &ruth.events()[ruth.events().len() - 2..]), (omar.tip(), &ids[..]));
    let promoted = ruth.json(["promote", &proposal]);
    assert_eq!((&promoted["promoted"], &promoted["verdict"]), (&true.into(), &"pass".into()), "{promoted}");
    omar.run(["pull"]).exits(0);
    assert_eq!(omar.live("production", "reply"), ruth.live("production", "reply"));
    assert_ne!(omar.live("production", "reply"), Value::Null);
    for clone in [&ruth, &omar] {
        assert_eq!(clone.json(["verify", "--deep"])["ok"], true);
    }
}

#[test]
fn an_approval_is_given_once_the_remote_has_it() {
    let (bare, _shop, ruth, _omar, proposal) = decided();
    let digest = dossier(&ruth, &proposal);
    let approved = ruth.json(["approve", &proposal, "--dossier", &digest]);
    assert_eq!((&approved["shared"], &approved["approvals"]), (&true.into(), &1.into()), "{approved}");
    assert_eq!(bare.target("refs/chancery/ledger"), ruth.tip());
}

#[test]
fn a_rejection_and_a_rollback_may_be_given_offline_and_count_after_push() {
    let (_bare, mut shop, ruth, omar, proposal) = decided();
    shop.as_person("tom").write("prompts/reply.md", prompt(" so"));
    shop.run(["commit", "-m", "so"]).exits(0);
    let staging = made(shop.json(["propose", "staging", "-m", "so"]));
    shop.as_person("ruth").run(["promote", &staging]).exits(0);
    ruth.run(["pull"]).exits(0);
    omar.run(["pull"]).exits(0);
    let before = ruth.live("staging", "reply");
    for args in [&["reject", &proposal, "-m", "no"][..], &["rollback", "staging", "-m", "worse"]] {
        let outcome = ruth.run([&["--offline"], args].concat()).exits(0);
        assert!(format!("{outcome}").contains("NOT SHARED"), "{outcome}");
    }
    assert_ne!(ruth.live("staging", "reply"), before);
    assert_eq!(omar.live("staging", "reply"), before);
    assert_eq!(ruth.json(["push"])["events_out"], 2);
    omar.run(["pull"]).exits(0);
    assert_eq!(omar.live("staging", "reply"), ruth.live("staging", "reply"));
    assert_eq!(omar.run(["--json", "promote", &proposal]).exits(1).document()["code"], "closed");
}

#[test]
fn nothing_is_promoted_without_the_remote() {
    let (_bare, _shop, ruth, _omar, proposal) = decided();
    let before = (ruth.events(), ruth.json(["env"]));
    let refused = ruth.run(["--json", "--offline", "promote", &proposal]);
    // The gate may say no first; what it never does is move anything.
    assert!([1, 3].contains(&refused.exit), "{refused}");
    let mut open = made(ruth.json(["proposals"])["proposals"][0].clone());
    open.truncate(12);
    assert_eq!(ruth.json(["env"])["environments"], before.1["environments"]);
}

#[test]
fn an_open_gate_promotes_nothing_offline_either() {
    let (_bare, mut shop, _ruth, _omar, _) = decided();
    shop.as_person("tom").write("prompts/reply.md", prompt(" so"));
    shop.run(["commit", "-m", "so"]).exits(0);
    let staging = made(shop.json(["propose", "staging", "-m", "so"]));
    let before = (shop.events(), shop.json(["env"]));
    let refused = shop.as_person("ruth").run(["--json", "--offline", "promote", &staging]).exits(3);
    assert_eq!(refused.document()["code"], "offline", "{refused}");
    assert_eq!((shop.events(), shop.json(["env"])), before);
}

#[test]
fn without_the_way_to_the_remote_nothing_is_decided_and_nothing_recorded() {
    let (bare, mut shop, ruth, _omar, proposal) = decided();
    shop.as_person("tom").write("prompts/reply.md", prompt(" so"));
    shop.run(["commit", "-m", "so"]).exits(0);
    let staging = made(shop.json(["propose", "staging", "-m", "so"]));
    shop.run(["push"]).exits(0);
    ruth.run(["pull"]).exits(0);
    let digest = dossier(&ruth, &proposal);
    let gone = bare.path().with_extension("gone");
    fs::rename(bare.path(), &gone).unwrap();
    let looks = || (ruth.json(["env"]), ruth.json(["log"]), ruth.json(["verify"]), ruth.events());
    let before = looks();
    for args in [
        &["approve", &proposal, "--dossier", &digest][..],
        &["reject", &proposal, "-m", "no"],
        &["promote", &staging],
        &["rollback", "staging", "-m", "worse"],
        &["pull"],
        &["push"],
    ] {
        let failed = ruth.run([&["--json"], args].concat()).exits(5);
        assert_eq!(failed.document()["schema"], "chancery.failure/1", "{failed}");
        assert_eq!(looks(), before, "{failed}");
    }
    fs::rename(gone, bare.path()).unwrap();
    ruth.run(["promote", &staging]).exits(0);
    ruth.run(["verify"]).exits(0);
}
