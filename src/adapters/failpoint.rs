//! A place where a test stops the program, to kill it there.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// Stands still for ever before one chosen durable write, so that a test can kill the process at that very moment.
///
/// Every adapter that keeps things on disk says [`Failpoint::step`] between two moments of which a kill must leave
/// the old state or the new one: before each object, before and after a ref or a file is replaced. A failpoint
/// that is not armed does nothing; wiring arms one in debug builds only.
#[derive(Clone, Default)]
pub struct Failpoint(Option<Arc<Armed>>);

struct Armed {
    left: AtomicU64,
    reached: Box<dyn Fn() + Send + Sync>,
}

impl Failpoint {
    /// A failpoint at the given step, from 1, which calls `reached` and then waits to be killed.
    pub fn at(step: u64, reached: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(Armed { left: AtomicU64::new(step), reached: Box::new(reached) })))
    }

    /// One step further; does not return from the chosen one.
    pub(super) fn step(&self) {
        let Some(armed) = &self.0 else { return };
        if armed.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            (armed.reached)();
            loop {
                thread::park();
            }
        }
    }
}

impl fmt::Debug for Failpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failpoint").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_failpoint_stands_still_at_its_step_and_no_sooner() {
        let (say, said) = mpsc::channel();
        let (passed, passes) = mpsc::channel();
        let failpoint = Failpoint::at(3, move || say.send("reached").unwrap());
        thread::spawn(move || {
            for step in 1.. {
                failpoint.step();
                passed.send(step).unwrap();
            }
        });
        assert_eq!(said.recv(), Ok("reached"));
        assert_eq!(passes.try_iter().collect::<Vec<_>>(), [1, 2]);
        Failpoint::default().step();
    }
}
