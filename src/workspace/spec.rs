//! `NAME[@REVISION]`: how people say which artifacts and which of their versions.

use std::{fmt, str::FromStr};

use crate::{name::Environment, object::Prefix};

/// Which version of an artifact is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// Nothing was said: the working file for `render`, `eval` and `diff`, the head elsewhere.
    Default,
    /// `@head`: the newest committed version.
    Head,
    /// `@work`: the working file.
    Work,
    /// `@v12`: the artifact's twelfth commit.
    Number(u64),
    /// `@3f9a1c2`: the version whose id begins so.
    Prefix(Prefix),
    /// `@production`, `@production~1`: what is live there, or was so many changes of this artifact before.
    Environment(Environment, u32),
}

/// A spec as it was typed: what it names is told by [`super::resolve`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// A name, a glob over names, or a path.
    pub text: String,
    /// Which version.
    pub revision: Revision,
}

/// Text that is no spec.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` {why}", .text.escape_debug())]
pub struct BadSpec {
    /// The text as it was given.
    pub text: String,
    /// What is wrong with it, as the rest of a sentence that begins with the text.
    pub why: String,
}

impl FromStr for Spec {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        let (what, revision) = match text.rsplit_once('@') {
            None => (text, Revision::Default),
            Some((what, revision)) => {
                (what, revision.parse().map_err(|bad: BadSpec| BadSpec { text: text.to_owned(), ..bad })?)
            }
        };
        if what.is_empty() {
            return Err(BadSpec { text: text.to_owned(), why: "names no artifact".to_owned() });
        }
        Ok(Self { text: what.to_owned(), revision })
    }
}

impl FromStr for Revision {
    type Err = BadSpec;

    fn from_str(text: &str) -> Result<Self, BadSpec> {
        let refuse = |why: &str| BadSpec { text: text.to_owned(), why: why.to_owned() };
        if let Some(number) = numbered(text) {
            return match number.parse() {
                Ok(number) if number > 0 => Ok(Self::Number(number)),
                _ => Err(refuse("has a number that no version can have; the first is `v1`")),
            };
        }
        if let Some(prefix) = Prefix::parse(text) {
            return Ok(Self::Prefix(prefix));
        }
        match text {
            "head" => return Ok(Self::Head),
            "work" => return Ok(Self::Work),
            "" => return Err(refuse("has no revision after the `@`")),
            _ => {}
        }
        let (environment, back) = text.split_once('~').unwrap_or((text, "0"));
        let digits = !back.is_empty() && back.bytes().all(|b| b.is_ascii_digit());
        let back = back.parse().ok().filter(|_| digits).ok_or_else(|| refuse("needs a number after the `~`"))?;
        match Environment::parse(environment) {
            Ok(environment) => Ok(Self::Environment(environment, back)),
            Err(bad) => Err(refuse(&format!(
                "has no revision: `{}` {}; say `@head`, `@work`, `@v3`, six or more digits of an id, or an environment",
                environment.escape_debug(),
                bad.why
            ))),
        }
    }
}

/// The digits of `v12`.
fn numbered(text: &str) -> Option<&str> {
    text.strip_prefix('v').filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => Ok(()),
            Self::Head => f.write_str("head"),
            Self::Work => f.write_str("work"),
            Self::Number(number) => write!(f, "v{number}"),
            Self::Prefix(prefix) => prefix.fmt(f),
            Self::Environment(environment, 0) => environment.fmt(f),
            Self::Environment(environment, back) => write!(f, "{environment}~{back}"),
        }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision {
            Revision::Default => f.write_str(&self.text),
            _ => write!(f, "{}@{}", self.text, self.revision),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_is_printed_as_it_was_typed() {
        for text in [
            "a",
            "suite/a/b",
            "a@head",
            "a@work",
            "a@v12",
            "a@3f9a1c2",
            "a@production",
            "a@production~1",
            "p/*.md@v1",
            ".",
        ] {
            assert_eq!(text.parse::<Spec>().map(|spec| spec.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_spec_without_a_name_or_with_a_strange_revision_is_refused() {
        for text in ["", "@head", "a@", "a@v0", "a@v99999999999999999999", "a@prod~", "a@prod~+1", "a@prod~x", "a@a/b"]
        {
            assert!(text.parse::<Spec>().is_err(), "{text}");
        }
        let bad = "a@x y".parse::<Spec>().unwrap_err();
        assert!(bad.to_string().starts_with("`a@x y` has no revision: `x y` holds a character"), "{bad}");
    }
}
