//! A bundle and variables to the exact request a model gets; strict about what is missing.
//!
//! Values can never forge a role and are never expanded again; whatever is undefined is an error with
//! line and column. Time and size of a rendering are bounded. This room sees parsed artifacts only: who
//! resolves names to versions is the caller's business.
//!
//! A body becomes messages like this. `{{ role("system") }}` starts a message: one line end right after it
//! and all line ends before the next one are layout and dropped; everything else is kept to the byte.
//! `{{ messages(history) }}` places a conversation so far, each entry as its own message; only `user`,
//! `assistant` and `tool` may speak in it. Text outside messages is an error. A body that uses neither is one
//! user message, byte for byte. `{{ policy("refunds") }}` places prose verbatim, and
//! `{% include "tone" %}` the fragment `_tone`, whose inputs and policies are its own front matter's;
//! both names must be written out, because a name made at run time could not be versioned.
//!
//! The dialect is Jinja as Python's jinja2 has it by default, with loop controls and the usual methods of
//! Python's strings, lists and dicts; no inheritance, no imports, no escaping, no clock, no files.

mod assigned;
mod bucket;
mod engine;
mod error;
mod expression;
mod faces;
mod filters;
mod guarded;
mod json;
mod marks;
mod meter;
mod methods;
mod operators;
mod parts;
mod request;
mod scan;
mod sentences;
mod shape;
mod text;
mod tokens;
mod turns;
mod uses;
mod variables;
mod vocabulary;
mod words;

pub use error::RenderError;
pub use expression::{ExpressionError, check_expression, expression};
pub use parts::{Parts, Prepared, render};
pub use request::{Message, Request, Speaker, ToolCall};
pub use sentences::{Sentence, sentences};
pub use tokens::{count_tokens, tokens};
pub use turns::Turn;
pub use uses::{Uses, uses};
pub use variables::BadVariable;
