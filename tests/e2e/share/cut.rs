//! The way to the remote is cut: no clone ends in a state that `verify` refuses, and the next run completes.

use std::{
    env,
    os::unix::process::CommandExt as _,
    process::{Child, Stdio},
};

use crate::support::{
    Outcome, Project,
    killed::{End, kill_at},
    remote::{Bare, Server, kill_group, url},
    shop::shop,
    way::{Cut, Passed, Then, Toward, Way},
};

/// Points at which an exchange is cut: so many, or 120 where `CHANCERY_LONG` asks for the whole of it.
fn points(few: u64) -> u64 {
    if env::var_os("CHANCERY_LONG").is_some() { 120 } else { few }
}

/// Tom's clone, whose remote is behind a way that can be cut, and maya's, which reaches it as a folder.
struct Team {
    bare: Bare,
    server: Option<Server>,
    way: Way,
    tom: Project,
    maya: Project,
    round: u64,
    /// What tom committed.
    own: Vec<String>,
}

impl Team {
    fn new() -> Self {
        let (bare, mut maya) = (Bare::new(), shop());
        maya.as_person("maya").shared_through(&bare.url());
        // However little comes, it comes as a pack: so a disk that fills up does so in the midst of it.
        bare.git(&["config", "receive.unpackLimit", "1"]);
        let server = bare.served();
        let way = Way::to(server.port());
        let tom = Project::cloned(&url(way.port()), "tom");
        Self { bare, server: Some(server), way, tom, maya, round: 0, own: Vec::new() }
    }

    /// What nobody else has, in a file that hardly compresses; answers the event.
    fn commits(&self, project: &Project, path: &str) -> String {
        project.write(path, noise(self.round));
        let document = project.json(["commit", "-m", "more"]);
        document["event"].as_str().unwrap_or_else(|| panic!("{document}")).to_owned()
    }

    /// What an unbroken run takes.
    fn measured(&mut self, verb: &str) -> Passed {
        self.prepare(verb);
        self.way.count(None);
        self.tom.run([verb]).exits(0);
        self.way.passed()
    }

    /// Something for the verb to do. What arrives meets something of tom's own every other time.
    fn prepare(&mut self, verb: &str) {
        self.round += 1;
        if verb == "pull" {
            self.commits(&self.maya, "policies/maya.md");
            self.maya.run(["push"]).exits(0);
        }
        if verb == "push" || self.round.is_multiple_of(2) {
            self.own.push(self.commits(&self.tom, "policies/tom.md"));
        }
    }

    /// Runs a verb that is cut at a byte. Nonces differ in length when they are packed: a cut that nothing came to
    /// is made again a little before.
    fn cut(&mut self, verb: &str, mut cut: Cut, then: Then) -> Outcome {
        loop {
            self.way.count(Some((cut, then)));
            let outcome = self.tom.run(["--json", verb]);
            if self.way.was_cut() {
                return outcome;
            }
            outcome.exits(0);
            self.prepare(verb);
            cut.at = cut.at.checked_sub(16).unwrap();
        }
    }

    /// A server that can be reached again, where there is none.
    fn mend(&mut self) {
        let server = self.server.get_or_insert_with(|| self.bare.served());
        self.way.mended(server.port());
    }

    /// Both ends are whole, and nothing of tom's is lost.
    fn is_sound(&self, when: &str) {
        let verified = self.tom.json(["verify", "--deep"]);
        assert_eq!(verified["ok"], true, "{when}: {verified}");
        let now = self.tom.events();
        let lost: Vec<_> = self.own.iter().filter(|event| !now.contains(event)).collect();
        assert!(lost.is_empty(), "{when}: {lost:?} are lost");
        self.bare.git(&["fsck", "--strict", "--no-dangling"]);
    }

    /// The next run completes, and both ends are the same.
    fn completes(&mut self, verb: &str, when: &str) {
        let outcome = self.tom.run(["--json", verb]);
        assert_eq!(outcome.exit, 0, "{when}: {outcome}");
        let document = outcome.document();
        assert_eq!(document["dropped"], serde_json::json!([]), "{when}: {outcome}");
        if verb == "pull" {
            assert_eq!(self.tom.read("policies/maya.md"), self.maya.read("policies/maya.md"), "{when}");
            if document["unshared"] != 0 {
                self.tom.run(["push"]).exits(0);
            }
        }
        assert_eq!(self.bare.target("refs/chancery/ledger"), self.tom.tip(), "{when}");
    }

    /// At the end everybody has everything, each event once.
    fn ends(&self) {
        self.tom.run(["push"]).exits(0);
        self.maya.run(["pull"]).exits(0);
        assert_eq!((self.maya.tip(), self.maya.events()), (self.tom.tip(), self.tom.events()));
        let mut events = self.tom.events();
        events.sort();
        events.dedup();
        assert_eq!(events.len(), self.tom.events().len());
        for clone in [&self.tom, &self.maya] {
            clone.run(["verify"]).exits(0);
        }
    }
}

/// Text of about eight thousand bytes that hardly compresses, another for each seed.
fn noise(seed: u64) -> String {
    let mut state = seed;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{:013x}", state >> 12)
    };
    (0..600).map(|_| word() + "\n").collect()
}

/// Cuts a verb at each point; the way back there is open again only before the next run.
fn survives_cuts(verb: &str, then: Then, few: u64) {
    let mut team = Team::new();
    let measured = team.measured(verb);
    let mut cuts = measured.spread(points(few));
    if then == Then::Down {
        cuts.extend(measured.edges());
    }
    for cut in cuts {
        let when = format!("{verb} {then:?} at {cut:?} of {measured:?}");
        team.prepare(verb);
        let outcome = team.cut(verb, cut, then);
        match then {
            Then::Down => assert_eq!(outcome.exit, 5, "{when}: {outcome}"),
            _ => assert!([0, 5].contains(&outcome.exit), "{when}: {outcome}"),
        }
        team.is_sound(&when);
        team.mend();
        team.completes(verb, &when);
    }
    team.ends();
}

#[test]
fn a_push_that_is_cut_off_anywhere_is_finished_by_the_next() {
    survives_cuts("push", Then::Down, 10);
}

#[test]
fn a_pull_that_is_cut_off_anywhere_is_finished_by_the_next() {
    survives_cuts("pull", Then::Down, 10);
}

#[test]
fn a_connection_that_is_dropped_once_breaks_nothing() {
    survives_cuts("push", Then::Dropped, 4);
    survives_cuts("pull", Then::Dropped, 4);
}

/// Starts a verb that stands still at a byte, as the leader of a group of its own.
fn stalled(team: &mut Team, verb: &str, mut cut: Cut) -> Child {
    loop {
        team.way.count(Some((cut, Then::Stalled)));
        let mut command = team.tom.command(&["--json", verb]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let mut child = command.spawn().unwrap();
        if team.way.wait_for_cut(|| child.try_wait().unwrap().is_some()) {
            return child;
        }
        assert!(child.wait().unwrap().success());
        team.prepare(verb);
        cut.at = cut.at.checked_sub(16).unwrap();
    }
}

/// Who is killed while nothing passes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Killed {
    /// The server, with everything it started.
    Server,
    /// The program alone; the git that it started goes on.
    Program,
    /// The program and the git that it started.
    All,
}

fn survives_kills(verb: &str, killed: Killed, few: u64) {
    let mut team = Team::new();
    let measured = team.measured(verb);
    for cut in measured.spread(points(few)) {
        let when = format!("{verb}, {killed:?} killed at {cut:?} of {measured:?}");
        team.prepare(verb);
        let mut child = stalled(&mut team, verb, cut);
        match killed {
            Killed::Server => {
                team.server = None;
                team.way.down();
                assert_eq!(child.wait().unwrap().code(), Some(5), "{when}");
            }
            Killed::Program => {
                child.kill().unwrap();
                child.wait().unwrap();
                team.way.go_on();
            }
            Killed::All => {
                kill_group(&mut child);
                team.way.down();
            }
        }
        team.is_sound(&when);
        if killed != Killed::Program {
            team.mend();
        }
        team.completes(verb, &when);
    }
    team.ends();
}

#[test]
fn a_server_that_is_killed_during_a_push_breaks_nothing() {
    survives_kills("push", Killed::Server, 10);
}

#[test]
fn a_server_that_is_killed_during_a_pull_breaks_nothing() {
    survives_kills("pull", Killed::Server, 10);
}

#[test]
fn a_push_killed_while_git_goes_on_is_finished_by_the_next() {
    survives_kills("push", Killed::Program, 4);
}

#[test]
fn a_pull_killed_while_git_goes_on_is_finished_by_the_next() {
    survives_kills("pull", Killed::Program, 4);
}

#[test]
fn a_push_killed_with_its_git_is_finished_by_the_next() {
    survives_kills("push", Killed::All, 4);
}

#[test]
fn a_pull_killed_with_its_git_is_finished_by_the_next() {
    survives_kills("pull", Killed::All, 4);
}

/// Kills a verb at its n-th durable write, for every n, or for every `stride`th in turn.
fn survives_kills_at_writes(verb: &str, stride: u64) {
    let stride = if env::var_os("CHANCERY_LONG").is_some() { 1 } else { stride };
    let (mut team, mut step) = (Team::new(), 1);
    // Odd rounds bring what only has to be taken over, even ones what tom's own must be placed after.
    let mut over = 0;
    while over < 2 {
        team.prepare(verb);
        let when = format!("{verb}, killed at write {step} of round {}", team.round);
        match kill_at(&team.tom, step, &[verb]) {
            End::Killed => {
                over = 0;
                team.is_sound(&when);
                team.completes(verb, &when);
            }
            // Every second round has fewer writes.
            End::Answered(_) => over += 1,
        }
        step += stride;
    }
    team.ends();
}

#[test]
fn a_push_killed_at_any_write_is_finished_by_the_next() {
    survives_kills_at_writes("push", 1);
}

#[test]
fn a_pull_killed_at_any_write_is_finished_by_the_next() {
    survives_kills_at_writes("pull", 3);
}

#[test]
fn a_remote_whose_disk_is_full_takes_nothing_and_then_everything() {
    let mut team = Team::new();
    let measured = team.measured("push");
    let pack = measured.before_end(1, Toward::Server, 0).at;
    let points = points(10);
    for point in 0..points {
        let blocks = pack * point / (points + 1) / 512;
        let when = format!("{blocks} blocks of 512 bytes for {pack} bytes");
        team.prepare("push");
        let before = team.bare.target("refs/chancery/ledger");
        let full = team.bare.served_with(blocks);
        team.way.mended(full.port());
        let outcome = team.tom.run(["--json", "push"]).exits(5);
        let code = outcome.document()["code"].clone();
        assert!(["remote", "unsure"].contains(&code.as_str().unwrap()), "{when}: {outcome}");
        assert_eq!(team.bare.target("refs/chancery/ledger"), before);
        team.is_sound(&when);
        drop(full);
        team.mend();
        team.completes("push", &when);
    }
    team.ends();
}

#[test]
fn a_clone_that_is_cut_off_anywhere_leaves_nothing_and_the_next_has_everything() {
    let team = Team::new();
    let from = url(team.way.port());
    team.way.count(None);
    Project::cloned(&from, "tom");
    for cut in team.way.passed().spread(points(10)) {
        let project = Project::new();
        team.way.count(Some((cut, Then::Down)));
        project.run(["--json", "clone", &from, "shop"]).exits(5);
        assert!(team.way.was_cut() && !project.folder().join("shop").exists(), "{cut:?}");
        team.way.mended(team.server.as_ref().unwrap().port());
        project.run(["clone", &from, "shop"]).exits(0);
        assert_eq!(project.run(["-C", "shop", "--json", "verify", "--deep"]).document()["ok"], true, "{cut:?}");
    }
}
