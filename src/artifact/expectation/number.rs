//! How many, and how much.

use serde_json::{Map, Value, json};

use crate::artifact::{Fields, Item, Price};

/// A number of things: `words = 3`, or `words = { min = 1, max = 3 }`. At least one bound is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The fewest; `None` for any, never 0 unless the most is 0 as well.
    pub min: Option<u64>,
    /// The most; `None` for any.
    pub max: Option<u64>,
}

impl Count {
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        let whole = |item: &Item<'_>| u64::try_from(item.integer_within(0..=i64::MAX)?).ok();
        if !item.is_table() {
            let exactly = whole(item)?;
            return Some(Self { min: Some(exactly), max: Some(exactly) });
        }
        let mut fields = item.table()?;
        let items = ["min", "max"].map(|key| fields.item(key));
        let bounds = items.each_ref().map(|item| item.as_ref().map(whole));
        fields.finish();
        let [min, max] = [
            bounds[0].map_or(Some(None), |read| read.map(Some))?,
            bounds[1].map_or(Some(None), |read| read.map(Some))?,
        ];
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            item.refuse("never-passes", format!("`{}` asks for at least {min} and at most {max}", item.keys()));
            return None;
        }
        let min = min.filter(|min| *min > 0 || max == Some(0));
        if min.is_none() && max.is_none() {
            let problem = item.problem("never-fails", format!("`{}` bounds nothing", item.keys()));
            item.report(problem.next("write a number, or `{ min = 1, max = 9 }` with one of the two or both"));
            return None;
        }
        Some(Self { min: if max == Some(0) { Some(0) } else { min }, max })
    }

    /// Whether a number is within the bounds.
    pub fn holds(self, count: u64) -> bool {
        self.min.is_none_or(|min| count >= min) && self.max.is_none_or(|max| count <= max)
    }

    pub(super) fn to_json(self) -> Value {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => json!(min),
            (min, max) => bounds(min.map(Value::from), max.map(Value::from)),
        }
    }
}

/// `{ min, max }` with those that are there.
pub(super) fn bounds(min: Option<Value>, max: Option<Value>) -> Value {
    let entries = [("min", min), ("max", max)];
    entries.into_iter().filter_map(|(key, bound)| Some((key.to_owned(), bound?))).collect::<Map<_, _>>().into()
}

/// Bounds of a number, of which the table has one or both; `None` after a report, and when it has neither.
pub(super) fn range(fields: &mut Fields<'_>) -> Option<(Option<f64>, Option<f64>)> {
    let [min, max] = ["min", "max"].map(|key| fields.item(key).map(|item| item.number()));
    let (min, max) = (min.map_or(Some(None), |read| read.map(Some))?, max.map_or(Some(None), |read| read.map(Some))?);
    if let (Some(least), Some(most)) = (min, max)
        && least > most
    {
        let message = format!("`{}` asks for at least {least} and at most {most}", fields.keys());
        fields.report(fields.problem("never-passes", message));
        return None;
    }
    (min.is_some() || max.is_some()).then_some((min, max))
}

/// `max_cost`: what a reply may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// In USD; above 0.
    pub usd: f64,
    /// What the bundle's model costs; without it the check cannot be carried out.
    pub price: Option<Price>,
}

impl Cost {
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        Some(Self { usd: item.number_within(f64::MIN_POSITIVE..=f64::MAX)?, price: None })
    }
}
