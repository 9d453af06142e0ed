//! A proposal as it stands: what an approver is shown, and what the gate says.

use super::{
    Failure, World, overrides, quarantine::lifted, rescoring, resolve::Names, rules, rules_change, sources,
    standing::Standing, stopping,
};
use crate::{
    clock::{Time, is_past},
    diff,
    gate::{self, Facts, Gate, Verdict, weigh},
    governance::{Change, FILE},
    ledger::LiveChange,
    name::{Artifact, Environment},
    object::{Digest, VersionId},
    report::{
        AssentLine, BundleLine, ChangeLine, EvidenceSheet, FindingSheet, LiftLine, QuarantineLine, Sheet, StopLine,
    },
    scan::veiled,
    state::{
        Assent, Case, Dossier, EvidenceLine, Guard, ProposalRecord, QuarantinedCase, ShownChange, State, Status, basis,
        evidence_lines, facts, finding_lines, governance_facts,
    },
};

/// How far the outcomes of samples are believed while weighing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// As attested: quick, for lists.
    Attested,
    /// Every stored reply is scored again: what a promotion asks.
    Rescored,
}

/// A proposal, weighed.
pub(super) struct Docket {
    /// The proposal.
    pub(super) record: ProposalRecord,
    /// What the gate says now.
    pub(super) verdict: Verdict,
    /// Why the tier is what it is.
    pub(super) risk: Vec<String>,
    /// Approvals that count, and how many are needed.
    pub(super) approvals: (u32, u32),
    /// Whether what it is based on has moved.
    pub(super) void: bool,
    facts: Facts,
}

/// Weighs a proposal as things stand.
pub(super) fn docket(
    world: &World,
    standing: &Standing<'_>,
    record: ProposalRecord,
    trust: Trust,
) -> Result<Docket, Failure> {
    let state = standing.state();
    let case = Case::new(&state, &standing.governance, standing.project.governance, &record)?;
    let newest = state.newest()?.map(|placed| placed.time);
    let now = world.clock.now();
    let now = newest.map_or(now, |time| time.max(now));
    let (gate, facts): (Gate, Facts) = match case.environment {
        None => governance_facts(&state, &case, now)?,
        Some(environment) => {
            let mut facts = facts(&state, &case, now)?;
            if trust == Trust::Rescored {
                rescoring::recompute(world, standing, &case, &mut facts)?;
            }
            (environment.gate.clone(), facts)
        }
    };
    let verdict = weigh(&gate, &facts);
    let approvals = gate.approvals.as_ref().map_or((0, 0), |rule| gate::tally(rule, verdict.tier, &facts));
    let risk = case.risk(&state)?.reasons;
    let void = record.status == Status::Open && (!facts.base_moved.is_empty() || facts.proposer_left.is_some());
    drop(case);
    Ok(Docket { record, verdict, risk, approvals, void, facts })
}

impl Docket {
    /// What has become of it, in one word.
    pub(super) fn status(&self) -> &'static str {
        if self.void { "void" } else { status(self.record.status) }
    }

    /// Whether it may go live.
    pub(super) fn passes(&self) -> bool {
        self.record.status == Status::Open && self.verdict.pass
    }

    /// `pass` or `refused`.
    pub(super) fn word(&self) -> &'static str {
        if self.passes() { "pass" } else { "refused" }
    }

    /// Every freeze and halt that keeps it from being carried out.
    fn stops(&self, standing: &Standing<'_>) -> Result<Vec<StopLine>, Failure> {
        if self.record.status != Status::Open {
            return Ok(Vec::new());
        }
        self.facts.window.stops.iter().map(|stop| stopping::line(standing, stop)).collect()
    }

    /// Everything on one sheet.
    pub(super) fn sheet(&self, world: &World, standing: &Standing<'_>, dossier: &Dossier) -> Result<Sheet, Failure> {
        let record = &self.record;
        let stands = |list: &[gate::AssentFacts], assent: &Assent| {
            list.iter().find(|facts| facts.event == assent.event).map_or(Ok(()), |facts| facts.valid.clone())
        };
        let assent = |list: &[gate::AssentFacts], assent: &Assent| AssentLine {
            person: assent.person.clone(),
            time: assent.time,
            event: assent.event,
            dossier: assent.dossier,
            stands: stands(list, assent),
        };
        Ok(Sheet {
            proposal: record.id,
            environment: record.proposal.environment.clone(),
            status: self.status().to_owned(),
            stops: self.stops(standing)?,
            message: record.proposal.message.clone(),
            person: record.person.clone(),
            time: record.time,
            dossier: dossier.id(),
            verdict: self.word(),
            tier: self.verdict.tier,
            risk: self.risk.clone(),
            authors: dossier.authors.clone(),
            findings: findings(standing, dossier)?,
            overrides: match Environment::parse(&record.proposal.environment) {
                Ok(environment) => overrides::within(world, standing, &environment)?,
                Err(_) => Vec::new(),
            },
            changes: shown(changes(standing, record)?, dossier),
            lifts: lifted(world, standing, record)?.map(|line| differing(line, dossier)),
            bundles: bundles(record),
            differences: differences(standing, record)?,
            warnings: rules_change::warnings(world, standing, record)?,
            evidence: evidence(record, dossier),
            quarantines: quarantines(dossier, self.facts.now),
            rules: rules::lines(standing, record, &self.verdict)?,
            approvals: record.approvals.iter().map(|given| assent(&self.facts.approvals, given)).collect(),
            reviews: record.reviews.iter().map(|given| assent(&self.facts.reviews, given)).collect(),
        })
    }
}

/// The word for what has become of a proposal.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::Promoted => "promoted",
        Status::Withdrawn => "withdrawn",
        Status::Rejected => "rejected",
    }
}

/// What a proposal changes, each artifact as a person would type it.
pub(super) fn changes(standing: &Standing<'_>, record: &ProposalRecord) -> Result<Vec<ChangeLine>, Failure> {
    if let Some(change) = &record.proposal.governance {
        let (from, to) = (Some(VersionId(change.from)), Some(VersionId(change.to)));
        let artifact = FILE.to_owned();
        return Ok(vec![ChangeLine { artifact, kind: None, from, to, from_number: None, to_number: None, diff: None }]);
    }
    live_changes(standing, &record.proposal.changes)
}

/// What moves, each artifact as a person would type it.
pub(super) fn live_changes(standing: &Standing<'_>, changes: &[LiveChange]) -> Result<Vec<ChangeLine>, Failure> {
    let labels = Names::of(standing).labels()?;
    let state = standing.state();
    let mut lines = Vec::new();
    for change in changes {
        lines.push(ChangeLine {
            artifact: labels.of(&change.artifact),
            kind: Some(change.artifact.kind),
            from: change.from,
            to: change.to,
            from_number: number(&state, &change.artifact, change.from)?,
            to_number: number(&state, &change.artifact, change.to)?,
            diff: None,
        });
    }
    Ok(lines)
}

fn number(state: &State<'_>, artifact: &Artifact, version: Option<VersionId>) -> Result<Option<u64>, Failure> {
    let Some(version) = version else { return Ok(None) };
    Ok(state.version(artifact, version)?.map(|record| record.number))
}

/// The lines of the changes with their differences, which stand in the same order in the dossier.
fn shown(lines: Vec<ChangeLine>, dossier: &Dossier) -> Vec<ChangeLine> {
    let pairs = lines.into_iter().zip(&dossier.shown);
    pairs.map(|(line, shown)| ChangeLine { diff: Some(shown.diff.clone()), ..line }).collect()
}

/// A lift with what the dossier shows of it.
fn differing(line: LiftLine, dossier: &Dossier) -> LiftLine {
    LiftLine { diff: dossier.shown.first().map(|shown| shown.diff.clone()), ..line }
}

/// The bundles a proposal touches.
pub(super) fn bundles(record: &ProposalRecord) -> Vec<BundleLine> {
    let line = |change: &crate::ledger::BundleChange| BundleLine {
        prompt: change.prompt.clone(),
        before: change.before,
        after: change.after,
        stamp: None,
    };
    record.proposal.bundles.iter().map(line).collect()
}

/// For a change of the rules: what differs, what lowers a bar named as such.
pub(super) fn differences(standing: &Standing<'_>, record: &ProposalRecord) -> Result<Vec<Change>, Failure> {
    let Some(change) = &record.proposal.governance else { return Ok(Vec::new()) };
    let from = standing.payload.governance(&change.from)?;
    let to = standing.payload.governance(&change.to)?;
    Ok(from.differences(&to))
}

/// Cases of the deciding suites of which a failure is borne, or was.
fn quarantines(dossier: &Dossier, now: Time) -> Vec<QuarantineLine> {
    let of = |guard: &Guard| {
        let (suite, prompt) = (guard.suite.clone(), guard.prompt.clone());
        let line = move |case: &QuarantinedCase| QuarantineLine {
            suite: suite.clone(),
            prompt: prompt.clone(),
            over: is_past(&case.until, now),
            case: case.clone(),
        };
        guard.quarantined.iter().map(line).collect::<Vec<_>>()
    };
    dossier.basis.suites.iter().flat_map(of).collect()
}

fn evidence(record: &ProposalRecord, dossier: &Dossier) -> Vec<EvidenceSheet> {
    let proposed = |line: &EvidenceLine| record.proposal.bundles.iter().any(|change| change.after == Some(line.bundle));
    let sheet = |line: &EvidenceLine| EvidenceSheet { line: line.clone(), live: !proposed(line) };
    dossier.evidence.iter().map(sheet).collect()
}

/// Findings with their times; those that stand first.
fn findings(standing: &Standing<'_>, dossier: &Dossier) -> Result<Vec<FindingSheet>, Failure> {
    let mut sheets = Vec::new();
    for line in &dossier.findings {
        let record = standing.state().finding(line.finding)?;
        sheets.extend(record.map(|record| FindingSheet::of(&record, line.stands)));
    }
    sheets.sort_by_key(|sheet| !sheet.stands);
    Ok(sheets)
}

/// What differs, for reading; a secret in it shows as a mark, for a dossier is kept and handed on.
fn difference(old: &str, new: &str) -> String {
    let (old, new) = veiled(old, new);
    diff::text(&old, &new).unified()
}

/// Draws up the dossier of a proposal as things stand.
pub(super) fn dossier(world: &World, standing: &Standing<'_>, record: &ProposalRecord) -> Result<Dossier, Failure> {
    let state = standing.state();
    let case = Case::new(&state, &standing.governance, standing.project.governance, record)?;
    let mut shown = Vec::new();
    if let Some(change) = &record.proposal.governance {
        let text = |id: &Digest| -> Result<String, Failure> {
            Ok(String::from_utf8_lossy(&sources::bytes(world, id)?).into_owned())
        };
        let diff = difference(&text(&change.from)?, &text(&change.to)?);
        shown.push(ShownChange { artifact: None, from: Some(change.from), to: Some(change.to), diff });
    }
    let lifted = lifted(world, standing, record)?.zip(record.proposal.lifts.as_ref());
    let lifted = lifted.map(|(line, lift)| (&lift.artifact, line.instead, Some(line.version)));
    let changes = record.proposal.changes.iter().map(|change| (&change.artifact, change.from, change.to));
    for (artifact, from, to) in changes.chain(lifted) {
        let old = text(world, &state, artifact, from)?;
        let new = text(world, &state, artifact, to)?;
        shown.push(ShownChange {
            artifact: Some(artifact.clone()),
            from: from.map(|id| id.0),
            to: to.map(|id| id.0),
            diff: difference(&old, &new),
        });
    }
    let authors = case.authors(&state)?;
    let evidence = evidence_lines(&state, &case)?;
    let findings = finding_lines(&state, &case)?;
    Ok(Dossier::new(basis(&state, &case)?, record.proposal.message.clone(), authors, evidence, findings, shown))
}

/// A version as one text: its file, or all of its files one after the other, each under its name.
fn text(world: &World, state: &State<'_>, artifact: &Artifact, version: Option<VersionId>) -> Result<String, Failure> {
    let Some(version) = version else { return Ok(String::new()) };
    let (_, source) = sources::of_version(world, state, artifact, version)?;
    let read = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if source.attached.is_empty() {
        return Ok(read(&source.main.bytes));
    }
    let texts = source.files().map(|file| format!("==> {}\n{}", file.path, read(&file.bytes)));
    Ok(texts.collect::<Vec<_>>().join("\n"))
}
