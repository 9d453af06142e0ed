//! A run counted in parts: by tag, and by how many samples of a case one asks to pass.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{CaseRun, Counts, Outcome, SuiteRun, pass_hat};
use crate::artifact::Case;

/// The cases with one tag.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TagTally {
    /// The tag.
    pub tag: String,
    /// Cases with it that were run and count.
    pub cases: u64,
    /// Those of them whose every sample passed.
    pub passed: u64,
    /// The share of them; absent without cases.
    pub pass_rate: Option<f64>,
    /// Its 95 % Wilson interval.
    pub interval: (f64, f64),
}

/// Counts the cases of a run by tag, sorted; a case counts once for each tag it has.
pub fn by_tag(cases: &[Case], run: &SuiteRun) -> Vec<TagTally> {
    let tally = |(tag, runs): (&str, Vec<&CaseRun>)| {
        let counts = Counts::of(runs);
        TagTally {
            tag: tag.to_owned(),
            cases: counts.counting(),
            passed: counts.passed,
            pass_rate: counts.pass_rate(),
            interval: counts.interval(),
        }
    };
    tagged(cases, &run.cases).into_iter().map(tally).collect()
}

/// What goes with each case, by the case's tags.
pub fn tagged<'a, T>(cases: &'a [Case], of: &'a [T]) -> BTreeMap<&'a str, Vec<&'a T>> {
    let mut by_tag: BTreeMap<&str, Vec<&T>> = BTreeMap::new();
    for (case, one) in cases.iter().zip(of) {
        for tag in &case.tags {
            by_tag.entry(tag).or_default().push(one);
        }
    }
    by_tag
}

/// pass^k: the chance that `k` samples of a case all pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PassHat {
    /// How many samples.
    pub k: u32,
    /// The chance.
    pub share: f64,
}

/// pass^k of a case for k = 1, 2, 4, 8 and so on, and for all its samples; nothing while one has no reply.
pub fn pass_hats(run: &CaseRun) -> Vec<PassHat> {
    if !matches!(run.outcome(), Some(Outcome::Passed | Outcome::Failed)) {
        return Vec::new();
    }
    let (passed, all) = (run.passed() as u64, run.samples.len() as u64);
    let mut asked: Vec<u64> = std::iter::successors(Some(1), |k| Some(k * 2)).take_while(|k| *k < all).collect();
    asked.push(all);
    asked
        .into_iter()
        .filter_map(|k| Some(PassHat { k: u32::try_from(k).ok()?, share: pass_hat(passed, all, k)? }))
        .collect()
}

/// pass^k over all cases that count: the mean of theirs, for every k that each of them has.
pub fn mean_pass_hats(run: &SuiteRun) -> Vec<PassHat> {
    let mut sums: BTreeMap<u32, (f64, u32)> = BTreeMap::new();
    let mut cases = 0;
    for case in run.cases.iter().filter(|case| !case.is_set_aside() && case.outcome().is_some()) {
        cases += 1;
        for one in pass_hats(case) {
            let (sum, count) = sums.entry(one.k).or_default();
            *sum += one.share;
            *count += 1;
        }
    }
    let whole = sums.into_iter().filter(|(_, (_, count))| *count == cases);
    whole.map(|(k, (sum, count))| PassHat { k, share: sum / f64::from(count) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        artifact::{Source, Suite},
        clock::Time,
        eval::{Reply, ReplySource, Sample, Tokens},
    };

    const SUITE: &str = r#"
prompt = "p"
[[case]]
id = "a"
tags = ["north", "all"]
expect = [{ json = true }]
[[case]]
id = "b"
tags = ["all"]
expect = [{ json = true }]
[[case]]
id = "c"
tags = ["south", "all"]
expect = [{ json = true }]
quarantine = { reason = "flaky", until = 2026-12-01 }
"#;

    fn run(outcomes: &[&[Outcome]], now: &str) -> (Suite, SuiteRun) {
        let (suite, _) = Suite::parse("evals/p.toml", &Source::single("p.toml", SUITE.into())).unwrap();
        let sample = |(sample, outcome): (usize, &Outcome)| Sample {
            sample: u32::try_from(sample).unwrap(),
            outcome: *outcome,
            error: None,
            reply: Some(Reply::text("x")),
            reply_digest: None,
            source: Some(ReplySource::Live),
            checks: Vec::new(),
            tokens: Tokens::default(),
            latency_ms: 0,
            timed_ms: None,
            cost_usd: 0.0,
            secrets: Vec::new(),
            votes: Vec::new(),
        };
        let case = |(case, outcomes): (&Case, &&[Outcome])| CaseRun {
            id: case.id.clone(),
            samples: outcomes.iter().enumerate().map(sample).collect(),
            quarantine: None,
        };
        let run = SuiteRun { cases: suite.cases.iter().zip(outcomes).map(case).collect() };
        let run = run.with_quarantines(&suite.cases, Time::parse(now).unwrap());
        (suite, run)
    }

    use Outcome::{Errored as E, Failed as F, Passed as P};

    #[test]
    fn a_case_counts_once_for_each_of_its_tags_and_not_while_it_is_in_quarantine() {
        let outcomes: [&[Outcome]; 3] = [&[P, P], &[P, F], &[F, F]];
        let told = |now: &str| -> Vec<(String, u64, u64)> {
            let (suite, run) = run(&outcomes, now);
            by_tag(&suite.cases, &run).into_iter().map(|tag| (tag.tag, tag.cases, tag.passed)).collect()
        };
        let told_as = |list: &[(&str, u64, u64)]| -> Vec<(String, u64, u64)> {
            list.iter().map(|(tag, cases, passed)| ((*tag).to_owned(), *cases, *passed)).collect()
        };
        assert_eq!(told("2026-12-01T23:00:00Z"), told_as(&[("all", 2, 1), ("north", 1, 1), ("south", 0, 0)]));
        assert_eq!(told("2026-12-02T00:00:00Z"), told_as(&[("all", 3, 1), ("north", 1, 1), ("south", 1, 0)]));
    }

    #[test]
    fn a_quarantined_case_neither_passes_nor_fails_and_all_of_them_prove_nothing() {
        let (_, passing) = run(&[&[P], &[P], &[F]], "2026-11-20");
        let counts = passing.counts();
        assert_eq!((counts.cases, counts.passed, counts.failed, counts.quarantined), (3, 2, 0, 1));
        assert_eq!((passing.all_passed(), passing.pass_rate()), (true, Some(1.0)));
        let (_, expired) = run(&[&[P], &[P], &[F]], "2026-12-02");
        assert_eq!((expired.all_passed(), expired.counts().failed), (false, 1));
        let (_, silent) = run(&[&[P], &[P], &[E]], "2026-11-20");
        assert_eq!((silent.all_passed(), silent.counts().errored), (false, 1), "no reply is no flaky answer");
        let (_, alone) = run(&[&[], &[], &[P]], "2026-11-20");
        assert_eq!((alone.all_passed(), alone.pass_rate(), alone.interval()), (false, None, (0.0, 1.0)));
    }

    #[test]
    fn pass_hat_is_told_for_doubling_numbers_of_samples_and_for_all() {
        let (_, run) = run(&[&[P, P, P, F, P, P], &[P; 6], &[F; 6]], "2026-11-20");
        let ks: Vec<u32> = pass_hats(&run.cases[0]).iter().map(|one| one.k).collect();
        assert_eq!(ks, [1, 2, 4, 6]);
        let shares: Vec<f64> = mean_pass_hats(&run).iter().map(|one| one.share).collect();
        // Of 6 samples 5 pass: 5/6, then 10 of 15 pairs, 5 of 15 fours, and never all; the other case always.
        for (share, wanted) in shares.iter().zip([11.0 / 12.0, 5.0 / 6.0, 2.0 / 3.0, 0.5]) {
            assert!((share - wanted).abs() < 1e-12, "{shares:?}");
        }
    }
}
