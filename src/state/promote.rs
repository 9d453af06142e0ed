//! Carrying out a proposal.

use super::{
    Refusal, StateError,
    apply::Deciding,
    case::Case,
    decide::{close, must, open, rules},
    dossier,
    draft::Draft,
    genesis,
    movement::{Cause, move_environment},
    quarantine,
    read::keys,
    records::{ProjectRecord, ProposalRecord, Status},
    weighing::{facts, weigh_governance},
};
use crate::{
    gate::{Verdict, weigh},
    governance::EnvironmentRules,
    ledger::{Event, Promotion},
    trust::Verb,
};

/// The gate is weighed; if it holds, the environment (or the rules) moves and the approvals are spent.
pub(super) fn promote(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    promotion: &Promotion,
) -> Result<(), StateError> {
    let record = open(with, promotion.proposal)?;
    must(with, Verb::Promote, &record)?;
    let case = Case::new(with.state, with.governance, rules(with)?, &record)?;
    let now = event.record.time;
    if let Some(environment) = case.environment {
        hold(&weigh(&environment.gate, &facts(with.state, &case, now)?), &record)?;
        dossier::check(draft, with.state, &case, promotion.dossier, with.payload)?;
        carry_out(draft, event, &case, environment, "promote")?;
    } else {
        hold(&weigh_governance(with.state, &case, now)?, &record)?;
        dossier::check(draft, with.state, &case, promotion.dossier, with.payload)?;
        change_rules(draft, event, with, &record)?;
    }
    close(draft, event, &record, Status::Promoted);
    Ok(())
}

/// The environment moves, or a version may be proposed there again.
pub(super) fn carry_out(
    draft: &Draft<'_>,
    event: &Event,
    case: &Case<'_>,
    environment: &EnvironmentRules,
    kind: &'static str,
) -> Result<(), StateError> {
    if let Some(lift) = &case.record.proposal.lifts {
        quarantine::lift(draft, &environment.name, lift);
        return Ok(());
    }
    let why = Cause { kind, proposal: Some(case.record.id) };
    move_environment(draft, event, &environment.name, case.targets(), why)
}

/// A verdict that does not pass is a refusal which carries it.
pub(super) fn hold(verdict: &Verdict, record: &ProposalRecord) -> Result<(), Refusal> {
    if verdict.pass {
        return Ok(());
    }
    let unmet: Vec<String> = verdict.unmet().map(|rule| format!("{}: {}", rule.rule, rule.reason)).collect();
    let message = format!("the gate refuses proposal `{}`: {}", record.id.short(), unmet.join("; "));
    Err(Refusal { verdict: Some(Box::new(verdict.clone())), ..Refusal::no("gate", message) })
}

/// New rules are in force from this event on.
fn change_rules(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    record: &ProposalRecord,
) -> Result<(), StateError> {
    let (Some(project), Some(change)) = (with.state.project()?, &record.proposal.governance) else {
        return Err(Refusal::no("not-begun", "there are no rules to change").into());
    };
    let governance = with.payload.governance(&change.to)?;
    let in_force = ProjectRecord { governance: change.to, since: event.id(), time: event.record.time, ..project };
    draft.put(keys::project(), &in_force);
    genesis::list_keys(draft, event, &governance)
}
