//! Remotes to share a ledger through: a bare repository by path, and a server process on loopback.

use std::{
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::Project;

/// A bare git repository, as a host keeps one.
pub(crate) struct Bare {
    room: TempDir,
}

impl Bare {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let bare = Self { room: tempfile::tempdir().unwrap() };
        let path = bare.path();
        git(bare.room.path(), &["init", "--quiet", "--bare", path.to_str().unwrap()]);
        // Nothing may begin to repack in the background while a test counts or takes the folder away.
        for setting in [["gc.auto", "0"], ["receive.autogc", "false"]] {
            git(&path, &[&["config"][..], &setting].concat());
        }
        bare
    }

    /// Where it is.
    pub(crate) fn path(&self) -> PathBuf {
        self.room.path().join("team.git")
    }

    /// Its address, as it is typed.
    pub(crate) fn url(&self) -> String {
        self.path().to_str().unwrap().to_owned()
    }

    /// Runs git in it, and answers with what it prints.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        git(&self.path(), args)
    }

    /// The commit that a ref names; empty where there is none.
    pub(crate) fn target(&self, name: &str) -> String {
        self.git(&["for-each-ref", "--format=%(objectname)", name])
    }

    /// A server for it.
    pub(crate) fn served(&self) -> Server {
        Server::of(self.room.path(), "unlimited")
    }

    /// A server for it that can write no file larger than so many blocks of 512 bytes, as on a disk that fills up.
    pub(crate) fn served_with(&self, blocks: u64) -> Server {
        Server::of(self.room.path(), &blocks.to_string())
    }
}

/// Runs git in a folder, without anybody's settings.
pub(crate) fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .env_remove("GIT_DIR")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "t")
        .env("GIT_AUTHOR_EMAIL", "t@example.org")
        .env("GIT_COMMITTER_NAME", "t")
        .env("GIT_COMMITTER_EMAIL", "t@example.org")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// `git daemon` on loopback, ended with the value.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn of(folder: &Path, blocks: &str) -> Self {
        for _ in 0..8 {
            let port = free_port();
            let mut command = Command::new("sh");
            // Ignored, the signal leaves the failed write that a full disk is.
            command.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", blocks]);
            command.args(["git", "daemon", "--enable=receive-pack", "--export-all", "--reuseaddr"]);
            command.arg("--listen=127.0.0.1").arg(format!("--port={port}"));
            command.arg(format!("--base-path={}", folder.display()));
            command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            // `git daemon` is a process of its own that git starts, and it starts one for each connection.
            let child = command.process_group(0).spawn().unwrap();
            let mut server = Self { child, port };
            if server.answers() {
                return server;
            }
        }
        panic!("`git daemon` does not start: these tests need it (in Debian it comes with the package `git`)");
    }

    /// Waits until it takes connections; `false` when it ends instead.
    fn answers(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    /// The address of the repository it serves.
    pub(crate) fn url(&self) -> String {
        url(self.port)
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        kill_group(&mut self.child);
    }
}

/// Kills a process that leads a group, and everything that it started.
pub(crate) fn kill_group(leader: &mut Child) {
    let _ = Command::new("kill").args(["-9", "--", &format!("-{}", leader.id())]).stderr(Stdio::null()).status();
    let _ = leader.wait();
}

/// The address of the repository behind a port.
pub(crate) fn url(port: u16) -> String {
    format!("git://127.0.0.1:{port}/team.git")
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

impl Project {
    /// Shares the project through a remote for the first time.
    pub(crate) fn shared_through(&self, url: &str) -> &Self {
        self.run(["remote", url]).exits(0);
        self.run(["push"]).exits(0);
        self
    }

    /// A clone in a folder of its own, with this person at the keyboard.
    pub(crate) fn cloned(url: &str, person: &str) -> Self {
        let mut project = Self::new();
        project.as_person(person).run(["clone", url, "."]).exits(0);
        project
    }

    /// The ids of all events, in their order.
    pub(crate) fn events(&self) -> Vec<String> {
        super::ledger(&self.folder()).iter().map(|event| event.id().to_string()).collect()
    }

    /// The commit of the newest event.
    pub(crate) fn tip(&self) -> String {
        git(&self.folder().join(".chancery"), &["rev-parse", "refs/chancery/ledger"])
    }

    /// The version that is live of an artifact; `null` where none is.
    pub(crate) fn live(&self, environment: &str, artifact: &str) -> serde_json::Value {
        let document = self.json(["env", environment]);
        let artifacts = document["environments"][0]["artifacts"].as_array().unwrap_or_else(|| panic!("{document}"));
        let found = artifacts.iter().find(|one| one["artifact"] == artifact);
        found.map_or(serde_json::Value::Null, |one| one["version"].clone())
    }
}
