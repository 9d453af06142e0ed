//! Which suites guard which touched bundles.

use super::{BundleFacts, Facts, SuiteFacts};
use crate::{name::Name, object::BundleId, version::Rate};

/// One suite that guards one bundle as it would be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guard<'a> {
    pub(super) prompt: &'a Name,
    pub(super) before: Option<BundleId>,
    pub(super) after: BundleId,
    pub(super) suite: &'a SuiteFacts,
    pub(super) model: Option<&'a Name>,
    pub(super) rate: Option<Rate>,
}

/// The touched bundles that would be live, with the suites that guard them; sorted.
#[derive(Debug, Default)]
pub(super) struct Touched<'a> {
    /// Every pair of bundle and suite.
    pub(super) guards: Vec<Guard<'a>>,
    /// Prompts whose bundle no suite guards.
    pub(super) unguarded: Vec<&'a Name>,
}

impl<'a> Touched<'a> {
    /// Reads them out of the facts. A prompt that would be gone needs no guard.
    pub(super) fn of(facts: &'a Facts) -> Self {
        let mut bundles: Vec<&BundleFacts> = facts.bundles.iter().collect();
        bundles.sort_by_key(|bundle| (&bundle.prompt, bundle.before, bundle.after));
        let mut touched = Self::default();
        for bundle in bundles {
            let Some(after) = bundle.after else { continue };
            let mut suites: Vec<&SuiteFacts> = bundle.suites.iter().collect();
            suites.sort_by_key(|suite| (&suite.suite, suite.version));
            if suites.is_empty() {
                touched.unguarded.push(&bundle.prompt);
            }
            let (before, model, rate) = (bundle.before, bundle.model.as_ref(), bundle.rate);
            let guard = |suite| Guard { prompt: &bundle.prompt, before, after, suite, model, rate };
            touched.guards.extend(suites.into_iter().map(guard));
        }
        touched
    }

    /// Whether the proposal touches no bundle that would be live.
    pub(super) fn is_empty(&self) -> bool {
        self.guards.is_empty() && self.unguarded.is_empty()
    }
}
