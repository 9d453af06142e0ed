//! `verify`: prove that everything recorded is true.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Answer, Exit, Failure, World, keep,
    replay::{self, of_journal, problem},
    rescoring::{Disagreement, disagreements},
    sharing,
    standing::Standing,
};
use crate::{
    eval::Recomputed,
    ledger::{Damage, JournalError, Sample},
    object::Digest,
    state::{RunsRecord, State},
};

pub use super::replay::Problem;

/// How deep to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything kept, every signature, every decision.
    Ledger,
    /// Stored replies too are scored again.
    Replies,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Events whose act, signatures and place in the chain were read.
    pub events: u64,
    /// Events that the rules decided again, with the state they made.
    pub decided: u64,
    /// Suites against bundles whose stored replies were scored again.
    pub rescored: u64,
    /// Payload that events name and that was purged.
    pub purged: u64,
}

/// Whether the record is true.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// How many events the ledger has.
    pub events: u64,
    /// What is wrong: damage of what is kept first, then by event.
    pub problems: Vec<Problem>,
    /// What was looked at.
    pub checked: Checked,
    /// The newest event that the remote has confirmed: up to there nothing can be missing.
    pub shared: Option<u64>,
    /// Payload that was purged and is still here, since a purge was killed before it was complete.
    pub still_here: Vec<Digest>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.verify/1";

    fn exit(&self) -> Exit {
        if self.ok { Exit::Done } else { Exit::No }
    }
}

/// Looks at every byte that is kept, then decides every event again, and with [`Depth::Replies`] scores the evidence.
///
/// `progress` is told how many events of how many are decided. A ledger that was cut short looks like a younger
/// one: that can be seen only against another copy of it.
///
/// # Errors
///
/// `not-begun` where no event was ever recorded; whatever is wrong with what was recorded is in the answer.
pub fn run(world: &World, depth: Depth, progress: &dyn Fn(u64, u64)) -> Result<Outcome, Failure> {
    let first = look(world, depth, progress);
    if first.as_ref().is_ok_and(|outcome| outcome.ok) {
        return first;
    }
    // Somebody may have been writing: before anybody is accused, it is looked at once more while nobody can.
    match world.guard.hold() {
        Ok(_turn) => look(world, depth, progress),
        Err(_) => first,
    }
}

fn look(world: &World, depth: Depth, progress: &dyn Fn(u64, u64)) -> Result<Outcome, Failure> {
    // Indexes first: what a damaged one leads to must not be followed. All other bytes are looked at meanwhile.
    let mut found = Err(JournalError::NoSuchEvent(0));
    let damage = world.inspect.damage_beside(&mut || {
        found = world.journal.tip().map(|tip| tip.map(|tip| (replay::replay(world, &tip, progress), tip)));
    });
    let damage = match damage {
        Ok(damage) => damage,
        Err(error) => return Ok(outcome(0, vec![of_journal(None, None, error)], Checked::default())),
    };
    let mut problems: Vec<Problem> = damage.iter().map(of_damage).collect();
    if damage.iter().any(leads_astray) {
        return Ok(outcome(0, problems, Checked::default()));
    }
    let (replayed, tip) = match found {
        Ok(Some(found)) => found,
        Ok(None) if problems.is_empty() => {
            return Err(Failure::cannot("not-begun", "the project has no ledger yet").run("chancery init"));
        }
        Ok(None) => return Ok(outcome(0, problems, Checked::default())),
        Err(error) => {
            problems.push(of_journal(None, None, error));
            return Ok(outcome(0, problems, Checked::default()));
        }
    };
    if let Some(shared) = sharing::lost_here(world)? {
        let message = format!("the remote confirmed event {}, and this ledger does not have it", shared.seq);
        problems.push(problem(Some(shared.event), Some(shared.seq), "cut-short", message));
    }
    let purged = replayed.purged.len() as u64;
    let mut checked = Checked { events: replayed.read, decided: replayed.decided, rescored: 0, purged };
    problems.extend(replayed.problems);
    // Evidence that stands on a lie is not worth scoring.
    if depth == Depth::Replies && problems.is_empty() {
        checked.rescored = rescore(world, &mut problems)?;
    }
    let still_here = if problems.is_empty() { still_here(world)? } else { Vec::new() };
    let shared = sharing::confirmed(world)?.map(|shared| shared.seq);
    Ok(Outcome { shared, still_here, ..outcome(tip.seq, problems, checked) })
}

fn outcome(events: u64, problems: Vec<Problem>, checked: Checked) -> Outcome {
    Outcome { ok: problems.is_empty(), events, problems, checked, shared: None, still_here: Vec::new() }
}

/// What was purged and is still kept somewhere in this store.
fn still_here(world: &World) -> Result<Vec<Digest>, Failure> {
    let purged: BTreeSet<Digest> = keep::purged(world)?.into_keys().collect();
    let mut here = world.upkeep.kept(&purged)?;
    here.extend(world.upkeep.intended()?.into_iter().filter(|id| purged.contains(id)));
    Ok(here.into_iter().collect())
}

fn of_damage(damage: &Damage) -> Problem {
    let place = Some(damage.place.clone());
    Problem { place, ..problem(damage.event, None, "damaged", damage.reason.clone()) }
}

/// Whether it is an index of packed objects, which is followed without being checked.
fn leads_astray(damage: &Damage) -> bool {
    let pack = damage.place.rsplit_once('.').is_some_and(|(_, ending)| ending == "pack");
    damage.place.starts_with("objects/pack/") && !pack
}

/// Scores every stored reply again; answers with how many suites against bundles that was.
fn rescore(world: &World, problems: &mut Vec<Problem>) -> Result<u64, Failure> {
    let standing = Standing::read(world)?;
    let state = standing.state();
    let mut scored = 0;
    for runs in state.all_runs()? {
        let found = match disagreements(world, &runs) {
            // Against a suite or tools that were purged nothing can be scored.
            Err(failure) if failure.code == "purged" => continue,
            found => found?,
        };
        for found in found {
            if found.recomputed == Recomputed::ReplyMissing && replies_purged(&state, &runs, &found)? {
                continue;
            }
            let seq = state.placed(found.event)?.map(|placed| placed.seq);
            let sample = format!("case `{}` of `{}`, sample {}", found.case.escape_debug(), runs.suite, found.sample);
            problems.push(if found.recomputed == Recomputed::ReplyMissing {
                problem(Some(found.event), seq, "payload-missing", format!("{sample}: its reply is not in the store"))
            } else {
                let what = match found.recomputed {
                    Recomputed::TokensDiffer => "other tokens are attested than its reply counts".to_owned(),
                    Recomputed::VotesDiffer => "it has other votes than its checks ask for".to_owned(),
                    Recomputed::NotTimed => "it does not say how long its reply took".to_owned(),
                    Recomputed::JudgeNotPinned => "the suite does not say which judge it was".to_owned(),
                    _ => format!("attested as {:?}, its reply says otherwise", found.recorded),
                };
                let message = format!("{sample}: {what}");
                problem(Some(found.event), seq, "evidence-contradicted", message.to_lowercase())
            });
        }
        scored += 1;
    }
    Ok(scored)
}

/// Whether the reply of a sample was purged.
fn replies_purged(state: &State<'_>, runs: &RunsRecord, found: &Disagreement) -> Result<bool, Failure> {
    let run = runs.runs.iter().find(|run| run.evidence == Some(found.event));
    let samples = run.into_iter().flat_map(|run| &run.samples);
    let named = samples.filter(|sample| sample.case == found.case && sample.sample == found.sample);
    for reply in named.flat_map(Sample::kept) {
        if state.purged(&reply)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::TestProject;

    #[test]
    fn an_honest_ledger_is_true() {
        let project = TestProject::new();
        for depth in [Depth::Ledger, Depth::Replies] {
            let outcome = run(&project.of("maya"), depth, &|_, _| ()).unwrap();
            assert_eq!((outcome.ok, outcome.events, outcome.problems), (true, 1, Vec::new()));
            assert_eq!((outcome.checked.events, outcome.checked.decided), (1, 1));
        }
    }
}
