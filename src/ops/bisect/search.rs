//! Halving: between a version that passes and one that fails, the first that fails.

use std::collections::BTreeSet;

/// What one version showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// The case passes with it.
    Passes,
    /// The case fails with it.
    Fails,
    /// It can say nothing.
    Unfit,
}

/// Two versions with nothing between them that could say more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ends {
    /// The later of two is not known to pass: this one passes.
    pub(super) good: usize,
    /// This one fails.
    pub(super) bad: usize,
}

/// Closes in on a change from passing to failing between `good`, which passes, and `bad`, which fails.
///
/// Where the case flipped more than once, one of its changes for the worse is found. All versions left between the two
/// ends were asked and are unfit, so where there are none `bad` is the one that broke it.
pub(super) fn search<E>(good: usize, bad: usize, mut ask: impl FnMut(usize) -> Result<Seen, E>) -> Result<Ends, E> {
    let mut ends = Ends { good, bad };
    let mut unfit = BTreeSet::new();
    while let Some(next) = middle(&ends, &unfit) {
        match ask(next)? {
            Seen::Passes => ends.good = next,
            Seen::Fails => ends.bad = next,
            Seen::Unfit => drop(unfit.insert(next)),
        }
    }
    Ok(ends)
}

/// The version nearest to the middle that nobody asked yet.
fn middle(ends: &Ends, unfit: &BTreeSet<usize>) -> Option<usize> {
    let middle = ends.good + ends.bad.saturating_sub(ends.good) / 2;
    let between = (ends.good + 1..ends.bad).filter(|at| !unfit.contains(at));
    between.min_by_key(|at| at.abs_diff(middle))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn found(versions: &[Seen]) -> (Ends, usize) {
        let mut asked = 0;
        let ends = search::<Infallible>(0, versions.len() - 1, |at| {
            asked += 1;
            Ok(versions[at])
        });
        (ends.unwrap(), asked)
    }

    proptest! {
        #[test]
        fn what_broke_once_is_found_in_about_as_many_steps_as_there_are_halvings(broke in 1..400_usize, after in 0..400_usize) {
            let mut versions = vec![Seen::Passes; broke];
            versions.resize(broke + after + 1, Seen::Fails);
            let (ends, asked) = found(&versions);
            prop_assert_eq!(ends, Ends { good: broke - 1, bad: broke });
            prop_assert!(asked <= versions.len().ilog2() as usize + 1, "{} of {}", asked, versions.len());
        }

        #[test]
        fn whatever_versions_show_the_ends_are_what_they_are_said_to_be(
            between in proptest::collection::vec(prop_oneof![Just(Seen::Passes), Just(Seen::Fails), Just(Seen::Unfit)], 0..60),
        ) {
            let versions: Vec<Seen> =
                std::iter::once(Seen::Passes).chain(between).chain([Seen::Fails]).collect();
            let (ends, asked) = found(&versions);
            prop_assert!(ends.good < ends.bad && asked <= versions.len() - 2);
            prop_assert_eq!((versions[ends.good], versions[ends.bad]), (Seen::Passes, Seen::Fails));
            prop_assert!(versions[ends.good + 1..ends.bad].iter().all(|seen| *seen == Seen::Unfit));
        }
    }
}
