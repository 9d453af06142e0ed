//! Everything that anybody can try, as things stand: one entry a kind of act.

use proptest::prelude::*;

use super::{
    super::project::Project,
    deeds::{
        adopt, announce, answer, attempt, commit, evidence, except, finding, freeze, halt, open, propose,
        propose_rules, purge, reason, requalify, resume, review_waiver, rollback, thaw, waive,
    },
    tally::Tally,
    useful,
};
use crate::{
    ledger::Deed,
    state::{State, StateError},
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
    way("override", 4, &["ruth"], waive),
    way("override-review", 6, &["omar"], review_waiver),
    way("adopt", 1, &["maya"], adopt),
    way("except", 1, &["maya"], except),
];

/// The kinds by name.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    WAYS.iter().map(|way| way.name)
}

/// Random numbers of one try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice(u64);

impl Dice {
    /// A number below `end`, another for every `turn`.
    pub(super) fn below(self, turn: u32, end: usize) -> usize {
        let mixed = self.0.rotate_left(turn * 11) ^ (self.0 >> 7);
        usize::try_from(mixed % (end.max(1) as u64)).unwrap()
    }

    pub(super) fn pick<T: Clone>(self, turn: u32, from: &[T]) -> Option<T> {
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
        let by = [1, 5, 7, 11, 13, 17, 19, 23][self.dice.below(9, 8)];
        let ways = (0..WAYS.len()).map(|step| &WAYS[(self.way + step * by) % WAYS.len()]);
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

/// Reads something of the state as it is now.
pub(super) fn look<T>(project: &Project, read: impl FnOnce(&State<'_>) -> Result<T, StateError>) -> T {
    let view = project.view();
    read(&State::new(view.as_ref())).unwrap()
}
