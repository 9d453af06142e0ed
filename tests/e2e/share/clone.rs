//! `clone`: a shared project comes to a new folder, the right one or none.

use crate::support::{
    Project,
    remote::Bare,
    shop::{prompt, shop},
};

#[test]
fn a_clone_has_every_event_and_the_heads_as_files() {
    let (bare, shop) = (Bare::new(), shop());
    shop.shared_through(&bare.url());
    let clone = Project::new();
    let document = clone.json(["clone", &bare.url(), "."]);
    assert_eq!((&document["schema"], &document["events_in"]), (&"chancery.clone/1".into(), &2.into()), "{document}");
    assert_eq!(clone.events(), shop.events());
    for file in ["chancery.toml", "prompts/reply.md", "models/parrot.toml", "evals/reply.toml"] {
        assert_eq!(clone.read(file), shop.read(file), "{file}");
    }
    assert_eq!(clone.json(["status"])["unshared"], 0);
    for artifact in ["reply", "suite/reply", "parrot"] {
        assert_eq!(clone.state(artifact), "clean", "{artifact}");
    }
    clone.run(["verify"]).exits(0);
}

#[test]
fn a_clone_comes_from_a_server_as_from_a_folder() {
    let (bare, shop) = (Bare::new(), shop());
    let server = bare.served();
    shop.shared_through(&server.url());
    assert_eq!(bare.target("refs/chancery/ledger"), shop.tip());
    let mut clone = Project::cloned(&server.url(), "tom");
    clone.write("prompts/reply.md", prompt(" so"));
    let event = clone.as_person("tom").json(["commit", "-m", "so"])["event"].clone();
    assert_eq!(clone.json(["push"])["events_out"], 1);
    assert_eq!(shop.json(["pull"])["events_in"], 1);
    assert_eq!(shop.events().last().unwrap().as_str(), event.as_str().unwrap());
    assert_eq!((shop.tip(), shop.read("prompts/reply.md")), (clone.tip(), prompt(" so").into_bytes()));
}

#[test]
fn whoever_says_which_project_it_must_be_gets_that_one_or_none() {
    let (bare, shop) = (Bare::new(), shop());
    shop.shared_through(&bare.url());
    let right = Project::new();
    let project = right.json(["clone", &bare.url(), "shop"])["project"].as_str().unwrap().to_owned();
    right.run(["clone", &bare.url(), "again", "--expect", &project[..12]]).exits(0);
    let wrong = right.run(["--json", "clone", &bare.url(), "other", "--expect", "0123456789ab"]).exits(1);
    assert_eq!(wrong.document()["code"], "other-project", "{wrong}");
    assert!(!right.folder().join("other").exists(), "nothing of it stays");
}

#[test]
fn what_is_no_ledger_is_no_clone_and_leaves_no_folder() {
    let bare = Bare::new();
    let project = Project::new();
    let empty = project.run(["--json", "clone", &bare.url(), "x"]).exits(3);
    assert_eq!(empty.document()["code"], "no-ledger", "{empty}");
    let nothing = bare.path().join("nothing");
    project.run(["--json", "clone", nothing.to_str().unwrap(), "x"]).exits(5);
    assert!(!project.folder().join("x").exists());
    project.write("x/mine.txt", "mine");
    project.run(["clone", &bare.url(), "x"]).exits(3);
    assert_eq!(project.read("x/mine.txt"), b"mine");
}
