//! What people say of a proposal.

use super::{
    Refusal, StateError,
    apply::Deciding,
    case::Case,
    dossier,
    draft::Draft,
    read::keys,
    records::{Assent, ProposalRecord, Status},
};
use crate::{
    gate::ApprovalRule,
    ledger::{Approval, Attempt, Event, Reason, Review},
    name::{Environment, Handle},
    object::{DossierId, EventId},
    trust::Verb,
};

/// The proposal, which must be open.
pub(super) fn open(with: &Deciding<'_>, id: EventId) -> Result<ProposalRecord, StateError> {
    let unknown = || Refusal::cannot("unknown-proposal", format!("there is no proposal `{}`", id.short()));
    let record = with.state.proposal(id)?.ok_or_else(unknown)?;
    match record.status {
        Status::Open => Ok(record),
        Status::Promoted => Err(Refusal::no("spent", format!("proposal `{}` was carried out", id.short())).into()),
        Status::Withdrawn => Err(Refusal::no("closed", format!("proposal `{}` was withdrawn", id.short())).into()),
        Status::Rejected => Err(Refusal::no("closed", format!("proposal `{}` was rejected", id.short())).into()),
    }
}

/// The proposal leaves the open ones.
pub(super) fn close(draft: &Draft<'_>, event: &Event, record: &ProposalRecord, status: Status) {
    let closed = ProposalRecord { status, closed: Some(event.id()), ..record.clone() };
    draft.put(keys::proposal(record.id), &closed);
    draft.take_away(keys::open(&record.proposal.environment, record.id));
}

/// Whoever made a proposal may take it back; root may take back any.
pub(super) fn withdraw(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    reason: &Reason,
) -> Result<(), StateError> {
    let record = open(with, reason.proposal)?;
    if record.person != *with.actor.handle {
        let message = format!("`{}` made this proposal; they or a root may withdraw it", record.person);
        let allowed = with.actor.must(with.governance, Verb::Govern, &[], None);
        allowed.map_err(|_| Refusal::no("not-allowed", message))?;
    }
    close(draft, event, &record, Status::Withdrawn);
    Ok(())
}

/// A proposal is refused for good.
pub(super) fn reject(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, reason: &Reason) -> Result<(), StateError> {
    let record = open(with, reason.proposal)?;
    must(with, Verb::Reject, &record)?;
    close(draft, event, &record, Status::Rejected);
    Ok(())
}

/// A review is completed by somebody who has no hand in the change.
pub(super) fn review(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, review: &Review) -> Result<(), StateError> {
    let mut record = open(with, review.proposal)?;
    must(with, Verb::Review, &record)?;
    let case = Case::new(with.state, with.governance, rules(with)?, &record)?;
    if case.authors(with.state)?.contains(with.actor.handle) {
        return Err(Refusal::no("author-reviews", "an author's own review does not count").into());
    }
    let assent = assent(draft, event, with, &case, review.dossier)?;
    record.reviews.push(assent);
    draft.put(keys::proposal(record.id), &record);
    Ok(())
}

/// An approval is bound to the proposal and to the dossier that was shown.
pub(super) fn approve(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    approval: &Approval,
) -> Result<(), StateError> {
    let mut record = open(with, approval.proposal)?;
    must(with, Verb::Approve, &record)?;
    if with.actor.person.program {
        return Err(Refusal::no("program-approves", "a program never approves").into());
    }
    let case = Case::new(with.state, with.governance, rules(with)?, &record)?;
    if let Some(rule) = case.environment.and_then(|environment| environment.gate.approvals.as_ref()) {
        may_approve(with, &case, rule)?;
    }
    let assent = assent(draft, event, with, &case, approval.dossier)?;
    let same = |old: &Assent| old.person == assent.person && old.dossier == assent.dossier;
    if record.approvals.iter().any(same) {
        return Err(Refusal::cannot(
            "already-approved",
            format!("`{}` has approved this dossier already", assent.person),
        )
        .into());
    }
    record.approvals.push(assent);
    draft.put(keys::proposal(record.id), &record);
    Ok(())
}

/// The approver has no hand in the change, unless the rule lets authors approve, and holds the role it asks for.
fn may_approve(with: &Deciding<'_>, case: &Case<'_>, rule: &ApprovalRule) -> Result<(), StateError> {
    let handle = with.actor.handle;
    if !rule.authors && case.authors(with.state)?.contains(handle) {
        let message = format!("`{handle}` has a hand in what is proposed; authors do not approve their own change");
        return Err(Refusal::no("author-approves", message).into());
    }
    if with.actor.person.roles.contains(&rule.role) {
        return Ok(());
    }
    let environment = &case.record.proposal.environment;
    let message = format!("`{environment}` asks for role `{}`, which `{handle}` does not hold", rule.role);
    Err(Refusal::no("not-in-role", message).into())
}

/// A refusal is remembered once per person and verdict.
pub(super) fn attempt(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    attempt: &Attempt,
) -> Result<(), StateError> {
    let unknown =
        || Refusal::cannot("unknown-proposal", format!("there is no proposal `{}`", attempt.proposal.short()));
    with.state.proposal(attempt.proposal)?.ok_or_else(unknown)?;
    let person: &Handle = with.actor.handle;
    if with.state.attempted(person.as_str(), attempt.verdict)? {
        return Err(Refusal::cannot("known-attempt", "this refusal is recorded already").into());
    }
    draft.put(keys::attempt(person.as_str(), attempt.verdict), &event.id());
    Ok(())
}

/// The verb on everything the proposal changes; root for a change of the rules.
pub(super) fn must(with: &Deciding<'_>, verb: Verb, record: &ProposalRecord) -> Result<(), StateError> {
    if record.proposal.governance.is_some() {
        return Ok(with.actor.must(with.governance, Verb::Govern, &[], None)?);
    }
    let environment = Environment::parse(&record.proposal.environment).ok();
    Ok(with.actor.must(with.governance, verb, &record.proposal.artifacts(), environment.as_ref())?)
}

/// The payload digest of the rules in force.
pub(super) fn rules(with: &Deciding<'_>) -> Result<crate::object::Digest, StateError> {
    let begun = with.state.project()?.map(|project| project.governance);
    Ok(begun.ok_or_else(|| Refusal::no("not-begun", "the project has not begun"))?)
}

fn assent(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    case: &Case<'_>,
    id: DossierId,
) -> Result<Assent, StateError> {
    let shown = dossier::check(draft, with.state, case, id, with.payload)?;
    Ok(Assent {
        person: with.actor.handle.clone(),
        roles: with.actor.roles(),
        event: event.id(),
        time: event.record.time,
        dossier: id,
        // What was shown has this very basis, or it would have been refused.
        basis: dossier::basis(with.state, case)?.digest(),
        evidence: shown.evidence,
        findings: shown.findings,
    })
}
