//! `remote`: where the ledger is shared.

use serde::Serialize;

use super::{Answer, Failure, World, sharing, standing::Standing};
use crate::{ledger::Side, object::EventId, workspace::Remote};

/// What to set; nothing to only look.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where it is.
    pub url: Option<String>,
    /// The branch that holds the ledger there.
    pub branch: Option<String>,
}

/// The remote, and how far this clone is shared.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Where it is, without a password; none without a remote.
    pub url: Option<String>,
    /// The branch that holds the ledger there, where it is one.
    pub branch: Option<String>,
    /// The newest event it has confirmed.
    pub shared: Option<EventId>,
    /// That event's place.
    pub seq: u64,
    /// How many events it has not confirmed.
    pub unshared: u64,
    /// Whether it was set just now.
    pub set: bool,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.remote/1";
}

/// Says which remote there is.
///
/// # Errors
///
/// When the ledger cannot be read.
pub fn run(world: &World, set: bool) -> Result<Outcome, Failure> {
    let tip = Standing::read(world)?.tip;
    let Some(remote) = &world.remote else {
        return Ok(Outcome { url: None, branch: None, shared: None, seq: 0, unshared: tip.seq, set });
    };
    let shared = remote.line(Side::Shared).tip()?;
    Ok(Outcome {
        url: Some(remote.place()),
        branch: Remote::read(world.settings.as_ref())?.and_then(|remote| remote.branch),
        seq: shared.as_ref().map_or(0, |tip| tip.seq),
        shared: shared.map(|tip| tip.event),
        unshared: sharing::unshared(world)?.unwrap_or(0),
        set,
    })
}

/// Remembers a remote. Another place begins without trust: it may be empty.
///
/// # Errors
///
/// A usage failure when there is nothing to set a branch of, or the branch cannot be called so.
pub fn set(world: &World, request: Request) -> Result<(), Failure> {
    let known = Remote::read(world.settings.as_ref())?;
    let Some(url) = request.url.or_else(|| known.as_ref().map(|known| known.url.clone())) else {
        return Err(Failure::usage("there is no remote yet").say("chancery remote URL --branch NAME"));
    };
    let same = known.filter(|known| known.url == url && (request.branch.is_none() || known.branch == request.branch));
    let remote = same.unwrap_or(Remote { url, branch: request.branch, confirmed: false });
    Ok(remote.write(world.settings.as_ref())?)
}
