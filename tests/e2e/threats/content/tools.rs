//! Threat 30: a tool changes after it was approved, or under a harmless-looking difference.

use crate::{
    support::{
        Project,
        shop::{dossier, made},
    },
    threats::{
        attack::{promotion, refused, taken},
        crew::{approves, begun, commits, proposes, rules, unmet},
    },
};

/// A tool that says this of itself, and wants this.
fn tool(description: &str, amount: &str) -> String {
    format!(
        "{{\n  \"name\": \"pay\",\n  \"description\": \"{description}\",\n  \"inputSchema\": {{\n    \"type\": \"object\",\n    \"properties\": {{ \"amount\": {amount} }}\n  }}\n}}\n"
    )
}

/// A prompt with a tool that is live; both by tom.
fn paying() -> Project {
    let mut project = begun(&rules(1));
    project.write("tools/pay.json", tool("Pays back.", "{ \"type\": \"number\", \"maximum\": 10 }"));
    commits(&mut project, "tom", "+++\ntools = [\"pay\"]\n+++\n{{ role(\"user\") }}\nPay me.\n", &[]);
    let first = proposes(&mut project, "maya");
    approves(&mut project, "omar", &first);
    project.run(["promote", &first]).exits(0);
    project
}

#[test]
fn threat_30_an_approval_is_of_a_tools_bytes_and_void_once_they_move() {
    let changes = [
        tool("Pays anybody.", "{ \"type\": \"number\", \"maximum\": 10 }"),
        tool("Pays back.", "{ \"type\": \"number\" }"),
        tool("Pays back. ", "{ \"type\": \"number\", \"maximum\": 10 }"),
    ];
    let mut played = paying();
    commits(&mut played, "tom", "+++\ntools = [\"pay\"]\n+++\n{{ role(\"user\") }}\nPay me now.\n", &[]);
    let approved = proposes(&mut played, "maya");
    approves(&mut played, "omar", &approved);
    for text in changes {
        let mut project = played.copy();
        project.write("tools/pay.json", &text);
        project.as_person("tom").run(["commit", "-m", "typo"]).exits(0);
        let other = made(project.as_person("maya").json(["propose", "production", "pay", "-m", "typo"]));
        let sheet = project.json(["review", &other]);
        assert_eq!(sheet["changes"][0]["artifact"], "pay", "{sheet:#}");
        let diff = sheet["changes"][0]["diff"].as_str().unwrap();
        let line = text
            .lines()
            .find(|line| !String::from_utf8(played.read("tools/pay.json")).unwrap().contains(line))
            .unwrap();
        assert!(diff.contains(&format!("+{line}")), "{diff}");
        assert_eq!(sheet["bundles"][0]["prompt"], "greet", "{sheet:#}");
        assert_eq!(unmet(&project.as_person("omar").json(["promote", &other])), ["approvals-missing"]);
        approves(&mut project, "omar", &other);
        project.run(["promote", &other]).exits(0);
        let void = project.run(["--json", "promote", &approved]).exits(4).document();
        assert!(unmet(&void).contains(&"base-moved"), "{void:#}");
        refused(&project, "gate", "omar", promotion(&approved, &dossier(&project, &approved)));
    }
    played.run(["promote", &approved]).exits(0);
    taken(&played);
}

#[test]
fn threat_30_a_tool_that_is_committed_is_not_yet_what_production_offers() {
    let mut project = paying();
    let before = project.json(["render", "greet@production", "--env", "production"])["tools"].clone();
    project.write("tools/pay.json", tool("Pays anybody.", "{ \"type\": \"number\" }"));
    project.as_person("tom").run(["commit", "-m", "typo"]).exits(0);
    assert_eq!(project.json(["render", "greet@production", "--env", "production"])["tools"], before);
    assert_ne!(project.json(["render", "greet"])["tools"], before);
}
