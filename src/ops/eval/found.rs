//! A suite as a stage has it.

use std::rc::Rc;

use crate::{
    artifact::{Parsed, Suite},
    name::{Artifact, Name},
    ops::stage::Part,
};

/// A suite of a prompt, whose file was read.
pub(super) struct Found {
    pub(super) artifact: Artifact,
    pub(super) part: Rc<Part>,
    pub(super) prompt: Name,
}

impl Found {
    /// The suite as it stands in its file; nothing where it is none, which was looked at before.
    pub(super) fn suite(&self) -> Option<&Suite> {
        match self.part.parsed() {
            Ok(Parsed::Suite(suite)) => Some(suite),
            _ => None,
        }
    }
}
