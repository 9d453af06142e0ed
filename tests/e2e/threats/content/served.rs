//! Threat 32: what is served is not what is live.

use chancery::ledger::{Deed, Halt};

use crate::{
    support::{Project, shop::dossier},
    threats::{
        attack::{promotion, refused, taken},
        crew::{approves, begun, commits, proposes, rules},
        scene::Scene,
    },
};

/// A project in which one greeting is live, and another one comes.
fn two() -> (Project, String) {
    let mut project = begun(&rules(1));
    commits(&mut project, "tom", "Hello.\n", &[]);
    let first = proposes(&mut project, "maya");
    approves(&mut project, "omar", &first);
    project.run(["promote", &first]).exits(0);
    commits(&mut project, "tom", "Hello there.\n", &[]);
    let second = proposes(&mut project, "maya");
    approves(&mut project, "omar", &second);
    (project, second)
}

/// What a model would be given.
fn served(project: &Project) -> String {
    project.run(["render", "greet@production", "--env", "production"]).exits(0).stdout
}

#[test]
fn threat_32_a_cache_of_before_or_of_nonsense_changes_nothing_that_is_served() {
    let (project, second) = two();
    served(&project);
    let cache = project.folder().join(".chancery/cache");
    let old = project.folder().join("../cache-of-before");
    let copied = |from: &std::path::Path, to: &std::path::Path| {
        let _ = std::fs::remove_dir_all(to);
        let done = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
        assert!(done.success());
    };
    copied(&cache, &old);
    project.run(["promote", &second]).exits(0);
    copied(&old, &cache);
    assert!(served(&project).contains("Hello there."));
    for file in files(&cache) {
        std::fs::write(&file, "nonsense").unwrap();
    }
    assert!(served(&project).contains("Hello there."));
    std::fs::remove_dir_all(&cache).unwrap();
    assert!(served(&project).contains("Hello there."));
    project.run(["verify"]).exits(0);
}

/// All files below a folder.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn threat_32_a_mirror_that_serves_yesterday_is_refused_by_whoever_has_seen_today() {
    let scene = Scene::new();
    let yesterday = scene.git(&["rev-parse", "refs/chancery/ledger"]);
    scene.forge().honest("tom", scene.word());
    scene.offer();
    scene.honest.run(["pull"]).exits(0);
    let today = scene.git(&["rev-parse", "refs/chancery/ledger"]);
    scene.git(&["update-ref", "refs/chancery/ledger", &yesterday]);
    scene.refused("cut-short", 1);
    scene.git(&["update-ref", "refs/chancery/ledger", &today]);
}

#[test]
fn threat_32_what_is_halted_is_served_to_nobody_wherever_it_is_asked_for() {
    let (mut project, second) = two();
    served(&project);
    for halt in [
        &["halt", "--env", "production", "--artifact", "greet", "-m", "it insults"][..],
        &["halt", "--env", "production", "-m", "it insults"],
        &["halt", "--artifact", "greet", "-m", "it insults"],
        &["halt", "-m", "it insults"],
    ] {
        let mut halted = project.copy();
        halted.as_person("omar").run(halt).exits(0);
        for args in [
            &["render", "greet@production", "--env", "production"][..],
            &["render", "greet", "--env", "production"],
            &["render", "greet@production"],
        ] {
            let told = halted.run([&["--json"], args].concat());
            assert_eq!((&told.document()["code"], told.exit), (&"halted".into(), 1), "{halt:?} {args:?}: {told}");
            assert!(!told.to_string().contains("Hello"), "{told}");
        }
        let told = halted.json(["promote", &second]);
        assert_eq!(told["promoted"], false, "{told:#}");
        refused(&halted, "gate", "omar", promotion(&second, &dossier(&halted, &second)));
        // The twin: it is served again.
        let resume = halt.iter().map(|&word| if word == "halt" { "resume" } else { word }).collect::<Vec<_>>();
        halted.run(&resume).exits(0);
        assert_eq!(served(&halted), served(&project));
        halted.run(["promote", &second]).exits(0);
        taken(&halted);
    }
    project.as_person("tom");
    refused(
        &project,
        "not-allowed",
        "ci",
        Deed::Halt(Halt { environment: None, artifact: None, message: "mine".to_owned() }),
    );
}
