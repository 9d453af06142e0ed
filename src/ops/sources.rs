//! The files of a version, read back from payload.

use super::{Failure, World, keep::purge_of};
use crate::{
    artifact::{Source, SourceFile},
    name::Artifact,
    object::{Digest, VersionId},
    state::{LineageRecord, State},
};

/// The exact files of a commit; a deletion has none.
///
/// # Errors
///
/// `purged` or `payload-missing` when bytes are not in the store, `deleted` for a deletion.
pub(super) fn source_of(world: &World, record: &LineageRecord) -> Result<Source, Failure> {
    let (Some(version), Some(path)) = (record.version, &record.path) else {
        return Err(Failure::cannot("deleted", format!("`{}` v{} is a deletion", record.artifact, record.number)));
    };
    let bytes = bytes(world, &version.0)?;
    let main = path.rsplit('/').next().unwrap_or(path);
    if !record.listed {
        return Ok(Source::single(main, bytes));
    }
    let damaged = || {
        Failure::refused("ledger-damaged", format!("version `{}` is not the listing it should be", version.short()))
            .run("chancery verify")
    };
    let mut found = None;
    let mut attached = Vec::new();
    for (digest, path) in Source::read_listing(&bytes).ok_or_else(damaged)? {
        let file = SourceFile { bytes: self::bytes(world, &digest)?, path };
        if file.path == main { found = Some(file) } else { attached.push(file) }
    }
    Ok(Source { main: found.ok_or_else(damaged)?, attached })
}

/// The commit that made a version, and its files.
///
/// # Errors
///
/// `ledger-damaged` when the artifact never had it, and what [`source_of`] says.
pub(super) fn of_version(
    world: &World,
    state: &State<'_>,
    artifact: &Artifact,
    version: VersionId,
) -> Result<(LineageRecord, Source), Failure> {
    let unknown = || {
        Failure::refused("ledger-damaged", format!("`{artifact}` never had version `{version}`")).run("chancery verify")
    };
    let number = state.version(artifact, version)?.ok_or_else(unknown)?.number;
    let record = state.commit(artifact, number)?.ok_or_else(unknown)?;
    let source = source_of(world, &record)?;
    Ok((record, source))
}

/// Payload that must be there.
///
/// # Errors
///
/// `purged` when somebody took it away, `payload-missing` when it is not there for no reason.
pub(super) fn bytes(world: &World, id: &Digest) -> Result<Vec<u8>, Failure> {
    // While a purge is not completed its bytes may still be here; nobody is given them.
    let found = if world.upkeep.intended()?.contains(id) { None } else { world.store.get(id)? };
    if let Some(bytes) = found {
        return Ok(bytes);
    }
    if let Some(purged) = purge_of(world, id)? {
        return Err(purged.refusal().into());
    }
    let missing = || {
        Failure::refused("payload-missing", format!("the bytes `{}` are not in the store", id.short()))
            .run("chancery verify")
    };
    world.store.get(id)?.ok_or_else(missing)
}
