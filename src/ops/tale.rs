//! Events told in a line: who reads a ledger wants names, not digests.

use std::collections::{BTreeMap, BTreeSet};

use super::{Failure, audit::Told, origin, resolve::Names, standing::Standing};
use crate::{
    ledger::{Answer, Attempt, Commit, Deed, Event, Evidence, Finding, GOVERNANCE, Halt, Outcome, Purge},
    name::{Artifact, Environment, Kind},
    object::EventId,
    problem::counted,
    state::{KnownPayload, State},
    workspace::Labels,
};

/// How many names a line holds before the rest is counted.
const NAMES: usize = 3;

/// Tells events of one project.
pub(super) struct Teller<'a> {
    state: State<'a>,
    labels: Labels,
    /// The environments each event moved.
    moved: BTreeMap<EventId, BTreeSet<String>>,
}

/// What an event is about.
#[derive(Default)]
struct About {
    environments: BTreeSet<String>,
    artifacts: BTreeSet<Artifact>,
    summary: String,
}

impl<'a> Teller<'a> {
    pub(super) fn new(standing: &'a Standing<'a>) -> Result<Self, Failure> {
        let state = standing.state();
        let mut moved: BTreeMap<EventId, BTreeSet<String>> = BTreeMap::new();
        for rules in &standing.governance.environments {
            for movement in origin::moves(&state, &rules.name)? {
                moved.entry(movement.event).or_default().insert(rules.name.to_string());
            }
        }
        Ok(Self { state, labels: Names::of(standing).labels()?, moved })
    }

    /// How an artifact is called in what is told.
    pub(super) fn label(&self, artifact: &Artifact) -> String {
        self.labels.of(artifact)
    }

    /// Tells one event.
    pub(super) fn tell(&self, event: &Event) -> Result<Told, Failure> {
        let act = event.act.act();
        let mut about = self.about(&act.deed)?;
        about.environments.extend(self.moved.get(&event.id()).into_iter().flatten().cloned());
        Ok(Told {
            event: event.id(),
            seq: event.record.seq,
            time: event.record.time,
            person: act.person.clone(),
            recorder: event.record.recorder.clone(),
            kind: act.deed.kind().to_owned(),
            environments: about.environments.into_iter().collect(),
            artifacts: about.artifacts.iter().map(|artifact| self.label(artifact)).collect(),
            summary: about.summary,
        })
    }

    fn about(&self, deed: &Deed) -> Result<About, Failure> {
        match deed {
            Deed::Init { governance } => {
                let summary = format!("began the project under rules {}", governance.short());
                Ok(About { environments: BTreeSet::from([GOVERNANCE.to_owned()]), summary, ..About::default() })
            }
            Deed::Commit(commit) => Ok(self.commit(commit)),
            Deed::Announce(run) => {
                let artifacts = BTreeSet::from([
                    Artifact::new(Kind::Prompt, run.prompt.clone()),
                    Artifact::new(Kind::Suite, run.suite.clone()),
                ]);
                let summary = format!(
                    "began to run {} of suite/{} on {} (bundle {})",
                    counted(run.cases.len(), "case"),
                    run.suite,
                    run.prompt,
                    run.bundle.short()
                );
                Ok(About { artifacts, summary, ..About::default() })
            }
            Deed::Evidence(evidence) => self.evidence(evidence),
            Deed::Propose(proposal) => {
                let artifacts: BTreeSet<Artifact> = proposal.artifacts().into_iter().cloned().collect();
                let what = if proposal.governance.is_some() {
                    "proposed other rules".to_owned()
                } else if let Some(lift) = &proposal.lifts {
                    let (what, version) = (self.names(&artifacts), lift.version.short());
                    format!("proposed to let {what} {version} into {} again", proposal.environment)
                } else {
                    format!("proposed {} for {}", self.names(&artifacts), proposal.environment)
                };
                let environments = BTreeSet::from([proposal.environment.clone()]);
                Ok(About { environments, artifacts, summary: with(&what, &proposal.message) })
            }
            Deed::Withdraw(reason) => self.proposal("withdrew", reason.proposal, &reason.message),
            Deed::Reject(reason) => self.proposal("refused", reason.proposal, &reason.message),
            Deed::Review(review) => self.proposal("reviewed", review.proposal, &review.message),
            Deed::Approve(approval) => self.proposal("approved", approval.proposal, &approval.message),
            Deed::Promote(promotion) => self.proposal("carried out", promotion.proposal, ""),
            Deed::Rollback(back) => {
                let artifacts: BTreeSet<Artifact> = back.changes.iter().map(|c| c.artifact.clone()).collect();
                let what = format!(
                    "rolled {} back in {} to event {}",
                    self.names(&artifacts),
                    back.environment,
                    back.to_event.short()
                );
                let environments = BTreeSet::from([back.environment.to_string()]);
                Ok(About { environments, artifacts, summary: with(&what, &back.message) })
            }
            Deed::Attempt(attempt) => self.attempt(attempt),
            Deed::Purge(purge) => self.purge(purge),
            Deed::Freeze(stop) => Ok(about("froze", &stop.environment, &stop.message)),
            Deed::Thaw(stop) => Ok(about("thawed", &stop.environment, &stop.message)),
            Deed::Halt(halt) => Ok(halted("halted", halt)),
            Deed::Resume(halt) => Ok(halted("resumed", halt)),
            Deed::Finding(finding) => self.finding(finding),
            Deed::Answer(answer) => self.answer(answer),
            Deed::Override(promotion) => {
                let verb = format!("overrode {} and carried out", promotion.rules.join(", "));
                self.proposal(&verb, promotion.proposal, &promotion.reason)
            }
            Deed::OverrideReview(review) => {
                let what = format!("reviewed override {}", review.promotion.short());
                Ok(About { summary: with(&what, &review.message), ..About::default() })
            }
            Deed::Adopt(adoption) => {
                let artifacts: BTreeSet<Artifact> = adoption.changes.iter().map(|c| c.artifact.clone()).collect();
                let what = format!("adopted what runs in {}: {}", adoption.environment, self.names(&artifacts));
                let environments = BTreeSet::from([adoption.environment.to_string()]);
                Ok(About { environments, artifacts, summary: with(&what, &adoption.message) })
            }
            Deed::Except(exception) => {
                let what = format!("said that {} is no secret", exception.fingerprint.short());
                Ok(About { summary: with(&what, &exception.reason), ..About::default() })
            }
        }
    }

    fn commit(&self, commit: &Commit) -> About {
        let artifacts: BTreeSet<Artifact> = commit.changes.iter().map(|c| c.artifact.clone()).collect();
        let gone = commit.changes.iter().all(|change| change.version.is_none());
        let verb = if gone { "deleted" } else { "committed" };
        let summary = with(&format!("{verb} {}", self.names(&artifacts)), &commit.message);
        About { artifacts, summary, ..About::default() }
    }

    fn evidence(&self, evidence: &Evidence) -> Result<About, Failure> {
        let passed = evidence.samples.iter().filter(|sample| sample.outcome == Outcome::Passed).count();
        let mut summary = format!("attested {passed} of {} passed", counted(evidence.samples.len(), "sample"));
        let mut artifacts = BTreeSet::new();
        let runs = match self.state.announced(evidence.announced)? {
            Some(place) => self.state.runs(place.bundle, place.version)?,
            None => None,
        };
        if let Some(runs) = runs {
            summary = format!("{summary}: suite/{} on {} (bundle {})", runs.suite, runs.prompt, runs.bundle.short());
            artifacts.insert(Artifact::new(Kind::Prompt, runs.prompt));
            artifacts.insert(Artifact::new(Kind::Suite, runs.suite));
        }
        Ok(About { artifacts, summary, ..About::default() })
    }

    fn attempt(&self, attempt: &Attempt) -> Result<About, Failure> {
        let verb = format!("tried to {}", attempt.verb);
        let about = self.proposal(&verb, attempt.proposal, "")?;
        let summary = format!("{}; refused by {}", about.summary, attempt.refused.join(", "));
        Ok(About { summary, ..about })
    }

    fn finding(&self, finding: &Finding) -> Result<About, Failure> {
        let verb = format!("objected at {}:{} to", finding.path, finding.line);
        let about = self.proposal(&verb, finding.proposal, &finding.message)?;
        Ok(About { artifacts: finding.artifact.iter().cloned().collect(), ..about })
    }

    fn answer(&self, answer: &Answer) -> Result<About, Failure> {
        let by = answer.version.map_or_else(String::new, |version| format!(" by {}", version.short()));
        let mut what = format!("closed finding {} as {}{by}", answer.finding.short(), answer.closing);
        let Some(record) = self.state.finding(answer.finding)? else {
            return Ok(About { summary: with(&what, &answer.message), ..About::default() });
        };
        let place = format!(", which {} raised at {}", record.person, record.place());
        what.push_str(&place);
        Ok(About {
            environments: BTreeSet::from([record.environment]),
            artifacts: record.finding.artifact.into_iter().collect(),
            summary: with(&what, &answer.message),
        })
    }

    fn purge(&self, purge: &Purge) -> Result<About, Failure> {
        let known = KnownPayload::read(&self.state, &purge.payload)?;
        let artifacts: BTreeSet<Artifact> = known.artifacts().into_iter().cloned().collect();
        let what = format!("purged {} of {}", counted(purge.payload.len(), "blob"), self.names(&artifacts));
        Ok(About { artifacts, summary: with(&what, &purge.reason), ..About::default() })
    }

    /// Something done to a proposal.
    fn proposal(&self, verb: &str, id: EventId, message: &str) -> Result<About, Failure> {
        let Some(record) = self.state.proposal(id)? else {
            return Ok(About {
                summary: with(&format!("{verb} proposal {}", id.short()), message),
                ..About::default()
            });
        };
        let proposal = record.proposal;
        let artifacts: BTreeSet<Artifact> = proposal.artifacts().into_iter().cloned().collect();
        let what = if proposal.governance.is_some() {
            format!("{verb} proposal {}: other rules", id.short())
        } else if let Some(lift) = &proposal.lifts {
            let (what, version) = (self.names(&artifacts), lift.version.short());
            format!("{verb} proposal {}: to let {what} {version} into {} again", id.short(), proposal.environment)
        } else {
            format!("{verb} proposal {}: {} for {}", id.short(), self.names(&artifacts), proposal.environment)
        };
        let environments = BTreeSet::from([proposal.environment]);
        Ok(About { environments, artifacts, summary: with(&what, message) })
    }

    /// The first names, and how many more there are.
    fn names(&self, artifacts: &BTreeSet<Artifact>) -> String {
        let mut names: Vec<String> = artifacts.iter().take(NAMES).map(|artifact| self.label(artifact)).collect();
        let more = artifacts.len().saturating_sub(NAMES);
        if more > 0 {
            names.push(format!("{more} more"));
        }
        names.join(", ")
    }
}

/// Something done to one environment.
fn about(verb: &str, environment: &Environment, message: &str) -> About {
    About {
        environments: BTreeSet::from([environment.to_string()]),
        summary: with(&format!("{verb} {environment}"), message),
        ..About::default()
    }
}

/// Something stopped, or let go on.
fn halted(verb: &str, halt: &Halt) -> About {
    About {
        environments: halt.environment.iter().map(ToString::to_string).collect(),
        artifacts: halt.artifact.iter().cloned().collect(),
        summary: with(&format!("{verb} {}", halt.what()), &halt.message),
    }
}

/// What was done, and the first line of why.
fn with(what: &str, message: &str) -> String {
    match message.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => format!("{what}: {line}"),
        None => what.to_owned(),
    }
}
