//! Facts to what people and machines read: dossiers, pages, JUnit.
//!
//! Pure functions from plain data to text. What is shown is decided elsewhere; how it is spelled, here.

mod junit;

pub use junit::{NamedRun, junit};
