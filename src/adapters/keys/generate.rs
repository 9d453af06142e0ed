//! New key pairs.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::{ThrowawayKey, plain::bad_key};
use crate::trust::{PublicKey, Signer, SignerError};

/// Writes a new Ed25519 key pair, `path` for its owner alone and `path.pub` for everybody.
///
/// # Errors
///
/// [`SignerError::Key`] when either file exists already, or cannot be written; then neither is left behind.
pub fn generate_key(path: &Path) -> Result<PublicKey, SignerError> {
    let beside = public_path(path);
    if beside.symlink_metadata().is_ok() {
        return Err(bad_key(&beside, "exists already and is not overwritten"));
    }
    let key = ThrowawayKey::random()?;
    let public = key.key().clone();
    write_new(path, &key.to_file_text()?, 0o600)?;
    write_new(&beside, &format!("{public}\n"), 0o644).inspect_err(|_| {
        // Half a pair would only be in the way of the next try.
        let _ = std::fs::remove_file(path);
    })?;
    Ok(public)
}

/// `path` with `.pub` after it.
pub(super) fn public_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// Writes a file that must not exist yet, durably.
fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), SignerError> {
    let mut file = create_new(path, mode).map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => bad_key(path, "exists already and is not overwritten"),
        io::ErrorKind::NotFound => bad_key(path, "the folder it would stand in is not there"),
        _ => bad_key(path, e),
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| {
        let _ = std::fs::remove_file(path);
        bad_key(path, e)
    })
}

/// Creates the file with its mode from the first moment.
fn create_new(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}
