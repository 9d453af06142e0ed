//! `init`: a folder becomes a project, and its rules the first event.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Answer, Failure, World, record, rules_file, secrecy};
use crate::{
    governance::{FILE, Governance},
    name::{Handle, Name},
    object::{Digest, EventId},
    problem::{Problem, quoted},
    scan::Exceptions,
    trust::{PublicKey, SignerError, Verb},
    workspace::{ScaffoldError, Starter, scaffold},
};

/// What the caller wants to begin.
#[derive(Debug, Clone)]
pub struct Request {
    /// What to start from.
    pub starter: Starter,
    /// What the project may be called, best first; the first with anything legal in it is taken.
    pub project: Vec<String>,
    /// The caller's handle, where it was given.
    pub handle: Option<Handle>,
    /// What else the caller may be called, best first: git's name for them, the login.
    pub called: Vec<String>,
    /// Where the project is, as the caller sees it.
    pub path: String,
    /// The key file that was made for it.
    pub new_key: Option<String>,
}

/// A project that has begun.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The project's id: the digest of its first rules.
    pub project: Digest,
    /// Its name.
    pub name: String,
    /// The first event.
    pub event: EventId,
    /// Where it is.
    pub path: String,
    /// The caller, its first root.
    pub handle: Handle,
    /// The files that were written or added to.
    pub files: Vec<String>,
    /// The key file that was made.
    pub new_key: Option<String>,
    /// Whether the rules were there before and were recorded as they stand.
    pub adopted: bool,
    /// What is worth knowing about the rules.
    pub warnings: Vec<Problem>,
}

impl Outcome {
    /// Whether files to commit were written.
    #[must_use]
    pub fn has_artifacts(&self) -> bool {
        self.files.iter().any(|file| file.starts_with("prompts/"))
    }
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.init/1";
}

/// Writes what a project begins with, and records its rules as the first event.
///
/// Everything that can be refused is refused before anything is written. A run that was killed is finished by the
/// same command: what it wrote is found as it should be.
///
/// # Errors
///
/// `already-begun`; a refusal when an existing `chancery.toml` does not list the caller as root; `files-exist`.
pub fn run(world: &World, request: Request) -> Result<Outcome, Failure> {
    if world.journal.tip()?.is_some() {
        return Err(Failure::cannot("already-begun", format!("`{}` is a project already", request.path))
            .because("its ledger has a first event")
            .run("chancery status"));
    }
    let key = world.signer.as_ref().map_err(|error| no_key(error.clone()))?.key().clone();
    let existing = world.tree.read(FILE)?;
    let adopted = existing.is_some();
    let handle = if let Some(bytes) = existing {
        listed_root(&bytes, &key, request.handle)?
    } else {
        request.handle.or_else(|| legal_handle(&request.called)).ok_or_else(no_handle)?
    };
    let people = person(&handle, &key, request.starter);
    let name = request.project.iter().find_map(|text| legal(text)).unwrap_or_else(|| "project".to_owned());
    let files = scaffold(world.tree.as_ref(), request.starter, &name, &people).map_err(not_written)?;
    let bytes = world.tree.read(FILE)?.ok_or_else(|| Failure::bug("the rules went away while they were read"))?;
    let (governance, warnings) = Governance::parse(FILE, &bytes)?;
    let project = Digest::of(&bytes);
    secrecy::refuse(secrecy::in_text(&Exceptions::new(project, []), FILE, &bytes))?;
    world.store.put(&[&bytes])?;
    let recorded = record::begin(world, handle.clone(), project)?;
    rules_file::in_step(world, project);
    let (path, new_key) = (request.path, request.new_key);
    Ok(Outcome {
        project,
        name: governance.project,
        event: recorded.event,
        path,
        handle,
        files,
        new_key,
        adopted,
        warnings,
    })
}

/// The root of existing rules whose key this is.
fn listed_root(bytes: &[u8], key: &PublicKey, handle: Option<Handle>) -> Result<Handle, Failure> {
    let (governance, _) = Governance::parse(FILE, bytes)?;
    let people = &governance.people;
    let Some((owner, _)) = people.owner(key) else {
        let listed = quoted(people.people.keys(), ", ");
        return Err(Failure::refused("unknown-key", "your key is not in the `chancery.toml` that stands here")
            .because(format!("it is {}; the keys listed are those of {listed}", key.fingerprint()))
            .say("sign with a root's key (`--key FILE`), or list yours under `[people.NAME]` with the role `root`"));
    };
    if !people.may(owner, Verb::Govern, &[], None) {
        let roots = people.people.keys().filter(|handle| people.may(handle, Verb::Govern, &[], None));
        return Err(Failure::refused("not-allowed", format!("`{owner}` is not a root of the rules that stand here"))
            .because(format!("a project is begun by one of its roots: {}", quoted(roots, ", ")))
            .say("begin with a root's key: `--key FILE`"));
    }
    match handle.filter(|wanted| wanted != owner) {
        None => Ok(owner.clone()),
        Some(wanted) => {
            Err(Failure::cannot("other-handle", format!("your key belongs to `{owner}`, not to `{wanted}`"))
                .because("`chancery.toml` stands here already and says so")
                .say("leave `--handle` away"))
        }
    }
}

/// The caller's table in `chancery.toml`.
fn person(handle: &Handle, key: &PublicKey, starter: Starter) -> String {
    let roles: &[&str] = match starter {
        // Enough to bring a change as far as staging, where the rules need nobody else.
        Starter::Empty => &["root", "author", "evaluator"],
        Starter::SupportAgent | Starter::Solo | Starter::SoloSupportAgent => {
            &["root", "author", "evaluator", "reviewer", "release"]
        }
    };
    let bare = handle.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let table = if bare { handle.to_string() } else { format!("\"{handle}\"") };
    let roles: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
    let mut text = String::new();
    let _ = write!(text, "[people.{table}]\nkeys = [\"{key}\"]\nroles = [{}]", roles.join(", "));
    text
}

fn legal_handle(called: &[String]) -> Option<Handle> {
    called.iter().find_map(|text| Handle::parse(&legal(text)?).ok())
}

/// The nearest name without folders: `Maya O'Brien` is `maya-obrien`.
fn legal(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' })
        .collect();
    let words: Vec<&str> = kept.split('-').map(|word| word.trim_matches('.')).filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    Name::parse(&name).ok().map(|_| name)
}

/// Nobody can begin without a key; one can be made on the spot.
#[must_use]
pub fn no_key(error: SignerError) -> Failure {
    Failure::from(error).say("or make a key for this project: `chancery init --new-key FILE`")
}

fn no_handle() -> Failure {
    Failure::cannot("no-handle", "cannot tell what to call you")
        .because("neither git's `user.name` nor the login gives a handle")
        .run("chancery init --handle NAME")
}

fn not_written(error: ScaffoldError) -> Failure {
    match error {
        ScaffoldError::Tree(error) => error.into(),
        ScaffoldError::Exists(files) => {
            Failure::cannot("files-exist", "files stand where those of the project would go")
                .because(format!("nothing was written; there already: {}", quoted(files, ", ")))
                .say("move them away, or begin in another folder: `chancery init DIR`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_name_becomes_a_handle() {
        for (text, wanted) in [
            ("Maya O'Brien", Some("maya-obrien")),
            ("  Tom   Smith ", Some("tom-smith")),
            ("ci_bot.2", Some("ci_bot.2")),
            ("Jürgen (ops)", Some("jürgen-ops")),
            ("-x-", Some("x")),
            ("…", None),
            ("", None),
        ] {
            assert_eq!(legal(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn the_rules_of_every_starter_are_accepted_with_whoever_begins() {
        let key = PublicKey::parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8rFTyeDRUrADkUZ9Ut4jRJbZLxMxHBgQ5sBu2G0EwO");
        let Ok(key) = key else { return };
        for starter in [Starter::Empty, Starter::Solo, Starter::SupportAgent, Starter::SoloSupportAgent] {
            let tree = crate::adapters::memory::MemoryTree::new();
            let handle = Handle::parse("maya.b").unwrap();
            scaffold(&tree, starter, "shop", &person(&handle, &key, starter)).unwrap();
            let bytes = crate::workspace::SourceTree::read(&tree, FILE).unwrap().unwrap();
            let read = Governance::parse(FILE, &bytes).map(|(rules, _)| rules.people.owner(&key).is_some());
            assert_eq!(read, Ok(true), "{starter:?}");
        }
    }
}
