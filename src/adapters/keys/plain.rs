//! What every adapter does with a private key in OpenSSH's own format.

use std::path::Path;

use crate::trust::{Namespace, PublicKey, Signature, SignerError};

/// A failure of the key in this file.
pub(super) fn bad_key(path: &Path, reason: impl std::fmt::Display) -> SignerError {
    SignerError::Key { path: path.display().to_string(), reason: reason.to_string() }
}

/// The public half of a private key, in our form.
pub(super) fn public_half(key: &ssh_key::PrivateKey, path: &Path) -> Result<PublicKey, SignerError> {
    let bare = ssh_key::PublicKey::new(key.public_key().key_data().clone(), "");
    let text = bare.to_openssh().map_err(|e| bad_key(path, e))?;
    PublicKey::parse(&text).map_err(|e| bad_key(path, e.why))
}

/// Signs with a plain private key, with the hash and in the spelling of `ssh-keygen`.
pub(super) fn sign_in_process(
    key: &ssh_key::PrivateKey,
    path: &Path,
    namespace: Namespace,
    bytes: &[u8],
) -> Result<Signature, SignerError> {
    let signature = key.sign(namespace.as_str(), ssh_key::HashAlg::Sha512, bytes).map_err(|e| bad_key(path, e))?;
    let armored = signature.to_pem(ssh_key::LineEnding::LF).map_err(|e| bad_key(path, e))?;
    // `ssh-keygen` ends with a newline, the PEM writer may or may not.
    Ok(Signature::new(format!("{}\n", armored.trim_end())))
}
