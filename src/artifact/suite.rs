//! `evals/NAME.toml`: golden cases, inline or in `.jsonl` or `.csv` beside it.

use super::{
    Case, Check, Document, Expectation, Fields, Item, Judge, Program, Reading, Source, attached::Attached, case::Cases,
    case_file, expectation, text,
};
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
    /// Whether it says `data = "public"`: its cases hold no data about people.
    pub public: bool,
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
        let public = fields.one_of("data", &[("public", ())]).is_some();
        let judges = expectation::judges(&mut fields);
        let mut cases = Cases::of(judges);
        for case in fields.tables("case") {
            cases.read(case, attached);
        }
        if let Some(item) = fields.item("cases") {
            case_file::read(&item, attached, &mut cases);
        }
        if cases.is_empty() && (fields.is_sound() || !(fields.has("case") || fields.has("cases"))) {
            let problem = fields.problem("no-cases", "the suite has no cases; it would prove nothing");
            fields.report(problem.next("add a `[[case]]`, or name a file: `cases = \"NAME.jsonl\"`"));
        }
        let cases = cases.into_read();
        if fields.is_sound() {
            expectation::refuse_idle(&mut fields, asked(&cases));
        }
        fields.finish();
        Some(Self { subject: subject?, public, repeat: u32::try_from(repeat).ok()?, cases })
    }

    /// Every program that a check runs, each once.
    pub fn programs(&self) -> Vec<&Program> {
        let mut programs: Vec<&Program> = Vec::new();
        for check in checks(&self.cases) {
            if let Check::Exec(program) = check
                && !programs.contains(&program)
            {
                programs.push(program);
            }
        }
        programs
    }

    /// Every judge that a check asks, sorted by name.
    pub fn judges(&self) -> Vec<&Judge> {
        let mut judges: Vec<&Judge> = asked(&self.cases).collect();
        judges.sort_by(|a, b| a.name.cmp(&b.name));
        judges.dedup_by(|a, b| a.name == b.name);
        judges
    }
}

/// Every check, those inside of groups included.
fn checks(cases: &[Case]) -> impl Iterator<Item = &Check> {
    cases.iter().flat_map(|case| &case.expect).flat_map(Expectation::each).map(|one| &one.check)
}

/// The judge of every check that asks one.
fn asked(cases: &[Case]) -> impl Iterator<Item = &Judge> {
    checks(cases).filter_map(|check| match check {
        Check::Judge(judged) => Some(judged.by.as_ref()),
        Check::Similar(similar) => Some(similar.by.as_ref()),
        _ => None,
    })
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
    // Asking only when it is there keeps it out of the list of known keys.
    if fields.has(key)
        && let Some(item) = fields.item(key)
    {
        item.report(item.problem_at_key("not-yet", format!("`{key}` is not enforced yet")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{ArgumentMatch, CallOrder, Calls, Check, SourceFile};
    use serde_json::json;
    use std::collections::{BTreeMap, HashSet};

    fn read(main: &str, attached: &[(&str, &str)]) -> Reading<Suite> {
        let mut source = Source::single("ship.toml", main.as_bytes().to_vec());
        let file =
            |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() };
        source.attached = attached.iter().map(file).collect();
        Suite::parse("evals/ship.toml", &source)
    }

    fn codes(main: &str, attached: &[(&str, &str)]) -> Vec<(String, u32, String)> {
        let problems = read(main, attached).unwrap_err();
        problems.into_iter().map(|problem| (problem.path, problem.line, problem.code)).collect()
    }

    fn in_main(main: &str) -> Vec<(u32, String)> {
        codes(main, &[]).into_iter().map(|(_, line, code)| (line, code)).collect()
    }

    #[test]
    fn every_check_of_the_contract_is_read() {
        let text = r#"
prompt = "ship"
repeat = 3
[[case]]
id = "first"
tags = ["a", "b"]
vars = { city = "Oslo", nested = { n = [1, 2.5] } }
expect = [
  { contains = "Oslo" }, { icontains = "oslo" }, { equals = { a = 1 } }, { starts_with = "x" }, { regex = "^order \\d+" },
  { contains_any = ["a", "b"] }, { contains_all = ["a", "b"] }, { icontains_any = ["a"] }, { icontains_all = ["a"] },
  { json = true }, { json_schema = "answer.schema.json" }, { json_schema = { type = "object" } },
  { tool_call = { name = "issue_refund", arguments = { order_id = "A-1" } } }, { tool_calls = [] },
  { max_tokens = 200 }, { not_expression = "output | length < 400" }, { not_contains = "password" },
]
"#;
        let (suite, warnings) = read(text, &[("answer.schema.json", "{\"type\":\"array\"}")]).unwrap();
        assert!(warnings.is_empty());
        assert_eq!((suite.subject, suite.repeat), (Subject::Prompt(Name::parse("ship").unwrap()), 3));
        let case = &suite.cases[0];
        assert_eq!((case.id.as_str(), case.tags.len(), case.expect.len()), ("first", 2, 17));
        assert_eq!(case.expect[10].check, Check::JsonSchema(json!({"type": "array"})));
        let arguments = json!({"order_id": "A-1"}).as_object().cloned();
        assert_eq!(
            case.expect[12].check,
            Check::ToolCall(ArgumentMatch { name: "issue_refund".to_owned(), arguments, conditions: BTreeMap::new() })
        );
        let none = Calls { order: CallOrder::Exactly, calls: Vec::new() };
        assert_eq!(case.expect[13].check, Check::ToolCalls(none));
        assert!(case.expect[15].negated && case.expect[16].negated && !case.expect[0].negated);
    }

    #[test]
    fn what_a_case_asks_for_reads_back_the_same() {
        let text = r#"
prompt = "ship"
case = [{ id = "a", vars = { x = 1 }, expect = [
  { not_contains_any = ["a", "b"] }, { equals = [1, "x"] }, { json_schema = { type = "object" } }, { max_tokens = 9 },
  { tool_calls = [{ name = "t" }, { name = "u", arguments = {} }] }, { not_json = false }, { regex = "x" } ] }]
"#;
        let case = read(text, &[]).unwrap().0.cases.remove(0);
        let mut written = case.canonical();
        written["id"] = json!("a");
        let again = read("prompt = \"ship\"\ncases = \"c.jsonl\"", &[("c.jsonl", &written.to_string())]).unwrap().0;
        assert_eq!(again.cases, std::slice::from_ref(&case));
        assert_eq!(again.cases[0].digest(), case.digest());
    }

    #[test]
    fn cases_that_ask_for_the_same_have_one_digest() {
        let digest = |vars: &str| {
            let text = format!("prompt = \"p\"\n[[case]]\nid = \"a\"\nvars = {vars}\nexpect = [{{ json = true }}]\n");
            read(&text, &[]).unwrap().0.cases[0].digest()
        };
        assert_eq!(digest("{ a = 1, b = 2.0 }"), digest("{ b = 2, a = 1.0 }"));
        assert_ne!(digest("{ a = 1 }"), digest("{ a = \"1\" }"));
        let near = ["9007199254740991", "9007199254740992", "9007199254740993", "18446744073709551615"];
        let digests: HashSet<_> = near.iter().map(|number| digest(&format!("{{ a = {number} }}"))).collect();
        assert_eq!(digests.len(), near.len());
    }

    #[test]
    fn json_lines_and_rows_say_what_a_table_says() {
        let main = |file: &str| format!("prompt = \"ship\"\ncases = \"{file}\"\n");
        let inline = "prompt = \"ship\"\n[[case]]\nid = \"a\"\ntags = [\"t\", \"u\"]\nvars = { city = \"Oslo\" }\nexpect = [{ contains = \"Oslo\" }]\n";
        let line = "\u{feff}\r\n{\"id\":\"a\",\"tags\":[\"t\",\"u\"],\"vars\":{\"city\":\"Oslo\"},\"expect\":[{\"contains\":\"Oslo\"}]}\r\n\r\n";
        let row = "\u{feff}id,tags,city,expect\r\na,t;u,Oslo,\"[{\"\"contains\"\":\"\"Oslo\"\"}]\"\r\n";
        let expected = read(inline, &[]).unwrap().0;
        assert_eq!(read(&main("c.jsonl"), &[("c.jsonl", line)]).unwrap().0, expected);
        assert_eq!(read(&main("c.csv"), &[("c.csv", row)]).unwrap().0, expected);
    }

    #[test]
    fn problems_in_a_case_file_stand_in_the_case_file() {
        let main = "prompt = \"ship\"\ncases = \"c.jsonl\"\n[[case]]\nid = \"a\"\nexpect = [{ json = true }]\n";
        let lines = "{\"id\":\"b\",\"expect\":[{\"json\":true}]}\n\n{\"id\":\"a\",\"expect\":[{\"jso\":true}]}\n{\"id\":\n[]\n{\"id\":\"c\",\"expect\":[],\"x\":1}\n";
        let found = codes(main, &[("c.jsonl", lines)]);
        let expected = [
            (3, "duplicate-case"),
            (3, "unknown-check"),
            (4, "bad-json"),
            (5, "wrong-type"),
            (6, "no-checks"),
            (6, "unknown-key"),
        ];
        assert_eq!(found, expected.map(|(line, code)| ("evals/c.jsonl".to_owned(), line, code.to_owned())));
        let rows = "id,x,expect\na,1\nb,\"2\n3\",nope\nc,4,[{}]\n,5,\"[{\"\"json\"\":true}]\"\n";
        let found = codes("prompt = \"ship\"\ncases = \"c.csv\"\n", &[("c.csv", rows)]);
        let expected = [(2, "bad-csv"), (4, "bad-json"), (5, "one-check-each"), (6, "empty-value")];
        assert_eq!(found, expected.map(|(line, code)| ("evals/c.csv".to_owned(), line, code.to_owned())));
    }

    #[test]
    fn what_proves_nothing_is_refused() {
        let case = |expect: &str| format!("prompt = \"p\"\n[[case]]\nid = \"a\"\nexpect = {expect}\n");
        for (expect, code) in [
            ("[]", "no-checks"),
            ("[{}]", "one-check-each"),
            ("[{ json = true, contains = \"x\" }]", "one-check-each"),
            ("[{ contains = \"\" }]", "empty-value"),
            ("[{ contains_any = [] }]", "empty-value"),
            ("[{ contain = \"x\" }]", "unknown-check"),
            ("[{ not_not_json = true }]", "unknown-check"),
            ("[{ regex = \"(\" }]", "bad-regex"),
            ("[{ json = \"yes\" }]", "wrong-type"),
            ("[{ json_schema = { type = \"x\" } }]", "bad-schema"),
            ("[{ json_schema = \"../x.json\" }]", "bad-path"),
            ("[{ json_schema = \"x.json\" }]", "missing-file"),
            ("[{ max_tokens = 0 }]", "out-of-range"),
            ("[{ tool_call = { arguments = {} } }]", "missing-key"),
            ("[{ tool_call = { name = \"x\", args = {} } }]", "unknown-key"),
            ("[{ expression = \" \" }]", "empty-value"),
            ("\"valid\"", "wrong-type"),
        ] {
            assert_eq!(in_main(&case(expect)), [(4, code.to_owned())], "{expect}");
        }
        let problem = &read(&case("[{ not_contians = \"x\" }]"), &[]).unwrap_err()[0];
        assert_eq!(problem.next.as_deref(), Some("did you mean `not_contains`?"));
        assert_eq!(in_main("prompt = \"p\""), [(1, "no-cases".to_owned())]);
        assert_eq!(
            in_main("prompt = \"p\"\nrepeat = 0\ncases = \"x.txt\""),
            [(2, "out-of-range".to_owned()), (3, "missing-file".to_owned())]
        );
        assert_eq!(codes("prompt = \"p\"\ncases = \"x.txt\"", &[("x.txt", "")])[0].2, "unknown-ending");
    }

    #[test]
    fn a_suite_tests_one_thing_and_tools_and_policies_come_later() {
        assert_eq!(
            in_main("tool = \"t\"\n[[case]]\nid = \"a\"\narguments = {}\nexpect = \"invalid\""),
            [(1, "not-yet".to_owned())]
        );
        assert_eq!(in_main("policy = \"t\""), [(1, "not-yet".to_owned())]);
        let tail = "[[case]]\nid = \"a\"\nexpect = [{ json = true }]";
        assert_eq!(in_main(tail), [(1, "missing-key".to_owned())]);
        assert_eq!(in_main(&format!("prompt = \"a\"\ntool = \"b\"\n{tail}")), [(2, "two-subjects".to_owned())]);
        assert_eq!(
            in_main(&format!("prompt = \"a\"\ndata = \"secret\"\n{tail}\ndata = \"personal\"")),
            [(2, "unknown-word".to_owned()), (6, "not-yet".to_owned())]
        );
        let is_public = |head: &str| read(&format!("prompt = \"a\"\n{head}{tail}"), &[]).unwrap().0.public;
        assert_eq!((is_public("data = \"public\"\n"), is_public("")), (true, false));
    }
}
