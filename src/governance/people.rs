//! `[people]` and `[roles]`.

use std::collections::{BTreeMap, BTreeSet};

use globset::Glob;

use super::parse::not_yet;
use crate::{
    artifact::{Fields, Item},
    name::{Handle, Role},
    problem::{did_you_mean, quoted},
    trust::{People, Person, PublicKey, RoleRules, Verb},
};

/// Roles that are there without being declared.
const BUILT_IN: [&str; 5] = ["author", "evaluator", "release", "reviewer", "root"];

/// Verbs of the grammar that no command of this version carries out.
const LATER_VERBS: [&str; 4] = ["adopt", "maintenance", "override", "requalify"];
/// Commands that have no verb of their own: who may stop may let go on.
const UNDER: [(&str, &str); 2] = [("resume", "halt"), ("thaw", "freeze")];

/// Reads `[roles]`, the built-in ones included.
pub(super) fn roles(fields: &mut Fields<'_>, environments: &[String]) -> BTreeMap<Role, RoleRules> {
    let mut roles: BTreeMap<Role, RoleRules> =
        BUILT_IN.iter().filter_map(|word| Some((Role::parse(word).ok()?, RoleRules::built_in(word)?))).collect();
    let mut declared: BTreeSet<Role> = BTreeSet::new();
    let entries = fields.table("roles").map(|mut table| table.entries()).unwrap_or_default();
    for (word, item) in entries {
        let read = rules(&word, &item, environments);
        let role = match Role::parse(&word) {
            Ok(role) => role,
            Err(bad) => {
                item.report(item.problem_at_key("bad-name", bad.to_string()));
                continue;
            }
        };
        let taken = roles.keys().chain(&declared).find(|known| **known != role && same(known.as_str(), &word));
        if let Some(known) = taken {
            item.report(item.problem_at_key("role-taken", format!("`{word}` and `{known}` are one name")));
        }
        declared.insert(role.clone());
        // A role with a problem is known all the same, so that its holders are not reported too.
        let read = read.unwrap_or(RoleRules { may: BTreeSet::new(), artifacts: Vec::new(), environments: Vec::new() });
        roles.insert(role, read);
    }
    roles
}

/// One role's table.
fn rules(word: &str, item: &Item<'_>, environments: &[String]) -> Option<RoleRules> {
    let built_in = RoleRules::built_in(word);
    let mut table = item.table()?;
    let stated = if built_in.is_some() { table.item("may") } else { table.required("may") };
    let may = match (&stated, &built_in) {
        (Some(stated), _) => verbs(stated),
        (None, Some(built_in)) => Some(built_in.may.clone()),
        (None, None) => None,
    };
    if let (Some(stated), Some(may), Some(built_in)) = (&stated, &may, &built_in)
        && let Some(more) = may.difference(&built_in.may).next()
    {
        let message = format!("`{word}` is built in and may not `{}` by itself; this widens it", more.word());
        stated.report(stated.problem("role-widened", message).next("declare a role of your own").as_warning());
    }
    let artifacts = globs(&mut table, "artifacts", &[]);
    let environments = globs(&mut table, "environments", environments);
    table.finish();
    Some(RoleRules { may: may?, artifacts: artifacts?, environments: environments? })
}

/// The verbs of a list.
fn verbs(stated: &Item<'_>) -> Option<BTreeSet<Verb>> {
    let items = stated.list()?;
    if items.is_empty() {
        stated.refuse("empty-role", format!("`{}` is empty, and so the role may do nothing", stated.keys()));
    }
    let mut may = BTreeSet::new();
    for item in items {
        let Some(word) = item.string() else { continue };
        if let Some(verb) = Verb::ALL.into_iter().find(|verb| verb.word() == word) {
            may.insert(verb);
        } else if LATER_VERBS.contains(&word.as_str()) {
            let message = format!("the verb `{word}` is not enforced by this version; remove it");
            item.report(item.problem("not-yet", message).next(format!("remove `{word}`")));
        } else {
            let known = Verb::ALL.map(Verb::word);
            let under = UNDER.iter().find(|(command, _)| *command == word);
            let under = under.map(|(command, verb)| format!("who may `{verb}` may `{command}`: write `{verb}`"));
            let advice = under.or_else(|| did_you_mean(&word, known));
            let advice = advice.unwrap_or_else(|| format!("one of {}", quoted(known, ", ")));
            item.report(item.problem("unknown-verb", format!("`{word}` is not a verb")).next(advice));
        }
    }
    Some(may)
}

/// A list of globs, `["*"]` when absent; a plain word must be among the known ones, where there are any.
fn globs(table: &mut Fields<'_>, key: &str, known: &[String]) -> Option<Vec<String>> {
    let Some(item) = table.item(key) else { return Some(vec!["*".to_owned()]) };
    let mut globs = Vec::new();
    let items = item.list()?;
    if items.is_empty() {
        item.refuse("empty-role", format!("`{}` is empty, and so the role reaches nothing", item.keys()));
    }
    for item in items {
        let Some(text) = item.parsed("bad-glob", |text| Glob::new(text).map(|_| text.to_owned())) else { continue };
        let plain = !text.contains(['*', '?', '[', '{']);
        if plain && key == "environments" && text != "governance" && !known.contains(&text) {
            let message = format!("there is no environment `{text}`");
            item.report(item.problem("unknown-environment", message).nearest(&text, known.iter().map(String::as_str)));
        }
        globs.push(text);
    }
    Some(globs)
}

/// Reads `[people]`: everybody has a key, nobody shares one, and somebody is root.
pub(super) fn people(fields: &mut Fields<'_>, roles: BTreeMap<Role, RoleRules>) -> People {
    let mut found = People { people: BTreeMap::new(), roles };
    let Some(mut table) = fields.required("people").and_then(|item| item.table()) else { return found };
    let mut owners: BTreeMap<PublicKey, String> = BTreeMap::new();
    let mut flawed = false;
    for (word, item) in table.entries() {
        let person = person(&word, &item, &found.roles, &mut owners);
        let handle = match Handle::parse(&word) {
            Ok(handle) => handle,
            Err(bad) => {
                item.report(item.problem_at_key("bad-name", bad.to_string()));
                continue;
            }
        };
        if let Some(known) = found.people.keys().find(|known| same(known.as_str(), &word)) {
            let message = format!("`{word}` and `{known}` are one handle: case does not tell them apart");
            item.report(item.problem_at_key("handle-taken", message));
        }
        flawed |= person.is_none();
        found.people.extend(person.map(|person| (handle, person)));
    }
    let rooted = found.people.values().any(|person| !person.program && holds(person, "root"));
    // A person with a problem may have been meant to be root: one problem is enough.
    if !rooted && !flawed {
        let message = "nobody who is not a program has the role `root`, so these rules could never be changed";
        table.report(table.problem("no-root", message).next("give a person `roles = [\"root\"]`"));
    }
    found
}

/// One person's table.
fn person(
    word: &str,
    item: &Item<'_>,
    roles: &BTreeMap<Role, RoleRules>,
    owners: &mut BTreeMap<PublicKey, String>,
) -> Option<Person> {
    let mut table = item.table()?;
    let keys = table.required("keys").and_then(|item| keys(word, &item, owners));
    let held = match table.item("roles") {
        Some(item) => known_roles(&item, roles),
        None => Some(Vec::new()),
    };
    let program = match table.item("program") {
        Some(item) => item.boolean(),
        None => Some(false),
    };
    not_yet(&mut table, &["valid_until"]);
    table.finish();
    Some(Person { keys: keys?, roles: held?.into_iter().collect(), program: program? })
}

/// A person's keys; at least one, and none of somebody else's.
fn keys(word: &str, item: &Item<'_>, owners: &mut BTreeMap<PublicKey, String>) -> Option<Vec<PublicKey>> {
    let items = item.list()?;
    if items.is_empty() {
        item.refuse("no-key", format!("`{word}` has no key, and so could never sign"));
        return None;
    }
    let mut keys = Vec::new();
    for item in items {
        let key = item.parsed("bad-key", PublicKey::parse)?;
        match owners.get(&key) {
            Some(owner) if owner == word => item.refuse("duplicate", format!("this key stands twice under `{word}`")),
            Some(owner) => item.refuse("key-shared", format!("this key stands under `{owner}` too")),
            None => {
                owners.insert(key.clone(), word.to_owned());
                keys.push(key);
            }
        }
    }
    Some(keys)
}

/// A list of roles that are declared or built in.
pub(super) fn known_roles(item: &Item<'_>, roles: &BTreeMap<Role, RoleRules>) -> Option<Vec<Role>> {
    let mut found = Vec::new();
    for item in item.list()? {
        let role = known_role(&item, roles)?;
        if found.contains(&role) {
            item.refuse("duplicate", format!("`{role}` stands twice in `{}`", item.keys()));
        }
        found.push(role);
    }
    Some(found)
}

/// A role that is declared or built in.
pub(super) fn known_role(item: &Item<'_>, roles: &BTreeMap<Role, RoleRules>) -> Option<Role> {
    let word = item.string()?;
    let found = roles.keys().find(|role| role.as_str() == word);
    if found.is_none() {
        let problem = item.problem("unknown-role", format!("there is no role `{word}`"));
        let problem = problem.nearest(&word, roles.keys().map(Role::as_str));
        item.report(match problem.next {
            Some(_) => problem,
            None => problem.next(format!("declare it as `[roles.{word}]`")),
        });
    }
    found.cloned()
}

/// Whether two names are one without regard to case.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Whether a person holds a role, by its word.
pub(super) fn holds(person: &Person, word: &str) -> bool {
    person.roles.iter().any(|role| role.as_str() == word)
}
