//! A key file that signs without asking anybody.

use std::path::{Path, PathBuf};

use ssh_key::private::KeypairData;

use super::plain::{bad_key, public_half, sign_in_process};
use crate::trust::{Namespace, PublicKey, Signature, Signer, SignerError};

/// An unencrypted Ed25519 or ECDSA private key in OpenSSH's format; signs in-process.
pub struct FileKey {
    path: PathBuf,
    private: ssh_key::PrivateKey,
    public: PublicKey,
}

impl FileKey {
    /// Takes the key from the file's text; `None` when it needs `ssh-keygen`.
    ///
    /// # Errors
    ///
    /// [`SignerError::Key`] when others on this machine may read the file.
    pub(super) fn from_text(path: &Path, text: &str) -> Result<Option<Self>, SignerError> {
        let Ok(private) = ssh_key::PrivateKey::from_openssh(text.trim_end()) else { return Ok(None) };
        if !matches!(private.key_data(), KeypairData::Ed25519(_) | KeypairData::Ecdsa(_)) {
            return Ok(None);
        }
        refuse_readable_by_others(path)?;
        let public = public_half(&private, path)?;
        Ok(Some(Self { path: path.to_owned(), private, public }))
    }
}

impl Signer for FileKey {
    fn key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, namespace: Namespace, bytes: &[u8]) -> Result<Signature, SignerError> {
        sign_in_process(&self.private, &self.path, namespace, bytes)
    }
}

/// The same care as OpenSSH's: a key that others can read is nobody's.
#[cfg(unix)]
fn refuse_readable_by_others(path: &Path) -> Result<(), SignerError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|e| bad_key(path, e))?;
    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    Err(bad_key(path, format!("others may read it (mode {mode:04o}); `chmod 600` it first")))
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_: &Path) -> Result<(), SignerError> {
    Ok(())
}
