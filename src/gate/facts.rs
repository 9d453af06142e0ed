//! What is known about one proposal when the gate is weighed. Plain data; whoever reads the ledger fills it in.
//!
//! Lists may stand in any order: the verdict is the same. What is left out is never a yes: no stay is `never
//! live there`, no run is `not evaluated`, no evidence is `announced and not completed`.

use std::collections::BTreeSet;

use crate::{
    clock::{Span, Time},
    name::{Artifact, Environment, Handle, Name, Role},
    object::{BundleId, Digest, EventId, VersionId},
    version::Rate,
};

use super::{CharterFacts, OverrideFacts, QuarantinedFacts, ReplySource, RiskFacts, WindowFacts};

/// Everything the gate of one environment needs to know about one proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The moment for which the gate is weighed.
    pub now: Time,
    /// The environment that would change.
    pub target: Environment,
    /// The environment a version must have been live in before; `None` takes heads.
    pub after: Option<Environment>,
    /// How long it must have been live there.
    pub soak: Option<Span>,
    /// When it is changed, and who stopped that.
    pub window: WindowFacts,
    /// Changed artifacts whose last move in the target is no longer the one the proposal is based on.
    pub base_moved: Vec<Artifact>,
    /// Who proposed it, where they may no longer: removed since, or without the role.
    pub proposer_left: Option<Handle>,
    /// Every proposed version, and how long it was live in `after`.
    pub versions: Vec<LiveBefore>,
    /// Every bundle that must have been live in `after` as a whole: those of proposed prompts, without `--only`.
    pub bundles_before: Vec<BundleBefore>,
    /// Every bundle the proposal touches in the target: through its prompt, what it shares, or a suite that tests it.
    pub bundles: Vec<BundleFacts>,
    /// What the tier is computed from.
    pub risk: RiskFacts,
    /// How far the outcomes of samples may be believed.
    pub scores: Scores,
    /// Approvals of this proposal, stale ones included.
    pub approvals: Vec<AssentFacts>,
    /// Completed reviews of this proposal, stale ones included.
    pub reviews: Vec<AssentFacts>,
    /// What is beside the ordinary way.
    pub beside: BesideFacts,
    /// Objections that stand against what is proposed; those that are closed for good are left out.
    pub findings: Vec<FindingFacts>,
    /// Every prompt the proposal touches with the charters that would cover it; empty where the gate asks for none.
    pub charters: Vec<CharterFacts>,
    /// Everybody governance lists; only says who could take the next step.
    pub people: Vec<PersonFacts>,
}

impl Facts {
    /// Handles of everybody who holds one of these roles and is kept, sorted.
    pub(super) fn holders(&self, roles: &[Role], keep: impl Fn(&PersonFacts) -> bool) -> Vec<Handle> {
        let holds = |person: &&PersonFacts| person.roles.iter().any(|role| roles.contains(role));
        let found: BTreeSet<Handle> = self
            .people
            .iter()
            .filter(holds)
            .filter(|person| keep(person))
            .map(|person| person.person.clone())
            .collect();
        found.into_iter().collect()
    }
}

/// What is beside the ordinary way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BesideFacts {
    /// Whether the proposal lifts a quarantine, and so changes nothing by itself.
    pub lifts: bool,
    /// Proposed versions that a rollback took away from the target, and that nobody has let in again.
    pub quarantined: Vec<QuarantinedFacts>,
    /// Overrides in the target that nobody has reviewed yet.
    pub overrides: Vec<OverrideFacts>,
}

/// How far the outcomes of samples may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scores {
    /// For promoting: a run whose replies could not be scored again counts for nothing but its failures.
    Recomputed,
    /// For reading history: what the evaluator attested is taken as it stands; `verify --deep` scores again.
    AsAttested,
}

/// A stretch of time for which something was live, or gone, in the environment before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stay {
    /// Since when. For a deletion: since when the artifact is gone, the first event's time if it never was there.
    pub since: Time,
    /// Until when; `None` while it lasts.
    pub until: Option<Time>,
}

/// One proposed version and its stay in the environment before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LiveBefore {
    /// The artifact.
    pub artifact: Artifact,
    /// The proposed version; `None` proposes its deletion.
    pub version: Option<VersionId>,
    /// Its longest stay; `None`: never live there, or for a deletion: still live there.
    pub stay: Option<Stay>,
}

/// One proposed prompt's whole bundle and its stay in the environment before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BundleBefore {
    /// The prompt.
    pub prompt: Name,
    /// The bundle as the target would resolve it.
    pub bundle: BundleId,
    /// Its longest stay; `None`: never live there.
    pub stay: Option<Stay>,
}

/// One bundle that the proposal touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFacts {
    /// The prompt.
    pub prompt: Name,
    /// The bundle that is live in the target now; `None`: nothing is.
    pub before: Option<BundleId>,
    /// The bundle as the target would resolve it; `None` when the prompt would be gone.
    pub after: Option<BundleId>,
    /// Suites that test it: those live in the target, in the version that would be live, and proposed ones.
    pub suites: Vec<SuiteFacts>,
    /// The model it would have; `None` when it would name none.
    pub model: Option<Name>,
    /// What that model costs; `None` when nobody said.
    pub rate: Option<Rate>,
}

/// One suite version, and the runs of it against one bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuiteFacts {
    /// The suite.
    pub suite: Name,
    /// Its version as it would be live.
    pub version: VersionId,
    /// Whether the suite is live in the target already.
    pub live: bool,
    /// Samples per case that the suite asks for; at least 1.
    pub repeat: u32,
    /// Ids of the cases that must be run.
    pub cases: Vec<String>,
    /// Those of them of which a failure is borne for some time.
    pub quarantined: Vec<CaseQuarantine>,
    /// Runs against the bundle as it would be.
    pub runs: Vec<RunFacts>,
    /// Runs of this same suite version against the bundle that is live now.
    pub live_runs: Vec<RunFacts>,
}

/// A case that is known to be flaky: until the end of the day it is run and does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseQuarantine {
    /// The case's id.
    pub case: String,
    /// The last day, as `2026-12-01`.
    pub until: String,
}

/// One announced run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    /// The announcing event.
    pub announced: EventId,
    /// Who ran it.
    pub evaluator: Handle,
    /// What the evaluator was when the run was attested.
    pub roles: Vec<Role>,
    /// The recorded time at which it was attested, or announced if it has not been.
    pub time: Time,
    /// The event that attests it; `None`: announced and not completed.
    pub evidence: Option<EventId>,
    /// Samples per case that it announced.
    pub repeat: u32,
    /// What came of it.
    pub samples: Vec<SampleFacts>,
    /// Whether every stored reply was scored again for this verdict.
    pub rescored: bool,
    /// Samples of which the evidence says otherwise than its stored replies do. `samples` holds what they say.
    pub contradicted: Vec<Contradicted>,
    /// Models that the provider said it used, and that are not the one the bundle pins.
    pub other_models: Vec<String>,
}

/// A sample whose stored reply scores otherwise than attested.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradicted {
    /// The case's id.
    pub case: String,
    /// Which sample, from 0.
    pub sample: u32,
}

/// One sample of one case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SampleFacts {
    /// The case's id.
    pub case: String,
    /// Which sample, from 0.
    pub sample: u32,
    /// The reply; `None` when there is none.
    pub reply: Option<Digest>,
    /// Where the reply came from.
    pub source: ReplySource,
    /// What the checks said.
    pub outcome: SampleOutcome,
    /// Tokens sent and received; `None` where nobody counted.
    pub tokens: Option<(u32, u32)>,
}

/// What came of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SampleOutcome {
    /// Every check held.
    Passed,
    /// A check did not hold.
    Failed,
    /// There was no reply to check.
    Errored,
    /// It was not run.
    Skipped,
}

/// One person's approval, or completed review, of the proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssentFacts {
    /// Who.
    pub person: Handle,
    /// Roles held when it was placed.
    pub roles_then: Vec<Role>,
    /// Roles held now.
    pub roles_now: Vec<Role>,
    /// Whether the person is, or was then, a program.
    pub program: bool,
    /// Whether the person is an author of what is proposed.
    pub author: bool,
    /// When it was placed.
    pub time: Time,
    /// The event.
    pub event: EventId,
    /// Whether it still stands for this proposal and dossier; otherwise why not, as a kebab-case code.
    pub valid: Result<(), String>,
}

/// One listed person, for saying who could take the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFacts {
    /// Who.
    pub person: Handle,
    /// Roles held now.
    pub roles: Vec<Role>,
    /// Whether it is a program.
    pub program: bool,
    /// Whether the person is an author of what is proposed.
    pub author: bool,
}

/// One objection that stands against what is proposed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingFacts {
    /// The finding.
    pub finding: EventId,
    /// Where it points: file and line.
    pub place: String,
    /// Who raised it.
    pub person: Handle,
    /// The version it was fixed by, where it was, and the one it objects to is proposed all the same.
    pub fixed: Option<VersionId>,
    /// Who may close it, sorted.
    pub who: Vec<Handle>,
}
