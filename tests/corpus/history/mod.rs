//! Four public repositories' prompts, replayed commit by commit through `commit`, `mv` and `rm`.

mod layout;
mod recorded;
mod replay;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use chancery::{
    adapters::git::GitStore,
    object::{Digest, Store as _},
};
use serde_json::Value;

use crate::support::Project;
use layout::{Ending, Layout, file};
use recorded::Recorded;
use replay::{Line, Replayed, replay};

/// How many versions are fetched through the program; all are fetched from the store.
const FETCHED: usize = 40;

/// One upstream folder, kept where it is; names leave the ending out.
const SPEC_KIT: Layout =
    Layout { history: "spec-kit", sources: &[("templates/**/*.md", "{path}")], ending: Ending::Dropped, unlawful: 0 };
/// Prompts anywhere in the repository, moved from folder to folder.
const OPENHANDS: Layout =
    Layout { history: "openhands", sources: &[("**/*.{md,j2}", "{path}")], ending: Ending::Dropped, unlawful: 1 };
/// Names that keep the ending, because stems alone are not unique.
const PROMPTFLOW: Layout =
    Layout { history: "promptflow", sources: &[("examples/**", "examples/{1}")], ending: Ending::Kept, unlawful: 0 };
/// Dot files in folders that become files of another ending.
const CURSORRULES: Layout = Layout {
    history: "awesome-cursorrules",
    sources: &[("rules*/**", "rules{1}/{2}")],
    ending: Ending::Kept,
    unlawful: 134,
};

#[test]
fn spec_kit_keeps_every_version_of_every_prompt() {
    check(&SPEC_KIT);
}

#[test]
fn openhands_keeps_its_history_through_fourteen_renames() {
    check(&OPENHANDS);
}

#[test]
fn promptflow_keeps_prompts_whose_names_differ_by_folder_alone() {
    check(&PROMPTFLOW);
}

#[test]
fn awesome_cursorrules_keeps_its_history_through_147_renames() {
    check(&CURSORRULES);
}

/// Replays a history and looks at everything that is known of it.
#[expect(clippy::print_stdout, reason = "a replay says how long it took and what had to be called otherwise")]
fn check(layout: &Layout) {
    let Some(recorded) = Recorded::read(layout.history) else { return };
    let unlawful = recorded.paths().filter(|path| file(path) != *path).count();
    let names: BTreeSet<String> = recorded.paths().map(|path| layout.name(path).to_lowercase()).collect();
    assert_eq!((unlawful, names.len()), (layout.unlawful, recorded.paths().count()), "{}", layout.history);

    let began = Instant::now();
    let (project, replayed) = replay(layout, &recorded);
    let took = began.elapsed();
    heads_are_the_final_tree(layout, &recorded, &project);
    every_payload_is_there(&recorded, &project);
    versions_come_back(&recorded, &project, &replayed);
    every_log_is_whole(&project, &replayed);
    let verified = project.json(["verify"]);
    assert_eq!((&verified["ok"], &verified["problems"]), (&true.into(), &Value::Array(Vec::new())), "{verified}");
    assert_eq!(verified["events"], replayed.events, "{verified}");
    println!(
        "{}: {} upstream commits as {} events in {took:.1?}, {unlawful} of {} paths called otherwise; {:.1?} in all",
        layout.history,
        recorded.commits.len(),
        replayed.events,
        names.len(),
        began.elapsed()
    );
}

/// What is committed, and what follows it, is what upstream has.
fn heads_are_the_final_tree(layout: &Layout, recorded: &Recorded, project: &Project) {
    let wanted: BTreeMap<String, &str> =
        recorded.tree.iter().map(|(path, sha)| (layout.name(path), sha.as_str())).collect();
    let status = project.json(["status"]);
    let artifacts = status["artifacts"].as_array().unwrap();
    let heads: BTreeMap<String, &str> =
        artifacts.iter().map(|row| (text(&row["artifact"]).to_owned(), text(&row["head"]))).collect();
    assert_eq!(heads, wanted);
    assert!(artifacts.iter().all(|row| row["state"] == "clean"), "{status}");
    let live = project.json(["env", "dev"]);
    let live: BTreeMap<String, &str> = live["environments"][0]["artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (text(&row["artifact"]).to_owned(), text(&row["version"])))
        .collect();
    assert_eq!(live, wanted);
}

/// Every version ever committed is kept byte for byte under the digest upstream's file has.
fn every_payload_is_there(recorded: &Recorded, project: &Project) {
    let store = GitStore::open(&project.folder().join(".chancery")).unwrap();
    for version in recorded.commits.iter().flat_map(|commit| &commit.changes).filter_map(|change| change.content()) {
        let digest: Digest = version.sha256.parse().unwrap();
        assert!(store.get(&digest).unwrap().as_deref() == Some(version.bytes.as_slice()), "{}", version.sha256);
    }
}

/// The program gives back old bytes, by number and by digest.
fn versions_come_back(recorded: &Recorded, project: &Project, replayed: &Replayed) {
    let versions: Vec<(&str, usize, &str)> = replayed.lines.iter().flat_map(versions_of).collect();
    let every = (versions.len() / FETCHED).max(1);
    let ends = [versions.first(), versions.last()];
    for (name, number, sha256) in versions.iter().step_by(every).chain(ends.into_iter().flatten()) {
        let bytes = recorded.bytes(sha256);
        for revision in [format!("v{number}"), (*sha256).to_owned()] {
            let outcome = project.run(["cat", &format!("{name}@{revision}")]).exits(0);
            assert!(outcome.stdout.as_bytes() == bytes, "{name}@{revision}");
        }
    }
}

/// Numbers, versions and messages, from the newest to the first, under every name that is not taken again.
fn every_log_is_whole(project: &Project, replayed: &Replayed) {
    for (name, line) in &replayed.lines {
        let log = project.json(["log", name]);
        let shown: Vec<(u64, Option<&str>)> = log["versions"]
            .as_array()
            .unwrap_or_else(|| panic!("{log}"))
            .iter()
            .map(|row| (row["number"].as_u64().unwrap(), row["version"].as_str()))
            .collect();
        let wanted: Vec<(u64, Option<&str>)> = line
            .iter()
            .enumerate()
            .map(|(before, entry)| (before as u64 + 1, entry.version.as_deref()))
            .rev()
            .collect();
        assert_eq!(shown, wanted, "{name}");
        for (row, entry) in log["versions"].as_array().unwrap().iter().zip(line.iter().rev()) {
            if let Some(message) = &entry.message {
                assert_eq!(text(&row["message"]), message, "{name}");
            }
        }
    }
}

/// What stands at each number of a line that is not a deletion.
fn versions_of<'a>((name, line): (&'a String, &'a Line)) -> impl Iterator<Item = (&'a str, usize, &'a str)> {
    let numbered = (1..).zip(line);
    numbered.filter_map(|(number, entry)| Some((name.as_str(), number, entry.version.as_deref()?)))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
