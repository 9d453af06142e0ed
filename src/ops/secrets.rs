//! `secrets`: what looks like a secret and is said to be none.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Answer, Failure, Recorded, World, record::record, secrecy, standing::Standing};
use crate::{
    clock::Time,
    governance::FILE,
    ledger::{Deed, Exception},
    name::Handle,
    object::{Digest, EventId, Prefix},
    problem::Problem,
    workspace::load_all,
};

/// The exceptions in force.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// All of them, oldest first.
    pub exceptions: Vec<Line>,
    /// How many kinds of secrets are looked for.
    pub rules: usize,
}

/// One exception.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// What it is about: the digest of a tag, the project's id and what was found.
    pub fingerprint: Digest,
    /// Who said that it is no secret.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// The event.
    pub event: EventId,
    /// Why.
    pub reason: String,
}

impl Answer for Listed {
    const SCHEMA: &'static str = "chancery.secrets/1";
}

/// Something that is said to be no secret from now on.
#[derive(Debug, Serialize)]
pub struct Allowed {
    /// What it is about.
    pub fingerprint: Digest,
    /// The event.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// Why.
    pub reason: String,
}

impl Answer for Allowed {
    const SCHEMA: &'static str = "chancery.secrets-allow/1";
}

/// Lists the exceptions in force.
///
/// # Errors
///
/// When the state cannot be read.
pub fn list(world: &World) -> Result<Listed, Failure> {
    let standing = Standing::read(world)?;
    let line = |record: crate::state::ExceptionRecord| Line {
        fingerprint: record.fingerprint,
        person: record.person,
        time: record.time,
        event: record.event,
        reason: record.reason,
    };
    let exceptions = standing.state().exceptions()?.into_iter().map(line).collect();
    Ok(Listed { exceptions, rules: crate::scan::rule_count() })
}

/// Says of a fingerprint that it is no secret. A prefix means the one find in the working files that begins so.
///
/// # Errors
///
/// `no-such-secret` for a prefix that no find has, `ambiguous-id` for one that several have, and the refusal of the
/// rules: `not-allowed`, `already-excepted`.
pub fn allow(world: &World, fingerprint: &str, reason: String) -> Result<Allowed, Failure> {
    if reason.trim().is_empty() {
        return Err(Failure::usage("the message is empty").say("say why in a line: `-m \"a key of the sandbox\"`"));
    }
    let fingerprint = match fingerprint.parse::<Digest>() {
        Ok(fingerprint) => fingerprint,
        Err(_) => found(world, fingerprint)?,
    };
    let deed = Deed::Except(Exception { fingerprint, reason: reason.clone() });
    let Recorded { event, shared, .. } = record(world, deed)?;
    Ok(Allowed { fingerprint, event, shared, reason })
}

/// The one find in the working files whose fingerprint begins so.
fn found(world: &World, text: &str) -> Result<Digest, Failure> {
    let usage = || Failure::usage(format!("`{}` is no fingerprint", text.escape_debug())).run("chancery check");
    let prefix = Prefix::parse(text).ok_or_else(usage)?;
    let standing = Standing::read(world)?;
    let exceptions = secrecy::exceptions(&standing)?;
    let loaded = load_all(world.tree.as_ref(), &standing.governance.sources)?;
    let rules = world.tree.read(FILE)?.unwrap_or_default();
    let files = loaded.artifacts.values();
    let problems = files.flat_map(|file| secrecy::problems(&exceptions, &file.path, &file.source));
    let problems = problems.chain(secrecy::in_text(&exceptions, FILE, &rules));
    let fingerprint = |problem: Problem| problem.fingerprint?.parse::<Digest>().ok();
    let matching: BTreeSet<Digest> = problems.filter_map(fingerprint).filter(|found| prefix.matches(found)).collect();
    let mut matching = matching.into_iter();
    match (matching.next(), matching.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::cannot("no-such-secret", format!("nothing that was found is called `{text}`"))
            .because("no file here holds a secret whose fingerprint begins so; only all 64 digits name others")
            .run("chancery check")),
        (Some(_), Some(_)) => {
            Err(Failure::cannot("ambiguous-id", format!("`{text}` begins several fingerprints")).run("chancery check"))
        }
    }
}
