//! The two refs, and moving them by compare-and-swap.

use git2::{ErrorCode, Oid, Repository};

use super::failure::{Failure, failed};
use crate::adapters::Failpoint;

/// Where events stand.
pub(super) const LEDGER: &str = "refs/chancery/ledger";
/// Where payload stands.
pub(super) const PAYLOAD: &str = "refs/chancery/payload";
/// Where the newest event stands that the remote has confirmed.
pub(super) const SHARED: &str = "refs/remotes/shared/ledger";
/// The payload that the remote had then.
pub(super) const SHARED_PAYLOAD: &str = "refs/remotes/shared/payload";
/// What the remote had when it was last asked.
pub(super) const ARRIVED: &str = "refs/remotes/arrived/ledger";
/// The payload it had then.
pub(super) const ARRIVED_PAYLOAD: &str = "refs/remotes/arrived/payload";
/// What is about to be offered.
pub(super) const DRAFT: &str = "refs/remotes/draft/ledger";

/// The commit a ref names; `None` when there is no such ref.
pub(super) fn target(repository: &Repository, name: &str) -> Result<Option<Oid>, Failure> {
    match repository.refname_to_id(name) {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(Failure::new("cannot read ref", name, error.message())),
    }
}

/// The time of the youngest among the ledger's newest event and these commits, in seconds; 0 where there is none.
pub(super) fn newest(repository: &Repository, commits: &[Oid]) -> Result<i64, Failure> {
    let tip = target(repository, LEDGER)?;
    let times = tip.iter().chain(commits).filter_map(|id| repository.find_commit(*id).ok());
    Ok(times.map(|commit| commit.time().seconds()).max().unwrap_or(0))
}

/// Moves a ref from one commit to another; `false` when it no longer names the first.
pub(super) fn swap(
    repository: &Repository,
    name: &str,
    from: Option<Oid>,
    to: Oid,
    failpoint: &Failpoint,
) -> Result<bool, Failure> {
    failpoint.step();
    let moved = match from {
        Some(from) => repository.reference_matching(name, to, true, from, ""),
        None => repository.reference(name, to, false, ""),
    };
    failpoint.step();
    match moved {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound) => {
            Ok(false)
        }
        Err(error) => Err(failed("cannot move ref", name)(error.message())),
    }
}

/// Has a ref name a commit, or nothing, whatever it named before.
pub(super) fn set(repository: &Repository, name: &str, to: Option<Oid>, failpoint: &Failpoint) -> Result<(), Failure> {
    if target(repository, name)? == to {
        return Ok(());
    }
    failpoint.step();
    let done = match to {
        Some(to) => repository.reference(name, to, true, "").map(|_| ()),
        None => repository.find_reference(name).and_then(|mut found| found.delete()),
    };
    failpoint.step();
    done.map_err(failed("cannot move ref", name))
}
