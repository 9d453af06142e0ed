//! The other side of a comparison.

use super::plan;
use crate::{
    artifact::Suite,
    eval::{Ask, Filter, in_bundle},
    name::{Artifact, Kind, Name},
    object::BundleId,
    ops::{
        Failure,
        parts::{Whole, gather},
        render::unrendered,
        stage::Stage,
    },
};

/// What a bundle is compared with: the same suite on another bundle.
pub(super) struct Other {
    pub(super) revision: String,
    /// By how much less may pass, and how sure one must be.
    pub(super) terms: (f64, f64),
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
    (revision, terms): (&str, (f64, f64)),
    bundle: BundleId,
    tests: &Suite,
    filter: &Filter,
) -> Result<Other, Failure> {
    let artifact = Artifact::new(Kind::Prompt, prompt.clone());
    let revision = revision.to_owned();
    if stage.look(&artifact)?.is_none() {
        return Ok(Other { revision, terms, side: None });
    }
    let whole = gather(stage, prompt)?;
    if whole.model.is_none() {
        let message = format!("`{prompt}` names no model {}, so it cannot be compared with", stage.words());
        return Err(Failure::cannot("no-model", message));
    }
    let tests = in_bundle(tests.clone(), &whole.lent());
    let asks = plan::asks(&whole, &tests.cases, filter).map_err(|error| unrendered(prompt, error))?;
    let there = whole.bundle.id();
    Ok(Other { revision, terms, side: Some(OtherSide { bundle: there, same: there == bundle, whole, tests, asks }) })
}
