//! `[environments]`.

use super::{
    EnvironmentRules, gates,
    parse::not_yet,
    people::{known_roles, same},
    window,
};
use crate::{
    artifact::{Fields, Item},
    clock::{Span, Window},
    gate::{Gate, Rule, never_waived},
    name::Environment,
    problem::{did_you_mean, quoted},
    trust::People,
};

/// The names of all declared environments, as written.
pub(super) fn names(fields: &mut Fields<'_>) -> Vec<String> {
    // The table itself is judged when it is read; here only its keys matter.
    let table = fields.item("environments").filter(Item::is_table).and_then(|item| item.table());
    table.map(|mut table| table.entries().into_iter().map(|(word, _)| word).collect()).unwrap_or_default()
}

/// Reads all environments in the order of the file; one with a problem is left out.
pub(super) fn read(fields: &mut Fields<'_>, people: &People) -> Vec<EnvironmentRules> {
    let all = names(fields);
    let entries = fields.table("environments").map(|mut table| table.entries()).unwrap_or_default();
    let mut earlier: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for (word, item) in entries {
        let name = name(&word, &item, &earlier);
        let rules = item.table().and_then(|table| environment(table, name, people, &earlier, &all));
        found.extend(rules);
        earlier.push(word);
    }
    found
}

/// An environment's name: no other's without regard to case, and none that means something else.
fn name(word: &str, item: &Item<'_>, earlier: &[String]) -> Option<Environment> {
    if same(word, "governance") {
        let message = "`governance` names the rules themselves, and no environment";
        item.report(item.problem_at_key("reserved-name", message));
        return None;
    }
    if let Some(known) = earlier.iter().find(|known| same(known, word)) {
        let message = format!("`{word}` and `{known}` are one environment: case does not tell them apart");
        item.report(item.problem_at_key("environment-taken", message));
    }
    match Environment::parse(word) {
        Ok(name) => Some(name),
        Err(bad) => {
            item.report(item.problem_at_key("bad-name", bad.to_string()));
            None
        }
    }
}

/// One environment's table.
fn environment(
    mut table: Fields<'_>,
    name: Option<Environment>,
    people: &People,
    earlier: &[String],
    all: &[String],
) -> Option<EnvironmentRules> {
    let after = table.item("after");
    let before = after.as_ref().map(|item| earlier_environment(item, earlier, all));
    let follow = table.item("follow");
    let follows = follow.as_ref().map(|item| item.one_of(&[("heads", true)]));
    let soak = table.item("soak");
    let span = soak.as_ref().map(gates::span);
    let hours = table.item("window");
    let window = hours.as_ref().map(window::read);
    let rollback = table.item("rollback_roles").map(|item| rollback_roles(&item, people));
    let waivable = table.item("waivable").map(|item| waivable(&item));
    let gate = table.required("gate").and_then(|item| gates::read(&item, people));
    not_yet(&mut table, &["triggers"]);
    if let Some(follow) = &follow {
        judge_follow(follow, after.is_some(), gate.as_ref());
        judge_hours(hours.as_ref());
    }
    if let (Some(soak), None) = (&soak, &after) {
        let message = "`soak` is time in the environment before, and there is no `after`";
        soak.report(soak.problem_at_key("soak-needs-after", message).next("add `after`, or remove `soak`"));
    }
    table.finish();
    Some(EnvironmentRules {
        name: name?,
        after: before.map_or(Some(None), |read| read.map(Some))?,
        follows_heads: follows.map_or(Some(false), |read| read)?,
        soak: span.map_or(Some(None), |read: Option<Span>| read.map(Some))?,
        window: window.map_or(Some(None), |read: Option<Window>| read.map(Some))?,
        rollback_roles: rollback.map_or(Some(Vec::new()), |read| read)?,
        waivable: waivable.map_or(Some(Vec::new()), |read| read)?,
        gate: gate?,
    })
}

/// The environment before: one declared further up.
fn earlier_environment(item: &Item<'_>, earlier: &[String], all: &[String]) -> Option<Environment> {
    let word = item.string()?;
    if earlier.contains(&word) {
        // A name that is refused where it is declared is not refused here again.
        return Environment::parse(&word).ok();
    }
    let problem = if all.contains(&word) {
        let message = format!("`{word}` is not declared before this environment");
        item.problem("not-declared-before", message).next(format!("move `[environments.{word}]` up"))
    } else {
        let problem = item.problem("unknown-environment", format!("there is no environment `{word}`"));
        problem.nearest(&word, all.iter().map(String::as_str))
    };
    item.report(problem);
    None
}

/// Roles that may roll back; an empty list would let nobody, which is not what leaving it out means.
fn rollback_roles(item: &Item<'_>, people: &People) -> Option<Vec<crate::name::Role>> {
    let roles = known_roles(item, &people.roles)?;
    if roles.is_empty() {
        let problem = item.problem("empty-list", "`rollback_roles` is empty, and so nobody could roll back");
        item.report(problem.next("name a role, or remove `rollback_roles`"));
        return None;
    }
    Some(roles)
}

/// Rules that an override may waive: gate rules, and none of those that no override ever waives.
fn waivable(item: &Item<'_>) -> Option<Vec<Rule>> {
    let words = || Rule::ALL.into_iter().filter(|rule| never_waived(*rule).is_none()).map(Rule::word);
    let mut found = Vec::new();
    for item in item.list()? {
        let word = item.string()?;
        let Some(rule) = Rule::parse(&word) else {
            let problem = item.problem("unknown-rule", format!("there is no gate rule `{word}`"));
            let advice = did_you_mean(&word, words());
            item.report(problem.next(advice.unwrap_or_else(|| format!("one of {}", quoted(words(), ", ")))));
            return None;
        };
        if let Some(why) = never_waived(rule) {
            let problem = item.problem("never-waivable", format!("`{word}` can never be waived: {why}"));
            item.report(problem.next(format!("remove `{word}`")));
            return None;
        }
        if found.contains(&rule) {
            item.refuse("duplicate", format!("`{word}` stands twice in `{}`", item.keys()));
        }
        found.push(rule);
    }
    Some(found)
}

/// Only an open environment without one before it may take every commit.
fn judge_follow(follow: &Item<'_>, has_after: bool, gate: Option<&Gate>) {
    if has_after {
        let message = "an environment that follows heads has no environment before it";
        follow.report(follow.problem_at_key("follow-with-after", message).next("remove `after` or `follow`"));
    }
    if gate.is_some_and(|gate| !gate.open) {
        let message = "an environment that follows heads is moved by every commit, and so must be open";
        follow.report(follow.problem_at_key("follow-needs-open", message).next("say `gate = \"open\"`"));
    }
}

/// Commits have no hours, and so an environment that they move has none either.
fn judge_hours(hours: Option<&Item<'_>>) {
    if let Some(hours) = hours {
        let message = "an environment that follows heads is moved by every commit, at any hour";
        hours.report(hours.problem_at_key("follow-with-window", message).next("remove `window` or `follow`"));
    }
}
