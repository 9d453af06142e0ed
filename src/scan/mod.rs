//! Text to what must not stand in it: secrets, and data about people.
//!
//! [`scan`] finds credentials by the shapes their issuers give them, and by what stands before them. It is a pure
//! function of the text: the same bytes give the same hits on every machine and at any time, because the rules of the
//! ledger refuse a version that holds a secret, and every clone must refuse alike. It takes time linear in the text,
//! whatever the text: no pattern backtracks, and rules of which no keyword stands in the text are never compiled.
//!
//! A [`Hit`] never holds the secret, only where it stands; it is named by a fingerprint that is of use in one project
//! alone, so that somebody can say that it is none without saying what it is. [`personal`] finds card numbers, bank
//! accounts, e-mail addresses and telephone numbers.
//!
//! The rules are ours, written from what issuers publish about their tokens. This room refuses to know what an
//! artifact is, who may say that a hit is none, and what is done about one.

mod exceptions;
mod hit;
mod people;
mod plausible;
mod rule;
mod rules;
mod scanner;
#[cfg(test)]
mod tests;
mod veil;

pub use exceptions::Exceptions;
pub use hit::{Hit, masked, masked_line, safe, safe_document};
pub use people::{About, PersonalHit, personal};
pub use scanner::{rule_count, scan};
pub use veil::veiled;
