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
    /// Takes the key from the file's text; `None` when it is for `ssh-keygen` to use or to refuse.
    pub(super) fn from_text(path: &Path, text: &str) -> Result<Option<Self>, SignerError> {
        let Ok(private) = ssh_key::PrivateKey::from_openssh(text.trim_end()) else { return Ok(None) };
        if !matches!(private.key_data(), KeypairData::Ed25519(_) | KeypairData::Ecdsa(_)) || others_may_read(path)? {
            return Ok(None);
        }
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

/// Whether the owner is not the only one who can read the file. OpenSSH knows when that is forgivable.
#[cfg(unix)]
fn others_may_read(path: &Path) -> Result<bool, SignerError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|e| bad_key(path, e))?;
    let others = metadata.permissions().mode() & 0o077;
    Ok(others != 0)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other systems can fail here")]
fn others_may_read(_: &Path) -> Result<bool, SignerError> {
    Ok(false)
}
