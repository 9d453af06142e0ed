//! The share of cases that pass may be a little lower than live, where that is shown.

use super::{Next, Paired, Standing, evidence::cases, guard::Guard, pool::Pool, verdict::Obstacle};
use crate::problem::counted;

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
    live: &Pool<'_>,
    after: &Pool<'_>,
    (margin, confidence): (f64, f64),
) -> Compared {
    let repeat = guard.suite.repeat;
    let cases = cases(guard);
    let (mut lost, mut gained) = (Vec::new(), 0);
    for case in &cases {
        match (live.passes(case, repeat), after.passes(case, repeat)) {
            (true, false) => lost.push((*case).to_owned()),
            (false, true) => gained += 1,
            _ => {}
        }
    }
    let paired = Paired { cases: cases.len() as u64, lost: lost.len() as u64, gained };
    let standing = paired.standing(margin, confidence);
    let most = paired.at_most_worse(confidence).max(0.0);
    let counts = format!("{} lost and {gained} gained of {}", lost.len(), counted(cases.len(), "case"));
    let (suite, prompt) = (&guard.suite.suite, guard.prompt);
    let bound = format!("up to {most:.4} worse at confidence {confidence}, {margin} allowed");
    let (code, word) = match standing {
        Standing::Better => (None, "better".to_owned()),
        Standing::NoWorse => (None, format!("no worse within margin: {bound}")),
        Standing::Worse => (Some("worse"), format!("worse: {bound}")),
        Standing::Inconclusive { more } => (Some("inconclusive"), format!("inconclusive: {}; {bound}", needed(more))),
    };
    let reason = format!("`{suite}` of `{prompt}` ({counts}) {word}");
    let next = match standing {
        Standing::Worse => Next::Mend { prompt: prompt.clone(), suite: suite.clone(), cases: lost },
        _ => Next::AddCases { prompt: prompt.clone(), suite: Some(suite.clone()) },
    };
    let obstacle = code.map(|code| Obstacle::new(code, reason.clone()).next(next));
    Compared { better: standing == Standing::Better, reason, obstacle }
}

fn needed(more: Option<u64>) -> String {
    match more {
        Some(1) => "1 more case needed".to_owned(),
        Some(more) => format!("{more} more cases needed"),
        None => "more cases needed than anybody could write".to_owned(),
    }
}
