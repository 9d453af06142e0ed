//! `impact`: every bundle, environment and suite a change of an artifact touches.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Answer, Failure, Revision, Spec, World,
    resolve::{Names, pick},
    standing::Standing,
};
use crate::{
    name::{Artifact, Environment, Kind, Name},
    object::{BundleId, VersionId},
    state::State,
    version::{Bundle, Contents, Uses},
    workspace::Labels,
};

/// What stands in place of an environment for the newest committed versions.
const HEADS: &str = "heads";

/// What a change touches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// What would change, as a person would type it.
    pub artifacts: Vec<String>,
    /// The bundles, by place in the order of the rules (heads last), then by prompt.
    pub bundles: Vec<Touched>,
    /// The environments in which something is touched, in the order of the rules.
    pub environments: Vec<Environment>,
    /// The suites that would have to be run again, or that change themselves.
    pub suites: Vec<Guarding>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.impact/1";
}

/// One bundle that would be another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Touched {
    /// The prompt.
    pub prompt: Name,
    /// The environment, or `heads`.
    pub environment: String,
    /// The bundle as it is; absent while something it needs is not there.
    pub bundle: Option<BundleId>,
    /// Fragments between the artifact and the prompt, nearest the artifact first; empty where the prompt names it.
    pub through: Vec<String>,
}

/// A suite that tests something touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Guarding {
    /// The suite, as a person would type it.
    pub suite: String,
    /// The environment, or `heads`.
    pub environment: String,
    /// What it tests, as a person would type it.
    pub subject: String,
}

/// Follows what prompts include and use, in every environment and at the heads.
///
/// # Errors
///
/// `unknown-artifact`, `ambiguous-name`, and for a revision that is not there what `show` says of it.
pub fn run(world: &World, spec: &Spec) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let state = standing.state();
    let names = Names::of(&standing);
    let changed = names.meant(spec)?;
    if !matches!(spec.revision, Revision::Default | Revision::Work) {
        for artifact in &changed {
            pick(&standing, artifact, &spec.revision)?;
        }
    }
    let labels = names.labels()?;
    let mut outcome = Outcome {
        artifacts: changed.iter().map(|artifact| labels.of(artifact)).collect(),
        bundles: Vec::new(),
        environments: Vec::new(),
        suites: Vec::new(),
    };
    for rules in &standing.governance.environments {
        let before = (outcome.bundles.len(), outcome.suites.len());
        gather(&Live { state: &state, environment: &rules.name }, &changed, &labels, &mut outcome)?;
        let here = changed.iter().map(|artifact| state.live(&rules.name, artifact)).collect::<Result<Vec<_>, _>>()?;
        let touched = before != (outcome.bundles.len(), outcome.suites.len());
        if touched || here.iter().any(Option::is_some) {
            outcome.environments.push(rules.name.clone());
        }
    }
    gather(&Heads::read(&state)?, &changed, &labels, &mut outcome)?;
    Ok(outcome)
}

/// A place where names resolve: an environment, or the heads.
trait Place {
    /// Its name.
    fn name(&self) -> String;
    /// Prompts that name an artifact directly.
    fn users(&self, artifact: &Artifact) -> Result<BTreeSet<Name>, Failure>;
    /// Suites that test an artifact.
    fn guards(&self, subject: &Artifact) -> Result<BTreeSet<Name>, Failure>;
    /// What a suite tests; nothing for other kinds.
    fn subject(&self, suite: &Artifact) -> Result<Option<Artifact>, Failure>;
    /// The bundle of a prompt.
    fn bundle(&self, prompt: &Name) -> Result<Resolved, Failure>;
}

/// What a prompt resolves to in a place.
enum Resolved {
    /// The prompt is not there.
    Absent,
    /// Something it needs is not there.
    Lacking,
    /// Everything is there.
    Whole(BundleId),
}

/// Adds what a change touches in one place.
fn gather(place: &dyn Place, changed: &[Artifact], labels: &Labels, outcome: &mut Outcome) -> Result<(), Failure> {
    let mut suites = BTreeSet::new();
    let mut found: BTreeMap<Name, Vec<String>> = BTreeMap::new();
    for artifact in changed {
        let subject = place.subject(artifact)?;
        suites.extend(subject.iter().map(|subject| guarding(place, artifact, subject, labels)));
        // A suite touches the prompt it tests; everything else touches what names it.
        let start = if artifact.kind == Kind::Suite { subject.filter(is_prompt) } else { Some(artifact.clone()) };
        if let Some(start) = start {
            for (prompt, through) in reached(place, &start, labels)? {
                found.entry(prompt).or_insert(through);
            }
        }
        suites.extend(guards(place, artifact, labels)?);
    }
    for (prompt, through) in found {
        let bundle = match place.bundle(&prompt)? {
            Resolved::Absent => continue,
            Resolved::Lacking => None,
            Resolved::Whole(bundle) => Some(bundle),
        };
        suites.extend(guards(place, &Artifact::new(Kind::Prompt, prompt.clone()), labels)?);
        outcome.bundles.push(Touched { prompt, environment: place.name(), bundle, through });
    }
    outcome.suites.extend(suites);
    Ok(())
}

fn is_prompt(artifact: &Artifact) -> bool {
    artifact.kind == Kind::Prompt
}

fn guards(place: &dyn Place, subject: &Artifact, labels: &Labels) -> Result<BTreeSet<Guarding>, Failure> {
    let suites = place.guards(subject)?.into_iter().map(|name| Artifact::new(Kind::Suite, name));
    Ok(suites.map(|suite| guarding(place, &suite, subject, labels)).collect())
}

fn guarding(place: &dyn Place, suite: &Artifact, subject: &Artifact, labels: &Labels) -> Guarding {
    Guarding { suite: labels.of(suite), environment: place.name(), subject: labels.of(subject) }
}

/// Prompts (not fragments) that reach an artifact, each with the fragments on the shortest way.
fn reached(place: &dyn Place, start: &Artifact, labels: &Labels) -> Result<BTreeMap<Name, Vec<String>>, Failure> {
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![(start.clone(), Vec::new())];
    while !waiting.is_empty() {
        let mut next = Vec::new();
        for (artifact, through) in waiting {
            if !seen.insert(artifact.key()) {
                continue;
            }
            if artifact.kind == Kind::Prompt && !artifact.name.is_fragment() {
                found.entry(artifact.name).or_insert(through);
                continue;
            }
            let mut longer: Vec<String> = through.clone();
            if artifact.kind == Kind::Prompt && artifact != *start {
                longer.push(labels.of(&artifact));
            }
            for user in place.users(&artifact)? {
                next.push((Artifact::new(Kind::Prompt, user), longer.clone()));
            }
        }
        waiting = next;
    }
    Ok(found)
}

/// An environment: its reverse indexes are in the state.
struct Live<'a> {
    state: &'a State<'a>,
    environment: &'a Environment,
}

impl Place for Live<'_> {
    fn name(&self) -> String {
        self.environment.to_string()
    }

    fn users(&self, artifact: &Artifact) -> Result<BTreeSet<Name>, Failure> {
        Ok(self.state.needed(self.environment, artifact)?.prompts)
    }

    fn guards(&self, subject: &Artifact) -> Result<BTreeSet<Name>, Failure> {
        Ok(self.state.guards(self.environment, subject)?.suites)
    }

    fn subject(&self, suite: &Artifact) -> Result<Option<Artifact>, Failure> {
        if suite.kind != Kind::Suite {
            return Ok(None);
        }
        let Some(live) = self.state.live(self.environment, suite)? else { return Ok(None) };
        let commit = self.state.commit(&live.artifact, live.number)?;
        Ok(commit.and_then(|record| record.contents.tests).map(|tests| tests.subject))
    }

    fn bundle(&self, prompt: &Name) -> Result<Resolved, Failure> {
        Ok(match self.state.bundle(self.environment, prompt)? {
            None => Resolved::Absent,
            Some(record) => record.bundle.map_or(Resolved::Lacking, Resolved::Whole),
        })
    }
}

/// The newest committed versions: nothing is indexed, so all are read once.
struct Heads {
    contents: BTreeMap<String, (Artifact, VersionId, Contents)>,
}

impl Heads {
    fn read(state: &State<'_>) -> Result<Self, Failure> {
        let mut contents = BTreeMap::new();
        for head in state.heads()? {
            let Some(version) = head.version else { continue };
            // Only prompts and suites name anything.
            let named = matches!(head.artifact.kind, Kind::Prompt | Kind::Suite);
            let commit = if named { state.commit(&head.artifact, head.number)? } else { None };
            let says = commit.map(|record| record.contents).unwrap_or_default();
            contents.insert(head.artifact.key(), (head.artifact, version, says));
        }
        Ok(Self { contents })
    }

    fn look(&self, artifact: &Artifact) -> Option<(VersionId, Uses)> {
        self.contents.get(&artifact.key()).map(|(_, version, contents)| (*version, contents.uses.clone()))
    }
}

impl Place for Heads {
    fn name(&self) -> String {
        HEADS.to_owned()
    }

    fn users(&self, artifact: &Artifact) -> Result<BTreeSet<Name>, Failure> {
        let key = artifact.key();
        let users =
            self.contents.values().filter(|(_, _, contents)| contents.uses.artifacts().any(|used| used.key() == key));
        Ok(users.map(|(user, _, _)| user.name.clone()).collect())
    }

    fn guards(&self, subject: &Artifact) -> Result<BTreeSet<Name>, Failure> {
        let key = subject.key();
        let tests = |contents: &Contents| contents.tests.as_ref().is_some_and(|tests| tests.subject.key() == key);
        let suites = self.contents.values().filter(|(_, _, contents)| tests(contents));
        Ok(suites.map(|(suite, _, _)| suite.name.clone()).collect())
    }

    fn subject(&self, suite: &Artifact) -> Result<Option<Artifact>, Failure> {
        let found = self.contents.get(&suite.key());
        Ok(found.and_then(|(_, _, contents)| contents.tests.as_ref()).map(|tests| tests.subject.clone()))
    }

    fn bundle(&self, prompt: &Name) -> Result<Resolved, Failure> {
        let artifact = Artifact::new(Kind::Prompt, prompt.clone());
        if self.look(&artifact).is_none() {
            return Ok(Resolved::Absent);
        }
        let resolved = Bundle::resolve(prompt, |artifact| Ok::<_, Failure>(self.look(artifact)))?;
        Ok(resolved.map_or(Resolved::Lacking, |bundle| Resolved::Whole(bundle.id())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{story, testing::TestProject};

    fn project() -> TestProject {
        let project = TestProject::under(story::RULES);
        let files = [
            ("policy/refunds", "none\n"),
            ("prompt/_tone", "+++\npolicies = [\"refunds\"]\n+++\n{{ policy(\"refunds\") }}"),
            ("prompt/hello", "+++\n+++\n{% include \"_tone\" %}"),
            ("prompt/other", "+++\n+++\nnothing"),
            ("suite/hello", "prompt = \"hello\"\n[[case]]\nid = \"a\"\nexpect = [{ contains = \"x\" }]\n"),
        ];
        story::commit(&project.of("tom"), &files);
        project
    }

    fn places(project: &TestProject, spec: &str) -> (Vec<String>, Vec<String>) {
        let outcome = run(&project.of("tom"), &spec.parse().unwrap()).unwrap();
        let bundles = outcome.bundles.iter();
        let suites = outcome.suites.iter();
        (
            bundles.map(|b| format!("{}@{} {}", b.prompt, b.environment, b.through.join(">"))).collect(),
            suites.map(|s| format!("{}@{}", s.suite, s.environment)).collect(),
        )
    }

    #[test]
    fn a_policy_touches_what_includes_it_through_a_fragment_everywhere() {
        let (bundles, suites) = places(&project(), "refunds");
        assert_eq!(bundles, ["hello@dev _tone", "hello@heads _tone"]);
        assert_eq!(suites, ["suite/hello@dev", "suite/hello@heads"]);
    }

    #[test]
    fn a_prompt_touches_itself_and_a_suite_what_it_tests() {
        let project = project();
        assert_eq!(places(&project, "other").0, ["other@dev ", "other@heads "]);
        assert_eq!(places(&project, "suite/hello").0, ["hello@dev ", "hello@heads "]);
    }

    #[test]
    fn an_unknown_artifact_comes_with_the_nearest_name() {
        let failure = run(&project().of("tom"), &"refund".parse().unwrap()).unwrap_err();
        assert_eq!(failure.code, "unknown-artifact");
    }
}
