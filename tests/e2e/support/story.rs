//! A project with a past: something live by the rules, and something worse proposed.

use std::sync::Arc;

use chancery::{
    ledger::{Deed, Reason},
    object::EventId,
};

use super::{
    Played, Project,
    shop::{dossier, everybodys, made, prompt, proposed, rules, shop, shop_under, shown},
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

/// An environment whose soak may be waived, and one that takes what somebody asks for and has never moved.
const MORE: &str = r#"
[environments.trial]
after = "dev"
soak = "1h"
waivable = ["soak"]
gate = "open"

[environments.booth]
gate = "open"
"#;

/// A project in which everything that can be recorded was recorded.
pub(crate) fn everything() -> Project {
    let mut project = shop_under(&(everybodys() + MORE));
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
    objected(&mut project, &second);
    project.as_person("ruth").run(["reject", &second, "-m", "too warm"]).exits(0);
    let third = made(project.as_person("tom").json(["propose", "production", "-m", "again"]));
    project.run(["withdraw", &third]).exits(0);
    project.as_person("ruth").run(["rollback", "staging", "-m", "as it was"]).exits(0);
    let lift = made(project.json(["requalify", "reply", "--env", "staging", "-m", "it was not the reply"]));
    project.run(["promote", &lift]).exits(0);
    beside(&mut project);
    stopped(&mut project);
    project.write("policies/tone.md", "Be brief.\n");
    project.as_person("maya").run(["commit", "-m", "a tone"]).exits(0);
    project.run(["mv", "tone", "style"]).exits(0);
    project.run(["rm", "style"]).exits(0);
    project.write("chancery.toml", rules(&["maya", "ruth", "omar", "ci"]) + MORE);
    let fourth = made(project.as_person("maya").json(["propose", "governance", "-m", "tom leaves"]));
    project.run(["promote", &fourth]).exits(0);
    project
}

/// Somebody objects, and the objection is answered.
fn objected(project: &mut Project, proposal: &str) {
    let (at, quote) = ("prompts/reply.md:7", "Thank you very much");
    let open = ["finding", "open", proposal, "--at", at, "--quote", quote, "-m", "too much"];
    let finding = project.as_person("ruth").json(open)["finding"].as_str().unwrap().to_owned();
    project.run(["finding", "justify", &finding, "-m", "customers like it"]).exits(0);
}

/// What runs is taken over, a rule is gone past, and what looks like a secret is said to be none.
fn beside(project: &mut Project) {
    project.write("running.txt", "parrot@v1\nreply@v1\n");
    project.as_person("maya").run(["adopt", "booth", "running.txt", "-m", "live since May"]).exits(0);
    project.run(["secrets", "allow", &"5e".repeat(32), "-m", "a made-up number"]).exits(0);
    let trial = made(project.as_person("tom").json(["propose", "trial", "-m", "at once"]));
    let past = ["promote", &trial, "--override", "soak", "-m", "refunds are down", "--expires", "24h"];
    let event = project.as_person("ruth").json(past)["event"].as_str().unwrap().to_owned();
    project.as_person("omar").run(["override", "review", &event, "-m", "I agree"]).exits(0);
}

/// Promotions and serving are stopped, and go on.
fn stopped(project: &mut Project) {
    for verb in ["freeze", "thaw"] {
        project.as_person("ruth").run([verb, "staging", "-m", "an incident"]).exits(0);
    }
    for verb in ["halt", "resume"] {
        project.run([verb, "--artifact", "reply", "-m", "an incident"]).exits(0);
    }
}
