//! The file as people write it: what is accepted, what is refused and where, what is warned of, what is lowered.

mod ceilings;
mod differences;
mod risk;

use super::*;
use crate::{
    clock::Span,
    gate::{ApprovalRule, EvidenceRule, PassRateRule, RegressionRule, ReplySource, ReviewRule, Rule},
    name::{Environment, Handle, Role},
    problem::Problem,
    trust::Verb,
};

const KEYS: [&str; 3] = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINiRZOFQjvS7dYm3NvEXut8waqn3xkq+o4lt+kV51KYd",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMlgSMLne12/iuTtxiYVu2BOaOdz2VfAfGRM2vMdRL9R",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB/8/Ecpgr2uXR3eCOm3HvE17p0sME62BuOU8npShgLZ",
];

const HEAD: &str = "[project]\nname = \"support-agent\"\n";

/// A whole file in which `K0`, `K1` and `K2` stand for keys.
const WHOLE: &str = r#"
[project]
name = "support-agent"

[[sources]]
files = "services/*/prompts/**/*.{txt,md,j2}"
kind = "prompt"
template = "none"
name = "{1}/{stem}"

[governance]
approvals = 1

[people.maintainer]
keys = ["K0 maintainer@desk"]
roles = ["root", "author"]

[people.release-a]
keys = ["K1"]
roles = ["release", "reviewer"]

[people.ci]
keys = ["K2"]
roles = ["evaluator"]
program = true

[roles.author]
may = ["commit", "propose"]
artifacts = ["refund*"]

[roles.on-call]
may = ["rollback"]
environments = ["production"]

[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
after = "dev"
gate = { evidence = { evaluators = ["evaluator"], sources = ["live", "unsigned"] }, pass_rate = { at_least = 0.90 } }

[environments.production]
after = "staging"
soak = "24h"
window = { days = ["mon", "tue"], from = "08:00", to = "16:00", zone = "Europe/Berlin" }
rollback_roles = ["release", "on-call"]
waivable = ["order", "soak"]

[environments.production.gate]
evidence = { evaluators = ["evaluator"], max_age = "7d", min_cases = 5, without_suite = "pass" }
pass_rate = { at_least = 0.95, confidence = 0.9 }
regression = "no-flips"
approvals = { role = "release", high = 1, authors = true }
reviews = { role = "reviewer", min = 1 }
findings = "none-open"
"#;

fn keyed(text: &str) -> String {
    KEYS.iter().enumerate().fold(text.to_owned(), |text, (i, key)| text.replace(&format!("K{i}"), key))
}

fn parse(text: &str) -> Result<(Governance, Vec<Problem>), Vec<Problem>> {
    Governance::parse("chancery.toml", keyed(text).as_bytes())
}

fn whole() -> Governance {
    parse(WHOLE).unwrap().0
}

/// The codes of all problems of a file.
fn codes(text: &str) -> Vec<String> {
    match parse(text) {
        Ok((_, warnings)) => warnings.into_iter().map(|problem| problem.code).collect(),
        Err(problems) => problems.into_iter().map(|problem| problem.code).collect(),
    }
}

/// A small valid file with these lines at its end.
fn with(lines: &str) -> String {
    format!("{HEAD}[people.ann]\nkeys = [\"K0\", \"K1\"]\nroles = [\"root\", \"release\", \"evaluator\"]\n{lines}\n")
}

/// The same with one environment whose gate holds these rules.
fn gate(rules: &str) -> String {
    with(&format!("[environments.dev]\ngate = {{ {rules} }}"))
}

/// The same with one environment that is changed at these hours.
fn window(days: &str, from: &str, zone: &str) -> String {
    let hours = format!("window = {{ days = {days}, from = \"{from}\", zone = \"{zone}\" }}");
    with(&format!("[environments.dev]\ngate = \"open\"\n{hours}"))
}

const EVIDENCE: &str = "evidence = { evaluators = [\"evaluator\"] }";

#[test]
fn the_whole_grammar_is_read() {
    let (governance, warnings) = parse(WHOLE).unwrap();
    let role = |word: &str| Role::parse(word).unwrap();
    assert_eq!((governance.project.as_str(), governance.approvals), ("support-agent", 1));
    assert_eq!(governance.sources[0].name, "{1}/{stem}");
    let names: Vec<&str> = governance.environments.iter().map(|rules| rules.name.as_str()).collect();
    assert_eq!(names, ["dev", "staging", "production"], "in the order of the file");
    let maintainer = &governance.people.people[&Handle::parse("maintainer").unwrap()];
    assert_eq!(maintainer.keys[0].as_str(), KEYS[0], "comments are not part of a key");
    assert!(governance.people.people[&Handle::parse("ci").unwrap()].program);
    let author = &governance.people.roles[&role("author")];
    assert_eq!(author.may.iter().copied().collect::<Vec<_>>(), [Verb::Commit, Verb::Propose]);
    assert_eq!((author.artifacts[0].as_str(), author.environments[0].as_str()), ("refund*", "*"));
    assert_eq!(governance.people.roles.len(), 6);

    let [dev, staging, production] = &governance.environments[..] else { panic!("three environments") };
    assert!(dev.follows_heads && dev.gate.open && dev.after.is_none());
    assert_eq!(staging.after, Some(Environment::parse("dev").unwrap()));
    assert_eq!(staging.gate.evidence.as_ref().unwrap().sources, [ReplySource::Live, ReplySource::Unsigned]);
    assert_eq!(production.soak, Some(Span::seconds(86_400)));
    let window = production.window.as_ref().unwrap();
    assert_eq!(window.to_string(), "mon, tue from 08:00 to 16:00 Europe/Berlin");
    assert_eq!(production.rollback_roles, [role("release"), role("on-call")]);
    assert_eq!(production.waivable, [Rule::Order, Rule::Soak]);
    let evidence = EvidenceRule {
        evaluators: vec![role("evaluator")],
        sources: vec![ReplySource::Live, ReplySource::Signed],
        max_age: Some(Span::seconds(604_800)),
        min_cases: 5,
        without_suite_passes: true,
    };
    assert_eq!(production.gate.evidence, Some(evidence));
    assert_eq!(production.gate.pass_rate, Some(PassRateRule { at_least: 0.95, confidence: Some(0.9) }));
    assert_eq!(production.gate.regression, Some(RegressionRule::NoFlips));
    let approvals = ApprovalRule { role: role("release"), low: 1, medium: 1, high: 1, authors: true };
    assert_eq!(production.gate.approvals, Some(approvals));
    assert_eq!(production.gate.reviews, Some(ReviewRule { role: role("reviewer"), min: 1 }));
    let warned: Vec<&str> = warnings.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(warned, ["one-root-key"]);
}

#[test]
fn the_smallest_file_is_a_project_and_somebody_with_root() {
    let text = with("");
    assert!(codes(&text).is_empty(), "{:#?}", parse(&text));
    assert_eq!(parse(&text).unwrap().0.approvals, 1);
    let bom = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert!(codes(&bom).is_empty());
}

#[test]
fn what_is_not_enforced_yet_is_refused_by_name() {
    let production = "[environments.production]\ngate = \"open\"\n";
    let problems = parse(&with(&format!("{production}[environments.production.triggers]\nover = \"1h\""))).unwrap_err();
    let [problem] = &problems[..] else { panic!("{problems:#?}") };
    assert_eq!(problem.code, "not-yet");
    assert!(problem.message.contains("`environments.production.triggers` is not enforced"), "{problem:?}");
    assert!(problem.line > 4 && problem.excerpt.is_some(), "{problem:?}");
}

#[test]
fn every_mistake_has_its_word() {
    let table: &[(&str, &[&str])] = &[
        ("", &["missing-key", "missing-key"]),
        (&with("colour = 1"), &["unknown-key"]),
        (&with("[governance]\napprovals = 0"), &["out-of-range"]),
        (&with("[people.bob]\nroles = []"), &["missing-key"]),
        (&with("[people.bob]\nkeys = []"), &["no-key"]),
        (&with("[people.bob]\nkeys = [\"ssh-ed25519 nonsense\"]"), &["bad-key"]),
        (&with("[people.bob]\nkeys = [\"K1 other\"]"), &["key-shared"]),
        (&with("[people.Ann]\nkeys = [\"K2\"]"), &["handle-taken"]),
        (&with("[people.\"a/b\"]\nkeys = [\"K2\"]"), &["bad-name"]),
        (&with("[people.bob]\nkeys = [\"K2\"]\nroles = [\"relaese\"]"), &["unknown-role"]),
        (&with("[roles.boss]\nartifacts = [\"*\"]"), &["missing-key"]),
        (&with("[roles.boss]\nmay = []"), &["empty-role"]),
        (&with("[roles.boss]\nmay = [\"comit\"]"), &["unknown-verb"]),
        (&with("[roles.boss]\nmay = [\"commit\"]\nartifacts = [\"[\"]"), &["bad-glob"]),
        (&with("[roles.boss]\nmay = [\"commit\"]\nenvironments = [\"prod\"]"), &["unknown-environment"]),
        (&with("[roles.Author]\nmay = [\"commit\"]"), &["role-taken"]),
        (&with("[roles.author]\nmay = [\"promote\"]"), &["role-widened"]),
        (&with("[environments.dev]"), &["missing-key"]),
        (&with("[environments.dev]\ngate = \"opne\""), &["unknown-word"]),
        (&with("[environments.dev]\ngate = {}"), &["empty-gate"]),
        (&with("[environments.dev]\ngate = 1"), &["wrong-type"]),
        (&with("[environments.governance]\ngate = \"open\""), &["reserved-name"]),
        (&with("[environments.head]\ngate = \"open\""), &["bad-name"]),
        (&with("[environments.work]\ngate = \"open\""), &["bad-name"]),
        (&with("[environments.dev]\ngate = \"open\"\n[environments.DEV]\ngate = \"open\""), &["environment-taken"]),
        (&with("[environments.dev]\ngate = \"open\"\nafter = \"dev\""), &["not-declared-before"]),
        (&with("[environments.dev]\ngate = \"open\"\nafter = \"deb\""), &["unknown-environment"]),
        (&with("[environments.dev]\ngate = \"open\"\nsoak = \"1h\""), &["soak-needs-after"]),
        (&with("[environments.dev]\ngate = \"open\"\nrollback_roles = []"), &["empty-list"]),
        (&window("[\"mon\"]", "08:00\", to = \"16:00", "UTC"), &[]),
        (&window("[]", "08:00\", to = \"16:00", "UTC"), &["empty-list"]),
        (&window("[\"monday\"]", "08:00\", to = \"16:00", "UTC"), &["unknown-word"]),
        (&window("[\"mon\", \"mon\"]", "08:00\", to = \"16:00", "UTC"), &["duplicate"]),
        (&window("[\"mon\"]", "08:00\", to = \"08:00", "UTC"), &["never-open"]),
        (&window("[\"mon\"]", "24:00\", to = \"08:00", "UTC"), &["never-open"]),
        (&window("[\"mon\"]", "8am\", to = \"16:00", "UTC"), &["bad-time-of-day"]),
        (&window("[\"mon\"]", "08:00", "UTC"), &["missing-key"]),
        (&window("[\"mon\"]", "08:00\", to = \"16:00", "Europe/Berlim"), &["unknown-zone"]),
        (&window("[\"mon\"]", "08:00\", to = \"16:00\", until = \"17:00", "UTC"), &["unknown-key"]),
        (&with("[roles.boss]\nmay = [\"thaw\"]"), &["unknown-verb"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = [\"base\"]"), &["never-waivable"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = [\"gate\"]"), &["never-waivable"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = [\"approvals\"]"), &["never-waivable"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = [\"quarantine\"]"), &["never-waivable"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = [\"override\"]"), &["never-waivable"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = [\"soaks\"]"), &["unknown-rule"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = [\"order\", \"order\"]"), &["duplicate"]),
        (&with("[environments.dev]\ngate = \"open\"\nwaivable = \"order\""), &["wrong-type"]),
        (&gate(&format!("{EVIDENCE}, pass_rate = {{ at_least = 1.5 }}")), &["out-of-range"]),
        (&gate(&format!("{EVIDENCE}, pass_rate = {{ at_least = 0.5, confidence = 1 }}")), &["out-of-range"]),
        (&gate(&format!("{EVIDENCE}, pass_rate = {{ at_least = 1, confidence = 0.9 }}")), &["never-met"]),
        (&gate("pass_rate = { at_least = 1 }"), &["needs-evidence"]),
        (&gate("regression = \"no-flips\""), &["needs-evidence"]),
        (&gate(EVIDENCE), &["evidence-without-bar"]),
        (&gate("evidence = { evaluators = [] }, regression = \"no-flips\""), &["empty-list"]),
        (&gate("evidence = { evaluators = [\"robot\"] }, regression = \"no-flips\""), &["unknown-role"]),
        (
            &gate("evidence = { evaluators = [\"root\"], sources = [\"alive\"] }, regression = \"no-flips\""),
            &["unknown-word"],
        ),
        (&gate("evidence = { evaluators = [\"root\"], max_age = \"0d\" }, regression = \"no-flips\""), &["bad-span"]),
        (&gate("evidence = { evaluators = [\"root\"], min_cases = 0 }, regression = \"no-flips\""), &["out-of-range"]),
        (&gate(&format!("{EVIDENCE}, regression = \"no-flip\"")), &["unknown-word"]),
        (&gate("approvals = { role = \"release\", low = 0 }"), &["out-of-range"]),
        (&gate("approvals = { role = \"release\", low = 2, medium = 1 }"), &["tiers-fall"]),
        (&gate("approvals = { low = 1 }"), &["missing-key"]),
        (&gate("reviews = { role = \"release\", min = 0 }"), &["out-of-range"]),
        (&gate("findings = \"none\""), &["unknown-word"]),
        (&gate("findings = true"), &["wrong-type"]),
        (&gate("approval = { role = \"release\" }"), &["unknown-key"]),
        (&with("[[sources]]\nfiles = \"*.md\"\nkind = \"promt\""), &["unknown-word"]),
        (&with("[[sources]]\nfiles = \"../*.md\"\nkind = \"prompt\""), &["bad-glob"]),
        (&with("[[sources]]\nfiles = \"*.md\"\nkind = \"tool\"\ntemplate = \"none\""), &["template-not-prompt"]),
        (&with("[[sources]]\nfiles = \"*.md\"\nkind = \"prompt\"\nname = \"{2}\""), &["bad-pattern"]),
        (&with("[[sources]]\nfiles = \"*.md\"\nkind = \"prompt\"\nname = \"{stme}\""), &["bad-pattern"]),
        (&with("").replace("\"root\", ", ""), &["no-root"]),
        (&with("").replace("support-agent", "support agent"), &["bad-name"]),
        (&with("").replace("support-agent", "a/b"), &["bad-name"]),
    ];
    for (text, expected) in table {
        assert_eq!(codes(text), *expected, "{text}\n{:#?}", parse(text));
    }
}

#[test]
fn a_following_environment_is_open_and_first() {
    let dev = "[environments.dev]\ngate = \"open\"\n";
    let follows = "[environments.next]\nfollow = \"heads\"\n";
    assert_eq!(codes(&with(&format!("{dev}{follows}gate = \"open\"\nafter = \"dev\""))), ["follow-with-after"]);
    let gated = "gate = { reviews = { role = \"root\" } }";
    assert_eq!(codes(&with(&format!("{follows}{gated}"))), ["follow-needs-open"]);
    assert_eq!(codes(&with("[environments.dev]\ngate = \"open\"\nfollow = \"head\"")), ["unknown-word"]);
    let hours = window("[\"mon\"]", "08:00\", to = \"16:00", "UTC") + "follow = \"heads\"";
    assert_eq!(codes(&hours), ["follow-with-window"]);
}

#[test]
fn all_problems_come_at_once_with_place_and_nearest_name() {
    let text = WHOLE
        .replace("regression =", "regresion =")
        .replace("after = \"staging\"", "after = \"stagin\"")
        .replace("roles = [\"evaluator\"]\n", "roles = [\"evaluater\"]\n");
    let problems = parse(&text).unwrap_err();
    let found: Vec<(&str, Option<&str>)> =
        problems.iter().map(|problem| (problem.code.as_str(), problem.next.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("unknown-role", Some("did you mean `evaluator`?")),
            ("unknown-environment", Some("did you mean `staging`?")),
            ("unknown-key", Some("did you mean `regression`?")),
        ],
        "{problems:#?}"
    );
    let line = |needle: &str| text.lines().position(|line| line.contains(needle)).unwrap() + 1;
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line as usize).collect();
    assert_eq!(lines, [line("evaluater"), line("stagin\""), line("regresion")]);
    assert_eq!(problems[2].excerpt.as_deref(), Some("regresion = \"no-flips\""));
}

#[test]
fn bytes_that_are_not_text_are_refused_by_name() {
    let problems = Governance::parse("chancery.toml", b"[project]\nname = \"\xff\"").unwrap_err();
    assert_eq!((problems[0].code.as_str(), problems[0].path.as_str()), ("not-utf8", "chancery.toml"));
}

#[test]
fn rules_that_the_listed_people_cannot_meet_are_warned_of() {
    let two = |rules: &str, more: &str| {
        format!(
            "{HEAD}[people.ann]\nkeys = [\"K0\", \"K1\"]\nroles = [\"root\", \"release\"]\n\
             [people.bob]\nkeys = [\"K2\"]\nroles = [\"release\"]\n{more}\n[environments.dev]\ngate = {{ {rules} }}\n"
        )
    };
    let few = ["too-few-people"];
    assert!(codes(&two("approvals = { role = \"release\" }", "")).is_empty());
    assert_eq!(codes(&two("approvals = { role = \"release\", high = 3 }", "")), few);
    // Two hold the role; whoever of them the author is, one is left. Only root commits here: it is Ann.
    assert_eq!(codes(&two("approvals = { role = \"release\", high = 2 }", "")), few);
    assert!(codes(&two("approvals = { role = \"release\", high = 2, authors = true }", "")).is_empty());
    assert_eq!(codes(&two("approvals = { role = \"reviewer\" }", "")), few);
    assert_eq!(codes(&two("reviews = { role = \"release\" }", ""))[..0], [] as [String; 0]);
    assert_eq!(codes(&two("reviews = { role = \"reviewer\" }", "")), few);
    assert_eq!(codes(&two("findings = \"none-open\", reviews = { role = \"reviewer\" }", "")), [few[0], few[0]]);
    assert!(codes(&two("findings = \"none-open\"", "")).is_empty());
    let unheard = "evidence = { evaluators = [\"evaluator\"] }, regression = \"no-flips\"";
    assert_eq!(codes(&two(unheard, "")), few);
    assert_eq!(codes(&two("approvals = { role = \"release\" }", "[governance]\napprovals = 2")), few);
    assert_eq!(codes(&with("").replace(", \"K1\"", "")), ["one-root-key"]);
    // Ann may override and nobody but her may look at it; with Bob there is somebody.
    let waivable = "[environments.dev]\ngate = \"open\"\nwaivable = [\"order\"]";
    assert_eq!(codes(&with(waivable)), few);
    assert!(codes(&with(&format!("[people.bob]\nkeys = [\"K2\"]\nroles = [\"release\"]\n{waivable}"))).is_empty());
    let nobody = "[roles.release]\nmay = [\"approve\"]\n[roles.root]\nmay = [\"govern\"]\n";
    assert_eq!(codes(&with(&format!("{nobody}{waivable}"))), few);
}

#[test]
fn a_program_is_no_root_and_no_approver() {
    let text = with("").replace("roles =", "program = true\nroles =");
    assert_eq!(codes(&text), ["no-root"]);
}
