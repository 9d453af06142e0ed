//! Flaky cases and comparisons: quarantine with a reason and an end, tags, and words beside another version.

use std::fmt::Write as _;

use crate::support::{
    Project,
    shop::{carried, everybodys, prompt, proposed, rule, shop_under, shown},
};

/// A polite case, and one that always fails and is in quarantine to the end of November.
const SUITE: &str = r#"prompt = "reply"
[[case]]
id = "polite"
tags = ["manners"]
vars = { message = "Where is my kettle?" }
expect = [{ contains = "Thank you" }]
[[case]]
id = "moody"
vars = { message = "Why?" }
expect = [{ contains = "because" }]
quarantine = { reason = "the model explains itself on odd days", until = 2026-11-30 }
"#;

fn project(suite: &str) -> Project {
    let mut project = shop_under(&everybodys());
    project.write("evals/reply.toml", suite);
    project.as_person("tom").run(["commit", "-m", "another suite"]).exits(0);
    project
}

#[test]
fn a_quarantined_case_is_shown_to_whoever_decides_and_counts_again_once_its_day_is_over() {
    let mut project = project(SUITE);
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    let sheet = project.json(["review", &proposal]);
    let line = &sheet["quarantines"][0];
    assert_eq!((&line["case"], &line["until"], &line["over"]), (&"moody".into(), &"2026-11-30".into(), &false.into()));
    assert_eq!(line["reason"], "the model explains itself on odd days");
    let page = project.run(["review", &proposal, "--markdown", "dossier.md"]).exits(0);
    assert!(page.stdout.contains("does not count until 2026-11-30"), "{}", page.stdout);
    let markdown = String::from_utf8(project.read("dossier.md")).unwrap();
    assert!(markdown.contains("## Cases in quarantine") && markdown.contains("| `moody` |"), "{markdown}");

    // On the first of December the very same evidence is a no.
    let weighed =
        |project: &mut Project, now: &str| project.at(now).as_person("ruth").json(["promote", &proposal, "--dry-run"]);
    let late = weighed(&mut project, "2026-12-01T00:00:00Z");
    assert_eq!(rule(&late, "pass_rate")["code"], "pass-rate-low", "{late:#}");
    let last = weighed(&mut project, "2026-11-30T23:59:59Z");
    assert_eq!(rule(&last, "pass_rate")["code"], "reached", "{last:#}");
    assert!(rule(&last, "pass_rate")["reason"].as_str().unwrap().contains("1 of 1 cases pass"), "{last:#}");
    let done = carried(project.at("2026-11-20T08:00:00Z"), &proposal, &["ruth", "omar"]);
    assert_eq!(done["promoted"], true, "{done:#}");
    let verified = project.at("2027-06-01T00:00:00Z").json(["verify", "--deep"]);
    assert_eq!(verified["ok"], true, "what was lawful then stays so: {verified:#}");
}

#[test]
fn a_promotion_after_the_day_is_refused_whoever_asks() {
    let mut project = project(SUITE);
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    let refused = carried(project.at("2026-12-01T00:00:00Z"), &proposal, &["ruth", "omar"]);
    assert_eq!(
        (&refused["promoted"], &rule(&refused, "pass_rate")["ok"]),
        (&false.into(), &false.into()),
        "{refused:#}"
    );
}

#[test]
fn a_case_that_goes_into_quarantine_makes_a_change_risky_and_check_tells_when_it_is_over() {
    let free = SUITE.replace("quarantine = ", "# quarantine = ").replace("because", "Thank you");
    let mut project = project(&free);
    let first = proposed(&mut project);
    shown(&mut project, &first);
    assert_eq!(carried(&mut project, &first, &["ruth", "omar"])["promoted"], true);
    project.write("evals/reply.toml", free.replace("# quarantine = ", "quarantine = "));
    project.as_person("tom").run(["commit", "-m", "bear with it"]).exits(0);
    let second = proposed(&mut project);
    let sheet = project.json(["review", &second]);
    assert_eq!(sheet["tier"], "high", "{sheet:#}");
    assert!(sheet["risk"][0].as_str().unwrap().contains("while it is in quarantine"), "{sheet:#}");

    let codes = |project: &mut Project, now: &str| {
        let document = project.at(now).json(["check", "evals"]);
        document["problems"].to_string().contains("quarantine-over")
    };
    assert!(!codes(&mut project, "2026-11-30T23:59:59Z"));
    assert!(codes(&mut project, "2026-12-01T00:00:00Z"));
}

/// Forty cases of two kinds.
fn many() -> String {
    let mut text = "prompt = \"reply\"\n".to_owned();
    for number in 0..40 {
        let tag = if number % 2 == 0 { "even" } else { "odd" };
        let _ = write!(
            text,
            "[[case]]\nid = \"c{number:02}\"\ntags = [\"{tag}\"]\nvars = {{ message = \"no. {number}.\" }}\nexpect = [{{ contains = \"Thank you\" }}]\n"
        );
    }
    text
}

#[test]
fn a_comparison_says_one_of_four_things_of_the_suite_and_of_each_tag() {
    let mut project = project(&many());
    let first = proposed(&mut project);
    shown(&mut project, &first);
    assert_eq!(carried(&mut project, &first, &["ruth", "omar"])["promoted"], true);
    project.write("prompts/reply.md", prompt(" a lot"));
    let asked = ["eval", "reply", "--against", "production", "--margin", "0.1", "--confidence", "0.9"];
    let document = project.json(asked);
    let bundle = &document["bundles"][0];
    let tags: Vec<&str> = bundle["tags"].as_array().unwrap().iter().map(|tag| tag["tag"].as_str().unwrap()).collect();
    assert_eq!(tags, ["even", "odd"]);
    assert_eq!((&bundle["tags"][0]["cases"], &bundle["tags"][0]["pass_rate"]), (&20.into(), &1.0.into()));
    let against = &bundle["against"];
    assert_eq!((&against["revision"], &against["verdict"]), (&"production".into(), &"no worse within margin".into()));
    assert!(against["difference_at_most"].as_f64().unwrap() <= 0.1, "{against:#}");
    // Two tags share what may go wrong: each must be shown at half of it, which takes 36 cases.
    assert_eq!(against["tags"][0]["verdict"], "inconclusive: 16 more cases needed", "{against:#}");
    assert_eq!(against["tags"][0]["more_cases"], 16);
    let page = project.run(asked).exits(0).stdout;
    for line in ["reply against production: no worse within margin", "even", "inconclusive: 16 more cases needed"] {
        assert!(page.contains(line), "{page}");
    }

    let rude = prompt("").replace("Thank you.", "{% if \"7\" in message %}No.{% else %}Thank you.{% endif %}");
    project.write("prompts/reply.md", rude);
    let usual = &project.json(["eval", "reply", "--against", "production", "--sequential"])["bundles"][0]["against"];
    assert_eq!((&usual["margin"], &usual["confidence"]), (&0.02.into(), &0.95.into()));
    assert_eq!((&usual["lost"], &usual["sequential"]["disagreeing"]), (&4.into(), &4.into()), "{usual:#}");
    assert!(usual["verdict"].as_str().unwrap().starts_with("inconclusive: "), "{usual:#}");
    assert_eq!(usual["sequential"]["out_of_budget"], true, "{usual:#}");
}

#[test]
fn a_sequential_run_is_not_attested_and_a_comparison_needs_something_to_compare_with() {
    let mut project = project(&many());
    project.as_person("ci");
    let refused = project.json(["eval", "--against", "dev", "--sequential", "--attest"]);
    assert_eq!((&refused["schema"], &refused["exit"]), (&"chancery.failure/1".into(), &2.into()), "{refused:#}");
    assert!(refused["because"].as_str().unwrap().contains("announced"), "{refused:#}");
    for args in [
        ["eval", "--sequential"].as_slice(),
        &["eval", "--margin", "0.1"],
        &["eval", "--against", "dev", "--max-samples", "9"],
    ] {
        project.run(args).exits(2);
    }
    project.run(["eval", "--against", "dev", "--margin", "2"]).exits(2);
}
