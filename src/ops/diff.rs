//! `diff`: what changed between two versions, or between versions and files.

pub mod behaviour;

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Answer, Exit, Failure, Revision, Spec, World,
    changes::{Changes, FileChange, Look},
    memory, rendered,
    resolve::{Names, pick},
    sources::source_of,
    standing::Standing,
    step::{Question, Steps, files_of},
};
use crate::{
    artifact::Source,
    diff::Class,
    name::{Artifact, Kind},
    object::VersionId,
    problem::Problem,
    state::{HeadRecord, LineageRecord},
    workspace::{Found, Index, WorkingFile, discover},
};

/// What to compare.
#[derive(Debug, Clone)]
pub struct Request {
    /// The two sides.
    pub sides: Sides,
    /// How closely.
    pub look: Look,
    /// Compare what a model would get for this golden case, instead of the files.
    pub rendered: Option<String>,
    /// Whether a difference is a no.
    pub exit_code: bool,
}

/// The two sides of a comparison.
#[derive(Debug, Clone)]
pub enum Sides {
    /// Every head against its file.
    All,
    /// A version (the head unless it says which) against its file.
    ToFile(Spec),
    /// One against the other.
    Between(Spec, Spec),
}

/// What changed.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Artifacts that differ, sorted.
    pub artifacts: Vec<Difference>,
    /// Lines added in all.
    pub insertions: usize,
    /// Lines removed in all.
    pub deletions: usize,
    /// Files that could not be compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// Whether a difference is a no.
    #[serde(skip)]
    pub exit_code: bool,
    /// Whether the differences are what a commit would record.
    #[serde(skip)]
    pub uncommitted: bool,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.diff/1";

    fn exit(&self) -> Exit {
        if self.exit_code && !self.artifacts.is_empty() { Exit::No } else { Exit::Done }
    }
}

/// One artifact that differs.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// The artifact, as the new side names it.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// The old version; absent when there is none.
    pub from: Option<VersionId>,
    /// The new version, of a file as it would be committed; absent when there is none.
    pub to: Option<VersionId>,
    /// The old side in words.
    pub from_label: String,
    /// The new side in words.
    pub to_label: String,
    /// What kind of change it is.
    pub class: Class,
    /// What changed, file by file.
    pub changes: Vec<FileChange>,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
}

/// Compares.
///
/// # Errors
///
/// That a side does not exist, or that the two are of different kinds.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let found = discover(world.tree.as_ref(), &standing.governance.sources)?;
    let desk = Desk { world, standing: &standing, found: &found, look: request.look };
    let mut problems = Vec::new();
    let artifacts = match (&request.sides, &request.rendered) {
        (sides, Some(case)) => rendered::compare(world, &standing, &found, sides, case)?.into_iter().collect(),
        (Sides::All, _) => desk.all(&mut problems)?,
        (Sides::ToFile(spec), _) => desk.to_files(spec)?,
        (Sides::Between(old, new), _) => desk.between(old, new)?.into_iter().collect(),
    };
    let insertions = artifacts.iter().map(|difference| difference.insertions).sum();
    let deletions = artifacts.iter().map(|difference| difference.deletions).sum();
    let from_heads = match &request.sides {
        Sides::All => true,
        Sides::ToFile(spec) => matches!(spec.revision, Revision::Default | Revision::Head | Revision::Work),
        Sides::Between(..) => false,
    };
    let uncommitted = from_heads && !artifacts.is_empty();
    Ok(Outcome { artifacts, insertions, deletions, problems, exit_code: request.exit_code, uncommitted })
}

/// One side of a comparison of one artifact.
struct Side {
    artifact: Artifact,
    /// Absent for a deletion.
    source: Option<Source>,
    label: String,
}

/// Where comparing happens.
struct Desk<'a> {
    world: &'a World,
    standing: &'a Standing<'a>,
    found: &'a Found,
    look: Look,
}

impl Desk<'_> {
    /// Every head against its file; a file that is not here yet is no deletion.
    fn all(&self, problems: &mut Vec<Problem>) -> Result<Vec<Difference>, Failure> {
        let (index, _) = memory::read(self.world)?;
        let steps = Steps::open(self.world)?;
        let state = self.standing.state();
        let mut compared = BTreeSet::new();
        let mut differences = Vec::new();
        for head in state.heads()? {
            let Some(version) = head.version else { continue };
            compared.insert(head.artifact.clone());
            let file = match self.file(&head.artifact)? {
                Some(Ok(file)) if file.version() == version => continue,
                Some(Ok(file)) => Some(file),
                Some(Err(problem)) => {
                    problems.push(problem);
                    continue;
                }
                None if was_in_step(self.standing, (&steps, &index), &head, version)? => None,
                None => continue,
            };
            let record = state.commit(&head.artifact, head.number)?;
            differences
                .extend(self.compare(self.committed(record.as_ref(), &head.artifact)?, working(&head.artifact, file))?);
        }
        for artifact in self.found.places.keys().filter(|artifact| !compared.contains(*artifact)) {
            match self.file(artifact)? {
                Some(Ok(file)) => {
                    differences.extend(self.compare(self.committed(None, artifact)?, working(artifact, Some(file)))?);
                }
                Some(Err(problem)) => problems.push(problem),
                None => {}
            }
        }
        problems.extend(self.found.problems.iter().filter(|problem| !problem.warning).cloned());
        Ok(differences)
    }

    /// Each artifact a spec means against its file.
    fn to_files(&self, spec: &Spec) -> Result<Vec<Difference>, Failure> {
        let revision = match &spec.revision {
            Revision::Default | Revision::Work => &Revision::Head,
            revision => revision,
        };
        let mut differences = Vec::new();
        for artifact in Names::with(self.standing, self.found).meant(spec)? {
            let is_new = *revision == Revision::Head
                && self.standing.state().head(&artifact)?.is_none_or(|head| head.version.is_none());
            let record = if is_new { None } else { Some(pick(self.standing, &artifact, revision)?) };
            let file = self.file(&artifact)?.transpose().map_err(|problem| Failure::problems(vec![problem]))?;
            differences.extend(self.compare(self.committed(record.as_ref(), &artifact)?, working(&artifact, file))?);
        }
        Ok(differences)
    }

    /// One against the other; a name alone is its file.
    fn between(&self, old: &Spec, new: &Spec) -> Result<Option<Difference>, Failure> {
        let (old, new) = (self.side(old)?, self.side(new)?);
        if old.artifact.kind != new.artifact.kind {
            let message = format!("a {} cannot be compared with a {}", old.artifact.kind, new.artifact.kind);
            return Err(Failure::usage(message).say("name two artifacts of one kind, or two versions of one"));
        }
        self.compare(old, new)
    }

    fn side(&self, spec: &Spec) -> Result<Side, Failure> {
        let artifact = Names::with(self.standing, self.found).one(spec)?;
        if !matches!(spec.revision, Revision::Default | Revision::Work) {
            let record = pick(self.standing, &artifact, &spec.revision)?;
            return self.committed(Some(&record), &artifact);
        }
        let missing = || {
            Failure::cannot("no-file", format!("`{artifact}` has no file here"))
                .say(format!("its newest version is `{artifact}@head`"))
        };
        let file = self.file(&artifact)?.ok_or_else(missing)?;
        Ok(working(&artifact, Some(file.map_err(|problem| Failure::problems(vec![problem]))?)))
    }

    fn file(&self, artifact: &Artifact) -> Result<Option<Result<WorkingFile, Problem>>, Failure> {
        match self.found.places.get(artifact) {
            Some(place) => Ok(Some(self.found.load(self.world.tree.as_ref(), place)?)),
            None => Ok(None),
        }
    }

    fn committed(&self, record: Option<&LineageRecord>, artifact: &Artifact) -> Result<Side, Failure> {
        let Some(record) = record.filter(|record| record.version.is_some()) else {
            return Ok(Side { artifact: artifact.clone(), source: None, label: "nothing".to_owned() });
        };
        let source = source_of(self.world, record)?;
        Ok(Side { artifact: artifact.clone(), source: Some(source), label: format!("v{}", record.number) })
    }

    fn compare(&self, old: Side, new: Side) -> Result<Option<Difference>, Failure> {
        let changes = Changes::between(old.source.as_ref(), new.source.as_ref(), self.look);
        if changes.class == Class::Same {
            return Ok(None);
        }
        let names = Names::with(self.standing, self.found);
        let label = names.label(&new.artifact)?;
        let from_label = if old.artifact.key() == new.artifact.key() {
            old.label
        } else {
            format!("{} {}", names.label(&old.artifact)?, old.label)
        };
        let (insertions, deletions) = changes.counts();
        let version = |source: Option<Source>| source.map(|source| source.version());
        Ok(Some(Difference {
            artifact: label,
            kind: new.artifact.kind,
            from: version(old.source),
            to: version(new.source),
            from_label,
            to_label: new.label,
            class: changes.class,
            changes: changes.files,
            insertions,
            deletions,
        }))
    }
}

fn working(artifact: &Artifact, file: Option<WorkingFile>) -> Side {
    let label = if file.is_some() { "file" } else { "nothing" };
    Side { artifact: artifact.clone(), source: file.map(|file| file.source), label: label.to_owned() }
}

/// Whether this clone's file, which is not there, was last in step with this version.
fn was_in_step(
    standing: &Standing<'_>,
    (steps, index): (&Steps<'_>, &Index),
    head: &HeadRecord,
    version: VersionId,
) -> Result<bool, Failure> {
    let mut files = files_of(index.get(&head.artifact));
    if files.is_empty() {
        files.extend(head.path.clone());
    }
    let asked = Question { artifact: &head.artifact, head: Some(head), files, is_there: false };
    Ok(steps.base(standing, index, &asked)?.is_some_and(|(base, _)| base == version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{story::commit, testing::TestProject};

    fn ask(sides: Sides) -> Request {
        Request { sides, look: Look::Lines, rendered: None, exit_code: true }
    }

    fn spec(text: &str) -> Spec {
        text.parse().unwrap()
    }

    fn classes(outcome: &Outcome) -> Vec<(String, Class)> {
        outcome.artifacts.iter().map(|one| (one.artifact.clone(), one.class)).collect()
    }

    #[test]
    fn files_are_compared_with_heads_and_what_never_was_here_is_no_deletion() {
        let project = TestProject::new();
        let world = project.of("maya");
        commit(&world, &[("policy/a", "one\n"), ("policy/b", "b\n"), ("policy/same", "s\n")]);
        project.write("policies/a.md", "two\n");
        project.write("policies/new.md", "n\n");
        project.write("policies/same.md", "s\n");
        let outcome = run(&world, &ask(Sides::All)).unwrap();
        assert_eq!(classes(&outcome), [("a".to_owned(), Class::Text), ("new".to_owned(), Class::Added)]);
        assert_eq!((outcome.insertions, outcome.deletions, outcome.exit()), (2, 1, Exit::No));
        let same = run(&world, &ask(Sides::ToFile(spec("same")))).unwrap();
        assert_eq!((same.artifacts.len(), same.exit()), (0, Exit::Done));
    }

    #[test]
    fn two_versions_or_two_artifacts_of_one_kind_are_compared() {
        let project = TestProject::new();
        let world = project.of("maya");
        commit(&world, &[("policy/a", "one\n"), ("tool/t", "{\"name\":\"t\",\"inputSchema\":{\"type\":\"object\"}}")]);
        commit(&world, &[("policy/a", "two\n"), ("policy/b", "one\n")]);
        let between = |old: &str, new: &str| run(&world, &ask(Sides::Between(spec(old), spec(new))));
        let one = between("a@v1", "a@v2").unwrap();
        assert_eq!((one.artifacts[0].from_label.as_str(), one.artifacts[0].to_label.as_str()), ("v1", "v2"));
        assert!(between("a@v1", "b@v1").unwrap().artifacts.is_empty());
        assert_eq!(between("a@head", "b@head").unwrap().artifacts[0].from_label, "a v2");
        assert_eq!(between("a@v1", "t@v1").unwrap_err().exit, Exit::Usage);
        assert_eq!(between("a@v1", "a").unwrap_err().code, "no-file");
    }

    #[test]
    fn what_a_model_would_get_is_compared_for_one_case() {
        let project = TestProject::new();
        let world = project.of("maya");
        let prompt =
            |word: &str| format!("+++\nmodel = \"m\"\n[inputs.who]\ntype = \"string\"\n+++\n{word} {{{{ who }}}}\n");
        let suite =
            "prompt = \"a\"\n[[case]]\nid = \"first\"\nvars = { who = \"Ana\" }\nexpect = [{ contains = \"x\" }]\n";
        let model = "provider = \"echo\"\nid = \"echo\"\n";
        commit(&world, &[("model/m", model), ("prompt/a", &prompt("Hello")), ("suite/a", suite)]);
        for (path, text) in [("models/m.toml", model), ("evals/a.toml", suite), ("prompts/a.md", &prompt("Goodbye"))] {
            project.write(path, text);
        }
        let request = Request { rendered: Some("first".to_owned()), ..ask(Sides::ToFile(spec("a"))) };
        let outcome = run(&world, &request).unwrap();
        let lines: Vec<String> = outcome.artifacts[0].changes[0]
            .hunks
            .iter()
            .flat_map(|hunk| &hunk.lines)
            .map(crate::diff::Line::shown)
            .collect();
        assert!(lines.contains(&"Goodbye Ana".to_owned()) && lines.contains(&"Hello Ana".to_owned()), "{lines:?}");
        let same = Request { rendered: Some("first".to_owned()), ..ask(Sides::Between(spec("a@v1"), spec("a@head"))) };
        assert!(run(&world, &same).unwrap().artifacts.is_empty());
    }
}
