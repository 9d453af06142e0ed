//! Start-up: the least a command costs.

use crate::{
    measure::{Row, Runs},
    place::{Place, finished},
};

pub(crate) fn run(runs: &Runs) -> Vec<Row> {
    let place = Place::new();
    let row = runs.compare(
        "--version",
        "git --version",
        3.0,
        |_| {
            let command = place.chancery_command(&["--version"]);
            Box::new(|| drop(finished(command)))
        },
        |_| {
            let command = place.git_command(&["--version"]);
            Box::new(|| drop(finished(command)))
        },
    );
    vec![row]
}
