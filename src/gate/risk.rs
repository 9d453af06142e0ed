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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Digest;

    #[test]
    fn a_changed_model_or_a_weakened_guard_is_high() {
        let name = |text: &str| Name::parse(text).unwrap();
        let model = |text: &str, bytes: &[u8]| Some((name(text), VersionId(Digest::of(bytes))));
        let with = |before, after| RiskFacts {
            models: vec![ModelFacts { prompt: name("triage"), before, after }],
            cases: Vec::new(),
        };
        assert_eq!(assess(&RiskFacts::default()), Risk { tier: Tier::Low, reasons: Vec::new() });
        assert_eq!(assess(&with(model("fast", b"1"), model("fast", b"1"))).tier, Tier::Low);
        for after in [model("fast", b"2"), model("slow", b"1"), None] {
            assert_eq!(assess(&with(model("fast", b"1"), after)).tier, Tier::High);
        }
        for kind in [CaseChangeKind::Removed, CaseChangeKind::Altered] {
            let change = CaseChange { suite: name("refunds"), case: "a".to_owned(), kind };
            let risk = assess(&RiskFacts { models: Vec::new(), cases: vec![change.clone(), change] });
            assert_eq!((risk.tier, risk.reasons.len()), (Tier::High, 1), "the same reason is told once");
        }
    }
}
