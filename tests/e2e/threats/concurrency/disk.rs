//! Threat 24: a disk that is full or takes no writing, and locks that a dead process left.

use std::{fs, process::Command};

use serde_json::Value;

use crate::{
    support::{Outcome, Project},
    threats::{
        attack::{problems, taken},
        crew::{approves, by_tom},
    },
};

/// Runs a command that can write no file larger than so many blocks of 512 bytes, as on a disk that fills up.
fn with_room(project: &Project, blocks: u64, args: &[&str]) -> Outcome {
    let program = project.command(args);
    let mut command = Command::new("sh");
    // Ignored, the signal leaves the failed write that a full disk is.
    command.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\""]).arg(blocks.to_string());
    command.arg(program.get_program()).args(program.get_args()).current_dir(project.folder()).env_clear();
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().unwrap();
    Outcome {
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        exit: output.status.code().unwrap_or(-1),
    }
}

/// The event of a run that says it was done.
fn event(document: &Value) -> String {
    document["event"].as_str().unwrap_or_else(|| panic!("{document:#}")).to_owned()
}

#[test]
fn threat_24_a_full_disk_leaves_the_old_state_and_the_next_try_finds_room() {
    let (mut project, proposal) = by_tom(1);
    approves(&mut project, "omar", &proposal);
    // Long words that hardly compress, so that the commit comes to the end of the disk.
    let words: Vec<String> = (0..3000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_string()).collect();
    let words = words.join(" ");
    for (args, blocks) in
        [(&["promote", &proposal][..], 0), (&["commit", "-m", "long"], 0), (&["commit", "-m", "long"], 8)]
    {
        project.as_person(if args[0] == "commit" { "tom" } else { "omar" }).write("prompts/long.md", &words);
        let before = project.events();
        let args = [&["--json"], args].concat();
        let full = with_room(&project, blocks, &args).exits(5);
        assert_eq!(full.document()["schema"], "chancery.failure/1", "{full}");
        assert_eq!(project.events(), before, "{full}");
        assert_eq!(problems(&project, &["verify"]), [], "{full}");
    }
    assert!(project.live("production", "greet").is_null());
    event(&project.as_person("tom").json(["commit", "-m", "long"]));
    event(&project.as_person("omar").json(["promote", &proposal]));
    taken(&project);
}

#[test]
fn threat_24_a_store_that_takes_no_writing_says_so_and_serves_what_it_has() {
    let (mut project, proposal) = by_tom(1);
    approves(&mut project, "omar", &proposal);
    let mount = project.folder().join(".chancery");
    let Some(mounted) = ReadOnly::of(&mount) else { return };
    let told = project.run(["--json", "promote", &proposal]).exits(5);
    assert_eq!(told.document()["schema"], "chancery.failure/1", "{told}");
    assert_eq!(project.run(["cat", "greet"]).exits(0).stdout, "Hello.\n");
    drop(mounted);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

/// A folder that is mounted over itself, for reading only; nothing where the system does not allow it.
struct ReadOnly(std::path::PathBuf);

impl ReadOnly {
    fn of(folder: &std::path::Path) -> Option<Self> {
        let mount = |args: &[&str]| Command::new("mount").args(args).output().is_ok_and(|run| run.status.success());
        let path = folder.to_str().unwrap();
        if !mount(&["--bind", path, path]) {
            return None;
        }
        let mounted = Self(folder.to_owned());
        mount(&["-o", "remount,bind,ro", path]).then_some(mounted)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn threat_24_locks_that_a_dead_process_left_stand_in_nobodys_way() {
    let (mut project, proposal) = by_tom(1);
    approves(&mut project, "omar", &proposal);
    let store = project.folder().join(".chancery");
    for left in ["refs/chancery/ledger.lock", "refs/chancery/payload.lock", "packed-refs.lock"] {
        fs::write(store.join(left), "").unwrap();
    }
    fs::write(store.join("lock"), "1").unwrap();
    let half = store.join("objects/tmp_obj_half");
    fs::write(&half, "half").unwrap();
    assert_eq!(project.run(["cat", "greet"]).exits(0).stdout, "Hello.\n");
    event(&project.json(["promote", &proposal]));
    assert!(!store.join("refs/chancery/ledger.lock").exists());
    taken(&project);
}
