//! A golden case that is known to be flaky, and for how long that is borne.

use serde::{Deserialize, Serialize};

use super::Item;

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// `quarantine = { reason = "…", until = 2026-12-01 }`: the case is run and shown, and a failure of it does not count.
///
/// It ends by itself. Whether it has ended is for whoever knows what time it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quarantine {
    /// Why.
    pub reason: String,
    /// The last day on which it holds, as `2026-12-01`.
    pub until: String,
}

impl Quarantine {
    /// Reads the table; both keys are needed.
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        let mut table = item.table()?;
        let reason = table.required("reason").and_then(|item| reason(&item));
        let until = table.required("until").and_then(|item| day(&item));
        table.finish();
        Some(Self { reason: reason?, until: until? })
    }
}

fn reason(item: &Item<'_>) -> Option<String> {
    let reason = item.filled_string()?;
    let reason = reason.trim();
    if reason.is_empty() {
        item.refuse("empty-value", "a quarantine without a reason hides a case");
        return None;
    }
    if reason.chars().count() > LONGEST_REASON {
        item.refuse("too-long", format!("the reason is longer than {LONGEST_REASON} characters"));
        return None;
    }
    Some(reason.to_owned())
}

/// A day, without an hour; text in JSON, which knows no dates.
fn day(item: &Item<'_>) -> Option<String> {
    let (day, known) = match item.as_str() {
        Some(text) => {
            (text.to_owned(), text.parse::<toml::value::Datetime>().is_ok_and(|read| read.to_string() == text))
        }
        None => (item.date()?, true),
    };
    if known && day.len() == "2026-12-01".len() && day.starts_with(|c: char| c.is_ascii_digit()) && day.contains('-') {
        return Some(day);
    }
    let problem = item.problem("bad-date", format!("`{}` must be a day", item.keys()));
    item.report(problem.next("write it as `2026-12-01`"));
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Source, SourceFile, Suite};

    fn read(quarantine: &str) -> Result<Option<Quarantine>, Vec<String>> {
        let text = format!("prompt = \"p\"\n[[case]]\nid = \"a\"\n{quarantine}\nexpect = [{{ json = true }}]\n");
        let suite = Suite::parse("evals/p.toml", &Source::single("p.toml", text.into_bytes()));
        let codes = |problems: Vec<crate::problem::Problem>| problems.into_iter().map(|problem| problem.code).collect();
        suite.map(|(suite, _)| suite.cases[0].quarantine.clone()).map_err(codes)
    }

    #[test]
    fn a_quarantine_needs_a_reason_and_a_day_on_which_it_ends() {
        let whole = Quarantine { reason: "answers in Norse".to_owned(), until: "2026-12-01".to_owned() };
        assert_eq!(read(""), Ok(None));
        for until in ["2026-12-01", "\"2026-12-01\""] {
            let text = format!("quarantine = {{ reason = \" answers in Norse\", until = {until} }}");
            assert_eq!(read(&text), Ok(Some(whole.clone())));
        }
        let long = "x".repeat(501);
        for (text, code) in [
            ("{ until = 2026-12-01 }", "missing-key"),
            ("{ reason = \"x\" }", "missing-key"),
            ("{ reason = \" \", until = 2026-12-01 }", "empty-value"),
            (&format!("{{ reason = \"{long}\", until = 2026-12-01 }}"), "too-long"),
            ("{ reason = \"x\", until = 2026-12-01T00:00:00Z }", "bad-date"),
            ("{ reason = \"x\", until = 12:00:00 }", "bad-date"),
            ("{ reason = \"x\", until = \"2026-13-01\" }", "bad-date"),
            ("{ reason = \"x\", until = \"soon\" }", "bad-date"),
            ("{ reason = \"x\", until = 2026-12-01, unitl = 1 }", "unknown-key"),
            ("true", "wrong-type"),
        ] {
            assert_eq!(read(&format!("quarantine = {text}")), Err(vec![code.to_owned()]), "{text}");
        }
    }

    #[test]
    fn a_line_of_json_says_it_with_text() {
        let line = r#"{"id":"a","expect":[{"json":true}],"quarantine":{"reason":"flaky","until":"2026-12-01"}}"#;
        let mut source = Source::single("p.toml", b"prompt = \"p\"\ncases = \"c.jsonl\"".to_vec());
        source.attached = vec![SourceFile { path: "c.jsonl".to_owned(), bytes: line.as_bytes().to_vec() }];
        let (suite, _) = Suite::parse("evals/p.toml", &source).unwrap();
        assert_eq!(suite.cases[0].quarantine.as_ref().unwrap().until, "2026-12-01");
    }
}
