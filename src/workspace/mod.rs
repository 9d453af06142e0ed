//! The project folder: artifacts, governance and settings as they stand in files.
//!
//! The port, [`SourceTree`], is all that is known of the outside here. Everything read through it is hostile
//! until parsed; everything written through it is a whole file or nothing.

mod tree;

pub use tree::{Entry, SourceTree, TreeError};
