//! Text to artifact: parsing and validation of everything a user writes, governance excepted.
//!
//! An artifact is read from [`Source`] files: one, or several where it needs more (a suite and its
//! case file, a raw prompt and its settings). Parsers collect [`crate::problem::Problem`]s with
//! line, column and nearest name, and give all of them at once ([`Reading`]). Nothing here touches a disk,
//! a store or a template engine; bytes that are not UTF-8 are refused by name.
//!
//! [`parse`] is the way in for every kind, [`Source::collect`] gathers the files an artifact names.
//! [`Document`], [`Fields`] and [`Item`] read any TOML or JSON table key by key, so that an unknown key, a
//! wrong type or a key that stands twice looks the same in every file; governance is read with them too.
//! Files stay as their authors wrote them: nothing here writes one.

mod attached;
mod case;
mod case_file;
mod charter;
mod conversation;
mod csv;
mod document;
mod expectation;
mod fields;
mod front;
mod input;
mod item;
mod json;
mod tree;
mod model;
mod parse;
mod pattern;
mod policy;
mod prompt;
mod quarantine;
mod schema;
mod settings;
mod source;
mod suite;
mod text;
mod tool;

pub use case::Case;
pub use charter::{Charter, CharterField, CharterStatus, Coverage, Said, covering};
pub use conversation::{Conversation, ToolResult};
pub use document::{Document, Reading};
pub use expectation::{
    Answers, ArgumentMatch, CallOrder, Calls, Check, Condition, Cost, Count, Distance, EditDistance, Expectation,
    Finish, Judge, Judged, Overlap, PathMatch, Program, Similar, Weighted,
};
pub use fields::Fields;
pub use input::{Input, InputType};
pub use item::Item;
pub use model::{Model, Price, ProviderKind};
pub use parse::{Parsed, named_files, parse};
pub use pattern::compiled;
pub use policy::{Policy, PolicyLanguage};
pub use prompt::{Prompt, Template};
pub use quarantine::Quarantine;
pub use schema::{BadSchema, Schema};
pub use source::{Source, SourceFile};
pub use suite::{Subject, Suite};
pub use tool::{Tool, ToolShape};
