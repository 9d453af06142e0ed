//! A project with a past: something live by the rules, and something worse proposed.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::{
    Project,
    shop::{dossier, prompt, proposed, shop, shown},
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
}

/// The story, played once however many tests ask for it at the same time.
pub(crate) fn story() -> Arc<Story> {
    static PLAYED: Mutex<Weak<Story>> = Mutex::new(Weak::new());
    let mut played = PLAYED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(story) = played.upgrade() {
        return story;
    }
    let story = Arc::new(play());
    *played = Arc::downgrade(&story);
    story
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
