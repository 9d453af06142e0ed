//! `show`: one version, its evidence and its journey.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Answer, CharterSheet, Failure, Quarantined, Spec, World, charters, picked, resolve::Names, sources::source_of,
    standing::Standing,
};
use crate::{
    artifact::{Source, SourceFile},
    clock::Time,
    name::{Artifact, Environment, Handle, Kind},
    object::{BundleId, Digest, EventId, VersionId},
    scan::safe,
    state::{EvidenceLine, LineageRecord, State},
    version::Uses,
};

/// Which version.
#[derive(Debug, Clone)]
pub struct Request {
    /// The version; the head where only a name is given.
    pub spec: Spec,
}

/// One version and what became of it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The artifact.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// The version.
    pub version: VersionId,
    /// Its place among the artifact's commits.
    pub number: u64,
    /// Where the file stood.
    pub path: String,
    /// Bytes of all its files.
    pub size: usize,
    /// The files, where the version is a listing of several.
    pub files: Vec<File>,
    /// Who committed it.
    pub person: Handle,
    /// Everybody who committed these bytes or was declared their author, sorted.
    pub authors: Vec<Handle>,
    /// When it was recorded.
    pub time: Time,
    /// The event.
    pub event: EventId,
    /// Why.
    pub message: String,
    /// What its bytes name.
    pub uses: Uses,
    /// For suites: what they test.
    pub tests: Option<String>,
    /// For suites: how many cases there are.
    pub cases: Option<usize>,
    /// For charters: what holds, with what is inherited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charter: Option<CharterSheet>,
    /// Environments where it is live.
    pub live: Vec<Environment>,
    /// Its stays: the present one, and the longest of those that ended.
    pub journey: Vec<Stay>,
    /// Environments from which a rollback took it away, and that nobody has let it into again.
    pub quarantined: Vec<Quarantined>,
    /// Bundles live now that it is part of, or that it tests.
    pub bundles: Vec<Bundle>,
    /// Attested runs of those bundles with the suites live beside them.
    pub evidence: Vec<EvidenceLine>,
    /// The main file.
    pub text: String,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.show/1";
}

/// One file of a version.
#[derive(Debug, Serialize)]
pub struct File {
    /// Its path, from the artifact's folder.
    pub path: String,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// How many bytes.
    pub size: usize,
}

/// A time during which the version was live.
#[derive(Debug, Serialize)]
pub struct Stay {
    /// Where.
    pub environment: Environment,
    /// From when.
    pub since: Time,
    /// Until when; absent while it is live.
    pub until: Option<Time>,
    /// The event that made it live, while it is.
    pub event: Option<EventId>,
    /// Whether that event only recorded what ran already.
    pub adopted: bool,
}

/// A live bundle.
#[derive(Debug, Serialize)]
pub struct Bundle {
    /// The prompt.
    pub prompt: String,
    /// The bundle.
    pub bundle: BundleId,
    /// Where it is live.
    pub environment: Environment,
}

/// Describes a version.
///
/// # Errors
///
/// That there is no such version, or that its bytes are not here.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let record = picked::version(&standing, &request.spec)?;
    let source = source_of(world, &record)?;
    let (Some(version), Some(path)) = (record.version, record.path.clone()) else {
        return Err(Failure::bug("a version with bytes has none"));
    };
    let state = standing.state();
    let environments: Vec<&Environment> = standing.governance.environments.iter().map(|rules| &rules.name).collect();
    let journey = journey(&state, &environments, &record.artifact, version)?;
    let quarantined = quarantined(&standing, &record.artifact, version)?;
    let (bundles, evidence) = runs(&state, &environments, &record.artifact, version)?;
    let names = Names::of(&standing);
    let authors = state.version(&record.artifact, version)?.map(|known| known.authors).unwrap_or_default();
    let LineageRecord { artifact, number, person, time, event, message, contents, .. } = record;
    Ok(Outcome {
        artifact: names.label(&artifact)?,
        kind: artifact.kind,
        version,
        number,
        path,
        size: source.files().map(|file| file.bytes.len()).sum(),
        files: files(&source),
        person,
        authors: authors.into_iter().collect(),
        time,
        event,
        message,
        tests: contents.tests.as_ref().map(|tests| names.label(&tests.subject)).transpose()?,
        cases: contents.tests.as_ref().map(|tests| tests.cases.len()),
        charter: contents.charter.map(|charter| charters::sheet(&state, &artifact.name, charter)).transpose()?,
        uses: contents.uses,
        live: journey.iter().filter(|stay| stay.until.is_none()).map(|stay| stay.environment.clone()).collect(),
        journey,
        quarantined,
        bundles,
        evidence,
        text: shown(&source.main.bytes),
    })
}

fn quarantined(standing: &Standing<'_>, artifact: &Artifact, version: VersionId) -> Result<Vec<Quarantined>, Failure> {
    let mut found = Vec::new();
    for rules in &standing.governance.environments {
        if let Some(record) = standing.state().quarantined(&rules.name, artifact, version)? {
            found.push(Quarantined::of(standing, &rules.name, record)?);
        }
    }
    Ok(found)
}

/// The text with marks in place of secrets; `cat` gives the bytes.
fn shown(bytes: &[u8]) -> String {
    safe(&String::from_utf8_lossy(bytes)).into_owned()
}

fn files(source: &Source) -> Vec<File> {
    if source.attached.is_empty() {
        return Vec::new();
    }
    let entry =
        |file: &SourceFile| File { path: file.path.clone(), digest: Digest::of(&file.bytes), size: file.bytes.len() };
    source.files().map(entry).collect()
}

/// Where the version was live. Two records an environment are read, however often it has moved.
fn journey(
    state: &State<'_>,
    environments: &[&Environment],
    artifact: &Artifact,
    version: VersionId,
) -> Result<Vec<Stay>, Failure> {
    let mut stays = Vec::new();
    for environment in environments.iter().copied() {
        let Some(served) = state.version_served(environment, artifact, version)? else { continue };
        let adoption = state.adoption(environment)?;
        let stay = |since, until, event: Option<EventId>| {
            let adopted = event.is_some() && event == adoption;
            Stay { environment: environment.clone(), since, until, event, adopted }
        };
        stays.extend(served.longest.map(|(since, until)| stay(since, Some(until), None)));
        if let Some(since) = served.since {
            let live = state.live(environment, artifact)?;
            stays.push(stay(since, None, live.map(|live| live.event)));
        }
    }
    Ok(stays)
}

/// Live bundles with the version in them or under its test, and their attested runs, sorted by event.
fn runs(
    state: &State<'_>,
    environments: &[&Environment],
    artifact: &Artifact,
    version: VersionId,
) -> Result<(Vec<Bundle>, Vec<EvidenceLine>), Failure> {
    let mut bundles = Vec::new();
    let mut evidence = BTreeMap::new();
    for environment in environments.iter().copied() {
        for record in state.bundles(environment)? {
            let Some(bundle) = record.bundle else { continue };
            let prompt = Artifact::new(Kind::Prompt, record.prompt.clone());
            let has = record.members.iter().any(|m| m.artifact.key() == artifact.key() && m.version == version);
            let mut shown = has;
            for suite in state.guards(environment, &prompt)?.suites {
                let suite = Artifact::new(Kind::Suite, suite);
                let Some(live) = state.live(environment, &suite)? else { continue };
                let guards = suite.key() == artifact.key() && live.version == version;
                shown |= guards;
                if let Some(runs) = state.runs(bundle, live.version)?.filter(|_| has || guards) {
                    let lines = runs.runs.iter().filter_map(|run| EvidenceLine::of(&runs, run));
                    evidence.extend(lines.map(|line| (line.evidence, line)));
                }
            }
            if shown {
                bundles.push(Bundle { prompt: record.prompt.to_string(), bundle, environment: environment.clone() });
            }
        }
    }
    Ok((bundles, evidence.into_values().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{
        story::{RULES, approve, attest, commit, promote, propose},
        testing::TestProject,
    };

    const MODEL: &str = "provider = \"echo\"\nid = \"echo\"\n";
    const SUITE: &str = "prompt = \"a\"\n[[case]]\nid = \"a\"\nexpect = [{ contains = \"x\" }]\n";

    fn ask(spec: &str) -> Request {
        Request { spec: spec.parse().unwrap() }
    }

    #[test]
    fn a_version_tells_its_journey_and_its_evidence() {
        let mut project = TestProject::under(RULES);
        let world = project.of("maya");
        let prompt = "+++\nmodel = \"m\"\n+++\nx\n";
        commit(&world, &[("model/m", MODEL), ("prompt/a", prompt), ("suite/a", SUITE)]);
        attest(&project.of("ci"), "dev", "a", "suite/a");
        let proposal = propose(&world, "production", &["model/m", "prompt/a", "suite/a"]);
        approve(&project.of("ruth"), proposal);
        promote(&project.of("ruth"), proposal);
        project.at("2026-11-21T08:00:00Z");
        commit(&project.of("tom"), &[("prompt/a", "+++\nmodel = \"m\"\n+++\ny\n")]);

        let first = run(&world, &ask("a@v1")).unwrap();
        assert_eq!(first.uses.model.as_ref().map(ToString::to_string).as_deref(), Some("m"));
        assert_eq!(first.live.iter().map(ToString::to_string).collect::<Vec<_>>(), ["production"]);
        let stays: Vec<_> = first.journey.iter().map(|s| (s.environment.as_str(), s.until.is_some())).collect();
        assert_eq!(stays, [("dev", true), ("production", false)]);
        assert_eq!(first.evidence.iter().map(|line| (line.passed, line.cases)).collect::<Vec<_>>(), [(1, 1)]);
        let head = run(&world, &ask("a")).unwrap();
        assert_eq!((head.number, head.evidence.len()), (2, 0));
        assert_eq!(head.authors.iter().map(ToString::to_string).collect::<Vec<_>>(), ["tom"]);
        let suite = run(&world, &ask("suite/a")).unwrap();
        assert_eq!((suite.tests.as_deref(), suite.cases, suite.evidence.len()), (Some("a"), Some(1), 1));
    }
}
