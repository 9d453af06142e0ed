//! `chancery keys`: which key signs here.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    name::Role,
    ops::keys::{self, Outcome},
    ui::{Line, Page},
};

/// Show which key signs here, where it was found, and whose it is
///
/// It is the key of `--key`, else of `CHANCERY_SIGNING_KEY`, else git's `user.signingKey`, else
/// `~/.ssh/id_ed25519`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery keys
  chancery --key ~/.ssh/work_ed25519 keys")]
pub(super) struct KeysArgs {}

pub(super) fn run(_args: &KeysArgs, wire: &Wire) -> face::Outcome {
    let (signer, source) = wire.signer();
    // Only of a project that has begun can be told whose key it is; asking begins none.
    let begun = wire.project().ok().filter(|folder| folder.join(".chancery").is_dir());
    let world = begun.and_then(|folder| wire.world_at(&folder).ok());
    shown(keys::run(&signer, &source, world.as_ref()))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let mut fields =
            vec![("fingerprint", Line::new().name(&self.fingerprint)), ("from", Line::new().text(&self.source))];
        if let Some(project) = &self.project {
            let roles: Vec<&str> = self.roles.iter().map(Role::as_str).collect();
            let owner = match &self.person {
                Some(person) if roles.is_empty() => {
                    Line::new().name(person.as_str()).text(format!(" in {project}, without a role"))
                }
                Some(person) => Line::new().name(person.as_str()).text(format!(" in {project}: {}", roles.join(", "))),
                None => Line::new().warning("nobody").text(format!(" in {project}, by the rules in force")),
            };
            fields.push(("whose", owner));
        }
        page.fields(fields);
        page.line(Line::new().text(&self.key));
        if self.project.is_some() && self.person.is_none() {
            page.note("With this key you may read and record nothing: use a listed one with `--key FILE`, or have root add it.");
            page.next("chancery people");
        }
    }
}
