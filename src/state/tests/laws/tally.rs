//! What came of it when many things were tried.

use std::{collections::BTreeMap, sync::Mutex};

use super::ways::kinds;

/// How often each kind was tried, and allowed.
#[derive(Default)]
pub(super) struct Tally(Mutex<BTreeMap<&'static str, Count>>);

#[derive(Default)]
struct Count {
    tried: u64,
    allowed: u64,
    refused: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn count(&self, name: &'static str, refused: Option<&str>) {
        let mut counts = self.0.lock().unwrap();
        let count = counts.entry(name).or_default();
        count.tried += 1;
        count.allowed += u64::from(refused.is_none());
        if let Some(rule) = refused {
            *count.refused.entry(rule.to_owned()).or_default() += 1;
        }
    }

    /// At least three of ten were allowed.
    #[track_caller]
    pub(super) fn is_lively(&self) {
        let counts = self.0.lock().unwrap();
        let (tried, allowed) = counts.values().fold((0, 0), |sum, one| (sum.0 + one.tried, sum.1 + one.allowed));
        let each: Vec<String> =
            counts.iter().map(|(name, one)| format!("{name} {}/{}", one.allowed, one.tried)).collect();
        let each = each.join(", ");
        println!("{allowed} of {tried} were allowed: {each}");
        assert!(allowed * 10 >= tried * 3, "{allowed} of {tried} were allowed: {each}");
    }

    /// Every kind was allowed at least once.
    #[track_caller]
    pub(super) fn is_of_every_kind(&self) {
        let counts = self.0.lock().unwrap();
        for name in kinds() {
            let count = counts.get(name).unwrap_or_else(|| panic!("{name} was never tried"));
            assert!(count.allowed > 0, "{name} was never allowed: {:?}", count.refused);
        }
    }
}
