//! `findings`: objections, and what became of them.

use serde::Serialize;

use super::{Answer, Failure, ProposalName, World, resolve, standing::Standing};
use crate::{
    ledger::GOVERNANCE,
    report::FindingSheet,
    state::{Case, FindingRecord, FindingStatus, finding_lines},
};

/// Which findings.
pub struct Request {
    /// Only those that concern this proposal, or this environment.
    pub about: Option<ProposalName>,
    /// Closed ones too.
    pub all: bool,
}

/// The findings, oldest first.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Each of them.
    pub findings: Vec<FindingSheet>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.findings/1";
}

/// Lists findings.
///
/// # Errors
///
/// A proposal or an environment that is not there, or a ledger that cannot be read.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let mut findings = match &request.about {
        Some(name @ ProposalName::Id(_)) => of_proposal(world, &standing, name)?,
        Some(ProposalName::Environment(environment)) => {
            if environment.as_str() != GOVERNANCE {
                resolve::environment_rules(&standing, environment)?;
            }
            let here = |record: &FindingRecord| record.environment == environment.as_str();
            of_ledger(&standing, here)?
        }
        None => of_ledger(&standing, |_| true)?,
    };
    findings.retain(|finding| request.all || finding.stands);
    Ok(Outcome { findings })
}

fn of_ledger(standing: &Standing<'_>, keep: impl Fn(&FindingRecord) -> bool) -> Result<Vec<FindingSheet>, Failure> {
    let records = standing.state().findings()?.into_iter().filter(keep);
    Ok(records.map(|record| FindingSheet::of(&record, record.status() == FindingStatus::Open)).collect())
}

/// What its dossier carries.
fn of_proposal(world: &World, standing: &Standing<'_>, name: &ProposalName) -> Result<Vec<FindingSheet>, Failure> {
    let record = resolve::proposal(world, standing, name)?;
    let state = standing.state();
    let case = Case::new(&state, &standing.governance, standing.project.governance, &record)?;
    let mut sheets = Vec::new();
    for line in finding_lines(&state, &case)? {
        sheets.extend(state.finding(line.finding)?.map(|record| FindingSheet::of(&record, line.stands)));
    }
    Ok(sheets)
}
