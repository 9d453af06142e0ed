//! `review`: the dossier of a proposal, and what the gate says.

mod program;
mod written;

use serde::Serialize;

pub use program::{Program, Said, Unfounded};

use super::{
    Answer, Failure, ProposalName, World,
    docket::{Trust, docket, dossier},
    keep::keep,
    record::record,
    resolve,
    standing::Standing,
};
use crate::{
    ledger::{Deed, Review},
    object::EventId,
    report::{self, Sheet},
};

/// What is asked for.
pub struct Request<'a> {
    /// The proposal.
    pub proposal: ProposalName,
    /// Records that the person at the keyboard has reviewed exactly this, with remarks.
    pub done: Option<String>,
    /// Has a program review it in that person's name.
    pub with: Option<&'a Program<'a>>,
}

/// The dossier on one sheet.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Everything a decision needs.
    #[serde(flatten)]
    pub sheet: Sheet,
    /// The event that records the completed review.
    pub event: Option<EventId>,
    /// What the program found, where one reviewed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<Said>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.review/1";
}

impl Outcome {
    /// The dossier as a Markdown page.
    pub fn markdown(&self) -> String {
        report::dossier(&self.sheet)
    }
}

/// Shows a dossier, and records a completed review where one is asked for.
///
/// # Errors
///
/// A proposal that is not there, the refusal of the rules, or what the program failed with.
pub fn run(world: &World, request: Request<'_>) -> Result<Outcome, Failure> {
    if let Some(program) = request.with {
        return program::run(world, &request.proposal, request.done, program);
    }
    let shown = read(world, &request.proposal)?;
    let Some(message) = request.done else { return Ok(Outcome { sheet: shown.0, event: None, program: None }) };
    let (sheet, bytes) = shown;
    keep(world, &[bytes.as_slice()])?;
    let review = Review { proposal: sheet.proposal, dossier: sheet.dossier, message };
    let recorded = record(world, Deed::Review(review))?;
    let (sheet, _) = read(world, &request.proposal)?;
    Ok(Outcome { sheet, event: Some(recorded.event), program: None })
}

/// The sheet of a proposal as things stand, and the bytes of its dossier.
pub(super) fn read(world: &World, name: &ProposalName) -> Result<(Sheet, Vec<u8>), Failure> {
    let standing = Standing::read(world)?;
    let found = resolve::proposal(world, &standing, name)?;
    let drawn = dossier(world, &standing, &found)?;
    let weighed = docket(world, &standing, found, Trust::Rescored)?;
    Ok((weighed.sheet(world, &standing, &drawn)?, drawn.encode()))
}
