//! Sharing: a clone of a large ledger, and a pull of one event, beside git moving the same objects.
//!
//! Git only moves; chancery also decides every event that arrives. Both go through `git daemon` on loopback, and a
//! proxy counts what passes.

use std::{
    cell::Cell,
    fs,
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    large::Large,
    making::key,
    measure::{Row, Runs},
    place::{finished, lines},
};

/// The sizes compared: what a pull costs must not grow from the first to the second.
const SIZES: [u64; 2] = [1_000, 100_000];

pub(crate) fn run(runs: &Runs) -> Vec<Row> {
    let mut rows = Vec::new();
    for events in SIZES {
        let shared = Shared::of(events);
        rows.push(clone(&shared, runs, events));
        rows.push(pull(&shared, runs, events));
    }
    rows
}

fn clone(shared: &Shared, runs: &Runs, events: u64) -> Row {
    let traffic = shared.counted(|| drop(finished(shared.chancery(".", &["clone", &shared.url(), "counted"]))));
    let size = bytes_below(&shared.path("counted/.chancery"));
    println!("  clone of {events} events: {} over the wire, {} on disk", kilobytes(traffic), kilobytes(size));
    let fresh = |name: &str| {
        let _ = fs::remove_dir_all(shared.path(name));
        name.to_owned()
    };
    let row = runs.few().compare(
        format!("clone of {events} events, decided"),
        "git fetch of the same refs",
        20.0,
        |_| {
            let command = shared.chancery(".", &["clone", &shared.url(), &fresh("ours")]);
            Box::new(|| drop(finished(command)))
        },
        |_| {
            let name = fresh("theirs");
            finished(shared.git(".", &["init", "-q", "--bare", &name]));
            let command = shared.git(&name, &["fetch", "-q", &shared.url(), "+refs/chancery/*:refs/chancery/*"]);
            Box::new(|| drop(finished(command)))
        },
    );
    assert_eq!(shared.tip("ours/.chancery"), shared.tip("theirs"));
    row
}

fn pull(shared: &Shared, runs: &Runs, events: u64) -> Row {
    let written = Cell::new(0);
    // Whoever comes first in a round finds one event more than in the round before.
    let one_more = |round: usize| {
        if written.replace(round + 1) <= round {
            let text = format!("This is news, number {round} of {}.\n", std::process::id());
            fs::write(shared.path("counted/prompts/news.md"), text).unwrap();
            finished(shared.chancery("counted", &["commit", "-m", "news", "prompts/news.md"]));
            finished(shared.chancery("counted", &["push"]));
        }
    };
    let fetch = || shared.git("theirs", &["fetch", "-q", &shared.url(), "+refs/chancery/*:refs/chancery/*"]);
    let row = runs.compare(
        format!("pull of 1 event onto {events}"),
        "git fetch of the same refs",
        3.0,
        |round| {
            one_more(round);
            let command = shared.chancery("ours", &["pull"]);
            Box::new(|| drop(finished(command)))
        },
        |round| {
            one_more(round);
            let command = fetch();
            Box::new(|| drop(finished(command)))
        },
    );
    assert_eq!(shared.tip("ours/.chancery"), shared.tip("theirs"));
    one_more(usize::MAX - 1);
    let ours = shared.counted(|| drop(finished(shared.chancery("ours", &["pull"]))));
    let theirs = shared.counted(|| drop(finished(fetch())));
    println!("  pull of 1 event onto {events}: {} over the wire; git {}", kilobytes(ours), kilobytes(theirs));
    row
}

/// A bare repository with a large ledger, served on loopback through a proxy that counts.
struct Shared {
    room: TempDir,
    daemon: Child,
    port: u16,
    passed: Arc<AtomicU64>,
}

impl Shared {
    fn of(events: u64) -> Self {
        let large = Large::of(events);
        let room = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        fs::create_dir(room.path().join("home")).unwrap();
        let bare = room.path().join("shared.git");
        finished(git(room.path(), room.path(), &["init", "-q", "--bare", "shared.git"]));
        let from = large.store().display().to_string();
        finished(git(room.path(), &bare, &["fetch", "-q", &from, "+refs/chancery/*:refs/chancery/*"]));
        let (inner, passed) = (free_port(), Arc::new(AtomicU64::new(0)));
        // Not through `git`: that would start another process, which outlives it.
        let programs = lines(&finished(git(room.path(), room.path(), &["--exec-path"]))).concat();
        let daemon = Command::new(format!("{programs}/git-daemon"))
            .args(["--export-all", "--enable=receive-pack", "--reuseaddr", "--listen=127.0.0.1"])
            .arg(format!("--port={inner}"))
            .arg(format!("--base-path={}", room.path().display()))
            .arg(room.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let patience = Instant::now();
        while TcpStream::connect(("127.0.0.1", inner)).is_err() {
            assert!(patience.elapsed() < Duration::from_secs(10), "git daemon does not answer");
            thread::sleep(Duration::from_millis(20));
        }
        let port = count(inner, Arc::clone(&passed));
        let shared = Self { room, daemon, port, passed };
        let file = shared.path("home/key");
        fs::write(&file, key("ana").to_file_text().unwrap()).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        shared
    }

    fn path(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    fn url(&self) -> String {
        format!("git://127.0.0.1:{}/shared.git", self.port)
    }

    fn chancery(&self, folder: &str, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_chancery"), folder, args);
        command.env("CHANCERY_SIGNING_KEY", self.path("home/key"));
        command
    }

    fn git(&self, folder: &str, args: &[&str]) -> Command {
        git(self.room.path(), &self.path(folder), args)
    }

    fn command(&self, program: &str, folder: &str, args: &[&str]) -> Command {
        plain(self.room.path(), program, &self.path(folder), args)
    }

    fn tip(&self, repository: &str) -> Vec<u8> {
        finished(self.git(repository, &["rev-parse", "refs/chancery/ledger", "refs/chancery/payload"]))
    }

    /// How many bytes pass in both directions while something is done.
    fn counted(&self, work: impl FnOnce()) -> u64 {
        let before = self.passed.load(Ordering::SeqCst);
        work();
        self.passed.load(Ordering::SeqCst) - before
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

fn git(room: &Path, folder: &Path, args: &[&str]) -> Command {
    let mut command = plain(room, "git", folder, args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

fn plain(room: &Path, program: &str, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", room.join("home"))
        .stdin(Stdio::null());
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Passes everything on to a port, and counts it; answers the port to go through.
fn count(inner: u16, passed: Arc<AtomicU64>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for outside in listener.incoming().map_while(Result::ok) {
            let inside = TcpStream::connect(("127.0.0.1", inner)).unwrap();
            for (from, to) in [(&outside, &inside), (&inside, &outside)] {
                let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                let passed = Arc::clone(&passed);
                thread::spawn(move || pass(from, to, &passed));
            }
        }
    });
    port
}

fn pass(mut from: TcpStream, mut to: TcpStream, passed: &AtomicU64) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        passed.fetch_add(length as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let size = |entry: fs::DirEntry| match entry.metadata().unwrap() {
        metadata if metadata.is_dir() => bytes_below(&entry.path()),
        metadata => metadata.len(),
    };
    entries.map(size).sum()
}

fn kilobytes(bytes: u64) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}
