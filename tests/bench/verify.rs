//! Proving that a large ledger is true, beside checking as many signatures and nothing else.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
};

use chancery::trust::{Namespace, Signature, Signer as _};

use crate::{
    large::Large,
    making::key,
    measure::{Row, Runs},
    place::{finished, lines},
};

/// The act's signature, and the recorder's.
const SIGNATURES: u64 = 2;

pub(crate) fn run(runs: &Runs) -> Vec<Row> {
    let events = std::env::var("EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let large = Large::of(events);
    let signed = Signed::new();
    let compare = |against, target, signatures: u64| {
        runs.few().compare(
            format!("verify {events} events"),
            against,
            target,
            |_| {
                let command = verify(large.folder());
                Box::new(move || {
                    let answer: serde_json::Value = serde_json::from_slice(&finished(command)).unwrap();
                    assert_eq!((&answer["ok"], &answer["checked"]["decided"]), (&true.into(), &events.into()));
                })
            },
            |_| {
                let signed = signed.clone();
                Box::new(move || (0..signatures).for_each(|_| signed.check()))
            },
        )
    };
    let both = compare("Ed25519, both signatures of each", 4.0, events * SIGNATURES);
    let acts = compare("Ed25519, one signature of each", 8.0, events);
    println!("{}", sizes(&large, events));
    vec![both, acts]
}

fn verify(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chancery"));
    command.args(["--json", "verify"]).current_dir(folder);
    command
}

/// Bytes with their signature.
#[derive(Clone)]
struct Signed {
    bytes: Vec<u8>,
    signature: Signature,
}

impl Signed {
    /// As long as an ordinary act.
    fn new() -> Self {
        let bytes = vec![b'x'; 600];
        let signature = key("ana").sign(Namespace::Act, &bytes).unwrap();
        Self { bytes, signature }
    }

    fn check(&self) {
        assert!(black_box(&self.signature).verify(Namespace::Act, black_box(&self.bytes)).is_ok());
    }
}

/// What a ledger weighs as git packs it, and how much of it each event brings.
#[expect(clippy::cast_precision_loss, reason = "no ledger here is that large")]
fn sizes(large: &Large, events: u64) -> String {
    let mut command = Command::new("git");
    let format = "--batch-check=%(objecttype) %(objectsize) %(objectsize:disk)";
    command.arg("--git-dir").arg(large.store()).args(["cat-file", "--batch-all-objects", "--unordered", format]);
    let mut kinds: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for line in lines(&finished(command)) {
        let (kind, numbers) = line.split_once(' ').unwrap();
        let (size, packed) = numbers.split_once(' ').unwrap();
        let sums = kinds.entry(kind.to_owned()).or_default();
        for (sum, more) in sums.iter_mut().zip([1, size.parse::<u64>().unwrap(), packed.parse().unwrap()]) {
            *sum += more;
        }
    }
    let on_disk: u64 = files(&large.store()).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
    let each = |sum: u64| sum as f64 / events as f64;
    let mut text = format!("{events} events: {:.1} MB on disk, {:.0} bytes each", on_disk as f64 / 1e6, each(on_disk));
    for (kind, [count, size, packed]) in kinds {
        let (count, size, packed) = (each(count), each(size), each(packed));
        let _ = write!(text, "; {count:.1} {kind}s of {size:.0} bytes, packed {packed:.0}");
    }
    text
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
