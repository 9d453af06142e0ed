//! Rules that can never, or hardly, be met by the people who are listed.

use std::collections::BTreeMap;

use super::{EnvironmentRules, Governance, people::holds};
use crate::{
    artifact::{Fields, Item},
    gate::ApprovalRule,
    name::{Handle, Role},
    problem::Problem,
    trust::{Person, Verb},
};

/// Where the tables stand that warnings are about.
#[derive(Debug)]
pub(super) struct Places<'d> {
    environments: BTreeMap<String, Item<'d>>,
    people: Option<Item<'d>>,
}

impl<'d> Places<'d> {
    /// Finds them.
    pub(super) fn of(fields: &mut Fields<'d>) -> Self {
        let table = fields.item("environments").filter(Item::is_table).and_then(|item| item.table());
        let environments = table.map(|mut table| table.entries().into_iter().collect()).unwrap_or_default();
        Self { environments, people: fields.item("people") }
    }
}

/// Puts a warning down for every rule that the listed people can never meet, and for rules that one lost key
/// would lock.
pub(super) fn warn(governance: &Governance, places: &Places<'_>) {
    if let (Some(people), Some((code, message, next))) = (&places.people, roots(governance)) {
        people.report(people.problem_at_key(code, message).next(next).as_warning());
    }
    for rules in &governance.environments {
        let Some(place) = places.environments.get(rules.name.as_str()) else { continue };
        for message in environment(governance, rules) {
            let problem: Problem = place.problem_at_key("too-few-people", message);
            place.report(problem.next("list more people with the role, or ask for fewer").as_warning());
        }
    }
}

/// Whether enough people could change the rules, now and after one key is lost.
fn roots(governance: &Governance) -> Option<(&'static str, String, &'static str)> {
    let roots: Vec<&Person> =
        governance.people.people.values().filter(|person| !person.program && holds(person, "root")).collect();
    let asked = usize::try_from(governance.approvals).unwrap_or(usize::MAX);
    if roots.len() < asked {
        let message = format!("a change of these rules needs {asked} of root, and {} are listed", roots.len());
        return Some(("too-few-people", message, "list more people with the role `root`, or ask for fewer"));
    }
    let fragile = roots.len() == asked && roots.iter().any(|person| person.keys.len() < 2);
    fragile.then(|| {
        let message = "losing one key would lock these rules for good".to_owned();
        ("one-root-key", message, "give every root a second key, or list another root")
    })
}

/// What an environment asks of people that the listed ones cannot give.
fn environment(governance: &Governance, rules: &EnvironmentRules) -> Vec<String> {
    let env = &rules.name;
    let mut found = Vec::new();
    if let Some(rule) = &rules.gate.evidence
        && !rule.evaluators.iter().any(|role| !able(governance, rules, role, Verb::Evaluate, true).is_empty())
    {
        found.push(format!("`{env}` asks for evidence, and no evaluator it trusts is listed"));
    }
    found.extend(rules.gate.approvals.as_ref().and_then(|rule| approvals(governance, rules, rule)));
    if let Some(rule) = &rules.gate.reviews {
        let count = able(governance, rules, &rule.role, Verb::Review, true).len();
        if short(count, rule.min) {
            let asked = rule.min;
            found.push(format!(
                "`{env}` asks for {asked} reviews of `{}`, and {count} people could give one",
                rule.role
            ));
        }
    }
    found
}

/// Whether approvals can be had, from people other than a sole author.
fn approvals(governance: &Governance, rules: &EnvironmentRules, rule: &ApprovalRule) -> Option<String> {
    let (env, asked) = (&rules.name, rule.high);
    let holders = &rule.role;
    let able = able(governance, rules, holders, Verb::Approve, false);
    if short(able.len(), asked) {
        let count = able.len();
        return Some(format!(
            "`{env}` asks for up to {asked} approvals of `{holders}`, and {count} people could give one"
        ));
    }
    let mut authors = governance
        .people
        .people
        .iter()
        .filter(|(handle, person)| !person.program && governance.people.may(handle, Verb::Commit, &[], None))
        .map(|(handle, _)| handle)
        .peekable();
    let any = authors.peek().is_some();
    let left = |author: &Handle| able.iter().filter(|handle| **handle != author).count();
    let blocked = !rule.authors && any && authors.all(|author| short(left(author), asked));
    blocked.then(|| {
        format!(
            "`{env}` asks for up to {asked} approvals of `{holders}`, and too few people are left whoever the author is"
        )
    })
}

/// People with the role who may use the verb in the environment.
fn able<'a>(
    governance: &'a Governance,
    rules: &EnvironmentRules,
    role: &Role,
    verb: Verb,
    programs: bool,
) -> Vec<&'a Handle> {
    let people = &governance.people;
    people
        .people
        .iter()
        .filter(|(_, person)| person.roles.contains(role) && (programs || !person.program))
        .map(|(handle, _)| handle)
        .filter(|handle| people.may(handle, verb, &[], Some(&rules.name)))
        .collect()
}

/// Whether a number of people is less than what is asked.
fn short(count: usize, asked: u32) -> bool {
    u32::try_from(count).is_ok_and(|count| count < asked)
}
