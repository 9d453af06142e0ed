//! The rules by family, from the most to the least certain.
//!
//! Written from what issuers publish about the shape of their tokens. A rule's id is never reused.

mod cloud;
mod code;
mod machine;
mod models;
mod people;
mod plain;
mod services;

use super::rule::Rule;

/// Every rule. Of two that find the same, the earlier one is told.
pub(super) const FAMILIES: [&[Rule]; 7] =
    [machine::RULES, models::RULES, cloud::RULES, code::RULES, people::RULES, services::RULES, plain::RULES];

/// How many there are.
pub(super) fn count() -> usize {
    FAMILIES.iter().map(|family| family.len()).sum()
}
