//! The history of one artifact among many events.

use crate::{
    measure::{Row, Runs},
    place::{Place, finished, lines, prompt, version},
};

const EVENTS: usize = 1000;
const VERSIONS: usize = 10;

pub(crate) fn run(runs: &Runs) -> Vec<Row> {
    let place = Place::new();
    for event in 0..EVENTS {
        let number = if event % (EVENTS / VERSIONS) == 0 { 0 } else { event };
        let file = format!("prompts/many/{number}.md");
        place.write(&file, &prompt(event, "next"));
        place.chancery(&["commit", &file, "-m", "next"]);
        place.git(&["add", &file]);
        // What git syncs while it gets here is not what is measured.
        place.git(&["-c", "core.fsync=none", "commit", "-q", "-m", "next"]);
    }
    place.git(&["gc", "-q"]);
    let file = "prompts/many/0.md";
    let compare = |against, target| {
        runs.compare(
            "log many/0 among 1,000 events",
            against,
            target,
            |_| {
                let command = place.chancery_command(&["--json", "log", "many/0"]);
                Box::new(|| drop(finished(command)))
            },
            |_| {
                let command = place.git_command(&["log", "--format=%H", "--", file]);
                Box::new(|| drop(finished(command)))
            },
        )
    };
    let plain = compare("git log -- path", 1.0);
    place.git(&["commit-graph", "write", "--reachable", "--changed-paths"]);
    let bloom = compare("git log -- path, Bloom filters", 1.0);
    let theirs: Vec<String> = lines(&place.git(&["log", "--format=%H", "--", file]))
        .iter()
        .map(|commit| version(&place.git(&["show", &format!("{commit}:{file}")])))
        .collect();
    let answer = place.json(&["log", "many/0"]);
    let versions = answer["versions"].as_array().unwrap().iter();
    let ours: Vec<String> = versions.map(|version| version["version"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), VERSIONS);
    vec![plain, bloom]
}
