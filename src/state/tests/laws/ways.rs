//! Everything that anybody can try, as things stand: one entry a kind of act.

use proptest::prelude::*;

use super::{
    super::project::{Project, RULES_TEXT, artifact, env, path_of, prompt, rules, suite},
    Tally, useful,
};
use crate::{
    clock::Time,
    ledger::{
        Adoption, Answer, Attempt, Closing, Deed, Exception, Finding, Freeze, Halt, Lift, Outcome, Override,
        OverrideReview, Proposal, Purge, Reason,
    },
    name::Artifact,
    object::{Digest, EventId, Store as _, VersionId},
    state::{KnownPayload, LineageRecord, ProposalRecord, RunRecord, State, StateError, Status, said},
};

/// A kind of act: how often it is tried, who would, and what they would do now.
struct Way {
    name: &'static str,
    often: usize,
    who: &'static [&'static str],
    deed: fn(&Project, Dice) -> Option<Deed>,
}

const fn way(
    name: &'static str,
    often: usize,
    who: &'static [&'static str],
    deed: fn(&Project, Dice) -> Option<Deed>,
) -> Way {
    Way { name, often, who, deed }
}

/// All of them.
const WAYS: &[Way] = &[
    way("commit", 5, &["tom", "tom", "maya"], commit),
    way("announce", 2, &["ci"], announce),
    way("evidence", 4, &["ci"], evidence),
    way("propose", 5, &["tom", "ruth"], propose),
    way("propose-rules", 1, &["maya"], propose_rules),
    way("requalify", 4, &["ruth", "tom"], requalify),
    way("withdraw", 3, &["tom", "maya"], |project, dice| Some(Deed::Withdraw(reason(project, dice)?))),
    way("reject", 1, &["ruth", "omar"], |project, dice| Some(Deed::Reject(reason(project, dice)?))),
    way("review", 2, &["omar", "ruth"], |project, dice| Some(project.reviewed(open(project, dice)?.id))),
    way("approve", 4, &["omar", "ruth"], |project, dice| Some(project.approval(open(project, dice)?.id))),
    way("promote", 6, &["omar", "ruth", "maya"], |project, dice| Some(project.promotion(open(project, dice)?.id))),
    way("rollback", 3, &["ruth", "omar"], rollback),
    way("attempt", 1, &["ruth", "omar"], attempt),
    way("purge", 2, &["maya"], purge),
    way("freeze", 2, &["ruth"], |_, dice| Some(Deed::Freeze(freeze(dice)))),
    way("thaw", 3, &["omar"], thaw),
    way("halt", 1, &["ruth"], |_, dice| Some(Deed::Halt(halt(dice)))),
    way("resume", 3, &["omar"], resume),
    way("finding", 2, &["omar", "tom"], finding),
    way("answer", 3, &["omar", "tom"], answer),
    way("override", 1, &["ruth"], waive),
    way("override-review", 1, &["omar"], review_waiver),
    way("adopt", 1, &["maya"], adopt),
    way("except", 1, &["maya"], except),
];

/// Random numbers of one try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice(u64);

impl Dice {
    /// A number below `end`, another for every `turn`.
    pub(super) fn below(self, turn: u32, end: usize) -> usize {
        let mixed = self.0.rotate_left(turn * 11) ^ (self.0 >> 7);
        usize::try_from(mixed % (end.max(1) as u64)).unwrap()
    }

    fn pick<T: Clone>(self, turn: u32, from: &[T]) -> Option<T> {
        from.get(self.below(turn, from.len())).cloned()
    }
}

/// Something that somebody tries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Try {
    way: usize,
    who: usize,
    mood: Mood,
    dice: Dice,
}

/// What is behind a try.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    /// Whatever brings the change on that is under way.
    Useful,
    /// Anything, by somebody who would.
    Would,
    /// Anything, by anybody.
    Anybody,
}

/// A try as things stand.
pub(super) struct Tried {
    /// Which kind it is.
    pub(super) name: &'static str,
    /// Who tries it.
    pub(super) person: &'static str,
    /// What.
    pub(super) deed: Deed,
}

/// Everybody, and somebody who is not listed.
pub(super) const EVERYBODY: [&str; 8] = ["maya", "tom", "ruth", "omar", "ci", "bot", "nina", "eve"];

/// Things tried one after the other, mostly by who may.
pub(super) fn tries(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Try>> {
    let ways: Vec<usize> = WAYS.iter().enumerate().flat_map(|(at, way)| vec![at; way.often]).collect();
    let mood = prop_oneof![8 => Just(Mood::Useful), 7 => Just(Mood::Would), 2 => Just(Mood::Anybody)];
    let one = (prop::sample::select(ways), any::<usize>(), mood, any::<u64>());
    let one = one.prop_map(|(way, who, mood, dice)| Try { way, who, mood, dice: Dice(dice) });
    prop::collection::vec(one, length)
}

impl Try {
    /// Its numbers.
    pub(super) fn dice(&self) -> Dice {
        self.dice
    }

    /// What it is as things stand; `None` where there is nothing to do it to.
    pub(super) fn now(&self, project: &Project) -> Option<Tried> {
        if self.mood == Mood::Useful
            && let Some((name, person, deed)) = useful::next(project, self.dice)
        {
            return Some(Tried { name, person, deed });
        }
        // Where there is nothing to do it to, something else is tried.
        let ways = (0..WAYS.len()).map(|step| &WAYS[(self.way + step * 7) % WAYS.len()]);
        let (way, deed) = ways.into_iter().find_map(|way| Some((way, (way.deed)(project, self.dice)?)))?;
        let among: &[&str] = if self.mood == Mood::Anybody { &EVERYBODY } else { way.who };
        Some(Tried { name: way.name, person: self.one_of(among), deed })
    }

    /// One of these people in place of who would.
    pub(super) fn one_of(&self, people: &[&'static str]) -> &'static str {
        people[self.who % people.len()]
    }

    /// Tries it, a second later.
    pub(super) fn go(&self, project: &Project, tally: Option<&Tally>) {
        let Some(Tried { name, person, deed }) = self.now(project) else { return };
        project.wait(1);
        let tried = project.attempt(person, deed);
        if let Some(tally) = tally {
            tally.count(name, tried.err().map(|refusal| refusal.rule));
        }
    }
}

/// The kinds there are.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    WAYS.iter().map(|way| way.name)
}

/// Reads something of the state as it is now.
pub(super) fn look<T>(project: &Project, read: impl FnOnce(&State<'_>) -> Result<T, StateError>) -> T {
    let view = project.view();
    read(&State::new(view.as_ref())).unwrap()
}

const NAMES: [&str; 4] = ["prompt/a", "suite/a", "policy/p", "prompt/b"];
const AHEAD: [(&str, &str); 2] = [("dev", "staging"), ("staging", "production")];

fn commit(project: &Project, dice: Dice) -> Option<Deed> {
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
fn announce(project: &Project, dice: Dice) -> Option<Deed> {
    look(project, |state| state.head(&artifact("suite/a")))?.version?;
    let bundle = project.bundle(dice.pick(0, &["dev", "staging", "staging"])?, "a")?;
    Some(Deed::Announce(project.announcement("a", bundle, "a", 1 + u32::from(dice.below(1, 5) == 0))))
}

/// What came of a run that somebody announced and nobody completed.
fn evidence(project: &Project, dice: Dice) -> Option<Deed> {
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

#[expect(clippy::unnecessary_wraps, reason = "an entry of the table")]
fn propose_rules(project: &Project, dice: Dice) -> Option<Deed> {
    let text = match dice.below(0, 4) {
        0 => RULES_TEXT.replace("low = 1", "low = 2"),
        1 => RULES_TEXT.replace("at_least = 0.5", "at_least = 0.9"),
        2 => format!("{RULES_TEXT}\n[environments.extra]\ngate = \"open\"\n"),
        _ => RULES_TEXT.to_owned(),
    };
    Some(Deed::Propose(project.rules_change(&rules(&text))))
}

fn requalify(project: &Project, dice: Dice) -> Option<Deed> {
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

fn reason(project: &Project, dice: Dice) -> Option<Reason> {
    Some(Project::reason(open(project, dice)?.id))
}

fn rollback(project: &Project, dice: Dice) -> Option<Deed> {
    let (_, place) = dice.pick(0, &AHEAD)?;
    let place = env(place);
    let now = look(project, |state| state.environment(&place)).filter(|now| now.moves > 1)?;
    let last = look(project, |state| state.movement(&place, now.moves))?;
    let before = look(project, |state| state.movement(&place, now.moves - 1))?;
    let to: Vec<_> = last.changes.iter().map(|change| (change.artifact.to_string(), change.from)).collect();
    let to: Vec<_> = to.iter().map(|(name, version)| (name.as_str(), *version)).collect();
    Some(Deed::Rollback(project.back(place.as_str(), before.event, &to)))
}

fn attempt(project: &Project, dice: Dice) -> Option<Deed> {
    Some(Deed::Attempt(Attempt {
        verb: "promote".to_owned(),
        proposal: open(project, dice)?.id,
        weighed: look(project, |state| state.newest())?.time,
        refused: vec!["approvals".to_owned()],
        verdict: Digest::of(&[u8::try_from(dice.below(1, 40)).unwrap()]),
    }))
}

/// An old version of anything.
fn purge(project: &Project, dice: Dice) -> Option<Deed> {
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

fn freeze(dice: Dice) -> Freeze {
    let environment = env(["staging", "production"][dice.below(0, 2)]);
    Freeze { environment, message: "incident 12".to_owned() }
}

/// What is frozen goes on.
fn thaw(project: &Project, _: Dice) -> Option<Deed> {
    let is_frozen = |place: &str| look(project, |state| state.frozen(&env(place))).is_some();
    let environment = env(["staging", "production"].into_iter().find(|place| is_frozen(place))?);
    Some(Deed::Thaw(Freeze { environment, message: "it is over".to_owned() }))
}

fn halt(dice: Dice) -> Halt {
    let environment = [None, Some(env("production")), Some(env("dev"))][dice.below(0, 3)].clone();
    let artifact = [None, Some(artifact("prompt/a")), Some(artifact("policy/p"))][dice.below(1, 3)].clone();
    Halt { environment, artifact, message: "refunds doubled".to_owned() }
}

/// What is halted goes on; mostly something that is.
fn resume(project: &Project, dice: Dice) -> Option<Deed> {
    let record = dice.pick(0, &look(project, |state| state.halts()))?;
    let message = "it is over".to_owned();
    Some(Deed::Resume(Halt { environment: record.environment, artifact: record.artifact, message }))
}

/// The first word of something proposed.
fn finding(project: &Project, dice: Dice) -> Option<Deed> {
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

fn answer(project: &Project, dice: Dice) -> Option<Deed> {
    let mut findings = look(project, |state| state.findings());
    findings.retain(|finding| finding.answer.is_none());
    let record = dice.pick(0, &findings)?;
    let closing = [Closing::Justified, Closing::Withdrawn, Closing::Fixed][dice.below(1, 3)];
    let head = |artifact: &Artifact| look(project, |state| state.head(artifact))?.version;
    let version = if closing == Closing::Fixed { record.finding.artifact.as_ref().and_then(head) } else { None };
    Some(Deed::Answer(Answer { finding: record.id, closing, version, message: "because".to_owned() }))
}

fn waive(project: &Project, dice: Dice) -> Option<Deed> {
    let proposal = open(project, dice)?.id;
    let now = look(project, |state| state.newest())?.time;
    Some(Deed::Override(Override {
        proposal,
        dossier: project.dossier(proposal),
        rules: vec![["order", "window", "approvals"][dice.below(1, 3)].to_owned()],
        reason: "customers wait".to_owned(),
        expires: Time::from_unix(now.unix() + 86_400)?,
    }))
}

fn review_waiver(project: &Project, dice: Dice) -> Option<Deed> {
    let mut all = look(project, |state| state.proposals());
    all.retain(|record| record.status == Status::Promoted);
    let promotion: EventId = dice.pick(0, &all)?.closed?;
    Some(Deed::OverrideReview(OverrideReview { promotion, message: "it was right".to_owned() }))
}

fn adopt(project: &Project, dice: Dice) -> Option<Deed> {
    let (from, to) = dice.pick(0, &AHEAD)?;
    let live: Vec<_> = NAMES.iter().map(|name| (*name, project.live(from, name))).collect();
    let live: Vec<_> = live.into_iter().filter(|(_, version)| version.is_some()).collect();
    let Proposal { changes, bundles, .. } = project.proposal(to, &live);
    Some(Deed::Adopt(Adoption { environment: env(to), message: "it ran before".to_owned(), changes, bundles }))
}

#[expect(clippy::unnecessary_wraps, reason = "an entry of the table")]
fn except(_: &Project, dice: Dice) -> Option<Deed> {
    let fingerprint = Digest::of(&[u8::try_from(dice.below(0, 200)).unwrap()]);
    Some(Deed::Except(Exception { fingerprint, reason: "shown in the documentation".to_owned() }))
}
