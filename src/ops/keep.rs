//! Keeping payload, but for what was purged: it never comes back.

use std::collections::BTreeMap;

use super::{Failure, World};
use crate::{
    object::Digest,
    state::{PurgedRecord, State},
};

/// Keeps all of these bytes durably.
///
/// # Errors
///
/// `purged` when some of them were purged, and what the store answered.
pub(super) fn keep(world: &World, contents: &[&[u8]]) -> Result<Vec<Digest>, Failure> {
    // Between asking and keeping nobody else may purge the same bytes: they would come back.
    let _guard = world.guard.hold()?;
    let purged = purged(world)?;
    if !purged.is_empty()
        && let Some(record) = contents.iter().find_map(|bytes| purged.get(&Digest::of(bytes)))
    {
        return Err(Failure::from(record.refusal()).because("what was purged never comes back: change the bytes"));
    }
    Ok(world.store.put(contents)?)
}

/// Everything that was purged, as the newest state has it.
pub(super) fn purged(world: &World) -> Result<BTreeMap<Digest, PurgedRecord>, Failure> {
    let Some(tip) = world.journal.tip()? else { return Ok(BTreeMap::new()) };
    let view = world.journal.state(tip.seq)?;
    let all = State::new(view.as_ref()).all_purged()?;
    Ok(all.into_iter().map(|record| (record.payload, record)).collect())
}

/// Why bytes that are not here cannot be had; `None` when nobody purged them.
pub(super) fn purge_of(world: &World, id: &Digest) -> Result<Option<PurgedRecord>, Failure> {
    let Some(tip) = world.journal.tip()? else { return Ok(None) };
    let view = world.journal.state(tip.seq)?;
    Ok(State::new(view.as_ref()).purged(id)?)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;
    use crate::{
        ledger::{Guard, JournalError, Turn},
        object::{Prefix, Store, StoreError},
        ops::testing::TestProject,
    };

    /// A lock, and a store that only takes what comes under it.
    #[derive(Default)]
    struct Locked(AtomicBool);

    struct Held<'a>(&'a AtomicBool);

    impl Turn for Held<'_> {}

    impl Drop for Held<'_> {
        fn drop(&mut self) {
            self.0.store(false, Ordering::Relaxed);
        }
    }

    impl Guard for Locked {
        fn hold(&self) -> Result<Box<dyn Turn + '_>, JournalError> {
            self.0.store(true, Ordering::Relaxed);
            Ok(Box::new(Held(&self.0)))
        }
    }

    impl Store for Locked {
        fn put(&self, contents: &[&[u8]]) -> Result<Vec<Digest>, StoreError> {
            assert!(self.0.load(Ordering::Relaxed), "somebody could purge it meanwhile");
            Ok(contents.iter().map(|bytes| Digest::of(bytes)).collect())
        }

        fn get(&self, _: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(None)
        }

        fn has(&self, _: &Digest) -> Result<bool, StoreError> {
            Ok(false)
        }

        fn with_prefix(&self, _: &Prefix) -> Result<Vec<Digest>, StoreError> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn nobody_purges_between_asking_what_is_purged_and_keeping() {
        let mut world = TestProject::new().of("tom");
        let locked = Arc::new(Locked::default());
        (world.guard, world.store) = (locked.clone(), locked.clone());
        keep(&world, &[b"x"]).unwrap();
        assert!(!locked.0.load(Ordering::Relaxed));
    }
}
