//! A project around the benchmark: prompt, tools, policy, model, suite, and the people who run it.

use std::{fs, path::PathBuf};

use serde_json::Value;

use super::{
    agent::SCRIPT,
    task::{Call, Task, calls},
};
use crate::support::Project;

/// How many tasks the benchmark has.
pub(super) const CASES: usize = 115;
/// The prompt under test.
pub(super) const PROMPT: &str = "desk";

/// Three environments: heads, then evidence, then evidence, a review and approvals.
const ENVIRONMENTS: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
after = "dev"

[environments.staging.gate]
evidence = { evaluators = ["evaluator"], sources = ["live"], min_cases = 115 }
pass_rate = { at_least = 1.0 }
regression = "no-flips"

[environments.production]
after = "staging"

[environments.production.gate]
evidence = { evaluators = ["evaluator"], sources = ["live"], min_cases = 115 }
pass_rate = { at_least = 1.0 }
regression = "no-flips"
approvals = { role = "release", low = 1, medium = 1, high = 2 }
reviews = { role = "reviewer", min = 1 }
"#;

/// The project and what it is made of.
pub(super) struct Desk {
    /// Where the program runs.
    pub(super) project: Project,
    /// The tasks, in the benchmark's order.
    pub(super) tasks: Vec<Task>,
    data: PathBuf,
}

impl Desk {
    /// A new project with every right answer in the agent's table; `None` without the benchmark.
    pub(super) fn open() -> Option<Self> {
        let data = crate::data("tau/tau-bench-retail")?;
        let mut desk = Self { project: Project::new(), tasks: Task::read(&data), data };
        assert_eq!(desk.tasks.len(), CASES);
        desk.project.write("chancery.toml", governance());
        desk.by("maintainer").run(["init"]).exits(0);
        let tools = desk.tools();
        desk.prompt(&tools, "");
        desk.project.write("policies/retail.md", fs::read(desk.data.join("policy.md")).unwrap());
        desk.project.write("models/agent.toml", "provider = \"exec\"\ncommand = [\"sh\", \"agent.sh\"]\n");
        desk.project.write("evals/desk.toml", format!("prompt = \"{PROMPT}\"\ncases = \"desk.jsonl\"\n"));
        let cases: Vec<String> = desk.tasks.iter().map(|task| task.case().to_string()).collect();
        desk.project.write("evals/desk.jsonl", cases.join("\n") + "\n");
        desk.project.write("agent.sh", SCRIPT).write("seen/.keep", "");
        desk.answers(|_, _| None);
        Some(desk)
    }

    /// One file a tool, as the benchmark writes them; answers with their names.
    fn tools(&self) -> Vec<String> {
        let tools: Vec<Value> = serde_json::from_slice(&fs::read(self.data.join("tools.json")).unwrap()).unwrap();
        let write = |tool: &Value| {
            let name = tool["function"]["name"].as_str().unwrap();
            self.project.write(&format!("tools/{name}.json"), serde_json::to_vec_pretty(tool).unwrap());
            name.to_owned()
        };
        tools.iter().map(write).collect()
    }

    fn prompt(&self, tools: &[String], remark: &str) {
        let tools = serde_json::to_string(tools).unwrap();
        let text = format!(
            "+++\nmodel = \"agent\"\ntools = {tools}\npolicies = [\"retail\"]\n\n[inputs]\n\
             ticket = {{ type = \"string\" }}\nuser = {{ type = \"string\" }}\ninstruction = {{ type = \"string\" }}\n+++\n\
             {{{{ role(\"system\") }}}}\nYou work at the desk of a shop. {remark}\n\n{{{{ policy(\"retail\") }}}}\n\
             {{{{ role(\"user\") }}}}\nTicket {{{{ ticket }}}}, opened by {{{{ user }}}}.\n\n{{{{ instruction }}}}\n"
        );
        self.project.write(&format!("prompts/{PROMPT}.md"), text);
    }

    /// Writes the agent's table: for each task what `instead` gives, else what is right.
    pub(super) fn answers(&self, instead: impl Fn(usize, &Task) -> Option<Vec<Call>>) {
        let line = |(at, task): (usize, &Task)| {
            let answer = instead(at, task).unwrap_or_else(|| task.calls.clone());
            format!("{} {}\n", task.id, calls(&answer))
        };
        self.project.write("answers.txt", self.tasks.iter().enumerate().map(line).collect::<String>());
    }

    /// Runs the suite on the working files.
    pub(super) fn eval(&self) -> Value {
        let answer = self.project.json(["eval", PROMPT]);
        assert_eq!(answer["bundles"].as_array().map(Vec::len), Some(1), "{answer}");
        answer["bundles"][0].clone()
    }

    /// The next command is this person's.
    pub(super) fn by(&mut self, person: &str) -> &Project {
        self.project.as_person(person)
    }

    /// Gives the prompt another sentence.
    pub(super) fn edit(&self, remark: &str) {
        self.prompt(&self.tools(), remark);
    }

    /// Commits what changed.
    pub(super) fn commit(&mut self, message: &str) {
        self.by("maintainer").run(["commit", "-m", message]).exits(0);
    }

    /// Brings all that is ahead into an environment, as its gate asks.
    pub(super) fn bring(&mut self, environment: &str) {
        let proposal = self.by("maintainer").json(["propose", environment, "-m", "as it stands in the one before"]);
        let id = proposal["proposal"].as_str().unwrap_or_else(|| panic!("{proposal}")).to_owned();
        self.by("ci").run(["eval", "--proposal", &id, "--attest"]).exits(0);
        if environment == "production" {
            let early = self.by("ruth").run(["promote", &id]).exits(1);
            assert!(early.stdout.contains("approval"), "{early}");
            self.by("ruth").run(["review", &id, "--done"]).exits(0);
            let dossier = self.project.json(["review", &id])["dossier"].as_str().unwrap().to_owned();
            self.by("maintainer").run(["approve", &id, "--dossier", &dossier]).exits(1);
            for person in ["ruth", "omar"] {
                let answer = self.by(person).json(["approve", &id, "--dossier", &dossier]);
                assert!(answer["event"].is_string(), "{answer}");
                if answer["approvals"] == answer["needed"] {
                    break;
                }
            }
        }
        self.by("ruth").run(["promote", &id]).exits(0);
    }

    /// The stamp and the version of the prompt that is live.
    pub(super) fn live(&self, environment: &str) -> (String, String) {
        let answer = self.project.json(["env", environment]);
        let stage = &answer["environments"][0];
        let find = |list: &str, key: &str, wanted: &str| {
            let rows = stage[list].as_array().unwrap_or_else(|| panic!("{answer}"));
            rows.iter().find(|row| row[key] == wanted).unwrap_or_else(|| panic!("{answer}")).clone()
        };
        let bundle = find("bundles", "prompt", PROMPT);
        let artifact = find("artifacts", "artifact", PROMPT);
        (bundle["stamp"].as_str().unwrap().to_owned(), artifact["version"].as_str().unwrap().to_owned())
    }

    /// What the agent was asked for a ticket, as it read it.
    pub(super) fn question(&self, ticket: &str) -> String {
        String::from_utf8(self.project.read(&format!("seen/{ticket}.json"))).unwrap()
    }

    /// The environment it ran in then.
    pub(super) fn surroundings(&self, ticket: &str) -> String {
        String::from_utf8(self.project.read(&format!("seen/{ticket}.env"))).unwrap()
    }

    /// What is told to the agent in every case: policy and tools.
    pub(super) fn told(&self) -> String {
        ["policy.md", "tools.json"].map(|file| fs::read_to_string(self.data.join(file)).unwrap()).concat()
    }
}

fn governance() -> String {
    let person = |handle: &str, roles: &str, program: &str| {
        let key = Project::public_key(handle);
        format!("\n[people.{handle}]\nkeys = [\"{key}\"]\nroles = {roles}\n{program}")
    };
    let people = [
        person("maintainer", "[\"root\", \"author\"]", ""),
        person("ruth", "[\"release\", \"reviewer\"]", ""),
        person("omar", "[\"release\"]", ""),
        person("ci", "[\"evaluator\"]", "program = true\n"),
    ];
    format!("[project]\nname = \"shop\"\n{}{ENVIRONMENTS}", people.concat())
}
