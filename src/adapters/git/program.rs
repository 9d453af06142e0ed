//! Running the `git` program on the store: to reach remotes, which libgit2 here cannot.

use std::{
    ffi::OsString,
    fs::File,
    path::Path,
    process::{Command, Output, Stdio},
};

use super::failure::{Failure, failed};

const WHAT: &str = "cannot run";

/// Settings of the store that git may find there: those that we or git write when a repository is made. Others could
/// name programs to run.
const KNOWN: [&str; 10] = [
    "core.bare",
    "core.filemode",
    "core.fsync",
    "core.fsyncmethod",
    "core.hookspath",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.repositoryformatversion",
    "core.symlinks",
    "gc.auto",
];

/// Variables of git that stay: how the person reaches servers, and traces. All others could lead git elsewhere.
const KEPT: [&str; 6] = ["GIT_SSH", "GIT_ASKPASS", "GIT_SSL_", "GIT_HTTP_", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"];

/// What git is told in every run, whatever the person's settings say.
const SETTINGS: [&str; 11] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.fsync=all",
    "core.fsyncMethod=fsync",
    "gc.auto=0",
    "maintenance.auto=false",
    "transfer.fsckObjects=true",
    "fetch.fsckObjects=true",
    "fetch.writeCommitGraph=false",
    "push.followTags=false",
    "push.gpgSign=false",
];

/// Runs git on the store in `dir`, without hooks and without helpers that run by themselves.
///
/// # Errors
///
/// That there is no git, or that the store's own settings hold something that we did not write.
pub(super) fn git(dir: &Path, asks: bool, lock: Option<File>, args: &[OsString]) -> Result<Output, Failure> {
    check_settings(dir)?;
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("GIT_") && !KEPT.iter().any(|kept| text.starts_with(kept)) {
            command.env_remove(&name);
        }
    }
    command.arg("--git-dir").arg(dir);
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command.env("LC_ALL", "C").env("GIT_ALLOW_PROTOCOL", "file:git:ssh:http:https");
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_NO_REPLACE_OBJECTS", "1");
    if !asks {
        command.env("GIT_TERMINAL_PROMPT", "0").env("SSH_ASKPASS_REQUIRE", "never");
        if std::env::var_os("GIT_SSH_COMMAND").is_none() && std::env::var_os("GIT_SSH").is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
        }
    }
    // Questions are asked and answered at the terminal itself. A git that outlives us holds our lock until it ends.
    command.args(args).stdin(lock.map_or_else(Stdio::null, Stdio::from)).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.output().map_err(failed(WHAT, "git"))
}

/// Refuses settings of the store that we did not write: they could name programs for git to run.
fn check_settings(dir: &Path) -> Result<(), Failure> {
    let path = dir.join("config");
    let text = std::fs::read_to_string(&path).map_err(failed(WHAT, path.display()))?;
    let mut section = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
        // Nothing may stand beside the name of a section: git would read a setting there.
        let named = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Some(name) = named.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic())) {
            name.to_lowercase().clone_into(&mut section);
            continue;
        }
        let key = line.split_once('=').map_or(line, |(key, _)| key).trim().to_lowercase();
        if !KNOWN.contains(&format!("{section}.{key}").as_str()) {
            let reason = format!("its setting `{section}.{key}` is not one that chancery wrote; take it out");
            return Err(Failure::new(WHAT, path.display(), reason));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_could_run_programs_are_refused() {
        let room = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(room.path().join("config"), text).unwrap();
        write("[core]\n\tbare = true\n\tfsync = all\n[gc]\n\tauto = 0\n");
        assert!(check_settings(room.path()).is_ok());
        for hostile in [
            "[core]\n\tsshCommand = evil\n",
            "[include]\n\tpath = other\n",
            "[remote \"origin\"]\n\tuploadpack = evil\n",
            "[core]\n\tbare = true\n\tfsmonitor = evil\n",
            "[core] sshCommand = evil\n",
            "[core] sshCommand = evil ;]\n",
            "[core]\n\tbare = true\n[core] fsmonitor = evil #]\n",
            "[core]\n\tbare = true\n[credential \"x\"] helper = evil \"]\n",
            "[url \"ext::evil\"]\n\tinsteadOf = https\n",
        ] {
            write(hostile);
            assert!(check_settings(room.path()).is_err(), "{hostile}");
        }
    }
}
