//! What was measured of something live.

use std::collections::BTreeSet;

use super::{Measured, subject::Found};
use crate::{
    name::{Artifact, Environment, Kind, Name},
    object::{BundleId, EventId, VersionId},
    ops::Failure,
    state::{BundleRecord, Dossier, EvidenceLine, LiveRecord, RunRecord, RunsRecord, State},
};

/// The runs of the suites that the gate weighed or that were live beside it, against every bundle concerned.
pub(super) fn evidence(
    found: &Found<'_>,
    now: &State<'_>,
    bundle: Option<&BundleRecord>,
    live: &LiveRecord,
    dossier: Option<&Dossier>,
) -> Result<Vec<Measured>, Failure> {
    let (state, environment) = (found.then.state(), &found.environment);
    let concerned = |record: &BundleRecord| match bundle {
        Some(bundle) => record.prompt == bundle.prompt,
        None => record.members.iter().any(|member| member.artifact == live.artifact),
    };
    let bundles: Vec<BundleRecord> = state.bundles(environment)?.into_iter().filter(concerned).collect();
    let shown: BTreeSet<EventId> = dossier.iter().flat_map(|d| &d.evidence).map(|line| line.evidence).collect();
    let mut wanted: BTreeSet<(BundleId, VersionId)> = BTreeSet::new();
    for record in &bundles {
        let Some(id) = record.bundle else { continue };
        wanted.extend(
            dossier.iter().flat_map(|d| &d.evidence).filter(|line| line.bundle == id).map(|line| (id, line.version)),
        );
        wanted.extend(guarding(&state, environment, &record.prompt)?.into_iter().map(|version| (id, version)));
    }
    let mut measured = Vec::new();
    for (bundle, version) in wanted {
        if let Some(runs) = now.runs(bundle, version)? {
            measured.extend(runs.runs.iter().filter_map(|run| self::measured(&runs, run, &shown)));
        }
    }
    Ok(now.in_order(measured, |line| line.event)?)
}

/// The versions of the suites that were live beside a prompt.
fn guarding(state: &State<'_>, environment: &Environment, prompt: &Name) -> Result<Vec<VersionId>, Failure> {
    let mut versions = Vec::new();
    for suite in state.guards(environment, &Artifact::new(Kind::Prompt, prompt.clone()))?.suites {
        let live = state.live(environment, &Artifact::new(Kind::Suite, suite))?;
        versions.extend(live.map(|record| record.version));
    }
    Ok(versions)
}

fn measured(runs: &RunsRecord, run: &RunRecord, shown: &BTreeSet<EventId>) -> Option<Measured> {
    let line = EvidenceLine::of(runs, run)?;
    Some(Measured {
        event: line.evidence,
        announced: run.announced,
        evaluator: line.evaluator,
        time: run.time,
        prompt: line.prompt,
        suite: line.suite,
        version: line.version,
        cases: line.cases,
        passed: line.passed,
        sources: line.sources,
        weighed: shown.contains(&line.evidence),
    })
}
