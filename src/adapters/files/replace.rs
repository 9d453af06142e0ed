//! Replacing a whole file so that a kill or a power cut leaves the old one or the new one.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use tempfile::Builder;

use crate::adapters::Failpoint;

/// How temporary files begin; a kill may leave one behind, and listings pass over it.
pub(super) const TEMPORARY: &str = ".chancery-write-";

/// Writes `bytes` to `path`, creating folders; an existing file keeps its permissions.
///
/// # Errors
///
/// What the system answered; then the file is as it was.
pub fn replace(path: &Path, bytes: &[u8], failpoint: &Failpoint) -> io::Result<()> {
    replace_with(path, |mut file| file.write_all(bytes), failpoint)
}

/// The same with bytes that are written piece by piece.
///
/// # Errors
///
/// As [`replace`], and whatever `write` answers: then the old file stands.
pub fn replace_with(path: &Path, write: impl FnOnce(&File) -> io::Result<()>, failpoint: &Failpoint) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_folders(folder)?;
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(folder)?;
    failpoint.step();
    write(file.as_file())?;
    match fs::metadata(path) {
        Ok(existing) => file.as_file().set_permissions(existing.permissions())?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    file.as_file().sync_all()?;
    failpoint.step();
    file.persist(path)?;
    failpoint.step();
    sync_folder(folder)
}

/// Creates a folder and those above it, each durably in its parent.
fn create_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create_folders(parent)?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            other => other?,
        }
        return sync_folder(parent);
    }
    fs::create_dir_all(folder)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows can neither open nor sync a folder; its renames are journalled.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
