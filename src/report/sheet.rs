//! A proposal as one sheet: plain data, ready for a screen, a page or a document.

use serde::Serialize;

use super::FindingSheet;
use crate::{
    clock::Time,
    gate::Tier,
    governance::Change,
    name::{Environment, Handle, Kind, Name},
    object::{BundleId, Digest, DossierId, EventId, VersionId},
    state::{EvidenceLine, QuarantinedCase},
};

/// Everything a decision about a proposal needs.
#[derive(Debug, Clone, Serialize)]
pub struct Sheet {
    /// The proposal.
    pub proposal: EventId,
    /// The environment, or `governance`.
    pub environment: String,
    /// `open`, `void`, `promoted`, `withdrawn` or `rejected`.
    pub status: String,
    /// Every freeze and halt that keeps it from being carried out.
    pub stops: Vec<StopLine>,
    /// Why it is asked for.
    pub message: String,
    /// Who asks.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// The digest that an approval is bound to.
    pub dossier: DossierId,
    /// `pass` or `refused`.
    pub verdict: &'static str,
    /// How much it can break.
    pub tier: Tier,
    /// Why, one line each; empty for a low tier.
    pub risk: Vec<String>,
    /// Who made what is proposed.
    pub authors: Vec<Handle>,
    /// Findings that concern it: those that stand against it first, then in order.
    pub findings: Vec<FindingSheet>,
    /// Overrides in the environment that nobody has reviewed yet, the oldest first.
    pub overrides: Vec<OverrideLine>,
    /// What changes.
    pub changes: Vec<ChangeLine>,
    /// For lifting a quarantine, by which nothing changes yet: what would be let in again.
    pub lifts: Option<LiftLine>,
    /// The bundles touched.
    pub bundles: Vec<BundleLine>,
    /// For a change of the rules: what differs.
    pub differences: Vec<Change>,
    /// For a change of the rules: what to know besides, one line each.
    pub warnings: Vec<String>,
    /// Attested runs.
    pub evidence: Vec<EvidenceSheet>,
    /// Cases of the deciding suites that are in quarantine, or were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quarantines: Vec<QuarantineLine>,
    /// Every rule, met or not.
    pub rules: Vec<RuleLine>,
    /// Approvals in order.
    pub approvals: Vec<AssentLine>,
    /// Completed reviews in order.
    pub reviews: Vec<AssentLine>,
}

/// One artifact that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeLine {
    /// As a person would type it; `chancery.toml` for the rules.
    pub artifact: String,
    /// What it is; absent for the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// What is live.
    pub from: Option<VersionId>,
    /// What shall be live.
    pub to: Option<VersionId>,
    /// The commit that made `from`, as in `v3`.
    pub from_number: Option<u64>,
    /// The commit that made `to`.
    pub to_number: Option<u64>,
    /// What differs, as a unified diff with invisible characters visible; absent where it is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

/// A version that a rollback took away, and that would be let in again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiftLine {
    /// As a person would type it.
    pub artifact: String,
    /// What it is.
    pub kind: Kind,
    /// The version.
    pub version: VersionId,
    /// The commit that made it.
    pub number: Option<u64>,
    /// What the rollback put back instead.
    pub instead: Option<VersionId>,
    /// The commit that made that.
    pub instead_number: Option<u64>,
    /// The rollback.
    pub rollback: EventId,
    /// Who rolled back.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// Why.
    pub message: String,
    /// How it differs from what was put back; absent where it is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

impl LiftLine {
    /// What a person would type to mean the version.
    pub fn spec(&self) -> String {
        format!("{}@{}", self.artifact, self.version.short())
    }
}

/// An override that nobody has reviewed yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverrideLine {
    /// The event that overrode.
    pub event: EventId,
    /// The proposal that was carried out.
    pub proposal: EventId,
    /// Where.
    pub environment: Environment,
    /// Who overrode.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// The rules that were waived, by their words, sorted.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Until when it must have been reviewed.
    pub expires: Time,
    /// Whether that is past, and so nothing more is promoted there.
    pub expired: bool,
    /// Who could review it, sorted.
    pub who: Vec<Handle>,
}

/// One bundle that is touched.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BundleLine {
    /// The prompt.
    pub prompt: Name,
    /// What is live.
    pub before: Option<BundleId>,
    /// What would be.
    pub after: Option<BundleId>,
    /// What the application would log; only where the change is carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
}

/// One attested run, and which of the two bundles it is of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceSheet {
    /// The run in one line, as the dossier has it.
    #[serde(flatten)]
    pub line: EvidenceLine,
    /// Whether its bundle is what is live now, not what is proposed.
    pub live: bool,
}

/// A golden case that is known to be flaky.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuarantineLine {
    /// The suite.
    pub suite: Name,
    /// The prompt it tests.
    pub prompt: Name,
    /// The case, why a failure of it is borne, and until when.
    #[serde(flatten)]
    pub case: QuarantinedCase,
    /// Whether that time is over, and so the case counts as ever.
    pub over: bool,
}

/// What the gate says of one rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleLine {
    /// The rule, by the word of `chancery.toml`.
    pub rule: String,
    /// Whether it is met.
    pub ok: bool,
    /// Kebab-case word for why.
    pub code: String,
    /// Why, in one line.
    pub reason: String,
    /// What would bring it nearer to a yes, in words.
    pub next: Option<String>,
    /// The command that does it, where there is one.
    pub command: Option<String>,
    /// Who could.
    pub who: Vec<Handle>,
}

/// Something that somebody stopped: a freeze of an environment, or a halt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StopLine {
    /// `freeze` or `halt`.
    pub stop: &'static str,
    /// Only there; absent for all environments.
    pub environment: Option<Environment>,
    /// Only this, as a person would type it; absent for everything.
    pub artifact: Option<String>,
    /// The event that stopped it.
    pub event: EventId,
    /// Who.
    pub person: Handle,
    /// When.
    pub since: Time,
    /// Why.
    pub message: String,
    /// Who may let it go on.
    pub who: Vec<Handle>,
    /// The command that does.
    pub command: String,
}

impl StopLine {
    /// `FROZEN` or `HALTED`: what nobody should overlook.
    pub fn mark(&self) -> &'static str {
        if self.stop == "freeze" { "FROZEN" } else { "HALTED" }
    }

    /// What is stopped: an environment, an artifact, one in the other, or everything.
    pub fn what(&self) -> String {
        match (&self.artifact, &self.environment) {
            (None, None) => "everything".to_owned(),
            (None, Some(place)) => place.to_string(),
            (Some(what), None) => what.clone(),
            (Some(what), Some(place)) => format!("{what} in {place}"),
        }
    }

    /// The first line of why.
    pub fn why(&self) -> &str {
        self.message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
    }
}

/// An approval or a completed review.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssentLine {
    /// Who.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// The event.
    pub event: EventId,
    /// What they were shown.
    pub dossier: DossierId,
    /// Whether it still stands; otherwise why not.
    pub stands: Result<(), String>,
}

/// Eight digits of what may not be there.
pub fn brief(id: Option<Digest>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| id.short())
}
