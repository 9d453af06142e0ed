//! `proposals`: what waits, and for what.

use serde::Serialize;

use super::{
    Answer, Failure, World,
    docket::{Trust, docket, status},
    quarantine::lifted,
    resolve::environment_rules,
    rules,
    standing::Standing,
};
use crate::{
    clock::Time,
    gate::Tier,
    ledger::GOVERNANCE,
    name::{Environment, Handle},
    object::EventId,
    report::{LiftLine, RuleLine},
    state::{ProposalRecord, Status},
};

/// Which proposals.
pub struct Request {
    /// Only for this environment, or `governance`.
    pub environment: Option<Environment>,
    /// Closed ones too.
    pub all: bool,
}

/// The proposals, oldest first.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Each of them.
    pub proposals: Vec<Line>,
}

/// One proposal.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Its id.
    pub proposal: EventId,
    /// The environment, or `governance`.
    pub environment: String,
    /// `open`, `void`, `promoted`, `withdrawn` or `rejected`.
    pub status: String,
    /// Why it is asked for.
    pub message: String,
    /// Who asks.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// How much it can break; absent once it is closed.
    pub tier: Option<Tier>,
    /// For lifting a quarantine: what would be let in again.
    pub lifts: Option<LiftLine>,
    /// What put it there, one line each; nothing for a low tier, or once it is closed.
    pub risk: Vec<String>,
    /// What it still needs; nothing when it may go live, or is closed.
    pub needs: Vec<RuleLine>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.proposals/1";
}

/// Lists proposals.
///
/// # Errors
///
/// An environment that is not there, or a ledger that cannot be read.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    if let Some(environment) = request.environment.as_ref().filter(|name| name.as_str() != GOVERNANCE) {
        environment_rules(&standing, environment)?;
    }
    let mut proposals = Vec::new();
    for record in records(&standing, request)? {
        proposals.push(line(world, &standing, record)?);
    }
    Ok(Outcome { proposals })
}

fn records(standing: &Standing<'_>, request: &Request) -> Result<Vec<ProposalRecord>, Failure> {
    let state = standing.state();
    let wanted = request.environment.as_ref().map(Environment::as_str);
    let mut records = if request.all {
        state.proposals()?
    } else {
        let environments = standing.governance.environments.iter().map(|rules| rules.name.as_str());
        let mut open = Vec::new();
        for name in environments.chain([GOVERNANCE]).filter(|name| wanted.is_none_or(|wanted| wanted == *name)) {
            open.extend(state.open(name)?);
        }
        open
    };
    records.retain(|record| wanted.is_none_or(|wanted| wanted == record.proposal.environment));
    Ok(state.in_order(records, |record| record.id)?)
}

fn line(world: &World, standing: &Standing<'_>, record: ProposalRecord) -> Result<Line, Failure> {
    let lifts = lifted(world, standing, &record)?;
    let line = |record: &ProposalRecord, status: &str, tier, risk, needs| Line {
        proposal: record.id,
        environment: record.proposal.environment.clone(),
        status: status.to_owned(),
        message: record.proposal.message.clone(),
        person: record.person.clone(),
        time: record.time,
        tier,
        lifts,
        risk,
        needs,
    };
    let known = record.proposal.environment == GOVERNANCE
        || standing.governance.environments.iter().any(|rules| rules.name.as_str() == record.proposal.environment);
    if record.status != Status::Open || !known {
        let became = if record.status == Status::Open { "void" } else { status(record.status) };
        return Ok(line(&record, became, None, Vec::new(), Vec::new()));
    }
    let weighed = docket(world, standing, record, Trust::Rescored)?;
    let needs = rules::needs(standing, &weighed.record, &weighed.verdict)?;
    Ok(line(&weighed.record, weighed.status(), Some(weighed.verdict.tier), weighed.risk.clone(), needs))
}
