//! What an approver is shown, and the part of it that must not change afterwards.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Payload, Refusal, State, StateError,
    case::{Case, Deciding, suites},
    draft::Draft,
    finding_lines::{FindingLine, finding_lines, refuse_hidden, refuse_untold},
    read::keys,
    records::{DossierRecord, RunRecord, RunsRecord},
};
use crate::{
    artifact::Quarantine,
    eval::ReplySource,
    gate::Risk,
    ledger::{BundleChange, Lift, LiveChange, Move, Outcome},
    name::{Artifact, Handle, Name},
    object::{BundleId, Canonical, Digest, DossierId, EventId, VersionId, encode, parse},
};

/// The format number of dossiers.
const FORMAT: u32 = 1;

/// The part of a dossier that an approval stands and falls with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The proposal.
    pub proposal: EventId,
    /// The environment, or `governance`.
    pub environment: String,
    /// The rules in force: payload digest.
    pub rules: Digest,
    /// What changes.
    pub changes: Vec<LiveChange>,
    /// The bundles touched.
    pub bundles: Vec<BundleChange>,
    /// The change of rules.
    pub governance: Option<Move<Digest>>,
    /// The version that would be let in again.
    pub lifts: Option<Lift>,
    /// The suites that decide, per bundle touched.
    pub suites: Vec<Guard>,
    /// How much can break, and why.
    pub risk: Risk,
}

impl Basis {
    /// The basis's digest.
    pub fn digest(&self) -> Digest {
        Digest::of(&encode(self))
    }
}

/// A suite version that decides about one bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// The prompt whose bundle it is.
    pub prompt: Name,
    /// The suite.
    pub suite: Name,
    /// Its version, as it would be live.
    pub version: VersionId,
    /// Its cases of which a failure is borne, in order; those whose time is over among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantined: Vec<QuarantinedCase>,
}

impl Guard {
    fn of(prompt: Name, suite: Deciding) -> Self {
        let cases = suite.tests.cases.into_iter();
        let quarantined = cases.filter_map(|(case, form)| {
            let Quarantine { reason, until } = form.quarantine?;
            Some(QuarantinedCase { case, reason, until })
        });
        Self { prompt, suite: suite.suite, version: suite.version, quarantined: quarantined.collect() }
    }
}

/// A case that is known to be flaky.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantinedCase {
    /// Its id.
    pub case: String,
    /// Why a failure is borne.
    pub reason: String,
    /// The last day on which it is, as `2026-12-01`.
    pub until: String,
}

/// A dossier: canonical JSON without clock or approvals, so that two people can sign the same one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// Format number.
    pub format: u32,
    /// What must not change.
    pub basis: Basis,
    /// Why the change is asked for.
    pub message: String,
    /// Who made what is proposed, sorted.
    pub authors: Vec<Handle>,
    /// Every attested run that counts for or against it, sorted by event.
    pub evidence: Vec<EvidenceLine>,
    /// Every objection that concerns it, open or closed, with what was said of it; oldest first.
    pub findings: Vec<FindingLine>,
    /// The changes as text, for reading.
    pub shown: Vec<ShownChange>,
}

impl Dossier {
    /// A dossier of these parts.
    pub fn new(
        basis: Basis,
        message: String,
        authors: BTreeSet<Handle>,
        evidence: Vec<EvidenceLine>,
        findings: Vec<FindingLine>,
        shown: Vec<ShownChange>,
    ) -> Self {
        let authors = authors.into_iter().collect();
        Self { format: FORMAT, basis, message, authors, evidence, findings, shown }
    }

    /// The dossier's bytes.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// The dossier's id.
    pub fn id(&self) -> DossierId {
        DossierId(Digest::of(&self.encode()))
    }
}

/// One attested run, in one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceLine {
    /// The event that attests it.
    pub evidence: EventId,
    /// The prompt.
    pub prompt: Name,
    /// The bundle that was run.
    pub bundle: BundleId,
    /// The suite.
    pub suite: Name,
    /// The suite's version.
    pub version: VersionId,
    /// Who ran it.
    pub evaluator: Handle,
    /// How many cases were run.
    pub cases: u64,
    /// Cases of which every sample passed.
    pub passed: u64,
    /// Ids of the others, sorted.
    pub failing: Vec<String>,
    /// Where the replies came from, sorted.
    pub sources: Vec<ReplySource>,
    /// Models the provider said it used; empty where it said nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<String>,
}

impl EvidenceLine {
    /// A run in one line; `None` while it is not attested.
    pub fn of(runs: &RunsRecord, run: &RunRecord) -> Option<Self> {
        let failing: BTreeSet<&str> = run
            .samples
            .iter()
            .filter(|sample| sample.outcome != Outcome::Passed)
            .map(|sample| sample.case.as_str())
            .collect();
        let sources: BTreeSet<ReplySource> = run.samples.iter().map(|sample| sample.source).collect();
        let cases = run.cases.len() as u64;
        Some(Self {
            evidence: run.evidence?,
            prompt: runs.prompt.clone(),
            bundle: runs.bundle,
            suite: runs.suite.clone(),
            version: runs.version,
            evaluator: run.person.clone(),
            cases,
            passed: cases - failing.len() as u64,
            failing: failing.into_iter().map(str::to_owned).collect(),
            sources: sources.into_iter().collect(),
            models: run.models.clone(),
        })
    }
}

/// One change as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownChange {
    /// The artifact; absent for the rules.
    pub artifact: Option<Artifact>,
    /// The version that is replaced.
    pub from: Option<Digest>,
    /// The version that replaces it.
    pub to: Option<Digest>,
    /// What differs, as a unified diff with invisible characters made visible.
    pub diff: String,
}

/// The basis of a proposal as things stand.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn basis(state: &State<'_>, case: &Case<'_>) -> Result<Basis, StateError> {
    let record = case.record;
    let mut guards = Vec::new();
    for (prompt, suite) in suites(state, case)? {
        guards.push(Guard::of(prompt, suite));
    }
    guards.sort();
    Ok(Basis {
        proposal: record.id,
        environment: record.proposal.environment.clone(),
        rules: case.rules,
        changes: record.proposal.changes.clone(),
        bundles: record.proposal.bundles.clone(),
        governance: record.proposal.governance.clone(),
        lifts: record.proposal.lifts.clone(),
        suites: guards,
        risk: case.risk(state)?,
    })
}

/// Every attested run of a deciding suite against a bundle that is live or proposed, sorted by event.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn evidence_lines(state: &State<'_>, case: &Case<'_>) -> Result<Vec<EvidenceLine>, StateError> {
    let mut lines = Vec::new();
    for (prompt, suite) in suites(state, case)? {
        let bundles = case.record.proposal.bundles.iter().find(|change| change.prompt == prompt);
        let ids = bundles.into_iter().flat_map(|change| [change.before, change.after]).flatten();
        for bundle in ids.collect::<BTreeSet<BundleId>>() {
            let runs = state.runs(bundle, suite.version)?;
            if let Some(runs) = runs.filter(|runs| runs.prompt.folded() == prompt.folded()) {
                lines.extend(runs.runs.iter().filter_map(|run| EvidenceLine::of(&runs, run)));
            }
        }
    }
    lines.sort_by_key(|line| line.evidence);
    Ok(lines)
}

/// Reads the dossier somebody was shown and refuses unless it tells the truth as things stand.
///
/// Its basis must be the present one. Its evidence must be among what there is: more may have come since. So must its
/// findings, each as it stood at some time, and none that stands now may be missing.
/// The text of its diffs is for reading and is not compared; its versions are in the basis. Of a dossier that was
/// purged since, what it showed is remembered.
pub(super) fn check(
    draft: &Draft<'_>,
    state: &State<'_>,
    case: &Case<'_>,
    id: DossierId,
    payload: &Payload<'_>,
) -> Result<DossierRecord, StateError> {
    if let Some(purged) = state.purged(&id.0)? {
        return Err(purged.refusal().into());
    }
    let present = Present { evidence: evidence_lines(state, case)?, findings: finding_lines(state, case)? };
    let record = match payload.bytes_or_recalled(&id.0, "dossier")? {
        Ok(bytes) => {
            let dossier = read(state, case, id, &bytes, &present)?;
            let evidence = dossier.evidence.iter().map(|line| line.evidence).collect();
            let findings = dossier.findings.iter().map(|line| line.finding).collect();
            DossierRecord { dossier: id, proposal: case.record.id, evidence, findings }
        }
        Err(newest) => {
            let known = newest.dossier(id)?.filter(|record| record.proposal == case.record.id && present.has(record));
            let message = || format!("dossier `{}` was purged, and nothing is known of it", id.short());
            let known = known.ok_or_else(|| Refusal::no("payload-missing", message()))?;
            refuse_hidden(&known.findings, &present.findings)?;
            known
        }
    };
    draft.put(keys::dossier(id), &record);
    Ok(record)
}

fn read(
    state: &State<'_>,
    case: &Case<'_>,
    id: DossierId,
    bytes: &[u8],
    present: &Present,
) -> Result<Dossier, StateError> {
    let bad = |why: String| Refusal::no("bad-dossier", format!("dossier `{}` {why}", id.short()));
    let dossier: Canonical<Dossier> = parse(bytes).map_err(|error| bad(format!("is {error}")))?;
    let dossier = dossier.record;
    if dossier.format != FORMAT {
        return Err(bad(format!("has format {}", dossier.format)).into());
    }
    let told = dossier.message == case.record.proposal.message
        && dossier.authors.iter().cloned().collect::<BTreeSet<Handle>>() == case.authors(state)?;
    if dossier.basis != basis(state, case)? || !told {
        return Err(Refusal::moved("stale-dossier", "what was shown is not what is proposed now").into());
    }
    if !dossier.evidence.iter().all(|line| present.evidence.contains(line)) {
        return Err(bad("shows evidence that is not in the ledger".to_owned()).into());
    }
    refuse_untold(&dossier.findings, &present.findings)?;
    Ok(dossier)
}

/// What a dossier could tell as things stand.
struct Present {
    evidence: Vec<EvidenceLine>,
    findings: Vec<FindingLine>,
}

impl Present {
    /// Whether everything that a dossier is remembered to have shown is there.
    fn has(&self, record: &DossierRecord) -> bool {
        record.evidence.iter().all(|event| self.evidence.iter().any(|line| line.evidence == *event))
            && record.findings.iter().all(|event| self.findings.iter().any(|line| line.finding == *event))
    }
}
