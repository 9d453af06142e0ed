//! A run beside the run of another bundle: what flipped, and what may be said of it.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{
    Flipped,
    against::Other,
    rounds::{Sampled, Seen},
};
use crate::{
    artifact::Case,
    eval::{CaseRun, Compared, Outcome as CaseOutcome, Paired, Standing, SuiteRun, leans, standings, tagged},
    object::BundleId,
    report::Measure,
};

/// Which way a change goes, taking every case by its word.
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

/// What may be said of the change: words that people and programs read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// There was nothing before.
    First,
    /// This.
    Said(Standing),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Said(standing) => standing.fmt(f),
        }
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
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

/// What may be said of the cases with one tag, where no word of any tag may be false more often than the confidence allows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TagComparison {
    /// The tag.
    pub tag: String,
    /// Cases with it that are compared.
    pub cases: u64,
    /// `better`, `no worse within margin`, `worse` or `inconclusive: N more cases needed`.
    pub verdict: Word,
    /// The largest difference that is not ruled out.
    pub difference_at_most: f64,
    /// How many more cases would show it, were none of them lost or gained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_cases: Option<u64>,
}

/// A run beside the run of another bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// What it was compared with, as it was typed.
    pub revision: String,
    /// The other bundle; absent where there is none.
    pub bundle: Option<BundleId>,
    /// `better`, `no worse within margin`, `worse`, `inconclusive: N more cases needed`, or `first`.
    pub verdict: Word,
    /// Which way the change goes, taking every case by its word.
    pub trend: Trend,
    /// By how much less may pass, as a share of cases.
    pub margin: f64,
    /// How sure each word is.
    pub confidence: f64,
    /// Cases that are compared: those that both were run on, and that count.
    pub cases: u64,
    /// Cases that pass there and not here.
    pub lost: u64,
    /// Cases that pass here and not there.
    pub gained: u64,
    /// The largest difference (there less here, as a share of cases) that is not ruled out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_at_most: Option<f64>,
    /// How many more cases would show it, were none of them lost or gained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_cases: Option<u64>,
    /// What the other side and further rounds cost, in USD.
    pub cost_usd: f64,
    /// What sampling in rounds came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential: Option<Sampled>,
    /// Cases that came out otherwise, in the order of the suite; of further rounds nothing.
    pub flips: Vec<Flip>,
    /// The same for each tag, sorted.
    pub tags: Vec<TagComparison>,
    /// What was answered in these cases on both sides, for whoever looks closer.
    #[serde(skip)]
    pub flipped: Vec<Flipped>,
    /// What reports tell of the other bundle, where it is another one.
    #[serde(skip)]
    pub measure: Option<Measure>,
}

impl Comparison {
    /// That there is nothing to compare with.
    pub(super) fn first(other: &Other) -> Self {
        let (margin, confidence) = other.terms;
        Self {
            revision: other.revision.clone(),
            bundle: None,
            verdict: Word::First,
            trend: Trend::First,
            margin,
            confidence,
            cases: 0,
            lost: 0,
            gained: 0,
            difference_at_most: None,
            more_cases: None,
            cost_usd: 0.0,
            sequential: None,
            flips: Vec::new(),
            tags: Vec::new(),
            flipped: Vec::new(),
            measure: None,
        }
    }

    /// Compares case by case; cases that one side did not run are left out, and those in quarantine.
    pub(super) fn of(other: &Other, cases: &[Case], before: &SuiteRun, after: &SuiteRun) -> Self {
        let flips: Vec<Flip> = before.cases.iter().zip(&after.cases).filter_map(flip).collect();
        let pairs: Vec<Option<(CaseOutcome, CaseOutcome)>> =
            before.cases.iter().zip(&after.cases).map(outcomes).collect();
        let paired = Paired::of(pairs.iter().copied().flatten());
        let flipped = before.cases.iter().zip(&after.cases).filter(|pair| flip(*pair).is_some());
        let flipped = flipped.map(|(before, after)| Flipped::of(before, after)).collect();
        let mut compared = Self { trend: trend(&flips), flips, flipped, ..Self::first(other) };
        compared.bundle = other.side.as_ref().map(|side| side.bundle);
        (compared.cases, compared.lost, compared.gained) = (paired.cases, paired.lost, paired.gained);
        if other.side.as_ref().is_some_and(|side| side.same) {
            // A bundle is never worse than itself, however few the cases.
            compared.verdict = Word::Said(Standing::NoWorse);
            compared.difference_at_most = Some(0.0);
            return compared;
        }
        let tags = tagged(cases, &pairs).into_iter().map(|(tag, pairs)| {
            let paired = Paired::of(pairs.into_iter().copied().flatten());
            (tag, paired.cases, paired)
        });
        compared.judge(&paired, tags);
        compared.cost_usd = before.cost_usd();
        compared
    }

    /// The same with further rounds of the cases that disagree.
    pub(super) fn with_rounds(mut self, cases: &[Case], seen: &Seen, repeat: u32) -> Self {
        let mut pairs: Vec<Option<&crate::eval::Pair>> = vec![None; cases.len()];
        for (place, pair) in seen.places.iter().zip(&seen.pairs) {
            if let Some(at) = pairs.get_mut(*place) {
                *at = Some(pair);
            }
        }
        let tags = tagged(cases, &pairs).into_iter().map(|(tag, pairs)| {
            let pairs: Vec<crate::eval::Pair> = pairs.into_iter().flatten().map(|pair| (*pair).clone()).collect();
            (tag, pairs.len() as u64, leans(&pairs, repeat))
        });
        self.judge(&leans(&seen.pairs, repeat), tags);
        self.sequential = Some(seen.sampled);
        self.cost_usd += seen.cost_usd;
        self
    }

    /// Puts down what may be said of all cases, and of those of each tag.
    fn judge<'a, C: Compared>(&mut self, all: &C, tags: impl Iterator<Item = (&'a str, u64, C)>) {
        let (margin, confidence) = (self.margin, self.confidence);
        let standing = all.standing(margin, confidence);
        self.verdict = Word::Said(standing);
        self.difference_at_most = Some(all.at_most_worse(confidence));
        self.more_cases = more(standing);
        let (names, parts): (Vec<(&str, u64)>, Vec<C>) = tags.map(|(tag, cases, part)| ((tag, cases), part)).unzip();
        let said = standings(&parts, margin, confidence);
        let tag = |((tag, cases), part): (&(&str, u64), &crate::eval::PartStanding)| TagComparison {
            tag: (*tag).to_owned(),
            cases: *cases,
            verdict: Word::Said(part.standing),
            difference_at_most: part.at_most_worse,
            more_cases: more(part.standing),
        };
        self.tags = names.iter().zip(&said).map(tag).collect();
    }
}

fn more(standing: Standing) -> Option<u64> {
    match standing {
        Standing::Inconclusive { more } => more,
        _ => None,
    }
}

/// How a case came out on both sides; nothing where it is not compared.
fn outcomes((before, after): (&CaseRun, &CaseRun)) -> Option<(CaseOutcome, CaseOutcome)> {
    if after.quarantine.is_some() {
        return None;
    }
    Some((before.outcome()?, after.outcome()?))
}

fn flip((before, after): (&CaseRun, &CaseRun)) -> Option<Flip> {
    let (was, is) = outcomes((before, after))?;
    (was != is).then(|| Flip { case: after.id.clone(), before: was, after: is })
}

fn trend(flips: &[Flip]) -> Trend {
    if flips.iter().any(|flip| flip.before == CaseOutcome::Passed) {
        Trend::Worse
    } else if flips.iter().any(|flip| flip.after == CaseOutcome::Passed) {
        Trend::Better
    } else {
        Trend::Same
    }
}
