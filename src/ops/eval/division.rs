//! Judges that are not of one mind about a reply.

use serde::Serialize;

use crate::eval::{Sample, SuiteRun, Vote};

/// Votes on one rubric that do not agree about one reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Division {
    /// The case's id.
    pub case: String,
    /// Which sample, from 0.
    pub sample: u32,
    /// The judge, as the suite names it.
    pub by: String,
    /// What was asked.
    pub rubric: String,
    /// How many votes are for the reply.
    pub passed: usize,
    /// How many votes there are.
    pub votes: usize,
}

/// Every division of a run, in the order of the suite.
pub(super) fn divisions(run: &SuiteRun) -> Vec<Division> {
    let cases = run.cases.iter();
    cases.flat_map(|case| case.samples.iter().flat_map(move |sample| of_sample(&case.id, sample))).collect()
}

fn of_sample(case: &str, sample: &Sample) -> Vec<Division> {
    let same = |a: &Vote, b: &Vote| (&a.by, &a.rubric) == (&b.by, &b.rubric);
    let division = |votes: &[Vote]| {
        let first = votes.first()?;
        let passed = votes.iter().filter(|vote| vote.pass == Some(true)).count();
        (passed > 0 && passed < votes.len()).then(|| Division {
            case: case.to_owned(),
            sample: sample.sample,
            by: first.by.clone(),
            rubric: first.rubric.clone(),
            passed,
            votes: votes.len(),
        })
    };
    sample.votes.chunk_by(same).filter_map(division).collect()
}
