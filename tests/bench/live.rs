//! What is live: asked by a cold process.

use crate::{
    measure::{Row, Runs},
    place::{Place, finished, version},
};

const LIVE: usize = 10;

pub(crate) fn run(runs: &Runs) -> Vec<Row> {
    let place = Place::new();
    place.write_prompts(1000);
    place.chancery(&["commit", "-m", "all"]);
    let names: Vec<String> = (0..LIVE).map(|number| format!("many/{number}")).collect();
    let mut propose = vec!["propose", "production"];
    propose.extend(names.iter().map(String::as_str));
    let proposal = place.json(&[&propose[..], &["-m", "live"]].concat());
    let proposal = proposal["proposal"].as_str().unwrap();
    let dossier = place.json(&["review", proposal]);
    place.chancery(&["approve", proposal, "--dossier", dossier["dossier"].as_str().unwrap()]);
    place.chancery(&["promote", proposal]);
    place.git(&["add", "."]);
    place.git(&["commit", "-q", "-S", "-m", "all"]);
    let path = "HEAD:prompts/many/0.md";
    let object = String::from_utf8(place.git(&["rev-parse", path])).unwrap().trim().to_owned();
    let row = runs.compare(
        "env production --json, 10 live",
        "git rev-parse + git cat-file",
        2.0,
        |_| {
            let command = place.chancery_command(&["--json", "env", "production"]);
            Box::new(|| drop(finished(command)))
        },
        |_| {
            let commands = [place.git_command(&["rev-parse", path]), place.git_command(&["cat-file", "blob", &object])];
            Box::new(|| commands.into_iter().for_each(|command| drop(finished(command))))
        },
    );
    let answer = place.json(&["env", "production"]);
    let artifacts = answer["environments"][0]["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), LIVE);
    let first = artifacts.iter().find(|artifact| artifact["artifact"] == "many/0").unwrap();
    assert_eq!(first["version"], version(&place.git(&["cat-file", "blob", &object])));
    vec![row]
}
