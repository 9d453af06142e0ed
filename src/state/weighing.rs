//! From the ledger to the facts the gate weighs.

use std::collections::BTreeSet;

use super::{
    Refusal, State, StateError, beside,
    case::{Case, suites},
    charters,
    dossier::{basis, evidence_lines},
    finding_lines::{finding_facts, finding_lines, refuse_hidden},
    records::{Assent, RunRecord, ServedRecord},
    risk::said,
    stops::window_facts,
    touched::{After, Target},
};
use crate::{
    clock::Time,
    eval::serves,
    gate::{
        ApprovalRule, AssentFacts, BesideFacts, BundleBefore, BundleFacts, CaseQuarantine, Facts, FindingsRule, Gate,
        LiveBefore, PersonFacts, RunFacts, SampleFacts, SampleOutcome, Scores, Stay, SuiteFacts, Verdict, WindowFacts,
        weigh,
    },
    governance::Governance,
    ledger::{GOVERNANCE, Outcome},
    name::{Artifact, Environment, Handle, Kind, Name, Role},
    object::{BundleId, VersionId},
    trust::Verb,
    version::{CaseForm, Contents, Tests},
};

/// Gathers everything the gate of an environment needs to know about a proposal.
///
/// Outcomes of samples are taken as attested; a caller that scored the stored replies again says so in
/// [`Facts::scores`] and in each run.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read, and for proposals that change the rules (see [`weigh_governance`]).
pub fn facts(state: &State<'_>, case: &Case<'_>, now: Time) -> Result<Facts, StateError> {
    let Some(environment) = case.environment else {
        return Err(Refusal::cannot("unknown-environment", "the rules themselves are not an environment").into());
    };
    let record = case.record;
    let after = environment.after.as_ref();
    let mut versions = Vec::new();
    let mut bundles_before = Vec::new();
    if let Some(after) = after {
        for target in &case.targets {
            versions.push(live_before(state, after, target, now)?);
        }
        if !record.proposal.only {
            bundles_before = whole_before(state, after, case, now)?;
        }
    }
    let authors = case.authors(state)?;
    let artifacts = record.proposal.artifacts();
    let may = case.governance.people.may(&record.person, Verb::Propose, &artifacts, Some(&environment.name));
    Ok(Facts {
        now,
        target: environment.name.clone(),
        after: after.cloned(),
        soak: environment.soak,
        window: window_facts(state, case)?,
        base_moved: base_moved(state, &environment.name, case)?,
        proposer_left: (!may).then(|| record.person.clone()),
        versions,
        bundles_before,
        bundles: bundles(state, case)?,
        risk: case.risk_facts(state)?,
        scores: Scores::AsAttested,
        approvals: assents(state, case, &record.approvals, &authors)?,
        reviews: assents(state, case, &record.reviews, &authors)?,
        charters: charters::facts(state, case, environment)?,
        beside: beside::facts(state, case, &environment.name)?,
        findings: finding_facts(state, case)?,
        people: people(case.governance, &authors),
    })
}

/// What the proposal is based on and has moved since: artifacts, and prompts whose bundles differ.
fn base_moved(state: &State<'_>, environment: &Environment, case: &Case<'_>) -> Result<Vec<Artifact>, StateError> {
    let proposal = &case.record.proposal;
    let mut moved = BTreeSet::new();
    for change in &proposal.changes {
        let live = state.live(environment, &change.artifact)?;
        if !change.stands_on(live.map(|live| (live.version, live.event))) {
            moved.insert(change.artifact.clone());
        }
    }
    if let Some(lift) = &proposal.lifts
        && state.to_lift(environment, lift)?.is_none()
    {
        moved.insert(lift.artifact.clone());
    }
    let now = case.plan.changes();
    let differs = now.iter().chain(&proposal.bundles).filter(|change| {
        now.iter().find(|other| other.prompt == change.prompt)
            != proposal.bundles.iter().find(|other| other.prompt == change.prompt)
    });
    moved.extend(differs.map(|change| Artifact::new(Kind::Prompt, change.prompt.clone())));
    Ok(moved.into_iter().collect())
}

fn stay(served: Option<ServedRecord>, now: Time) -> Option<Stay> {
    let served = served?;
    let ended = served.longest.map(|(since, until)| Stay { since, until: Some(until) });
    let lasting = served.since.map(|since| Stay { since, until: None });
    let length = |stay: &Stay| stay.until.unwrap_or(now).since(stay.since);
    [ended, lasting].into_iter().flatten().max_by_key(length)
}

fn live_before(state: &State<'_>, after: &Environment, target: &Target, now: Time) -> Result<LiveBefore, StateError> {
    let artifact = target.artifact.clone();
    let version = target.to.map(|(version, _)| version);
    let stay = match version {
        Some(version) => stay(state.version_served(after, &artifact, version)?, now),
        None if state.live(after, &artifact)?.is_some() => None,
        None => {
            let gone = state.gone(after, &artifact)?.map(|placed| placed.time);
            let since = gone.or(state.project()?.map(|project| project.time));
            since.map(|since| Stay { since, until: None })
        }
    };
    Ok(LiveBefore { artifact, version, stay })
}

/// The whole bundles of proposed prompts.
fn whole_before(
    state: &State<'_>,
    after: &Environment,
    case: &Case<'_>,
    now: Time,
) -> Result<Vec<BundleBefore>, StateError> {
    let mut before = Vec::new();
    for touched in &case.plan.touched {
        let proposed = case
            .targets
            .iter()
            .any(|target| target.artifact.kind == Kind::Prompt && target.artifact.name == touched.prompt);
        if let (true, After::Whole(bundle)) = (proposed, &touched.after) {
            let id = bundle.id();
            let served = state.bundle_served(after, &touched.prompt, id)?;
            before.push(BundleBefore { prompt: touched.prompt.clone(), bundle: id, stay: stay(served, now) });
        }
    }
    Ok(before)
}

fn bundles(state: &State<'_>, case: &Case<'_>) -> Result<Vec<BundleFacts>, StateError> {
    let suites = suites(state, case)?;
    let mut facts = Vec::new();
    for change in case.plan.changes() {
        let mut of = Vec::new();
        let (model, said) = model(state, case, &change.prompt)?;
        let pinned = &said.id;
        for (_, suite) in suites.iter().filter(|(prompt, _)| *prompt == change.prompt) {
            of.push(SuiteFacts {
                suite: suite.suite.clone(),
                version: suite.version,
                live: suite.live,
                repeat: suite.tests.repeat,
                cases: suite.tests.cases.keys().cloned().collect(),
                quarantined: quarantined(&suite.tests),
                runs: runs(state, &change.prompt, change.after, suite.version, pinned)?,
                // Those were weighed when it went live, and less of a baseline would only ask for less.
                live_runs: runs(state, &change.prompt, change.before, suite.version, "")?,
            });
        }
        let (prompt, before, after) = (change.prompt, change.before, change.after);
        facts.push(BundleFacts { prompt, before, after, suites: of, model, rate: said.rate });
    }
    Ok(facts)
}

/// Cases of which a failure is borne; whether it still is, the gate tells by its own time.
fn quarantined(tests: &Tests) -> Vec<CaseQuarantine> {
    let of = |(case, form): (&String, &CaseForm)| {
        let until = form.quarantine.as_ref()?.until.clone();
        Some(CaseQuarantine { case: case.clone(), until })
    };
    tests.cases.iter().filter_map(of).collect()
}

/// The model that a bundle would have, and what is said of it.
fn model(state: &State<'_>, case: &Case<'_>, prompt: &Name) -> Result<(Option<Name>, Contents), StateError> {
    let touched = case.plan.touched.iter().find(|touched| touched.prompt == *prompt);
    let Some(After::Whole(bundle)) = touched.map(|touched| &touched.after) else {
        return Ok((None, Contents::default()));
    };
    let Some(model) = bundle.members.iter().find(|member| member.artifact.kind == Kind::Model) else {
        return Ok((None, Contents::default()));
    };
    Ok((Some(model.artifact.name.clone()), said(state, model)?))
}

/// Runs under another prompt's name do not count: who ran them was allowed to speak of that one.
fn runs(
    state: &State<'_>,
    prompt: &Name,
    bundle: Option<BundleId>,
    suite: VersionId,
    pinned: &str,
) -> Result<Vec<RunFacts>, StateError> {
    let Some(bundle) = bundle else { return Ok(Vec::new()) };
    let record = state.runs(bundle, suite)?.filter(|record| record.prompt.folded() == prompt.folded());
    Ok(record.map(|record| record.runs.iter().map(|record| run(record, pinned)).collect()).unwrap_or_default())
}

fn run(record: &RunRecord, pinned: &str) -> RunFacts {
    let sample = |sample: &crate::ledger::Sample| SampleFacts {
        case: sample.case.clone(),
        sample: sample.sample,
        reply: sample.reply,
        source: sample.source,
        outcome: match sample.outcome {
            Outcome::Passed => SampleOutcome::Passed,
            Outcome::Failed => SampleOutcome::Failed,
            Outcome::Errored => SampleOutcome::Errored,
        },
        tokens: sample.tokens_in.zip(sample.tokens_out),
    };
    RunFacts {
        announced: record.announced,
        evaluator: record.person.clone(),
        roles: record.roles.clone(),
        time: record.time,
        evidence: record.evidence,
        repeat: record.repeat,
        samples: record.samples.iter().map(sample).collect(),
        rescored: false,
        contradicted: Vec::new(),
        other_models: record.models.iter().filter(|said| !serves(pinned, said)).cloned().collect(),
    }
}

/// Approvals or reviews, each with whether it still stands.
fn assents(
    state: &State<'_>,
    case: &Case<'_>,
    list: &[Assent],
    authors: &BTreeSet<Handle>,
) -> Result<Vec<AssentFacts>, StateError> {
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let basis = basis(state, case)?.digest();
    let present = evidence_lines(state, case)?;
    let findings = finding_lines(state, case)?;
    let mut facts = Vec::new();
    for assent in list {
        let since_failed =
            present.iter().any(|line| !line.failing.is_empty() && !assent.evidence.contains(&line.evidence));
        let valid = if assent.basis != basis {
            Err("stale-dossier".to_owned())
        } else if since_failed {
            Err("failing-evidence-since".to_owned())
        } else if refuse_hidden(&assent.findings, &findings).is_err() {
            Err("finding-since".to_owned())
        } else {
            Ok(())
        };
        let person = case.governance.people.people.get(&assent.person);
        facts.push(AssentFacts {
            person: assent.person.clone(),
            roles_then: assent.roles.clone(),
            roles_now: person.map(|person| person.roles.iter().cloned().collect()).unwrap_or_default(),
            program: person.is_none_or(|person| person.program),
            author: authors.contains(&assent.person),
            time: assent.time,
            event: assent.event,
            valid,
        });
    }
    Ok(facts)
}

fn people(governance: &Governance, authors: &BTreeSet<Handle>) -> Vec<PersonFacts> {
    let fact = |(handle, person): (&Handle, &crate::trust::Person)| PersonFacts {
        person: handle.clone(),
        roles: person.roles.iter().cloned().collect(),
        program: person.program,
        author: authors.contains(handle),
    };
    governance.people.people.iter().map(fact).collect()
}

/// Weighs a change of the rules: as many distinct roots as the rules in force ask for, the proposer among them.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub(super) fn weigh_governance(state: &State<'_>, case: &Case<'_>, now: Time) -> Result<Verdict, StateError> {
    let (gate, facts) = governance_facts(state, case, now)?;
    Ok(weigh(&gate, &facts))
}

/// The gate that stands before the rules themselves, and what it needs to know.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn governance_facts(state: &State<'_>, case: &Case<'_>, now: Time) -> Result<(Gate, Facts), StateError> {
    let needed = case.governance.approvals;
    let role = Role::parse("root").map_err(|_| Refusal::cannot("unknown-role", "there is no role `root`"))?;
    let target = Environment::parse(GOVERNANCE).map_err(|_| Refusal::cannot("unknown-environment", "no rules"))?;
    let authors = BTreeSet::from([case.record.person.clone()]);
    let mut approvals = assents(state, case, &case.record.approvals, &authors)?;
    approvals.push(proposer(case));
    let in_force = case.record.proposal.governance.as_ref().map(|change| change.from);
    let base_moved = if in_force == Some(case.rules) { Vec::new() } else { vec![rules_artifact()?] };
    let gate = Gate {
        approvals: Some(ApprovalRule { role, low: needed, medium: needed, high: needed, authors: true }),
        findings: Some(FindingsRule::NoneOpen),
        ..Gate::default()
    };
    let facts = Facts {
        now,
        target,
        after: None,
        soak: None,
        window: WindowFacts::default(),
        base_moved,
        proposer_left: None,
        versions: Vec::new(),
        bundles_before: Vec::new(),
        bundles: Vec::new(),
        risk: case.risk_facts(state)?,
        scores: Scores::AsAttested,
        approvals,
        reviews: Vec::new(),
        charters: Vec::new(),
        beside: BesideFacts::default(),
        findings: finding_facts(state, case)?,
        people: people(case.governance, &authors),
    };
    Ok((gate, facts))
}

/// The proposing root's own signature counts as one approval.
fn proposer(case: &Case<'_>) -> AssentFacts {
    let record = case.record;
    let person = case.governance.people.people.get(&record.person);
    let roles: Vec<Role> = person.map(|person| person.roles.iter().cloned().collect()).unwrap_or_default();
    AssentFacts {
        person: record.person.clone(),
        roles_then: roles.clone(),
        roles_now: roles,
        program: person.is_none_or(|person| person.program),
        author: true,
        time: record.time,
        event: record.id,
        valid: Ok(()),
    }
}

/// How the gate names the rules where it names what has moved.
fn rules_artifact() -> Result<Artifact, StateError> {
    let name = Name::parse(GOVERNANCE).map_err(|_| Refusal::cannot("unknown-environment", "no rules"))?;
    Ok(Artifact::new(Kind::Policy, name))
}
