//! The short string an application logs with each decision.

use std::{fmt, str::FromStr};

use crate::{
    name::{Environment, Name},
    object::{BundleId, EventId, Prefix},
};

/// How many digits of each id a stamp carries: enough that among a billion events two alike are not to be expected.
const DIGITS: usize = 16;

/// `project/environment/prompt@bundle+event`: what was served, and the event that made it live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The project's name.
    pub project: String,
    /// Where it was served.
    pub environment: Environment,
    /// The prompt.
    pub prompt: Name,
    /// The first digits of the bundle's id.
    pub bundle: Prefix,
    /// The first digits of the id of the event since which the bundle was live there.
    pub event: Prefix,
}

/// Text that is no stamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a stamp: one reads `project/environment/prompt@bundle+event`")]
pub struct BadStamp(pub String);

/// The stamp of a bundle that is live in an environment since an event.
pub(super) fn stamp(
    project: &str,
    environment: &Environment,
    prompt: &Name,
    bundle: BundleId,
    event: EventId,
) -> String {
    let short = |hex: String| hex.chars().take(DIGITS).collect::<String>();
    format!("{project}/{environment}/{prompt}@{}+{}", short(bundle.0.hex()), short(event.0.hex()))
}

impl FromStr for Stamp {
    type Err = BadStamp;

    fn from_str(text: &str) -> Result<Self, BadStamp> {
        parse(text).ok_or_else(|| BadStamp(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Stamp> {
    let (path, ids) = text.rsplit_once('@')?;
    let (bundle, event) = ids.split_once('+')?;
    let (project, path) = path.split_once('/')?;
    let (environment, prompt) = path.split_once('/')?;
    Some(Stamp {
        project: Some(project).filter(|name| !name.is_empty())?.to_owned(),
        environment: Environment::parse(environment).ok()?,
        prompt: Name::parse(prompt).ok()?,
        bundle: Prefix::parse(bundle)?,
        event: Prefix::parse(event)?,
    })
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}@{}+{}", self.project, self.environment, self.prompt, self.bundle, self.event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Digest;

    #[test]
    fn a_stamp_is_written_as_it_was_read() {
        let environment = Environment::parse("production").unwrap();
        let prompt = Name::parse("team/refund-triage").unwrap();
        let (bundle, event) = (BundleId(Digest::of(b"bundle")), EventId(Digest::of(b"event")));
        let text = stamp("shop", &environment, &prompt, bundle, event);
        let read: Stamp = text.parse().unwrap();
        assert_eq!(read.to_string(), text);
        assert_eq!((read.environment, read.prompt), (environment, prompt));
        assert!(read.bundle.matches(&bundle.0) && read.event.matches(&event.0));
    }

    #[test]
    fn what_lacks_a_part_is_no_stamp() {
        for text in
            ["", "shop", "shop/production/x", "shop/x@3f9a1c20+7be4410c", "shop/production/x@3f9a1c20", "a/b/c@12+34"]
        {
            assert!(text.parse::<Stamp>().is_err(), "{text}");
        }
    }
}
