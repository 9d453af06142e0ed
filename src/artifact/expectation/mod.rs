//! What must hold of a reply: every check, as users write it and as it is compared.
//!
//! One file per idea: what is asked of [`text`], [`numbers`](number), [`values`](condition), [`tools`] and
//! [`paths`](path) into JSON; [`judge`], [`nearness`] and [`program`] ask somebody else; [`group`] puts checks together;
//! [`check`] lists them all. Whatever could never fail, or never pass, is refused here, before anything is called.

mod check;
mod condition;
mod finish;
mod group;
mod judge;
mod number;
mod path;
mod program;
mod nearness;
mod text;
mod tools;

use serde_json::{Value, json};

pub use check::Check;
pub use condition::Condition;
pub use finish::Finish;
pub use group::Weighted;
pub use judge::{Answers, Judge, Judged};
pub(super) use judge::{Judges, judges, refuse_idle};
pub use nearness::Similar;
pub use number::{Cost, Count};
pub use path::PathMatch;
pub use program::Program;
pub use text::{Distance, EditDistance, Overlap};
pub use tools::{ArgumentMatch, CallOrder, Calls};

use super::{Item, attached::Attached, case::digest};
use crate::{
    object::{self, Digest},
    problem::{did_you_mean, quoted},
};

/// One entry of `expect`: a check, or its negation (`not_` in front).
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Whether the check must fail for the case to pass.
    pub negated: bool,
    /// The check.
    pub check: Check,
}

/// In which form a check is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As its author wrote it.
    Written,
    /// Where the order of a list means nothing, in one order.
    Compared,
}

impl Form {
    /// A list whose order means nothing.
    fn set(self, mut list: Vec<Value>) -> Value {
        if self == Self::Compared {
            list.sort_by_cached_key(object::encode::<Value>);
        }
        Value::Array(list)
    }
}

/// Where an entry is read: what it may name, and how deep it stands.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    attached: &'a Attached<'a>,
    judges: &'a Judges,
    /// In how many groups it stands.
    depth: usize,
}

impl Expectation {
    /// Reads one entry of `expect`; `None` after a report.
    pub(super) fn read(item: &Item<'_>, attached: &Attached<'_>, judges: &Judges) -> Option<Self> {
        Self::read_at(item, Place { attached, judges, depth: 0 })
    }

    fn read_at(item: &Item<'_>, place: Place<'_>) -> Option<Self> {
        let entries = item.table()?.entries();
        let [(key, value)] = entries.as_slice() else {
            item.refuse("one-check-each", "each entry of `expect` is a table with exactly one check");
            return None;
        };
        Self::read_entry(key, value, place)
    }

    fn read_entry(key: &str, value: &Item<'_>, place: Place<'_>) -> Option<Self> {
        let word = key.strip_prefix("not_").unwrap_or(key);
        let Some(word) = check::WORDS.iter().find(|known| **known == word) else {
            return unknown(key, value);
        };
        Some(Self { negated: key.starts_with("not_"), check: Check::read(word, value, place)? })
    }

    /// The entry as users write it.
    pub fn to_json(&self) -> Value {
        self.told(Form::Written)
    }

    fn told(&self, form: Form) -> Value {
        let not = if self.negated { "not_" } else { "" };
        json!({ format!("{not}{}", self.check.word()): self.check.value(form) })
    }

    /// The entry with the lists whose order means nothing in one order: what its digest is of.
    pub fn canonical(&self) -> Value {
        self.told(Form::Compared)
    }

    /// The SHA-256 of what is asked, whether it is wanted or not.
    pub fn question(&self) -> Digest {
        digest(json!({ self.check.word(): self.check.value(Form::Compared) }))
    }

    /// The SHA-256 of what it asks for; two entries ask for the same when these are equal.
    pub fn digest(&self) -> Digest {
        digest(self.canonical())
    }

    /// Itself and every entry inside of it, groups in groups included.
    pub fn each(&self) -> Vec<&Self> {
        let mut all = vec![self];
        all.extend(self.check.members().into_iter().flat_map(Self::each));
        all
    }

    /// Gives every check to `change`: its own and those inside of it.
    pub fn each_check(&mut self, change: &mut impl FnMut(&mut Check)) {
        change(&mut self.check);
        for member in self.check.members_mut() {
            member.each_check(change);
        }
    }

    /// Whether the other one asks for the contrary, so that one of the two always fails.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        self.negated != other.negated && self.check == other.check
    }
}

/// What people coming from elsewhere look for, and what is said to them instead of the nearest name.
const ELSEWHERE: [(&str, &str); 3] =
    [("latency", LATENCY), ("max_latency", LATENCY), ("cost", "`max_cost` bounds what a reply costs, in USD")];
const LATENCY: &str = "`max_latency_ms` bounds how long a reply took, in milliseconds";

fn unknown(key: &str, value: &Item<'_>) -> Option<Expectation> {
    let negated = check::WORDS.map(|word| format!("not_{word}"));
    let known = check::WORDS.iter().copied().chain(negated.iter().map(String::as_str));
    let message = format!("there is no check `{}`", key.escape_debug());
    let elsewhere = ELSEWHERE.iter().find(|(word, _)| *word == key).map(|(_, advice)| (*advice).to_owned());
    let all = || format!("the checks are {}, each also with `not_` in front", quoted(check::WORDS, ", "));
    let next = elsewhere.or_else(|| did_you_mean(key, known)).unwrap_or_else(all);
    value.report(value.problem_at_key("unknown-check", message).next(next));
    None
}

/// The word of a check that can only be asked for: what is not wanted has `not_` in front.
fn only_true(item: &Item<'_>) -> Option<()> {
    if item.boolean()? {
        return Some(());
    }
    let problem = item.problem("out-of-range", format!("`{}` can only be `true`", item.keys()));
    item.report(problem.next("put `not_` in front of it for the contrary"));
    None
}

#[cfg(test)]
mod tests;
