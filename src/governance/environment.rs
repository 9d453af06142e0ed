//! The parsed file.

use super::RiskRule;
use crate::{
    artifact::Template,
    clock::{Span, Window},
    gate::{Gate, Rule},
    name::{Environment, Kind, Role},
    trust::People,
};

/// One environment's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvironmentRules {
    /// Its name.
    pub name: Environment,
    /// The environment a version must have been live in first; `None`: it takes heads.
    pub after: Option<Environment>,
    /// `follow = "heads"`: every commit moves it. Only an open environment may.
    pub follows_heads: bool,
    /// How long a version must have been live in `after`.
    pub soak: Option<Span>,
    /// The hours at which it is changed; `None`: at any.
    pub window: Option<Window>,
    /// Roles that may roll back; when empty, whoever may by their role's verbs.
    pub rollback_roles: Vec<Role>,
    /// Rules that an override may waive; none when empty.
    pub waivable: Vec<Rule>,
    /// What a change must satisfy.
    pub gate: Gate,
}

/// One `[[sources]]` entry: where else artifacts stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRule {
    /// Glob over paths, relative to the project folder.
    pub files: String,
    /// What the files are.
    pub kind: Kind,
    /// Whether prompts among them are templates; `None` decides as in the default folders.
    pub template: Option<Template>,
    /// Pattern of the name: `{1}`, `{2}`… are what each `*` or `**` of the glob matched, `{stem}` the file's
    /// name without its ending, `{path}` the whole path without its ending.
    pub name: String,
}

/// Governance, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Governance {
    /// The project's name, the first part of every stamp.
    pub project: String,
    /// Where artifacts stand besides the default folders.
    pub sources: Vec<SourceRule>,
    /// Approvals of root that a change to this file needs; at least 1.
    pub approvals: u32,
    /// People and roles.
    pub people: People,
    /// Environments in the order of the file.
    pub environments: Vec<EnvironmentRules>,
    /// What raises the tier of a change besides the built-in reasons.
    pub risk: Vec<RiskRule>,
}

impl Governance {
    /// The rules of an environment, by name.
    pub fn environment(&self, name: &Environment) -> Option<&EnvironmentRules> {
        self.environments.iter().find(|rules| rules.name == *name)
    }
}
