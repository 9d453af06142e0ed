//! Text to artifact: parsing and validation of everything a user writes, governance excepted.
//!
//! An artifact is read from [`Source`] files: one, or several where it needs more (a suite and its
//! case file, a raw prompt and its settings). Parsers collect [`crate::problem::Problem`]s with
//! line, column and nearest name, and give all of them at once. Nothing here touches a disk, a store
//! or a template engine; bytes that are not UTF-8 are refused by name.

mod fields;
mod json_value;
mod model;
mod policy;
mod prompt;
mod source;
mod suite;
mod tool;

pub use fields::{Document, Fields, Item};
pub use model::{Model, Price, ProviderKind};
pub use policy::{Policy, PolicyLanguage};
pub use prompt::{Input, InputType, Prompt, Template};
pub use source::{Source, SourceFile};
pub use suite::{ArgumentMatch, Case, Check, Expectation, Subject, Suite};
pub use tool::{Tool, ToolShape};
