//! `why`: from something that is or was live to everybody who let it through, and to the proof.

mod chain;
mod measured;
mod pack;
mod subject;
#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{Answer, ArtifactName, Failure, Live, Stamp, World, standing::Standing};
use crate::{
    clock::Time,
    eval::ReplySource,
    name::{Environment, Handle, Kind, Name, Role},
    object::{BundleId, Digest, DossierId, EventId, Prefix, VersionId},
    report::{FindingSheet, OverrideLine},
    workspace::SourceTree,
};

/// What is asked about.
#[derive(Debug, Clone)]
pub enum Subject {
    /// What an application logged.
    Stamp(Stamp),
    /// A bundle, by the first digits of its id.
    Bundle(Prefix),
    /// What is, or was, live of an artifact.
    Live {
        /// Where.
        environment: Environment,
        /// Of what.
        artifact: ArtifactName,
        /// When; absent for now.
        at: Option<Time>,
    },
}

/// The chain of responsibility.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The project's name.
    pub project: String,
    /// Overrides there that nobody has reviewed yet.
    pub overrides: Vec<OverrideLine>,
    /// Where it is or was live.
    pub environment: Environment,
    /// What it is, as a person would type it.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// Its version.
    pub version: VersionId,
    /// The commit that made it.
    pub number: u64,
    /// The bundle it was served as; absent for what is no prompt.
    pub bundle: Option<BundleId>,
    /// What an application logs with each decision made with it.
    pub stamp: Option<String>,
    /// Whether it is live still.
    pub live: bool,
    /// Since when it was live.
    pub since: Time,
    /// What ended that; absent while it is live.
    pub until: Option<Step>,
    /// The bundle's parts, or the artifact alone.
    pub members: Vec<Live>,
    /// Who committed what is new in it, oldest first.
    pub authors: Vec<Author>,
    /// Who asked for it to be live; absent where an environment follows the heads.
    pub proposer: Option<Word>,
    /// What was measured of it.
    pub evidence: Vec<Measured>,
    /// Who approved, and what they were shown.
    pub approvals: Vec<Word>,
    /// Who reviewed, and what they were shown.
    pub reviews: Vec<Word>,
    /// What was objected to before it went live, and what became of it.
    pub findings: Vec<FindingSheet>,
    /// The move that first made it live.
    pub promotion: Step,
    /// The rollback that put it back, where one did.
    pub returned: Option<Step>,
    /// The rules it was judged by: payload digest of `chancery.toml`.
    pub rules: Digest,
    /// Where the proof stands.
    pub ledger: Ledger,
    /// The files of the proof that were written; absent unless asked for.
    pub packed: Option<Vec<String>>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.why/1";
}

/// One move of the environment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// The event.
    pub event: EventId,
    /// Its place.
    pub seq: u64,
    /// When.
    pub time: Time,
    /// Who.
    pub person: Handle,
    /// `commit`, `promote`, `override`, `adopt` or `rollback`.
    pub kind: String,
    /// The proposal carried out.
    pub proposal: Option<EventId>,
    /// The dossier the gate weighed.
    pub dossier: Option<DossierId>,
    /// For an override: what was waived, and why.
    pub waived: Option<Waived>,
}

/// What an override waived, and whether anybody has looked since.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waived {
    /// The rules, by their words, sorted.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Until when it must have been reviewed.
    pub expires: Time,
    /// Who reviewed it; absent while nobody has.
    pub reviewed: Option<Word>,
}

/// One commit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Author {
    /// What was committed, as a person would type it.
    pub artifact: String,
    /// Who committed.
    pub person: Handle,
    /// Declared authors besides.
    pub authors: Vec<Handle>,
    /// When.
    pub time: Time,
    /// The event.
    pub event: EventId,
    /// The version; absent for a deletion.
    pub version: Option<VersionId>,
    /// Why.
    pub message: String,
}

/// A proposal, an approval or a review.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Word {
    /// Who.
    pub person: Handle,
    /// What they were then.
    pub roles: Vec<Role>,
    /// When.
    pub time: Time,
    /// The event.
    pub event: EventId,
    /// What they were shown; absent for a proposal.
    pub dossier: Option<DossierId>,
    /// Whether they had a hand in what was proposed: allowed only where the rule lets authors approve.
    pub solo: bool,
    /// What they said.
    pub message: String,
}

/// One attested run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// The event that attests it.
    pub event: EventId,
    /// The event that announced it.
    pub announced: EventId,
    /// Who ran it.
    pub evaluator: Handle,
    /// When.
    pub time: Time,
    /// The prompt.
    pub prompt: Name,
    /// The suite.
    pub suite: Name,
    /// The suite's version.
    pub version: VersionId,
    /// How many cases were run.
    pub cases: u64,
    /// Cases of which every sample passed.
    pub passed: u64,
    /// Where the replies came from, sorted; `unsigned` ones nobody vouches for.
    pub sources: Vec<ReplySource>,
    /// Whether the dossier that the gate weighed shows it.
    pub weighed: bool,
}

/// Where the proof stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ledger {
    /// How many events there are.
    pub events: u64,
    /// The newest.
    pub tip: EventId,
    /// Always false: this command reads, `verify` verifies.
    pub verified: bool,
}

/// Walks from the subject to everybody responsible, and writes the proof into an empty folder where one is given.
///
/// # Errors
///
/// `unknown-stamp`, `foreign-stamp`, `unknown-bundle`, `ambiguous-id`, `not-live`, `pack-not-empty`.
pub fn run(world: &World, subject: &Subject, pack: Option<&dyn SourceTree>) -> Result<Outcome, Failure> {
    loop {
        let now = Standing::read(world)?;
        let walked = subject::find(world, &now, subject).and_then(|found| {
            let outcome = chain::trace(world, &now, &found)?;
            Ok((found, outcome))
        });
        match (walked, pack) {
            (Ok((_, outcome)), None) => return Ok(outcome),
            (Ok((found, outcome)), Some(folder)) => {
                let packed = Some(pack::write(world, &now, &found, &outcome, folder)?);
                return Ok(Outcome { packed, ..outcome });
            }
            // Another process may put this clone's own events after those of others in the middle of the walk: what was
            // read of one order does not fit what was read of the other.
            (Err(_), _) if world.journal.tip()?.is_some_and(|tip| tip != now.tip) => {}
            (Err(failure), _) => return Err(failure),
        }
    }
}
