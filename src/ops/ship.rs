//! `ship`: a change walks as far towards an environment as the rules allow.

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

use serde::Serialize;

use super::{
    Answer, Exit, Failure, ProposalName, Spec, World, approve,
    docket::{Docket, Trust, bundles, changes, docket},
    eval::{self, Where},
    promote, propose, review, rules, sharing,
    standing::Standing,
};
use crate::{
    gate::{Next, Tier},
    ledger::Proposal,
    name::{Environment, Handle},
    object::{DossierId, EventId},
    problem::quoted,
    report::{BundleLine, ChangeLine, RuleLine},
    state::Status,
    trust::Verb,
};

/// What is asked for.
pub struct Request<'a> {
    /// The environment to reach.
    pub environment: Environment,
    /// What to ship; everything that is ahead when empty.
    pub specs: Vec<Spec>,
    /// Why.
    pub message: String,
    /// Calls at a time, while evaluating.
    pub jobs: NonZeroUsize,
    /// Is told how an evaluation proceeds, from several threads.
    pub watch: &'a (dyn Fn(eval::Step<'_>) + Send + Sync),
}

/// A stage of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The proposal was made, or found.
    Propose,
    /// Suites were run and attested.
    Eval,
    /// The person at the keyboard approved.
    Approve,
    /// Somebody must review.
    Review,
    /// The environment moved.
    Promote,
}

/// Something that was done on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The stage.
    pub step: Step,
    /// The event, where there is one.
    pub event: Option<EventId>,
    /// What happened, in words.
    pub what: String,
}

/// Where the walk stopped.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The stage it stopped at; `promote` with `promoted` when it arrived.
    pub step: Step,
    /// What was done in this run.
    pub steps: Vec<Taken>,
    /// Whether the environment moved.
    pub promoted: bool,
    /// `pass` or `refused`.
    pub verdict: &'static str,
    /// The event that moved it.
    pub event: Option<EventId>,
    /// The proposal.
    pub proposal: EventId,
    /// The environment.
    pub environment: String,
    /// What an approver is to be shown.
    pub dossier: DossierId,
    /// How much it can break.
    pub tier: Tier,
    /// What changes.
    pub changes: Vec<ChangeLine>,
    /// The bundles touched.
    pub bundles: Vec<BundleLine>,
    /// Every rule, met or not.
    pub rules: Vec<RuleLine>,
    /// What it waits for, and for whom.
    pub needs: Vec<RuleLine>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.ship/1";

    fn exit(&self) -> Exit {
        if self.promoted { Exit::Done } else { Exit::No }
    }
}

/// Proposes, evaluates and attests, approves where the rules allow it, and promotes; stops at the first unmet rule.
///
/// An open proposal that says the same is taken up again, so running it once more goes on from where it stopped.
///
/// # Errors
///
/// `nothing-to-propose` where nothing is ahead, or what any step answers that is not a no of the gate.
pub fn run(world: &World, request: &Request<'_>) -> Result<Outcome, Failure> {
    sharing::ready(world)?;
    let mut walk = Walk { world, steps: Vec::new() };
    let id = walk.propose(request)?;
    if walk.needs(id, is_evaluation)? {
        walk.evaluate(id, request)?;
    }
    if walk.needs(id, |next| matches!(next, Next::Approve { .. }))? && walk.waits_for_people(id)? {
        walk.approve(id)?;
    }
    walk.arrive(id)
}

fn is_evaluation(next: &Next) -> bool {
    matches!(next, Next::Evaluate { .. } | Next::Complete { .. })
}

fn named(id: EventId) -> Result<ProposalName, Failure> {
    Ok(id.to_string().parse()?)
}

struct Walk<'a> {
    world: &'a World,
    steps: Vec<Taken>,
}

impl Walk<'_> {
    fn took(&mut self, step: Step, event: Option<EventId>, what: impl Into<String>) {
        self.steps.push(Taken { step, event, what: what.into() });
    }

    /// The proposal: an open one that says the same, else a new one.
    fn propose(&mut self, request: &Request<'_>) -> Result<EventId, Failure> {
        let asked = propose::Request {
            environment: request.environment.clone(),
            specs: request.specs.clone(),
            message: request.message.clone(),
            only: false,
            refresh: None,
            onto: propose::Onto::InForce,
        };
        let standing = Standing::read(self.world)?;
        let stated = propose::stated(self.world, &standing, &asked, None)?;
        let open = standing.state().open(request.environment.as_str())?;
        if let Some(same) = open.iter().rev().find(|record| is_same(&record.proposal, &stated)) {
            self.took(Step::Propose, None, format!("took up proposal {}", same.id.short()));
            return Ok(same.id);
        }
        drop(standing);
        let id = propose::run(self.world, &asked)?.proposal;
        self.took(Step::Propose, Some(id), format!("proposed {}", id.short()));
        Ok(id)
    }

    /// Whether an unmet rule asks for a step that the person at the keyboard may take.
    fn needs(&self, id: EventId, step: impl Fn(&Next) -> bool) -> Result<bool, Failure> {
        let standing = Standing::read(self.world)?;
        let me = standing.me(self.world)?;
        let weighed = weighed(self.world, &standing, id)?;
        let mine = |next: &Next| step(next) && who(next).contains(&me);
        Ok(weighed.verdict.unmet().filter_map(|rule| rule.next.as_ref()).any(mine))
    }

    /// Whether nothing but approvals and reviews is missing: what is not ready yet is not approved.
    fn waits_for_people(&self, id: EventId) -> Result<bool, Failure> {
        let standing = Standing::read(self.world)?;
        let people = |next: Option<&Next>| matches!(next, Some(Next::Approve { .. } | Next::Review { .. }));
        Ok(weighed(self.world, &standing, id)?.verdict.unmet().all(|rule| people(rule.next.as_ref())))
    }

    fn evaluate(&mut self, id: EventId, request: &Request<'_>) -> Result<(), Failure> {
        let asked = eval::Request {
            specs: Vec::new(),
            place: Where::Proposal(named(id)?),
            model: None,
            against: None,
            compare: eval::Compare::default(),
            repeat: None,
            jobs: request.jobs,
            filter: None,
            calls: eval::Calls::default(),
            attest: true,
            mutate: false,
            drift: false,
            watch: request.watch,
        };
        let outcome = eval::run(self.world, &asked)?;
        for bundle in &outcome.bundles {
            let what = format!("{}: {} of {} cases pass", bundle.name(), bundle.passed, bundle.cases);
            self.took(Step::Eval, bundle.evidence, what);
        }
        Ok(())
    }

    fn approve(&mut self, id: EventId) -> Result<(), Failure> {
        let (sheet, bytes) = review::read(self.world, &named(id)?)?;
        let given = approve::give(self.world, &sheet, &bytes, "")?;
        let what = format!("approved dossier {}: {} of {}", given.dossier.short(), given.approvals, given.needed);
        self.took(Step::Approve, Some(given.event), what);
        Ok(())
    }

    /// Promotes if the gate holds and this person may; else says what is waited for.
    fn arrive(mut self, id: EventId) -> Result<Outcome, Failure> {
        let standing = Standing::read(self.world)?;
        let weighed = weighed(self.world, &standing, id)?;
        let may = may_promote(self.world, &standing, &weighed)?;
        let mut outcome = describe(self.world, &standing, &weighed)?;
        drop(standing);
        if weighed.passes() && may {
            let request = promote::Request { proposal: named(id)?, dry_run: false, exception: None };
            let done = promote::run(self.world, &request)?;
            if let Some(event) = done.event {
                self.took(Step::Promote, Some(event), format!("promoted {}", id.short()));
            }
            outcome = Outcome { promoted: done.promoted, event: done.event, bundles: done.bundles, ..outcome };
            (outcome.verdict, outcome.rules) = (done.verdict, done.rules);
        }
        Ok(Outcome { steps: self.steps, ..outcome })
    }
}

/// Whether two proposals ask for the same; their messages may differ.
fn is_same(one: &Proposal, other: &Proposal) -> bool {
    let asks = |proposal: &Proposal| Proposal { message: String::new(), ..proposal.clone() };
    asks(one) == asks(other)
}

fn weighed(world: &World, standing: &Standing<'_>, id: EventId) -> Result<Docket, Failure> {
    let missing = || Failure::bug(format!("proposal `{id}` is not in the state"));
    let record = standing.state().proposal(id)?.filter(|record| record.status == Status::Open).ok_or_else(missing)?;
    docket(world, standing, record, Trust::Rescored)
}

fn describe(world: &World, standing: &Standing<'_>, weighed: &Docket) -> Result<Outcome, Failure> {
    let record = &weighed.record;
    let mut needs = rules::needs(standing, record, &weighed.verdict)?;
    let step = weighed.verdict.unmet().next().map_or(Step::Promote, |rule| waits_at(rule.next.as_ref()));
    if needs.is_empty() && !may_promote(world, standing, weighed)? {
        needs.push(needs_promoter(world, standing, weighed)?);
    }
    Ok(Outcome {
        step,
        steps: Vec::new(),
        promoted: false,
        verdict: weighed.word(),
        event: None,
        proposal: record.id,
        environment: record.proposal.environment.clone(),
        dossier: super::docket::dossier(world, standing, record)?.id(),
        tier: weighed.verdict.tier,
        changes: changes(standing, record)?,
        bundles: bundles(record),
        rules: rules::lines(standing, record, &weighed.verdict)?,
        needs,
    })
}

/// The stage at which an unmet rule stops the walk.
fn waits_at(next: Option<&Next>) -> Step {
    match next {
        Some(
            Next::Evaluate { .. }
            | Next::Complete { .. }
            | Next::Mend { .. }
            | Next::AddCases { .. }
            | Next::Shorten { .. }
            | Next::StatePrice { .. },
        ) => Step::Eval,
        Some(Next::Approve { .. }) => Step::Approve,
        Some(Next::Review { .. } | Next::CloseFinding { .. }) => Step::Review,
        _ => Step::Promote,
    }
}

fn who(next: &Next) -> &[Handle] {
    match next {
        Next::Evaluate { who, .. }
        | Next::Complete { who, .. }
        | Next::Approve { who, .. }
        | Next::Charter { who, .. }
        | Next::Review { who, .. }
        | Next::Thaw { who, .. }
        | Next::Resume { who, .. }
        | Next::ReviewOverride { who, .. }
        | Next::CloseFinding { who, .. } => who,
        _ => &[],
    }
}

fn may_promote(world: &World, standing: &Standing<'_>, weighed: &Docket) -> Result<bool, Failure> {
    Ok(may(standing, &standing.me(world)?, weighed))
}

fn may(standing: &Standing<'_>, person: &Handle, weighed: &Docket) -> bool {
    let people = &standing.governance.people;
    let proposal = &weighed.record.proposal;
    if proposal.governance.is_some() {
        return people.may(person, Verb::Govern, &[], None);
    }
    people.may(person, Verb::Promote, &proposal.artifacts(), Environment::parse(&proposal.environment).ok().as_ref())
}

/// The gate holds, and somebody else must carry it out.
fn needs_promoter(world: &World, standing: &Standing<'_>, weighed: &Docket) -> Result<RuleLine, Failure> {
    let me = standing.me(world)?;
    let everybody = standing.governance.people.people.keys();
    let who: Vec<Handle> = everybody.filter(|person| may(standing, person, weighed)).cloned().collect();
    let environment = &weighed.record.proposal.environment;
    Ok(RuleLine {
        rule: "authority".to_owned(),
        ok: false,
        code: "not-allowed".to_owned(),
        reason: format!("the gate holds, and no role of `{me}` allows `promote` in `{environment}`"),
        next: Some(if who.is_empty() {
            "nobody listed may".to_owned()
        } else {
            format!("{} can carry it out", quoted(&who, " or "))
        }),
        command: Some(format!("chancery promote {}", weighed.record.id.short())),
        who,
    })
}
