//! Threat 24: killed anywhere, the store holds the old state or the new one, and takes the next command.

use std::{collections::BTreeSet, env};

use chancery::object::Digest;
use serde_json::Value;

use crate::support::{
    Project,
    killed::{End, kill_at},
    ledger,
};

/// Kills of each kind of command: 20 in all, or 200 where `CHANCERY_LONG` asks for the whole of it.
fn kills() -> u64 {
    if env::var_os("CHANCERY_LONG").is_some() { 50 } else { 5 }
}

const RULES: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.production]
after = "dev"
gate = "open"
"#;

/// A project of one person, whose production takes what dev has.
fn project() -> Project {
    let mut project = Project::new();
    let key = Project::public_key("ana");
    let person = format!("[people.ana]\nkeys = [\"{key}\"]\nroles = [\"root\", \"author\", \"release\"]\n");
    project.write("chancery.toml", format!("[project]\nname = \"shop\"\n\n{person}{RULES}"));
    project.as_person("ana").run(["init"]).exits(0);
    project
}

/// Steps spread over a command whose number of steps nobody knows: 1, 6, 11 … to its end, then 2, 7, 12 …
struct Steps {
    stride: u64,
    first: u64,
    next: u64,
}

impl Steps {
    fn new(stride: u64) -> Self {
        Self { stride, first: 1, next: 1 }
    }

    fn take(&mut self) -> u64 {
        let step = self.next;
        self.next += self.stride;
        step
    }

    /// The command ended before the last step taken; after the last way through all steps comes the first again.
    fn wrap(&mut self) {
        self.first = self.first % self.stride + 1;
        self.next = self.first;
    }
}

/// What was acknowledged, and that it is still there.
struct Witness {
    project: Project,
    events: Vec<String>,
}

impl Witness {
    fn new() -> Self {
        Self { project: project(), events: Vec::new() }
    }

    fn heard(&mut self, document: &Value) {
        let event = document["event"].as_str().unwrap_or_else(|| panic!("{document}"));
        self.events.push(event.to_owned());
    }

    /// Does what must be acknowledged.
    fn run(&mut self, args: &[&str]) -> Value {
        let document = self.project.json(args);
        self.heard(&document);
        document
    }

    /// The store opens and verifies, and every acknowledged event is in it.
    fn looks(&self, when: &str) {
        let verified = self.project.json(["verify"]);
        assert_eq!(verified["ok"], true, "{when}: {verified}");
        let events: BTreeSet<_> = ledger(&self.project.folder()).iter().map(|event| event.id().to_string()).collect();
        let lost: Vec<_> = self.events.iter().filter(|event| !events.contains(*event)).collect();
        assert!(lost.is_empty(), "{when}: {lost:?} were acknowledged and lost");
    }

    /// The head of `p0`, which must be what its file holds, and known to be.
    fn head(&self, when: &str) -> Value {
        let nothing = self.project.json(["commit", "-m", "nothing"]);
        assert_eq!(nothing["event"], Value::Null, "{when}: {nothing}");
        let head = self.project.json(["show", "p0"])["version"].clone();
        assert_eq!(head, Digest::of(&self.project.read("prompts/p0.md")).hex(), "{when}");
        head
    }
}

/// Commits of this many files are killed; the next one is made either at once or after another edit.
fn commits_survive(files: usize, stride: u64) {
    let (mut witness, mut steps, mut killed) = (Witness::new(), Steps::new(stride), 0);
    let write = |witness: &Witness, text: &str| {
        for file in 0..files {
            witness.project.write(&format!("prompts/p{file}.md"), format!("{file} {text}\n"));
        }
    };
    for round in 0.. {
        if killed == kills() {
            break;
        }
        write(&witness, &format!("round {round}"));
        let step = steps.take();
        match kill_at(&witness.project, step, &["commit", "-m", "round"]) {
            End::Answered(document) => {
                steps.wrap();
                witness.heard(&document);
            }
            End::Killed => {
                killed += 1;
                let when = format!("{files} files, killed at step {step}");
                witness.looks(&when);
                if killed % 2 == 0 {
                    write(&witness, &format!("round {round}, edited after the kill"));
                    witness.run(&["commit", "-m", "after an edit"]);
                } else {
                    witness.project.run(["commit", "-m", "the same again"]).exits(0);
                }
                witness.head(&when);
            }
        }
    }
    witness.looks("at the end");
}

#[test]
fn threat_24_a_commit_killed_at_any_write_leaves_the_old_state_or_the_new_one() {
    // With this stride one of the first kills falls between the objects of the event and the ref that names it.
    commits_survive(2, 5);
}

#[test]
fn threat_24_a_large_commit_killed_at_any_write_leaves_the_old_state_or_the_new_one() {
    commits_survive(40, 2);
}

#[test]
fn threat_24_a_promotion_killed_at_any_write_leaves_the_old_state_or_the_new_one() {
    let (mut witness, mut steps, mut killed) = (Witness::new(), Steps::new(5), 0);
    for round in 0.. {
        if killed == 2 * kills() {
            break;
        }
        witness.project.write("prompts/p0.md", format!("round {round}\n"));
        witness.run(&["commit", "-m", "round"]);
        let proposed = witness.project.json(["propose", "production", "-m", "round"]);
        let proposal = proposed["proposal"].as_str().unwrap_or_else(|| panic!("{proposed}"));
        let before = live(&witness);
        let step = steps.take();
        match kill_at(&witness.project, step, &["promote", proposal]) {
            End::Answered(document) => {
                steps.wrap();
                witness.heard(&document);
            }
            End::Killed => {
                killed += 1;
                let when = format!("promotion, killed at step {step}");
                witness.looks(&when);
                let head = witness.head(&when);
                let now = live(&witness);
                assert!(now == before || now == Some(head.clone()), "{when}: {now:?}");
                if now == before {
                    witness.run(&["promote", proposal]);
                }
                assert_eq!(live(&witness), Some(head), "{when}");
            }
        }
    }
    witness.looks("at the end");
}

/// The version production serves.
fn live(witness: &Witness) -> Option<Value> {
    let document = witness.project.json(["env", "production"]);
    let artifacts = document["environments"][0]["artifacts"].as_array().unwrap_or_else(|| panic!("{document}"));
    artifacts.iter().find(|artifact| artifact["artifact"] == "p0").map(|artifact| artifact["version"].clone())
}
