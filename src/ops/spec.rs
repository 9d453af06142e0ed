//! What people type to mean an artifact, a version or a proposal.

use std::{fmt, str::FromStr};

use crate::{
    name::{BadName, Environment, Kind, Name},
    object::Prefix,
};

/// Text that means nothing we know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSpec {
    /// The part before `@` is no name.
    #[error(transparent)]
    Name(#[from] BadName),
    /// The part after `@` is no revision.
    #[error("`{0}` is not a revision: use `head`, `work`, `v12`, an id of 6 or more digits, or an environment")]
    Revision(String),
    /// Neither a proposal's id nor an environment.
    #[error("`{0}` names no proposal: use its id, 6 or more digits of it, or an environment")]
    Proposal(String),
    /// Fewer than six digits, or something else.
    #[error("`{0}` is not an id: use 6 or more lower-case hexadecimal digits of it")]
    Id(String),
}

/// Which version of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// The newest committed version.
    Head,
    /// The working file.
    Work,
    /// The artifact's commit with this number, from 1.
    Number(u64),
    /// The version whose id begins so.
    Id(Prefix),
    /// What is live in an environment, or was so many moves ago.
    Environment {
        /// The environment.
        name: Environment,
        /// Moves back; 0 is what is live.
        back: u32,
    },
}

impl FromStr for Revision {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        let refuse = || BadSpec::Revision(text.to_owned());
        if let Some(fixed) = match text {
            "head" => Some(Self::Head),
            "work" => Some(Self::Work),
            _ => Prefix::parse(text).map(Self::Id),
        } {
            return Ok(fixed);
        }
        if let Some(number) = text.strip_prefix('v').and_then(|digits| digits.parse().ok()) {
            return if number == 0 { Err(refuse()) } else { Ok(Self::Number(number)) };
        }
        let (name, back) = match text.split_once('~') {
            Some((name, back)) => (name, back.parse().map_err(|_| refuse())?),
            None => (text, 0),
        };
        Environment::parse(name).map(|name| Self::Environment { name, back }).map_err(|_| refuse())
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => f.write_str("head"),
            Self::Work => f.write_str("work"),
            Self::Number(number) => write!(f, "v{number}"),
            Self::Id(prefix) => prefix.fmt(f),
            Self::Environment { name, back: 0 } => name.fmt(f),
            Self::Environment { name, back } => write!(f, "{name}~{back}"),
        }
    }
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

/// `NAME[@REVISION]`, or a glob over names; either may begin with a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The kind, where it was written.
    pub kind: Option<Kind>,
    /// One name or many.
    pub names: Names,
    /// The revision, where it was written.
    pub revision: Option<Revision>,
}

/// One name, or all that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    /// Exactly this one.
    One(Name),
    /// All that match this glob (`*`, `?`, `[…]`, `{…}`).
    Glob(String),
}

impl FromStr for Spec {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        let (path, revision) = match text.rsplit_once('@') {
            Some((path, revision)) => (path, Some(revision.parse()?)),
            None => (text, None),
        };
        let (kind, name) = split_kind(path);
        let names = if name.contains(['*', '?', '[', '{']) {
            Names::Glob(name.to_owned())
        } else {
            Names::One(Name::parse(name)?)
        };
        Ok(Self { kind, names, revision })
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kind) = self.kind {
            write!(f, "{kind}/")?;
        }
        match &self.names {
            Names::One(name) => name.fmt(f)?,
            Names::Glob(glob) => f.write_str(glob)?,
        }
        match &self.revision {
            Some(revision) => write!(f, "@{revision}"),
            None => Ok(()),
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
    fn a_spec_is_written_as_it_was_read() {
        for text in [
            "refunds",
            "suite/refunds",
            "a/b@v12",
            "refunds@3f9a1c2",
            "x@production~1",
            "x@head",
            "prompt/a*@work",
            "*",
        ] {
            assert_eq!(text.parse::<Spec>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_spec_is_refused_with_the_part_that_is_wrong() {
        assert!(matches!("../x".parse::<Spec>(), Err(BadSpec::Name(_))));
        for text in ["x@v0", "x@", "x@production~y", "x@a/b"] {
            assert!(matches!(text.parse::<Spec>(), Err(BadSpec::Revision(_))), "{text}");
        }
    }

    #[test]
    fn an_environment_stands_for_its_proposal() {
        assert!(matches!("production".parse(), Ok(ProposalName::Environment(_))));
        assert!(matches!("7be4410c".parse(), Ok(ProposalName::Id(_))));
        assert!("7be44 x".parse::<ProposalName>().is_err());
    }
}
