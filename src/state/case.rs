//! One proposal under the rules in force: what it would make live, whose it is, how much it can break.

use std::collections::BTreeSet;

use super::{
    Refusal, State, StateError,
    lineage::authors_between,
    propose::targets,
    records::ProposalRecord,
    risk,
    touched::{Plan, Target, contents, plan},
};
use crate::{
    gate::{Risk, RiskFacts, Tier, assess},
    governance::{EnvironmentRules, Governance},
    ledger::GOVERNANCE,
    name::{Artifact, Handle, Kind, Name},
    object::{Digest, VersionId},
    version::Tests,
};

/// One proposal under the rules in force, for everything that weighs or shows it.
pub struct Case<'a> {
    /// The proposal.
    pub record: &'a ProposalRecord,
    /// The rules in force.
    pub governance: &'a Governance,
    /// Their payload digest.
    pub rules: Digest,
    /// The environment's rules; `None` for a change of the rules themselves.
    pub environment: Option<&'a EnvironmentRules>,
    pub(super) targets: Vec<Target>,
    pub(super) plan: Plan,
}

impl<'a> Case<'a> {
    /// Prepares a proposal.
    ///
    /// # Errors
    ///
    /// A refusal `unknown-environment` when the rules in force no longer have its environment.
    pub fn new(
        state: &State<'_>,
        governance: &'a Governance,
        rules: Digest,
        record: &'a ProposalRecord,
    ) -> Result<Self, StateError> {
        let name = &record.proposal.environment;
        if name == GOVERNANCE {
            let plan = Plan { touched: Vec::new() };
            return Ok(Self { record, governance, rules, environment: None, targets: Vec::new(), plan });
        }
        let found = governance.environments.iter().find(|rules| rules.name.as_str() == name);
        let unknown = || Refusal::cannot("unknown-environment", format!("there is no environment `{name}`"));
        let environment = found.ok_or_else(unknown)?;
        let targets = targets(state, &record.proposal.changes)?;
        let plan = plan(state, &environment.name, &targets)?;
        Ok(Self { record, governance, rules, environment: Some(environment), targets, plan })
    }

    /// What the environment would have.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The bundles as the environment would resolve them now.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Everybody with a hand in what is proposed: authors of every change, and the proposer.
    ///
    /// # Errors
    ///
    /// [`StateError`] when a record cannot be read.
    pub fn authors(&self, state: &State<'_>) -> Result<BTreeSet<Handle>, StateError> {
        let mut authors = BTreeSet::from([self.record.person.clone()]);
        if let (Some(lift), Some(environment)) = (&self.record.proposal.lifts, self.environment) {
            let instead = state.to_lift(&environment.name, lift)?.and_then(|record| record.instead);
            authors.extend(authors_between(state, &lift.artifact, instead, Some(lift.version))?);
        }
        for change in &self.record.proposal.changes {
            authors.extend(authors_between(state, &change.artifact, change.from, change.to)?);
        }
        Ok(authors)
    }

    /// How much the change can break.
    ///
    /// # Errors
    ///
    /// [`StateError`] when a record cannot be read.
    pub fn risk(&self, state: &State<'_>) -> Result<Risk, StateError> {
        if let Some(lift) = &self.record.proposal.lifts {
            let reason =
                format!("`{}` {} was rolled back and would be let in again", lift.artifact, lift.version.short());
            return Ok(Risk { tier: Tier::High, reasons: vec![reason] });
        }
        Ok(assess(&self.risk_facts(state)?))
    }

    pub(super) fn risk_facts(&self, state: &State<'_>) -> Result<RiskFacts, StateError> {
        risk::facts(state, self)
    }
}

/// A suite that decides about a bundle.
pub(super) struct Deciding {
    pub(super) suite: Name,
    pub(super) version: VersionId,
    pub(super) live: bool,
    pub(super) tests: Tests,
}

/// The suites that decide, per prompt touched: those live there, in the version that would be live, and proposed ones.
pub(super) fn suites(state: &State<'_>, case: &Case<'_>) -> Result<Vec<(Name, Deciding)>, StateError> {
    let Some(environment) = case.environment else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for touched in &case.plan.touched {
        let subject = Artifact::new(Kind::Prompt, touched.prompt.clone());
        let mut names = state.guards(&environment.name, &subject)?.suites;
        names.extend(case.targets.iter().filter(|t| t.artifact.kind == Kind::Suite).map(|t| t.artifact.name.clone()));
        for name in names {
            let suite = Artifact::new(Kind::Suite, name);
            let live = state.live(&environment.name, &suite)?;
            let proposed = case.targets.iter().find(|target| target.artifact == suite);
            let would_be = match (proposed, &live) {
                (Some(target), _) => target.to,
                (None, Some(live)) => Some((live.version, live.number)),
                (None, None) => None,
            };
            let Some((version, number)) = would_be else { continue };
            let Some(tests) = contents(state, &suite, number)?.tests else { continue };
            if tests.subject.key() == subject.key() {
                let deciding = Deciding { suite: suite.name, version, live: live.is_some(), tests };
                found.push((touched.prompt.clone(), deciding));
            }
        }
    }
    Ok(found)
}
