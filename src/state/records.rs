//! The records the state consists of. Each is canonical JSON; together they are a view of the acts.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::{
    clock::Time,
    ledger::{LiveChange, Proposal, Sample},
    name::{Artifact, Environment, Handle, Name, Role},
    object::{BundleId, Digest, DossierId, EventId, VersionId},
    version::{Contents, Member},
};

/// The project as a whole. One record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectRecord {
    /// The SHA-256 of the governance it began with.
    pub project: Digest,
    /// The rules in force: payload digest of `chancery.toml`.
    pub governance: Digest,
    /// The event that put them in force.
    pub since: EventId,
    /// When.
    pub time: Time,
}

/// Where an act stands. One record an event, under its id; an act is placed once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// The event.
    pub event: EventId,
    /// Its place, from 1.
    pub seq: u64,
    /// When it was recorded.
    pub time: Time,
}

/// A key that was ever listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// `ALGORITHM BASE64`.
    pub key: String,
    /// Whose it is or was.
    pub person: Handle,
    /// The event from which on it was listed.
    pub since: EventId,
    /// The event from which on it no longer was.
    pub until: Option<EventId>,
}

/// An artifact's head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadRecord {
    /// The artifact, spelled as last committed.
    pub artifact: Artifact,
    /// How many commits it has had, deletions and those under earlier names included.
    pub number: u64,
    /// Its version; absent once deleted.
    pub version: Option<VersionId>,
    /// Where its file stands; absent once deleted.
    pub path: Option<String>,
    /// The event that made it the head.
    pub event: EventId,
}

/// One commit of one artifact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineageRecord {
    /// The artifact.
    pub artifact: Artifact,
    /// Its place among the artifact's commits, from 1.
    pub number: u64,
    /// The commit it follows, under the earlier name where it was renamed; 0 for the first.
    pub parent: u64,
    /// The version; absent for a deletion.
    pub version: Option<VersionId>,
    /// Whether the version is a listing of several files.
    pub listed: bool,
    /// Where the file stood; absent for a deletion.
    pub path: Option<String>,
    /// For prompts: whether the body is a template.
    pub template: Option<bool>,
    /// What its bytes say.
    pub contents: Contents,
    /// The name it was committed under before.
    pub renamed_from: Option<Artifact>,
    /// The name it goes on under.
    pub renamed_to: Option<Artifact>,
    /// Who committed it.
    pub person: Handle,
    /// Declared authors besides, sorted.
    pub authors: Vec<Handle>,
    /// Why.
    pub message: String,
    /// The event.
    pub event: EventId,
    /// When it was recorded.
    pub time: Time,
}

/// One version of an artifact, wherever it stands in its lineage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionRecord {
    /// The artifact.
    pub artifact: Artifact,
    /// The version.
    pub version: VersionId,
    /// The newest commit of these bytes.
    pub number: u64,
    /// Everybody who committed these bytes, or was declared their author.
    pub authors: BTreeSet<Handle>,
}

/// Whose words some bytes are, under whatever names they were committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandsRecord {
    /// The bytes.
    pub version: VersionId,
    /// Everybody who committed them under any name, or was declared their author.
    pub authors: BTreeSet<Handle>,
}

/// What is live of one artifact in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveRecord {
    /// The artifact.
    pub artifact: Artifact,
    /// Its version.
    pub version: VersionId,
    /// The commit that made it.
    pub number: u64,
    /// The event that made it live.
    pub event: EventId,
    /// When.
    pub since: Time,
}

/// The bundle of one live prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleRecord {
    /// The prompt.
    pub prompt: Name,
    /// Its bundle; absent while something it needs is not live.
    pub bundle: Option<BundleId>,
    /// What it consists of; empty while something is missing.
    pub members: Vec<Member>,
    /// What is missing.
    pub missing: Vec<Artifact>,
    /// The event since which it is so.
    pub event: EventId,
    /// When.
    pub since: Time,
}

/// Who names an artifact in an environment, directly.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NeededRecord {
    /// Live prompts, fragments included.
    pub prompts: BTreeSet<Name>,
}

/// Suites live in an environment that test one prompt.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GuardsRecord {
    /// The suites.
    pub suites: BTreeSet<Name>,
}

/// How long a version or a bundle was live in an environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServedRecord {
    /// Since when it is live; absent when it is not.
    pub since: Option<Time>,
    /// Its longest stay that has ended, first and last moment.
    pub longest: Option<(Time, Time)>,
}

/// One environment's latest move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnvironmentRecord {
    /// The environment.
    pub environment: Environment,
    /// How often it has moved.
    pub moves: u64,
    /// The event that moved it last.
    pub event: EventId,
    /// When.
    pub time: Time,
}

/// One move of an environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveRecord {
    /// Its place among the environment's moves, from 1.
    pub number: u64,
    /// The event.
    pub event: EventId,
    /// The event's place in the ledger.
    pub seq: u64,
    /// When.
    pub time: Time,
    /// Who.
    pub person: Handle,
    /// `commit`, `promote`, `override`, `adopt` or `rollback`.
    pub kind: String,
    /// The proposal carried out.
    pub proposal: Option<EventId>,
    /// What moved.
    pub changes: Vec<LiveChange>,
}

/// What has become of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It waits.
    Open,
    /// It was carried out.
    Promoted,
    /// It was taken back.
    Withdrawn,
    /// It was refused.
    Rejected,
}

/// An approval, or a completed review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assent {
    /// Who.
    pub person: Handle,
    /// What they were then.
    pub roles: Vec<Role>,
    /// The event.
    pub event: EventId,
    /// When.
    pub time: Time,
    /// What they were shown.
    pub dossier: DossierId,
    /// The part of it that must not change: see [`super::Basis`].
    pub basis: Digest,
    /// The evidence it showed.
    pub evidence: Vec<EventId>,
    /// The findings it showed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<EventId>,
}

/// A proposal and what people said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalRecord {
    /// The proposal's id.
    pub id: EventId,
    /// What is asked for.
    pub proposal: Proposal,
    /// Who asked.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// What has become of it.
    pub status: Status,
    /// The event that closed it.
    pub closed: Option<EventId>,
    /// Approvals in order.
    pub approvals: Vec<Assent>,
    /// Completed reviews in order.
    pub reviews: Vec<Assent>,
    /// For a change of the rules: what of it lowers a bar, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowers: Vec<String>,
}

/// One announced run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The announcing event.
    pub announced: EventId,
    /// Who runs it.
    pub person: Handle,
    /// What they were then.
    pub roles: Vec<Role>,
    /// When it was attested, or announced if it has not been.
    pub time: Time,
    /// Samples a case.
    pub repeat: u32,
    /// Ids of the cases announced.
    pub cases: Vec<String>,
    /// The event that attests it; absent while it is not completed.
    pub evidence: Option<EventId>,
    /// What came of it.
    pub samples: Vec<Sample>,
    /// Models the provider said it used, as the evidence names them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}

/// All runs of one suite version against one bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunsRecord {
    /// The prompt.
    pub prompt: Name,
    /// The bundle.
    pub bundle: BundleId,
    /// The suite.
    pub suite: Name,
    /// The suite's version.
    pub version: VersionId,
    /// The runs in order of announcement.
    pub runs: Vec<RunRecord>,
}

/// Which runs an announcement belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnnouncedRecord {
    /// The bundle.
    pub bundle: BundleId,
    /// The suite's version.
    pub version: VersionId,
}

/// A dossier that somebody decided on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DossierRecord {
    /// The dossier.
    pub dossier: DossierId,
    /// The proposal it is about.
    pub proposal: EventId,
    /// The evidence it shows.
    pub evidence: Vec<EventId>,
    /// The findings it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<EventId>,
}

/// Payload that was purged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PurgedRecord {
    /// Its digest.
    pub payload: Digest,
    /// The event that purged it.
    pub event: EventId,
    /// Who purged it.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// Why.
    pub reason: String,
}

impl PurgedRecord {
    /// That it cannot be had, and whose doing it is.
    pub fn refusal(&self) -> Refusal {
        Refusal::cannot("purged", self.to_string())
    }
}

impl fmt::Display for PurgedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date: String = self.time.to_string().chars().take(10).collect();
        write!(f, "`{}` was purged by `{}` on {date}: {}", self.payload.short(), self.person, self.reason)
    }
}

/// Something that looks like a secret and is said to be none. One record a fingerprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionRecord {
    /// The fingerprint of what was found.
    pub fingerprint: Digest,
    /// The event that says so.
    pub event: EventId,
    /// Who says so.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// Why.
    pub reason: String,
}
