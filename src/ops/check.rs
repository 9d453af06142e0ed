//! `check`: every problem that shows without running anything.

use serde::Serialize;

use super::{
    Answer, Exit, Failure, World, charters, markers, people_data, secrecy, soundness, stage::Stage, standing::Standing,
    unseen, unsound,
};
use crate::{
    governance::{FILE, Governance, SourceRule},
    problem::Problem,
    scan::Exceptions,
    workspace::{Loaded, discover, is_within, load_all},
};

/// What to check.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Files or folders, from the project folder; everything when there are none.
    pub paths: Vec<String>,
}

/// Everything that is wrong, or worth a second look.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Whether nothing is wrong; warnings are not.
    pub ok: bool,
    /// How many artifacts were looked at.
    pub artifacts: usize,
    /// All problems, sorted by place.
    pub problems: Vec<Problem>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.check/1";

    fn exit(&self) -> Exit {
        if self.ok { Exit::Done } else { Exit::No }
    }
}

/// Checks the working files against the rules as they stand in the file, so that both can be mended before either
/// is recorded.
///
/// # Errors
///
/// That the disk failed, or that a path names nothing that could be checked.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let bytes = world.tree.read(FILE)?;
    let (governance, mut problems) = rules(bytes.as_deref());
    let sources = governance.as_ref().map(|rules| rules.sources.as_slice()).unwrap_or_default();
    let loaded = load_all(world.tree.as_ref(), sources)?;
    problems.extend(loaded.problems.iter().cloned());
    problems.extend(unsound::problems(&loaded, governance.as_ref(), world.clock.now()));
    problems.extend(unseen::problems(&loaded, bytes.as_deref(), governance.as_ref()));
    problems.extend(charters::problems(&loaded, governance.as_ref(), world.clock.now()));
    problems.extend(together(world, sources, &loaded)?);
    problems.extend(people_data::problems(&loaded));
    problems.extend(secrets(world, &loaded)?);
    problems.sort();
    problems.dedup();
    let chosen = chosen(&loaded, &problems, &request.paths)?;
    problems.retain(|problem| chosen.iter().any(|path| is_chosen(&problem.path, path)));
    let artifacts = loaded.artifacts.values();
    let artifacts = artifacts.filter(|file| chosen.iter().any(|path| is_chosen(&file.path, path))).count();
    Ok(Outcome { ok: problems.iter().all(|problem| problem.warning), artifacts, problems })
}

/// What is wrong with artifacts when they are read together; before the project is begun, with each by itself.
fn together(world: &World, sources: &[SourceRule], loaded: &Loaded) -> Result<Vec<Problem>, Failure> {
    match Standing::read(world) {
        Ok(standing) => {
            let found = discover(world.tree.as_ref(), sources)?;
            let mut problems = marks(world, Some(&standing), loaded)?;
            problems.extend(soundness::problems(&Stage::of_files(world, &standing, found))?);
            Ok(problems)
        }
        Err(failure) if failure.code == "not-begun" => {
            let mut problems = marks(world, None, loaded)?;
            problems.extend(unsound::one_by_one(loaded));
            Ok(problems)
        }
        Err(failure) => Err(failure),
    }
}

/// What looks like a secret, in artifacts and in the rules.
fn secrets(world: &World, loaded: &Loaded) -> Result<Vec<Problem>, Failure> {
    let exceptions = match Standing::read(world) {
        Ok(standing) => secrecy::exceptions(&standing)?,
        Err(failure) if failure.code == "not-begun" => Exceptions::default(),
        Err(failure) => return Err(failure),
    };
    let rules = world.tree.read(FILE)?.unwrap_or_default();
    let mut problems = secrecy::in_text(&exceptions, FILE, &rules);
    for file in loaded.artifacts.values() {
        problems.extend(secrecy::problems(&exceptions, &file.path, &file.source));
    }
    Ok(problems)
}

/// Conflicts that are not resolved.
fn marks(world: &World, standing: Option<&Standing<'_>>, loaded: &Loaded) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for file in loaded.artifacts.values() {
        problems.extend(markers::problems(world, standing, &file.artifact, &file.path, &file.source)?);
    }
    Ok(problems)
}

/// The rules as they stand in the file, and what is wrong with them.
fn rules(bytes: Option<&[u8]>) -> (Option<Governance>, Vec<Problem>) {
    let Some(bytes) = bytes else {
        let problem = Problem::whole(FILE, "missing-file", "there is no `chancery.toml`: nobody may do anything");
        return (None, vec![problem.next("chancery init")]);
    };
    match Governance::parse(FILE, bytes) {
        Ok((governance, warnings)) => (Some(governance), warnings),
        Err(problems) => (None, problems),
    }
}

/// The paths asked for, with the files that belong to what stands there.
fn chosen(loaded: &Loaded, problems: &[Problem], paths: &[String]) -> Result<Vec<String>, Failure> {
    if paths.is_empty() {
        return Ok(vec![String::new()]);
    }
    let mut chosen: Vec<String> = paths.to_vec();
    for path in paths {
        let before = chosen.len();
        for file in loaded.artifacts.values().filter(|file| file.files.iter().any(|entry| is_chosen(&entry.path, path)))
        {
            chosen.extend(file.files.iter().map(|entry| entry.path.clone()));
        }
        let has_problem = || problems.iter().any(|problem| is_chosen(&problem.path, path));
        if chosen.len() == before && path != FILE && !has_problem() {
            let message = format!("nothing stands at `{path}` that could be checked");
            return Err(Failure::cannot("unknown-path", message)
                .because("no artifact's file and no rules are there")
                .run("chancery status"));
        }
    }
    Ok(chosen)
}

/// Whether a path is this file or below this folder; everything is below the project folder, `.`.
fn is_chosen(path: &str, folder: &str) -> bool {
    folder == "." || is_within(path, folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::TestProject;

    fn codes(project: &TestProject, paths: &[&str]) -> Vec<(String, String, bool)> {
        let request = Request { paths: paths.iter().map(|&path| path.to_owned()).collect() };
        let outcome = run(&project.of("maya"), &request).unwrap();
        assert_eq!(outcome.ok, outcome.problems.iter().all(|problem| problem.warning));
        let told = outcome.problems.into_iter();
        told.map(|problem| (problem.path, problem.code, problem.warning)).collect()
    }

    fn told(path: &str, code: &str, warning: bool) -> (String, String, bool) {
        (path.to_owned(), code.to_owned(), warning)
    }

    #[test]
    fn what_is_wrong_is_told_at_once_and_by_place() {
        let project = TestProject::new();
        assert_eq!(codes(&project, &[]), [told("chancery.toml", "one-root-key", true)]);
        project.write("prompts/a.md", "+++\nmodle = \"m\"\n+++\nx\n");
        project.write("prompts/b.md", "+++\n+++\nhi {{ name }}\n");
        project.write("policies/c.md", "be\u{200b} kind\u{200b}\nand \u{202e}fair\n");
        let all = codes(&project, &[]);
        for wanted in [told("policies/c.md", "invisible-character", true), told("prompts/a.md", "unknown-key", false)] {
            assert!(all.contains(&wanted), "{all:?}");
        }
        assert!(all.iter().any(|(path, _, warning)| path == "prompts/b.md" && !warning), "{all:?}");
        assert_eq!(codes(&project, &["policies"]).len(), 2);
        assert_eq!(codes(&project, &["prompts/a.md"]).len(), 1);
    }

    #[test]
    fn a_suite_that_can_never_satisfy_a_gate_is_a_warning() {
        let project = TestProject::new();
        let asked = "pass_rate = { at_least = 0.9, confidence = 0.95 }";
        project.write(
            "chancery.toml",
            &crate::ops::testing::rules(
                &crate::ops::testing::RULES
                    .replace("pass_rate = { at_least = 0.5 }\nregression", &format!("{asked}\nregression")),
            ),
        );
        project.write("evals/a.toml", "prompt = \"a\"\n[[case]]\nid = \"a\"\nexpect = [{ contains = \"x\" }]\n");
        let request = Request { paths: vec!["evals".to_owned()] };
        let outcome = run(&project.of("maya"), &request).unwrap();
        let small: Vec<_> = outcome.problems.iter().filter(|p| p.code == "suite-too-small").collect();
        assert_eq!(small.len(), 1, "{:?}", outcome.problems);
        assert!(small[0].message.contains("takes 35 cases, and it has 1"), "{}", small[0].message);
    }

    /// What is said of a suite under production's usual rules, this in place of `no-flips`.
    fn of_suite(regression: &str, suite: &str) -> Vec<Problem> {
        let mut project = TestProject::new();
        let rules = crate::ops::testing::RULES.replace("regression = \"no-flips\"", regression);
        project.write("chancery.toml", &crate::ops::testing::rules(&rules));
        project.write("evals/a.toml", suite);
        project.at("2026-11-20T08:00:00Z");
        let request = Request { paths: vec!["evals".to_owned()] };
        run(&project.of("maya"), &request).unwrap().problems
    }

    #[test]
    fn a_suite_that_can_hardly_show_a_margin_is_a_warning_with_the_number_of_cases() {
        let case = |id: usize, more: &str| format!("[[case]]\nid = \"c{id}\"\nexpect = [{{ json = true }}]\n{more}");
        let suite = |cases: usize, more: &str| {
            let cases: String = (0..cases).map(|id| case(id, if id == 0 { more } else { "" })).collect();
            format!("prompt = \"a\"\n{cases}")
        };
        let small = |cases: usize, more: &str| -> Vec<String> {
            let problems = of_suite("regression = { margin = 0.1, confidence = 0.9 }", &suite(cases, more));
            problems.into_iter().filter(|p| p.code == "suite-too-small").map(|p| p.message).collect()
        };
        assert_eq!(small(29, ""), [] as [&str; 0]);
        let told = "`production` can hardly accept a change by this suite: to show that it passes at most 0.1 less at \
                    confidence 0.9 takes 29 cases, none of them lost, and it has 28";
        assert_eq!(small(28, ""), [told]);
        // A case that does not count shows nothing.
        let quarantine = |until: &str| format!("quarantine = {{ reason = \"moody\", until = {until} }}\n");
        assert_eq!(small(29, &quarantine("2026-11-20")), [told]);
        assert_eq!(small(29, &quarantine("2026-11-19")), [] as [&str; 0]);
    }

    #[test]
    fn a_quarantine_that_is_over_is_a_warning_at_its_case() {
        let suite = |until: &str| {
            format!(
                "prompt = \"a\"\n[[case]]\nid = \"x\"\nquarantine = {{ reason = \"moody\", until = {until} }}\nexpect = [{{ json = true }}]\n"
            )
        };
        let over = |until: &str| {
            let problems = of_suite("regression = \"no-flips\"", &suite(until));
            problems.into_iter().find(|problem| problem.code == "quarantine-over")
        };
        assert_eq!(over("2026-11-20"), None);
        let problem = over("2026-11-19").unwrap();
        assert_eq!((problem.path.as_str(), problem.line, problem.warning), ("evals/a.toml", 3, true));
    }

    #[test]
    fn a_path_where_nothing_stands_is_refused() {
        let request = Request { paths: vec!["prompts/nothing.md".to_owned()] };
        assert_eq!(run(&TestProject::new().of("maya"), &request).unwrap_err().code, "unknown-path");
    }
}
