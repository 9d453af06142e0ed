//! Time and memory: an input that takes ten seconds is a hang, a process of 512 MB is too large.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long one input may take.
pub(crate) const LONGEST: Duration = Duration::from_secs(10);
/// What a process may need, in KiB.
pub(crate) const LARGEST: u64 = 512 * 1024;
/// How a process ends that was stopped because an input took too long.
pub(crate) const HANG: u8 = 86;

/// How many inputs were begun; even while none is under way.
static TURN: AtomicU64 = AtomicU64::new(0);
/// Holds the input under way, so that it is known whatever becomes of this process.
static NOW: OnceLock<File> = OnceLock::new();

/// Writes down every input before it is tried, and ends the process when one takes too long.
pub(crate) fn over(now: &Path) {
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(now).unwrap();
    let _ = NOW.set(file);
    std::thread::spawn(|| {
        let (mut turn, mut since, mut worked) = (0, Instant::now(), work());
        loop {
            std::thread::sleep(Duration::from_millis(250));
            let now = TURN.load(Ordering::SeqCst);
            if now != turn || now.is_multiple_of(2) {
                (turn, since, worked) = (now, Instant::now(), work());
            } else if since.elapsed() > LONGEST && work().saturating_sub(worked) > LONGEST / 2 {
                // On a busy machine a process may be kept waiting for long: only work counts.
                std::process::exit(i32::from(HANG));
            }
        }
    });
}

/// How long this process has computed: on a busy machine it may be kept waiting for long.
pub(crate) fn work() -> Duration {
    let text = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

/// An input is about to be tried.
pub(crate) fn begin(input: &[u8]) {
    if let Some(file) = NOW.get() {
        let length = u64::try_from(input.len()).unwrap_or_default().to_le_bytes();
        file.write_all_at(&[&length, input].concat(), 0).unwrap();
    }
    TURN.fetch_add(1, Ordering::SeqCst);
}

/// It was.
pub(crate) fn end() {
    TURN.fetch_add(1, Ordering::SeqCst);
}

/// Whether an input is under way.
pub(crate) fn busy() -> bool {
    !TURN.load(Ordering::SeqCst).is_multiple_of(2)
}

/// The input that was under way when a process ended.
pub(crate) fn last(now: &Path) -> Vec<u8> {
    let bytes = fs::read(now).unwrap_or_default();
    let Some((length, input)) = bytes.split_first_chunk::<8>() else { return Vec::new() };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or_default();
    input.get(..length).unwrap_or(input).to_vec()
}

/// The most memory this process ever needed, in KiB.
pub(crate) fn peak() -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or_default()
}
