//! `promote`: carry out a proposal, if the gate holds; or past named rules, where they may be waived.

mod exception;

use serde::Serialize;

pub use exception::{Exception, Expiry};

use super::{
    Answer, Exit, Failure, ProposalName, World,
    attempts::{Refused, remember},
    docket::{Docket, Trust, bundles, changes, docket, dossier},
    keep::keep,
    quarantine::lifted,
    record::record,
    resolve, rules, sharing,
    stamp::stamp,
    standing::Standing,
};
use crate::{
    clock::Time,
    gate::{Rule, Tier},
    ledger::{Deed, Override, Promotion},
    name::Environment,
    object::{DossierId, EventId},
    report::{BundleLine, ChangeLine, LiftLine, RuleLine},
    state::{ProposalRecord, Status},
};

/// What is asked for.
pub struct Request {
    /// The proposal.
    pub proposal: ProposalName,
    /// Weigh the gate and stop there.
    pub dry_run: bool,
    /// Rules to go past; `None` for the ordinary way.
    pub exception: Option<Exception>,
}

/// What the gate said, and what is live now.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Whether the environment moved.
    pub promoted: bool,
    /// `pass` or `refused`.
    pub verdict: &'static str,
    /// Whether it was only weighed.
    pub dry_run: bool,
    /// Every rule, met or not.
    pub rules: Vec<RuleLine>,
    /// How much it can break.
    pub tier: Tier,
    /// The rules that are waived and why; absent in the ordinary way.
    pub waived: Option<WaivedRules>,
    /// The event that moved the environment.
    pub event: Option<EventId>,
    /// The proposal.
    pub proposal: EventId,
    /// The environment, or `governance`.
    pub environment: String,
    /// What changes.
    pub changes: Vec<ChangeLine>,
    /// For lifting a quarantine: what is let in again.
    pub lifts: Option<LiftLine>,
    /// The bundles touched, with what the application logs from now on.
    pub bundles: Vec<BundleLine>,
    #[serde(skip)]
    moved: bool,
}

/// What an override waives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WaivedRules {
    /// The rules, by their words, sorted.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Until when somebody else must have reviewed it.
    pub expires: Time,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.promote/1";

    fn exit(&self) -> Exit {
        match self.verdict {
            "pass" => Exit::Done,
            // What the proposal is based on is not there any more: propose again, then come back.
            _ if self.moved => Exit::Moved,
            _ => Exit::No,
        }
    }
}

/// Weighs the gate with every stored reply scored again; if it holds, carries the proposal out.
///
/// # Errors
///
/// A proposal that is closed, an exception that the rules do not allow, a lost race (exit 4, with who moved what), or the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    if !request.dry_run {
        sharing::ready(world)?;
    }
    let standing = Standing::read(world)?;
    let found = resolve::proposal(world, &standing, &request.proposal)?;
    open(&found)?;
    let mut weighed = docket(world, &standing, found, Trust::Rescored)?;
    let verb = if request.exception.is_some() { "override" } else { "promote" };
    let waived = match &request.exception {
        None => None,
        Some(asked) => match exception::allow(world, &standing, &mut weighed, asked) {
            Ok(waived) => Some(waived),
            Err(failure) => {
                if failure.exit == Exit::No && !request.dry_run {
                    remember(world, verb, weighed.record.id, Refused::of(&failure));
                }
                return Err(failure);
            }
        },
    };
    let outcome = Outcome { waived, ..describe(world, &standing, &weighed, request.dry_run)? };
    if request.dry_run {
        return Ok(outcome);
    }
    if !weighed.passes() {
        drop(standing);
        remember(world, verb, outcome.proposal, refused(&weighed));
        return Ok(outcome);
    }
    let drawn = dossier(world, &standing, &weighed.record)?;
    let tip = standing.tip.clone();
    drop(standing);
    keep(world, &[drawn.encode().as_slice()])?;
    let recorded = match record(world, deed(&outcome, drawn.id())) {
        Ok(recorded) => recorded,
        Err(failure) => return Err(explain(world, verb, &weighed.record, &tip.event, failure)?),
    };
    carried_out(world, outcome, recorded.event)
}

/// The act: an override is its own kind, so that it never passes for a promotion.
fn deed(outcome: &Outcome, dossier: DossierId) -> Deed {
    let proposal = outcome.proposal;
    match outcome.waived.clone() {
        None => Deed::Promote(Promotion { proposal, dossier }),
        Some(WaivedRules { rules, reason, expires }) => {
            Deed::Override(Override { proposal, dossier, rules, reason, expires })
        }
    }
}

/// What was carried out, with stamps.
fn carried_out(world: &World, mut outcome: Outcome, event: EventId) -> Result<Outcome, Failure> {
    let project = Standing::read(world)?.governance.project.clone();
    // A change of rules touches no bundle, and has no environment.
    if let Ok(environment) = Environment::parse(&outcome.environment) {
        for bundle in &mut outcome.bundles {
            bundle.stamp = bundle.after.map(|id| stamp(&project, &environment, &bundle.prompt, id, event));
        }
    }
    Ok(Outcome { promoted: true, event: Some(event), ..outcome })
}

fn describe(world: &World, standing: &Standing<'_>, weighed: &Docket, dry_run: bool) -> Result<Outcome, Failure> {
    let record = &weighed.record;
    Ok(Outcome {
        promoted: false,
        verdict: weighed.word(),
        dry_run,
        rules: rules::lines(standing, record, &weighed.verdict)?,
        tier: weighed.verdict.tier,
        waived: None,
        event: None,
        proposal: record.id,
        environment: record.proposal.environment.clone(),
        changes: changes(standing, record)?,
        lifts: lifted(world, standing, record)?,
        bundles: bundles(record),
        moved: weighed.verdict.unmet().any(|rule| rule.rule == Rule::Base),
    })
}

fn refused(weighed: &Docket) -> Vec<Refused> {
    let no = |rule: &crate::gate::RuleResult| Refused {
        rule: rule.rule.word().to_owned(),
        code: rule.code.clone(),
        reason: rule.reason.clone(),
    };
    weighed.verdict.unmet().map(no).collect()
}

/// Only an open proposal can be carried out.
fn open(record: &ProposalRecord) -> Result<(), Failure> {
    let id = record.id.short();
    let by = record.closed.map_or_else(String::new, |event| format!("event {} closed it", event.short()));
    let (code, what) = match record.status {
        Status::Open => return Ok(()),
        Status::Promoted => ("spent", "was carried out already"),
        Status::Withdrawn => ("closed", "was withdrawn"),
        Status::Rejected => ("closed", "was rejected"),
    };
    Err(Failure::refused(code, format!("proposal `{id}` {what}")).because(by).run("chancery proposals"))
}

/// Why it could not be recorded although the gate held: somebody was faster, or this person may not.
fn explain(
    world: &World,
    verb: &str,
    before: &ProposalRecord,
    seen: &EventId,
    failure: Failure,
) -> Result<Failure, Failure> {
    let standing = Standing::read(world)?;
    if standing.tip.event == *seen
        || !matches!(failure.code, "gate" | "spent" | "closed" | "base-moved" | "stale-dossier")
    {
        if failure.exit == Exit::No {
            remember(world, verb, before.id, Refused::of(&failure));
        }
        return Ok(failure);
    }
    let now = standing.state().proposal(before.id)?;
    let because = match now.filter(|record| record.status != Status::Open).and_then(|record| record.closed) {
        Some(event) => format!("event {} closed it in the meantime", event.short()),
        None => rules::moved_by(&standing, before)?,
    };
    let (id, environment) = (before.id.short(), &before.proposal.environment);
    Ok(Failure::moved("moved", format!("somebody was faster: proposal `{id}` for `{environment}` was not carried out"))
        .because(because)
        .run(format!("chancery propose {environment} --refresh {id} -m \"…\"")))
}

#[cfg(test)]
mod tests;
