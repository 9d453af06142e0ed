//! Threats 17 to 21: the ledger, and what its remotes, clocks and keys do to it.

mod clock;
mod forged;
mod kept;
mod objection;
mod race;
mod revoked;
mod rewritten;
mod soak;
mod stopped;
mod unlawful;
mod withheld;
