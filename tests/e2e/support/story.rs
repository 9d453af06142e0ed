//! A project with a past: something live by the rules, and something worse proposed.

use std::sync::Arc;

use chancery::{
    ledger::{Deed, Reason},
    object::EventId,
};

use super::{
    Played, Project,
    shop::{dossier, made, prompt, proposed, rules, shop, shown},
};

/// The story as it was played, for copies to be taken of.
pub(crate) struct Story {
    project: Project,
    /// The proposal for production that nobody has looked at: a reply without thanks.
    pub(crate) open: String,
}

impl Story {
    /// A copy of the project to do anything to.
    pub(crate) fn copy(&self) -> Project {
        self.project.copy()
    }

    /// Something small that whoever proposed it may say about it, and hardly anybody else.
    pub(crate) fn word(&self) -> Deed {
        Deed::Withdraw(Reason { proposal: EventId(self.open.parse().unwrap()), message: "never mind".to_owned() })
    }
}

/// The story, played once however many tests ask for it at the same time.
pub(crate) fn story() -> Arc<Story> {
    static STORY: Played<Story> = Played::new();
    STORY.get(play)
}

fn play() -> Story {
    let mut project = shop();
    let first = proposed(&mut project);
    shown(&mut project, &first);
    let digest = dossier(&project, &first);
    for person in ["ruth", "omar"] {
        project.as_person(person).run(["approve", &first, "--dossier", &digest]).exits(0);
    }
    project.as_person("ruth").run(["promote", &first]).exits(0);
    project.write("prompts/reply.md", prompt("").replace("Thank you", "Go away"));
    project.as_person("tom").run(["commit", "-m", "ruder"]).exits(0);
    let open = proposed(&mut project);
    Story { project, open }
}

/// A project in which everything that can be recorded was recorded.
pub(crate) fn everything() -> Project {
    let mut project = shop();
    let first = proposed(&mut project);
    project.as_person("ruth").run(["promote", &first]).exits(1);
    shown(&mut project, &first);
    let digest = dossier(&project, &first);
    for person in ["ruth", "omar"] {
        project.as_person(person).run(["approve", &first, "--dossier", &digest]).exits(0);
    }
    project.as_person("ruth").run(["promote", &first]).exits(0);
    project.write("prompts/reply.md", prompt(" very much"));
    project.as_person("tom").run(["commit", "-m", "warmer"]).exits(0);
    let second = proposed(&mut project);
    project.as_person("ruth").run(["reject", &second, "-m", "too warm"]).exits(0);
    let third = made(project.as_person("tom").json(["propose", "production", "-m", "again"]));
    project.run(["withdraw", &third]).exits(0);
    project.as_person("ruth").run(["rollback", "staging", "-m", "as it was"]).exits(0);
    project.write("policies/tone.md", "Be brief.\n");
    project.as_person("maya").run(["commit", "-m", "a tone"]).exits(0);
    project.run(["mv", "tone", "style"]).exits(0);
    project.run(["rm", "style"]).exits(0);
    project.write("chancery.toml", rules(&["maya", "ruth", "omar", "ci"]));
    let fourth = made(project.as_person("maya").json(["propose", "governance", "-m", "tom leaves"]));
    project.run(["promote", &fourth]).exits(0);
    project
}
