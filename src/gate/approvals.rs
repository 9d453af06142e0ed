//! As many distinct people with the right role as the tier asks.

use super::{
    ApprovalRule, Facts, Next, Rule, RuleResult, Tier,
    assent::{Asked, Assents},
    verdict::Obstacle,
};

/// How many approvals count for a change of this tier, and how many it needs.
pub fn tally(rule: &ApprovalRule, tier: Tier, facts: &Facts) -> (u32, u32) {
    (counted(rule, facts).count(), rule.needed(tier))
}

fn counted<'a>(rule: &ApprovalRule, facts: &'a Facts) -> Assents<'a> {
    Assents::of(&facts.approvals, Asked { role: &rule.role, authors: rule.authors, programs: false })
}

/// Judges the rule: programs never count, authors only where the rule says so.
pub(super) fn judge(rule: &ApprovalRule, tier: Tier, facts: &Facts) -> RuleResult {
    let found = counted(rule, facts);
    let (have, needed) = (found.count(), rule.needed(tier));
    let text = format!("{have} of {needed} approvals of `{}`{}", rule.role, found.describe());
    if have < needed {
        let who = facts.holders(std::slice::from_ref(&rule.role), |person| {
            !person.program && (rule.authors || !person.author) && !found.people.contains(&person.person)
        });
        let next = Next::Approve { role: rule.role.clone(), missing: needed - have, who };
        return RuleResult::settle(
            Rule::Approvals,
            vec![Obstacle::new("approvals-missing", text).next(next)],
            ("", String::new()),
        );
    }
    let strangers = found.people.difference(&found.authors).count();
    let solo = u32::try_from(strangers).is_ok_and(|strangers| strangers < needed);
    RuleResult::met(
        Rule::Approvals,
        if solo { "solo" } else { "approved" },
        if solo { format!("{text}; solo: an author's own approval counts") } else { text },
    )
}
