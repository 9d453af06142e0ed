//! JUnit XML, as CI systems read it.

use std::fmt::Write as _;

use super::{markup::escaped, reasons::reasons};
use crate::eval::{CaseRun, Outcome, SuiteRun};

/// A run under the name it is reported by.
#[derive(Debug, Clone, Copy)]
pub struct NamedRun<'a> {
    /// The suite's name, or suite and bundle.
    pub name: &'a str,
    /// What it gave.
    pub run: &'a SuiteRun,
}

/// The whole report: one `testsuite` per run, one `testcase` per case, with reasons.
pub fn junit(runs: &[NamedRun<'_>]) -> String {
    let mut xml = Xml(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    let sum = |count: fn(&SuiteRun) -> u64| runs.iter().map(|named| count(named.run)).sum::<u64>();
    xml.open(
        0,
        "testsuites",
        &[
            ("tests", &sum(|run| run.counts().cases).to_string()),
            ("failures", &sum(|run| run.counts().failed).to_string()),
            ("errors", &sum(|run| run.counts().errored).to_string()),
            ("skipped", &sum(skipped).to_string()),
            ("time", &seconds(sum(|run| run.samples().map(|sample| sample.latency_ms).sum()))),
        ],
    );
    for named in runs {
        suite(&mut xml, named);
    }
    xml.close(0, "testsuites");
    xml.0
}

fn suite(xml: &mut Xml, named: &NamedRun<'_>) {
    let counts = named.run.counts();
    xml.open(
        1,
        "testsuite",
        &[
            ("name", named.name),
            ("tests", &counts.cases.to_string()),
            ("failures", &counts.failed.to_string()),
            ("errors", &counts.errored.to_string()),
            ("skipped", &skipped(named.run).to_string()),
            ("time", &seconds(named.run.samples().map(|sample| sample.latency_ms).sum())),
        ],
    );
    for run in &named.run.cases {
        case(xml, named.name, run);
    }
    xml.close(1, "testsuite");
}

fn case(xml: &mut Xml, suite: &str, run: &CaseRun) {
    let time = seconds(run.samples.iter().map(|sample| sample.latency_ms).sum());
    xml.open(2, "testcase", &[("classname", suite), ("name", &run.id), ("time", &time)]);
    match (run.outcome(), &run.quarantine) {
        (None, _) => xml.element(3, "skipped", &[], ""),
        // A build does not fail for it, and nobody overlooks that it does not.
        (Some(Outcome::Failed), Some(quarantine)) => {
            let message = format!("failed in quarantine until {}: {}", quarantine.until, quarantine.reason);
            xml.element(3, "skipped", &[("message", &message)], &lines(run));
        }
        (Some(Outcome::Passed), _) => {}
        (Some(Outcome::Failed), None) => {
            let message = match run.samples.len() {
                1 => "a check did not pass".to_owned(),
                total => format!("{} of {total} samples passed", run.passed()),
            };
            xml.element(3, "failure", &[("type", "failed"), ("message", &message)], &lines(run));
        }
        (Some(Outcome::Errored), _) => {
            let reason = run.samples.iter().find_map(|sample| sample.error.as_deref()).unwrap_or_default();
            xml.element(3, "error", &[("type", "errored"), ("message", reason)], &lines(run));
        }
    }
    xml.close(2, "testcase");
}

/// Cases that are shown as skipped: not asked for, or failed in quarantine.
fn skipped(run: &SuiteRun) -> u64 {
    let set_aside = |case: &&CaseRun| case.is_set_aside() && case.outcome() == Some(Outcome::Failed);
    run.counts().skipped + run.cases.iter().filter(set_aside).count() as u64
}

/// One line for each check that did not pass and each sample without a reply.
fn lines(run: &CaseRun) -> String {
    reasons(run)
        .fold(String::new(), |lines, reason| lines + &format!("sample {}: {}\n", reason.sample + 1, reason.text()))
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// XML text that is well-formed whatever is put in.
struct Xml(String);

impl Xml {
    fn open(&mut self, depth: usize, name: &str, attributes: &[(&str, &str)]) {
        self.start(depth, name, attributes);
        self.0.push_str(">\n");
    }

    fn close(&mut self, depth: usize, name: &str) {
        let _ = writeln!(self.0, "{}</{name}>", "  ".repeat(depth));
    }

    fn element(&mut self, depth: usize, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.start(depth, name, attributes);
        if text.is_empty() {
            self.0.push_str("/>\n");
            return;
        }
        self.0.push('>');
        escaped(&mut self.0, text, false);
        let _ = writeln!(self.0, "</{name}>");
    }

    fn start(&mut self, depth: usize, name: &str, attributes: &[(&str, &str)]) {
        let _ = write!(self.0, "{}<{name}", "  ".repeat(depth));
        for (key, value) in attributes {
            let _ = write!(self.0, " {key}=\"");
            escaped(&mut self.0, value, true);
            self.0.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::eval::{CheckResult, Sample, Tokens};

    fn sample(outcome: Outcome, reason: &str) -> Sample {
        let error = (outcome == Outcome::Errored).then(|| reason.to_owned());
        let check = CheckResult { check: "contains = \"<&>\"".to_owned(), passed: false, reason: reason.to_owned() };
        Sample {
            sample: 0,
            outcome,
            error,
            reply: None,
            reply_digest: None,
            source: None,
            checks: if outcome == Outcome::Failed { vec![check] } else { Vec::new() },
            tokens: Tokens::default(),
            latency_ms: 1234,
            timed_ms: None,
            cost_usd: 0.0,
            secrets: Vec::new(),
            votes: Vec::new(),
        }
    }

    fn report() -> String {
        let case = |id: &str, samples: Vec<Sample>| CaseRun { id: id.to_owned(), samples, quarantine: None };
        let run = SuiteRun {
            cases: vec![
                case("fine", vec![sample(Outcome::Passed, "")]),
                case("a \"b\" <c> & 'd'", vec![sample(Outcome::Failed, "it says ]]> & \u{1b}[31m\u{0}\u{ffff}\nno")]),
                case("late", vec![sample(Outcome::Errored, "line 1\nline 2")]),
                case("not asked", Vec::new()),
            ],
        };
        junit(&[NamedRun { name: "refunds", run: &run }])
    }

    #[test]
    fn a_report_counts_names_and_explains() {
        let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" errors="1" skipped="1" time="3.702">
  <testsuite name="refunds" tests="4" failures="1" errors="1" skipped="1" time="3.702">
    <testcase classname="refunds" name="fine" time="1.234">
    </testcase>
    <testcase classname="refunds" name="a &quot;b&quot; &lt;c&gt; &amp; 'd'" time="1.234">
      <failure type="failed" message="a check did not pass">sample 1: contains = &quot;&lt;&amp;&gt;&quot;: it says ]]&gt; &amp; &lt;U+001B&gt;[31m&lt;U+0000&gt;&lt;U+FFFF&gt;
no
</failure>
    </testcase>
    <testcase classname="refunds" name="late" time="1.234">
      <error type="errored" message="line 1&#10;line 2">sample 1: line 1
line 2
</error>
    </testcase>
    <testcase classname="refunds" name="not asked" time="0.000">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(report(), expected);
    }

    #[test]
    fn a_failure_in_quarantine_does_not_fail_the_build_and_is_not_overlooked() {
        let quarantine = crate::artifact::Quarantine { reason: "moody".to_owned(), until: "2026-12-01".to_owned() };
        let case = |id: &str, outcome| CaseRun {
            id: id.to_owned(),
            samples: vec![sample(outcome, "no")],
            quarantine: Some(quarantine.clone()),
        };
        let run = SuiteRun { cases: vec![case("a", Outcome::Failed), case("b", Outcome::Passed)] };
        let report = junit(&[NamedRun { name: "refunds", run: &run }]);
        assert!(report.contains("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\""), "{report}");
        assert!(report.contains("<skipped message=\"failed in quarantine until 2026-12-01: moody\">"), "{report}");
    }

    #[test]
    fn a_strict_reader_accepts_whatever_stands_in_a_report() {
        use std::io::Write as _;
        let script = "import sys, xml.etree.ElementTree as E; print(len(E.fromstring(sys.stdin.buffer.read())[0]))";
        let started = Command::new("python3").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut python) = started else {
            println!("skipped: there is no python3 here to read the report with");
            return;
        };
        python.stdin.take().unwrap().write_all(report().as_bytes()).unwrap();
        let output = python.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "4");
    }
}
