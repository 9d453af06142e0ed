//! Events to what is true now.
//!
//! [`apply`] is the one function that decides: given the state before an event and the event, it answers with what
//! the event changes, or refuses and names the rule. Writers call it before they append, readers for every event
//! they receive, so a server, a colleague or a patched program can push what it likes: every honest clone
//! refuses it and stays on its last good state.
//!
//! The state is records under keys ([`crate::ledger::Key`]), read one by one, so that deciding costs the same however
//! large the project is. [`State`] reads them by what they mean. Nothing here reads a clock, a file or a key;
//! payload (version bytes, dossiers, governance) comes through the store's port.

mod adopt;
mod apply;
mod authority;
mod beside;
mod case;
mod charters;
mod closers;
mod commit;
mod contents;
mod decide;
mod dossier;
mod draft;
mod evaluate;
mod exceptions;
mod finding_lines;
mod findings;
mod flags;
mod genesis;
mod lineage;
mod movement;
mod needs;
mod objections;
mod overriding;
mod payload;
mod promote;
mod propose;
mod purge;
mod quarantine;
mod quote;
mod read;
mod receive;
mod records;
mod refusal;
mod risk;
mod rollback;
mod said;
mod secrets;
mod stops;
#[cfg(test)]
mod tests;
mod touched;
mod weighing;

pub use apply::apply;
pub use beside::reviewers;
pub use case::Case;
pub use dossier::{Basis, Dossier, EvidenceLine, Guard, QuarantinedCase, ShownChange, basis, evidence_lines};
pub use finding_lines::{AnswerLine, FindingLine, finding_lines};
pub use findings::beside;
pub use lineage::lineage;
pub use objections::{AnswerRecord, FindingRecord, FindingStatus};
pub use overriding::{LONGEST, OverrideRecord, Reviewed, may_be_overridden, refuse_terms, refuse_waiver};
pub use payload::Payload;
pub use quarantine::{QuarantineRecord, refuse_quarantined};
pub use quote::{line, lines_with, stands_at};
pub use read::State;
pub use receive::{Sealed, receive, receive_sealed};
pub use records::{
    Assent, BundleRecord, DossierRecord, EnvironmentRecord, ExceptionRecord, HandsRecord, HeadRecord, KeyRecord,
    LineageRecord, LiveRecord, MoveRecord, Placed, ProjectRecord, ProposalRecord, PurgedRecord, RunRecord, RunsRecord,
    ServedRecord, Status, VersionRecord,
};
pub use refusal::{Code, Refusal, StateError};
pub use rollback::{refuse_never_whole, undo_until};
pub use said::{KnownPayload, said};
pub use secrets::first_secret;
pub use stops::StopRecord;
pub use touched::{After, Plan, Target, Touched, plan};
pub use weighing::{facts, governance_facts};
