//! Which calls a run may make, and who answers.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{bench::Task, plan::Job};
use crate::{
    artifact::{Model, Program, ProviderKind},
    eval::{Ask, Budget, Callers, Examiner, Examining, InFlight, Provider, Recordings, Replies, Seat, at_most},
    object::{EventId, VersionId},
    ops::{Failure, World, judges::Seated, parts::Whole},
};

/// Whether models behind a network interface are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They are not: recordings answer for them.
    #[default]
    Recorded,
    /// They are.
    Live,
    /// They are where there is no recording, and what they answer is recorded.
    Record,
}

/// Which calls may be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calls<'a> {
    /// Whether models are called.
    pub mode: Mode,
    /// How much all calls together may cost, in USD.
    pub budget: Option<f64>,
    /// Once it is set nothing more is asked.
    pub stop: Option<&'a AtomicBool>,
}

impl Calls<'_> {
    /// Whether somebody wants the run to end.
    pub(super) fn stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }
}

/// Who answers for the models of a run.
pub(super) struct Desk {
    answering: BTreeMap<VersionId, Answering>,
    replies: Arc<dyn Replies>,
    recordings: Arc<dyn Recordings>,
    records: bool,
    in_flight: InFlight,
    examiners: Examiners,
    pub(super) budget: Option<Budget>,
}

/// Programs of suites, each with who runs it.
type Examiners = Vec<(Program, Box<dyn Examiner>)>;

struct Answering {
    provider: Box<dyn Provider>,
    /// Whether it costs something.
    paid: bool,
}

impl Desk {
    /// Nobody answers yet.
    pub(super) fn new(world: &World, calls: &Calls<'_>) -> Result<Self, Failure> {
        if calls.budget.is_some() && calls.mode == Mode::Recorded {
            return Err(Failure::usage("`--budget` is for `--live` and `--record`: nothing else costs anything"));
        }
        Ok(Self {
            answering: BTreeMap::new(),
            replies: world.providers.replies(),
            recordings: world.providers.recordings(),
            records: calls.mode == Mode::Record,
            in_flight: InFlight::default(),
            examiners: Examiners::new(),
            budget: calls.budget.map(Budget::new),
        })
    }

    /// Finds everybody whom these tasks will ask, each once: models, judges, programs.
    pub(super) fn admit(&mut self, world: &World, calls: &Calls<'_>, tasks: &[Task<'_>]) -> Result<(), Failure> {
        let judges: Vec<(&Whole, Vec<Ask>)> = tasks.iter().flat_map(Task::judges).map(Seated::tries).collect();
        let judges = judges.iter().map(|(whole, asks)| (*whole, asks.as_slice()));
        for (whole, asks) in tasks.iter().flat_map(Task::asked).chain(judges) {
            let (Some((name, version)), Some(model)) = (&whole.model, &whole.parts.model) else { continue };
            let paid = is_paid(model, calls.mode);
            if paid && calls.budget.is_some() {
                refuse_unbounded(name.as_str(), model, asks)?;
            }
            if !self.answering.contains_key(version) {
                let provider = if paid { world.providers.live(model) } else { world.providers.provider(model) };
                self.answering.insert(*version, Answering { provider: provider?, paid });
            }
        }
        for task in tasks.iter().filter(|task| task.asked().next().is_some()) {
            for program in task.job.tests.programs() {
                if !self.examiners.iter().any(|(known, _)| known == program) {
                    self.examiners.push((program.clone(), world.providers.examiner(program)?));
                }
            }
        }
        Ok(())
    }

    /// The programs that checks of these suites name.
    pub(super) fn programs(&self) -> Vec<Examining<'_>> {
        let programs = self.examiners.iter();
        programs.map(|(program, examiner)| Examining { program, examiner: examiner.as_ref() }).collect()
    }

    /// The judges of a job, each with who answers for it.
    pub(super) fn seats<'a>(&'a self, judges: &'a [Seated], run: Option<EventId>) -> Result<Vec<Seat<'a>>, Failure> {
        let seat = |seated: &'a Seated| {
            let callers = self.callers(&seated.whole, run)?;
            Ok(Seat { judge: &seated.judge, parts: &seated.whole.parts, inputs: &seated.inputs, callers })
        };
        judges.iter().map(seat).collect()
    }

    /// How often a call was made again so far.
    pub(super) fn retries(&self) -> u64 {
        self.answering.values().map(|answering| answering.provider.retries()).sum()
    }

    /// Who answers for the model of a bundle, in a run that was announced or not.
    pub(super) fn callers<'a>(&'a self, whole: &Whole, run: Option<EventId>) -> Result<Callers<'a>, Failure> {
        let answering = whole.model.as_ref().and_then(|(_, version)| self.answering.get(version));
        let answering = answering.ok_or_else(|| Failure::bug("a run was planned without its provider"))?;
        let price = whole.price();
        let free = Callers { price, ..Callers::free(answering.provider.as_ref()) };
        if !answering.paid {
            return Ok(free);
        }
        Ok(Callers {
            replies: Some(self.replies.as_ref()),
            recordings: self.records.then_some(self.recordings.as_ref()),
            budget: self.budget.as_ref(),
            in_flight: Some(&self.in_flight),
            run,
            ..free
        })
    }
}

/// Whether calls of a model cost something in this mode.
pub(super) fn is_paid(model: &Model, mode: Mode) -> bool {
    matches!(model.provider, ProviderKind::Network(_)) && mode != Mode::Recorded
}

/// Refuses a budget for a model of which nobody can say what a call may cost.
fn refuse_unbounded(name: &str, model: &Model, asks: &[Ask]) -> Result<(), Failure> {
    let path = format!("models/{name}.toml");
    let Some(price) = model.price else {
        return Err(Failure::cannot("no-price", format!("`model/{name}` has no price, so no budget can be kept"))
            .say(format!("add `price = {{ input = …, output = … }}` (USD per million tokens) to `{path}`")));
    };
    let endless = |ask: &Ask| matches!(ask, Ask::Request(request) if at_most(request, price).is_none());
    if asks.iter().any(endless) {
        return Err(Failure::cannot("no-ceiling", format!("`model/{name}` sets no end to a reply"))
            .because("what a call may cost has to be known before it is made")
            .say(format!("add `max_tokens` to `params` in `{path}`")));
    }
    Ok(())
}

/// That a run was ended by who began it.
pub(super) fn interrupted(job: &Job) -> Failure {
    Failure::interrupted(format!("the run of `{}` was interrupted", job.suite))
        .because("every reply that was paid for is kept")
        .say("run the same command again: it goes on where it was")
}
