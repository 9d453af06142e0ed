//! People and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use globset::Glob;
use serde::{Deserialize, Serialize};

use super::PublicKey;
use crate::name::{Artifact, Environment, Handle, Role};

/// What a role may allow. The words are those of the commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// Record versions.
    Commit,
    /// Announce runs and attest evidence.
    Evaluate,
    /// Ask for a change of an environment, and take it back.
    Propose,
    /// Record a completed review.
    Review,
    /// Raise, answer and close findings.
    Finding,
    /// Approve a proposal.
    Approve,
    /// Refuse a proposal.
    Reject,
    /// Carry out an approved proposal.
    Promote,
    /// Put back what was live.
    Rollback,
    /// Propose, approve and carry out changes of governance.
    Govern,
}

impl Verb {
    /// All verbs.
    pub const ALL: [Self; 10] = [
        Self::Commit,
        Self::Evaluate,
        Self::Propose,
        Self::Review,
        Self::Finding,
        Self::Approve,
        Self::Reject,
        Self::Promote,
        Self::Rollback,
        Self::Govern,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Evaluate => "evaluate",
            Self::Propose => "propose",
            Self::Review => "review",
            Self::Finding => "finding",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Promote => "promote",
            Self::Rollback => "rollback",
            Self::Govern => "govern",
        }
    }
}

/// A person as governance lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The keys that sign for this person; no key stands under two people.
    pub keys: Vec<PublicKey>,
    /// What they are; a person without roles may read.
    pub roles: BTreeSet<Role>,
    /// A program: never a sole author, never an approver.
    pub program: bool,
}

/// What the holders of a role may do. Everything is a list of what is allowed; nothing is implied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRules {
    /// Verbs.
    pub may: BTreeSet<Verb>,
    /// Globs over artifact names; `*` matches any name, folders included.
    pub artifacts: Vec<String>,
    /// Globs over environment names.
    pub environments: Vec<String>,
}

impl RoleRules {
    /// These verbs on everything, everywhere.
    pub fn everywhere(may: impl IntoIterator<Item = Verb>) -> Self {
        Self { may: may.into_iter().collect(), artifacts: vec!["*".to_owned()], environments: vec!["*".to_owned()] }
    }

    /// What a built-in role may do unless `chancery.toml` narrows it; `None` for other names.
    pub fn built_in(role: &str) -> Option<Self> {
        let verbs: &[Verb] = match role {
            "root" => &Verb::ALL,
            "author" => &[Verb::Commit, Verb::Propose, Verb::Finding],
            "reviewer" => &[Verb::Review, Verb::Finding, Verb::Reject],
            "release" => &[Verb::Propose, Verb::Finding, Verb::Approve, Verb::Reject, Verb::Promote, Verb::Rollback],
            "evaluator" => &[Verb::Evaluate],
            _ => return None,
        };
        Some(Self::everywhere(verbs.iter().copied()))
    }
}

/// Everybody, and what their roles allow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// People by handle.
    pub people: BTreeMap<Handle, Person>,
    /// Roles by name, the built-in ones included.
    pub roles: BTreeMap<Role, RoleRules>,
}

impl People {
    /// The person whose key this is.
    pub fn owner(&self, key: &PublicKey) -> Option<(&Handle, &Person)> {
        self.people.iter().find(|(_, person)| person.keys.contains(key))
    }

    /// Whether the person holds the role.
    pub fn holds(&self, handle: &Handle, role: &Role) -> bool {
        self.people.get(handle).is_some_and(|person| person.roles.contains(role))
    }

    /// Whether one of the person's roles allows the verb on all of these artifacts, in this environment.
    pub fn may(&self, handle: &Handle, verb: Verb, artifacts: &[&Artifact], environment: Option<&Environment>) -> bool {
        let Some(person) = self.people.get(handle) else { return false };
        let rules: Vec<&RoleRules> = person
            .roles
            .iter()
            .filter_map(|role| self.roles.get(role))
            .filter(|rules| rules.may.contains(&verb))
            .collect();
        let here = |rules: &&RoleRules| environment.is_none_or(|env| any_glob(&rules.environments, env.as_str()));
        let able: Vec<&RoleRules> = rules.into_iter().filter(here).collect();
        !able.is_empty() && artifacts.iter().all(|artifact| able.iter().any(|rules| covers(rules, artifact)))
    }
}

/// Whether a role reaches an artifact, named with or without its kind.
fn covers(rules: &RoleRules, artifact: &Artifact) -> bool {
    any_glob(&rules.artifacts, artifact.name.as_str()) || any_glob(&rules.artifacts, &artifact.to_string())
}

/// Whether one of the globs matches; one that does not parse matches nothing.
fn any_glob(globs: &[String], text: &str) -> bool {
    globs.iter().any(|glob| Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(text)))
}
