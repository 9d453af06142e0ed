//! The conditions for a promotion, as governance states them.

use serde::{Deserialize, Serialize};

use super::CharterRule;
pub use crate::eval::ReplySource;
use crate::{clock::Span, name::Role};

/// How much a change can break. Computed from the change; governance may only raise it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Wording.
    Low,
    /// Something that deserves a second look.
    Medium,
    /// A model, or what guards production, changed.
    High,
}

impl Tier {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What an environment asks of a change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gate {
    /// `gate = "open"`: nothing beyond authority and order.
    pub open: bool,
    /// A complete run by a trusted evaluator.
    pub evidence: Option<EvidenceRule>,
    /// How many cases must pass.
    pub pass_rate: Option<PassRateRule>,
    /// How the change must compare with what is live.
    pub regression: Option<RegressionRule>,
    /// Who must agree.
    pub approvals: Option<ApprovalRule>,
    /// Who must have looked.
    pub reviews: Option<ReviewRule>,
    /// What of objections.
    pub findings: Option<FindingsRule>,
    /// What a call and a run may cost.
    pub budget: Option<BudgetRule>,
    /// Who must stand for it, and what they must have said.
    pub charter: Option<CharterRule>,
}

/// `evidence = { … }`.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceRule {
    /// Roles whose runs count.
    pub evaluators: Vec<Role>,
    /// Reply sources that count.
    pub sources: Vec<ReplySource>,
    /// How old a run may be when the gate is weighed; any age when absent.
    pub max_age: Option<Span>,
    /// The fewest cases a suite may have; 1 when absent.
    pub min_cases: u32,
    /// `without_suite = "pass"`: a bundle no suite guards needs no evidence. Absent, it is a no.
    pub without_suite_passes: bool,
}

/// `pass_rate = { at_least = 0.95, confidence = 0.95 }`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassRateRule {
    /// The least share of cases that pass, from 0 to 1.
    pub at_least: f64,
    /// When given, the lower Wilson bound at this confidence is what must reach the share.
    pub confidence: Option<f64>,
}

/// `regression = "no-flips"`, or `{ margin = 0.02, confidence = 0.95 }`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RegressionRule {
    /// No case that passes live may fail.
    NoFlips,
    /// The share of cases that pass may be lower than live by a little, and that must be shown.
    Margin {
        /// By how much it may be lower; above 0 and below 1.
        margin: f64,
        /// How sure one must be that it is not lower by more; above 0 and below 1.
        confidence: f64,
    },
}

/// `budget = { prompt_tokens = 8000, usd_per_run = 5.00 }`; at least one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetRule {
    /// The most tokens that one call may send.
    pub prompt_tokens: Option<u32>,
    /// The most that one run of a suite may cost, in micro-dollars (millionths of a US dollar).
    pub micro_usd_per_run: Option<u64>,
}

/// `approvals = { role = "release", low = 1, medium = 1, high = 2 }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRule {
    /// The role an approver must hold.
    pub role: Role,
    /// How many distinct people, for a change of low risk.
    pub low: u32,
    /// The same for medium risk.
    pub medium: u32,
    /// The same for high risk.
    pub high: u32,
    /// `authors = true`: an author's approval counts, shown as `solo`.
    pub authors: bool,
}

impl ApprovalRule {
    /// How many people a change of this tier needs.
    pub fn needed(&self, tier: Tier) -> u32 {
        match tier {
            Tier::Low => self.low,
            Tier::Medium => self.medium,
            Tier::High => self.high,
        }
    }
}

/// `reviews = { role = "reviewer", min = 1 }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRule {
    /// The role a reviewer must hold.
    pub role: Role,
    /// How many distinct people must have completed a review of this dossier.
    pub min: u32,
}

/// `findings = "none-open"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingsRule {
    /// No objection may be open.
    NoneOpen,
}
