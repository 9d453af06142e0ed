//! What an operation returns when it could do its work.

use serde::Serialize;

use super::Exit;

/// A plain outcome with a stable JSON form. A refused gate, failing cases or a found difference are answers too.
pub trait Answer: Serialize {
    /// The tag of its JSON form, such as `chancery.promote/1`. Fields are added under one tag, never renamed.
    const SCHEMA: &'static str;

    /// Whether it serves the very text that a program or a model gets; everything else shows secrets as marks.
    const SERVES: bool = false;

    /// How the program ends: [`Exit::Done`], or [`Exit::No`] where the answer is no.
    fn exit(&self) -> Exit {
        Exit::Done
    }
}
