//! `merge`: what others committed, into the edited file; marks of conflicts never reach the ledger.

use std::{fs, process::Command};

use serde_json::{Value, json};

use crate::support::Project;

const ONE: &str = "one\ntwo\nthree\nfour\nfive\n";

/// Version 1 has this text, version 2 that one, and the file was edited on version 1.
fn moved(one: &str, two: &str, work: &str) -> Project {
    let project = Project::begun();
    project.write("prompts/a.md", one).run(["commit", "-m", "one"]).exits(0);
    let memory = project.read(".chancery/clone/index");
    project.write("prompts/a.md", two).run(["commit", "-m", "two"]).exits(0);
    project.write("prompts/a.md", work).write(".chancery/clone/index", memory);
    project
}

fn text(project: &Project) -> String {
    String::from_utf8(project.read("prompts/a.md")).unwrap()
}

#[test]
fn both_edits_stand_in_the_file_and_a_plain_commit_takes_it() {
    let project = moved(ONE, &ONE.replace("one", "ONE"), &ONE.replace("five", "FIVE"));
    let refused = project.run(["commit", "-m", "x"]).exits(4);
    assert!(refused.stderr.contains("next: chancery merge a\n"), "{refused}");
    let head = project.json(["show", "a"])["version"].clone();
    let merged = project.json(["merge", "a"]);
    assert_eq!(merged["schema"], "chancery.merge/1");
    assert_eq!(
        [&merged["result"], &merged["head"], &merged["number"], &merged["base_number"], &merged["conflicts"]],
        [&json!("merged"), &head, &json!(2), &json!(1), &json!([])]
    );
    assert_eq!(merged["files"], json!(["prompts/a.md"]));
    assert_eq!(text(&project), "ONE\ntwo\nthree\nfour\nFIVE\n");
    assert_eq!(project.state("a"), "changed");
    let again = project.json(["merge", "prompts/a.md"]);
    assert_eq!((&again["result"], &again["files"]), (&json!("nothing"), &json!([])));
    assert_eq!(project.json(["commit", "-m", "both"])["versions"][0]["number"], 3);
}

#[test]
fn an_edit_that_others_made_too_leaves_the_file_clean() {
    let same = ONE.replace("one", "ONE");
    let project = moved(ONE, &same.replace("five", "FIVE"), &same);
    project.run(["merge", "a"]).exits(0);
    assert_eq!(project.state("a"), "clean");
    assert_eq!(project.json(["commit", "-m", "x"])["event"], Value::Null);
}

#[test]
fn marks_of_a_conflict_never_reach_the_ledger() {
    let project = moved(ONE, &ONE.replace("two", "2"), &ONE.replace("two", "zwei"));
    let conflict = "one\n<<<<<<< yours (work)\nzwei\n=======\n2\n>>>>>>> head v2\nthree\nfour\nfive\n";
    let shown = project.run(["merge", "a"]).exits(1);
    assert!(shown.stdout.contains("1 conflict") && shown.stdout.contains("lines 2 to 6"), "{shown}");
    assert_eq!(text(&project), conflict);
    let again = project.json(["merge", "a"]);
    assert_eq!(again["conflicts"], json!([{ "path": "prompts/a.md", "line": 2, "end": 6 }]));
    assert_eq!(again["result"], "nothing");
    for args in [&["commit", "-m", "x"][..], &["commit", "a", "--onto-head", "-m", "x"]] {
        let refused = project.json(args);
        assert_eq!((&refused["code"], &refused["exit"]), (&json!("invalid-files"), &json!(3)), "{refused:#}");
        let problem = &refused["problems"][0];
        assert_eq!(
            [&problem["code"], &problem["path"], &problem["line"]],
            [&json!("conflict-markers"), &json!("prompts/a.md"), &json!(2)]
        );
    }
    let checked = project.json(["check", "prompts/a.md"]);
    assert_eq!((&checked["ok"], &checked["problems"][0]["code"]), (&json!(false), &json!("conflict-markers")));
    project.write("prompts/a.md", ONE.replace("two", "deux"));
    assert_eq!(project.json(["commit", "-m", "resolved"])["versions"][0]["number"], 3);
}

#[test]
fn marks_of_a_file_that_diverged_are_not_merged_again() {
    let marks = "one\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n";
    let project = moved(ONE, &ONE.replace("two", "2"), marks);
    assert_eq!(project.json(["merge", "a"])["code"], "invalid-files");
    assert_eq!(text(&project), marks);
}

#[test]
fn what_nobody_edited_becomes_the_head() {
    let project = moved(ONE, &ONE.replace("two", "2"), ONE);
    assert_eq!(project.state("a"), "behind");
    assert_eq!(project.json(["merge", "a"])["result"], "taken");
    assert_eq!((text(&project), project.state("a").as_str()), (ONE.replace("two", "2"), "clean"));
    assert_eq!(project.json(["merge", "a"])["result"], "nothing");
    fs::remove_file(project.folder().join("prompts/a.md")).unwrap();
    assert_eq!((project.state("a").as_str(), &project.json(["merge", "a"])["result"]), ("deleted", &json!("nothing")));
    fs::remove_file(project.folder().join(".chancery/clone/index")).unwrap();
    assert_eq!(project.json(["merge", "a"])["files"], json!(["prompts/a.md"]));
    assert_eq!(project.state("a"), "clean");
}

#[test]
fn where_nothing_can_be_merged_it_is_said_why() {
    let project = moved(ONE, &ONE.replace("two", "2"), "edited\n");
    fs::remove_file(project.folder().join(".chancery/clone/index")).unwrap();
    let moved_on = project.json(["commit", "-m", "x"]);
    assert!(!moved_on["next"].to_string().contains("merge"), "{moved_on:#}");
    let failed = project.json(["merge", "a"]);
    assert_eq!((&failed["code"], &failed["exit"]), (&json!("no-base"), &json!(3)), "{failed:#}");
    assert!(failed["next"].as_array().unwrap().len() >= 3, "{failed:#}");
    project.write("prompts/b.md", "new\n");
    assert_eq!(project.json(["merge", "b"])["code"], "never-committed");
    assert_eq!(project.json(["merge", "c"])["code"], "unknown-artifact");
    project.write("prompts/a.md", b"\xff");
    assert_eq!(project.json(["merge", "a"])["code"], "invalid-files");

    let project = moved("a\0b\n", "a\0c\n", "x\0b\n");
    assert_eq!(project.json(["merge", "a"])["code"], "not-text");
    assert_eq!(text(&project), "x\0b\n");
}

#[test]
fn a_deletion_by_others_is_taken_unless_the_file_was_edited() {
    let project = Project::begun();
    project.write("prompts/a.md", "one\n").run(["commit", "-m", "one"]).exits(0);
    let memory = project.read(".chancery/clone/index");
    project.run(["rm", "a"]).exits(0);
    project.write("prompts/a.md", "edited\n").write(".chancery/clone/index", &memory);
    assert_eq!(project.state("a"), "diverged");
    assert_eq!(project.json(["commit", "-m", "x"])["code"], "head-moved");
    assert_eq!(project.json(["merge", "a"])["code"], "head-deleted");
    project.write("prompts/a.md", "one\n");
    assert_eq!(project.state("a"), "behind");
    assert_eq!(project.json(["merge", "a"])["files"], json!(["prompts/a.md"]));
    assert!(!project.folder().join("prompts/a.md").exists());
    project.write("prompts/a.md", "edited\n").write(".chancery/clone/index", &memory);
    project.run(["commit", "--onto-head", "-m", "mine"]).exits(0);
}

#[test]
fn each_file_of_a_suite_is_merged_by_itself() {
    let project = Project::begun();
    let suite = "prompt = \"a\"\ncases = \"a.jsonl\"\n";
    let case = |id: &str| format!("{{\"id\": \"{id}\", \"expect\": [{{ \"contains\": \"x\" }}]}}\n");
    let cases = |ids: &[&str]| ids.iter().map(|id| case(id)).collect::<String>();
    project.write("prompts/a.md", "x\n").write("evals/a.toml", suite);
    project.write("evals/a.jsonl", cases(&["1", "2", "3"])).run(["commit", "-m", "one"]).exits(0);
    let memory = project.read(".chancery/clone/index");
    project.write("evals/a.toml", format!("# ours\n{suite}"));
    project.write("evals/a.jsonl", cases(&["1", "2", "3", "4"])).run(["commit", "-m", "two"]).exits(0);
    project.write("evals/a.toml", suite).write("evals/a.jsonl", cases(&["0", "1", "2", "3"]));
    project.write(".chancery/clone/index", memory);
    assert_eq!(project.state("suite/a"), "diverged");
    let merged = project.json(["merge", "suite/a"]);
    assert_eq!(merged["files"], json!(["evals/a.jsonl", "evals/a.toml"]), "{merged:#}");
    assert_eq!(project.read("evals/a.jsonl"), cases(&["0", "1", "2", "3", "4"]).as_bytes());
    assert_eq!(project.read("evals/a.toml"), format!("# ours\n{suite}").as_bytes());
    assert_eq!(project.state("suite/a"), "changed");
    project.run(["commit", "-m", "both"]).exits(0);
}

/// Small texts at random: what `git merge-file` makes of them, byte for byte.
#[test]
fn git_merge_file_makes_the_same_of_the_same_texts() {
    let folder = tempfile::tempdir().unwrap();
    let mut seed: u32 = 20_261_121;
    let mut random = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % below
    };
    let mut conflicts = 0;
    for _ in 0..250 {
        let length = random(10);
        let base: Vec<String> = (0..length).map(|_| ["", "a", "b", "c", "}"][random(5) as usize].to_owned()).collect();
        let mut side = |lines: &[String]| {
            let mut lines = lines.to_vec();
            for _ in 0..random(4) {
                let at = random(u32::try_from(lines.len()).unwrap() + 1) as usize;
                match random(3) {
                    0 => lines.insert(at, ["a", "x", "y", ""][random(4) as usize].to_owned()),
                    1 if at < lines.len() => drop(lines.remove(at)),
                    _ if at < lines.len() => lines[at] = ["x", "y", "z"][random(3) as usize].to_owned(),
                    _ => {}
                }
            }
            lines
        };
        let sides = [side(&base), base.clone(), side(&base)];
        let ending = ["\n", "\r\n"][random(2) as usize];
        let mut texts = sides.map(|lines| lines.iter().flat_map(|line| [line.as_str(), ending]).collect::<String>());
        if random(4) == 0 {
            texts[random(3) as usize].truncate(3);
        }
        for (name, text) in ["ours", "base", "theirs"].iter().zip(&texts) {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let output = Command::new("git")
            .args(["merge-file", "-p", "-L", "yours", "-L", "base", "-L", "head", "ours", "base", "theirs"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let [ours, base, theirs] = &texts;
        let merged = chancery::diff::merge(base, ours, theirs, ("yours", "head")).unwrap();
        assert_eq!(merged.text, String::from_utf8(output.stdout).unwrap(), "{texts:?}");
        assert_eq!(merged.conflicts > 0, output.status.code() != Some(0), "{texts:?}");
        conflicts += merged.conflicts;
    }
    assert!(conflicts > 20, "{conflicts}");
}
