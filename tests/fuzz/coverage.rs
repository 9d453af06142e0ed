//! Which edges of the code an input took, where the program was built to count them.
//!
//! `.ci/fuzz-rustc` has the compiler put a counter on every edge (LLVM's `sancov`, which stable Rust has too) and
//! announce the counters here before `main`. In a program built otherwise there are none, and outcomes alone guide.

#![expect(unsafe_code, reason = "the counters are announced by the compiler as two addresses, and only so")]

use std::sync::{Mutex, PoisonError};

/// First and last address of each run of counters.
static COUNTERS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// Called by the compiled program before `main`, perhaps several times with the same counters.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_8bit_counters_init(start: *mut u8, end: *mut u8) {
    let mut counters = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let run = (start.expose_provenance(), end.expose_provenance());
    if run.0 < run.1 && !counters.contains(&run) {
        counters.push(run);
    }
}

/// Called beside it with where the edges stand in the code, which nobody asks for here.
#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_pcs_init(_start: *const usize, _end: *const usize) {}

/// All counters, in one go.
fn each(mut visit: impl FnMut(&mut [u8])) {
    for (start, end) in COUNTERS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let first = std::ptr::with_exposed_provenance_mut::<u8>(*start);
        // SAFETY: the compiler announced these bytes as counters that live as long as the program; only the code under
        // test writes them, and it does not run while they are looked at.
        visit(unsafe { std::slice::from_raw_parts_mut(first, end - start) });
    }
}

/// How many edges there are; zero in a program that does not count them.
pub(crate) fn edges() -> usize {
    let mut sum = 0;
    each(|counters| sum += counters.len());
    sum
}

/// Sets every counter back.
pub(crate) fn clear() {
    each(|counters| counters.fill(0));
}

/// Which edges were taken, and about how often, by any input so far.
#[derive(Default)]
pub(crate) struct Seen(Vec<u8>);

impl Seen {
    /// Adds what was taken since [`clear`]; how much of that is new.
    pub(crate) fn add(&mut self) -> usize {
        let (mut at, mut new) = (0, 0);
        self.0.resize(edges(), 0);
        each(|counters| {
            for (eight, seen) in counters.chunks(8).zip(self.0[at..].chunks_mut(8)) {
                if eight.iter().any(|count| *count != 0) {
                    for (count, seen) in eight.iter().zip(seen) {
                        let bucket = bucket(*count);
                        new += usize::from(*seen & bucket != bucket);
                        *seen |= bucket;
                    }
                }
            }
            at += counters.len();
        });
        new
    }

    /// How many edges were taken by any input.
    pub(crate) fn taken(&self) -> usize {
        self.0.iter().filter(|seen| **seen != 0).count()
    }
}

/// Once, twice, three times, a few times, many times: a loop that runs once more is no news.
fn bucket(count: u8) -> u8 {
    match count {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        4..=7 => 8,
        8..=15 => 16,
        16..=31 => 32,
        32..=127 => 64,
        128.. => 128,
    }
}
