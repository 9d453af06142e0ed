//! What can be known to be wrong before anything is run: every prompt with its bundle, every suite with its cases.

use std::{collections::BTreeMap, rc::Rc};

use serde_json::Map;

use super::{
    Failure,
    fit::{self, at},
    judges::seated,
    parts::{Whole, try_gather},
    stage::Stage,
};
use crate::{
    artifact::{Parsed, Subject},
    name::{Artifact, Kind, Name},
    problem::Problem,
    render::{self, RenderError, render},
};

/// Every problem of everything a stage has, warnings among them, sorted, each once.
///
/// Files are parsed; templates are read; every name is looked up, with the nearest one where there is none; bundles
/// are checked for policies that are code and for tools that look the same to the model; every golden case is held
/// against the inputs of its prompt; every expression is read. Nothing is called and nothing is rendered but what
/// cases give.
///
/// # Errors
///
/// Only what the state, the store or the disk answered; what is wrong in files is the answer.
pub(super) fn problems(stage: &Stage<'_>) -> Result<Vec<Problem>, Failure> {
    let mut review = Review { stage, problems: Vec::new(), wholes: BTreeMap::new() };
    review.problems.extend(stage.found().map(|found| found.problems.clone()).unwrap_or_default());
    let artifacts = stage.artifacts()?;
    for artifact in &artifacts {
        review.read(artifact)?;
    }
    for prompt in artifacts.iter().filter(|artifact| artifact.kind == Kind::Prompt && !artifact.name.is_fragment()) {
        review.bundle(&prompt.name)?;
    }
    for suite in artifacts.iter().filter(|artifact| artifact.kind == Kind::Suite) {
        review.suite(suite)?;
    }
    let mut problems = review.problems;
    problems.sort();
    problems.dedup();
    Ok(problems)
}

/// A stage being looked through.
struct Review<'s, 'a> {
    stage: &'s Stage<'a>,
    problems: Vec<Problem>,
    wholes: BTreeMap<String, Option<Rc<Whole>>>,
}

impl Review<'_, '_> {
    /// What the file itself says.
    fn read(&mut self, artifact: &Artifact) -> Result<(), Failure> {
        let part = match self.stage.look_closely(artifact)? {
            Ok(Some(part)) => part,
            Ok(None) => return Ok(()),
            Err(problems) => {
                self.problems.extend(problems);
                return Ok(());
            }
        };
        match &part.reading {
            Ok((Parsed::Prompt(prompt), warnings)) => {
                self.problems.extend(warnings.clone());
                match render::uses(prompt, &part.path, &part.text()) {
                    Ok(uses) => self.problems.extend(uses.warnings),
                    Err(problems) => self.problems.extend(problems),
                }
            }
            Ok((_, warnings)) => self.problems.extend(warnings.clone()),
            Err(problems) => self.problems.extend(problems.clone()),
        }
        Ok(())
    }

    /// What a prompt's bundle is, and whether it holds together without any variable.
    fn bundle(&mut self, prompt: &Name) -> Result<(), Failure> {
        let whole = match try_gather(self.stage, prompt)? {
            Ok(whole) => whole,
            Err(problems) => {
                self.problems.extend(problems);
                self.wholes.insert(prompt.folded(), None);
                return Ok(());
            }
        };
        // Variables are judged case by case; without any, only what is wrong with the bundle itself is told.
        let sound = match render(&whole.parts, &Map::new()) {
            Err(RenderError::Invalid(problems)) => {
                self.problems.extend(problems);
                false
            }
            Err(RenderError::DuplicateTool { name, first, second }) => {
                let message = format!("the tools `{first}` and `{second}` both call themselves `{name}`");
                let problem = self.in_file(prompt, &second, "duplicate-tool", message)?;
                self.problems.push(problem.next("take one of them out, or change the `name` inside its file"));
                false
            }
            _ => true,
        };
        self.wholes.insert(prompt.folded(), sound.then(|| Rc::new(whole)));
        Ok(())
    }

    /// A problem where a prompt's file names something.
    fn in_file(&self, prompt: &Name, named: &Name, code: &str, message: String) -> Result<Problem, Failure> {
        let artifact = Artifact::new(Kind::Prompt, prompt.clone());
        let Some(part) = self.stage.look_closely(&artifact)?.ok().flatten() else {
            return Ok(Problem::whole(prompt.as_str(), code, message));
        };
        Ok(at(&part, &[format!("\"{named}\""), format!("'{named}'")], code, message))
    }

    fn suite(&mut self, artifact: &Artifact) -> Result<(), Failure> {
        let Some(part) = self.stage.look_closely(artifact)?.ok().flatten() else { return Ok(()) };
        let Ok(Parsed::Suite(suite)) = part.parsed() else { return Ok(()) };
        let Subject::Prompt(prompt) = &suite.subject else { return Ok(()) };
        self.problems.extend(fit::expressions(&part, &suite.cases));
        self.problems.extend(seated(self.stage, &part, suite, false)?.err().unwrap_or_default());
        let subject = Artifact::new(Kind::Prompt, prompt.clone());
        if self.stage.look_closely(&subject)?.is_ok_and(|found| found.is_none()) {
            let message = format!("there is no prompt `{prompt}` {}", self.stage.words());
            let problem = at(&part, &[format!("\"{prompt}\""), format!("'{prompt}'")], "unknown-prompt", message);
            let all = self.stage.artifacts()?;
            let names = all.iter().filter(|other| other.kind == Kind::Prompt).map(|other| other.name.as_str());
            self.problems.push(problem.nearest(prompt.as_str(), names));
            return Ok(());
        }
        // Without a sound bundle nothing can be said of its inputs; why it is not sound has been said.
        let Some(Some(whole)) = self.wholes.get(&prompt.folded()).cloned() else { return Ok(()) };
        self.problems.extend(fit::with_bundle(&part, &suite.cases, &whole));
        if whole.model.is_none() {
            let message = format!("`{prompt}` names no model, so this suite cannot be run");
            let problem = self.in_file(prompt, prompt, "no-model", message)?.as_warning();
            self.problems.push(problem.next("add the line `model = \"NAME\"` to its front matter"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{stage::Ground, standing::Standing, testing::TestProject};

    fn told(project: &TestProject) -> Vec<String> {
        let world = project.of("tom");
        let standing = Standing::read(&world).unwrap();
        let stage = Stage::open(&world, &standing, Ground::Work).unwrap();
        let line = |problem: &Problem| {
            let next = problem.next.clone().unwrap_or_default();
            format!("{}:{}:{} {} {next}", problem.path, problem.line, problem.column, problem.code)
        };
        problems(&stage).unwrap().iter().map(line).collect()
    }

    fn project(prompt: &str, suite: &str) -> TestProject {
        let project = TestProject::new();
        project.write("prompts/greet.md", prompt);
        project.write("models/fast.toml", "provider = \"echo\"\n");
        project.write("evals/greet.toml", suite);
        project
    }

    const PROMPT: &str = "+++\nmodel = \"fast\"\n[inputs.city]\n[inputs.days]\ntype = \"number\"\noptional = true\n+++\nHi {{ city }}{% if days is defined %}{{ days }}{% endif %}";

    #[test]
    fn a_sound_project_has_no_problems() {
        let suite = "prompt = \"greet\"\n[[case]]\nid = \"a\"\nvars = { city = \"Oslo\" }\nexpect = [{ expression = \"output\" }]\n";
        assert_eq!(told(&project(PROMPT, suite)), Vec::<String>::new());
    }

    #[test]
    fn cases_are_held_against_the_inputs_of_their_prompt() {
        let suite = "prompt = \"greet\"\n[[case]]\nid = \"a\"\nvars = { cty = \"Oslo\", days = \"x\" }\n\
                     expect = [{ expression = \"outpt == 1\" }, { tool_call = { name = \"pay\" } }]\n\
                     [[case]]\nid = \"b\"\nvars = { city = \"Lima\" }\nexpect = [{ json = true }]\n";
        assert_eq!(
            told(&project(PROMPT, suite)),
            [
                "evals/greet.toml:3:7 missing-input add `city` to its `vars`",
                "evals/greet.toml:4:10 undeclared-input did you mean `city`?",
                "evals/greet.toml:4:24 wrong-type ",
                "evals/greet.toml:5:27 bad-expression did you mean `output`?",
                "evals/greet.toml:5:66 unknown-tool ",
            ]
        );
        let lines = project(PROMPT, "prompt = \"greet\"\ncases = \"greet.jsonl\"\n");
        let case = |id: &str, name: &str| {
            format!("{{\"id\":\"{id}\",\"vars\":{{\"{name}\":\"x\"}},\"expect\":[{{\"json\":true}}]}}\n")
        };
        lines.write("evals/greet.jsonl", &(case("a", "city") + &case("b", "town")));
        assert_eq!(
            told(&lines),
            [
                "evals/greet.jsonl:2:8 missing-input add `city` to its `vars`",
                "evals/greet.jsonl:2:20 undeclared-input declare it in the prompt: [inputs.town]",
            ]
        );
    }

    #[test]
    fn a_bundle_is_held_together_without_running_it() {
        let prompt =
            "+++\nmodel = \"fst\"\ntools = [\"a\", \"b\"]\npolicies = [\"access\"]\n+++\n{{ policy(\"access\") }}";
        let suite = "prompt = \"gret\"\n[[case]]\nid = \"a\"\nexpect = [{ json = true }]\n";
        let project = project(prompt, suite);
        let tool = r#"{"name":"pay","description":"pays","inputSchema":{"type":"object"}}"#;
        project.write("tools/a.json", tool);
        project.write("tools/b.json", tool);
        project.write("policies/access.cedar", "permit(principal, action, resource);");
        assert_eq!(
            told(&project),
            [
                "evals/greet.toml:1:10 unknown-prompt did you mean `greet`?",
                "prompts/greet.md:2:9 unknown-model did you mean `fast`?",
            ]
        );
        project.write("prompts/greet.md", &prompt.replace("fst", "fast"));
        let found = told(&project);
        assert!(found.iter().any(|line| line.starts_with("prompts/greet.md:3:15 duplicate-tool")), "{found:?}");
        project.write("prompts/greet.md", &prompt.replace("fst", "fast").replace("\"a\", \"b\"", "\"a\""));
        let found = told(&project);
        assert!(found.iter().any(|line| line.starts_with("prompts/greet.md:6:11 policy-not-prose")), "{found:?}");
    }
}
