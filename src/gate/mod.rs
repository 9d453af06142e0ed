//! Rules and facts to a verdict with reasons. Pure: no clock, no store, no ledger.
//!
//! [`weigh`] takes the rules in force and the facts of one proposal and answers whether the change may
//! go live. Every rule is judged, met or not, so that a refusal lists all that is missing, with the
//! next step. What is missing or unknown is a no.

mod rules;

pub use rules::{ApprovalRule, EvidenceRule, Gate, PassRateRule, RegressionRule, ReplySource, ReviewRule, Tier};
