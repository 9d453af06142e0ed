//! Checks put together.

use serde_json::{Value, json};

use super::{Check, Expectation, Form, Place, text::filled};
use crate::artifact::Item;

/// How deep groups may stand in each other.
const DEEPEST: usize = 4;

/// The heaviest entry of a `score`.
const HEAVIEST: i64 = 1000;

/// One entry of a `score`.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    /// What it counts for, from 1 to 1000; 1 where nothing is said.
    pub weight: u32,
    /// What must hold.
    pub expectation: Expectation,
}

/// Reads a group; `None` after a report.
pub(super) fn read(word: &str, item: &Item<'_>, place: Place<'_>) -> Option<Check> {
    if place.depth >= DEEPEST {
        let message = format!("groups stand in each other {DEEPEST} deep at most");
        item.report(item.problem_at_key("too-deep", message));
        return None;
    }
    let place = Place { depth: place.depth + 1, ..place };
    match word {
        "all" => {
            let of = members(item, place, Expectation::read_at)?;
            apart(item, &of, "never-passes").then_some(Check::All(of))
        }
        "any" => {
            let of = members(item, place, Expectation::read_at)?;
            apart(item, &of, "never-fails").then_some(Check::Any(of))
        }
        "at_least" => {
            let mut fields = item.table()?;
            let n = fields.required("n");
            let of = fields.required("of").and_then(|item| members(&item, place, Expectation::read_at));
            let n = n.and_then(|item| {
                let most = of.as_ref().map_or(i64::MAX, |of| i64::try_from(of.len()).unwrap_or(i64::MAX));
                usize::try_from(item.integer_within(1..=most)?).ok()
            });
            fields.finish();
            let (n, of) = (n?, of?);
            let sound =
                (n > 1 || apart(item, &of, "never-fails")) && (n < of.len() || apart(item, &of, "never-passes"));
            sound.then_some(Check::AtLeast { n, of })
        }
        _ => {
            let mut fields = item.table()?;
            let least = fields.required("at_least").and_then(|item| item.number_within(f64::MIN_POSITIVE..=1.0));
            let of = fields.required("of").and_then(|item| members(&item, place, Weighted::read));
            fields.finish();
            Some(Check::Score { at_least: least?, of: of? })
        }
    }
}

/// The entries of a group, of which there is one and none stands twice.
fn members<T: PartialEq>(
    item: &Item<'_>,
    place: Place<'_>,
    read: impl Fn(&Item<'_>, Place<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = filled(item)?;
    let all: Vec<Option<T>> = items.iter().map(|item| read(item, place)).collect();
    let members: Vec<T> = all.into_iter().collect::<Option<_>>()?;
    let twice = members.iter().enumerate().find(|(at, member)| members.iter().take(*at).any(|other| other == *member));
    if let Some((at, _)) = twice {
        items.get(at)?.refuse("duplicate", format!("this entry stands twice in `{}`", item.keys()));
        return None;
    }
    Some(members)
}

/// Whether no two entries are contraries; otherwise the whole can have one outcome only, which is reported.
fn apart(item: &Item<'_>, of: &[Expectation], code: &str) -> bool {
    let found = of.iter().enumerate().find(|(at, one)| of.iter().take(*at).any(|other| other.contradicts(one)));
    let Some((_, one)) = found else { return true };
    let word = one.check.word();
    let always = if code == "never-fails" { "always holds" } else { "never holds" };
    item.refuse(code, format!("`{}` names `{word}` and its contrary, so it {always}", item.keys()));
    false
}

impl Weighted {
    fn read(item: &Item<'_>, place: Place<'_>) -> Option<Self> {
        let (weights, checks): (Vec<_>, Vec<_>) =
            item.table()?.entries().into_iter().partition(|(key, _)| key == "weight");
        let weight = match weights.first() {
            Some((_, weight)) => u32::try_from(weight.integer_within(1..=HEAVIEST)?).ok()?,
            None => 1,
        };
        let [(key, value)] = checks.as_slice() else {
            let message = "each entry of a `score` is a table with exactly one check, and `weight` where it has one";
            item.refuse("one-check-each", message);
            return None;
        };
        Some(Self { weight, expectation: Expectation::read_entry(key, value, place)? })
    }

    fn to_json(&self, form: Form) -> Value {
        let mut entry = self.expectation.told(form);
        if let (Some(entry), true) = (entry.as_object_mut(), self.weight != 1) {
            entry.insert("weight".to_owned(), json!(self.weight));
        }
        entry
    }
}

pub(super) fn list(of: &[Expectation], form: Form) -> Value {
    form.set(of.iter().map(|member| member.told(form)).collect())
}

pub(super) fn weighed(of: &[Weighted], form: Form) -> Value {
    form.set(of.iter().map(|member| member.to_json(form)).collect())
}
