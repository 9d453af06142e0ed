//! Two promotions race to one environment: what loses is never served, anywhere, at any moment.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use chancery::{ledger::Deed, object::Digest};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{
    Project, ledger,
    shop::{dossier, prompt, proposed, shop, shown},
};

/// What is thanked with: live before; what ruth is to promote, and omar.
const ALL: [&str; 3] = [" so", " kindly", " ever so much"];

/// Every write of a promotion where `CHANCERY_LONG` asks for all of them, else some of them.
fn stride() -> usize {
    if env::var_os("CHANCERY_LONG").is_some() { 1 } else { 9 }
}

/// What was proposed, and the version that it makes live.
#[derive(Clone)]
struct Wish {
    proposal: String,
    version: String,
}

/// A remote and three clones of it, in which two promotions to production are ready: either, not both.
struct Race {
    room: TempDir,
    ruth: Project,
    omar: Project,
    tom: Project,
    /// What is live before.
    before: String,
    /// What ruth is to promote, and what omar.
    wishes: [Wish; 2],
}

impl Race {
    /// A race of one's own.
    fn new() -> Self {
        static PLAYED: Mutex<Weak<Race>> = Mutex::new(Weak::new());
        let mut played = PLAYED.lock().unwrap_or_else(PoisonError::into_inner);
        let first = played.upgrade().unwrap_or_else(|| Arc::new(Self::play()));
        *played = Arc::downgrade(&first);
        drop(played);
        first.copy()
    }

    fn play() -> Self {
        let room = tempfile::tempdir().unwrap();
        let mut tom = shop();
        let first = ready(&mut tom, ALL[0]);
        tom.as_person("ruth").run(["promote", &first.proposal]).exits(0);
        let wishes = [ALL[1], ALL[2]].map(|thanks| ready(&mut tom, thanks));
        // The files hold none of what may become live.
        tom.write("prompts/reply.md", prompt(", all of you"));
        tom.as_person("tom").run(["commit", "-m", "all"]).exits(0);
        let bare = room.path().join("team.git");
        done(Command::new("git").args(["init", "--quiet", "--bare"]).arg(&bare));
        tom.run(["remote", bare.to_str().unwrap()]).exits(0);
        tom.run(["push"]).exits(0);
        let [mut ruth, mut omar] = [(); 2].map(|()| tom.copy());
        ruth.as_person("ruth");
        omar.as_person("omar");
        Self { room, ruth, omar, tom, before: first.version, wishes }
    }

    fn copy(&self) -> Self {
        let room = tempfile::tempdir().unwrap();
        done(Command::new("cp").arg("-r").arg(self.room.path().join("team.git")).arg(room.path()));
        let remote = json!({ "url": room.path().join("team.git"), "confirmed": true }).to_string();
        let [ruth, omar, tom] = [&self.ruth, &self.omar, &self.tom].map(Project::copy);
        for project in [&ruth, &omar, &tom] {
            project.write(".chancery/clone/remote", &remote);
        }
        Self { room, ruth, omar, tom, before: self.before.clone(), wishes: self.wishes.clone() }
    }

    fn clones(&self) -> [&Project; 3] {
        [&self.ruth, &self.omar, &self.tom]
    }

    /// Whether the remote's ledger has this promotion.
    fn has(&self, wish: &Wish) -> bool {
        let bare = self.room.path().join("team.git");
        let args = ["log", "--format=%s", "refs/chancery/ledger"];
        let output = Command::new("git").arg("--git-dir").arg(bare).args(args).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().contains(&format!("promote: {}", wish.proposal))
    }

    /// What a clone says is live in production: what was before, or what the remote has.
    fn look(&self, project: &Project, when: &str) -> String {
        let version = project.live("production", "reply").as_str().unwrap().to_owned();
        self.may_serve(&version, when);
        version
    }

    /// The same by every command that says, shows or uses what is live. In between it may change.
    fn look_closely(&self, project: &Project, when: &str) -> BTreeSet<String> {
        let served = served(project, when);
        for version in &served {
            self.may_serve(version, when);
        }
        served
    }

    fn may_serve(&self, version: &str, when: &str) {
        if version != self.before {
            let wish = self.wishes.iter().find(|wish| wish.version == version);
            assert!(self.has(wish.unwrap()), "{when}: {version} is served, and the remote does not have it");
        }
    }

    /// Looks at every clone over and over while `work` is done; answers also all that was ever served.
    fn watched<T>(&self, when: &str, work: impl FnOnce() -> T) -> (T, BTreeSet<String>) {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let watchers = self.clones().map(|project| {
                let over = &over;
                scope.spawn(move || {
                    let mut seen = BTreeSet::new();
                    while !over.load(Ordering::Relaxed) {
                        seen.extend(self.look_closely(project, when));
                    }
                    seen
                })
            });
            let done = {
                let _end = End(&over);
                work()
            };
            (done, watchers.into_iter().flat_map(|watcher| watcher.join().unwrap()).collect())
        })
    }

    /// All clones bring what the remote has, and all serve one thing: that of the two which the remote has.
    fn settles(&self, seen: &BTreeSet<String>, when: &str) -> usize {
        let has = self.wishes.each_ref().map(|wish| self.has(wish));
        let winner = has.iter().position(|has| *has).unwrap_or_else(|| panic!("{when}: nobody won"));
        let loser = 1 - winner;
        assert!(!has[loser], "{when}: both won");
        for project in self.clones() {
            project.run(["push"]).exits(0);
        }
        for project in self.clones() {
            project.run(["pull"]).exits(0);
            assert_eq!(self.look(project, when), self.wishes[winner].version, "{when}");
            assert_eq!(project.tip(), self.tom.tip(), "{when}");
            let lost = |deed: &Deed| matches!(deed, Deed::Promote(it) if it.proposal.to_string() == self.wishes[loser].proposal);
            assert!(!ledger(&project.folder()).iter().any(|event| lost(&event.act.act().deed)), "{when}");
        }
        assert!(!seen.contains(&self.wishes[loser].version), "{when}: what lost was served: {seen:?}");
        assert_eq!(self.omar.json(["verify"])["ok"], true, "{when}");
        winner
    }
}

/// Says that the work is over, also where it stopped in a panic.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A version of the prompt that everybody agreed on, so that only its promotion is left to do.
fn ready(project: &mut Project, thanks: &str) -> Wish {
    project.write("prompts/reply.md", prompt(thanks));
    project.as_person("tom").run(["commit", "-m", "thank people"]).exits(0);
    let version = project.sha256("prompts/reply.md");
    let proposal = proposed(project);
    shown(project, &proposal);
    let digest = dossier(project, &proposal);
    for person in ["ruth", "omar"] {
        project.as_person(person).run(["approve", &proposal, "--dossier", &digest]).exits(0);
    }
    Wish { proposal, version }
}

/// Every version that any command says or shows to be live of the prompt.
fn served(project: &Project, when: &str) -> BTreeSet<String> {
    let said = |args: &[&str]| {
        let document = project.json(args);
        document["version"].as_str().unwrap_or_else(|| panic!("{when}: {args:?}: {document}")).to_owned()
    };
    let bytes = project.run(["cat", "reply@production"]).exits(0).stdout;
    BTreeSet::from([
        project.live("production", "reply").as_str().unwrap().to_owned(),
        said(&["show", "reply@production"]),
        said(&["why", "production", "reply"]),
        Digest::of(bytes.as_bytes()).hex(),
        rendered(project),
    ])
}

/// The version whose words a model would be given.
fn rendered(project: &Project) -> String {
    let args = ["render", "reply@production", "--env", "production", "--var", "message=hm"];
    let shown = project.run(args).exits(0);
    let thanks = ALL.iter().find(|thanks| shown.stdout.contains(&format!("Thank you{thanks}."))).unwrap();
    Digest::of(prompt(thanks).as_bytes()).hex()
}

fn done(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// A promotion that is on its way.
struct Promotion {
    child: Child,
}

impl Promotion {
    fn begin(project: &Project, wish: &Wish, stop: Option<u64>) -> Self {
        let mut command = project.command(&["--json", "promote", &wish.proposal]);
        command.envs(stop.map(|step| ("CHANCERY_STOP_AT", step.to_string())));
        Self { child: command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap() }
    }

    /// Waits until it stands still at its step; `false` when it ends instead.
    fn stands_still(&mut self) -> bool {
        let mut said = String::new();
        BufReader::new(self.child.stderr.take().unwrap()).read_line(&mut said).unwrap();
        said.starts_with("stopped at step")
    }

    /// Waits until a note is there; `false` when it ends instead.
    fn comes_to(&mut self, note: &Path) -> bool {
        while self.child.try_wait().unwrap().is_none() {
            if note.exists() {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        note.exists()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn exit(self) -> i32 {
        self.child.wait_with_output().unwrap().status.code().unwrap()
    }
}

#[test]
fn a_promotion_that_is_overtaken_between_any_two_steps_towards_the_remote_is_never_served() {
    let (mut lost, mut won) = (0, 0);
    for call in 1.. {
        let when = format!("omar waits before git runs for the {call}. time");
        let mut race = Race::new();
        // Without a note called `go`, the n-th run of git waits for it.
        let waits = format!(
            "echo >> $HERE/calls\nif [ $(wc -l < $HERE/calls) = {call} ]; then\n\
             touch $HERE/waits; while [ ! -e $HERE/go ]; do sleep 0.01; done; fi"
        );
        let notes = race.omar.wraps_git(&waits);
        fs::write(notes.join("calls"), "").unwrap();
        let mut came = false;
        let ((ruth, omar), seen) = race.watched(&when, || {
            let mut omar = Promotion::begin(&race.omar, &race.wishes[1], None);
            came = omar.comes_to(&notes.join("waits"));
            let ruth = came.then(|| race.ruth.run(["promote", &race.wishes[0].proposal]).exit);
            fs::write(notes.join("go"), "").unwrap();
            (ruth, omar.exit())
        });
        match (race.settles(&seen, &when), ruth, omar) {
            (0, Some(0), 4) => lost += 1,
            (1, Some(4) | None, 0) => won += 1,
            other => panic!("{when}: {other:?}"),
        }
        if !came {
            break;
        }
    }
    assert!(lost >= 2 && won >= 1, "{lost} lost, {won} won");
}

#[test]
fn a_promotion_killed_at_any_write_is_served_if_and_only_if_the_remote_has_it() {
    for (killed, step) in (1..).step_by(stride()).enumerate() {
        let when = format!("omar is killed at step {step}");
        let race = Race::new();
        let mut omar = Promotion::begin(&race.omar, &race.wishes[1], Some(step));
        if !omar.stands_still() {
            assert_eq!(omar.exit(), 0, "{when}");
            assert!(killed > 3, "a promotion has more writes than {step}");
            break;
        }
        // Every other time somebody else promotes while nobody has found out.
        let ruth = (killed % 2 == 1).then(|| race.ruth.run(["promote", &race.wishes[0].proposal]).exit);
        let mut seen = race.look_closely(&race.omar, &when);
        omar.kill();
        seen.extend(race.look_closely(&race.omar, &when));
        let had = race.has(&race.wishes[1]);
        let again = race.omar.run(["promote", &race.wishes[1].proposal]);
        seen.insert(race.look(&race.omar, &when));
        let winner = race.settles(&seen, &when);
        match (ruth, had, winner, again.exit) {
            // The remote had it: it was carried out, and cannot be again.
            (None | Some(4), true, 1, 1) | (None, false, 1, 0) | (Some(0), false, 0, 4) => {}
            other => panic!("{when}: {other:?}: {again}"),
        }
    }
}
