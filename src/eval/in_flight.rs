//! Calls that are being made, so that no two workers pay for the same one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::object::Digest;

/// The calls that are being made, by their keys.
#[derive(Debug, Default)]
pub struct InFlight(Mutex<HashMap<Digest, Arc<Mutex<()>>>>);

impl InFlight {
    /// Does something about a call while nobody else does. Who had to wait finds what came of it where it was kept.
    pub(super) fn alone<T>(&self, key: &Digest, work: impl FnOnce() -> T) -> T {
        let turn = Arc::clone(self.turns().entry(*key).or_default());
        let held = turn.lock().unwrap_or_else(PoisonError::into_inner);
        let done = work();
        // Whoever comes from now on need not wait.
        self.turns().remove(key);
        drop(held);
        done
    }

    fn turns(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Arc<Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[test]
    fn the_same_call_is_made_by_one_worker_at_a_time_and_others_do_not_wait() {
        let (flight, kept, paid) = (InFlight::default(), Mutex::new(HashSet::new()), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for worker in 0..16 {
                let key = Digest::of(&[worker % 2]);
                let (flight, kept, paid) = (&flight, &kept, &paid);
                scope.spawn(move || {
                    flight.alone(&key, || {
                        let known = kept.lock().unwrap().contains(&key);
                        if !known {
                            std::thread::yield_now();
                            paid.fetch_add(1, Ordering::Relaxed);
                            kept.lock().unwrap().insert(key);
                        }
                    });
                });
            }
        });
        assert_eq!(paid.into_inner(), 2);
        assert!(flight.turns().is_empty());
    }
}
