//! Signed acts in one order.
//!
//! An [`Act`] is what a person did: canonical JSON with a detached signature, whose SHA-256 is the id everybody
//! sees. It has no place in a sequence. An [`Event`] is an act at its place: it carries the sequence number, the
//! recorder's time and the digest of the event before, and is sealed by the recorder. When two clones race,
//! events are rebuilt; acts are never signed again and ids never change.
//!
//! The port, [`Journal`], keeps events and, beside each, the state after it as keyed records. This room
//! knows what an act says, not whether it is allowed: that is `state::apply`'s to decide.

mod act;
mod deed;
mod event;
mod exchange;
mod format;
mod guard;
mod journal;

pub use act::{Act, BadAct, Nonce, SignedAct};
pub use deed::{
    Adoption, Announcement, Answer, Approval, Attempt, BundleChange, Closing, Commit, Deed, Evidence, Exception,
    Finding, Freeze, GOVERNANCE, Halt, HeadChange, Lift, LiveChange, Move, Outcome, Override, OverrideReview,
    Promotion, Proposal, Purge, Reason, Review, Rollback, Sample,
};
pub use event::{BadRecord, Event, EventRecord, RULES, Seal};
pub use exchange::{Absorbed, Exchange, ExchangeError, Side};
pub use guard::{Guard, Turn};
pub use journal::{Changes, Damage, History, Inspect, Journal, JournalError, Key, Tip, View};
