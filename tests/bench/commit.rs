//! The first commit of a thousand files, durably.

use std::{cell::RefCell, collections::BTreeSet};

use crate::{
    measure::{Row, Runs},
    place::{Place, finished, lines},
};

const FILES: usize = 1000;

pub(crate) fn run(runs: &Runs) -> Vec<Row> {
    ["fsync", "batch"].map(|method| one(&runs.few(), method)).into()
}

fn one(runs: &Runs, method: &str) -> Row {
    let against = if method == "fsync" { "git add + commit, fsync all" } else { "git add + commit, fsync batch" };
    // Both sides start from nothing in every round; whoever comes first makes the place for both.
    let places = RefCell::new(Vec::new());
    let prepare = |round: usize| {
        let mut places = places.borrow_mut();
        if places.len() == round {
            let place = Place::new();
            place.write_prompts(FILES);
            place.git(&["config", "core.fsyncMethod", method]);
            places.push(place);
        }
    };
    let row = runs.compare(
        "commit 1,000 files",
        against,
        0.7,
        |round| {
            prepare(round);
            let command = places.borrow()[round].chancery_command(&["commit", "-m", "all"]);
            Box::new(|| drop(finished(command)))
        },
        |round| {
            prepare(round);
            let place = &places.borrow()[round];
            let commands = [place.git_command(&["add", "prompts"]), place.git_command(&["commit", "-q", "-m", "all"])];
            Box::new(|| commands.into_iter().for_each(|command| drop(finished(command))))
        },
    );
    places.borrow().iter().for_each(both_hold_the_same);
    row
}

fn both_hold_the_same(place: &Place) {
    let format = ["ls-tree", "-r", "--format=%(objectname)"];
    let blobs = |args: &[&str]| lines(&place.git(args)).into_iter().collect::<BTreeSet<_>>();
    let theirs = blobs(&[&format[..], &["HEAD"]].concat());
    let ours = blobs(&[&["--git-dir", "../project/.chancery"], &format[..], &["refs/chancery/payload"]].concat());
    assert_eq!(theirs.len(), FILES);
    assert!(theirs.is_subset(&ours));
}
