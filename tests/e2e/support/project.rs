//! A temporary folder to run the program in.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Stdio},
};

use chancery::{adapters::keys::ThrowawayKey, trust::Signer};
use serde_json::Value;
use tempfile::TempDir;

use super::Outcome;

/// A folder with a home beside it, a clock that stands still, and people with fixed keys.
///
/// Nothing of the caller's environment reaches the program but `PATH`.
pub(crate) struct Project {
    room: TempDir,
    person: String,
    now: String,
    variables: Vec<(String, String)>,
}

impl Project {
    /// An empty folder, with `maintainer` at the keyboard on 2026-11-20 at 08:00 UTC.
    pub(crate) fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        for folder in ["project", "home"] {
            fs::create_dir(room.path().join(folder)).unwrap();
        }
        Self { room, person: "maintainer".to_owned(), now: "2026-11-20T08:00:00Z".to_owned(), variables: Vec::new() }
    }

    /// A project that `maintainer` has begun under the rules for a team.
    pub(crate) fn begun() -> Self {
        let project = Self::new();
        project.run(["init", "--handle", "maintainer"]).exits(0);
        project
    }

    /// How an artifact's file stands, as `status` says it; `none` where it says nothing.
    pub(crate) fn state(&self, artifact: &str) -> String {
        let status = self.json(["status"]);
        let all = status["artifacts"].as_array().unwrap();
        let one = all.iter().find(|one| one["artifact"] == artifact);
        one.map_or_else(|| "none".to_owned(), |one| one["state"].as_str().unwrap().to_owned())
    }

    /// A project of its own with the same files and store, at the same time.
    pub(crate) fn copy(&self) -> Self {
        let room = tempfile::tempdir().unwrap();
        fs::create_dir(room.path().join("home")).unwrap();
        let done = Command::new("cp").arg("-r").arg(self.folder()).arg(room.path()).status().unwrap();
        assert!(done.success());
        Self { room, person: self.person.clone(), now: self.now.clone(), variables: self.variables.clone() }
    }

    /// From here on this person is at the keyboard.
    pub(crate) fn as_person(&mut self, handle: &str) -> &mut Self {
        handle.clone_into(&mut self.person);
        self
    }

    /// From here on it is this time.
    pub(crate) fn at(&mut self, now: &str) -> &mut Self {
        now.clone_into(&mut self.now);
        self
    }

    /// Sets a variable for every run from here on.
    pub(crate) fn with_variable(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.room.path().join("project")
    }

    /// Writes a file, folders included.
    pub(crate) fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let file = self.folder().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
        self
    }

    /// A file's bytes.
    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.folder().join(path)).unwrap()
    }

    /// What `sha256sum` says of a file.
    pub(crate) fn sha256(&self, path: &str) -> String {
        let output = Command::new("sha256sum").arg(self.folder().join(path)).output().unwrap();
        String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap_or_default().to_owned()
    }

    /// The person's key file, the same in every test; made when first asked for.
    pub(crate) fn key_file(&self, handle: &str) -> PathBuf {
        let file = self.room.path().join("home").join(format!("{handle}_ed25519"));
        if !file.exists() {
            fs::write(&file, key(handle).to_file_text().unwrap()).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        file
    }

    /// The person's public key, as `chancery.toml` writes it.
    pub(crate) fn public_key(handle: &str) -> String {
        key(handle).key().to_string()
    }

    /// The program with these arguments, ready to be started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let home = self.room.path().join("home");
        let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
        command
            .args(args)
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("CHANCERY_NOW", &self.now)
            .env("CHANCERY_SIGNING_KEY", self.key_file(&self.person))
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program.
    pub(crate) fn run<'a>(&self, args: impl AsRef<[&'a str]>) -> Outcome {
        let args = args.as_ref();
        let output = self.command(args).output().unwrap();
        Outcome {
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            exit: output.status.code().unwrap_or(-1),
        }
    }

    /// Runs the program with `--json` and reads the one document it answers with.
    pub(crate) fn json<'a>(&self, args: impl AsRef<[&'a str]>) -> Value {
        let args: Vec<&str> = std::iter::once("--json").chain(args.as_ref().iter().copied()).collect();
        let outcome = self.run(args);
        let document = outcome.document();
        if document["schema"] == "chancery.failure/1" {
            assert_eq!(document["exit"], outcome.exit, "\n{outcome}");
        }
        document
    }
}

/// The key of a handle: the same handle has the same key everywhere.
pub(crate) fn key(handle: &str) -> ThrowawayKey {
    let mut seed = [0; 32];
    for (at, byte) in seed.iter_mut().zip(handle.bytes().cycle()) {
        *at = byte;
    }
    ThrowawayKey::from_seed(&seed).unwrap()
}
