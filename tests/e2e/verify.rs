//! `verify`: a changed byte is found wherever it stands, and told with its event.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::support::{Forge, Project, ledger, story::story};

/// What `verify` answers, which must be a no.
fn no(project: &Project, of: &str) -> Value {
    let run = project.run(["--json", "verify"]);
    assert_eq!(run.exit, 1, "{of}\n{run}");
    let document = run.document();
    assert_eq!(document["ok"], false, "{of}: {document:#}");
    document
}

/// Answers of `verify` while one byte of a file is changed, for several bytes.
fn flipped(project: &Project, file: &Path, offsets: &[usize]) -> Vec<Value> {
    let whole = fs::read(file).unwrap();
    let mut answers = Vec::new();
    for (&offset, change) in offsets.iter().zip([0x01, 0xff, 0x20, 0x80].into_iter().cycle()) {
        let mut bytes = whole.clone();
        bytes[offset % whole.len()] ^= change;
        fs::remove_file(file).unwrap();
        fs::write(file, &bytes).unwrap();
        answers.push(no(project, &format!("byte {offset} of {} changed by {change}", file.display())));
    }
    fs::remove_file(file).unwrap();
    fs::write(file, whole).unwrap();
    answers
}

/// The events that an answer names, each with a rule.
fn named(answer: &Value) -> BTreeSet<String> {
    let problems = answer["problems"].as_array().unwrap().iter();
    let told = problems.inspect(|problem| assert!(problem["rule"].is_string(), "{answer}"));
    told.filter_map(|problem| problem["event"].as_str()).map(str::to_owned).collect()
}

fn loose(project: &Project, id: &str) -> PathBuf {
    project.folder().join(".chancery/objects").join(&id[..2]).join(&id[2..])
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_changed_byte_of_anything_an_event_brought_names_that_event() {
    let story = story();
    let project = story.copy();
    project.run(["verify"]).exits(0);
    let forge = Forge::of(&project);
    // The promotion, and the newest event, of which nothing but its own commit tells the name.
    for (commit, few) in [("refs/chancery/ledger~5", 1), ("refs/chancery/ledger", 7)] {
        let said = forge.git(&["cat-file", "blob", &format!("{commit}:act")], b"");
        let event = chancery::object::Digest::of(&said).to_string();
        let brought = forge.git(&["rev-list", "--objects", commit, &format!("^{commit}~1")], b"");
        let brought: Vec<String> = lines(&brought).iter().map(|line| line[..40].to_owned()).collect();
        assert!(brought.len() > 10, "{brought:?}");
        for id in brought.iter().step_by(few) {
            let file = loose(&project, id);
            for answer in flipped(&project, &file, &[usize::from(file.as_os_str().as_encoded_bytes()[0]), 9]) {
                let own = *id == forge.word(&["rev-parse", "refs/chancery/ledger"], b"");
                assert!(own || named(&answer).contains(&event), "{id} of {event}: {answer:#}");
            }
        }
        for part in ["act", "act.sig", "event"] {
            let id = forge.word(&["rev-parse", &format!("{commit}:{part}")], b"");
            for answer in flipped(&project, &loose(&project, &id), &[0, 1, 40, 97]) {
                assert!(named(&answer).contains(&event), "{part} of {event}: {answer:#}");
            }
        }
    }
    project.run(["verify"]).exits(0);
}

#[test]
fn a_changed_byte_of_payload_is_found_and_that_of_its_bytes_names_who_needs_it() {
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    let objects = forge.git(&["rev-list", "--objects", "refs/chancery/payload"], b"");
    let objects = lines(&objects);
    let is_blob = |line: &&String| forge.word(&["cat-file", "-t", &line[..40]], b"") == "blob";
    let (blobs, others): (Vec<&String>, Vec<&String>) = objects.iter().partition(is_blob);
    assert!(blobs.len() > 5, "{objects:#?}");
    for line in blobs {
        for answer in flipped(&project, &loose(&project, &line[..40]), &[7, 33]) {
            assert!(!named(&answer).is_empty(), "{line}: {answer:#}");
        }
    }
    for line in others.iter().step_by(5) {
        flipped(&project, &loose(&project, &line[..40]), &[7, 33]);
    }
}

/// Payload starts anew with other bytes under one name, or none: every object is whole, and nobody signs payload.
fn replaced(project: &Project, digest: &str, bytes: Option<&[u8]>) {
    let forge = Forge::of(project);
    let index = project.folder().join("index");
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(project.folder().join(".chancery")).arg("--work-tree").arg(project.folder());
        let done = command.args(args).env("GIT_INDEX_FILE", &index).output().unwrap();
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    git(&["read-tree", "refs/chancery/payload"]);
    let listed = git(&["ls-files"]);
    let path = listed.lines().find(|path| path.ends_with(digest)).unwrap_or_else(|| panic!("no {digest}: {listed}"));
    match bytes {
        None => git(&["update-index", "--force-remove", path]),
        Some(bytes) => {
            let blob = forge.word(&["hash-object", "-w", "--stdin"], bytes);
            git(&["update-index", "--cacheinfo", &format!("100644,{blob},{path}")])
        }
    };
    let tree = git(&["write-tree"]);
    let by = "chancery <> 0 +0000";
    let commit = format!("tree {}\nauthor {by}\ncommitter {by}\n\npayload\n", tree.trim_end());
    let commit = forge.word(&["hash-object", "-w", "-t", "commit", "--stdin"], commit.as_bytes());
    forge.git(&["update-ref", "refs/chancery/payload", &commit], b"");
}

/// All payload that events name, with the place of the first event that does, and what to look for.
fn needed(project: &Project) -> Vec<(String, u64)> {
    let mut needed: Vec<(String, u64)> = Vec::new();
    for event in ledger(&project.folder()) {
        let said: Value = serde_json::from_slice(event.act.bytes()).unwrap();
        let facts = &said["deed"]["facts"];
        let items = |list: &str, field: &str| -> Vec<String> {
            let items = facts[list].as_array().into_iter().flatten();
            items.filter_map(|item| item[field].as_str()).map(str::to_owned).collect()
        };
        let mut named = items("samples", "reply");
        if said["deed"]["kind"] == "commit" {
            named.extend(items("changes", "version"));
        }
        named.extend(["dossier", "governance"].iter().filter_map(|field| facts[field].as_str()).map(str::to_owned));
        for digest in named {
            if needed.iter().all(|(known, _)| *known != digest) {
                needed.push((digest, event.record.seq));
            }
        }
    }
    needed
}

#[test]
fn payload_that_is_missing_or_other_than_its_name_is_told_with_the_event_that_needs_it() {
    let story = story();
    let whole = story.copy();
    let needed = needed(&whole);
    assert!(needed.len() > 5, "{needed:?}");
    for (digest, seq) in needed {
        for (bytes, rule) in [(None, "payload-missing"), (Some(&b"something else"[..]), "payload-corrupt")] {
            let project = story.copy();
            replaced(&project, &digest, bytes);
            let answer = no(&project, &digest);
            let problems = answer["problems"].as_array().unwrap();
            let told = problems.iter().find(|problem| problem["rule"] == rule).unwrap_or_else(|| panic!("{answer:#}"));
            assert_eq!(told["seq"], seq, "{digest}: {answer:#}");
            assert!(told["event"].is_string() && told["message"].as_str().unwrap().contains(&digest[..8]));
        }
    }
}

#[test]
fn a_changed_byte_of_a_ref_or_head_is_found() {
    let story = story();
    let project = story.copy();
    for name in ["HEAD", "refs/chancery/ledger", "refs/chancery/payload"] {
        flipped(&project, &project.folder().join(".chancery").join(name), &[0, 1, 5, 19, 40]);
    }
    project.run(["verify"]).exits(0);
}

#[test]
fn a_changed_byte_of_what_git_packed_is_found() {
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    forge.git(&["gc", "--quiet", "--prune=now"], b"");
    project.run(["verify"]).exits(0);
    let pack = project.folder().join(".chancery/objects/pack");
    let mut endings = BTreeSet::new();
    for file in fs::read_dir(pack).unwrap().map(|entry| entry.unwrap().path()) {
        endings.insert(file.extension().unwrap().to_str().unwrap().to_owned());
        let length = usize::try_from(fs::metadata(&file).unwrap().len()).unwrap();
        flipped(&project, &file, &[0, 5, 11, length / 3, length / 2, length - 30, length - 1]);
    }
    assert!(endings.contains("pack") && endings.contains("idx"), "{endings:?}");
    flipped(&project, &project.folder().join(".chancery/packed-refs"), &[3, 60, 80, 110]);
    project.run(["verify"]).exits(0);
}
