//! What a rollback took away does not come back unseen, and how it comes back.

use super::{Facts, Gate, Next, Rule, RuleResult, Tier, Verdict, order, overrides, verdict::Obstacle, weigh};
use crate::{
    name::{Artifact, Handle},
    object::{EventId, VersionId},
};

/// A proposed version that a rollback took away from the environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuarantinedFacts {
    /// The artifact.
    pub artifact: Artifact,
    /// The version.
    pub version: VersionId,
    /// The rollback.
    pub rollback: EventId,
    /// Who rolled back.
    pub person: Handle,
    /// An open proposal to let it in again, where there is one.
    pub asked: Option<EventId>,
}

/// Judges the rule, in open environments too: a version in quarantine does not go live there.
pub(super) fn judge(facts: &Facts) -> RuleResult {
    let mut found: Vec<&QuarantinedFacts> = facts.beside.quarantined.iter().collect();
    found.sort();
    found.dedup();
    let obstacles = found.into_iter().map(|found| obstacle(facts, found)).collect();
    let yes = format!("nothing proposed was rolled back from `{}`", facts.target);
    RuleResult::settle(Rule::Quarantine, obstacles, ("not-quarantined", yes))
}

fn obstacle(facts: &Facts, found: &QuarantinedFacts) -> Obstacle {
    let QuarantinedFacts { artifact, version, rollback, person, asked } = found;
    let reason = format!(
        "`{}` {} was rolled back from `{}` by `{person}` with event {}",
        artifact.name,
        version.short(),
        facts.target,
        rollback.short()
    );
    let (environment, artifact, version, asked) = (facts.target.clone(), artifact.clone(), *version, *asked);
    Obstacle::new("quarantined", reason).next(Next::Requalify { environment, artifact, version, asked })
}

/// Weighs a proposal that lets a version in again: people decide as about a change of high risk.
///
/// Nothing moves by it, so there is nothing to measure, to soak or to wait for. Where the gate is open, or asks
/// nobody to agree, whoever may promote may lift.
pub(super) fn weigh_lift(gate: &Gate, facts: &Facts) -> Verdict {
    let tier = Tier::High;
    let mut rules = vec![stands(facts)];
    let asked = if gate.open { Vec::new() } else { weigh::people(gate, tier, facts) };
    if !gate.open && *gate == Gate::default() {
        rules.push(weigh::nothing_asked(facts));
    } else if asked.is_empty() {
        let reason = format!("`{}` asks nobody to agree: whoever may promote there may lift it", facts.target);
        rules.push(RuleResult::met(Rule::Gate, "nobody-asked", reason));
    }
    rules.extend(asked);
    rules.extend(overrides::judge(facts));
    Verdict { pass: rules.iter().all(|rule| rule.ok), tier, rules }
}

/// The quarantine that would be lifted is the one there is.
fn stands(facts: &Facts) -> RuleResult {
    let base = order::base(facts);
    if base.ok {
        let reason = format!("the quarantine in `{}` stands", facts.target);
        return RuleResult::met(Rule::Base, "in-quarantine", reason);
    }
    if facts.base_moved.is_empty() {
        return base;
    }
    let reason = "the quarantine it would lift is there no longer";
    RuleResult::settle(Rule::Base, vec![Obstacle::new("lifted-already", reason)], ("", String::new()))
}
