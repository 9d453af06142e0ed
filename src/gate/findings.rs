//! No objection to what is proposed is open.

use super::{Facts, FindingFacts, Next, Rule, RuleResult, verdict::Obstacle};

/// Judges the rule: an open finding is a no, and so is one that was fixed by another version than the one proposed.
pub(super) fn judge(facts: &Facts) -> RuleResult {
    let mut standing: Vec<&FindingFacts> = facts.findings.iter().collect();
    standing.sort();
    standing.dedup();
    let obstacles = standing.into_iter().map(obstacle).collect();
    RuleResult::settle(Rule::Findings, obstacles, ("none-open", "no finding is open".to_owned()))
}

fn obstacle(known: &FindingFacts) -> Obstacle {
    let (id, place, raiser) = (known.finding.short(), &known.place, &known.person);
    match known.fixed {
        None => {
            let next = Next::CloseFinding { finding: known.finding, raiser: raiser.clone(), who: known.who.clone() };
            Obstacle::new("finding-open", format!("finding {id} of `{raiser}` at `{place}` is open")).next(next)
        }
        Some(fixed) => {
            let reason = format!(
                "finding {id} of `{raiser}` at `{place}` was fixed by {}, and what is proposed is the version it objects to",
                fixed.short()
            );
            Obstacle::new("finding-back", reason).next(Next::ProposeFixed { finding: known.finding, fixed })
        }
    }
}
