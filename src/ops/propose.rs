//! `propose`: ask for a change of an environment, or of the rules.

use serde::Serialize;

use super::{
    Answer, Failure, ProposalName, Spec, World,
    ahead::{Ahead, Wanted},
    docket::{Docket, Trust, bundles, changes, differences, docket},
    keep::keep,
    quarantine::lifted,
    record::record,
    resolve::{self, Names, environment_rules},
    rules, rules_change,
    rules_file::{self, Comparison, Origin, Stands},
    secrecy,
    standing::Standing,
};
use crate::{
    gate::Tier,
    governance::{Change, EnvironmentRules, FILE, Governance},
    ledger::{Deed, GOVERNANCE, LiveChange, Move, Proposal, Reason},
    name::Environment,
    object::{Digest, EventId},
    problem::quoted,
    report::{BundleLine, ChangeLine, LiftLine, RuleLine},
    state::{ProposalRecord, Status, Target, plan},
};

/// What is asked for.
pub struct Request {
    /// The environment, or `governance`.
    pub environment: Environment,
    /// What to change; everything that is ahead when empty.
    pub specs: Vec<Spec>,
    /// Why.
    pub message: String,
    /// Leave out what the named artifacts need.
    pub only: bool,
    /// The proposal to make anew.
    pub refresh: Option<ProposalName>,
    /// For a change of the rules: whether it may take back what others have changed.
    pub onto: Onto,
}

/// What a change of the rules must stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Onto {
    /// The rules in force: nothing of what others changed is taken back by accident.
    #[default]
    InForce,
    /// Whatever it was edited on: what it takes back is meant.
    Whatever,
}

/// The proposal that was made, and what it still needs.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The proposal.
    pub proposal: EventId,
    /// The environment, or `governance`.
    pub environment: String,
    /// Why.
    pub message: String,
    /// What changes.
    pub changes: Vec<ChangeLine>,
    /// For lifting a quarantine: what would be let in again.
    pub lifts: Option<LiftLine>,
    /// The bundles touched.
    pub bundles: Vec<BundleLine>,
    /// For a change of the rules: what differs.
    pub differences: Vec<Change>,
    /// For a change of the rules: what to know besides, one line each.
    pub warnings: Vec<String>,
    /// How much it can break.
    pub tier: Tier,
    /// Why; empty for a low tier.
    pub risk: Vec<String>,
    /// Rules that are not met yet, with who could do what.
    pub needs: Vec<RuleLine>,
    /// The proposal that this one takes the place of, withdrawn.
    pub withdrawn: Option<EventId>,
    /// The proposal that this one takes the place of and that could not be withdrawn.
    pub still_open: Option<EventId>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.propose/1";
}

/// Makes a proposal.
///
/// # Errors
///
/// `nothing-to-propose`, `bundle-incomplete` with what to add, or the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let old = match &request.refresh {
        Some(name) => Some(refreshed(world, &standing, request, name)?),
        None => None,
    };
    let proposal = stated(world, &standing, request, old.as_ref())?;
    drop(standing);
    let asked = proposal.governance.as_ref().map(|change| change.to);
    let recorded = record(world, Deed::Propose(proposal))?;
    if let Some(rules) = asked {
        rules_file::proposed(world, rules);
    }
    let (withdrawn, still_open) = match old.filter(|old| old.status == Status::Open) {
        None => (None, None),
        Some(old) => {
            let message = format!("proposed anew as {}", recorded.event.short());
            match record(world, Deed::Withdraw(Reason { proposal: old.id, message })) {
                Ok(_) => (Some(old.id), None),
                // The new proposal stands either way; who may not take the old one back is told so.
                Err(_) => (None, Some(old.id)),
            }
        }
    };
    Ok(Outcome { withdrawn, still_open, ..describe(world, recorded.event)? })
}

/// The proposal that a request comes to as things stand.
pub(super) fn stated(
    world: &World,
    standing: &Standing<'_>,
    request: &Request,
    old: Option<&ProposalRecord>,
) -> Result<Proposal, Failure> {
    if request.environment.as_str() == GOVERNANCE {
        rules_proposal(world, standing, request, old)
    } else if request.onto == Onto::Whatever {
        Err(Failure::usage(
            "`--onto-head` is for `propose governance`: an environment's proposal stands on what is live",
        ))
    } else {
        change_proposal(standing, request, old)
    }
}

/// A proposal as it stands, freshly read.
pub(super) fn describe(world: &World, id: EventId) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let missing = || Failure::bug(format!("proposal `{id}` is not in the state"));
    let record = standing.state().proposal(id)?.ok_or_else(missing)?;
    let Docket { record, verdict, risk, .. } = docket(world, &standing, record, Trust::Attested)?;
    Ok(Outcome {
        proposal: id,
        environment: record.proposal.environment.clone(),
        message: record.proposal.message.clone(),
        changes: changes(&standing, &record)?,
        lifts: lifted(world, &standing, &record)?,
        bundles: bundles(&record),
        differences: differences(&standing, &record)?,
        warnings: rules_change::warnings(world, &standing, &record)?,
        tier: verdict.tier,
        risk,
        needs: rules::needs(&standing, &record, &verdict)?,
        withdrawn: None,
        still_open: None,
    })
}

/// The proposal to make anew; it names the environment too, so both must agree.
fn refreshed(
    world: &World,
    standing: &Standing<'_>,
    request: &Request,
    name: &ProposalName,
) -> Result<ProposalRecord, Failure> {
    if !request.specs.is_empty() || request.only {
        return Err(Failure::usage("`--refresh` proposes the same again: it takes no SPEC and no `--only`"));
    }
    let record = resolve::proposal(world, standing, name)?;
    if record.proposal.lifts.is_some() {
        let message = format!("proposal `{}` lifts a quarantine: there is nothing to propose anew", record.id.short());
        return Err(Failure::cannot("nothing-to-propose", message).run("chancery env"));
    }
    if record.proposal.environment == request.environment.as_str() {
        return Ok(record);
    }
    let (id, its) = (record.id.short(), &record.proposal.environment);
    Err(Failure::cannot(
        "other-environment",
        format!("proposal `{id}` is for `{its}`, not for `{}`", request.environment),
    )
    .run(format!("chancery propose {its} --refresh {id} -m \"…\"")))
}

/// A change of the rules to the file as it stands.
fn rules_proposal(
    world: &World,
    standing: &Standing<'_>,
    request: &Request,
    old: Option<&ProposalRecord>,
) -> Result<Proposal, Failure> {
    if !request.specs.is_empty() || request.only {
        return Err(Failure::usage("`propose governance` proposes `chancery.toml` as it stands: it takes no SPEC"));
    }
    let to = match old.and_then(|old| old.proposal.governance.as_ref()) {
        Some(change) => {
            let written = standing.payload.governance(&change.to)?;
            let origin = Origin { known: &[change.from], unmodified: false };
            let found = rules_file::weigh(world, standing, change.to, &written, origin)?;
            meant(request, standing, "the proposal", &found)?;
            change.to
        }
        None => from_file(world, standing, request)?,
    };
    let from = standing.project.governance;
    if from == to {
        return Err(Failure::cannot("nothing-to-propose", "`chancery.toml` is what is in force already")
            .say("edit `chancery.toml`, then propose it"));
    }
    Ok(Proposal {
        environment: GOVERNANCE.to_owned(),
        message: request.message.clone(),
        only: false,
        changes: Vec::new(),
        bundles: Vec::new(),
        governance: Some(Move { from, to }),
        lifts: None,
    })
}

/// The file's rules, kept as payload.
fn from_file(world: &World, standing: &Standing<'_>, request: &Request) -> Result<Digest, Failure> {
    let missing =
        || Failure::cannot("no-such-file", format!("there is no `{FILE}`")).run("chancery governance restore");
    let bytes = world.tree.read(FILE)?.ok_or_else(missing)?;
    let (written, _) = Governance::parse(FILE, &bytes)?;
    let found = rules_file::compare(world, standing, Digest::of(&bytes), &written)?;
    meant(request, standing, "`chancery.toml`", &found)?;
    secrecy::refuse(secrecy::in_text(&secrecy::exceptions(standing)?, FILE, &bytes))?;
    let kept = keep(world, &[bytes.as_slice()])?;
    kept.into_iter().next().ok_or_else(|| Failure::bug("the store kept nothing"))
}

/// Refuses to take back what others changed, unless it is said that this is meant.
fn meant(request: &Request, standing: &Standing<'_>, what: &str, found: &Comparison) -> Result<(), Failure> {
    let Some(reign) = found.former.as_ref().filter(|_| request.onto == Onto::InForce) else { return Ok(()) };
    let (since, until) = (reign.since.short(), reign.until.short());
    let on_purpose = "to take it back on purpose: `chancery propose governance --onto-head -m \"why\"`";
    if found.stands == Stands::Behind {
        return Err(Failure::moved("rules-behind", format!("{what} holds rules that are no longer in force"))
            .because(format!("event {since} put them in force, and event {until} put others in their place"))
            .run("chancery governance restore")
            .say(on_purpose));
    }
    let mut back: Vec<String> = found.takes_back.iter().map(|change| format!("`{}`", change.told().0)).collect();
    back.dedup();
    let newest = standing.project.since.short();
    Err(Failure::moved("rules-moved", format!("{what} would take back what others have changed"))
        .because(format!(
            "it was edited on the rules of event {since}; up to event {newest} others changed {}",
            back.join(", ")
        ))
        .run("chancery governance diff")
        .say("take these changes over into `chancery.toml`, then propose again")
        .say(on_purpose))
}

/// A change of an environment.
fn change_proposal(
    standing: &Standing<'_>,
    request: &Request,
    old: Option<&ProposalRecord>,
) -> Result<Proposal, Failure> {
    let rules = environment_rules(standing, &request.environment)?;
    let ahead = Ahead::of(standing, rules);
    let wanted = match old {
        Some(old) => ahead.settle(targets_of(standing, old)?)?,
        None if request.specs.is_empty() => ahead.everything()?,
        None => ahead.named(&request.specs, request.only)?,
    };
    if wanted.targets.is_empty() {
        return Err(nothing(standing, rules, &wanted)?);
    }
    let state = standing.state();
    let plan = plan(&state, &rules.name, &wanted.targets)?;
    if let Some((prompt, missing)) = plan.lacking().next() {
        return Err(incomplete(standing, request, prompt.as_str(), missing)?);
    }
    let mut changes = Vec::new();
    for target in &wanted.targets {
        let live = state.live(&rules.name, &target.artifact)?;
        changes.push(LiveChange {
            artifact: target.artifact.clone(),
            from: live.as_ref().map(|live| live.version),
            to: target.to.map(|(version, _)| version),
            moved: live.map(|live| live.event),
        });
    }
    Ok(Proposal {
        environment: rules.name.to_string(),
        message: request.message.clone(),
        only: old.map_or(request.only, |old| old.proposal.only),
        changes,
        bundles: plan.changes(),
        governance: None,
        lifts: None,
    })
}

/// What an earlier proposal asked for.
fn targets_of(
    standing: &Standing<'_>,
    old: &ProposalRecord,
) -> Result<std::collections::BTreeMap<String, Target>, Failure> {
    let mut targets = std::collections::BTreeMap::new();
    for change in &old.proposal.changes {
        let to = match change.to {
            None => None,
            Some(version) => standing.state().version(&change.artifact, version)?.map(|known| (version, known.number)),
        };
        targets.insert(change.artifact.key(), Target { artifact: change.artifact.clone(), to });
    }
    Ok(targets)
}

/// Nothing differs: say what was compared.
fn nothing(standing: &Standing<'_>, rules: &EnvironmentRules, wanted: &Wanted) -> Result<Failure, Failure> {
    let before = rules.after.as_ref().map_or_else(|| "the heads".to_owned(), |after| format!("`{after}`"));
    let labels = Names::of(standing).labels()?;
    let names: Vec<String> = wanted.equal.iter().take(5).map(|artifact| format!("`{}`", labels.of(artifact))).collect();
    let more = wanted.equal.len().saturating_sub(names.len());
    let failure = Failure::cannot("nothing-to-propose", format!("nothing is ahead of `{}`", rules.name));
    let failure = match (names.is_empty(), more) {
        (true, _) => failure.because(format!("all that stands in {before} is live there as it is")),
        (false, 0) => failure.because(format!("{} are live there as they are", names.join(", "))),
        (false, more) => failure.because(format!("{} and {more} more are live there as they are", names.join(", "))),
    };
    Ok(match &rules.after {
        // What follows the heads is moved by commits alone.
        Some(after) if standing.governance.environment(after).is_some_and(|rules| !rules.follows_heads) => {
            failure.run(format!("chancery propose {after} -m \"…\""))
        }
        _ => failure.run("chancery status"),
    })
}

/// A bundle would lack something: say which SPEC to add.
fn incomplete(
    standing: &Standing<'_>,
    request: &Request,
    prompt: &str,
    missing: &[crate::name::Artifact],
) -> Result<Failure, Failure> {
    let labels = Names::of(standing).labels()?;
    let names: Vec<String> = missing.iter().map(|artifact| labels.of(artifact)).collect();
    let lacking = quoted(&names, ", ");
    let environment = &request.environment;
    let message = format!("`{prompt}` would lack {lacking} in `{environment}`");
    let specs: Vec<String> = request.specs.iter().map(ToString::to_string).chain(names).collect();
    Ok(Failure::cannot("bundle-incomplete", message)
        .because(format!("it names {lacking}, and neither the proposal nor `{environment}` has it"))
        .run(format!("chancery propose {environment} {} -m \"…\"", specs.join(" "))))
}
