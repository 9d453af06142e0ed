//! Five people at once, each in a clone of their own: the ledgers end identical, and nothing is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{Project, remote::Bare, shop::prompt, story::story};

/// Events that are told before everybody stops: a taste of them, or 500 where `CHANCERY_LONG` asks for the whole.
fn wanted() -> usize {
    if is_long() { 500 } else { 40 }
}

fn is_long() -> bool {
    env::var_os("CHANCERY_LONG").is_some()
}

/// So many proposals for one environment are left open before another is made.
const OPEN: usize = 3;

/// What may turn out not to be possible, because of what others did.
const AS_THINGS_STAND: [&str; 7] = [
    "already-approved",
    "invalid-files",
    "no-suite",
    "nothing-ahead",
    "nothing-changed",
    "nothing-to-propose",
    "nothing-to-undo",
];

/// A clone, its person, and everything the person was ever told.
struct Clone {
    project: Project,
    person: &'static str,
    /// Events that were said to be recorded, and whether the remote was said to have them.
    told: BTreeMap<String, bool>,
    /// Events that were said to hold no longer, with the rule that refuses them.
    dropped: BTreeMap<String, String>,
    relinked: u64,
    /// How often each verb ended how.
    ends: BTreeMap<String, usize>,
}

impl Clone {
    fn new(project: Project, person: &'static str) -> Self {
        let (told, dropped, ends) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { project, person, told, dropped, relinked: 0, ends }
    }

    /// Runs a command that may be refused or lose a race, but never fail otherwise; hears what it says.
    fn run(&mut self, args: &[&str]) -> Value {
        let outcome = self.project.run([&["--json"], args].concat());
        let document = outcome.document();
        let verb = args.iter().find(|arg| !arg.starts_with('-')).copied().unwrap_or_default();
        let code = document["code"].as_str().unwrap_or(if document["moved"] == true { "moved" } else { "" });
        *self.ends.entry(format!("{verb} {} {code}", outcome.exit)).or_default() += 1;
        let may: &[i32] = match verb {
            "pull" | "proposals" => &[0],
            "push" => &[0, 4],
            _ => &[0, 1, 4],
        };
        let stands = outcome.exit == 3 && AS_THINGS_STAND.contains(&code);
        assert!(may.contains(&outcome.exit) || stands, "{}: {outcome}", self.person);
        self.hear(verb, &document);
        document
    }

    fn hear(&mut self, verb: &str, document: &Value) {
        let named = if verb == "propose" { &document["proposal"] } else { &document["event"] };
        let evidence = document["bundles"].as_array().into_iter().flatten().map(|bundle| &bundle["evidence"]);
        let shared = document["shared"] == true || document["promoted"] == true;
        for event in std::iter::once(named).chain(evidence).filter_map(Value::as_str) {
            self.told.insert(event.to_owned(), shared);
        }
        for dropped in document["dropped"].as_array().into_iter().flatten() {
            let [event, rule, message] = ["event", "rule", "message"].map(|name| dropped[name].as_str().unwrap());
            assert!(!message.is_empty(), "{document}");
            self.dropped.insert(event.to_owned(), rule.to_owned());
        }
        self.relinked += document["relinked"].as_u64().unwrap_or(0);
    }

    /// Shares what is here, however often others are faster.
    fn push(&mut self) {
        while self.run(&["push"])["code"] == "moved" {}
    }

    /// Events that this clone was told and that still hold, as far as it knows.
    fn holding(&self) -> usize {
        self.told.len() - self.dropped.len().min(self.told.len())
    }

    /// Open proposals for an environment.
    fn open(&mut self, environment: &str) -> Vec<String> {
        let document = self.run(&["proposals", environment]);
        let all = document["proposals"].as_array().unwrap_or_else(|| panic!("{document}"));
        all.iter().map(|one| one["proposal"].as_str().unwrap().to_owned()).collect()
    }

    /// Commits what changed; where somebody else moved the head, on top of theirs.
    fn commit(&mut self, message: &str) {
        if self.run(&["commit", "-m", message])["code"] == "head-moved" {
            self.run(&["commit", "--onto-head", "-m", message]);
        }
    }

    /// One round of somebody who writes: own files, a file that two write, and proposals.
    fn write(&mut self, round: usize) {
        let (me, text) = (self.person, format!(" {} {round}", self.person));
        self.project.write(&format!("prompts/{me}/{}.md", round % 3), prompt(&text));
        self.commit("my own");
        self.project.write("policies/tone.md", format!("Be{text}.\n"));
        self.commit("what two write");
        if round.is_multiple_of(2) {
            self.run(&["pull"]);
        }
        self.project.write("prompts/reply.md", prompt(&text));
        self.commit("the reply");
        self.push();
        for (environment, args) in [
            ("staging", &["propose", "staging", "-m", "try it"][..]),
            ("production", &["propose", "production", "reply", "-m", "thank people"]),
        ] {
            if self.open(environment).len() < OPEN {
                self.run(args);
            }
        }
        self.push();
    }

    /// One round of somebody who decides, every other time without the remote.
    fn decide(&mut self, round: usize) {
        self.run(&["pull"]);
        for proposal in self.open("staging") {
            if self.run(&["promote", &proposal])["verdict"] == "refused" {
                self.run(&["reject", &proposal, "-m", "its base is gone"]);
            }
        }
        for proposal in self.open("production") {
            let sheet = self.run(&["review", &proposal, "--done"]);
            let Some(dossier) = sheet["dossier"].as_str() else { continue };
            let offline: &[&str] = if round.is_multiple_of(2) { &["--offline"] } else { &[] };
            self.run(&[offline, &["approve", &proposal, "--dossier", dossier]].concat());
            let refused = self.run(&["promote", &proposal])["verdict"] == "refused";
            // What cannot be carried out after a while makes way for others.
            if refused && round % 2 == 1 {
                self.run(&["reject", &proposal, "-m", "it takes too long"]);
            }
        }
        if round % 3 == 2 {
            let offline: &[&str] = if round.is_multiple_of(2) { &["--offline"] } else { &[] };
            self.run(&[offline, &["rollback", "staging", "-m", "as it was"]].concat());
        }
        self.push();
    }

    /// One round of the program that evaluates.
    fn evaluate(&mut self) {
        self.run(&["pull"]);
        for proposal in self.open("production") {
            self.run(&["eval", "--proposal", &proposal, "--attest"]);
        }
        self.push();
    }

    fn round(&mut self, round: usize) {
        match self.person {
            "maya" | "tom" => self.write(round),
            "ruth" | "omar" => self.decide(round),
            _ => self.evaluate(),
        }
    }
}

/// The five, with clocks that differ by minutes, each in a clone of the same remote.
fn clones(url: &str) -> Vec<Clone> {
    let mut maya = story().copy();
    maya.as_person("maya").write("policies/tone.md", "Be brief.\n").run(["commit", "-m", "a tone"]).exits(0);
    maya.shared_through(url);
    let mut all = vec![Clone::new(maya, "maya")];
    for (person, minute) in [("tom", 1), ("ruth", 3), ("omar", 0), ("ci", 2)] {
        let mut project = Project::cloned(url, person);
        project.at(&format!("2026-11-20T08:0{minute}:00Z"));
        all.push(Clone::new(project, person));
    }
    all
}

/// Everybody works until so many events are told; then everybody has seen and shared everything.
fn work(clones: &mut [Clone], wanted: usize) {
    let holding = AtomicUsize::new(0);
    thread::scope(|scope| {
        for clone in &mut *clones {
            let holding = &holding;
            scope.spawn(move || {
                for round in 0.. {
                    if holding.load(Ordering::Relaxed) >= wanted {
                        break;
                    }
                    // Whoever stops in a panic stops everybody.
                    let whole = Whole(holding);
                    let before = clone.holding();
                    clone.round(round);
                    std::mem::forget(whole);
                    holding.fetch_add(clone.holding().saturating_sub(before), Ordering::Relaxed);
                }
            });
        }
    });
    for verb in ["push", "pull"] {
        for clone in &mut *clones {
            clone.run(&[verb]);
        }
    }
}

/// Says that there is nothing left to do.
struct Whole<'a>(&'a AtomicUsize);

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        self.0.store(usize::MAX / 2, Ordering::Relaxed);
    }
}

/// Every clone is the same, a new one too; and everything that anybody was told is there or was given back.
fn looks(clones: &[Clone], url: &str) -> usize {
    let sixth = Project::cloned(url, "tom");
    let (tip, events) = (sixth.tip(), sixth.events());
    let ledger: BTreeSet<&String> = events.iter().collect();
    assert_eq!(ledger.len(), events.len(), "no event twice");
    for clone in clones {
        let (person, project) = (clone.person, &clone.project);
        assert_eq!(project.tip(), tip, "{person}");
        assert_eq!(project.events(), events, "{person}");
        let kept = kept(project);
        for (event, shared) in &clone.told {
            let (is_there, dropped) = (ledger.contains(event), clone.dropped.get(event));
            assert!(is_there || !shared, "{person} was told that others have {event}");
            assert_eq!(is_there, dropped.is_none(), "{person} was told of {event}; given back: {dropped:?}");
        }
        for (event, rule) in &clone.dropped {
            assert_eq!(kept.get(event), Some(rule), "{person} keeps {event}");
        }
        assert_eq!(kept.len(), clone.dropped.len(), "{person} is told of everything that is kept");
    }
    thread::scope(|scope| {
        for project in clones.iter().map(|clone| &clone.project).chain([&sixth]) {
            scope.spawn(|| {
                let verified = project.json(["verify", "--deep"]);
                assert_eq!((&verified["ok"], &verified["events"]), (&true.into(), &events.len().into()), "{verified}");
            });
        }
    });
    events.len()
}

/// The acts that a clone keeps beside the ledger, with the rule that refuses them.
fn kept(project: &Project) -> BTreeMap<String, String> {
    let path = project.folder().join(".chancery/clone/dropped");
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| {
            let id = chancery::object::Digest::of(line["act"].as_str().unwrap().as_bytes());
            assert!(line["signature"].as_str().unwrap().contains("SSH SIGNATURE"));
            (id.hex(), line["rule"].as_str().unwrap().to_owned())
        })
        .collect()
}

fn crowd(url: &str) {
    let mut clones = clones(url);
    let begun = Instant::now();
    work(&mut clones, wanted());
    let worked = begun.elapsed();
    let events = looks(&clones, url);
    assert!(events >= wanted(), "{events}");
    if is_long() {
        tell(&clones, events, worked);
    }
}

#[expect(clippy::print_stdout, reason = "the figures of the long run are for whoever runs it")]
fn tell(clones: &[Clone], events: usize, worked: Duration) {
    println!("{events} events in {worked:?}");
    for Clone { person, told, dropped, relinked, ends, .. } in clones {
        println!("{person}: told {}, relinked {relinked}, given back {}: {ends:?}", told.len(), dropped.len());
    }
}

#[test]
fn five_clones_of_a_folder_end_identical_and_nothing_is_lost() {
    let bare = Bare::new();
    crowd(&bare.url());
}

#[test]
fn five_clones_of_a_server_end_identical_and_nothing_is_lost() {
    let bare = Bare::new();
    let server = bare.served();
    crowd(&server.url());
}
