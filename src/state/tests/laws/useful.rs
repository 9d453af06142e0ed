//! What brings a change on: without it, things tried at random would never go live.

use super::{
    super::project::{Project, env},
    deeds::{open, propose, requalify, review_waiver, waive},
    promotable, stands,
    ways::{Dice, look},
};
use crate::{
    gate::Rule,
    ledger::{Deed, Freeze, Halt, Outcome},
    state::{Case, ProposalRecord, State, facts},
};

/// The next step of somebody who wants a change in production: what kind it is, who takes it, and what it is.
pub(super) fn next(project: &Project, dice: Dice) -> Option<(&'static str, &'static str, Deed)> {
    if let Some(place) = ["staging", "production"].into_iter().find(|place| is_frozen(project, place)) {
        let freeze = Freeze { environment: env(place), message: "it is over".to_owned() };
        return Some(("thaw", "omar", Deed::Thaw(freeze)));
    }
    if let Some(halt) = look(project, |state| state.halts()).pop() {
        let (environment, artifact) = (halt.environment, halt.artifact);
        return Some((
            "resume",
            "omar",
            Deed::Resume(Halt { environment, artifact, message: "it is over".to_owned() }),
        ));
    }
    // Now and then somebody looks after what is out of the ordinary.
    if dice.below(7, 3) == 0
        && let Some(deed) = review_waiver(project, dice)
    {
        return Some(("override-review", "omar", deed));
    }
    if dice.below(6, 3) == 0
        && let Some(deed) = requalify(project, dice)
    {
        return Some(("requalify", "ruth", deed));
    }
    if let Some(deed) = completed(project) {
        return Some(("evidence", "ci", deed));
    }
    let Some(record) = open(project, dice) else {
        return propose(project, dice).map(|deed| ("propose", "tom", deed));
    };
    if record.proposal.environment == "governance" {
        return Some(("promote", "maya", project.promotion(record.id)));
    }
    if !stands(project, &record) {
        return Some(("reject", "ruth", Deed::Reject(Project::reason(record.id))));
    }
    if promotable(project, record.id) {
        return Some(("promote", "ruth", project.promotion(record.id)));
    }
    lacking(project, &record, dice)
}

fn is_frozen(project: &Project, place: &str) -> bool {
    look(project, |state| state.frozen(&env(place))).is_some()
}

/// Every sample of the oldest run that waits, passed.
fn completed(project: &Project) -> Option<Deed> {
    let runs = look(project, |state| state.all_runs());
    let mut waiting = runs.iter().flat_map(|record| record.runs.iter().map(move |run| (record, run)));
    let (record, run) = waiting.find(|(_, run)| run.evidence.is_none() && run.person.as_str() == "ci")?;
    let mut announced = Project::announcement_of(record);
    (announced.repeat, announced.cases) = (run.repeat, run.cases.clone());
    Some(Deed::Evidence(project.evidence(run.announced, &announced, |_, _| Outcome::Passed)))
}

/// What the gate says is missing; where that cannot be had, the proposal goes.
fn lacking(project: &Project, record: &ProposalRecord, dice: Dice) -> Option<(&'static str, &'static str, Deed)> {
    let rules = unmet(project, record);
    let wants = |rule: Rule| rules.contains(&rule);
    if dice.below(8, 3) > 0
        && let Some(deed) = waive(project, dice)
    {
        return Some(("override", "ruth", deed));
    }
    if wants(Rule::Approvals) {
        let person = ["omar", "ruth"][dice.below(9, 2)];
        return Some(("approve", person, project.approval(record.id)));
    }
    if wants(Rule::Evidence) || wants(Rule::PassRate) {
        let bundle = record.proposal.bundles.iter().find(|bundle| bundle.prompt.as_str() == "a")?.after?;
        look(project, |state| state.head(&super::super::project::artifact("suite/a")))?.version?;
        if dice.below(9, 3) > 0 {
            return Some(("announce", "ci", Deed::Announce(project.announcement("a", bundle, "a", 1))));
        }
    }
    Some(("reject", "ruth", Deed::Reject(Project::reason(record.id))))
}

/// The rules that a proposal does not meet now.
pub(super) fn unmet(project: &Project, record: &ProposalRecord) -> Vec<Rule> {
    let (governance, rules) = project.governance();
    look(project, |state: &State<'_>| {
        let case = Case::new(state, &governance, rules, record)?;
        let now = state.newest()?.unwrap().time;
        let verdict = crate::gate::weigh(&case.environment.unwrap().gate, &facts(state, &case, now)?);
        Ok(verdict.unmet().map(|rule| rule.rule).collect())
    })
}
