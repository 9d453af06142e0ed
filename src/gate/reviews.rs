//! As many distinct people who completed a review of this dossier as the rule asks.

use super::{
    Facts, Next, ReviewRule, Rule, RuleResult,
    assent::{Asked, Assents},
    verdict::Obstacle,
};

/// Judges the rule: authors never count, a reviewing program does.
pub(super) fn judge(rule: &ReviewRule, facts: &Facts) -> RuleResult {
    let found = Assents::of(&facts.reviews, Asked { role: &rule.role, authors: false, programs: true });
    let have = found.count();
    let text = format!("{have} of {} reviews of `{}`{}", rule.min, rule.role, found.describe());
    let mut obstacles = Vec::new();
    if have < rule.min {
        let who = facts.holders(std::slice::from_ref(&rule.role), |person| {
            !person.author && !found.people.contains(&person.person)
        });
        let next = Next::Review { role: rule.role.clone(), missing: rule.min - have, who };
        obstacles.push(Obstacle::new("reviews-missing", text.clone()).next(next));
    }
    RuleResult::settle(Rule::Reviews, obstacles, ("reviewed", text))
}
