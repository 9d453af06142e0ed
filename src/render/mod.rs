//! A bundle and variables to the exact request a model gets; strict about what is missing.
//!
//! Values can never forge a role and are never expanded again; whatever is undefined is an error with
//! line and column. Time and size of a rendering are bounded. This room sees parsed artifacts only: who
//! resolves names to versions is the caller's business.

mod request;

pub use request::{Message, Request, Speaker, ToolCall};
