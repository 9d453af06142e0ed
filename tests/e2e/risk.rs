//! Risk: what a change can break decides how many people must agree, and everybody sees why.

use serde_json::Value;

use crate::support::{
    Project,
    shop::{carried, everybodys, made, prompt, proposed, rule, shop_under, shown},
};

/// One approval for wording, two for anything more; something is live.
fn live(more: &str) -> Project {
    let rules = everybodys().replace("low = 2, medium = 2, high = 2", "low = 1, medium = 2, high = 2") + more;
    let mut project = shop_under(&rules);
    let first = proposed(&mut project);
    shown(&mut project, &first);
    assert_eq!(carried(&mut project, &first, &["ruth"])["promoted"], true);
    project
}

/// Commits what was written and proposes it for production with its evidence; answers the proposal and its review.
fn asks(project: &mut Project) -> (String, Value) {
    project.as_person("tom").run(["commit", "-m", "better"]).exits(0);
    let proposal = proposed(project);
    shown(project, &proposal);
    let review = project.json(["review", &proposal]);
    (proposal, review)
}

fn reasons(document: &Value) -> String {
    let list = document["risk"].as_array().unwrap_or_else(|| panic!("{document:#}"));
    list.iter().map(|reason| reason.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

const SUITE: &str = "evals/reply.toml";

#[test]
fn a_golden_case_loosened_beside_the_prompt_needs_more_people_than_one_tightened() {
    let mut project = live("");
    let before = String::from_utf8(project.read(SUITE)).unwrap();
    project.write("prompts/reply.md", prompt("").replace("Thank you", "Go away"));
    project.write(SUITE, before.replace("{ contains = \"Thank you\" }, ", ""));
    let (proposal, review) = asks(&mut project);
    assert_eq!(review["tier"], "high", "{review:#}");
    assert_eq!(reasons(&review), "the golden case `polite` of `reply` is loosened (high)");
    let listed = project.json(["proposals", "production"]);
    assert_eq!((&listed["proposals"][0]["tier"], &listed["proposals"][0]["risk"]), (&review["tier"], &review["risk"]));
    let refused = carried(&mut project, &proposal, &["ruth"]);
    assert_eq!(
        (&refused["promoted"], rule(&refused, "approvals")["code"].as_str()),
        (&false.into(), Some("approvals-missing"))
    );
    let page = project.run(["review", &proposal]).exits(0).stdout;
    assert!(page.contains("high") && page.contains("is loosened"), "{page}");

    // The twin: the case asks for more than before, and one person is enough.
    let mut project = live("");
    project.write("prompts/reply.md", prompt(" so much"));
    project.write(SUITE, before.replace("expect = [", "expect = [{ not_contains = \"Go away\" }, "));
    let (proposal, review) = asks(&mut project);
    assert_eq!((&review["tier"], reasons(&review).as_str()), (&"low".into(), ""), "{review:#}");
    assert_eq!(carried(&mut project, &proposal, &["ruth"])["promoted"], true);
}

#[test]
fn what_nobody_sees_is_named_and_needs_more_people() {
    let mut project = live("");
    project.write("prompts/reply.md", prompt(" \u{e0049}\u{e0067}\u{202e}"));
    let (proposal, review) = asks(&mut project);
    assert_eq!(review["tier"], "high", "{review:#}");
    assert_eq!(reasons(&review), "`prompt/reply` gains characters that nobody sees: U+202E, U+E0049, U+E0067 (high)");
    assert_eq!(carried(&mut project, &proposal, &["omar"])["promoted"], false);
    assert_eq!(carried(&mut project, &proposal, &["ruth"])["promoted"], true, "two have looked");
    // What is live already is no news.
    project.write("prompts/reply.md", prompt(" \u{e0049}\u{e0067}\u{202e} again"));
    let (_, review) = asks(&mut project);
    assert_eq!((&review["tier"], reasons(&review).as_str()), (&"low".into(), ""));
}

#[test]
fn rules_of_the_project_raise_the_tier_and_taking_one_away_is_high() {
    let risk = "\n[[risk]]\nwhen = { artifact = \"repl*\", environment = \"production\", change = \"changed\" }\ntier = \"medium\"\n";
    let mut project = live(risk);
    project.write("prompts/reply.md", prompt(" a lot"));
    let (proposal, review) = asks(&mut project);
    assert_eq!(review["tier"], "medium", "{review:#}");
    assert!(reasons(&review).starts_with("`prompt/reply` falls under the rule `artifact = \"repl*\""), "{review:#}");
    assert_eq!(carried(&mut project, &proposal, &["ruth"])["promoted"], false);

    let rules = String::from_utf8(project.read("chancery.toml")).unwrap();
    project.write("chancery.toml", rules.replace(risk, ""));
    let asked = project.as_person("maya").json(["propose", "governance", "-m", "less to do"]);
    assert_eq!(asked["tier"], "high", "{asked:#}");
    let (lowering, shown) = (made(asked), project.json(["proposals", "governance"]));
    assert!(reasons(&shown["proposals"][0]).contains("would lower a bar: `risk.artifact = \"repl*\""), "{shown:#}");
    let page = project.run(["review", &lowering]).exits(0).stdout;
    assert!(page.contains("high") && page.contains("lowers a bar"), "{page}");
    // The twin: one more rule lowers nothing.
    project.write("chancery.toml", rules + &risk.replace("repl*", "pay*"));
    let asked = project.json(["propose", "governance", "-m", "more to do"]);
    assert_eq!(asked["tier"], "low", "{asked:#}");
}

#[test]
fn a_rule_that_raises_nothing_is_refused_where_it_stands() {
    let project = live("");
    let rules = String::from_utf8(project.read("chancery.toml")).unwrap();
    for (rule, code) in [
        ("when = { kind = \"policy\" }\ntier = \"low\"", "useless-rule"),
        ("when = {}\ntier = \"high\"", "empty-when"),
        ("when = { environment = \"prodution\" }\ntier = \"high\"", "unknown-environment"),
    ] {
        project.write("chancery.toml", format!("{rules}\n[[risk]]\n{rule}\n"));
        let check = project.json(["check"]);
        let problems = check["problems"].as_array().unwrap();
        assert!(problems.iter().any(|problem| problem["code"] == code), "{check:#}");
    }
}
