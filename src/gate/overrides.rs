//! Overrides: which rules they waive, and what waits until somebody has looked at them.

use super::{Facts, Next, Rule, RuleResult, Verdict, verdict::Obstacle};
use crate::{clock::Time, name::Handle, object::EventId, problem::counted};

/// What no override ever waives, and why.
const NEVER: [(Rule, &str); 5] = [
    (Rule::Base, "what was approved must be what goes live"),
    (Rule::Gate, "an environment that asks for nothing says so itself"),
    (Rule::Approvals, "signatures of people are not waived"),
    (Rule::Quarantine, "what was rolled back comes back through `requalify` alone"),
    (Rule::Override, "an override does not excuse the one before it"),
];

/// Why a rule can be waived nowhere; `None` where an environment may call it waivable.
pub fn never_waived(rule: Rule) -> Option<&'static str> {
    NEVER.iter().find(|(never, _)| *never == rule).map(|(_, why)| *why)
}

/// An override in the environment that nobody has reviewed yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OverrideFacts {
    /// Until when it must have been reviewed.
    pub expires: Time,
    /// The event that overrode.
    pub event: EventId,
    /// Who overrode.
    pub person: Handle,
    /// Who could review it, sorted.
    pub who: Vec<Handle>,
}

/// Judges the rule; `None` where no override waits for a review.
pub(super) fn judge(facts: &Facts) -> Option<RuleResult> {
    let mut open: Vec<&OverrideFacts> = facts.beside.overrides.iter().collect();
    open.sort();
    open.dedup();
    let first = open.first()?;
    let count = counted(open.len(), "override");
    let yes = format!("{count} to be reviewed, the first until {}", first.expires);
    let late = open.iter().filter(|found| found.expires <= facts.now);
    let obstacles = late.map(|found| {
        let OverrideFacts { expires, event, person, who } = found;
        let reason = format!("override {} by `{person}` was to be reviewed until {expires}", event.short());
        Obstacle::new("override-unreviewed", reason).next(Next::ReviewOverride { promotion: *event, who: who.clone() })
    });
    Some(RuleResult::settle(Rule::Override, obstacles.collect(), ("review-pending", yes)))
}

/// Why an override is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotWaived {
    /// Governance does not call the rule waivable, or nobody may.
    NotWaivable {
        /// The rule.
        rule: Rule,
        /// Why.
        why: String,
    },
    /// The rule holds, or is not asked for: an override is never broader than it must be.
    Met(Rule),
}

/// The verdict with the named rules waived.
///
/// # Errors
///
/// [`NotWaived`] for the first named rule that is not waivable, or not unmet.
pub fn waive(verdict: &Verdict, waivable: &[Rule], named: &[Rule]) -> Result<Verdict, NotWaived> {
    let mut rules = verdict.rules.clone();
    for rule in named.iter().copied() {
        if let Some(why) = never_waived(rule) {
            return Err(NotWaived::NotWaivable { rule, why: why.to_owned() });
        }
        if !waivable.contains(&rule) {
            let why = "the rules in force do not call it waivable there".to_owned();
            return Err(NotWaived::NotWaivable { rule, why });
        }
        let Some(result) = rules.iter_mut().find(|result| result.rule == rule && !result.ok) else {
            return Err(NotWaived::Met(rule));
        };
        if result.is_stopped() {
            let why = format!("it is {}, and only who may lift that lets changes in", result.code);
            return Err(NotWaived::NotWaivable { rule, why });
        }
        *result = RuleResult::met(rule, "waived", format!("waived: {}", result.reason));
    }
    Ok(Verdict { pass: rules.iter().all(|rule| rule.ok), tier: verdict.tier, rules })
}
