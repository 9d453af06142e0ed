//! All rules together.

use super::{
    Facts, FindingsRule, Gate, Next, Rule, RuleResult, Tier, Verdict, approvals, budget, charter, evidence, findings,
    order, overrides, pass_rate, quarantine, regression, reviews, risk, verdict::Obstacle, window,
};

/// Weighs one proposal: every rule the gate states is judged, met or not.
///
/// An open gate asks for base, order and soak, for an hour at which changes are made, and that nothing comes back
/// unseen which was rolled back. A gate that is not open and states no rule is a no. The verdict depends on nothing but
/// its arguments, and not on the order of lists in them.
pub fn weigh(gate: &Gate, facts: &Facts) -> Verdict {
    if facts.beside.lifts {
        return quarantine::weigh_lift(gate, facts);
    }
    let tier = risk::assess(&facts.risk).tier;
    let mut rules = vec![order::base(facts), order::order(facts)];
    rules.extend(order::soak(facts));
    if !gate.open {
        let asked: Vec<RuleResult> = [
            gate.evidence.as_ref().map(|rule| evidence::judge(rule, facts)),
            gate.pass_rate.map(|rule| pass_rate::judge(rule, gate.evidence.as_ref(), facts)),
            gate.regression.map(|rule| regression::judge(rule, gate.evidence.as_ref(), facts)),
            gate.budget.map(|rule| budget::judge(rule, gate.evidence.as_ref(), facts)),
        ]
        .into_iter()
        .flatten()
        .chain(people(gate, tier, facts))
        .chain(gate.charter.as_ref().map(|rule| charter::judge(rule, facts)))
        .collect();
        if asked.is_empty() {
            rules.push(nothing_asked(facts));
        }
        rules.extend(asked);
    }
    rules.extend(window::judge(facts));
    rules.push(quarantine::judge(facts));
    rules.extend(overrides::judge(facts));
    Verdict { pass: rules.iter().all(|rule| rule.ok), tier, rules }
}

/// The rules about what people say, as far as the gate states them.
pub(super) fn people(gate: &Gate, tier: Tier, facts: &Facts) -> Vec<RuleResult> {
    let approvals = gate.approvals.as_ref().map(|rule| approvals::judge(rule, tier, facts));
    let reviews = gate.reviews.as_ref().map(|rule| reviews::judge(rule, facts));
    let findings = gate.findings.map(|FindingsRule::NoneOpen| findings::judge(facts));
    approvals.into_iter().chain(reviews).chain(findings).collect()
}

/// Missing means no: an environment that wants no gate says `gate = "open"`.
pub(super) fn nothing_asked(facts: &Facts) -> RuleResult {
    let reason = format!("`{}` states no rule and is not open", facts.target);
    let no = Obstacle::new("no-rule", reason).next(Next::StateGate { environment: facts.target.clone() });
    RuleResult::settle(Rule::Gate, vec![no], ("", String::new()))
}
