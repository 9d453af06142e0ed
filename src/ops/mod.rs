//! One verb, one file: the only place where rooms meet.
//!
//! An operation takes the [`World`] and a request, reads as the walk itself (read, fold, gather, decide, append,
//! describe), and returns a plain serialisable outcome. It never prints and never asks.
//!
//! What it returns is an [`Answer`], a no included; a [`Failure`] says what could not be done, why, and what to do
//! next. Every room's errors become failures in one file, exhaustively.

mod ahead;
mod answer;
mod at;
mod attempts;
mod changes;
mod charters;
mod close;
mod deciding;
mod docket;
mod failure;
mod fit;
mod judges;
mod keep;
mod lapses;
mod layout;
mod live;
mod markers;
mod memory;
mod named;
mod origin;
mod overrides;
mod own_files;
mod parts;
mod people_data;
mod picked;
mod quarantine;
mod quoting;
mod record;
mod rendered;
mod replay;
mod rescoring;
mod resolve;
mod rules;
mod rules_change;
mod rules_file;
mod secrecy;
mod served;
mod sharing;
mod soundness;
mod sources;
mod spec;
mod stage;
mod stamp;
mod standing;
mod step;
mod stopping;
#[cfg(test)]
mod story;
mod tale;
#[cfg(test)]
mod testing;
mod unseen;
mod unsound;
mod working;
mod world;

pub mod adopt;
pub mod approve;
pub mod audit;
pub mod bisect;
pub mod cat;
pub mod check;
pub mod clone;
pub mod commit;
pub mod completions;
pub mod demo;
pub mod diff;
pub mod env;
pub mod eval;
pub mod freeze;
pub mod finding;
pub mod findings;
pub mod governance;
pub mod halt;
pub mod impact;
pub mod init;
pub mod keys;
pub mod log;
pub mod maintenance;
pub mod merge;
pub mod mv;
pub mod r#override;
pub mod people;
pub mod promote;
pub mod proposals;
pub mod propose;
pub mod pull;
pub mod purge;
pub mod push;
pub mod reject;
pub mod remote;
pub mod render;
pub mod requalify;
pub mod restore;
pub mod resume;
pub mod review;
pub mod rm;
pub mod rollback;
pub mod secrets;
pub mod ship;
pub mod show;
pub mod status;
pub mod thaw;
pub mod verify;
pub mod why;
pub mod withdraw;

pub use crate::{
    ledger::{Exchange, GOVERNANCE},
    workspace::{Revision, Spec},
};
pub use answer::Answer;
pub use changes::{FileChange, Look};
pub use charters::{CharterLine, CharterSheet};
pub use failure::{Exit, Failure, Next};
pub use lapses::Lapses;
pub use live::Live;
pub use quarantine::Quarantined;
pub use quoting::Objection;
pub use record::{Recorded, place};
pub use rescoring::Disagreement;
pub use rules_file::Stands;
pub use spec::{ArtifactName, BadSpec, ProposalName, parse_id};
pub use stamp::{BadStamp, Stamp};
pub use world::{Providers, World};
