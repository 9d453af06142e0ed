//! The two refs, and moving them by compare-and-swap.

use git2::{ErrorCode, Oid, Repository};

use super::failure::{Failure, failed};
use crate::adapters::Failpoint;

/// Where events stand.
pub(super) const LEDGER: &str = "refs/chancery/ledger";
/// Where payload stands.
pub(super) const PAYLOAD: &str = "refs/chancery/payload";

/// The commit a ref names; `None` when there is no such ref.
pub(super) fn target(repository: &Repository, name: &str) -> Result<Option<Oid>, Failure> {
    match repository.refname_to_id(name) {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(Failure::new("cannot read ref", name, error.message())),
    }
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
