//! Everything an operation may touch.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use super::{Failure, Lapses};
use crate::{
    artifact::{Model, Program},
    clock::Clock,
    eval::{Examiner, InMemory, Provider, Recording, Recordings, Replies},
    ledger::{Exchange, Guard, Inspect, Journal},
    object::{Digest, Store, Upkeep},
    trust::{Signer, SignerError},
    workspace::{Settings, SourceTree},
};

/// The outside, as ports. `cli/wire.rs` builds the real one, tests build one in memory.
pub struct World {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The project's files.
    pub tree: Arc<dyn SourceTree>,
    /// This clone's own notes about working files.
    pub settings: Arc<dyn Settings>,
    /// Version bytes, replies, dossiers.
    pub store: Arc<dyn Store>,
    /// Takes payload away, and keeps the store small.
    pub upkeep: Arc<dyn Upkeep>,
    /// The ledger and the state beside it.
    pub journal: Arc<dyn Journal>,
    /// Looks at everything kept.
    pub inspect: Arc<dyn Inspect + Send + Sync>,
    /// The key of the person at the keyboard, or why there is none; reading commands never need it.
    pub signer: Result<Box<dyn Signer>, SignerError>,
    /// Serialises reading, deciding and writing between processes.
    pub guard: Arc<dyn Guard>,
    /// Who answers the requests of an evaluation.
    pub providers: Arc<dyn Providers>,
    /// The copy of the ledger that others share, where there is one.
    pub remote: Option<Arc<dyn Exchange>>,
    /// Whether to do without the remote.
    pub offline: bool,
    /// What no longer holds of this clone's own acts, found on the way.
    pub lapses: Lapses,
    /// Sixteen fresh random bytes.
    pub random: Box<dyn Fn() -> [u8; 16] + Send + Sync>,
}

/// The port that finds who answers for a model.
///
/// Promises: finding calls nothing and costs nothing.
pub trait Providers: Send + Sync {
    /// Who answers for a model without costing money: a model behind a network interface is answered for by its
    /// recordings.
    ///
    /// # Errors
    ///
    /// Why nobody can.
    fn provider(&self, model: &Model) -> Result<Box<dyn Provider>, Failure>;

    /// Who answers for a model where calls may cost money: itself.
    ///
    /// # Errors
    ///
    /// Why it cannot be asked: `missing-key`, `unencrypted`, `bad-address`, `network`.
    fn live(&self, model: &Model) -> Result<Box<dyn Provider>, Failure> {
        self.provider(model)
    }

    /// Who runs a program that a check names.
    ///
    /// # Errors
    ///
    /// That nobody can.
    fn examiner(&self, program: &Program) -> Result<Box<dyn Examiner>, Failure> {
        Err(Failure::cannot("no-programs", format!("nobody runs `{}` here", program.command.join(" "))))
    }

    /// Where recordings are; in memory, where nobody says otherwise.
    fn recordings(&self) -> Arc<dyn Recordings> {
        Arc::new(Mutex::<BTreeMap<Digest, Recording>>::default())
    }

    /// Where replies that cost something are kept; in memory, where nobody says otherwise.
    fn replies(&self) -> Arc<dyn Replies> {
        Arc::new(InMemory::default())
    }
}
