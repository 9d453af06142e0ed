//! One durable append: a new version of one file among a thousand, signed.

use crate::{
    measure::{Row, Runs},
    place::{Place, finished, prompt, version},
};

const FILE: &str = "prompts/many/500.md";

pub(crate) fn run(runs: &Runs) -> Vec<Row> {
    let place = Place::new();
    place.write_prompts(1000);
    place.chancery(&["commit", "-m", "all"]);
    place.git(&["add", "."]);
    place.git(&["commit", "-q", "-S", "-m", "all"]);
    // Whoever comes first in a round finds the file changed, and leaves it so for the other.
    let write = |round: usize| place.write(FILE, &prompt(500, &format!("word {round}")));
    let row = runs.compare(
        "commit one of 1,000",
        "git commit -S, fsync all",
        1.5,
        |round| {
            write(round);
            let command = place.chancery_command(&["commit", FILE, "-m", "one"]);
            Box::new(|| drop(finished(command)))
        },
        |round| {
            write(round);
            let command = place.git_command(&["commit", "-q", "-S", "-m", "one", FILE]);
            Box::new(|| drop(finished(command)))
        },
    );
    let theirs = place.git(&["show", &format!("HEAD:{FILE}")]);
    assert_eq!(place.chancery(&["cat", "many/500"]), theirs);
    assert_eq!(place.json(&["show", "many/500"])["version"], version(&theirs));
    vec![row]
}
