//! A temporary folder with a project and a git repository of the same files.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use chancery::{adapters::keys::ThrowawayKey, object::Digest};
use serde_json::Value;
use tempfile::TempDir;

/// A room with `project/`, `git/` and a home that holds one key for both.
pub(crate) struct Place {
    room: TempDir,
}

impl Place {
    /// A project begun by one person, and a repository that signs with the same key and syncs all it writes.
    pub(crate) fn new() -> Self {
        // Below `target`, not in the system's temporary folder, which may be memory where nothing is ever synced.
        let room = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        for folder in ["project", "git", "home"] {
            fs::create_dir(room.path().join(folder)).unwrap();
        }
        let place = Self { room };
        let key = place.key();
        fs::write(&key, ThrowawayKey::from_seed(&[5; 32]).unwrap().to_file_text().unwrap()).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        place.chancery(&["init", "--solo", "--handle", "ana"]);
        place.git(&["init", "-q", "-b", "main"]);
        for (name, value) in [
            ("user.name", "ana"),
            ("user.email", "ana@example.org"),
            ("gpg.format", "ssh"),
            ("user.signingKey", key.to_str().unwrap()),
            ("core.fsync", "all"),
            ("core.fsyncMethod", "fsync"),
            ("gc.auto", "0"),
        ] {
            place.git(&["config", name, value]);
        }
        place
    }

    fn key(&self) -> PathBuf {
        self.room.path().join("home/key")
    }

    /// Writes a file on both sides.
    pub(crate) fn write(&self, path: &str, text: &str) {
        for side in ["project", "git"] {
            let file = self.room.path().join(side).join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }

    /// Prompts `many/0` and so on, alike in size and different in text.
    pub(crate) fn write_prompts(&self, count: usize) {
        for number in 0..count {
            self.write(&format!("prompts/many/{number}.md"), &prompt(number, "first"));
        }
    }

    /// The program, ready to be started.
    pub(crate) fn chancery_command(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_chancery"), "project", args);
        command.env("CHANCERY_SIGNING_KEY", self.key());
        command
    }

    /// Git, ready to be started, with no configuration but the repository's own.
    pub(crate) fn git_command(&self, args: &[&str]) -> Command {
        let mut command = self.command("git", "git", args);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    /// What the program answers on stdout.
    pub(crate) fn chancery(&self, args: &[&str]) -> Vec<u8> {
        finished(self.chancery_command(args))
    }

    /// What the program answers with `--json`.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        serde_json::from_slice(&self.chancery(&[&["--json"], args].concat())).unwrap()
    }

    /// What git answers on stdout.
    pub(crate) fn git(&self, args: &[&str]) -> Vec<u8> {
        finished(self.git_command(args))
    }

    fn command(&self, program: &str, folder: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.room.path().join(folder))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.room.path().join("home"))
            .stdin(Stdio::null());
        command
    }
}

/// The text of a prompt that is never templated.
pub(crate) fn prompt(number: usize, word: &str) -> String {
    format!("You answer question {number} in at most {} sentences.\nThe {word} word counts.\n", number % 7 + 1)
}

/// Runs a command to its end and gives its stdout.
pub(crate) fn finished(mut command: Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}\n{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    stdout
}

/// The lines of a program's answer.
pub(crate) fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect()
}

/// The version id of these bytes.
pub(crate) fn version(bytes: &[u8]) -> String {
    Digest::of(bytes).hex()
}
