//! `approve`: say yes to exactly one dossier.

use serde::Serialize;

use super::{
    Answer, Exit, Failure, ProposalName, World,
    attempts::{Refused, remember},
    docket::{Trust, docket},
    keep::keep,
    record::record,
    review, rules, sharing,
    standing::Standing,
};
use crate::{
    ledger::{Approval, Deed},
    object::{DossierId, EventId, Prefix},
    report::{RuleLine, Sheet},
};

/// How the approver knows what is approved.
pub enum Seen<'a> {
    /// By its digest.
    Dossier(Prefix),
    /// By looking at it now; the answer is whether to go on.
    Ask(&'a dyn Fn(&Sheet) -> Result<bool, Failure>),
    /// Not at all.
    Nothing,
}

/// What is asked for.
pub struct Request<'a> {
    /// The proposal.
    pub proposal: ProposalName,
    /// What was seen of it.
    pub seen: Seen<'a>,
    /// Remarks; may be empty.
    pub message: String,
}

/// The approval, and how many there are.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The event.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// The proposal.
    pub proposal: EventId,
    /// What it is for.
    pub environment: String,
    /// What was approved.
    pub dossier: DossierId,
    /// Approvals that count.
    pub approvals: u32,
    /// How many are needed.
    pub needed: u32,
    /// What else the proposal still needs.
    pub needs: Vec<RuleLine>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.approve/1";
}

/// Approves a proposal, bound to its dossier.
///
/// # Errors
///
/// `dossier-required`, `stale-dossier`, `not-confirmed`, or the refusal of the rules, which is remembered.
pub fn run(world: &World, request: &Request<'_>) -> Result<Outcome, Failure> {
    sharing::ready(world)?;
    let (sheet, bytes) = review::read(world, &request.proposal)?;
    confirm(&sheet, &request.seen)?;
    give(world, &sheet, &bytes, &request.message)
}

/// Approves what stands on this sheet.
pub(super) fn give(world: &World, sheet: &Sheet, bytes: &[u8], message: &str) -> Result<Outcome, Failure> {
    keep(world, &[bytes])?;
    let (proposal, dossier) = (sheet.proposal, sheet.dossier);
    let recorded = record(world, Deed::Approve(Approval { proposal, dossier, message: message.to_owned() }))
        .inspect_err(|failure| {
            if failure.exit == Exit::No && failure.code != "spent" && failure.code != "closed" {
                remember(world, "approve", proposal, Refused::of(failure));
            }
        })?;
    let standing = Standing::read(world)?;
    let missing = || Failure::bug(format!("proposal `{proposal}` is not in the state"));
    let found = standing.state().proposal(proposal)?.ok_or_else(missing)?;
    let weighed = docket(world, &standing, found, Trust::Rescored)?;
    let (approvals, needed) = weighed.approvals;
    Ok(Outcome {
        event: recorded.event,
        shared: recorded.shared,
        proposal,
        environment: sheet.environment.clone(),
        dossier,
        approvals,
        needed,
        needs: rules::needs(&standing, &weighed.record, &weighed.verdict)?,
    })
}

fn confirm(sheet: &Sheet, seen: &Seen<'_>) -> Result<(), Failure> {
    let (id, dossier) = (sheet.proposal.short(), sheet.dossier.short());
    match seen {
        Seen::Dossier(prefix) if prefix.matches(&sheet.dossier.0) => Ok(()),
        Seen::Dossier(prefix) => {
            Err(Failure::moved("stale-dossier", format!("the dossier of `{id}` is no longer `{prefix}`"))
                .because(format!("as things stand it is `{}`", sheet.dossier))
                .run(format!("chancery review {id}")))
        }
        Seen::Ask(ask) => {
            if ask(sheet)? {
                return Ok(());
            }
            Err(Failure::cannot("not-confirmed", "nothing was approved").run(format!("chancery review {id}")))
        }
        Seen::Nothing => {
            let message = format!("approving `{id}` needs the dossier you saw");
            Err(Failure { code: "dossier-required", ..Failure::usage(message) }
                .because("an approval is bound to what was shown, and stdin is not a terminal")
                .run(format!("chancery review {id}"))
                .run(format!("chancery approve {id} --dossier {dossier}")))
        }
    }
}
