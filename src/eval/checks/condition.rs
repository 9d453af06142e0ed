//! Whether a condition holds of a value.

use std::{cell::RefCell, collections::BTreeMap, collections::HashMap};

use regex::Regex;
use serde_json::{Map, Value};

use crate::artifact::Condition;

use super::json::same_value;

/// Judges values, and compiles each regular expression once for all of them.
#[derive(Debug, Default)]
pub(super) struct Judge {
    patterns: RefCell<HashMap<String, Option<Regex>>>,
}

impl Judge {
    /// Whether the condition holds of what stands under a name, or of nothing.
    pub(super) fn entry(&self, found: Option<&Value>, condition: &Condition) -> bool {
        match (found, condition) {
            (found, Condition::Absent) => found.is_none(),
            (None, condition) => matches!(condition, Condition::Optional(_)),
            (Some(value), Condition::Optional(condition)) => self.holds(value, condition),
            (Some(value), condition) => self.holds(value, condition),
        }
    }

    /// Whether the condition holds of a value that is there.
    pub(super) fn holds(&self, value: &Value, condition: &Condition) -> bool {
        match condition {
            Condition::Equals(wanted) => same_value(value, wanted),
            Condition::OneOf(of) => of.iter().any(|one| self.holds(value, one)),
            Condition::Matches(pattern) => value.as_str().is_some_and(|text| self.matches(text, pattern)),
            Condition::Range { min, max } => value
                .as_f64()
                .is_some_and(|number| min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)),
            Condition::Fields(fields) => value.as_object().is_some_and(|table| self.exactly(table, None, fields)),
            Condition::Items(of) => value.as_array().is_some_and(|list| {
                list.len() == of.len() && list.iter().zip(of).all(|(value, one)| self.holds(value, one))
            }),
            Condition::Any => true,
            Condition::Absent => false,
            Condition::Optional(condition) => self.holds(value, condition),
        }
    }

    /// Whether every wanted value and every condition holds of a table; it may have other entries.
    pub(super) fn at_least(
        &self,
        table: &Map<String, Value>,
        wanted: Option<&Map<String, Value>>,
        conditions: &BTreeMap<String, Condition>,
    ) -> bool {
        self.first_wrong(table, wanted, conditions).is_none()
    }

    /// The same, and it has no other entries.
    pub(super) fn exactly(
        &self,
        table: &Map<String, Value>,
        wanted: Option<&Map<String, Value>>,
        conditions: &BTreeMap<String, Condition>,
    ) -> bool {
        first_other(table, wanted, conditions).is_none() && self.at_least(table, wanted, conditions)
    }

    /// The first name of which what is wanted does not hold.
    pub(super) fn first_wrong<'w>(
        &self,
        table: &Map<String, Value>,
        wanted: Option<&'w Map<String, Value>>,
        conditions: &'w BTreeMap<String, Condition>,
    ) -> Option<&'w str> {
        let differs =
            |(name, value): &(&String, &Value)| !table.get(*name).is_some_and(|found| same_value(found, value));
        let value = wanted.into_iter().flatten().find(differs).map(|(name, _)| name.as_str());
        value.or_else(|| {
            let fails = |(name, condition): &(&String, &Condition)| !self.entry(table.get(*name), condition);
            conditions.iter().find(fails).map(|(name, _)| name.as_str())
        })
    }

    fn matches(&self, text: &str, pattern: &str) -> bool {
        let mut known = self.patterns.borrow_mut();
        if !known.contains_key(pattern) {
            known.insert(pattern.to_owned(), Regex::new(pattern).ok());
        }
        known.get(pattern).and_then(Option::as_ref).is_some_and(|regex| regex.is_match(text))
    }
}

/// The first name in a table of which nothing is wanted.
pub(super) fn first_other<'t>(
    table: &'t Map<String, Value>,
    wanted: Option<&Map<String, Value>>,
    conditions: &BTreeMap<String, Condition>,
) -> Option<&'t str> {
    let known = |name: &str| wanted.is_some_and(|wanted| wanted.contains_key(name)) || conditions.contains_key(name);
    table.keys().map(String::as_str).find(|name| !known(name))
}
