//! The end of what a program writes to stderr.

use std::{
    collections::VecDeque,
    io::Read,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

/// How much is kept, in bytes.
const KEPT: usize = 4096;
/// How long the end is waited for once the program is gone; a child of it may hold stderr open for ever.
const PATIENCE: Duration = Duration::from_millis(300);

#[derive(Debug, Default)]
struct Kept {
    bytes: VecDeque<u8>,
    closed: bool,
}

/// Reads a stream to its end in a thread of its own, so that the writer never blocks, and keeps its last 4 KiB.
#[derive(Debug, Clone)]
pub(super) struct Tail(Arc<(Mutex<Kept>, Condvar)>);

impl Tail {
    /// Begins to read.
    pub(super) fn of(mut stream: impl Read + Send + 'static) -> Self {
        let tail = Self(Arc::new((Mutex::default(), Condvar::new())));
        let kept = tail.clone();
        thread::spawn(move || {
            let mut chunk = [0; 1024];
            while let Ok(count @ 1..) = stream.read(&mut chunk) {
                kept.push(chunk.get(..count).unwrap_or_default());
            }
            kept.close();
        });
        tail
    }

    fn push(&self, chunk: &[u8]) {
        let mut kept = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes.extend(chunk);
        let surplus = kept.bytes.len().saturating_sub(KEPT);
        kept.bytes.drain(..surplus);
    }

    fn close(&self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.0.1.notify_all();
    }

    /// What is kept, once the stream has ended or patience has.
    pub(super) fn text(&self) -> String {
        let kept = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(kept, PATIENCE, |kept| !kept.closed);
        let (mut kept, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(kept.bytes.make_contiguous()).into_owned();
        text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect()
    }
}
