//! Regular expressions, each compiled once however many cases hold it.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use regex::Regex;

/// How many are kept; with one more all of them are compiled anew when they are met again.
const MOST: usize = 64;

/// The ones met lately. Compiling takes longer than most searches, and the cases of a suite have many in common; nothing
/// but time depends on what is kept.
static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Regex>>>> = LazyLock::new(Mutex::default);

/// The regular expression of this pattern; shared, because a copy would begin with nothing of what searches learn.
///
/// # Errors
///
/// What [`Regex::new`] says of a pattern that is none.
pub fn compiled(pattern: &str) -> Result<Arc<Regex>, regex::Error> {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known().get(pattern) {
        return Ok(Arc::clone(regex));
    }
    let regex = Arc::new(Regex::new(pattern)?);
    let mut known = known();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(pattern.to_owned(), Arc::clone(&regex));
    Ok(regex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_the_same_however_often_it_is_met_and_however_many_others_are() {
        for round in 0..3 {
            for number in 0..2 * MOST {
                let regex = compiled(&format!("^a{{{number}}}$")).unwrap();
                assert!(regex.is_match(&"a".repeat(number)), "{round} {number}");
                assert!(!regex.is_match(&"a".repeat(number + 1)), "{round} {number}");
            }
            assert!(compiled("(").is_err());
        }
    }
}
