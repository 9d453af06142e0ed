//! By how much a change may pass less, and how sure one must be.

use super::{Request, Where};
use crate::{
    eval::Terms,
    gate::RegressionRule,
    governance::Governance,
    name::Environment,
    ops::{Failure, Revision},
};

/// What is asked of a comparison, besides with what.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Compare {
    /// By how much less may pass, as a share of cases; that of the environment's gate where absent.
    pub margin: Option<f64>,
    /// How sure each word must be; that of the environment's gate where absent.
    pub confidence: Option<f64>,
    /// Whether samples are taken one round after the other, until something can be said.
    pub sampling: Sampling,
}

/// How many samples a comparison takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sampling {
    /// The same number of every case.
    #[default]
    Fixed,
    /// Further ones only of cases on which both sides disagree, until something can be said.
    Sequential {
        /// The most, both sides together; twice what the first round takes where absent.
        most_samples: Option<u64>,
    },
}

/// Where neither the command nor a gate says otherwise.
const USUAL: (f64, f64) = (0.02, 0.95);

/// Margin and confidence: as asked, else as the gate says of the environment that is compared with or evaluated, else 2 %
/// at 95 %.
pub(super) fn terms(
    governance: &Governance,
    revision: &Revision,
    environment: Option<&Environment>,
    asked: &Compare,
) -> (f64, f64) {
    let named = match revision {
        Revision::Environment(name, _) => Some(name),
        _ => None,
    };
    let rule = |name: &Environment| match governance.environment(name)?.gate.regression? {
        RegressionRule::Margin { margin, confidence } => Some((margin, confidence)),
        RegressionRule::NoFlips => None,
    };
    let (margin, confidence) = named.and_then(rule).or_else(|| environment.and_then(rule)).unwrap_or(USUAL);
    (asked.margin.unwrap_or(margin), asked.confidence.unwrap_or(confidence))
}

/// The same for sampling in rounds of so many cases, and within which budget.
pub(super) fn sequential((margin, confidence): (f64, f64), repeat: u32, cases: usize, most: Option<u64>) -> Terms {
    let round = 2 * u64::from(repeat) * cases as u64;
    Terms { margin, confidence, repeat, most_samples: most.unwrap_or(2 * round) }
}

/// Refuses what does not go together, or could never say anything.
pub(super) fn check(request: &Request<'_>) -> Result<(), Failure> {
    let Compare { margin, confidence, sampling } = request.compare;
    for (what, share) in [("--margin", margin), ("--confidence", confidence)] {
        if share.is_some_and(|share| !(share > 0.0 && share < 1.0)) {
            let message = format!("`{what}` must be above 0 and below 1");
            return Err(Failure::usage(message).say("write a share: 0.02 is 2 %, 0.95 is 95 %"));
        }
    }
    let asks = margin.is_some() || confidence.is_some() || sampling != Sampling::Fixed;
    if asks && request.against.is_none() {
        return Err(Failure::usage("there is nothing to compare with")
            .say("name an environment or a revision: `--against production`"));
    }
    if request.drift && !matches!(request.place, Where::Environment(_)) {
        return Err(Failure::usage("only what is live can drift").say("name an environment: `--env production`"));
    }
    if request.attest && sampling != Sampling::Fixed {
        return Err(Failure::usage("a sequential run cannot be attested")
            .because(
                "evidence is announced with its number of samples before the first call, and a sequential run finds \
                 out on the way how many it takes",
            )
            .say("decide with `--sequential`, then attest with a fixed number: `--attest --repeat N`"));
    }
    Ok(())
}
