//! Bytes that deciding needs, read through the store's port.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use super::{Refusal, State, StateError};
use crate::{
    governance::{FILE, Governance},
    ledger::View,
    object::{Digest, Store, StoreError},
};

/// The store as deciding sees it, with parsed governance kept between events.
///
/// Bytes may have been purged since an event that needs them was decided. Whoever decides such an event again gives
/// the state after the newest event of the same chain ([`Payload::recalling`]). Of bytes that are not here and that
/// this state records as purged, what it knows from them is believed: what a version names and tests, which evidence
/// a dossier showed, that a reply was kept, that a finding quotes what stood there. Nothing else is: who may, what moves and what the gate says is decided as
/// ever. And it is believed only for the moment: the purge itself states the digest of what the state knew from those
/// bytes, signed by a person who may purge, and the rules compare it when they come to its place (see
/// [`super::said`]). So whoever decides the whole chain ends in a certain answer, with the bytes or without them:
/// where nobody who may purge vouches for what was believed, the purge is refused, and with it the chain. A chain of
/// which only a beginning is kept must not end between an event that was decided so and its purge:
/// [`Payload::has_recalled`] tells.
pub struct Payload<'a> {
    store: &'a dyn Store,
    governance: RefCell<HashMap<Digest, Rc<Governance>>>,
    newest: Option<&'a dyn View>,
    recalled: Cell<bool>,
}

impl<'a> Payload<'a> {
    /// Payload read from this store.
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store, governance: RefCell::default(), newest: None, recalled: Cell::new(false) }
    }

    /// The same, for deciding events of a chain again whose newest event left this state.
    #[must_use]
    pub fn recalling(self, newest: &'a dyn View) -> Self {
        Self { newest: Some(newest), ..self }
    }

    /// Whether anything was believed because its bytes were purged.
    pub fn has_recalled(&self) -> bool {
        self.recalled.get()
    }

    /// The bytes with this digest.
    ///
    /// # Errors
    ///
    /// A refusal `payload-missing` when they are not here: what cannot be read cannot be judged.
    pub fn bytes(&self, id: &Digest, what: &str) -> Result<Vec<u8>, StateError> {
        Ok(self.store.get(id)?.ok_or_else(|| missing(id, what))?)
    }

    /// Refuses unless bytes with this digest are here, or were purged.
    ///
    /// # Errors
    ///
    /// A refusal `payload-missing`.
    pub fn demand(&self, id: &Digest, what: &str) -> Result<(), StateError> {
        if self.store.has(id)? || self.recall(id)?.is_some() {
            return Ok(());
        }
        Err(missing(id, what).into())
    }

    /// The bytes with this digest, where they are here and are what their name says.
    pub(super) fn readable(&self, id: &Digest) -> Result<Option<Vec<u8>>, StateError> {
        match self.store.get(id) {
            Ok(bytes) => Ok(bytes),
            Err(StoreError::Corrupt { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The bytes with this digest; or, where they are gone and were purged, the state that knows what they said.
    ///
    /// # Errors
    ///
    /// A refusal `payload-missing`.
    pub(super) fn bytes_or_recalled(&self, id: &Digest, what: &str) -> Result<Result<Vec<u8>, State<'a>>, StateError> {
        if let Some(bytes) = self.store.get(id)? {
            return Ok(Ok(bytes));
        }
        Ok(Err(self.recall(id)?.ok_or_else(|| missing(id, what))?))
    }

    /// The state that records these bytes as purged.
    fn recall(&self, id: &Digest) -> Result<Option<State<'a>>, StateError> {
        let Some(newest) = self.newest else { return Ok(None) };
        let state = State::new(newest);
        if state.purged(id)?.is_none() {
            return Ok(None);
        }
        self.recalled.set(true);
        Ok(Some(state))
    }

    /// Parsed governance, which is never purged.
    ///
    /// # Errors
    ///
    /// A refusal `payload-missing`, or `bad-governance` with the first problem.
    pub fn governance(&self, id: &Digest) -> Result<Rc<Governance>, StateError> {
        if let Some(known) = self.governance.borrow().get(id) {
            return Ok(Rc::clone(known));
        }
        let bytes = self.bytes(id, "governance")?;
        let parsed = Governance::parse(FILE, &bytes).map_err(|problems| {
            let first = problems.first().map_or_else(String::new, |p| format!(": line {}: {}", p.line, p.message));
            Refusal::no("bad-governance", format!("the rules `{}` do not parse{first}", id.short()))
        })?;
        let governance = Rc::new(parsed.0);
        self.governance.borrow_mut().insert(*id, Rc::clone(&governance));
        Ok(governance)
    }
}

fn missing(id: &Digest, what: &str) -> Refusal {
    Refusal::no("payload-missing", format!("{what} `{}` is not in the store", id.short()))
}
