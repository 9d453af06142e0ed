//! What a filter leaves of what was planned.

use super::{Request, plan::Job};
use crate::{eval::Ask, ops::Failure, problem::did_you_mean};

/// Leaves out what the filter leaves nothing of.
pub(super) fn filtered(jobs: &mut Vec<Job>, request: &Request<'_>) -> Result<(), Failure> {
    let Some(word) = &request.filter else { return Ok(()) };
    let known: Vec<String> = jobs
        .iter()
        .flat_map(|job| &job.tests.cases)
        .flat_map(|case| case.tags.iter().chain([&case.id]).cloned())
        .collect();
    jobs.retain(|job| job.asks.iter().any(|ask| *ask != Ask::Skip));
    if jobs.is_empty() {
        let failure = Failure::cannot("no-such-case", format!("no case has the tag or id `{}`", word.escape_debug()));
        return Err(match did_you_mean(word, known.iter().map(String::as_str)) {
            Some(advice) => failure.say(advice),
            None => failure,
        });
    }
    Ok(())
}
