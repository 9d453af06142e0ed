//! The other side of a comparison.

use serde::Serialize;

use super::plan;
use crate::{
    artifact::Suite,
    eval::{Ask, CaseRun, Filter, Outcome as CaseOutcome, SuiteRun, in_bundle},
    name::{Artifact, Kind, Name},
    object::BundleId,
    ops::{
        Failure, Revision,
        parts::{Whole, gather},
        render::unrendered,
        stage::Stage,
    },
};

/// What a bundle is compared with: the same suite on another bundle.
pub(super) struct Other {
    pub(super) revision: String,
    pub(super) side: Option<OtherSide>,
}

/// The other bundle; the run of this side counts for both where they are the same.
pub(super) struct OtherSide {
    pub(super) bundle: BundleId,
    pub(super) same: bool,
    pub(super) whole: Whole,
    pub(super) tests: Suite,
    pub(super) asks: Vec<Ask>,
}

/// Prepares the other side.
pub(super) fn other(
    stage: &Stage<'_>,
    prompt: &Name,
    revision: &Revision,
    bundle: BundleId,
    tests: &Suite,
    filter: &Filter,
) -> Result<Other, Failure> {
    let artifact = Artifact::new(Kind::Prompt, prompt.clone());
    let revision = revision.to_string();
    if stage.look(&artifact)?.is_none() {
        return Ok(Other { revision, side: None });
    }
    let whole = gather(stage, prompt)?;
    if whole.model.is_none() {
        let message = format!("`{prompt}` names no model {}, so it cannot be compared with", stage.words());
        return Err(Failure::cannot("no-model", message));
    }
    let tests = in_bundle(tests.clone(), &whole.lent());
    let asks = plan::asks(&whole, &tests.cases, filter).map_err(|error| unrendered(prompt, error))?;
    let there = whole.bundle.id();
    Ok(Other { revision, side: Some(OtherSide { bundle: there, same: there == bundle, whole, tests, asks }) })
}

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Trend {
    /// There was nothing before.
    First,
    /// Some cases pass that did not, and none the other way round.
    Better,
    /// The same cases pass.
    Same,
    /// A case that passed does not pass any more.
    Worse,
}

/// A case that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// Its id.
    pub case: String,
    /// How it comes out on the other side.
    pub before: CaseOutcome,
    /// How it comes out on this one.
    pub after: CaseOutcome,
}

/// A run beside the run of another bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// What it was compared with, as it was typed.
    pub revision: String,
    /// The other bundle; absent where there is none.
    pub bundle: Option<BundleId>,
    /// Which way the change goes.
    pub verdict: Trend,
    /// Cases that came out otherwise, in the order of the suite.
    pub flips: Vec<Flip>,
}

impl Comparison {
    /// Compares case by case; cases that one side did not run are left out.
    pub(super) fn of(other: &Other, before: Option<&SuiteRun>, after: &SuiteRun) -> Self {
        let bundle = other.side.as_ref().map(|side| side.bundle);
        let revision = other.revision.clone();
        let Some(before) = before else {
            return Self { revision, bundle, verdict: Trend::First, flips: Vec::new() };
        };
        let flip = |(before, after): (&CaseRun, &CaseRun)| {
            let (was, is) = (before.outcome()?, after.outcome()?);
            (was != is).then(|| Flip { case: after.id.clone(), before: was, after: is })
        };
        let flips: Vec<Flip> = before.cases.iter().zip(&after.cases).filter_map(flip).collect();
        let verdict = if flips.iter().any(|flip| flip.before == CaseOutcome::Passed) {
            Trend::Worse
        } else if flips.iter().any(|flip| flip.after == CaseOutcome::Passed) {
            Trend::Better
        } else {
            Trend::Same
        };
        Self { revision, bundle, verdict, flips }
    }
}
