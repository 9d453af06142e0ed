//! What git is told about the person: name and signing key.

use std::path::Path;

/// The person's git settings, as git itself would see them in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GitConfig {
    /// `user.name`.
    pub name: Option<String>,
    /// `user.signingKey`, with `~/` expanded, where git signs with SSH keys (`gpg.format = ssh`).
    pub signing_key: Option<String>,
    /// `remote.origin.url`.
    pub origin: Option<String>,
    /// `gpg.ssh.program`: what git runs in place of `ssh-keygen`.
    pub ssh_program: Option<String>,
}

impl GitConfig {
    /// Reads the settings in force in `folder`; whatever cannot be read counts as not set.
    pub fn read(folder: &Path) -> Self {
        let repository = git2::Repository::discover(folder).and_then(|repository| repository.config());
        let Ok(mut config) = repository.or_else(|_| git2::Config::open_default()) else { return Self::default() };
        let Ok(config) = config.snapshot() else { return Self::default() };
        let text = |key: &str| config.get_string(key).ok().filter(|value| !value.is_empty());
        let path = |key: &str| config.get_path(key).ok().and_then(|path| path.to_str().map(str::to_owned));
        let ssh = text("gpg.format").is_some_and(|format| format.eq_ignore_ascii_case("ssh"));
        Self {
            name: text("user.name"),
            origin: text("remote.origin.url"),
            signing_key: if ssh { path("user.signingkey").filter(|value| !value.is_empty()) } else { None },
            ssh_program: path("gpg.ssh.program").filter(|value| !value.is_empty()),
        }
    }
}
