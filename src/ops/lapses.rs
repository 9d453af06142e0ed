//! Acts of this clone that lapsed while a verb did its work, until somebody is told.

use std::sync::{Arc, Mutex, PoisonError};

use super::sharing::Dropped;

/// What lapsed and was not told yet. Every verb that decides something brings others' events here first, so any of
/// them may find that an act of this clone no longer holds; whoever ran it is told, whatever else it answers.
#[derive(Debug, Clone, Default)]
pub struct Lapses(Arc<Mutex<Vec<Dropped>>>);

impl Lapses {
    /// Notes acts that are out of the ledger.
    pub(super) fn note(&self, dropped: Vec<Dropped>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(dropped);
    }

    /// Takes what is to be told; the next to ask is told nothing of it.
    pub fn take(&self) -> Vec<Dropped> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
