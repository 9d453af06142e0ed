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
    /// `gpg.ssh.program`: what git runs in place of `ssh-keygen`. Only the person's own settings count, not those of
    /// the repository around the project: a folder that came from somebody names no programs to run.
    pub ssh_program: Option<String>,
}

impl GitConfig {
    /// Reads the settings in force in `folder`; whatever cannot be read counts as not set.
    pub fn read(folder: &Path) -> Self {
        let repository = git2::Repository::discover(folder).and_then(|repository| repository.config());
        let own = git2::Config::open_default().and_then(|mut own| own.snapshot());
        let Ok(mut config) = repository.or_else(|_| git2::Config::open_default()) else { return Self::default() };
        let Ok(config) = config.snapshot() else { return Self::default() };
        let text = |key: &str| config.get_string(key).ok().filter(|value| !value.is_empty());
        let path = |key: &str| config.get_path(key).ok().and_then(|path| path.to_str().map(str::to_owned));
        let ssh = text("gpg.format").is_some_and(|format| format.eq_ignore_ascii_case("ssh"));
        Self {
            name: text("user.name"),
            origin: text("remote.origin.url"),
            signing_key: if ssh { path("user.signingkey").filter(|value| !value.is_empty()) } else { None },
            ssh_program: own.ok().and_then(|own| {
                let path = own.get_path("gpg.ssh.program").ok()?;
                path.to_str().filter(|path| !path.is_empty()).map(str::to_owned)
            }),
        }
    }
}
