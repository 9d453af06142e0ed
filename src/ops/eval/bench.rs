//! Where planned runs are carried out.

use std::{
    cell::Cell,
    num::NonZeroU32,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    BundleOutcome, Comparison, Request, Sampling,
    attest::Attester,
    calls::{Desk, interrupted},
    drift,
    plan::Job,
    rounds, terms,
};
use crate::{
    artifact::Case,
    clock::Time,
    eval::{Ask, Callers, Keeping, Observer, Outcome, Planned, Sample, Settings, SuiteRun, run},
    object::EventId,
    ops::{Failure, World, judges::Seated, parts::Whole, secrecy, standing::Standing},
    report::Measure,
    scan::Exceptions,
};

/// What came of the samples that are finished.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SoFar {
    /// What they cost, in USD.
    pub cost_usd: f64,
    /// How many got no reply.
    pub errored: u64,
    /// How often a call was made again.
    pub retries: u64,
}

/// How a run proceeds.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// A sample was scored, or could not be.
    Sample {
        /// Samples finished, of all that will be taken.
        done: usize,
        /// All samples.
        total: usize,
        /// The case.
        case: &'a str,
        /// What all of them came to so far.
        so_far: SoFar,
    },
    /// A suite is finished on a bundle.
    Run {
        /// Runs finished.
        done: usize,
        /// All runs.
        total: usize,
        /// What came of it.
        outcome: &'a BundleOutcome,
    },
}

/// What is left to do about a job.
pub(super) enum Todo {
    /// Run it.
    Run,
    /// Run it and complete this announcement.
    Resume(EventId),
    /// Nothing: this evidence stands.
    Stands(EventId, SuiteRun),
}

/// One job with what is left to do about it.
pub(super) struct Task<'j> {
    pub(super) job: &'j Job,
    pub(super) todo: Todo,
    pub(super) repeat: u32,
}

/// What is left to do about each job.
pub(super) fn tasks<'j>(
    jobs: &'j [Job],
    attester: Option<&Attester<'_>>,
    request: &Request<'_>,
) -> Result<Vec<Task<'j>>, Failure> {
    let unattested = |job: &'j Job| {
        let repeat = request.repeat.map_or(job.tests.repeat, NonZeroU32::get);
        Ok(Task { job, todo: Todo::Run, repeat })
    };
    jobs.iter().map(|job| attester.map_or_else(|| unattested(job), |attester| attester.task(job))).collect()
}

impl Task<'_> {
    fn calls(&self) -> bool {
        !matches!(self.todo, Todo::Stands(..))
    }

    /// The bundles whose model is asked: the other side's too, unless it is the same bundle.
    pub(super) fn asked(&self) -> impl Iterator<Item = (&Whole, &[Ask])> {
        let own = self.calls().then(|| (self.job.whole.as_ref(), self.job.asks.as_slice()));
        let other = self.job.other.as_ref().and_then(|other| other.side.as_ref()).filter(|side| !side.same);
        own.into_iter().chain(other.map(|side| (&side.whole, side.asks.as_slice())))
    }

    /// The judges that are asked.
    pub(super) fn judges(&self) -> &[Seated] {
        if self.asked().next().is_some() { &self.job.judges } else { &[] }
    }
}

/// Everything runs need besides their plan.
pub(super) struct Bench<'a> {
    request: &'a Request<'a>,
    desk: Desk,
    done: AtomicUsize,
    samples: AtomicUsize,
    so_far: Mutex<SoFar>,
    now: Time,
    finished: Cell<usize>,
    runs: usize,
    exceptions: Exceptions,
}

impl<'a> Bench<'a> {
    /// Makes ready for these tasks.
    pub(super) fn new(
        world: &World,
        standing: &Standing<'_>,
        request: &'a Request<'a>,
        tasks: &[Task<'_>],
    ) -> Result<Self, Failure> {
        let mut bench = Self {
            request,
            desk: Desk::new(world, &request.calls)?,
            done: AtomicUsize::new(0),
            samples: AtomicUsize::new(0),
            so_far: Mutex::default(),
            now: world.clock.now(),
            finished: Cell::new(0),
            runs: 0,
            exceptions: secrecy::exceptions(standing)?,
        };
        bench.admit(world, tasks)?;
        Ok(bench)
    }

    /// Makes ready for these tasks besides those before: finds every provider that will be asked, each once.
    pub(super) fn admit(&mut self, world: &World, tasks: &[Task<'_>]) -> Result<(), Failure> {
        self.desk.admit(world, &self.request.calls, tasks)?;
        for task in tasks {
            affordable(task, self.request)?;
        }
        for task in tasks {
            for (_, asks) in task.asked() {
                let cases = asks.iter().filter(|ask| **ask != Ask::Skip).count();
                self.samples.fetch_add(cases * task.repeat as usize, Ordering::Relaxed);
            }
        }
        self.runs += tasks.len();
        Ok(())
    }

    /// Carries one task out; with an attester, what comes of it is recorded.
    pub(super) fn carry_out(&self, task: &Task<'_>, attester: Option<&Attester<'_>>) -> Result<BundleOutcome, Failure> {
        let job = task.job;
        let mut outcome = match (&task.todo, attester) {
            (Todo::Stands(evidence, run), _) => {
                let run = run.clone().with_quarantines(&job.tests.cases, self.now);
                let mut outcome = BundleOutcome::of(job, task.repeat, run);
                outcome.evidence = Some(*evidence);
                outcome.stood = true;
                // The run cost what it cost when it was made.
                outcome.cost_usd = 0.0;
                outcome
            }
            (Todo::Run | Todo::Resume(_), None) => BundleOutcome::of(job, task.repeat, self.own(task, None)?),
            (Todo::Run | Todo::Resume(_), Some(attester)) => {
                let announced = match task.todo {
                    Todo::Resume(announced) => announced,
                    _ => attester.announce(job, task.repeat)?,
                };
                let mut outcome = BundleOutcome::of(job, task.repeat, self.own(task, Some(announced))?);
                outcome.announced = Some(announced);
                outcome.evidence = attester.attest(announced, &outcome.run)?;
                outcome
            }
        };
        outcome.measure.evidence = outcome.evidence;
        outcome.against = self.comparison(task, &outcome.run)?;
        self.finished.set(self.finished.get() + 1);
        (self.request.watch)(Step::Run { done: self.finished.get(), total: self.runs, outcome: &outcome });
        Ok(outcome)
    }

    fn own(&self, task: &Task<'_>, announced: Option<EventId>) -> Result<SuiteRun, Failure> {
        let job = task.job;
        let announced = announced.or_else(|| drift::todays(self.request, self.now));
        let bundle = (job.whole.as_ref(), job.judges.as_slice());
        let cases: Vec<&Case> = job.tests.cases.iter().collect();
        let run = self.carry(bundle, (&cases, &job.asks), (0, task.repeat), announced)?;
        let run = run.with_quarantines(&job.tests.cases, self.now);
        if self.request.calls.stopped() { Err(interrupted(job)) } else { Ok(run) }
    }

    fn comparison(&self, task: &Task<'_>, after: &SuiteRun) -> Result<Option<Comparison>, Failure> {
        let Some(other) = &task.job.other else { return Ok(None) };
        let Some(side) = &other.side else { return Ok(Some(Comparison::first(other))) };
        let cases = &task.job.tests.cases;
        let before = if side.same {
            after.clone()
        } else {
            let bundle = (&side.whole, task.job.judges.as_slice());
            let cases: Vec<&Case> = side.tests.cases.iter().collect();
            let run = self.carry(bundle, (&cases, &side.asks), (0, task.repeat), None)?;
            run.with_quarantines(&side.tests.cases, self.now)
        };
        if self.request.calls.stopped() {
            return Err(interrupted(task.job));
        }
        let mut compared = Comparison::of(other, cases, &before, after);
        if !side.same {
            let of = (side.bundle, task.job.version);
            compared.measure = Some(Measure::of_run(&other.revision, of, &before, side.whole.price()));
        }
        let Sampling::Sequential { most_samples } = self.request.compare.sampling else { return Ok(Some(compared)) };
        if side.same {
            return Ok(Some(compared));
        }
        let counting = usize::try_from(compared.cases).unwrap_or(usize::MAX);
        let terms = terms::sequential(other.terms, task.repeat, counting, most_samples);
        let seen = rounds::further(self, task.job, side, &terms, (&before, after))?;
        if self.request.calls.stopped() {
            return Err(interrupted(task.job));
        }
        Ok(Some(compared.with_rounds(cases, &seen, task.repeat)))
    }

    /// One more sample of some cases: that of this index.
    pub(super) fn take(
        &self,
        bundle: (&Whole, &[Seated]),
        cases: &[&Case],
        asks: &[Ask],
        index: u32,
    ) -> Result<SuiteRun, Failure> {
        self.samples.fetch_add(cases.len(), Ordering::Relaxed);
        self.carry(bundle, (cases, asks), (index, 1), None)
    }

    /// Some cases on a bundle that no task is about, by a model that some task asks.
    pub(super) fn ask(
        &self,
        bundle: (&Whole, &[Seated]),
        cases: &[&Case],
        asks: &[Ask],
        repeat: u32,
    ) -> Result<SuiteRun, Failure> {
        self.samples.fetch_add(cases.len() * repeat as usize, Ordering::Relaxed);
        self.carry(bundle, (cases, asks), (0, repeat), None)
    }

    /// So many samples of some cases, counted from an index, with everybody whom their checks ask.
    fn carry(
        &self,
        (whole, judges): (&Whole, &[Seated]),
        (cases, asks): (&[&Case], &[Ask]),
        (from, repeat): (u32, u32),
        announced: Option<EventId>,
    ) -> Result<SuiteRun, Failure> {
        let judges = self.desk.seats(judges, announced)?;
        let programs = self.desk.programs();
        let callers = Callers { from, judges: &judges, programs: &programs, ..self.desk.callers(whole, announced)? };
        let keeping = Keeping { personal: whole.personal(), exceptions: self.exceptions.clone() };
        let plan: Vec<Planned<'_>> =
            cases.iter().zip(asks).map(|(case, ask)| Planned { case, ask, keeping: &keeping }).collect();
        let settings = Settings { repeat, jobs: self.request.jobs.get(), stop: self.request.calls.stop };
        let (done, total, so_far) = (&self.done, &self.samples, &self.so_far);
        let counting = Counting { watch: self.request.watch, desk: &self.desk, done, total, so_far };
        Ok(run(&plan, &settings, &callers, &counting))
    }
}

/// Refuses a budget that the first round alone would overspend, before anything is called.
fn affordable(task: &Task<'_>, request: &Request<'_>) -> Result<(), Failure> {
    let Sampling::Sequential { most_samples: Some(most) } = request.compare.sampling else { return Ok(()) };
    let asks = task.asked().flat_map(|(_, asks)| asks).filter(|ask| **ask != Ask::Skip).count();
    let round = asks as u64 * u64::from(task.repeat);
    if round <= most {
        return Ok(());
    }
    let suite = &task.job.suite;
    Err(Failure::usage(format!("`--max-samples {most}` is less than the first round takes: {round}"))
        .because(format!("every case of `{suite}` must be seen once on both sides before anything can be said"))
        .say(format!("allow at least {round}, or run part of the suite: `--filter TAG`")))
}

/// Tells each finished sample; it has only what threads may share.
struct Counting<'a> {
    watch: &'a (dyn Fn(Step<'_>) + Send + Sync),
    desk: &'a Desk,
    so_far: &'a Mutex<SoFar>,
    done: &'a AtomicUsize,
    total: &'a AtomicUsize,
}

impl Observer for Counting<'_> {
    fn started(&self, _case: &str, _sample: u32) {}

    fn finished(&self, case: &str, sample: &Sample) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let so_far = {
            let mut so_far = self.so_far.lock().unwrap_or_else(PoisonError::into_inner);
            so_far.cost_usd += sample.cost_usd;
            so_far.errored += u64::from(sample.outcome == Outcome::Errored);
            SoFar { retries: self.desk.retries(), ..*so_far }
        };
        (self.watch)(Step::Sample { done, total: self.total.load(Ordering::Relaxed), case, so_far });
    }
}
