//! `evals/NAME.toml`: golden cases, inline or in `.jsonl` or `.csv` beside it.

use super::{Case, Document, Fields, Item, Reading, Source, attached::Attached, case::Cases, case_file, text};
use crate::name::Name;

/// What a suite tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A prompt with its whole bundle.
    Prompt(Name),
    /// A tool's argument schema.
    Tool(Name),
    /// A policy's decisions.
    Policy(Name),
}

/// A suite as its author wrote it, case files included.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// What it tests.
    pub subject: Subject,
    /// Samples per case; at least 1.
    pub repeat: u32,
    /// The golden cases in file order, inline ones first.
    pub cases: Vec<Case>,
}

/// The most samples per case.
const MOST_SAMPLES: i64 = 1000;

impl Suite {
    /// Reads a suite with the files it names.
    ///
    /// # Errors
    ///
    /// Everything wrong in the suite, its case file and its schemas. Suites of tools and policies are refused
    /// as `not-yet`.
    pub fn parse(path: &str, source: &Source) -> Reading<Self> {
        Self::read(path, &source.main.bytes, &Attached::new(path, &source.attached))
    }

    pub(super) fn read(path: &str, bytes: &[u8], attached: &Attached<'_>) -> Reading<Self> {
        let text = text::decode(path, bytes)?;
        let document = Document::parse(path, text)?;
        let mut fields = document.fields();
        let suite = match subject(&mut fields) {
            Some(Subject::Tool(_) | Subject::Policy(_)) => None,
            subject => Self::read_fields(fields, subject, attached),
        };
        document.finish(suite)
    }

    fn read_fields(mut fields: Fields<'_>, subject: Option<Subject>, attached: &Attached<'_>) -> Option<Self> {
        let repeat = fields.integer_within("repeat", 1..=MOST_SAMPLES).unwrap_or(1);
        refuse_for_now(&mut fields, "data");
        let mut cases = Cases::default();
        for case in fields.tables("case") {
            cases.read(case, attached);
        }
        if let Some(item) = fields.item("cases") {
            case_file::read(&item, attached, &mut cases);
        }
        if !fields.has("case") && !fields.has("cases") || cases.is_empty() {
            let problem = fields.problem("no-cases", "the suite has no cases; it would prove nothing");
            fields.report(problem.next("add a `[[case]]`, or name a file: `cases = \"NAME.jsonl\"`"));
        }
        fields.finish();
        Some(Self { subject: subject?, repeat: u32::try_from(repeat).ok()?, cases: cases.into_read() })
    }
}

/// The one of `prompt`, `tool` and `policy` that the suite names; suites of the last two are refused here.
fn subject(fields: &mut Fields<'_>) -> Option<Subject> {
    let items: Vec<Item<'_>> = ["prompt", "tool", "policy"].iter().filter_map(|key| fields.item(key)).collect();
    let [item] = items.as_slice() else {
        if let Some(second) = items.get(1) {
            let message = "a suite tests one thing: `prompt`, `tool` or `policy`";
            second.report(second.problem_at_key("two-subjects", message));
        } else {
            let problem = fields.problem("missing-key", "the suite does not say what it tests");
            fields.report(problem.next("add `prompt = \"NAME\"`"));
        }
        return None;
    };
    let name = item.parsed("bad-name", Name::parse);
    if item.keys() == "prompt" {
        return name.map(Subject::Prompt);
    }
    item.report(item.problem_at_key("not-yet", format!("suites of a {} are not enforced yet", item.keys())));
    let name = name?;
    Some(if item.keys() == "tool" { Subject::Tool(name) } else { Subject::Policy(name) })
}

/// Reports a key that a later version of chancery will know.
pub(super) fn refuse_for_now(fields: &mut Fields<'_>, key: &str) {
    if let Some(item) = fields.item(key) {
        item.report(item.problem_at_key("not-yet", format!("`{key}` is not enforced yet")));
    }
}
