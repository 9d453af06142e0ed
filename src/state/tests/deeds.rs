//! Deeds, stated as somebody who looks at the state would state them.

use std::rc::Rc;

use super::project::{Project, artifact, env, path_of};
use crate::{
    eval::ReplySource,
    governance::Governance,
    ledger::{
        Announcement, Approval, BundleChange, Commit, Deed, Evidence, HeadChange, LiveChange, Move, Outcome, Promotion,
        Proposal, Reason, Review, Rollback, Sample,
    },
    name::{Kind, Name},
    object::{BundleId, Digest, DossierId, EventId, Store, VersionId},
    state::{
        Case, Dossier, Payload, ProposalRecord, RunsRecord, State, Target, basis, evidence_lines, finding_lines, plan,
    },
};

impl Project {
    /// A new version of one artifact.
    pub(super) fn change(&self, name: &str, text: &str) -> HeadChange {
        let artifact = artifact(name);
        let moved = State::new(self.view().as_ref()).head(&artifact).unwrap().map(|head| head.event);
        HeadChange {
            moved,
            renamed_from: None,
            version: Some(VersionId(self.keep(text))),
            listed: false,
            path: Some(path_of(&artifact)),
            template: (artifact.kind == Kind::Prompt).then(|| text.starts_with("+++")),
            artifact,
        }
    }

    pub(super) fn removal(&self, name: &str) -> HeadChange {
        HeadChange { version: None, path: None, template: None, ..self.change(name, "") }
    }

    pub(super) fn rename(&self, from: &str, to: &str, text: &str) -> HeadChange {
        let moved = self.change(from, "").moved;
        HeadChange { moved, renamed_from: Some(artifact(from)), ..self.change(to, text) }
    }

    pub(super) fn commit(mut changes: Vec<HeadChange>) -> Deed {
        changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        Deed::Commit(Commit { message: "because".to_owned(), authors: Vec::new(), changes })
    }

    /// The person commits these texts.
    #[track_caller]
    pub(super) fn commits(&self, person: &str, files: &[(&str, &str)]) -> EventId {
        let changes = files.iter().map(|(name, text)| self.change(name, text)).collect();
        self.ok(person, Self::commit(changes))
    }

    fn moves(state: &State<'_>, environment: &str, to: &[(&str, Option<VersionId>)]) -> Vec<LiveChange> {
        let mut changes: Vec<LiveChange> = to
            .iter()
            .map(|(name, to)| {
                let artifact = artifact(name);
                let live = state.live(&env(environment), &artifact).unwrap();
                let (from, moved) = (live.as_ref().map(|live| live.version), live.map(|live| live.event));
                LiveChange { artifact, from, to: *to, moved }
            })
            .collect();
        changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        changes
    }

    fn bundles(state: &State<'_>, environment: &str, changes: &[LiveChange]) -> Vec<BundleChange> {
        let target = |change: &LiveChange| {
            let number = |version| state.version(&change.artifact, version).unwrap().map_or(0, |known| known.number);
            Target { artifact: change.artifact.clone(), to: change.to.map(|version| (version, number(version))) }
        };
        let targets: Vec<Target> = changes.iter().map(target).collect();
        plan(state, &env(environment), &targets).map(|plan| plan.changes()).unwrap_or_default()
    }

    /// A proposal as it should be.
    pub(super) fn proposal(&self, environment: &str, to: &[(&str, Option<VersionId>)]) -> Proposal {
        let view = self.view();
        let state = State::new(view.as_ref());
        let changes = Self::moves(&state, environment, to);
        let bundles = Self::bundles(&state, environment, &changes);
        let environment = environment.to_owned();
        Proposal {
            environment,
            message: "please".to_owned(),
            only: false,
            changes,
            bundles,
            governance: None,
            lifts: None,
        }
    }

    /// A proposal to bring the heads of these artifacts.
    pub(super) fn heads(&self, environment: &str, names: &[&str]) -> Proposal {
        let view = self.view();
        let state = State::new(view.as_ref());
        let to: Vec<(&str, Option<VersionId>)> = names
            .iter()
            .map(|name| (*name, state.head(&artifact(name)).unwrap().and_then(|head| head.version)))
            .collect();
        self.proposal(environment, &to)
    }

    pub(super) fn rules_change(&self, text: &str) -> Proposal {
        let from = State::new(self.view().as_ref()).project().unwrap().unwrap().governance;
        let governance = Some(Move { from, to: self.keep(text) });
        Proposal {
            environment: "governance".to_owned(),
            message: "new rules".to_owned(),
            only: false,
            changes: Vec::new(),
            bundles: Vec::new(),
            governance,
            lifts: None,
        }
    }

    pub(super) fn back(&self, environment: &str, to_event: EventId, to: &[(&str, Option<VersionId>)]) -> Rollback {
        let Proposal { changes, bundles, .. } = self.proposal(environment, to);
        Rollback { environment: env(environment), to_event, message: "back".to_owned(), changes, bundles }
    }

    /// The rules in force.
    pub(super) fn governance(&self) -> (Rc<Governance>, Digest) {
        let digest = State::new(self.view().as_ref()).project().unwrap().unwrap().governance;
        (Payload::new(&self.store).governance(&digest).unwrap(), digest)
    }

    pub(super) fn record(&self, proposal: EventId) -> ProposalRecord {
        State::new(self.view().as_ref()).proposal(proposal).unwrap().unwrap()
    }

    /// The dossier as it is now, not kept anywhere.
    pub(super) fn draft_dossier(&self, proposal: EventId) -> Dossier {
        let view = self.view();
        let state = State::new(view.as_ref());
        let (governance, digest) = self.governance();
        let record = self.record(proposal);
        let case = Case::new(&state, &governance, digest, &record).unwrap();
        let (basis, lines) = (basis(&state, &case).unwrap(), evidence_lines(&state, &case).unwrap());
        let findings = finding_lines(&state, &case).unwrap();
        Dossier::new(basis, record.proposal.message.clone(), case.authors(&state).unwrap(), lines, findings, Vec::new())
    }

    /// The dossier as it is now, kept.
    pub(super) fn dossier(&self, proposal: EventId) -> DossierId {
        DossierId(self.store.put(&[&self.draft_dossier(proposal).encode()]).unwrap().remove(0))
    }

    pub(super) fn approval(&self, proposal: EventId) -> Deed {
        Deed::Approve(Approval { proposal, dossier: self.dossier(proposal), message: String::new() })
    }

    pub(super) fn reviewed(&self, proposal: EventId) -> Deed {
        Deed::Review(Review { proposal, dossier: self.dossier(proposal), message: String::new() })
    }

    pub(super) fn promotion(&self, proposal: EventId) -> Deed {
        Deed::Promote(Promotion { proposal, dossier: self.dossier(proposal) })
    }

    pub(super) fn reason(proposal: EventId) -> Reason {
        Reason { proposal, message: "no".to_owned() }
    }

    pub(super) fn announcement(&self, of: &str, bundle: BundleId, suite: &str, repeat: u32) -> Announcement {
        let view = self.view();
        let state = State::new(view.as_ref());
        let head = state.head(&artifact(&format!("suite/{suite}"))).unwrap().unwrap();
        let tests = state.commit(&head.artifact, head.number).unwrap().unwrap().contents.tests.unwrap();
        Announcement {
            prompt: Name::parse(of).unwrap(),
            bundle,
            suite: Name::parse(suite).unwrap(),
            version: head.version.unwrap(),
            repeat,
            cases: tests.cases.keys().cloned().collect(),
        }
    }

    /// Another run of the same bundle by the same version of the suite.
    pub(super) fn announcement_of(record: &RunsRecord) -> Announcement {
        Announcement {
            prompt: record.prompt.clone(),
            bundle: record.bundle,
            suite: record.suite.clone(),
            version: record.version,
            repeat: 1,
            cases: Vec::new(),
        }
    }

    /// What came of an announced run: every sample as `outcome` says.
    pub(super) fn evidence(
        &self,
        announced: EventId,
        run: &Announcement,
        outcome: impl Fn(&str, u32) -> Outcome,
    ) -> Evidence {
        let mut samples = Vec::new();
        for case in &run.cases {
            for sample in 0..run.repeat {
                let outcome = outcome(case, sample);
                let text = format!("reply {announced} {case} {sample}");
                let reply = (outcome != Outcome::Errored).then(|| self.keep(&text));
                let (tokens_in, tokens_out) = (reply.map(|_| 100), reply.map(|_| 10));
                let (case, source, votes, latency_ms) = (case.clone(), ReplySource::Live, Vec::new(), None);
                samples.push(Sample { case, sample, reply, source, outcome, tokens_in, tokens_out, latency_ms, votes });
            }
        }
        Evidence { announced, samples, models: Vec::new() }
    }

    /// CI runs the suite against the bundle; every case passes but those named.
    #[track_caller]
    pub(super) fn run(&self, of: &str, bundle: BundleId, suite: &str, failing: &[&str]) -> EventId {
        let run = self.announcement(of, bundle, suite, 1);
        let announced = self.ok("ci", Deed::Announce(run.clone()));
        let outcome = |case: &str, _| if failing.contains(&case) { Outcome::Failed } else { Outcome::Passed };
        self.ok("ci", Deed::Evidence(self.evidence(announced, &run, outcome)))
    }

    /// The bundle of a live prompt.
    pub(super) fn bundle(&self, environment: &str, prompt: &str) -> Option<BundleId> {
        let view = self.view();
        State::new(view.as_ref()).bundle(&env(environment), &Name::parse(prompt).unwrap()).unwrap()?.bundle
    }

    pub(super) fn live(&self, environment: &str, name: &str) -> Option<VersionId> {
        let view = self.view();
        State::new(view.as_ref()).live(&env(environment), &artifact(name)).unwrap().map(|live| live.version)
    }

    /// Proposes the heads and carries it out, where the gate is open.
    #[track_caller]
    pub(super) fn brings(&self, environment: &str, names: &[&str]) -> EventId {
        let proposal = self.ok("ruth", Deed::Propose(self.heads(environment, names)));
        self.ok("ruth", self.promotion(proposal))
    }
}
