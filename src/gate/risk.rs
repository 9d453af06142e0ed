//! How much a change can break, computed from the change.

use serde::{Deserialize, Serialize};

use super::Tier;
use crate::{name::Name, object::VersionId};

/// What the tier is computed from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RiskFacts {
    /// For every touched bundle that is live in the target and stays: its model, before and after.
    pub models: Vec<ModelFacts>,
    /// For every suite live in the target: golden cases that the proposal removes or alters.
    pub cases: Vec<CaseChange>,
}

/// The model of one live bundle, before and after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelFacts {
    /// The prompt.
    pub prompt: Name,
    /// The model's name and version now; `None` when the prompt names none.
    pub before: Option<(Name, VersionId)>,
    /// The model's name and version after the change.
    pub after: Option<(Name, VersionId)>,
}

/// One golden case that guards the target and would no longer, or differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseChange {
    /// The suite.
    pub suite: Name,
    /// The case's id.
    pub case: String,
    /// Whether it would be gone; otherwise it reads differently.
    pub kind: CaseChangeKind,
}

/// What happens to a golden case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseChangeKind {
    /// It would be gone.
    Removed,
    /// It would read differently.
    Altered,
}

/// A tier and what put the change there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The tier.
    pub tier: Tier,
    /// Why, one line each, sorted; empty for a low tier.
    pub reasons: Vec<String>,
}

/// Computes the tier: high when the model of a live bundle changes, or a golden case that guards the target is
/// removed or altered; otherwise low.
pub fn assess(facts: &RiskFacts) -> Risk {
    let models = facts.models.iter().filter(|model| model.before != model.after).map(model_reason);
    let cases = facts.cases.iter().map(case_reason);
    let mut reasons: Vec<String> = models.chain(cases).collect();
    reasons.sort();
    reasons.dedup();
    let tier = if reasons.is_empty() { Tier::Low } else { Tier::High };
    Risk { tier, reasons }
}

/// Why a changed model counts.
fn model_reason(model: &ModelFacts) -> String {
    let say = |side: &Option<(Name, VersionId)>| match side {
        Some((name, version)) => format!("`{name}` {}", version.short()),
        None => "none".to_owned(),
    };
    format!("the model of `{}` changes from {} to {}", model.prompt, say(&model.before), say(&model.after))
}

/// Why a changed case counts.
fn case_reason(change: &CaseChange) -> String {
    let what = match change.kind {
        CaseChangeKind::Removed => "removed",
        CaseChangeKind::Altered => "altered",
    };
    format!("the golden case `{}` of `{}` is {what}", change.case.escape_debug(), change.suite)
}
