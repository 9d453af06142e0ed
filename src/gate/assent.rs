//! Whose approval or review counts.

use std::collections::{BTreeMap, BTreeSet};

use super::AssentFacts;
use crate::{
    name::{Handle, Role},
    problem::quoted,
};

/// Who may give an assent that counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The role a person must hold, then and now.
    pub(super) role: &'a Role,
    /// Whether authors count.
    pub(super) authors: bool,
    /// Whether programs count.
    pub(super) programs: bool,
}

/// Distinct people whose assent counts, and why the others' does not.
#[derive(Debug, Default)]
pub(super) struct Assents<'a> {
    /// Those who count.
    pub(super) people: BTreeSet<&'a Handle>,
    /// The authors among them.
    pub(super) authors: BTreeSet<&'a Handle>,
    refused: BTreeMap<&'a Handle, BTreeSet<String>>,
}

impl<'a> Assents<'a> {
    /// Sorts the assents into those that count and those that do not.
    pub(super) fn of(assents: &'a [AssentFacts], asked: Asked<'_>) -> Self {
        let mut found = Self::default();
        for assent in assents {
            if let Some(why) = refuse(assent, asked) {
                found.refused.entry(&assent.person).or_default().insert(why);
                continue;
            }
            found.people.insert(&assent.person);
            if assent.author {
                found.authors.insert(&assent.person);
            }
        }
        found.refused.retain(|person, _| !found.people.contains(person));
        found
    }

    /// How many people count.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap_or(u32::MAX)
    }

    /// Who counts, and who does not and why, as the end of a sentence.
    pub(super) fn describe(&self) -> String {
        let counted = if self.people.is_empty() { String::new() } else { format!(": {}", quoted(&self.people, ", ")) };
        let refused = self.refused.iter().map(|(person, whys)| {
            let whys: Vec<&str> = whys.iter().map(String::as_str).collect();
            format!("; `{person}` does not count: {}", whys.join(", "))
        });
        std::iter::once(counted).chain(refused).collect()
    }
}

/// Why an assent does not count; `None` when it does.
fn refuse(assent: &AssentFacts, asked: Asked<'_>) -> Option<String> {
    if !assent.roles_now.contains(asked.role) && assent.roles_then.contains(asked.role) {
        return Some(format!("is no longer `{}`", asked.role));
    }
    if let Err(code) = &assent.valid {
        return Some(match code.as_str() {
            "stale-dossier" => "was shown what is not proposed any more".to_owned(),
            "finding-since" => "a finding was opened since".to_owned(),
            "failing-evidence-since" => "failing evidence has come since".to_owned(),
            code => code.to_owned(),
        });
    }
    if assent.program && !asked.programs {
        return Some("is a program".to_owned());
    }
    if !assent.roles_then.contains(asked.role) {
        return Some(format!("was not `{}` then", asked.role));
    }
    (assent.author && !asked.authors).then(|| "is an author".to_owned())
}
