//! What anybody could do as things stand, one function a kind of act; `None` where there is nothing to do it to.

use std::collections::BTreeSet;

use super::{
    super::project::{Project, RULES_TEXT, artifact, env, path_of, prompt, rules, suite},
    useful,
    ways::{Dice, look},
};
use crate::{
    clock::Time,
    ledger::{
        Adoption, Answer, Attempt, Closing, Deed, Exception, Finding, Freeze, Halt, Lift, Outcome, Override,
        OverrideReview, Proposal, Purge, Reason,
    },
    name::Artifact,
    object::{Digest, Store as _, VersionId},
    state::{KnownPayload, LineageRecord, ProposalRecord, RunRecord, Status, said},
};

const NAMES: [&str; 4] = ["prompt/a", "suite/a", "policy/p", "prompt/b"];
const AHEAD: [(&str, &str); 2] = [("dev", "staging"), ("staging", "production")];

pub(super) fn commit(project: &Project, dice: Dice) -> Option<Deed> {
    let name = dice.pick(0, &NAMES)?;
    let now = look(project, |state| state.head(&artifact(name))).and_then(|head| head.version);
    if now.is_some() && dice.below(1, 12) == 0 {
        return Some(Project::commit(vec![project.removal(name)]));
    }
    let number = dice.below(2, 7);
    let text = match name {
        "suite/a" => suite("a", &["x", &format!("case{}", number % 3)]),
        "prompt/b" => prompt(&["policy/p"], &format!("b {number}")),
        _ => format!("{name} {number}\n"),
    };
    Some(Project::commit(vec![project.change(name, &text)]))
}

/// The prompt under test where it is live and whole, with the suite that has a head.
pub(super) fn announce(project: &Project, dice: Dice) -> Option<Deed> {
    look(project, |state| state.head(&artifact("suite/a")))?.version?;
    let bundle = project.bundle(dice.pick(0, &["dev", "staging", "staging"])?, "a")?;
    Some(Deed::Announce(project.announcement("a", bundle, "a", 1 + u32::from(dice.below(1, 5) == 0))))
}

/// What came of a run that somebody announced and nobody completed.
pub(super) fn evidence(project: &Project, dice: Dice) -> Option<Deed> {
    let runs = look(project, |state| state.all_runs());
    let waits = |run: &&RunRecord| run.evidence.is_none();
    let mut waiting = runs.iter().flat_map(|record| record.runs.iter().filter(waits).map(move |run| (record, run)));
    let (record, run) = waiting.nth(dice.below(0, waiting.clone().count()))?;
    let mut announced = Project::announcement_of(record);
    (announced.repeat, announced.cases) = (run.repeat, run.cases.clone());
    let outcome = match dice.below(1, 12) {
        0 => Outcome::Failed,
        1 => Outcome::Errored,
        _ => Outcome::Passed,
    };
    Some(Deed::Evidence(project.evidence(run.announced, &announced, |_, _| outcome)))
}

/// What is live in one environment and not in the next.
pub(super) fn propose(project: &Project, dice: Dice) -> Option<Deed> {
    let (from, to) = dice.pick(0, &AHEAD)?;
    let differs: Vec<(&str, Option<VersionId>)> = NAMES
        .iter()
        .map(|name| (*name, project.live(from, name)))
        .filter(|(name, version)| project.live(to, name) != *version)
        .collect();
    let some = if dice.below(1, 4) == 0 { differs.len().min(1) } else { differs.len() };
    let mut proposal = project.proposal(to, differs.get(..some).filter(|some| !some.is_empty())?);
    proposal.only = dice.below(2, 6) == 0;
    Some(Deed::Propose(proposal))
}

/// What production lets an override go past.
const WAIVABLE: [&str; 4] = ["order", "window", "evidence", "pass_rate"];

/// The rules under which things are tried: some may be waived, and one environment waits to be taken over.
pub(super) fn in_force() -> String {
    let production = format!("after = \"staging\"\nwaivable = {WAIVABLE:?}\n");
    let rules = RULES_TEXT.replace("after = \"staging\"\n", &production);
    format!("{rules}\n[environments.edge]\nafter = \"dev\"\ngate = \"open\"\n")
}

#[expect(clippy::unnecessary_wraps, reason = "an entry of the table")]
pub(super) fn propose_rules(project: &Project, dice: Dice) -> Option<Deed> {
    let text = match dice.below(0, 4) {
        0 => in_force().replace("low = 1", "low = 2"),
        1 => in_force().replace("at_least = 0.5", "at_least = 0.9"),
        2 => format!("{}\n[environments.extra]\ngate = \"open\"\n", in_force()),
        _ => in_force(),
    };
    Some(Deed::Propose(project.rules_change(&rules(&text))))
}

pub(super) fn requalify(project: &Project, dice: Dice) -> Option<Deed> {
    let (_, place) = dice.pick(0, &AHEAD)?;
    let known = look(project, |state| state.all_quarantined(&env(place)));
    let record = dice.pick(1, &known)?;
    let lift = Lift { artifact: record.artifact, version: record.version, rollback: record.rollback };
    Some(Deed::Propose(Proposal { lifts: Some(lift), ..project.proposal(place, &[]) }))
}

/// A proposal that is open; mostly the newest.
pub(super) fn open(project: &Project, dice: Dice) -> Option<ProposalRecord> {
    let mut all = look(project, |state| state.proposals());
    all.retain(|record| record.status == Status::Open);
    let mut all = look(project, |state| state.in_order(all, |record| record.id));
    all.reverse();
    let among = if dice.below(3, 3) == 0 { all.len() } else { 1 };
    all.into_iter().nth(dice.below(4, among))
}

pub(super) fn reason(project: &Project, dice: Dice) -> Option<Reason> {
    Some(Project::reason(open(project, dice)?.id))
}

pub(super) fn rollback(project: &Project, dice: Dice) -> Option<Deed> {
    let (_, place) = dice.pick(0, &AHEAD)?;
    let place = env(place);
    let now = look(project, |state| state.environment(&place)).filter(|now| now.moves > 1)?;
    let last = look(project, |state| state.movement(&place, now.moves))?;
    let before = look(project, |state| state.movement(&place, now.moves - 1))?;
    let to: Vec<_> = last.changes.iter().map(|change| (change.artifact.to_string(), change.from)).collect();
    let to: Vec<_> = to.iter().map(|(name, version)| (name.as_str(), *version)).collect();
    Some(Deed::Rollback(project.back(place.as_str(), before.event, &to)))
}

pub(super) fn attempt(project: &Project, dice: Dice) -> Option<Deed> {
    Some(Deed::Attempt(Attempt {
        verb: "promote".to_owned(),
        proposal: open(project, dice)?.id,
        weighed: look(project, |state| state.newest())?.time,
        refused: vec!["approvals".to_owned()],
        verdict: Digest::of(&[u8::try_from(dice.below(1, 40)).unwrap()]),
    }))
}

/// An old version of anything.
pub(super) fn purge(project: &Project, dice: Dice) -> Option<Deed> {
    let mut commits = look(project, |state| state.commits());
    let is_live = |commit: &LineageRecord| {
        let live = ["dev", "staging", "production"].map(|place| project.live(place, &commit.artifact.to_string()));
        live.contains(&commit.version)
    };
    commits.retain(|commit| commit.version.is_some() && (!is_live(commit) || dice.below(5, 6) == 0));
    let payload = vec![dice.pick(0, &commits)?.version?.0];
    let said = look(project, |state| KnownPayload::read(state, &payload).map(|known| said(&known)));
    Some(Deed::Purge(Purge { payload, said, reason: "it told too much".to_owned() }))
}

pub(super) fn freeze(dice: Dice) -> Freeze {
    let environment = env(["staging", "production"][dice.below(0, 2)]);
    Freeze { environment, message: "incident 12".to_owned() }
}

/// What is frozen goes on.
pub(super) fn thaw(project: &Project, _: Dice) -> Option<Deed> {
    let is_frozen = |place: &str| look(project, |state| state.frozen(&env(place))).is_some();
    let environment = env(["staging", "production"].into_iter().find(|place| is_frozen(place))?);
    Some(Deed::Thaw(Freeze { environment, message: "it is over".to_owned() }))
}

pub(super) fn halt(dice: Dice) -> Halt {
    let environment = [None, Some(env("production")), Some(env("dev"))][dice.below(0, 3)].clone();
    let artifact = [None, Some(artifact("prompt/a")), Some(artifact("policy/p"))][dice.below(1, 3)].clone();
    Halt { environment, artifact, message: "refunds doubled".to_owned() }
}

/// What is halted goes on; mostly something that is.
pub(super) fn resume(project: &Project, dice: Dice) -> Option<Deed> {
    let record = dice.pick(0, &look(project, |state| state.halts()))?;
    let message = "it is over".to_owned();
    Some(Deed::Resume(Halt { environment: record.environment, artifact: record.artifact, message }))
}

/// The first word of something proposed.
pub(super) fn finding(project: &Project, dice: Dice) -> Option<Deed> {
    let record = open(project, dice)?;
    let change = record.proposal.changes.iter().find(|change| change.to.is_some())?;
    let version = change.to?.0;
    let bytes = project.store.get(&version).unwrap()?;
    let text = String::from_utf8_lossy(&bytes);
    let quote = text.split_whitespace().next()?.to_owned();
    let line = 1 + text.split('\n').position(|line| line.contains(&quote))? as u64;
    let artifact = Some(change.artifact.clone());
    let (proposal, path, message) = (record.id, path_of(&change.artifact), "it is rude".to_owned());
    Some(Deed::Finding(Finding { proposal, artifact, version, path, line, quote, message }))
}

pub(super) fn answer(project: &Project, dice: Dice) -> Option<Deed> {
    let mut findings = look(project, |state| state.findings());
    findings.retain(|finding| finding.answer.is_none());
    let record = dice.pick(0, &findings)?;
    let closing = [Closing::Justified, Closing::Withdrawn, Closing::Fixed][dice.below(1, 3)];
    let head = |artifact: &Artifact| look(project, |state| state.head(artifact))?.version;
    let version = if closing == Closing::Fixed { record.finding.artifact.as_ref().and_then(head) } else { None };
    Some(Deed::Answer(Answer { finding: record.id, closing, version, message: "because".to_owned() }))
}

/// Everything that keeps a proposal back is waived, where all of it may be.
pub(super) fn waive(project: &Project, dice: Dice) -> Option<Deed> {
    let record = open(project, dice).filter(|record| record.proposal.environment == "production")?;
    let unmet: BTreeSet<&str> = useful::unmet(project, &record).iter().map(|rule| rule.word()).collect();
    if unmet.is_empty() || !unmet.iter().all(|word| WAIVABLE.contains(word)) {
        return None;
    }
    let now = look(project, |state| state.newest())?.time;
    Some(Deed::Override(Override {
        proposal: record.id,
        dossier: project.dossier(record.id),
        rules: unmet.into_iter().map(str::to_owned).collect(),
        reason: "customers wait".to_owned(),
        expires: Time::from_unix(now.unix() + 86_400)?,
    }))
}

pub(super) fn review_waiver(project: &Project, dice: Dice) -> Option<Deed> {
    let waiting = look(project, |state| state.unreviewed(&env("production")));
    let promotion = dice.pick(0, &waiting)?.event;
    Some(Deed::OverrideReview(OverrideReview { promotion, message: "it was right".to_owned() }))
}

pub(super) fn adopt(project: &Project, dice: Dice) -> Option<Deed> {
    let to = ["edge", "edge", "production"][dice.below(0, 3)];
    let live: Vec<_> = NAMES.iter().map(|name| (*name, project.live("dev", name))).collect();
    let live: Vec<_> = live.into_iter().filter(|(_, version)| version.is_some()).collect();
    let Proposal { changes, bundles, .. } = project.proposal(to, live.get(..).filter(|live| !live.is_empty())?);
    Some(Deed::Adopt(Adoption { environment: env(to), message: "it ran before".to_owned(), changes, bundles }))
}

#[expect(clippy::unnecessary_wraps, reason = "an entry of the table")]
pub(super) fn except(_: &Project, dice: Dice) -> Option<Deed> {
    let fingerprint = Digest::of(&[u8::try_from(dice.below(0, 200)).unwrap()]);
    Some(Deed::Except(Exception { fingerprint, reason: "shown in the documentation".to_owned() }))
}
