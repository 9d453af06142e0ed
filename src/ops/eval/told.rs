//! A run as reports tell it, beside what the same suites measured before.

use super::{BundleOutcome, Comparison, Outcome, Side, Verdict, Word};
use crate::{
    eval::Outcome as CaseOutcome,
    object::EventId,
    ops::{Failure, World, standing::Standing},
    problem::counted,
    report::{AgainstLine, FlipLine, Measure, RunSheet, SuiteSheet, TagLine, percent},
    state::State,
};

impl Outcome {
    /// Everything reports tell of the run, without what was measured before.
    pub fn told<'a>(&'a self, world: &World) -> RunSheet<'a> {
        let suites = self.bundles.iter().map(suite).collect();
        RunSheet { verdict: self.verdict.into(), time: world.clock.now(), suites }
    }

    /// The same with what the same suites measured of earlier versions, as the ledger has it.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be read.
    pub fn told_with_earlier<'a>(&'a self, world: &World) -> Result<RunSheet<'a>, Failure> {
        let standing = Standing::read(world)?;
        let state = standing.state();
        let mut sheet = self.told(world);
        for (told, bundle) in sheet.suites.iter_mut().zip(&self.bundles) {
            if bundle.side == Side::Tested {
                told.earlier = earlier(&state, bundle)?;
            }
        }
        Ok(sheet)
    }
}

/// What was attested of the same suite and prompt, the oldest first; the run's own evidence is not earlier than it.
fn earlier(state: &State<'_>, bundle: &BundleOutcome) -> Result<Vec<Measure>, Failure> {
    let (suite, prompt) = (bundle.suite.folded(), bundle.prompt.folded());
    let other = bundle.against.as_ref().and_then(|comparison| comparison.measure.as_ref());
    let mut found: Vec<(EventId, Measure)> = Vec::new();
    for runs in state.all_runs()? {
        if runs.suite.folded() != suite || runs.prompt.folded() != prompt {
            continue;
        }
        // The price is known of bundles that are at hand.
        let at_hand = [Some(&bundle.measure), other].into_iter().flatten().find(|known| known.bundle == runs.bundle);
        let price = at_hand.and_then(|known| known.price);
        let measured = runs.runs.iter().filter(|run| run.evidence != bundle.evidence);
        found.extend(measured.filter_map(|run| Some((run.evidence?, Measure::of_evidence(&runs, run, price)?))));
    }
    Ok(state.in_order(found, |(evidence, _)| *evidence)?.into_iter().map(|(_, measure)| measure).collect())
}

fn suite(bundle: &BundleOutcome) -> SuiteSheet<'_> {
    let beside = bundle.against.as_ref();
    let said = |tag: &str| beside?.tags.iter().find(|said| said.tag == tag).map(|said| said.verdict.to_string());
    SuiteSheet {
        name: bundle.name(),
        suite: &bundle.suite,
        version: bundle.version,
        prompt: &bundle.prompt,
        bundle: bundle.bundle,
        side: match bundle.side {
            Side::Tested => "tested",
            Side::Live => "live",
        },
        verdict: bundle.verdict.into(),
        run: &bundle.run,
        tags: bundle
            .tags
            .iter()
            .filter(|tally| tally.cases > 0)
            .map(|tally| TagLine { tally, against: said(&tally.tag) })
            .collect(),
        against: beside.map(against),
        announced: bundle.announced,
        evidence: bundle.evidence,
        secrets: bundle.secrets,
        other_models: &bundle.other_models,
        cost_usd: bundle.cost_usd + beside.map_or(0.0, |comparison| comparison.cost_usd),
        measure: &bundle.measure,
        earlier: Vec::new(),
    }
}

fn against(comparison: &Comparison) -> AgainstLine {
    let flip = |flip: &super::Flip| FlipLine { case: flip.case.clone(), before: flip.before, after: flip.after };
    AgainstLine {
        revision: comparison.revision.clone(),
        verdict: comparison.verdict.to_string(),
        grounds: comparison.grounds(),
        flips: comparison.flips.iter().map(flip).collect(),
        measure: comparison.measure.clone(),
    }
}

impl Comparison {
    /// What the verdict rests on, in a sentence or two; `None` where there was nothing to compare with.
    pub fn grounds(&self) -> Option<String> {
        if self.verdict == Word::First {
            return None;
        }
        let Self { lost, gained, margin, confidence, .. } = self;
        let cases = counted(usize::try_from(self.cases).unwrap_or(usize::MAX), "case");
        let most = percent(self.difference_at_most.unwrap_or(1.0).max(0.0));
        let allowed = percent(*margin);
        let first = format!(
            "{lost} lost and {gained} gained of {cases}; up to {most} worse at confidence {confidence}, {allowed} allowed"
        );
        let Some(sampled) = &self.sequential else { return Some(first) };
        let further = match sampled.disagreeing {
            0 => "no case disagreed".to_owned(),
            1 => "further ones of 1 case that disagreed".to_owned(),
            cases => format!("further ones of {cases} cases that disagreed"),
        };
        let end = if sampled.out_of_budget { ", as far as the budget went" } else { "" };
        Some(format!("{first}\n{} samples; {further}{end}", sampled.samples))
    }
}

impl From<Verdict> for CaseOutcome {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Passed,
            Verdict::Fail => Self::Failed,
            Verdict::Errored => Self::Errored,
        }
    }
}
