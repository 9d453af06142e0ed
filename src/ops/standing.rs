//! Where the project stands: the newest event, the state after it, the rules in force.

use std::rc::Rc;

use super::{Failure, World};
use crate::{
    governance::Governance,
    ledger::{Tip, View},
    name::Handle,
    state::{Payload, ProjectRecord, State},
};

/// The project as the ledger has it, read once at the start of an operation.
pub(super) struct Standing<'a> {
    /// The newest event.
    pub(super) tip: Tip,
    /// The project's record.
    pub(super) project: ProjectRecord,
    /// The rules in force.
    pub(super) governance: Rc<Governance>,
    /// Payload, with parsed rules kept.
    pub(super) payload: Payload<'a>,
    view: Box<dyn View + 'a>,
}

impl<'a> Standing<'a> {
    /// Reads the newest event and the rules in force.
    ///
    /// # Errors
    ///
    /// `not-begun` where no event was ever recorded.
    pub(super) fn read(world: &'a World) -> Result<Self, Failure> {
        let begin = || Failure::cannot("not-begun", "the project has no ledger yet").run("chancery init");
        let tip = world.journal.tip()?.ok_or_else(begin)?;
        Self::after(world, tip)
    }

    /// The same as things stood after an earlier event.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(super) fn after(world: &'a World, tip: Tip) -> Result<Self, Failure> {
        let view = world.journal.state(tip.seq)?;
        let payload = Payload::new(world.store.as_ref());
        let missing = || Failure::refused("ledger-damaged", "the state has no project record").run("chancery verify");
        let project = State::new(view.as_ref()).project()?.ok_or_else(missing)?;
        let governance = payload.governance(&project.governance)?;
        Ok(Self { tip, project, governance, payload, view })
    }

    /// The state after the newest event.
    pub(super) fn state(&self) -> State<'_> {
        State::new(self.view.as_ref())
    }

    /// The person whose key signs here.
    ///
    /// # Errors
    ///
    /// `no-signing-key` without a usable key, `unknown-key` when nobody is listed with it.
    pub(super) fn me(&self, world: &World) -> Result<Handle, Failure> {
        let signer = world.signer.as_ref().map_err(|error| Failure::from(error.clone()))?;
        match self.governance.people.owner(signer.key()) {
            Some((handle, _)) => Ok(handle.clone()),
            None => {
                Err(Failure::refused("unknown-key", "the key that signs here belongs to nobody in the rules in force")
                    .because(format!("it is {}", signer.key().fingerprint()))
                    .say("use a listed key with `--key FILE`, or have root add this one to `chancery.toml`")
                    .run("chancery people"))
            }
        }
    }
}
