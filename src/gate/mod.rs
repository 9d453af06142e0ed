//! Rules and facts to a verdict with reasons. Pure: no clock, no store, no ledger.
//!
//! [`weigh`] takes the rules in force and the facts of one proposal and answers whether the change may
//! go live. Every rule is judged, met or not, so that a refusal lists all that is missing, with the
//! next step. What is missing or unknown is a no.
//!
//! The laws: the verdict depends on rules and facts alone and not on the order of any list in them; more
//! passing evidence or another approval never turns a yes into a no; facts left out never make a yes.

mod approvals;
mod assent;
mod budget;
mod charter;
mod evidence;
mod facts;
mod findings;
mod guard;
mod margin;
mod order;
mod overrides;
mod pass_rate;
mod pool;
mod quarantine;
mod regression;
mod reviews;
mod risk;
mod rules;
mod statistics;
#[cfg(test)]
mod tests;
mod verdict;
mod weigh;
mod window;

pub use approvals::tally;
pub use charter::{CharterFacts, CharterRule};
pub use facts::{
    AssentFacts, BesideFacts, BundleBefore, BundleFacts, CaseQuarantine, Contradicted, Facts, FindingFacts, LiveBefore,
    PersonFacts, RunFacts, SampleFacts, SampleOutcome, Scores, Stay, SuiteFacts,
};
pub use margin::cases_to_show;
pub use overrides::{NotWaived, OverrideFacts, never_waived, waive};
pub use quarantine::QuarantinedFacts;
pub use risk::{
    CaseChange, CaseChangeKind, LengthFacts, ModelFacts, Raised, RepeatFacts, Risk, RiskFacts, SharedFacts, TextFacts,
    assess,
};
pub use rules::{
    ApprovalRule, BudgetRule, EvidenceRule, FindingsRule, Gate, PassRateRule, RegressionRule, ReplySource, ReviewRule,
    Tier,
};
pub use statistics::cases_needed;
pub use verdict::{Next, Rule, RuleResult, Verdict};
pub use weigh::weigh;
pub use window::{Stop, StopFacts, WindowFacts};
