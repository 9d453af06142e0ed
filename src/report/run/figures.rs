//! The charts of one suite, and the table that says the same in figures.

use super::{
    Latency, Measure, RunSheet, SuiteSheet,
    charts::{Amount, Caption, Share, amounts, shares},
    page::table,
    sheet::{interval, percent, usd},
};
use crate::report::markup::Markup;

/// The most earlier versions that are shown: the newest.
const EARLIER: usize = 12;

/// Every version the suite was run on, the oldest first and the one under test last, drawn and in figures.
pub(super) fn figures(page: &mut Markup, id: &str, sheet: &RunSheet<'_>, suite: &SuiteSheet<'_>) {
    let (left_out, versions) = versions(sheet, suite);
    if left_out > 0 {
        page.line("p", &[], &format!("{left_out} earlier runs are not shown."));
    }
    let drawn = Drawn { id, versions: &versions, suite };
    drawn.rates(page);
    drawn.tokens(page);
    drawn.cost(page);
    drawn.latency(page);
    figures_again(page, suite, &versions);
    if versions.iter().any(|version| version.evidence.is_some()) {
        let told = "Earlier figures are as attested: cases in quarantine count there. Tokens and money are those of a \
                    sample on average; money is at list price, and known where the model's price is at hand.";
        page.line("p", &[("class", "note")], told);
    }
}

/// The versions that are shown, and how many are not.
fn versions<'a>(sheet: &'a RunSheet<'_>, suite: &'a SuiteSheet<'_>) -> (usize, Vec<&'a Measure>) {
    let left_out = suite.earlier.len().saturating_sub(EARLIER);
    let beside = sheet
        .suites
        .iter()
        .filter(|other| other.side != "tested" && other.suite == suite.suite && other.prompt == suite.prompt);
    let other = suite.against.as_ref().and_then(|against| against.measure.as_ref());
    let versions = suite.earlier.iter().skip(left_out).chain(beside.map(|live| live.measure)).chain(other);
    (left_out, versions.chain([suite.measure]).collect())
}

/// What a version is called, with the first digits of its bundle.
fn name(version: &Measure) -> String {
    let day = version.time.map(|time| time.to_string().chars().take(10).collect::<String>());
    format!("{} {}", day.as_deref().unwrap_or(&version.label), version.bundle.short())
}

struct Drawn<'a> {
    id: &'a str,
    versions: &'a [&'a Measure],
    suite: &'a SuiteSheet<'a>,
}

impl Drawn<'_> {
    fn chart(&self, page: &mut Markup, kind: &str, title: &str, draw: impl FnOnce(&mut Markup, Caption<'_>)) {
        let id = format!("{}-{kind}", self.id);
        draw(page, Caption { id: &id, title });
    }

    fn rates(&self, page: &mut Markup) {
        let row = |version: &&Measure| {
            let comparable = version.suite == self.suite.version;
            let rate = version.rate().map_or_else(|| "nothing counts".to_owned(), percent);
            let cases = format!("{rate} ({}/{})", version.passed, version.cases);
            let words = if comparable { cases } else { format!("{cases} *") };
            let (part, interval) = (version.rate(), version.interval());
            Share { name: name(version), part, interval, words, comparable }
        };
        let rows: Vec<Share> = self.versions.iter().map(row).collect();
        let title = "Cases that pass, with the 95 % Wilson interval";
        self.chart(page, "rate", title, |page, caption| shares(page, caption, &rows));
        if rows.iter().any(|row| !row.comparable) {
            page.line("p", &[("class", "note")], "* hollow: another version of the suite, with other cases.");
        }
    }

    fn tokens(&self, page: &mut Markup) {
        let row = |version: &&Measure| Amount {
            name: name(version),
            parts: version.tokens,
            words: version.tokens.map_or_else(unknown, |(sent, got)| format!("{sent:.0} + {got:.0}")),
        };
        let rows: Vec<Amount> = self.versions.iter().map(row).collect();
        let title = "Tokens of a sample on average: sent (plain) and received (hatched)";
        self.amounts(page, "tokens", title, &rows, |tokens| format!("{tokens:.0}"));
    }

    fn cost(&self, page: &mut Markup) {
        let row = |version: &&Measure| Amount {
            name: name(version),
            parts: version.usd().map(|usd| (usd, 0.0)),
            words: version.usd().map_or_else(unknown, usd),
        };
        let rows: Vec<Amount> = self.versions.iter().map(row).collect();
        self.amounts(page, "cost", "What a sample costs on average, at list price", &rows, usd);
    }

    fn latency(&self, page: &mut Markup) {
        #[expect(clippy::cast_precision_loss, reason = "a call takes far less than 2^52 milliseconds")]
        let parts = |took: Latency| (took.median as f64, (took.slow - took.median) as f64);
        let row = |version: &&Measure| Amount {
            name: name(version),
            parts: version.latency.map(parts),
            words: version.latency.map_or_else(unknown, |took| format!("{} – {} ms", took.median, took.slow)),
        };
        let rows: Vec<Amount> = self.versions.iter().map(row).collect();
        let title = "Time to a reply: the median (plain) and up to which 95 % came (hatched)";
        self.amounts(page, "latency", title, &rows, |took| format!("{took:.0} ms"));
    }

    /// A chart of what is known of some version; nothing where it is known of none.
    fn amounts(&self, page: &mut Markup, kind: &str, title: &str, rows: &[Amount], scaled: impl Fn(f64) -> String) {
        if rows.iter().any(|row| row.parts.is_some()) {
            self.chart(page, kind, title, |page, caption| amounts(page, caption, rows, scaled));
        }
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// The same figures for those who read rather than look.
fn figures_again(page: &mut Markup, suite: &SuiteSheet<'_>, versions: &[&Measure]) {
    let heads = [
        "version",
        "bundle",
        "suite",
        "evidence",
        "passed",
        "rate",
        "95 % interval",
        "tokens sent + received",
        "USD a sample",
        "median latency",
        "95 % latency",
    ];
    table(page, "Versions this suite was run on, the newest last", &heads, |page| {
        for version in versions {
            row(page, suite, version);
        }
    });
}

fn row(page: &mut Markup, suite: &SuiteSheet<'_>, version: &Measure) {
    let none = || "–".to_owned();
    let took = |took: Option<u64>| took.map_or_else(none, |took| format!("{took} ms"));
    page.block("tr", &[], |page| {
        page.element("th", &[("scope", "row")], |page| {
            page.text(&version.label);
            if let Some(time) = version.time {
                page.text(&format!(", {time}"));
            }
        });
        page.element("td", &[], |page| page.leaf("code", &[], &version.bundle.short()));
        let same = version.suite == suite.version;
        page.leaf("td", &[], &if same { "the same".to_owned() } else { version.suite.short() });
        page.element("td", &[], |page| match version.evidence {
            Some(evidence) => page.leaf("code", &[], &evidence.short()),
            None => page.text("–"),
        });
        let cells = [
            format!("{}/{}", version.passed, version.cases),
            version.rate().map_or_else(none, percent),
            interval(version.interval()),
            version.tokens.map_or_else(none, |(sent, got)| format!("{sent:.0} + {got:.0}")),
            version.usd().map_or_else(none, |usd| format!("{usd:.6}")),
            took(version.latency.map(|latency| latency.median)),
            took(version.latency.map(|latency| latency.slow)),
        ];
        for cell in cells {
            page.leaf("td", &[("class", "number")], &cell);
        }
    });
}
