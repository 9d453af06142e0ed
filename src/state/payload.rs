//! Bytes that deciding needs, read through the store's port.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use super::{Refusal, StateError};
use crate::{
    governance::{FILE, Governance},
    object::{Digest, Store},
};

/// The store as deciding sees it, with parsed governance kept between events.
pub struct Payload<'a> {
    store: &'a dyn Store,
    governance: RefCell<HashMap<Digest, Rc<Governance>>>,
}

impl<'a> Payload<'a> {
    /// Payload read from this store.
    pub fn new(store: &'a dyn Store) -> Self {
        Self { store, governance: RefCell::default() }
    }

    /// The bytes with this digest.
    ///
    /// # Errors
    ///
    /// A refusal `payload-missing` when they are not here: what cannot be read cannot be judged.
    pub fn bytes(&self, id: &Digest, what: &str) -> Result<Vec<u8>, StateError> {
        let missing = || Refusal::no("payload-missing", format!("{what} `{}` is not in the store", id.short()));
        Ok(self.store.get(id)?.ok_or_else(missing)?)
    }

    /// Refuses unless bytes with this digest are here.
    ///
    /// # Errors
    ///
    /// A refusal `payload-missing`.
    pub fn demand(&self, id: &Digest, what: &str) -> Result<(), StateError> {
        if self.store.has(id)? {
            return Ok(());
        }
        Err(Refusal::no("payload-missing", format!("{what} `{}` is not in the store", id.short())).into())
    }

    /// Parsed governance.
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
