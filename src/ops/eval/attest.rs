//! Runs as acts: announced before the first call, attested when complete.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Request,
    bench::{Task, Todo},
    plan::Job,
    recall::recall,
};
use crate::{
    clock::Time,
    eval::{self, Outcome as CaseOutcome, ReplySource, SuiteRun, Usage, serves},
    gate::{EvidenceRule, Gate},
    ledger::{Announcement, Deed, Evidence, Outcome, Sample},
    name::{Artifact, Handle, Kind},
    object::EventId,
    ops::{Failure, Next, World, keep::keep, record::record, standing::Standing},
    problem::quoted,
    state::RunRecord,
    trust::Verb,
};

/// The person whose signature stands under the evidence.
pub(super) struct Attester<'a> {
    world: &'a World,
    standing: &'a Standing<'a>,
    me: Handle,
    repeat: Option<u32>,
    now: Time,
}

impl<'a> Attester<'a> {
    /// Whoever signs here, once they may evaluate all of this and all of it is committed.
    pub(super) fn new(
        world: &'a World,
        standing: &'a Standing<'a>,
        request: &Request<'_>,
        jobs: &[Job],
    ) -> Result<Self, Failure> {
        let me = standing.me(world)?;
        for job in jobs {
            let prompt = Artifact::new(Kind::Prompt, job.prompt.clone());
            if !standing.governance.people.may(&me, Verb::Evaluate, &[&prompt], None) {
                let message = format!("`{me}` may not attest evidence about `{}`", job.prompt);
                return Err(Failure::refused("not-allowed", message)
                    .because("none of their roles allows `evaluate` on it")
                    .run("chancery people"));
            }
        }
        committed(standing, jobs)?;
        let repeat = request.repeat.map(std::num::NonZeroU32::get);
        Ok(Self { world, standing, me, repeat, now: world.clock.now() })
    }

    /// What is left to do about a job, as far as the ledger tells.
    pub(super) fn task<'j>(&self, job: &'j Job) -> Result<Task<'j>, Failure> {
        let runs = self.standing.state().runs(job.bundle, job.version)?.map(|record| record.runs).unwrap_or_default();
        let fresh = self.repeat.unwrap_or(job.tests.repeat);
        if let Some(open) = runs.iter().find(|run| run.person == self.me && run.evidence.is_none()) {
            if self.repeat.is_some_and(|repeat| repeat != open.repeat) {
                return Err(open_run(job, open));
            }
            return Ok(Task { job, todo: Todo::Resume(open.announced), repeat: open.repeat });
        }
        let rules = job.environment.as_ref().and_then(|name| self.standing.governance.environment(name));
        let rule = rules.map(|rules| &rules.gate);
        if self.repeat.is_none() {
            for run in runs.iter().rev().filter(|run| self.stands(job, run, rule)) {
                if let (Some(evidence), Some(recalled)) =
                    (run.evidence, recall(self.world, &job.tests, run, &job.whole.personal())?)
                {
                    return Ok(Task { job, todo: Todo::Stands(evidence, recalled), repeat: run.repeat });
                }
            }
        }
        Ok(Task { job, todo: Todo::Run, repeat: fresh })
    }

    /// Whether a run is complete, and one that the environment's gate would count.
    fn stands(&self, job: &Job, run: &RunRecord, gate: Option<&Gate>) -> bool {
        let cases: BTreeSet<&str> = run.cases.iter().map(String::as_str).collect();
        let complete = run.evidence.is_some()
            && run.repeat >= job.tests.repeat
            && job.tests.cases.iter().all(|case| cases.contains(case.id.as_str()))
            && run.samples.iter().all(|sample| sample.reply.is_some())
            && job.whole.parts.model.as_ref().is_none_or(|model| run.models.iter().all(|said| serves(&model.id, said)));
        let counts = |rule: &EvidenceRule| {
            run.roles.iter().any(|role| rule.evaluators.contains(role))
                && run.samples.iter().all(|sample| rule.sources.contains(&sample.source))
                && rule
                    .max_age
                    .is_none_or(|age| u64::try_from(self.now.since(run.time)).unwrap_or_default() <= age.as_seconds())
        };
        // Where a ceiling is to be kept, a run in which nobody counted says nothing of it.
        let counted = gate.is_none_or(|gate| gate.budget.is_none())
            || run.samples.iter().all(|sample| sample.tokens_in.is_some() && sample.tokens_out.is_some());
        complete && counted && gate.and_then(|gate| gate.evidence.as_ref()).is_none_or(counts)
    }

    /// Announces a run.
    pub(super) fn announce(&self, job: &Job, repeat: u32) -> Result<EventId, Failure> {
        let mut cases: Vec<String> = job.tests.cases.iter().map(|case| case.id.clone()).collect();
        cases.sort();
        let announcement = Announcement {
            prompt: job.prompt.clone(),
            bundle: job.bundle,
            suite: job.suite.clone(),
            version: job.version,
            repeat,
            cases,
        };
        Ok(record(self.world, Deed::Announce(announcement))?.event)
    }

    /// Keeps every reply and attests the run; nothing while a case has no reply, and the run stays open.
    pub(super) fn attest(&self, announced: EventId, run: &SuiteRun) -> Result<Option<EventId>, Failure> {
        let Some(samples) = samples(run) else { return Ok(None) };
        let replies: Vec<Vec<u8>> = run.samples().flat_map(replies).map(eval::Reply::to_bytes).collect();
        let bytes: Vec<&[u8]> = replies.iter().map(Vec::as_slice).collect();
        keep(self.world, &bytes).map_err(|failure| match failure.code {
            "purged" => failure.say("the model repeats a reply that was purged: change the prompt, or the cases"),
            _ => failure,
        })?;
        let evidence = Evidence { announced, samples, models: run.models() };
        Ok(Some(record(self.world, Deed::Evidence(evidence))?.event))
    }
}

/// Everything of a sample that is kept.
fn replies(sample: &eval::Sample) -> impl Iterator<Item = &eval::Reply> {
    sample.reply.iter().chain(sample.votes.iter().map(|vote| &vote.reply))
}

/// Every sample as the ledger states it, sorted by case and sample; `None` when one has no reply.
fn samples(run: &SuiteRun) -> Option<Vec<Sample>> {
    let mut samples = Vec::new();
    for case in &run.cases {
        for sample in &case.samples {
            let (sent, received) = Usage::from(sample.tokens).stated();
            samples.push(Sample {
                tokens_in: Some(sent),
                tokens_out: Some(received),
                latency_ms: sample.timed_ms,
                votes: sample.votes.iter().map(|vote| vote.reply_digest).collect(),
                case: case.id.clone(),
                sample: sample.sample,
                reply: Some(sample.reply_digest?),
                source: sample.source.unwrap_or(ReplySource::Unsigned),
                outcome: match sample.outcome {
                    CaseOutcome::Passed => Outcome::Passed,
                    CaseOutcome::Failed => Outcome::Failed,
                    CaseOutcome::Errored => return None,
                },
            });
        }
    }
    samples.sort_by(|a, b| (&a.case, a.sample).cmp(&(&b.case, b.sample)));
    Some(samples)
}

/// Refuses bundles and suites of which a file was never committed in these bytes: evidence names versions.
fn committed(standing: &Standing<'_>, jobs: &[Job]) -> Result<(), Failure> {
    let state = standing.state();
    let mut files: BTreeMap<String, Artifact> = BTreeMap::new();
    for job in jobs {
        let suite = Artifact::new(Kind::Suite, job.suite.clone());
        let members = job.whole.bundle.members.iter().zip(&job.whole.paths);
        let judges = job.judges.iter().flat_map(|judge| judge.whole.bundle.members.iter().zip(&judge.whole.paths));
        let members = members.chain(judges).map(|(member, path)| (&member.artifact, member.version, path));
        for (artifact, version, path) in members.chain([(&suite, job.version, &job.suite_path)]) {
            if state.version(artifact, version)?.is_none() {
                files.insert(path.clone(), artifact.clone());
            }
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    let paths: Vec<String> = files.into_keys().collect();
    let message = match paths.as_slice() {
        [one] => format!("`{one}` is not committed as it stands"),
        _ => format!("{} files are not committed as they stand", paths.len()),
    };
    let named = quoted(&paths, ", ");
    Err(Failure::cannot("not-committed", message)
        .because(format!("evidence is about committed versions; these have none: {named}"))
        .run(format!("chancery commit {} -m \"why\"", paths.join(" "))))
}

/// That a run of this person waits to be completed with another number of samples.
fn open_run(job: &Job, open: &RunRecord) -> Failure {
    let message = format!("the run `{}` of `{}` is announced and not completed", open.announced.short(), job.suite);
    Failure::cannot("run-open", message)
        .because(format!("it asks for {} sample(s) a case, and counts as a no until it is completed", open.repeat))
        .next(Next::Run(format!("chancery eval suite/{} --attest --repeat {}", job.suite, open.repeat)))
}
