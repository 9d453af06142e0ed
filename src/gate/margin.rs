//! The share of cases that pass may be a little lower than live, where that is shown.

use std::collections::BTreeSet;

pub use crate::eval::cases_to_show;

use super::{Next, guard::Guard, pool::Pool, verdict::Obstacle};
use crate::{
    eval::{Compared as _, Paired, Standing},
    problem::counted,
};

/// What one suite says of the change.
pub(super) struct Compared {
    /// Whether it passes more than what is live.
    pub(super) better: bool,
    /// What was found, in words.
    pub(super) reason: String,
    /// What keeps it from a yes.
    pub(super) obstacle: Option<Obstacle>,
}

/// Compares one suite's pooled runs. A case passes when every pooled sample did; one that was not run in full with the
/// change has not passed.
pub(super) fn compare(
    guard: &Guard<'_>,
    cases: &BTreeSet<&str>,
    (live, after): (&Pool<'_>, &Pool<'_>),
    (margin, confidence): (f64, f64),
) -> Compared {
    let repeat = guard.suite.repeat;
    let (mut lost, mut gained) = (Vec::new(), 0);
    for case in cases {
        match (live.passes(case, repeat), after.passes(case, repeat)) {
            (true, false) => lost.push((*case).to_owned()),
            (false, true) => gained += 1,
            _ => {}
        }
    }
    let paired = Paired { cases: cases.len() as u64, lost: lost.len() as u64, gained, unknown: 0 };
    let standing = paired.standing(margin, confidence);
    let most = paired.at_most_worse(confidence).max(0.0);
    let counts = format!("{} lost and {gained} gained of {}", lost.len(), counted(cases.len(), "case"));
    let (suite, prompt) = (&guard.suite.suite, guard.prompt);
    let bound = format!("up to {most:.4} worse at confidence {confidence}, {margin} allowed");
    let (code, word) = match standing {
        Standing::Better => (None, standing.to_string()),
        Standing::NoWorse => (None, format!("{standing}: {bound}")),
        Standing::Worse => (Some("worse"), format!("{standing}: {bound}")),
        Standing::Inconclusive { .. } => (Some("inconclusive"), format!("{standing}; {bound}")),
    };
    let reason = format!("`{suite}` of `{prompt}` ({counts}) {word}");
    let next = match standing {
        Standing::Worse => Next::Mend { prompt: prompt.clone(), suite: suite.clone(), cases: lost },
        _ => Next::AddCases { prompt: prompt.clone(), suite: Some(suite.clone()) },
    };
    let obstacle = code.map(|code| Obstacle::new(code, reason.clone()).next(next));
    Compared { better: standing == Standing::Better, reason, obstacle }
}
