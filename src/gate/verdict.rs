//! The gate's answer, with reasons.

use serde::{Deserialize, Serialize};

use super::Tier;
use crate::{
    clock::Time,
    name::{Artifact, Environment, Handle, Name, Role},
    object::{BundleId, EventId, VersionId},
};

/// The gate's answer: yes only when every rule is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether the change may go live.
    pub pass: bool,
    /// How much it can break.
    pub tier: Tier,
    /// Every rule that was judged, met or not, in a fixed order.
    pub rules: Vec<RuleResult>,
}

impl Verdict {
    /// The rules that are not met.
    pub fn unmet(&self) -> impl Iterator<Item = &RuleResult> {
        self.rules.iter().filter(|rule| !rule.ok)
    }
}

/// The rules a gate knows, by the words of `chancery.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Nothing the proposal is based on has moved.
    Base,
    /// Live in the environment before.
    Order,
    /// Live there for long enough.
    Soak,
    /// The environment asks for something, or says that it is open.
    Gate,
    /// A complete run by a trusted evaluator.
    Evidence,
    /// Enough cases pass.
    PassRate,
    /// No worse than what is live.
    Regression,
    /// Enough people agree.
    Approvals,
    /// Enough people have looked.
    Reviews,
    /// No objection is open.
    Findings,
    /// Tokens per call and money per run are under the ceiling.
    Budget,
    /// Somebody stands for it, and has said what for.
    Charter,
    /// Not frozen, not halted, and at a time when changes are made.
    Window,
    /// Nothing comes back that a rollback took away.
    Quarantine,
    /// No override waits for its review longer than it may.
    Override,
}

impl Rule {
    /// All rules, in the order of a verdict.
    pub const ALL: [Self; 15] = [
        Self::Base,
        Self::Order,
        Self::Soak,
        Self::Gate,
        Self::Evidence,
        Self::PassRate,
        Self::Regression,
        Self::Approvals,
        Self::Reviews,
        Self::Findings,
        Self::Budget,
        Self::Charter,
        Self::Window,
        Self::Quarantine,
        Self::Override,
    ];

    /// The rule with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.word() == word)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Order => "order",
            Self::Soak => "soak",
            Self::Gate => "gate",
            Self::Evidence => "evidence",
            Self::PassRate => "pass_rate",
            Self::Regression => "regression",
            Self::Approvals => "approvals",
            Self::Reviews => "reviews",
            Self::Findings => "findings",
            Self::Budget => "budget",
            Self::Charter => "charter",
            Self::Window => "window",
            Self::Quarantine => "quarantine",
            Self::Override => "override",
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleResult {
    /// The rule.
    pub rule: Rule,
    /// Whether it is met.
    pub ok: bool,
    /// Kebab-case word for why; documented and never reused.
    pub code: String,
    /// Why, in one line, lower case.
    pub reason: String,
    /// What would bring it nearer to a yes, when something would.
    pub next: Option<Next>,
}

/// A step that would bring a rule nearer to a yes. `who` lists the people who could take it, sorted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Next {
    /// Make the proposal anew on what is live now.
    Refresh,
    /// Bring it into the environment before.
    PromoteIn {
        /// That environment.
        environment: Environment,
    },
    /// Let time pass.
    Wait {
        /// The first moment at which the rule is met.
        until: Time,
    },
    /// State a gate in `chancery.toml`.
    StateGate {
        /// The environment without one.
        environment: Environment,
    },
    /// Run a suite against a bundle and attest it.
    Evaluate {
        /// The prompt.
        prompt: Name,
        /// The bundle.
        bundle: BundleId,
        /// The suite.
        suite: Name,
        /// Whether it is the bundle that is live now, instead of the proposed one.
        live: bool,
        /// Who may.
        who: Vec<Handle>,
    },
    /// Resume a run that was announced.
    Complete {
        /// The announcing event.
        run: EventId,
        /// Who announced it.
        who: Vec<Handle>,
    },
    /// Write golden cases for a prompt and propose them along.
    AddCases {
        /// The prompt.
        prompt: Name,
        /// The suite that has too few; `None` when there is none.
        suite: Option<Name>,
    },
    /// Make cases pass.
    Mend {
        /// The prompt.
        prompt: Name,
        /// The suite.
        suite: Name,
        /// Ids of the cases that fail, sorted.
        cases: Vec<String>,
    },
    /// Make the calls of a prompt shorter, or cheaper, and run its suites again.
    Shorten {
        /// The prompt.
        prompt: Name,
    },
    /// Say what a model costs.
    StatePrice {
        /// The model; `None` when the prompt names none.
        model: Option<Name>,
    },
    /// Approve the proposal.
    Approve {
        /// The role that is asked for.
        role: Role,
        /// How many more people.
        missing: u32,
        /// Who may and has not.
        who: Vec<Handle>,
    },
    /// Complete a review of the dossier.
    Review {
        /// The role that is asked for.
        role: Role,
        /// How many more people.
        missing: u32,
        /// Who may and has not.
        who: Vec<Handle>,
    },
    /// Let promotions into a frozen environment go on.
    Thaw {
        /// The environment.
        environment: Environment,
        /// Who may.
        who: Vec<Handle>,
    },
    /// Let what is halted be served again: everything where neither is named.
    Resume {
        /// Only there.
        environment: Option<Environment>,
        /// Only this.
        artifact: Option<Artifact>,
        /// Who may.
        who: Vec<Handle>,
    },
    /// Have a version that was rolled back let in again.
    Requalify {
        /// Where.
        environment: Environment,
        /// The artifact.
        artifact: Artifact,
        /// The version.
        version: VersionId,
        /// The open proposal that asks for it, where there is one.
        asked: Option<EventId>,
    },
    /// Review an override.
    ReviewOverride {
        /// The event that overrode.
        promotion: EventId,
        /// Who may.
        who: Vec<Handle>,
    },
    /// Answer an open finding so that it is closed.
    CloseFinding {
        /// The finding.
        finding: EventId,
        /// Who raised it, and may withdraw it.
        raiser: Handle,
        /// Who may close it.
        who: Vec<Handle>,
    },
    /// Propose a version that a finding does not object to.
    ProposeFixed {
        /// The finding.
        finding: EventId,
        /// The version that it was fixed by.
        fixed: VersionId,
    },
    /// Write a charter, or fields of it, and propose it along.
    Charter {
        /// The charter.
        charter: Name,
        /// The fields, by their keys.
        fields: Vec<String>,
        /// Who may commit it.
        who: Vec<Handle>,
    },
}

/// One thing that keeps a rule from being met.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Obstacle {
    pub(super) code: &'static str,
    pub(super) reason: String,
    pub(super) next: Option<Next>,
}

impl Obstacle {
    pub(super) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), next: None }
    }

    pub(super) fn next(mut self, next: Next) -> Self {
        self.next = Some(next);
        self
    }
}

impl RuleResult {
    /// A rule that is met.
    pub(super) fn met(rule: Rule, code: &str, reason: impl Into<String>) -> Self {
        Self { rule, ok: true, code: code.to_owned(), reason: reason.into(), next: None }
    }

    /// The first obstacle, and how many more there are; met as `yes` says when there is none.
    pub(super) fn settle(rule: Rule, obstacles: Vec<Obstacle>, yes: (&str, String)) -> Self {
        let more = obstacles.len().saturating_sub(1);
        let Some(first) = obstacles.into_iter().next() else { return Self::met(rule, yes.0, yes.1) };
        let reason = if more == 0 { first.reason } else { format!("{} (and {more} more)", first.reason) };
        Self { rule, ok: false, code: first.code.to_owned(), reason, next: first.next }
    }
}
