//! Rules that can never, or hardly, be met by the people who are listed.

use std::collections::BTreeMap;

use super::{EnvironmentRules, Governance, people::holds};
use crate::{
    artifact::{Fields, Item},
    gate::{ApprovalRule, RegressionRule, cases_to_show},
    name::{Handle, Role},
    problem::{Problem, quoted},
    trust::{Person, Verb},
};

/// Where the tables stand that warnings are about: for each an empty warning that waits for its words.
#[derive(Debug)]
pub(super) struct Places {
    environments: BTreeMap<String, Problem>,
    people: Option<Problem>,
}

impl Places {
    /// Finds them.
    pub(super) fn of(fields: &mut Fields<'_>) -> Self {
        let place = |item: &Item<'_>| item.problem_at_key("", "").as_warning();
        let table = fields.item("environments").filter(Item::is_table).and_then(|item| item.table());
        let entries = table.map(|mut table| table.entries()).unwrap_or_default();
        let environments = entries.iter().map(|(word, item)| (word.clone(), place(item))).collect();
        Self { environments, people: fields.item("people").as_ref().map(place) }
    }
}

/// A warning for every rule that the listed people can never meet, and for rules that one lost key would lock.
pub(super) fn warnings(governance: &Governance, places: Places) -> Vec<Problem> {
    let at = |place: &Problem, code: &str, message: String, next: &str| {
        Problem { code: code.to_owned(), message, ..place.clone() }.next(next)
    };
    let mut found = Vec::new();
    if let (Some(place), Some((code, message, next))) = (places.people, roots(governance)) {
        found.push(at(&place, code, message, &next));
    }
    for rules in &governance.environments {
        let Some(place) = places.environments.get(rules.name.as_str()) else { continue };
        found.extend(margin(rules).map(|(message, next)| at(place, "too-few-cases", message, &next)));
        let next = "list more people with the role, or ask for fewer";
        let messages = environment(governance, rules).into_iter();
        found.extend(messages.map(|message| at(place, "too-few-people", message, next)));
    }
    found
}

impl Governance {
    /// Whether the people listed could ever change these rules.
    pub fn can_be_changed(&self) -> bool {
        !short(able_roots(self).len(), self.approvals)
    }
}

/// Those whose word counts for a change of the rules.
fn able_roots(governance: &Governance) -> Vec<(&Handle, &Person)> {
    let people = &governance.people;
    let counts = |handle: &Handle, person: &Person| {
        !person.program && holds(person, "root") && people.may(handle, Verb::Govern, &[], None)
    };
    people.people.iter().filter(|(handle, person)| counts(handle, person)).collect()
}

/// Whether enough people could change the rules, now and after any one key is lost.
fn roots(governance: &Governance) -> Option<(&'static str, String, String)> {
    let roots = able_roots(governance);
    let (asked, listed) = (governance.approvals, roots.len());
    if short(listed, asked) {
        let listed = if listed == 0 { "none is".to_owned() } else { format!("{listed} {}", are(listed)) };
        let message = format!("a change of these rules needs {asked} of root, and {listed} listed");
        return Some(("too-few-people", message, "list more people with the role `root`, or ask for fewer".to_owned()));
    }
    let only: Vec<&Handle> =
        roots.iter().filter(|(_, person)| person.keys.len() < 2).map(|(handle, _)| *handle).collect();
    let fragile = !only.is_empty() && short(listed - 1, asked);
    fragile.then(|| {
        let who = quoted(&only, " or ");
        let message = format!("if {who} loses the key, nobody can ever change these rules again");
        let why = if asked == 1 { String::new() } else { format!(" ({asked} of {listed} roots must agree)") };
        ("one-root-key", message + &why, "list another root, or give every root a second key".to_owned())
    })
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
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
    found.extend(overrides(governance, rules));
    if let Some(rule) = &rules.gate.reviews {
        let count = able(governance, rules, &rule.role, Verb::Review, true).len();
        if short(count, rule.min) {
            let asked = rule.min;
            found.push(format!(
                "`{env}` asks for {asked} reviews of `{}`; people who could give one: {count}",
                rule.role
            ));
        }
    }
    if let (Some(_), Some(closers)) = (rules.gate.findings, rules.closers())
        && able(governance, rules, &closers.role, Verb::Finding, false).is_empty()
    {
        let text = format!("`{env}` waits while a finding is open; people of role `{}`", closers.role);
        found.push(format!("{text} who could close one that they did not raise: 0"));
    }
    found
}

/// A margin that suites as small as the rules let them be cannot show.
fn margin(rules: &EnvironmentRules) -> Option<(String, String)> {
    let Some(RegressionRule::Margin { margin, confidence }) = rules.gate.regression else { return None };
    let needed = cases_to_show(margin, confidence)?;
    let least = u64::from(rules.gate.evidence.as_ref()?.min_cases);
    (least < needed).then(|| {
        let name = &rules.name;
        let message = format!(
            "`{name}` asks for a margin of {margin} with confidence {confidence}: a suite with fewer than {needed} \
             cases cannot show it unless the change passes more of them than what is live"
        );
        (message, format!("write suites of {needed} cases and say `min_cases = {needed}`, or widen `margin`"))
    })
}

/// Whether somebody may override, and somebody else review it.
fn overrides(governance: &Governance, rules: &EnvironmentRules) -> Option<String> {
    if rules.waivable.is_empty() {
        return None;
    }
    let (env, people) = (&rules.name, &governance.people);
    let may = |handle: &Handle, verb: Verb| people.may(handle, verb, &[], Some(env));
    let able: Vec<&Handle> =
        people.people.keys().filter(|handle| may(handle, Verb::Override) && may(handle, Verb::Promote)).collect();
    if able.is_empty() {
        return Some(format!("`{env}` calls rules waivable, and nobody listed may override them"));
    }
    let reviews = |handle: &Handle, person: &Person| !person.program && may(handle, Verb::Approve);
    let reviewers: Vec<&Handle> =
        people.people.iter().filter(|(handle, person)| reviews(handle, person)).map(|(handle, _)| handle).collect();
    let reviewed = able.iter().any(|actor| reviewers.iter().any(|reviewer| reviewer != actor));
    let message = format!("`{env}` calls rules waivable, and nobody is left who could review an override");
    (!reviewed).then_some(message)
}

/// Whether approvals can be had, from people other than a sole author.
fn approvals(governance: &Governance, rules: &EnvironmentRules, rule: &ApprovalRule) -> Option<String> {
    let (env, asked) = (&rules.name, rule.high);
    let holders = &rule.role;
    let able = able(governance, rules, holders, Verb::Approve, false);
    if short(able.len(), asked) {
        let count = able.len();
        return Some(format!(
            "`{env}` asks for up to {asked} approvals of `{holders}`; people who could give one: {count}"
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
