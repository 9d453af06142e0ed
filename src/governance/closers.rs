//! Who may close a finding that somebody else raised.

use super::EnvironmentRules;
use crate::name::Role;

/// Whose word closes a finding besides its raiser's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closers {
    /// The role they hold.
    pub role: Role,
    /// Whether a hand in the change does no harm.
    pub authors: bool,
}

impl Closers {
    /// Roots; as with approvals of the rules, who proposes them may be one, or a single root could be locked out.
    pub fn of_rules() -> Option<Self> {
        Role::parse("root").ok().map(|role| Self { role, authors: true })
    }
}

impl EnvironmentRules {
    /// Who would judge a change here: the reviewers that are asked for, never authors; without, those whose approval
    /// is, authors where an author's approval counts; else roots who are no authors.
    pub fn closers(&self) -> Option<Closers> {
        match (&self.gate.reviews, &self.gate.approvals) {
            (Some(rule), _) => Some(Closers { role: rule.role.clone(), authors: false }),
            (None, Some(rule)) => Some(Closers { role: rule.role.clone(), authors: rule.authors }),
            (None, None) => Closers::of_rules().map(|roots| Closers { authors: false, ..roots }),
        }
    }
}
