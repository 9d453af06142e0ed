//! `people`: who may do what, by the rules in force.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Answer, Failure, World, at};
use crate::{
    clock::Time,
    governance::Governance,
    name::{Handle, Role},
    object::EventId,
    state::State,
    trust::{Person, PublicKey, Verb, allowed_signers},
};

/// As of when, and whether keys are wanted for `ssh-keygen`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request {
    /// As it was then, or as it is.
    pub at: Option<Time>,
    /// Which face is wanted.
    pub show: Show,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// People and what they may do.
    #[default]
    People,
    /// The file with which `ssh-keygen` checks every signature of the ledger.
    AllowedSigners,
}

/// People, sorted by handle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The moment asked for; absent for now.
    pub at: Option<Time>,
    /// The event since which the rules are in force.
    pub rules: EventId,
    /// The people.
    pub people: Vec<Listed>,
    /// Keys that were listed once and are no longer: what they signed while they were stands.
    pub former: Vec<FormerKey>,
    /// Every key ever listed, as `ssh-keygen -Y verify` takes them; absent unless asked for.
    pub allowed_signers: Option<String>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.people/1";
}

/// One person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    /// The handle.
    pub person: Handle,
    /// What they are.
    pub roles: Vec<Role>,
    /// Their keys.
    pub keys: Vec<ListedKey>,
    /// Whether it is a program.
    pub program: bool,
    /// What at least one of their roles allows, as the verbs are called in the rules.
    pub may: Vec<Verb>,
    /// The roles of theirs that reach only some artifacts or environments.
    pub limits: Vec<Limit>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedKey {
    /// `ALGORITHM BASE64`.
    pub key: String,
    /// As `ssh-keygen -l` prints it.
    pub fingerprint: String,
}

/// A key that was taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormerKey {
    /// Whose it was.
    pub person: Handle,
    /// `ALGORITHM BASE64`.
    pub key: String,
    /// As `ssh-keygen -l` prints it.
    pub fingerprint: String,
    /// The event that listed it.
    pub since: EventId,
    /// The event that took it away.
    pub until: EventId,
}

/// How far a role reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// The role.
    pub role: Role,
    /// Globs over artifact names.
    pub artifacts: Vec<String>,
    /// Globs over environments.
    pub environments: Vec<String>,
}

/// Tells who may do what.
///
/// # Errors
///
/// `before-the-beginning`.
pub fn run(world: &World, request: Request) -> Result<Outcome, Failure> {
    let standing = at::standing(world, request.at)?;
    let governance = &standing.governance;
    let people = governance.people.people.iter().map(|(handle, person)| listed(governance, handle, person)).collect();
    let allowed_signers = match request.show {
        Show::People => None,
        Show::AllowedSigners => Some(signers(&standing.state())?),
    };
    let former = former(&standing.state())?;
    Ok(Outcome { at: request.at, rules: standing.project.since, people, former, allowed_signers })
}

/// Keys taken away, sorted by person.
fn former(state: &State<'_>) -> Result<Vec<FormerKey>, Failure> {
    let mut former = Vec::new();
    for record in state.keys()? {
        let Some(until) = record.until else { continue };
        let fingerprint = PublicKey::parse(&record.key)?.fingerprint();
        former.push(FormerKey { person: record.person, key: record.key, fingerprint, since: record.since, until });
    }
    Ok(former)
}

/// Every key ever listed: old acts are checked with old keys.
pub(super) fn signers(state: &State<'_>) -> Result<String, Failure> {
    let mut keys = Vec::new();
    for record in state.keys()? {
        keys.push((record.person, PublicKey::parse(&record.key)?));
    }
    Ok(allowed_signers(keys.iter().map(|(person, key)| (person.as_str(), key))))
}

fn listed(governance: &Governance, handle: &Handle, person: &Person) -> Listed {
    let rules = person.roles.iter().filter_map(|role| Some((role, governance.people.roles.get(role)?)));
    let may: BTreeSet<Verb> = rules.clone().flat_map(|(_, rules)| rules.may.iter().copied()).collect();
    let everything = ["*".to_owned()];
    let narrowed = rules.filter(|(_, rules)| rules.artifacts != everything || rules.environments != everything);
    let limit = |(role, rules): (&Role, &crate::trust::RoleRules)| Limit {
        role: role.clone(),
        artifacts: rules.artifacts.clone(),
        environments: rules.environments.clone(),
    };
    let key = |key: &PublicKey| ListedKey { key: key.to_string(), fingerprint: key.fingerprint() };
    Listed {
        person: handle.clone(),
        roles: person.roles.iter().cloned().collect(),
        keys: person.keys.iter().map(key).collect(),
        program: person.program,
        may: may.into_iter().collect(),
        limits: narrowed.map(limit).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::TestProject;

    #[test]
    fn people_have_the_verbs_of_all_their_roles() {
        let outcome = run(&TestProject::new().of("tom"), Request::default()).unwrap();
        let ruth = outcome.people.iter().find(|person| person.person.as_str() == "ruth").unwrap();
        let may: Vec<&str> = ruth.may.iter().map(|verb| verb.word()).collect();
        assert_eq!(
            may,
            ["propose", "review", "finding", "approve", "reject", "promote", "rollback", "freeze", "halt", "override"]
        );
        assert!(ruth.limits.is_empty() && !ruth.program);
        assert!(outcome.allowed_signers.is_none());
    }

    #[test]
    fn allowed_signers_has_a_line_for_every_key() {
        let request = Request { at: None, show: Show::AllowedSigners };
        let file = run(&TestProject::new().of("tom"), request).unwrap().allowed_signers.unwrap();
        assert_eq!(file.lines().count(), 5);
        assert!(file.lines().all(|line| line.contains(" namespaces=\"git,chancery-act-v1\" ssh-ed25519 ")));
    }
}
