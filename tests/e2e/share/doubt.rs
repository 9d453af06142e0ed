//! The way to the remote is cut while something is decided: it is said what is known, and nothing is served before.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Stdio, thread, time::Duration};

use serde_json::Value;

use crate::support::{
    Outcome, Project,
    remote::{Bare, Server, url},
    shop::{dossier, made, prompt, shop, shown},
    way::{Cut, Then, Toward, Way},
};

/// The project behind a way that can be cut, and a clone that reaches the remote as a folder.
struct Team {
    bare: Bare,
    server: Server,
    way: Way,
    here: Project,
    elsewhere: Project,
    /// How much the remote says before anything is offered; what it says after that is its answer.
    greeting: u64,
}

impl Team {
    fn new() -> Self {
        let (bare, mut here) = (Bare::new(), shop());
        let server = bare.served();
        let way = Way::to(server.port());
        here.shared_through(&url(way.port()));
        let elsewhere = Project::cloned(&bare.url(), "omar");
        let proposal = proposed(&mut here, "staging", "");
        here.as_person("ruth");
        let mut team = Self { bare, server, way, here, elsewhere, greeting: 0 };
        team.cut(Team::while_it_is_offered(), Then::Down, &["promote", &proposal]);
        team.greeting = team.way.passed().before_end(1, Toward::Client, 0).at;
        team.mend();
        team.here.run(["promote", &proposal]).exits(0);
        team
    }

    /// A proposal that everybody has.
    fn proposed(&mut self, environment: &str, thanks: &str) -> String {
        let proposal = proposed(&mut self.here, environment, thanks);
        self.here.as_person("ruth");
        proposal
    }

    /// A decision asks in its first connection and offers in the second: before the remote says anything there.
    fn before_it_is_offered() -> Cut {
        Cut { connection: 1, toward: Toward::Client, at: 0 }
    }

    /// In the midst of what is offered.
    fn while_it_is_offered() -> Cut {
        Cut { connection: 1, toward: Toward::Server, at: 600 }
    }

    /// After the remote has taken it, in the midst of its answer.
    fn after_it_was_taken(&self) -> Cut {
        Cut { connection: 1, toward: Toward::Client, at: self.greeting + 10 }
    }

    /// Runs a command that is cut there.
    fn cut(&self, cut: Cut, then: Then, args: &[&str]) -> Outcome {
        self.way.count(Some((cut, then)));
        let outcome = self.here.run([&["--json"], args].concat());
        assert!(self.way.was_cut(), "{cut:?}: {outcome}");
        outcome
    }

    fn mend(&self) {
        self.way.mended(self.server.port());
    }

    fn remote(&self) -> String {
        self.bare.target("refs/chancery/ledger")
    }

    /// What staging serves here, and in a clone that has everything that the remote has.
    fn served(&self) -> [Value; 2] {
        self.elsewhere.run(["pull"]).exits(0);
        [&self.here, &self.elsewhere].map(|clone| clone.live("staging", "reply"))
    }

    /// A command is cut before it is offered, while it is, and after it was taken; the remote has it once.
    ///
    /// What is done again after the last cut is the caller's to judge; the way is mended.
    fn in_doubt(&self, args: &[&str]) {
        let (before, remote) = (self.here.events(), self.remote());
        let not_offered = self.cut(Self::before_it_is_offered(), Then::Down, args).exits(5);
        assert_eq!(not_offered.document()["code"], "remote", "{not_offered}");
        assert!(not_offered.stdout.contains("nothing was recorded"), "{not_offered}");
        for (cut, taken) in [(Self::while_it_is_offered(), false), (self.after_it_was_taken(), true)] {
            self.mend();
            let served = self.served();
            let doubtful = self.cut(cut, Then::Down, args).exits(5);
            assert_eq!(doubtful.document()["code"], "unsure", "{doubtful}");
            assert!(doubtful.stdout.contains("it may have taken"), "{doubtful}");
            assert!(!doubtful.stdout.contains("nothing was recorded"), "{doubtful}");
            assert_eq!((self.here.events(), self.remote() != remote), (before.clone(), taken), "{doubtful}");
            assert_eq!(self.here.live("staging", "reply"), served[0], "nothing is served that is in doubt");
            assert_eq!(self.here.json(["verify"])["ok"], true);
        }
        self.mend();
    }

    /// Here is one event more than before, and the remote has the same.
    fn ends_with_one_more(&self, before: &[String]) {
        assert_eq!(self.here.events().len(), before.len() + 1);
        assert_eq!((self.remote(), &self.here.events()[..before.len()]), (self.here.tip(), before));
        let [here, elsewhere] = self.served();
        assert_eq!(here, elsewhere);
        assert_eq!(self.here.json(["verify", "--deep"])["ok"], true);
    }
}

fn proposed(here: &mut Project, environment: &str, thanks: &str) -> String {
    here.as_person("tom").write("prompts/reply.md", prompt(thanks)).run(["commit", "-m", "thanks"]);
    let proposal = made(here.json(["propose", environment, "-m", "thanks"]));
    here.run(["push"]).exits(0);
    proposal
}

#[test]
fn a_promotion_in_doubt_is_served_nowhere_and_carried_out_once() {
    let mut team = Team::new();
    let proposal = team.proposed("staging", " so");
    let (before, live) = (team.here.events(), team.here.live("staging", "reply"));
    team.in_doubt(&["promote", &proposal]);
    team.here.run(["pull"]).exits(0);
    assert_ne!(team.here.live("staging", "reply"), live);
    let again = team.here.run(["--json", "promote", &proposal]).exits(1);
    assert_eq!(again.document()["code"], "spent", "{again}");
    team.ends_with_one_more(&before);
}

#[test]
fn an_approval_in_doubt_is_given_once() {
    let mut team = Team::new();
    let proposal = team.proposed("production", "");
    shown(&mut team.here, &proposal);
    team.here.run(["push"]).exits(0);
    team.here.as_person("ruth");
    let (before, digest) = (team.here.events(), dossier(&team.here, &proposal));
    team.in_doubt(&["approve", &proposal, "--dossier", &digest]);
    let again = team.here.run(["--json", "approve", &proposal, "--dossier", &digest]).exits(3);
    assert_eq!(again.document()["code"], "already-approved", "{again}");
    team.ends_with_one_more(&before);
}

#[test]
fn a_rollback_in_doubt_is_not_followed_by_another_that_nobody_meant() {
    let mut team = Team::new();
    let first = team.here.live("staging", "reply");
    for thanks in [" so", " very"] {
        let proposal = team.proposed("staging", thanks);
        team.here.run(["promote", &proposal]).exits(0);
    }
    let before = team.here.events();
    team.in_doubt(&["rollback", "staging", "-m", "worse"]);
    let again = team.here.run(["--json", "rollback", "staging", "-m", "worse"]).exits(4);
    assert_eq!(again.document()["code"], "rolled-back-meanwhile", "{again}");
    team.ends_with_one_more(&before);
    // Whoever has seen that goes back further.
    team.here.run(["rollback", "staging", "-m", "worse still"]).exits(0);
    assert_eq!(team.served(), [first.clone(), first]);
}

#[test]
fn two_who_roll_back_at_once_go_back_once() {
    let mut team = Team::new();
    let first = team.here.live("staging", "reply");
    for thanks in [" so", " very"] {
        let proposal = team.proposed("staging", thanks);
        team.here.run(["promote", &proposal]).exits(0);
    }
    team.elsewhere.run(["pull"]).exits(0);
    team.here.run(["rollback", "staging", "-m", "worse"]).exits(0);
    let late = team.elsewhere.run(["--json", "rollback", "staging", "-m", "worse"]).exits(4);
    assert_eq!(late.document()["code"], "rolled-back-meanwhile", "{late}");
    let [here, elsewhere] = team.served();
    assert_eq!(here, elsewhere);
    assert_ne!(here, first);
    team.elsewhere.run(["rollback", "staging", "-m", "worse still"]).exits(0);
}

#[test]
fn an_answer_that_is_lost_once_is_asked_for_and_what_is_not_there_is_offered_again() {
    let mut team = Team::new();
    for (number, cut) in [Team::while_it_is_offered(), team.after_it_was_taken()].into_iter().enumerate() {
        let proposal = team.proposed("staging", &format!(" number {number}"));
        let before = team.here.events();
        let promoted = team.cut(cut, Then::Dropped, &["promote", &proposal]).exits(0);
        assert_eq!(promoted.document()["promoted"], true, "{promoted}");
        team.ends_with_one_more(&before);
    }
}

#[test]
fn what_a_slow_remote_takes_after_the_way_was_cut_was_not_called_unrecorded() {
    let mut team = Team::new();
    let proposal = team.proposed("staging", " so");
    let (before, remote) = (team.here.events(), team.remote());
    // It has everything that was offered, and does not decide before it is let go on.
    let [arrived, go] = ["arrived", "go"].map(|name| team.bare.path().join(name));
    let hook = team.bare.path().join("hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let wait =
        format!("#!/bin/sh\n: > '{}'\nwhile [ ! -e '{}' ]; do sleep 0.05; done\n", arrived.display(), go.display());
    fs::write(&hook, wait).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = team.here.command(&["--json", "promote", &proposal]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() {
        if arrived.exists() {
            fs::remove_file(&arrived).unwrap();
            team.way.drop_all();
        }
        thread::sleep(Duration::from_millis(5));
    }
    let outcome = child.wait_with_output().unwrap();
    let answer: Value = serde_json::from_slice(&outcome.stdout).unwrap();
    assert_eq!((&answer["code"], team.remote()), (&"unsure".into(), remote.clone()), "{answer}");
    assert_eq!(team.here.events(), before);
    fs::write(&go, "").unwrap();
    while team.remote() == remote {
        thread::sleep(Duration::from_millis(20));
    }
    team.here.run(["pull"]).exits(0);
    team.here.run(["promote", &proposal]).exits(1);
    team.ends_with_one_more(&before);
}
