//! `commit`: what changed becomes versions.

use std::{process::Stdio, thread};

use crate::support::Project;

#[test]
fn bytes_in_are_bytes_out_and_the_id_is_what_sha256sum_says() {
    let project = Project::begun();
    let texts: [(&str, &[u8]); 6] = [
        ("crlf", b"one\r\ntwo\r\n"),
        ("no-end", b"no newline at the end"),
        ("bom", b"\xef\xbb\xbfwith a mark\n"),
        ("braces", "{{ not }} {% a template %} \u{0} \u{202e}ümläut 漢字 \u{1f600}".as_bytes()),
        ("empty", b""),
        ("mixed", b"\n\r\r\n\t \n"),
    ];
    for (name, bytes) in texts {
        project.write(&format!("prompts/{name}.md"), bytes);
    }
    let committed = project.json(["commit", "-m", "all of it"]);
    let versions = committed["versions"].as_array().unwrap();
    assert_eq!(versions.len(), texts.len(), "{committed}");
    for version in versions {
        let path = version["path"].as_str().unwrap();
        assert_eq!(version["version"], project.sha256(path).as_str(), "{path}");
    }
    for (name, bytes) in texts {
        let path = format!("prompts/{name}.md");
        std::fs::remove_file(project.folder().join(&path)).unwrap();
        project.run(["restore", name]).exits(0);
        assert_eq!(project.read(&path), bytes, "{name}");
    }
    let again = project.json(["commit", "-m", "again"]);
    assert_eq!((&again["event"], again["versions"].as_array().unwrap().len()), (&serde_json::Value::Null, 0));
}

#[test]
fn all_problems_of_all_files_are_told_and_nothing_is_recorded() {
    let project = Project::begun();
    project.write("prompts/good.md", "hello");
    project.write("prompts/latin.md", b"caf\xe9").write("prompts/front.md", "+++\nmodle = \"x\"\ntools = 3\n+++\nhi");
    let failed = project.json(["commit", "-m", "x"]);
    assert_eq!((&failed["code"], &failed["exit"]), (&"invalid-files".into(), &3.into()), "{failed}");
    let shown = project.run(["commit", "-m", "x"]).exits(3).stderr;
    for place in ["prompts/latin.md:1:4", "prompts/front.md:2:1", "prompts/front.md:3:"] {
        assert!(shown.contains(place), "{place}\n{shown}");
    }
    assert!(shown.contains("not UTF-8"), "{shown}");
    let one = project.json(["commit", "prompts/good.md", "-m", "only this"]);
    assert_eq!(one["versions"][0]["artifact"], "good", "{one}");
}

#[test]
fn deletions_are_recorded_and_numbers_go_on() {
    let project = Project::begun();
    project.write("prompts/a.md", "one").run(["commit", "-m", "one"]).exits(0);
    std::fs::remove_file(project.folder().join("prompts/a.md")).unwrap();
    let gone = project.json(["commit", "-m", "gone"]);
    assert_eq!(
        (&gone["versions"][0]["version"], &gone["versions"][0]["number"]),
        (&serde_json::Value::Null, &2.into())
    );
    project.write("prompts/a.md", "two");
    let back = project.json(["commit", "-m", "back"]);
    assert_eq!((&back["versions"][0]["number"], &back["versions"][0]["parent"]), (&3.into(), &serde_json::Value::Null));
}

#[test]
fn a_file_that_only_looks_deleted_is_never_recorded_as_such() {
    let project = Project::begun();
    project.write("prompts/a.md", "one").run(["commit", "-m", "one"]).exits(0);
    std::fs::rename(project.folder().join("prompts/a.md"), project.folder().join("prompts/a b.md")).unwrap();
    let failed = project.run(["commit", "-m", "x"]).exits(3);
    assert!(failed.stderr.contains("prompts/a b.md"), "{failed}");
    project.run(["commit", "a", "-m", "x"]).exits(3);
}

#[test]
fn files_and_folders_are_named_from_where_the_caller_stands() {
    let project = Project::begun();
    project.write("prompts/team/a.md", "a").write("prompts/b.md", "b").write("prompts/c.md", "c");
    let output = project.command(&["--json", "commit", "team", "b.md", "-m", "two of three"]);
    let output = { output }.current_dir(project.folder().join("prompts")).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["versions"].as_array().unwrap().len(), 2, "{document}");
    assert_eq!(project.json(["commit", "prompts/nowhere.md", "-m", "x"])["code"], "unknown-artifact");
}

#[test]
fn a_key_that_is_not_listed_commits_nothing() {
    let mut project = Project::begun();
    project.write("prompts/a.md", "one");
    let failed = project.as_person("stranger").json(["commit", "-m", "x"]);
    assert_eq!((&failed["code"], &failed["exit"]), (&"unknown-key".into(), &1.into()));
    project.run(["--key", "nowhere", "commit", "-m", "x"]).exits(3);
    assert_eq!(project.json(["status"])["artifacts"][0]["state"], "new");
}

#[test]
fn a_lost_memory_never_takes_back_what_is_committed() {
    let project = Project::begun();
    project.write("prompts/a.md", "one").run(["commit", "-m", "one"]).exits(0);
    project.write("prompts/a.md", "two").run(["commit", "-m", "two"]).exits(0);
    for memory in [None, Some("nonsense")] {
        let file = project.folder().join(".chancery/clone/index");
        match memory {
            None => std::fs::remove_file(&file).unwrap(),
            Some(text) => std::fs::write(&file, text).unwrap(),
        }
        project.write("prompts/a.md", "one");
        assert_eq!(project.json(["commit", "-m", "x"])["event"], serde_json::Value::Null, "an older version");
        project.write("prompts/a.md", "three");
        let moved = project.json(["commit", "-m", "x"]);
        assert_eq!((&moved["code"], &moved["exit"]), (&"head-moved".into(), &4.into()), "{moved}");
        assert!(moved["because"].as_str().unwrap().contains("prompts/a.md"));
        project.write("prompts/a.md", "two");
        assert_eq!(project.json(["status"])["artifacts"][0]["state"], "clean");
    }
    std::fs::remove_file(project.folder().join(".chancery/clone/index")).unwrap();
    project.write("prompts/a.md", "three").run(["commit", "--onto-head", "-m", "x"]).exits(0);
}

/// Each of two processes commits its own files, one by one, in the same folder.
#[test]
fn two_processes_that_race_lose_nothing() {
    let project = Project::begun();
    let commits = 40;
    let race = |who: &str| {
        for n in 1..=commits {
            let path = format!("prompts/{who}-{}.md", n % 4);
            project.write(&path, format!("{who} {n}"));
            let run = project.command(&["commit", &path, "-m", &format!("{who} {n}")]).stdin(Stdio::null()).output();
            let run = run.unwrap();
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| race("left"));
        scope.spawn(|| race("right"));
    });
    let status = project.json(["status"]);
    let artifacts = status["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), 8);
    assert!(artifacts.iter().all(|artifact| artifact["state"] == "clean"), "{status}");
    let numbers: u64 = artifacts.iter().map(|artifact| artifact["number"].as_u64().unwrap()).sum();
    assert_eq!(numbers, 2 * commits);
    // What each remembers is right: the next edit is an edit, and nothing else.
    project.write("prompts/left-1.md", "once more");
    assert_eq!(project.json(["commit", "-m", "after"])["versions"].as_array().unwrap().len(), 1);
}

/// Both take everything that changed: whoever comes second finds less to do, and nothing is recorded twice.
#[test]
fn two_processes_that_take_the_same_files_record_them_once() {
    let project = Project::begun();
    for n in 0..6 {
        project.write(&format!("prompts/p{n}.md"), format!("text {n}"));
    }
    let one = || project.command(&["commit", "-m", "all"]).output().unwrap().status.code();
    let exits = thread::scope(|scope| {
        let both = [scope.spawn(one), scope.spawn(one)];
        both.map(|run| run.join().unwrap())
    });
    assert_eq!(exits, [Some(0), Some(0)]);
    let status = project.json(["status"]);
    assert!(status["artifacts"].as_array().unwrap().iter().all(|artifact| artifact["number"] == 1), "{status}");
}
