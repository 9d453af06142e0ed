//! Killed anywhere, the store holds the old state or the new one.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use chancery::{
    adapters::git::GitStore,
    ledger::{History, Inspect},
    object::{Digest, Store},
};

use crate::world::{Folder, append_next, changes};

const FOLDER: &str = "CHANCERY_TEST_APPENDS_IN";

/// Not a test by itself: what the next one starts and kills. It says every event that was acknowledged.
#[test]
fn appends_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let store = GitStore::open(Path::new(&folder)).unwrap();
    println!("\nready");
    let start = store.tip().unwrap().map_or(0, |tip| tip.seq) * 1_000_000;
    for nonce in start.. {
        let text = format!("payload {nonce}");
        store.put(&[text.as_bytes()]).unwrap();
        // Now and then an event large enough to go out as a pack.
        let names: Vec<String> = (0..if nonce % 4 == 3 { 60 } else { 3 }).map(|n| format!("{nonce}/{n}")).collect();
        let records: Vec<_> = names.iter().map(|name| (name.as_str(), Some(text.as_str()))).collect();
        let (tip, _) = append_next(&store, nonce, &changes("heads", &records));
        let mut out = std::io::stdout().lock();
        writeln!(out, "\nkept {} {} {nonce}", tip.seq, tip.event).unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let folder = Folder::new();
    drop(folder.create());
    let mut kept: Vec<(u64, String, u64)> = Vec::new();
    for round in 0..36_u64 {
        let after = Duration::from_micros(round * 7_919 % 60_000);
        kept.extend(append_and_kill(&folder.dir(), usize::try_from(round % 4).unwrap(), after));
        if round % 3 == 0 {
            fs::write(folder.dir().join("refs/chancery/ledger.lock"), "half").unwrap();
            fs::write(folder.dir().join("refs/chancery/payload.lock"), "").unwrap();
            fs::write(folder.dir().join("packed-refs.lock"), "").unwrap();
        }
        let store = folder.open();
        append_next(&store, u64::MAX - round, &changes("heads", &[("after", Some(&round.to_string()))]));
        assert_eq!(store.damage().unwrap(), [], "round {round}");
    }
    assert!(kept.len() >= 54, "only {} events were acknowledged", kept.len());
    let store = folder.open();
    for (seq, id, nonce) in kept {
        assert_eq!(store.read(seq).unwrap().0.id().to_string(), id);
        assert!(store.has(&Digest::of(format!("payload {nonce}").as_bytes())).unwrap());
    }
    assert_eq!(store.state(store.tip().unwrap().unwrap().seq).unwrap().list("heads").unwrap().len() % 3, 1);
    let (whole, text) = folder.git(&["fsck", "--strict", "--full"]);
    assert!(whole, "{text}");
}

/// What a process acknowledged before it was killed: so long after so many acknowledgements, however slow the machine.
fn append_and_kill(dir: &Path, acknowledged: usize, after: Duration) -> Vec<(u64, String, u64)> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "kill::appends_until_it_is_killed", "--nocapture", "--test-threads", "1"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (said, heard) = mpsc::channel();
    let reader = thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| said.send(line)));
    let told = |line: &String| line.starts_with("ready") || line.starts_with("kept ");
    let mut lines: Vec<String> = heard.iter().filter(told).take(1 + acknowledged).collect();
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    lines.extend(heard.iter());
    reader.join().unwrap().unwrap();
    let parse = |line: &String| {
        let mut words = line.strip_prefix("kept ")?.split(' ');
        Some((words.next()?.parse().ok()?, words.next()?.to_owned(), words.next()?.parse().ok()?))
    };
    lines.iter().filter_map(parse).collect()
}
