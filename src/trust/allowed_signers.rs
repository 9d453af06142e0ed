//! The file with which `ssh-keygen` checks signatures without us.

use super::PublicKey;

/// The allowed-signers file `ssh-keygen -Y verify` takes: one line a key, valid for `git` and for acts.
pub fn allowed_signers<'a>(keys: impl IntoIterator<Item = (&'a str, &'a PublicKey)>) -> String {
    let mut lines = String::new();
    for (handle, key) in keys {
        lines.push_str(handle);
        lines.push_str(" namespaces=\"git,chancery-act-v1\" ");
        lines.push_str(key.as_str());
        lines.push('\n');
    }
    lines
}
