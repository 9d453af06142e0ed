//! Files that people write: prompts, suites, tools, models, policies.

use chancery::{
    artifact::{Parsed, Source, SourceFile, Template, parse},
    eval::{Reply, passes, score},
    name::{Kind, Name},
    render,
};

use super::{
    Said, Target,
    files::{file, files, stand_inside},
    joined, parts,
};

/// Prompts with front matter and raw ones, and the settings beside them.
pub(crate) const FRONT: Target = Target {
    name: "front",
    seeds: || {
        let mut seeds = files("templates/support-agent/prompts");
        seeds.push(b"a raw {{ prompt }}\n".to_vec());
        seeds.push(joined(&[b"raw", b"model = \"fast\"\n[output]\nschema = \"s.json\"\n", b"{\"type\":\"object\"}"]));
        seeds.push(
            b"+++\nmodel = \"fast\"\ntools = [\"a\", \"b\"]\npolicies = [\"p\"]\n[inputs.x]\ntype = \"number\"\ndefault = 1\n\
              description = \"d\"\n[inputs.h]\ntype = \"messages\"\noptional = true\ndata = \"personal\"\n+++\n{{ x }}\n"
                .to_vec(),
        );
        seeds
    },
    words: &[
        "+++\n",
        "model = ",
        "tools = ",
        "policies = ",
        "[inputs.",
        "[inputs.x]\n",
        "type = ",
        "\"string\"",
        "\"number\"",
        "\"boolean\"",
        "\"messages\"",
        "\"list\"",
        "\"object\"",
        "description = ",
        "data = \"personal\"",
        "optional = true",
        "default = ",
        "[output]\n",
        "schema = ",
        "\"s.json\"",
        "template = ",
        "\"jinja\"",
        "\"none\"",
        "'''",
        "\"\"\"",
        "2026-01-01T00:00:00Z",
        "{{ role(\"system\") }}",
        "{% include \"_f\" %}",
        "{{ policy(\"p\") }}",
    ],
    run: front,
};

fn front(input: &[u8]) -> Said {
    let [main, settings, schema] = parts(input);
    let mut word = String::new();
    let mut accepted = false;
    for template in [None, Some(Template::Jinja), Some(Template::None)] {
        let given = [("x.chancery.toml", settings), ("s.json", schema)];
        let (said, parsed) = read(Kind::Prompt, "x.md", main, &given, template);
        accepted |= said.accepted;
        word.push_str(&said.word);
        word.push('|');
        if let Some(Parsed::Prompt(prompt)) = parsed {
            let text = String::from_utf8_lossy(main);
            if let Err(problems) = render::uses(&prompt, "d/x.md", &text) {
                stand_inside(&problems, &[("d/x.md", main)]);
                word.push_str(&Said::problems(false, &problems).word);
            }
        }
    }
    Said { accepted, word }
}

/// Suites with what they name: cases in another file, schemas.
pub(crate) const SUITE: Target = Target {
    name: "suite",
    seeds: || {
        let mut seeds: Vec<Vec<u8>> = vec![
            joined(&[b"prompt = \"p\"\ncases = \"c.jsonl\"\n", b"{\"id\":\"a\",\"vars\":{\"x\":1},\"expect\":[{\"contains\":\"x\"}]}\n"]),
            joined(&[b"prompt = \"p\"\ncases = \"c.csv\"\n", b"", b"", b"id,vars.x,expect.contains\na,1,x\n\"b\",2,\"y, \"\"z\"\"\"\n"]),
            joined(&[
                b"prompt = \"p\"\nrepeat = 2\n[[case]]\nid = \"a\"\ntags = [\"t\"]\nvars = { x = 1 }\nexpect = [\n{ json_schema = \"s.json\" },\n\
                  { regex = \"^(a|b)+$\" }, { json = true }, { not_contains = \"y\" }, { equals = \"z\" }, { expression = \"output|length > 1\" },\n\
                  { tool_call = { name = \"t\", arguments = { a = 1 } } }, { max_tokens = 9 } ]\n",
                b"",
                b"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^a*$\"}},\"required\":[\"a\"]}",
            ]),
        ];
        seeds.extend(CHECKS.map(|check| {
            let text = format!("prompt = \"p\"\n[[case]]\nid = \"a\"\nexpect = [{{ {check} }}]\n");
            joined(&[text.as_bytes()])
        }));
        seeds.retain(|seed| suite(seed).accepted);
        seeds.push(file("templates/support-agent/evals/refund-triage.toml"));
        let [main, schema] = ["order-status.toml", "order-status.schema.json"]
            .map(|name| file(&format!("templates/support-agent/evals/{name}")));
        let main = String::from_utf8(main).unwrap().replace("order-status.schema.json", "s.json");
        seeds.push(joined(&[main.as_bytes(), b"", &schema]));
        seeds
    },
    words: &[
        "prompt = ",
        "tool = ",
        "policy = ",
        "cases = ",
        "\"c.jsonl\"",
        "\"c.csv\"",
        "\"s.json\"",
        "repeat = ",
        "[[case]]\n",
        "id = ",
        "tags = ",
        "vars = ",
        "expect = ",
        "contains = ",
        "icontains = ",
        "not_contains = ",
        "equals = ",
        "starts_with = ",
        "regex = ",
        "not_regex = ",
        "contains_any = ",
        "contains_all = ",
        "icontains_any = ",
        "json = true",
        "json_schema = ",
        "tool_call = ",
        "tool_calls = []",
        "max_tokens = ",
        "expression = ",
        "\"output|length > 3\"",
        "\"vars.x in output\"",
        "name = ",
        "arguments = ",
        "{ contains = \"x\" }",
        "\"id\":",
        "\"vars\":",
        "\"expect\":",
        "any = ",
        "all = ",
        "not = ",
        "\"type\":\"object\"",
        "\"properties\":",
        "\"pattern\":",
        "\"$ref\":\"#\"",
        "\"$ref\":\"http://x/y\"",
        "(a+)+$",
        "(?i)",
        "\\\\p{L}",
        "{1,1000}",
        "(?=x)",
        "\"allOf\":[",
        "\"enum\":[",
        "data = \"public\"",
        "ends_with = ",
        "iequals = ",
        "edit_distance = ",
        "at_most = ",
        "at_most_share = ",
        "rouge_l = ",
        "token_f1 = ",
        "at_least = ",
        "words = ",
        "min = ",
        "max = ",
        "refusal = true",
        "contains_json = true",
        "json_path = ",
        "path = \"$..a[?@.b > 1]\"",
        "\"$..*..*\"",
        "output_schema = true",
        "valid_calls = true",
        "max_cost = 0.5",
        "where = ",
        "one_of = ",
        "matches = ",
        "fields = ",
        "items = ",
        "absent = true",
        "optional = true",
        "any = true",
        "any_order = ",
        "in_order = ",
        "exactly = ",
        "tools_used = ",
        "tools_not_used = ",
        "tool_sequence = ",
        "steps = ",
        "score = ",
        "of = ",
        "n = 2",
        "weight = 2",
        "finish = \"stop\"",
        "tool_results = [{ call = { name = \"t\" }, result = 1 }]",
        "then = [\"x\"]",
        "max_turns = 3",
    ],
    run: suite,
};

/// One good example of each newer kind of check.
const CHECKS: [&str; 10] = [
    "edit_distance = { to = \"abc\", at_most = 2 }",
    "rouge_l = { to = \"a contains x\", at_least = 0.5 }",
    "token_f1 = { to = \"x a\", at_least = 0.2 }",
    "contains_json = { type = \"array\" }",
    "json_path = { path = \"$..a[?@.b > 1]\", one_of = [1, { min = 2 }] }",
    "tool_calls = { any_order = [{ name = \"t\", where = { a = { matches = \"x\", optional = true }, b = { fields = { c = 1 } } } }] }",
    "tool_sequence = [\"t\", \"u\"]",
    "not_finish = \"tools\"",
    "any = [{ words = { min = 1, max = 3 } }, { all = [{ refusal = true }, { not_steps = 2 }] }]",
    "score = { at_least = 0.5, of = [{ contains = \"x\", weight = 2 }, { at_least = { n = 1, of = [{ ends_with = \"y\" }] } }] }",
];

fn suite(input: &[u8]) -> Said {
    let [main, lines, schema, table] = parts(input);
    let given = [("c.jsonl", lines), ("s.json", schema), ("c.csv", table)];
    let (said, parsed) = read(Kind::Suite, "x.md", main, &given, None);
    let Some(Parsed::Suite(suite)) = parsed else { return said };
    let mut word = said.word;
    for case in suite.cases.iter().take(8) {
        let digest = case.digest();
        assert_eq!(case.digest(), digest, "a case has one digest");
        for reply in ["", "a contains x and y", "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"}", "[1, 2.5, null]"] {
            let results = score(case, &Reply::text(reply));
            assert!(!results.is_empty(), "a case without checks passes anything");
            assert!(results.iter().all(|result| result.reason.chars().count() < 1200), "a reason is short");
            word.push(if passes(&results) { '+' } else { '-' });
        }
    }
    Said::yes(word)
}

/// Tools, models, policies and charters: the first byte says which.
pub(crate) const DEFINITION: Target = Target {
    name: "definition",
    seeds: || {
        let of = |letter: u8, folder: &str| {
            files(folder).into_iter().map(move |file| [&[letter], &file[..]].concat()).collect::<Vec<_>>()
        };
        let mut seeds = of(b't', "templates/support-agent/tools");
        seeds.extend(of(b'm', "templates/support-agent/models"));
        seeds.extend(of(b'p', "templates/support-agent/policies"));
        seeds.push(b"t{\"type\":\"function\",\"function\":{\"name\":\"a\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}}".to_vec());
        seeds.push(b"t{\"name\":\"a\",\"description\":\"d\",\"input_schema\":{\"type\":\"object\"}}".to_vec());
        seeds.push(
            b"mprovider = \"exec\"\ncommand = [\"./a\"]\nparams = { t = 0.5 }\nprice = { input = 1, output = 2 }\n"
                .to_vec(),
        );
        seeds.push(
            b"cworkflow_owner = \"maya\"\ntechnical_owner = \"tom\"\nwrites_to = \"the ticket\"\n\
              metric = { name = \"time\", target = \"4 min\", by = 2027-03-31 }\nwhen_wrong = \"a person answers\"\n\
              review_by = 2027-01-31\nstatus = \"pilot\"\n"
                .to_vec(),
        );
        seeds
    },
    words: &[
        "\"name\":",
        "\"description\":",
        "\"inputSchema\":",
        "\"input_schema\":",
        "\"parameters\":",
        "\"function\":",
        "\"type\":\"function\"",
        "\"type\":\"object\"",
        "\"properties\":",
        "\"required\":",
        "\"annotations\":",
        "\"outputSchema\":",
        "\"$ref\":\"#\"",
        "\"$defs\":",
        "\"enum\":",
        "\"pattern\":",
        "\"additionalProperties\":false",
        "provider = ",
        "\"exec\"",
        "\"anthropic\"",
        "\"openai\"",
        "\"echo\"",
        "command = ",
        "model = ",
        "params = ",
        "price = ",
        "input = ",
        "output = ",
        "currency = ",
        "workflow_owner = ",
        "sponsor = ",
        "problem_hours = ",
        "review_tiers = ",
        "turnover_test = ",
        "maintenance_budget = ",
        "status = \"production\"",
        "by = 2027-02-30",
    ],
    run: definition,
};

fn definition(input: &[u8]) -> Said {
    let Some((letter, rest)) = input.split_first() else { return Said::no("nothing") };
    let kind = match letter {
        b't' => Kind::Tool,
        b'm' => Kind::Model,
        b'c' => Kind::Charter,
        _ => Kind::Policy,
    };
    let (said, _) = read(kind, "x.json", rest, &[], None);
    Said { word: format!("{kind} {}", said.word), ..said }
}

/// Reads an artifact twice: the same comes of it, and every problem stands in its file.
fn read(
    kind: Kind,
    path: &str,
    main: &[u8],
    given: &[(&str, &[u8])],
    template: Option<Template>,
) -> (Said, Option<Parsed>) {
    let name = Name::parse("x").unwrap();
    let file = SourceFile { path: path.to_owned(), bytes: main.to_vec() };
    let source = Source::collect::<()>(kind, &name, file, template, |path| {
        Ok(given.iter().find(|(known, bytes)| *known == path && !bytes.is_empty()).map(|(_, bytes)| bytes.to_vec()))
    });
    let source = source.unwrap();
    let within = format!("d/{path}");
    let mut files = vec![(within.clone(), main)];
    files.extend(source.attached.iter().map(|file| (format!("d/{}", file.path), file.bytes.as_slice())));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
    let reading = parse(kind, &name, &within, &source, template);
    if main.len() < 2000 {
        assert_eq!(parse(kind, &name, &within, &source, template), reading, "the same bytes are the same artifact");
    }
    match reading {
        Ok((parsed, warnings)) => {
            stand_inside(&warnings, &files);
            (Said::problems(true, &warnings), Some(parsed))
        }
        Err(problems) => {
            stand_inside(&problems, &files);
            assert!(problems.iter().any(|problem| !problem.warning), "refused without an error");
            (Said::problems(false, &problems), None)
        }
    }
}
