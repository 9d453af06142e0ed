//! What a run looks like: on a screen of 80 columns, for a pull request, for a browser, and for programs.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::support::{
    Outcome, Project,
    shop::{prompt, shop},
};

/// What a model may say to whoever reads a report.
const HOSTILE: &str = "`</code></pre></article>\n\n# owned\n<script>alert(1)</script><img src=x onerror=alert(1)> \
                       [a](http://evil.example) @everyone ``` ]]> | \u{1b}[31m\u{202e}";

/// The files of one run.
const FILES: [&str; 8] = ["--junit", "r.xml", "--markdown", "r.md", "--html", "r.html", "--jsonl", "r.jsonl"];

fn text(project: &Project, file: &str) -> String {
    String::from_utf8(project.read(file)).unwrap()
}

/// The prompt with a body that cannot be rendered for the message `blind`.
fn blinded(thanks: &str) -> String {
    prompt(thanks) + "{% if message == \"blind\" %}{{ message.colour.of.it }}{% endif %}\n"
}

/// A case about a message, with what is expected of the reply.
fn case(id: &str, message: &str, expect: &str) -> String {
    format!("[[case]]\nid = {}\nvars = {{ message = {} }}\nexpect = [{expect}]\n", quoted(id), quoted(message))
}

/// Any text as a TOML string.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        let _ = match c {
            '"' | '\\' => write!(out, "\\{c}"),
            c if c.is_control() => write!(out, "\\u{:04X}", u32::from(c)),
            c => write!(out, "{c}"),
        };
    }
    out + "\""
}

fn suite(cases: &[String]) -> String {
    format!("prompt = \"reply\"\n{}", cases.concat())
}

#[test]
fn nothing_a_model_says_is_more_than_text_in_any_report() {
    let mut project = shop();
    project.as_person("tom").write("evals/reply.toml", suite(&[case("loud", HOSTILE, "{ equals = \"no\" }")]));
    let outcome = project.run([&["eval"][..], &FILES].concat()).exits(1);
    for (what, shown) in [("screen", outcome.stdout), ("xml", text(&project, "r.xml")), ("md", text(&project, "r.md"))]
    {
        assert!(!shown.contains(['\u{1b}', '\u{202e}']) && shown.contains("failed"), "{what}: {shown}");
        assert!(!shown.lines().any(|line| line.starts_with("# owned")), "{what}: {shown}");
    }
    let page = text(&project, "r.html");
    assert!(!page.contains(['\u{1b}', '\u{202e}']) && page.contains("&lt;script&gt;alert(1)"), "{page}");
    let known = [
        "!DOCTYPE",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "section",
        "article",
        "ul",
        "li",
        "span",
        "strong",
        "code",
        "pre",
        "figure",
        "figcaption",
        "svg",
        "desc",
        "line",
        "circle",
        "text",
        "defs",
        "pattern",
        "rect",
        "path",
    ];
    let tags: BTreeSet<&str> = page.split('<').skip(1).map(|rest| rest.trim_start_matches('/')).map(word).collect();
    let foreign: Vec<&&str> = tags.iter().filter(|tag| !known.contains(*tag)).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert!(page.contains("default-src 'none'; style-src 'sha256-"), "{page}");
    // Exactly what the model said is in the lines, and no terminal obeys it there.
    let lines = text(&project, "r.jsonl");
    assert!(lines.lines().count() == 1 && !lines.contains(['\u{1b}', '\u{202e}']), "{lines}");
    let line: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(line["reply"], format!("Thank you. {HOSTILE}"));
    assert_eq!((&line["outcome"], &line["source"]), (&"failed".into(), &"live".into()));
}

fn word(text: &str) -> &str {
    text.split([' ', '>', '/']).next().unwrap_or_default()
}

#[test]
fn readers_of_html_and_of_xml_take_the_page_for_the_same_elements() {
    let mut project = shop();
    project.as_person("tom").write("evals/reply.toml", suite(&[case("loud", HOSTILE, "{ equals = \"no\" }")]));
    project.run([&["eval"][..], &FILES].concat()).exits(1);
    let script = "
import sys, html.parser, xml.etree.ElementTree as E
text = sys.stdin.buffer.read().decode()
tree = [e.tag for e in E.fromstring(text).iter()]
class Reader(html.parser.HTMLParser):
    tags, attributes = [], []
    def handle_starttag(self, tag, attributes):
        self.tags.append(tag); self.attributes += attributes
    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
reader = Reader(); reader.feed(text); reader.close()
assert reader.tags == [t.lower() for t in tree], (reader.tags, tree)
for name, value in reader.attributes:
    assert not name.startswith('on') and name not in ('src', 'href', 'style', 'action'), (name, value)
    assert 'url(' not in value or value.startswith('url(#'), (name, value)
ids = [value for name, value in reader.attributes if name == 'id']
assert len(ids) == len(set(ids)) and ids
for name, value in reader.attributes:
    assert name != 'aria-labelledby' or all(one in ids for one in value.split()), value
print(len(tree) > 50)
";
    let started = Command::new("python3").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut python) = started else {
        println!("skipped: there is no python3 here to read the page with");
        return;
    };
    python.stdin.take().unwrap().write_all(&project.read("r.html")).unwrap();
    assert_eq!(String::from_utf8_lossy(&python.wait_with_output().unwrap().stdout).trim(), "True");
}

#[test]
fn every_report_says_the_same_of_passed_failed_and_errored_cases() {
    let mut project = shop();
    let cases = [
        case("good", "Where is my kettle?", "{ contains = \"kettle\" }"),
        case("bad", "Where is my pan?", "{ contains = \"kettle\" }, { contains = \"Thank\" }"),
        case("blind", "blind", "{ contains = \"x\" }"),
    ];
    project.as_person("tom").write("evals/reply.toml", suite(&cases)).write("prompts/reply.md", blinded(""));
    project.run([&["eval", "--repeat", "2"][..], &FILES].concat()).exits(5);
    let reason = "the reply does not hold `kettle`: `Thank you. Where is my pan?";
    for file in ["r.xml", "r.md", "r.html", "r.jsonl"] {
        let told = text(&project, file);
        assert!(told.contains(reason), "{file}: {told}");
        assert!(told.contains("rrored") && told.contains("colour"), "{file}: {told}");
    }
    let page = text(&project, "r.md");
    assert!(page.starts_with("# Errored: 1 of 3 golden cases pass, and not every case got a reply\n"), "{page}");
    let told: Vec<Value> = text(&project, "r.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(&Value, &Value, &Value)> =
        told.iter().map(|line| (&line["case"], &line["sample"], &line["outcome"])).collect();
    let wanted = [("good", "passed"), ("bad", "failed"), ("blind", "errored")];
    let wanted: Vec<(Value, Value, Value)> = wanted
        .iter()
        .flat_map(|(case, outcome)| (0..2).map(move |sample| ((*case).into(), sample.into(), (*outcome).into())))
        .collect();
    assert!(told.iter().copied().eq(wanted.iter().map(|(a, b, c)| (a, b, c))), "{told:?}");
    project.run(["eval", "--filter", "good", "--jsonl", "part.jsonl"]).exits(0);
    let part = text(&project, "part.jsonl");
    let screen = project.run(["eval", "--repeat", "2"]).exits(5).stdout;
    let told = "  failed bad\n    0 of 2 samples passed; sample 1:\n    contains = \"kettle\": the reply does not hold";
    assert!(screen.contains(told), "{screen}");
    assert_eq!(part.matches("\"outcome\":\"skipped\"").count(), 2, "{part}");
}

#[test]
fn no_report_tells_a_secret() {
    let mut project = shop();
    let token = format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6");
    let parts = format!("{{{{ \"gh\" ~ \"p_{}\" }}}}", &token[4..]);
    let body = format!("+++\nmodel = \"parrot\"\n[inputs.message]\n+++\n{parts} {{{{ message }}}}\n");
    project.as_person("tom").write("prompts/reply.md", body);
    project.run([&["eval"][..], &FILES].concat()).exits(1);
    for file in ["r.xml", "r.md", "r.html", "r.jsonl"] {
        let told = text(&project, file);
        assert!(!told.contains(&token), "{file}: {told}");
        assert!(file == "r.xml" || told.contains("github-token") || told.contains("secrets masked"), "{file}: {told}");
    }
}

#[test]
fn the_page_puts_a_run_beside_what_it_is_compared_with_and_beside_earlier_evidence() {
    let mut project = shop();
    let attested = project.as_person("ci").json(["eval", "--attest", "--html", "first.html"]);
    let evidence = attested["bundles"][0]["evidence"].as_str().unwrap()[..8].to_owned();
    let first = text(&project, "first.html");
    assert!(first.contains(&evidence) && !first.contains("2026-11-20 "), "its own evidence is not earlier: {first}");
    let cases = [
        case("polite", "Where is my kettle?", "{ contains = \"Thank you\" }")
            .replace("vars", "tags = [\"calm\"]\nvars"),
        case("quiet", "Where is my pan?", "{ contains = \"a lot\" }"),
    ];
    project.write("evals/reply.toml", suite(&cases)).write("prompts/reply.md", prompt(" a lot"));
    let asked = ["eval", "--against", "dev", "--html", "r.html", "--markdown", "r.md"];
    project.as_person("tom").at("2026-11-22T09:00:00Z").run(asked).exits(0);
    let page = text(&project, "r.html");
    for wanted in [
        "2026-11-20 ",
        "this run",
        &evidence,
        ">dev<",
        "* hollow: another version of the suite, with other cases.",
        "Cases that pass, with the 95 % Wilson interval",
        "Tokens of a sample on average",
        "failed, now passed",
        ">calm<",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert!(page.find(&evidence).unwrap() < page.rfind("this run").unwrap(), "the oldest comes first");
    let page = text(&project, "r.md");
    assert!(page.contains("## `reply` against `dev`") && page.contains("- `quiet`: failed, now passed"), "{page}");
    assert!(page.contains("## `reply` by tag") && page.contains("| `calm` | 1/1 | 100.0 %"), "{page}");
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let mut project = shop();
    project.as_person("tom").write("r.html", "x".repeat(1_000_000)).write("r.jsonl", "old\nold\n");
    project.run([&["eval"][..], &FILES].concat()).exits(0);
    assert!(text(&project, "r.html").ends_with("</html>\n") && !text(&project, "r.jsonl").contains("old"));
    project.write("folder/keep", "");
    for flag in ["--junit", "--markdown", "--html", "--jsonl"] {
        let outcome = project.run(["eval", flag, "folder"]).exits(5);
        assert!(outcome.stderr.contains("error: cannot write `folder`"), "{outcome}");
        let through = project.run(["eval", flag, "/dev/stdout"]).exits(0);
        assert!(through.stdout.contains("polite") || flag == "--markdown" || flag == "--html", "{through}");
    }
}

/// That a screen is no wider than it may be.
#[track_caller]
fn fits(outcome: &Outcome) {
    let wide = outcome.stdout.lines().find(|line| line.width() > 80);
    assert_eq!(wide, None, "\n{outcome}");
}

#[test]
fn every_screen_of_a_run_fits_80_columns() {
    let mut project = shop();
    let long = "a-name-that-goes-on-and-on-and-on-and-on-and-on-and-on";
    let wide = "十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二十二";
    let tagged = |id: &str| {
        case(id, wide, "{ contains = \"no such thing\" }").replace("vars", &format!("tags = [{}]\nvars", quoted(wide)))
    };
    let borne = "quarantine = { reason = \"the model explains itself on odd days, and nobody knows why that is so\", \
                 until = 2026-11-30 }\n";
    let cases = [
        case("good", "kettle", "{ contains = \"kettle\" }"),
        tagged(wide),
        tagged("long id long id long id long id long id long id long id long id long id long id long id"),
        case("borne", "why", "{ contains = \"because\" }") + borne,
        case("blind", "blind", "{ contains = \"x\" }"),
    ];
    project.as_person("tom").write(&format!("prompts/{long}.md"), blinded(""));
    project.write(&format!("evals/{long}.toml"), suite(&cases).replace("\"reply\"", &quoted(long)));
    let run = project.run(["eval"]).exits(5);
    fits(&run);
    assert!(run.stdout.contains("\n    `.colour.of` is undefined\n"), "{run}");
    assert!(run.stdout.find("errored blind") < run.stdout.find("failed"), "{run}");
    project.run(["commit", "-m", "long names"]).exits(0);
    project.write(&format!("prompts/{long}.md"), blinded(" a lot"));
    fits(&project.run(["eval", "--against", "dev", "--repeat", "3"]).exits(5));
    fits(&project.run(["eval", "reply"]).exits(0));
}

#[test]
fn of_many_failing_cases_a_screen_shows_the_first_and_says_how_to_see_the_rest() {
    let mut project = shop();
    let many: Vec<String> =
        (0..200).map(|number| case(&format!("c{number}"), "why", "{ contains = \"because\" }")).collect();
    project.as_person("tom").write("evals/reply.toml", suite(&many));
    let outcome = project.run(["eval", "--jsonl", "all.jsonl", "--markdown", "r.md", "--html", "r.html"]).exits(1);
    fits(&outcome);
    assert_eq!(outcome.stdout.matches("failed c").count(), 20, "{outcome}");
    assert!(
        outcome.stdout.contains("and 180 more: the same command with `--jsonl FILE` writes every one"),
        "{outcome}"
    );
    assert_eq!(text(&project, "all.jsonl").lines().count(), 200);
    assert!(text(&project, "r.md").len() < 65_536);
    assert_eq!(text(&project, "r.html").matches("<article>").count(), 200);
    let document = project.json(["eval"]);
    assert_eq!(document["bundles"][0]["failures"].as_array().unwrap().len(), 200);
}
