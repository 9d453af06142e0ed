//! `requalify`: propose to let in again what a rollback took away.

use serde::Serialize;

use super::{
    Answer, Failure, Spec, World, propose,
    quarantine::Quarantined,
    record::record,
    resolve::{self, Names, environment_rules},
    standing::Standing,
};
use crate::{
    gate::Tier,
    ledger::{Deed, Lift, Proposal},
    name::Environment,
    object::{EventId, Prefix},
    report::{ChangeLine, LiftLine, RuleLine},
    state::{ProposalRecord, QuarantineRecord},
    workspace::Revision,
};

/// Which version.
#[derive(Debug, Clone)]
pub enum Which {
    /// By the first digits of its id.
    Id(Prefix),
    /// By name; a bare name means what of it is in quarantine.
    Spec(Spec),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The version.
    pub version: Which,
    /// Where; else wherever it is in quarantine, if that is one place.
    pub environment: Option<Environment>,
    /// Why it may come back.
    pub message: String,
}

/// The proposal that was made, and what it still needs.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The event, which is the proposal.
    pub event: EventId,
    /// The proposal.
    pub proposal: EventId,
    /// The environment.
    pub environment: String,
    /// Why.
    pub message: String,
    /// What would be let in again.
    pub lifts: LiftLine,
    /// What changes by it: nothing.
    pub changes: Vec<ChangeLine>,
    /// How much it can break.
    pub tier: Tier,
    /// Why.
    pub risk: Vec<String>,
    /// Rules that are not met yet, with who could do what.
    pub needs: Vec<RuleLine>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.requalify/1";
}

/// Proposes to lift a quarantine. The environment does not move by it, now or when it is carried out.
///
/// # Errors
///
/// `not-quarantined`, `ambiguous-quarantine` with what to type, `already-proposed`, or the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let (environment, found) = find(&standing, request)?;
    refuse_twice(&standing, &environment, &found)?;
    let proposal = Proposal {
        environment: environment.to_string(),
        message: request.message.clone(),
        only: false,
        changes: Vec::new(),
        bundles: Vec::new(),
        governance: None,
        lifts: Some(Lift { artifact: found.artifact, version: found.version, rollback: found.rollback }),
    };
    drop(standing);
    let recorded = record(world, Deed::Propose(proposal))?;
    let told = propose::describe(world, recorded.event)?;
    let lifts = told.lifts.ok_or_else(|| Failure::bug("a proposal to requalify lifts nothing"))?;
    Ok(Outcome {
        event: recorded.event,
        proposal: told.proposal,
        environment: told.environment,
        message: told.message,
        lifts,
        changes: told.changes,
        tier: told.tier,
        risk: told.risk,
        needs: told.needs,
    })
}

/// The one quarantine that is meant.
fn find(standing: &Standing<'_>, request: &Request) -> Result<(Environment, QuarantineRecord), Failure> {
    let environments: Vec<Environment> = match &request.environment {
        Some(name) => vec![environment_rules(standing, name)?.name.clone()],
        None => standing.governance.environments.iter().map(|rules| rules.name.clone()).collect(),
    };
    let wanted = Wanted::of(standing, &request.version)?;
    let mut found = Vec::new();
    for environment in environments {
        let records = standing.state().all_quarantined(&environment)?;
        found.extend(records.into_iter().filter(|it| wanted.is(it)).map(|record| (environment.clone(), record)));
    }
    match <[(Environment, QuarantineRecord); 1]>::try_from(found) {
        Ok([one]) => Ok(one),
        Err(none) if none.is_empty() => Err(nowhere(request)),
        Err(several) => Err(ambiguous(standing, several)?),
    }
}

/// What a record must be to be meant.
enum Wanted {
    Id(Prefix),
    Artifact(crate::name::Artifact),
    Version(crate::name::Artifact, crate::object::VersionId),
}

impl Wanted {
    fn of(standing: &Standing<'_>, which: &Which) -> Result<Self, Failure> {
        let spec = match which {
            Which::Id(prefix) => return Ok(Self::Id(prefix.clone())),
            Which::Spec(spec) => spec,
        };
        let artifact = Names::of(standing).one_ever(spec)?;
        if spec.revision == Revision::Default {
            return Ok(Self::Artifact(artifact));
        }
        let version = resolve::pick(standing, &artifact, &spec.revision)?.version;
        let deleted = || Failure::cannot("unknown-version", format!("`{}` is deleted there", spec.text));
        Ok(Self::Version(artifact, version.ok_or_else(deleted)?))
    }

    fn is(&self, record: &QuarantineRecord) -> bool {
        match self {
            Self::Id(prefix) => prefix.matches(&record.version.0),
            Self::Artifact(artifact) => artifact.key() == record.artifact.key(),
            Self::Version(artifact, version) => artifact.key() == record.artifact.key() && *version == record.version,
        }
    }
}

fn nowhere(request: &Request) -> Failure {
    let what = match &request.version {
        Which::Id(prefix) => prefix.to_string(),
        Which::Spec(spec) => spec.to_string(),
    };
    let place = request.environment.as_ref().map_or_else(|| "anywhere".to_owned(), |name| format!("in `{name}`"));
    Failure::cannot("not-quarantined", format!("`{what}` is not in quarantine {place}"))
        .because("only what a rollback took away must be let in again")
        .run("chancery env")
}

fn ambiguous(standing: &Standing<'_>, several: Vec<(Environment, QuarantineRecord)>) -> Result<Failure, Failure> {
    let mut failure = Failure::cannot("ambiguous-quarantine", "more than one quarantine may be meant");
    for (environment, record) in several {
        let found = Quarantined::of(standing, &environment, record)?;
        failure = failure.run(format!("chancery requalify {} --env {environment} -m \"…\"", found.spec()));
    }
    Ok(failure)
}

/// One open proposal to lift a quarantine is enough.
fn refuse_twice(standing: &Standing<'_>, environment: &Environment, found: &QuarantineRecord) -> Result<(), Failure> {
    let open = standing.state().open(environment.as_str())?;
    let is_same = |open: &ProposalRecord| open.proposal.lifts.as_ref().is_some_and(|lift| found.is_lifted_by(lift));
    let Some(same) = open.into_iter().find(is_same) else { return Ok(()) };
    let (id, person) = (same.id.short(), &same.person);
    Err(Failure::cannot("already-proposed", format!("proposal `{id}` asks for that already"))
        .because(format!("`{person}` made it at {}", same.time))
        .run(format!("chancery review {id}")))
}
