//! Somebody stands for what changes, has said what for, and not too long ago.

use crate::{
    artifact::{CharterField, CharterStatus, Coverage},
    clock::is_past,
    name::{Handle, Name},
};

use super::{Facts, Next, Rule, RuleResult, verdict::Obstacle};

/// `charter = ["workflow_owner", …]` or `charter = { fields = […], status = "pilot" }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharterRule {
    /// What must not be blank, sorted.
    pub fields: Vec<CharterField>,
    /// How far the agent must have come, at least.
    pub status: Option<CharterStatus>,
}

/// One prompt that the proposal touches, and what the charters that cover it would say in the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CharterFacts {
    /// The prompt.
    pub prompt: Name,
    /// The charters as they would be live; `None` where none covers it.
    pub coverage: Option<Coverage>,
    /// Who may commit the nearest charter, sorted; only says who could take the next step.
    pub who: Vec<Handle>,
}

/// Judges every prompt the proposal touches, through its bundle or through a charter.
pub(super) fn judge(rule: &CharterRule, facts: &Facts) -> RuleResult {
    let mut touched: Vec<&CharterFacts> = facts.charters.iter().collect();
    touched.sort_by(|a, b| a.prompt.cmp(&b.prompt));
    if touched.is_empty() {
        return RuleResult::met(Rule::Charter, "not-applicable", "no prompt is touched");
    }
    let obstacles = touched.iter().flat_map(|one| obstacles(rule, facts, one)).collect();
    let prompts = if touched.len() == 1 { "the prompt".to_owned() } else { format!("all {} prompts", touched.len()) };
    RuleResult::settle(
        Rule::Charter,
        obstacles,
        ("chartered", format!("{prompts} touched: owned, and not past review")),
    )
}

/// What keeps one prompt from being chartered.
fn obstacles(rule: &CharterRule, facts: &Facts, one: &CharterFacts) -> Vec<Obstacle> {
    let prompt = &one.prompt;
    let step = |charter: &Name, fields: Vec<CharterField>| Next::Charter {
        charter: charter.clone(),
        fields: fields.into_iter().map(|field| field.word().to_owned()).collect(),
        who: one.who.clone(),
    };
    let Some((coverage, nearest)) = one.coverage.as_ref().and_then(|known| Some((known, known.nearest()?))) else {
        let no = Obstacle::new("no-charter", format!("no charter covers `{prompt}`"));
        return vec![no.next(step(prompt, rule.fields.clone()))];
    };
    let mut found = Vec::new();
    let blank: Vec<CharterField> = rule.fields.iter().copied().filter(|field| coverage.get(*field).is_none()).collect();
    if !blank.is_empty() {
        let words: Vec<String> = blank.iter().map(|field| format!("`{field}`")).collect();
        let reason = format!("the charter of `{prompt}` leaves {} blank", words.join(", "));
        found.push(Obstacle::new("charter-blank", reason).next(step(nearest, blank)));
    }
    found.extend(status(rule, one, coverage, nearest).map(|no| no.next(step(nearest, vec![CharterField::Status]))));
    if let Some(said) = coverage.get(CharterField::ReviewBy)
        && is_past(&said.text, facts.now)
    {
        let reason = format!("the charter of `{prompt}` was to be reviewed by {}", said.text);
        found.push(Obstacle::new("charter-past-review", reason).next(step(&said.from, vec![CharterField::ReviewBy])));
    }
    for (field, said, handle) in coverage.owners() {
        let person = facts.people.iter().find(|person| person.person == handle);
        let (code, why) = match person {
            Some(person) if !person.program => continue,
            Some(_) => ("owner-is-program", "is a program, which answers for nothing"),
            None => ("owner-not-listed", "is not a listed person"),
        };
        let reason = format!("`{handle}`, {field} of `{prompt}`, {why}");
        found.push(Obstacle::new(code, reason).next(step(&said.from, vec![field])));
    }
    found
}

fn status(rule: &CharterRule, one: &CharterFacts, coverage: &Coverage, nearest: &Name) -> Option<Obstacle> {
    let least = rule.status?;
    let said = coverage.get(CharterField::Status);
    let has = said.and_then(|said| CharterStatus::parse(&said.text));
    if has.is_some_and(|has| has >= least) {
        return None;
    }
    let is = has.map_or_else(|| format!("`{nearest}` gives none"), |has| format!("it is `{}`", has.word()));
    let reason = format!("`{}` must have the status `{}` or more, and {is}", one.prompt, least.word());
    Some(Obstacle::new("charter-status", reason))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        artifact::Charter,
        clock::Time,
        gate::{Gate, PersonFacts, tests::good, weigh},
    };

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn coverage(fields: &[(CharterField, &str)]) -> Option<Coverage> {
        let fields: BTreeMap<_, _> = fields.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
        Coverage::of([(name("support"), Charter { fields })])
    }

    /// The code of the charter rule, asking for an owner and a review date.
    fn judged(fields: Option<Coverage>, status: Option<CharterStatus>) -> (String, Option<Next>) {
        let mut facts = good();
        facts.now = Time::parse("2026-11-20T23:59:59Z").unwrap();
        let person = |handle: &str, program| PersonFacts {
            person: Handle::parse(handle).unwrap(),
            roles: Vec::new(),
            program,
            author: false,
        };
        facts.people.extend([person("maya", false), person("bot", true)]);
        facts.charters = vec![CharterFacts { prompt: name("support/triage"), coverage: fields, who: Vec::new() }];
        let rule = CharterRule { fields: vec![CharterField::WorkflowOwner, CharterField::ReviewBy], status };
        let gate = Gate { charter: Some(rule), ..Gate::default() };
        let verdict = weigh(&gate, &facts);
        let rule = verdict.rules.into_iter().find(|rule| rule.rule == Rule::Charter).unwrap();
        assert_eq!(rule.ok, rule.code == "chartered");
        (rule.code, rule.next)
    }

    #[test]
    fn a_prompt_needs_a_charter_that_is_filled_in_in_time_and_owned_by_people() {
        use CharterField::{ReviewBy, Status, WorkflowOwner};
        let code = |fields: &[(CharterField, &str)]| judged(coverage(fields), None).0;
        let good = [(WorkflowOwner, "maya"), (ReviewBy, "2026-11-20")];
        assert_eq!(code(&good), "chartered");
        assert_eq!(judged(None, None).0, "no-charter");
        assert_eq!(code(&good[..1]), "charter-blank");
        assert_eq!(code(&[good[0], (ReviewBy, "2026-11-19")]), "charter-past-review");
        assert_eq!(code(&[good[0], (ReviewBy, "soon")]), "charter-past-review");
        assert_eq!(code(&[(WorkflowOwner, "zoe"), good[1]]), "owner-not-listed");
        assert_eq!(code(&[(WorkflowOwner, "bot"), good[1]]), "owner-is-program");
        let with = |status: &str| judged(coverage(&[good[0], good[1], (Status, status)]), Some(CharterStatus::Pilot)).0;
        assert_eq!([with("research"), with("pilot"), with("production")], ["charter-status", "chartered", "chartered"]);
        assert_eq!(judged(coverage(&good), Some(CharterStatus::Research)).0, "charter-status");
    }

    #[test]
    fn what_is_missing_says_where_to_write_it() {
        let Some(Next::Charter { charter, fields, .. }) =
            judged(coverage(&[(CharterField::ReviewBy, "2027-01-01")]), None).1
        else {
            panic!("no step")
        };
        assert_eq!((charter.as_str(), fields), ("support", vec!["workflow_owner".to_owned()]));
    }
}
