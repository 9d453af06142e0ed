//! `finding`, `findings`: objections with proof, and what they hold up.

use serde_json::Value;

use crate::support::{
    Project,
    shop::{dossier, made, prompt, proposed, rules, shop, shown},
};

const ALL: [&str; 5] = ["maya", "tom", "ruth", "omar", "ci"];
/// The line of the prompt that says thank you.
const AT: &str = "prompts/reply.md:7";

/// The shop, where production waits while a finding is open.
pub(crate) fn asking() -> Project {
    let mut project = shop();
    let asked = "reviews = { role = \"reviewer\", min = 1 }";
    project.write("chancery.toml", rules(&ALL).replace(asked, &format!("{asked}\nfindings = \"none-open\"")));
    let change = made(project.as_person("maya").json(["propose", "governance", "-m", "objections count"]));
    project.run(["promote", &change]).exits(0);
    project
}

/// Approvals by both who may.
fn approved(project: &mut Project, proposal: &str) {
    let digest = dossier(project, proposal);
    for person in ["ruth", "omar"] {
        project.as_person(person).run(["approve", proposal, "--dossier", &digest]).exits(0);
    }
}

/// Omar objects to the thanks; answers the finding.
fn objected(project: &mut Project, proposal: &str) -> String {
    let open = ["finding", "open", proposal, "--at", AT, "--quote", "Thank you.", "-m", "nobody is thanked so"];
    let document = project.as_person("omar").json(open);
    assert_eq!((&document["schema"], &document["status"]), (&"chancery.finding/1".into(), &"open".into()));
    document["finding"].as_str().unwrap_or_else(|| panic!("no finding: {document:#}")).to_owned()
}

/// The codes of the rules that are not met.
fn unmet(document: &Value) -> Vec<&str> {
    let rules = document["rules"].as_array().expect("rules");
    rules.iter().filter(|rule| rule["ok"] == false).map(|rule| rule["code"].as_str().expect("a code")).collect()
}

#[test]
fn a_finding_holds_up_a_promotion_until_it_is_withdrawn() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    approved(&mut project, &proposal);
    project.run(["promote", &proposal, "--dry-run"]).exits(0);
    let finding = objected(&mut project, &proposal);
    let refused = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!(unmet(&refused), ["approvals-missing", "reviews-missing", "finding-open"], "{refused:#}");
    let rule = refused["rules"].as_array().expect("rules").iter().find(|rule| rule["rule"] == "findings");
    let rule = rule.expect("a rule about findings");
    assert_eq!(rule["who"], serde_json::json!(["omar", "ruth"]));
    assert!(rule["command"].as_str().expect("a command").contains(&finding[..8]), "{rule:#}");
    // Whoever agreed before has not seen it; what they are shown now begins with it.
    approved(&mut project, &proposal);
    project.as_person("omar").run(["review", &proposal, "--done"]).exits(0);
    let page = project.run(["review", &proposal]).stdout;
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text} in\n{page}"));
    assert!(place("nobody is thanked so") < place("changes"), "{page}");
    let refused = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!(unmet(&refused), ["finding-open"]);
    project.as_person("omar").run(["finding", "withdraw", &finding[..8], "-m", "it is polite enough"]).exits(0);
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn a_quote_that_does_not_stand_there_is_refused_with_what_does() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    project.as_person("omar");
    let open =
        |at: &str, quote: &str| project.json(["finding", "open", &proposal, "--at", at, "--quote", quote, "-m", "no"]);
    let told = |document: &Value, code: &str, words: &str| {
        assert_eq!(document["code"], code, "{document:#}");
        assert!(document.to_string().contains(words), "no {words}: {document:#}");
    };
    told(&open("prompts/reply.md:6", "Thank you."), "quote-not-there", "it stands at line 7");
    told(&open("prompts/reply.md:6", "Thank you."), "quote-not-there", "role(");
    told(&open(AT, "thank  you."), "quote-not-there", "line 7 is alike");
    told(&open(AT, "Go away."), "quote-not-there", "what the proposed version says");
    told(&open("prompts/reply.md:70", "Thank you."), "quote-not-there", "the file has 8 lines");
    told(&open("prompts/rely.md:7", "Thank you."), "not-proposed", "did you mean `prompts/reply.md`?");
    told(&open(AT, " "), "empty-quote", "copy a word");
    assert_eq!(project.json(["findings"])["findings"], serde_json::json!([]));
    // The working file says something else by now; what counts is what is proposed.
    project.write("prompts/reply.md", prompt("").replace("Thank you", "Go away"));
    told(&open(AT, "Go away."), "quote-not-there", "what the proposed version says");
    assert_eq!(open(AT, "Thank you.")["status"], "open");
    told(&open(AT, "Thank you."), "known-finding", "is open");
    for bad in ["prompts/reply.md", "prompts/reply.md:0", ":7", "prompts/reply.md:x"] {
        assert_eq!(open(bad, "x")["exit"], 2, "{bad}");
    }
}

#[test]
fn only_who_would_judge_the_change_closes_somebody_elses_finding() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    let finding = objected(&mut project, &proposal);
    for (person, verb, code) in [
        ("tom", "justify", "not-in-role"),
        ("maya", "justify", "not-in-role"),
        ("ci", "justify", "not-allowed"),
        ("ruth", "withdraw", "not-raiser"),
    ] {
        let document = project.as_person(person).json(["finding", verb, &finding, "-m", "let it through"]);
        assert_eq!((&document["code"], &document["exit"]), (&code.into(), &1.into()), "{person}: {document:#}");
    }
    let document = project.as_person("ruth").json(["finding", "justify", &finding, "-m", "legal wrote it"]);
    assert_eq!(document["status"], "justified", "{document:#}");
    let again =
        project.as_person("omar").run(["--json", "finding", "withdraw", &finding, "-m", "so"]).exits(3).document();
    assert_eq!(again["code"], "finding-closed");
    assert_eq!(
        project.run(["--json", "finding", "justify", "abcdef01", "-m", "x"]).exits(3).document()["code"],
        "unknown-event"
    );
    assert_eq!(project.json(["findings", "--json", &proposal])["findings"], serde_json::json!([]));
    let listed = project.json(["findings", "production", "--all"]);
    let one = &listed["findings"][0];
    assert_eq!((&listed["schema"], &one["finding"]), (&"chancery.findings/1".into(), &finding.as_str().into()));
    assert_eq!((&one["status"], &one["answer"]["person"]), (&"justified".into(), &"ruth".into()));
    assert_eq!(
        (&one["path"], &one["line"], &one["quote"]),
        (&"prompts/reply.md".into(), &7.into(), &"Thank you.".into())
    );
}

#[test]
fn a_fix_names_its_version_and_the_one_objected_to_brings_the_finding_back() {
    let mut project = asking();
    let first = proposed(&mut project);
    let finding = objected(&mut project, &first);
    let same = project.json(["finding", "fix", &finding, "-m", "done"]);
    assert_eq!(same["code"], "same-version", "{same:#}");
    project.write("prompts/reply.md", prompt(" very much"));
    project.as_person("tom").run(["commit", "-m", "warmer"]).exits(0);
    let other = project.as_person("omar").json(["finding", "fix", &finding, "--in", "parrot@v1", "-m", "done"]);
    assert_eq!(other["code"], "other-artifact");
    let fixed = project.json(["finding", "fix", &finding, "--in", "reply@v2", "-m", "warm enough"]);
    let head = project.json(["show", "reply@head"])["version"].clone();
    assert_eq!((&fixed["status"], &fixed["version"]), (&"fixed".into(), &head), "{fixed:#}");
    // The first proposal is of the version objected to: what was fixed elsewhere is not fixed in it.
    let told = project.json(["review", &first]);
    assert!(unmet(&told).contains(&"finding-back"), "{told:#}");
    assert_eq!(told["findings"][0]["stands"], true);
    project.as_person("tom").run(["withdraw", &first]).exits(0);
    let second = proposed(&mut project);
    let told = project.json(["review", &second]);
    assert!(!unmet(&told).iter().any(|code| code.starts_with("finding")), "{told:#}");
    assert_eq!((&told["findings"][0]["status"], &told["findings"][0]["stands"]), (&"fixed".into(), &false.into()));
    // What comes back comes with a quote that stands in the newer version.
    let gone = ["finding", "open", &second, "--at", AT, "--quote", "Thank you.", "-m", "again"];
    assert_eq!(project.as_person("omar").json(gone)["code"], "quote-not-there");
    let there = ["finding", "open", &second, "--at", AT, "--quote", "Thank you very much.", "-m", "too much"];
    assert_eq!(project.json(there)["status"], "open");
}

#[test]
fn a_fix_that_still_says_so_is_pointed_out() {
    let mut project = asking();
    let first = proposed(&mut project);
    let finding = objected(&mut project, &first);
    project.write("prompts/reply.md", prompt("").replace("{{ message }}", "{{ message }} Really."));
    project.as_person("tom").run(["commit", "-m", "as it was"]).exits(0);
    let outcome = project.as_person("omar").run(["finding", "fix", &finding, "-m", "look again"]).exits(0);
    assert!(outcome.stderr.contains("the quote still stands at prompts/reply.md:7"), "{outcome}");
}

#[test]
fn a_finding_is_told_wherever_the_ledger_is() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    let finding = objected(&mut project, &proposal);
    project.run(["finding", "withdraw", &finding, "-m", "never mind"]).exits(0);
    shown(&mut project, &proposal);
    approved(&mut project, &proposal);
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
    let audit = project.json(["audit", "--env", "production"]);
    let kinds: Vec<&str> = audit["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| event["kind"].as_str().expect("a kind"))
        .collect();
    assert!(kinds.contains(&"finding") && kinds.contains(&"answer"), "{audit:#}");
    let why = project.json(["why", "production", "reply"]);
    assert_eq!(why["findings"][0]["finding"], finding.as_str(), "{why:#}");
    assert_eq!(why["findings"][0]["status"], "withdrawn");
    let page = project.run(["why", "production", "reply"]).exits(0).stdout;
    assert!(page.contains("Objections") && page.contains("nobody is thanked so"), "{page}");
    let shown = project.run(["findings", "--all"]).exits(0).stdout;
    assert!(shown.contains("withdrawn") && shown.contains("never mind"), "{shown}");
    for line in shown.lines() {
        assert!(line.chars().count() <= 80, "wider than a screen: {line}");
    }
    let markdown = project.folder().join("dossier.md");
    project.run(["review", &proposal, "--markdown", markdown.to_str().expect("text")]).exits(0);
    let text = std::fs::read_to_string(markdown).expect("a page");
    assert!(text.contains("## Findings") && text.contains("`Thank you.`"), "{text}");
    project.run(["verify", "--deep"]).exits(0);
}

#[test]
fn an_objection_to_the_rules_is_a_roots() {
    let mut project = asking();
    let text = String::from_utf8(project.read("chancery.toml")).expect("text");
    project.write("chancery.toml", text.replace("low = 2, medium = 2", "low = 1, medium = 2"));
    let change = made(project.as_person("maya").json(["propose", "governance", "-m", "one is enough"]));
    let line = 1 + text.lines().position(|line| line.starts_with("approvals")).expect("a line");
    let at = format!("chancery.toml:{line}");
    let open = ["finding", "open", &change, "--at", &at, "--quote", "low = 1", "-m", "two are asked for a reason"];
    assert_eq!(project.as_person("ruth").json(open)["code"], "not-allowed");
    let finding = project.as_person("maya").json(open)["finding"].as_str().expect("an id").to_owned();
    let refused = project.run(["--json", "promote", &change]).exits(1).document();
    assert_eq!(unmet(&refused), ["finding-open"]);
    project.run(["finding", "justify", &finding, "-m", "we are few"]).exits(0);
    project.run(["promote", &change]).exits(0);
}
