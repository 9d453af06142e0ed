//! What can be done: one variant a kind of act.

mod exceptional;
mod objections;
mod stops;
mod words;

use serde::{Deserialize, Serialize};

pub use exceptional::{Adoption, Exception, Override, OverrideReview};
pub use objections::{Answer, Closing, Finding};
pub use stops::{Freeze, Halt};

use crate::{
    clock::Time,
    name::{Artifact, Environment, Handle, Name},
    object::{BundleId, Digest, DossierId, EventId, VersionId},
};

/// The word proposals use for the rules themselves, where others name an environment.
pub const GOVERNANCE: &str = "governance";

/// The facts of an act. An unknown kind does not parse: skipping it could invent a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "facts", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Deed {
    /// The project begins, with these rules.
    Init {
        /// Payload: the bytes of `chancery.toml`.
        governance: Digest,
    },
    /// Versions are recorded.
    Commit(Commit),
    /// A run begins; until it is completed it counts as a no.
    Announce(Announcement),
    /// An announced run is completed.
    Evidence(Evidence),
    /// A change of an environment is asked for.
    Propose(Proposal),
    /// A proposal is taken back by who made it.
    Withdraw(Reason),
    /// A proposal is refused.
    Reject(Reason),
    /// A review of a dossier is completed.
    Review(Review),
    /// A proposal is approved.
    Approve(Approval),
    /// A proposal is carried out: the environment moves.
    Promote(Promotion),
    /// An environment goes back to what was live.
    Rollback(Rollback),
    /// Somebody tried and was refused.
    Attempt(Attempt),
    /// Payload goes, for good and everywhere.
    Purge(Purge),
    /// Nothing is promoted into an environment any more.
    Freeze(Freeze),
    /// Promotions into an environment again.
    Thaw(Freeze),
    /// Something is not served any more.
    Halt(Halt),
    /// It is served again.
    Resume(Halt),
    /// An objection is raised.
    Finding(Finding),
    /// An objection is closed.
    Answer(Answer),
    /// A proposal is carried out although named rules do not hold.
    Override(Override),
    /// An override is looked at afterwards.
    OverrideReview(OverrideReview),
    /// What already runs is recorded.
    Adopt(Adoption),
    /// What looks like a secret is said to be none.
    Except(Exception),
}

impl Deed {
    /// The word for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Init { .. } => "init",
            Self::Commit(_) => "commit",
            Self::Announce(_) => "announce",
            Self::Evidence(_) => "evidence",
            Self::Propose(_) => "propose",
            Self::Withdraw(_) => "withdraw",
            Self::Reject(_) => "reject",
            Self::Review(_) => "review",
            Self::Approve(_) => "approve",
            Self::Promote(_) => "promote",
            Self::Rollback(_) => "rollback",
            Self::Attempt(_) => "attempt",
            Self::Purge(_) => "purge",
            Self::Freeze(_) => "freeze",
            Self::Thaw(_) => "thaw",
            Self::Halt(_) => "halt",
            Self::Resume(_) => "resume",
            Self::Finding(_) => "finding",
            Self::Answer(_) => "answer",
            Self::Override(_) => "override",
            Self::OverrideReview(_) => "override-review",
            Self::Adopt(_) => "adopt",
            Self::Except(_) => "except",
        }
    }
}

/// Versions of some artifacts, in one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// Why.
    pub message: String,
    /// Declared authors besides the committer, sorted.
    pub authors: Vec<Handle>,
    /// What changed, sorted by artifact.
    pub changes: Vec<HeadChange>,
}

/// One artifact's new head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadChange {
    /// The artifact.
    pub artifact: Artifact,
    /// The head this one replaces: its event; absent for a new artifact.
    pub moved: Option<EventId>,
    /// The artifact it was called before, whose head this one replaces too.
    pub renamed_from: Option<Artifact>,
    /// Its version; absent for a deletion.
    pub version: Option<VersionId>,
    /// Whether the version is a listing of several files; false for one file and for deletions.
    pub listed: bool,
    /// Where the file stands, relative to the project folder; absent for a deletion.
    pub path: Option<String>,
    /// For prompts: whether the body is a template. Absent for other kinds and deletions.
    pub template: Option<bool>,
}

/// A run that begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// The prompt under test.
    pub prompt: Name,
    /// Its bundle.
    pub bundle: BundleId,
    /// The suite.
    pub suite: Name,
    /// The suite's version.
    pub version: VersionId,
    /// Samples a case.
    pub repeat: u32,
    /// Ids of the cases that will be run, sorted.
    pub cases: Vec<String>,
}

/// The outcome of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every check held.
    Passed,
    /// At least one check did not.
    Failed,
    /// There was no reply to check.
    Errored,
}

/// One case run once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The case's id.
    pub case: String,
    /// Which repetition, from 0.
    pub sample: u32,
    /// Payload: the reply's canonical JSON; absent when errored.
    pub reply: Option<Digest>,
    /// Where the reply came from: `live`, `signed` or `unsigned`.
    pub source: crate::eval::ReplySource,
    /// What the checks said. The gate re-scores; it never trusts this.
    pub outcome: Outcome,
    /// Tokens sent: the provider's count, or the evaluator's where the provider gives none; absent where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_in: Option<u32>,
    /// Tokens received, counted alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_out: Option<u32>,
    /// How long the reply took, in milliseconds, as the evaluator measured; left out where no check asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
    /// Payload: what others said of the reply, in the order in which the case asks them; left out where it asks nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Digest>,
}

impl Sample {
    /// Everything it names that is kept: the reply, and what others said of it.
    pub fn kept(&self) -> impl Iterator<Item = Digest> + '_ {
        self.reply.into_iter().chain(self.votes.iter().copied())
    }
}

/// The result of an announced run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The announcement.
    pub announced: EventId,
    /// Every sample of every announced case, sorted by case and sample.
    pub samples: Vec<Sample>,
    /// Models the provider said it used, sorted.
    pub models: Vec<String>,
}

/// Something live that a change moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveChange {
    /// The artifact.
    pub artifact: Artifact,
    /// What is live; absent when nothing is.
    pub from: Option<VersionId>,
    /// What shall be live; absent for a deletion.
    pub to: Option<VersionId>,
    /// The event that made `from` live.
    pub moved: Option<EventId>,
}

impl LiveChange {
    /// Whether what is live, with the event that made it so, is what this change replaces.
    pub fn stands_on(&self, live: Option<(VersionId, EventId)>) -> bool {
        (self.from, self.moved) == (live.map(|(version, _)| version), live.map(|(_, event)| event))
    }
}

/// A bundle that a change touches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleChange {
    /// The prompt.
    pub prompt: Name,
    /// The live bundle; absent when none is.
    pub before: Option<BundleId>,
    /// The bundle as the environment would resolve it; absent when the prompt is deleted.
    pub after: Option<BundleId>,
}

/// A request to change an environment, or (with environment `governance`) the rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The environment, or the word `governance`.
    pub environment: String,
    /// Why.
    pub message: String,
    /// `--only`: what the change depends on stays as it is in the environment.
    pub only: bool,
    /// What changes, sorted by artifact.
    pub changes: Vec<LiveChange>,
    /// Every bundle touched, sorted by prompt.
    pub bundles: Vec<BundleChange>,
    /// For a change of rules: the payload digests of the rules in force and of those proposed.
    pub governance: Option<Move<Digest>>,
    /// For lifting a quarantine, which changes nothing by itself: what may be proposed there again.
    pub lifts: Option<Lift>,
}

impl Proposal {
    /// The artifacts it is about: those it changes, or the one it lets in again.
    pub fn artifacts(&self) -> Vec<&Artifact> {
        let lifted = self.lifts.iter().map(|lift| &lift.artifact);
        self.changes.iter().map(|change| &change.artifact).chain(lifted).collect()
    }
}

/// A version that a rollback took away from an environment, and that may be proposed there again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    /// The artifact.
    pub artifact: Artifact,
    /// The version.
    pub version: VersionId,
    /// The rollback that took it away.
    pub rollback: EventId,
}

/// From one thing to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move<T> {
    /// What is.
    pub from: T,
    /// What shall be.
    pub to: T,
}

/// A word about a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The proposal.
    pub proposal: EventId,
    /// Why.
    pub message: String,
}

/// A completed review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The proposal.
    pub proposal: EventId,
    /// Payload: the dossier that was read.
    pub dossier: DossierId,
    /// Remarks; may be empty.
    pub message: String,
}

/// An approval, bound to the proposal and to what was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The proposal.
    pub proposal: EventId,
    /// Payload: the dossier that was shown.
    pub dossier: DossierId,
    /// Remarks; may be empty.
    pub message: String,
}

/// A proposal carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The proposal.
    pub proposal: EventId,
    /// Payload: the dossier the gate weighed.
    pub dossier: DossierId,
}

/// A return to what was live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The environment.
    pub environment: Environment,
    /// The event after which everything in `changes` was live as it shall be again.
    pub to_event: EventId,
    /// Why.
    pub message: String,
    /// What changes, sorted by artifact.
    pub changes: Vec<LiveChange>,
    /// Every bundle touched, sorted by prompt.
    pub bundles: Vec<BundleChange>,
}

/// A refusal worth remembering.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// What was tried: `promote`, `approve`.
    pub verb: String,
    /// The proposal it was tried on.
    pub proposal: EventId,
    /// When the verdict was given.
    pub weighed: Time,
    /// Names of the rules that refused, sorted.
    pub refused: Vec<String>,
    /// The SHA-256 of the verdict's reasons, so that the same refusal is remembered once.
    pub verdict: Digest,
}

/// Payload that goes: its digests and the reason stay, its bytes do not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purge {
    /// What goes: payload digests, sorted, each once, at least one.
    pub payload: Vec<Digest>,
    /// The SHA-256 of what the state knows from these bytes, so that it is vouched for once nobody can read them.
    pub said: Digest,
    /// Why.
    pub reason: String,
}
