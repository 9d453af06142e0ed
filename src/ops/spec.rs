//! What people type to mean an artifact, a version or a proposal.

use std::{fmt, str::FromStr};

use crate::{
    name::{BadName, Environment, Kind, Name},
    object::{EventId, Prefix},
};

/// Text that means nothing we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSpec {
    /// The part before `@` is no name.
    #[error(transparent)]
    Name(#[from] BadName),
    /// Neither a proposal's id nor an environment.
    #[error("`{0}` names no proposal: use its id, 6 or more digits of it, or an environment")]
    Proposal(String),
    /// Fewer than six digits, or something else.
    #[error("`{0}` is not an id: use 6 or more lower-case hexadecimal digits of it")]
    Id(String),
}

/// One artifact, `NAME` or `KIND/NAME`. Suites and charters are always written with their kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactName {
    /// The kind, where it was written.
    pub kind: Option<Kind>,
    /// The name.
    pub name: Name,
}

impl FromStr for ArtifactName {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        let (kind, name) = split_kind(text);
        Ok(Self { kind, name: Name::parse(name)? })
    }
}

impl fmt::Display for ArtifactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(kind) => write!(f, "{kind}/{}", self.name),
            None => self.name.fmt(f),
        }
    }
}

/// A proposal: by id, or as the only open one of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProposalName {
    /// The one whose id begins so.
    Id(Prefix),
    /// The one open proposal for this environment.
    Environment(Environment),
}

impl ProposalName {
    /// The proposal with this very id.
    pub(super) fn id(id: EventId) -> Self {
        Self::Id(Prefix::of(&id.0))
    }
}

impl FromStr for ProposalName {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        if let Some(prefix) = Prefix::parse(text) {
            return Ok(Self::Id(prefix));
        }
        Environment::parse(text).map(Self::Environment).map_err(|_| BadSpec::Proposal(text.to_owned()))
    }
}

impl fmt::Display for ProposalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(prefix) => prefix.fmt(f),
            Self::Environment(name) => name.fmt(f),
        }
    }
}

/// The id of an event, a dossier or a bundle, as its first digits.
///
/// # Errors
///
/// [`BadSpec::Id`].
pub fn parse_id(text: &str) -> Result<Prefix, BadSpec> {
    Prefix::parse(text).ok_or_else(|| BadSpec::Id(text.to_owned()))
}

/// `suite/refunds` is the suite `refunds`; anything else has no kind written.
fn split_kind(text: &str) -> (Option<Kind>, &str) {
    match text.split_once('/').map(|(word, rest)| (word.parse::<Kind>(), rest)) {
        Some((Ok(kind), rest)) => (Some(kind), rest),
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_stands_for_its_proposal() {
        assert!(matches!("production".parse(), Ok(ProposalName::Environment(_))));
        assert!(matches!("7be4410c".parse(), Ok(ProposalName::Id(_))));
        assert!("7be44 x".parse::<ProposalName>().is_err());
    }
}
