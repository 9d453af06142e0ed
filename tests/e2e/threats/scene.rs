//! A shared ledger with an honest clone, a patched one, and a remote that anybody can do anything to.

use std::{fs, path::PathBuf, process::Command};

use chancery::{
    ledger::{Deed, Reason},
    object::EventId,
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(super) use crate::support::remote::git;
use crate::support::{Forge, Played, Project, story::story};

/// The story of the shop, shared: both clones have everything, and the remote has confirmed it to both.
pub(super) struct Scene {
    room: TempDir,
    /// The proposal that nobody has looked at.
    pub(super) open: String,
    /// An honest clone.
    pub(super) honest: Project,
    /// The clone of a person with a patched program.
    pub(super) forged: Project,
}

impl Scene {
    /// A scene of one's own.
    pub(super) fn new() -> Self {
        static SCENE: Played<Scene> = Played::new();
        SCENE.get(Self::play).copy()
    }

    fn play() -> Self {
        let (story, room) = (story(), tempfile::tempdir().unwrap());
        git(room.path(), &["init", "--quiet", "--bare", "remote.git"]);
        let forged = story.copy();
        forged.run(["remote", room.path().join("remote.git").to_str().unwrap()]).exits(0);
        forged.run(["push"]).exits(0);
        Self { room, open: story.open.clone(), honest: forged.copy(), forged }
    }

    fn copy(&self) -> Self {
        let room = tempfile::tempdir().unwrap();
        let done = Command::new("cp").arg("-r").arg(self.remote()).arg(room.path()).status().unwrap();
        assert!(done.success());
        let scene = Self { room, open: self.open.clone(), honest: self.honest.copy(), forged: self.forged.copy() };
        scene.shares(&scene.honest, true);
        scene.shares(&scene.forged, true);
        scene
    }

    /// Has a clone remember this scene's remote.
    pub(super) fn shares(&self, project: &Project, confirmed: bool) {
        let remote = json!({ "url": self.url(), "confirmed": confirmed });
        project.write(".chancery/clone/remote", remote.to_string());
    }

    /// The remote.
    pub(super) fn remote(&self) -> PathBuf {
        self.room.path().join("remote.git")
    }

    /// The remote, as it is typed.
    pub(super) fn url(&self) -> String {
        self.remote().to_str().unwrap().to_owned()
    }

    /// Git on the remote, by whoever keeps it; answers what it prints.
    pub(super) fn git(&self, args: &[&str]) -> String {
        git(&self.remote(), args)
    }

    /// The hands of a patched program.
    pub(super) fn forge(&self) -> Forge {
        Forge::of(&self.forged)
    }

    /// Puts what the patched clone has on the remote.
    pub(super) fn offer(&self) {
        self.forge().push(&self.remote());
    }

    /// Something small that tom may say about the open proposal.
    pub(super) fn word(&self) -> Deed {
        Deed::Withdraw(Reason { proposal: EventId(self.open.parse().unwrap()), message: "never mind".to_owned() })
    }

    /// Pull and push refuse what the remote has; the honest clone is as it was, is sound, and goes on.
    #[track_caller]
    pub(super) fn refused(&self, code: &str, exit: i32) -> Value {
        let clone = &self.honest;
        let before = standing(clone);
        let document = clone.json(["pull"]);
        assert_eq!((&document["code"], &document["exit"]), (&json!(code), &json!(exit)), "{document:#}");
        let pushed = clone.json(["push"]);
        assert_eq!((&pushed["code"], &pushed["exit"]), (&json!(code), &json!(exit)), "push: {pushed:#}");
        assert_eq!(standing(clone), before, "{document:#}");
        sound(clone);
        let page = clone.run(["pull"]).exits(exit);
        for line in page.stderr.lines() {
            assert!(line.chars().count() <= 80, "wider than a screen: {line}");
        }
        goes_on(clone);
        document
    }

    /// Whoever has nothing yet refuses it too, and no folder is left behind.
    #[track_caller]
    pub(super) fn refused_to_newcomers(&self, code: &str, exit: i32) -> Value {
        let newcomer = Project::new();
        let document = newcomer.json(["clone", &self.url(), "shop"]);
        assert_eq!((&document["code"], &document["exit"]), (&json!(code), &json!(exit)), "{document:#}");
        assert!(!newcomer.folder().join("shop").exists(), "{document:#}");
        document
    }

    /// The twin of every attack: without it, everybody takes what is there.
    #[track_caller]
    pub(super) fn accepted(&self) {
        let before = events(&self.honest);
        self.honest.run(["pull"]).exits(0);
        assert!(events(&self.honest) >= before);
        sound(&self.honest);
        Project::new().run(["clone", &self.url(), "shop"]).exits(0);
        goes_on(&self.honest);
        self.honest.run(["push"]).exits(0);
    }
}

/// What a clone says of itself, and where its refs stand.
fn standing(project: &Project) -> (Value, Value, Vec<String>) {
    let refs = ["chancery/ledger", "remotes/shared/ledger"].map(|name| {
        let file = project.folder().join(".chancery/refs").join(name);
        fs::read_to_string(file).unwrap()
    });
    (project.json(["env"]), project.json(["status"]), refs.to_vec())
}

/// How many events a clone has.
pub(super) fn events(project: &Project) -> u64 {
    project.json(["verify"])["events"].as_u64().unwrap()
}

/// Stops the test unless `verify` says yes.
#[track_caller]
pub(super) fn sound(project: &Project) {
    let document = project.json(["verify"]);
    assert_eq!(document["ok"], true, "{document:#}");
}

/// A clone can still record.
#[track_caller]
pub(super) fn goes_on(project: &Project) {
    let before = events(project);
    project.write("policies/calm.md", format!("Stay calm, {before} times.\n"));
    project.run(["commit", "-m", "calm"]).exits(0);
    assert_eq!(events(project), before + 1);
}
