//! A run as one sheet: plain data, ready for a page or for lines.

use super::Measure;
use crate::{
    clock::Time,
    eval::{Outcome, SuiteRun, TagTally},
    name::Name,
    object::{BundleId, EventId, VersionId},
};

/// Everything that is told of one `eval`.
#[derive(Debug)]
pub struct RunSheet<'a> {
    /// How all of it came out.
    pub verdict: Outcome,
    /// When it was run.
    pub time: Time,
    /// One entry a suite and bundle.
    pub suites: Vec<SuiteSheet<'a>>,
}

/// One suite run against one bundle.
#[derive(Debug)]
pub struct SuiteSheet<'a> {
    /// What reports call it: the suite's name, marked where it is only compared with.
    pub name: String,
    /// The suite.
    pub suite: &'a Name,
    /// The suite's version.
    pub version: VersionId,
    /// The prompt.
    pub prompt: &'a Name,
    /// Its bundle.
    pub bundle: BundleId,
    /// `tested`, or `live` where it is only compared with.
    pub side: &'static str,
    /// How it came out.
    pub verdict: Outcome,
    /// Every case and sample.
    pub run: &'a SuiteRun,
    /// The share of each tag that has a case which counts, sorted.
    pub tags: Vec<TagLine<'a>>,
    /// Beside another version, where it was compared.
    pub against: Option<AgainstLine>,
    /// The event that announced the run.
    pub announced: Option<EventId>,
    /// The event that attests it.
    pub evidence: Option<EventId>,
    /// How many secrets were masked in replies.
    pub secrets: usize,
    /// Models that replies say they came from although another was asked.
    pub other_models: &'a [String],
    /// What it cost, in USD, with what it was compared with.
    pub cost_usd: f64,
    /// What was measured, to be put beside other versions.
    pub measure: &'a Measure,
    /// The same of other versions that the same suite was run on, the oldest first; empty where nobody asked.
    pub earlier: Vec<Measure>,
}

/// The cases with one tag.
#[derive(Debug, Clone)]
pub struct TagLine<'a> {
    /// How many, and how many passed.
    pub tally: &'a TagTally,
    /// What may be said of them beside another version.
    pub against: Option<String>,
}

/// A run beside the run of another bundle.
#[derive(Debug, Clone)]
pub struct AgainstLine {
    /// What it was compared with, as it was typed.
    pub revision: String,
    /// `better`, `no worse within margin`, `worse`, `inconclusive: N more cases needed` or `first`.
    pub verdict: String,
    /// What that rests on, in one sentence; absent where there was nothing to compare with.
    pub grounds: Option<String>,
    /// Cases that came out otherwise, in the order of the suite.
    pub flips: Vec<FlipLine>,
    /// What was measured of the other bundle, where it is another one.
    pub measure: Option<Measure>,
}

/// A case that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlipLine {
    /// Its id.
    pub case: String,
    /// How it comes out on the other side.
    pub before: Outcome,
    /// How it comes out on this one.
    pub after: Outcome,
}

impl RunSheet<'_> {
    /// The one sentence to read: how it came out, and how many cases passed where something counts.
    pub(super) fn title(&self) -> String {
        let word = match self.verdict {
            Outcome::Passed => "Passed",
            Outcome::Failed => "Failed",
            Outcome::Errored => "Errored",
        };
        let tested = self.suites.iter().filter(|suite| suite.side == "tested");
        let (passed, cases) = tested.fold((0, 0), |(passed, cases), suite| {
            let counts = suite.run.counts();
            (passed + counts.passed, cases + counts.counting())
        });
        match self.verdict {
            Outcome::Errored => {
                format!("{word}: {passed} of {cases} golden cases pass, and not every case got a reply")
            }
            _ => format!("{word}: {passed} of {cases} golden cases pass"),
        }
    }

    /// How many cases did not pass and count, of all suites.
    pub(super) fn failing(&self) -> usize {
        self.suites.iter().map(|suite| crate::report::reasons::failing(&suite.run.cases).len()).sum()
    }
}

impl SuiteSheet<'_> {
    /// `7/9`: the cases that passed, of those that count.
    pub(super) fn passed(&self) -> String {
        let counts = self.run.counts();
        format!("{}/{}", counts.passed, counts.counting())
    }

    /// The share of cases that passed.
    pub(super) fn rate(&self) -> String {
        self.run.pass_rate().map_or_else(|| "-".to_owned(), percent)
    }

    /// What does not count of it, in words; empty where all of it does.
    pub(super) fn besides(&self) -> String {
        let counts = self.run.counts();
        let parts = [(counts.quarantined, "in quarantine"), (counts.skipped, "not asked for")];
        let said = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        said.collect::<Vec<_>>().join(", ")
    }
}

/// The word for how something came out.
pub(super) fn came_out(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Errored => "errored",
    }
}

/// The word of a verdict.
pub(super) fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "pass",
        Outcome::Failed => "fail",
        Outcome::Errored => "errored",
    }
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// An interval of shares in percent.
pub fn interval((low, high): (f64, f64)) -> String {
    format!("{:.1}–{}", low * 100.0, percent(high))
}

/// An amount of money: to the cent from one dollar on, else to four places, or to the second digit that is none.
pub(super) fn usd(amount: f64) -> String {
    match amount {
        amount if amount >= 1.0 => format!("{amount:.2} USD"),
        amount if amount >= 0.001 => format!("{amount:.4} USD"),
        amount if amount > 0.0 => {
            let places = (2..=12).find(|places| amount * 10_f64.powi(*places) >= 10.0).unwrap_or(12);
            format!("{amount:.*} USD", usize::try_from(places).unwrap_or_default())
        }
        _ => "0 USD".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::usd;

    #[test]
    fn money_is_told_as_exactly_as_it_matters() {
        let told = [0.0, 12.345, 0.0141, 0.0003, 0.000_15, 0.000_000_31].map(usd);
        assert_eq!(told, ["0 USD", "12.35 USD", "0.0141 USD", "0.00030 USD", "0.00015 USD", "0.00000031 USD"]);
    }
}
