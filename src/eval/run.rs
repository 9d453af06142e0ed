//! The runner: a plan, a provider and a number of workers to the results of a suite.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use crate::{artifact::Case, render::Request};

use super::{
    Callers, CaseRun, CheckResult, Keeping, Known, Observer, Outcome, Personal, Reply, Sample, SuiteRun, Tokens, Usage,
    caller::{Asked, Hides},
    is_timed,
    judge::{Heard, Matter, hear},
    keeping::without_secrets_in,
    opinion::stated,
    passes, score_with,
    turns::converse,
    with_values, without_secrets,
};

/// Which cases are run.
#[derive(Debug, Clone, Default)]
pub struct Filter(pub Vec<String>);

impl Filter {
    /// Whether a case is run: one of the words is its id or one of its tags, or there are no words.
    pub fn matches(&self, case: &Case) -> bool {
        self.0.is_empty() || self.0.iter().any(|word| case.id == *word || case.tags.contains(word))
    }
}

/// What is to be done about one case.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Send this.
    Request(Box<Request>),
    /// It could not be rendered, for this reason; every sample is errored.
    Unrenderable(String),
    /// Not asked for.
    Skip,
}

/// One case of a plan. The plan lists every case of the suite, in its order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned<'a> {
    /// The case. Its expectations stay here; the provider gets the request.
    pub case: &'a Case,
    /// What is to be done about it.
    pub ask: &'a Ask,
    /// What must not be kept of it.
    pub keeping: &'a Keeping,
}

/// How a plan is carried out.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Samples per case; 0 means 1.
    pub repeat: u32,
    /// Calls at a time; 0 means 1.
    pub jobs: usize,
    /// Once it is set nothing more is asked; what was asked is waited for.
    pub stop: Option<&'a AtomicBool>,
}

impl Settings<'_> {
    fn goes_on(&self) -> bool {
        self.stop.is_none_or(|stop| !stop.load(Ordering::Relaxed))
    }
}

/// Carries out a plan: every sample asked, scored and reported, in the order of the plan.
///
/// Fails never: what could not be rendered or answered is an errored sample with its reason. A run that was stopped
/// lacks the samples that were not asked for.
pub fn run(plan: &[Planned<'_>], settings: &Settings<'_>, callers: &Callers<'_>, observer: &dyn Observer) -> SuiteRun {
    let tasks: Vec<Task<'_>> = tasks(plan, settings.repeat.max(1));
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Sample)>> = Mutex::new(Vec::with_capacity(tasks.len()));
    let work = || {
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| settings.goes_on()) {
            observer.started(&task.planned.case.id, task.sample);
            let sample = task.carry_out(callers);
            observer.finished(&task.planned.case.id, &sample);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((task.place, sample));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..settings.jobs.clamp(1, tasks.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    gather(plan, done.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Why a recorded reply cannot be held against a time.
const NOT_TIMED: &str = "`max_latency_ms`: the recording does not say how long the reply took; take its file away and \
                         record it again, `--record` notes the time";

/// One sample to take.
struct Task<'a> {
    planned: &'a Planned<'a>,
    place: usize,
    sample: u32,
}

fn tasks<'a>(plan: &'a [Planned<'a>], repeat: u32) -> Vec<Task<'a>> {
    let asked = plan.iter().enumerate().filter(|(_, planned)| *planned.ask != Ask::Skip);
    asked.flat_map(|(place, planned)| (0..repeat).map(move |sample| Task { planned, place, sample })).collect()
}

/// Brings the samples back into the order of the plan.
fn gather(plan: &[Planned<'_>], mut done: Vec<(usize, Sample)>) -> SuiteRun {
    done.sort_by_key(|(place, sample)| (*place, sample.sample));
    let mut cases: Vec<CaseRun> = plan
        .iter()
        .map(|planned| CaseRun { id: planned.case.id.clone(), samples: Vec::new(), quarantine: None })
        .collect();
    for (place, sample) in done {
        if let Some(case) = cases.get_mut(place) {
            case.samples.push(sample);
        }
    }
    SuiteRun { cases }
}

impl Task<'_> {
    fn carry_out(&self, callers: &Callers<'_>) -> Sample {
        match self.planned.ask {
            Ask::Request(request) => match converse(callers, request, self.sample, (self.planned.case, self)) {
                Ok(asked) => self.answered(request, asked, callers),
                Err(error) => self.errored(&error.to_string()),
            },
            Ask::Unrenderable(reason) => self.errored(reason),
            Ask::Skip => self.errored("skipped"),
        }
    }

    /// Scores a reply as it will be read back, and keeps it without what must not be kept.
    fn answered(&self, request: &Request, asked: Asked, callers: &Callers<'_>) -> Sample {
        let Planned { case, keeping, .. } = self.planned;
        let Asked { answer, cost_usd, .. } = asked;
        let given = match answer.reply.as_stored() {
            Ok(given) => given,
            Err(error) => return self.errored(&format!("the reply cannot be kept: {error}")),
        };
        let usage = Usage::counted(&given, request);
        let personal = self.personal();
        let (kept, secrets) = without_secrets(given.clone(), &keeping.exceptions);
        let kept = personal.hide_reply(kept);
        let heard = match self.heard(request, &kept, callers) {
            Ok(heard) => heard,
            Err(reason) => return self.errored(&reason),
        };
        let latency_ms = answer.latency_ms.map(stated);
        let timed = is_timed(case);
        if timed && latency_ms.is_none() {
            return self.errored(NOT_TIMED);
        }
        let known = Known { opinions: heard.opinions, latency_ms };
        let checks = score_with(case, &given, &known);
        let read_back = with_values(kept.clone(), &case.vars);
        // The same reply gets the same results.
        let again = if read_back == given { checks.clone() } else { score_with(case, &read_back, &known) };
        if let Some(check) = checks.iter().zip(&again).find(|(given, kept)| given.passed != kept.passed) {
            let why = "says one thing of the reply and another of what is kept of it, where a mark stands for what \
                       must not be stored";
            return Sample { secrets, ..self.errored(&format!("`{}` {why}", check.0.check)) };
        }
        let safe = |text: &str| personal.hide_excerpt(&keeping.exceptions.masked(text).0);
        // What a check saw is told of what is kept.
        let told = |(given, kept): (&CheckResult, &CheckResult)| CheckResult {
            check: safe(&given.check),
            passed: given.passed,
            reason: safe(&kept.reason),
        };
        let checks: Vec<CheckResult> = checks.iter().zip(&again).map(told).collect();
        Sample {
            sample: self.sample,
            outcome: if passes(&checks) { Outcome::Passed } else { Outcome::Failed },
            error: None,
            reply_digest: Some(kept.digest()),
            reply: Some(kept),
            source: Some(heard.source.map_or(answer.source, |source| source.max(answer.source))),
            votes: heard.votes,
            checks,
            tokens: Tokens { input: usage.input, output: usage.output },
            latency_ms: answer.latency_ms.unwrap_or_default(),
            timed_ms: latency_ms.filter(|_| timed),
            cost_usd: cost_usd + heard.cost_usd,
            secrets,
        }
    }

    /// What others say of a reply as it is kept, where the case asks them.
    fn heard(&self, request: &Request, kept: &Reply, callers: &Callers<'_>) -> Result<Heard, String> {
        if callers.judges.is_empty() && callers.programs.is_empty() {
            return Ok(Heard::default());
        }
        let shown = Hides::request(self, request);
        hear((callers.judges, callers.programs), self.planned.case, &Matter { request: &shown, reply: kept }, self)
    }

    fn personal(&self) -> Personal {
        Personal::of(&self.planned.keeping.personal, &self.planned.case.vars)
    }

    fn errored(&self, reason: &str) -> Sample {
        let reason = self.planned.keeping.exceptions.masked(reason).0;
        Sample {
            sample: self.sample,
            outcome: Outcome::Errored,
            error: Some(self.personal().hide_excerpt(&reason)),
            reply: None,
            reply_digest: None,
            source: None,
            votes: Vec::new(),
            checks: Vec::new(),
            tokens: Tokens::default(),
            latency_ms: 0,
            timed_ms: None,
            cost_usd: 0.0,
            secrets: Vec::new(),
        }
    }
}

impl Hides for Task<'_> {
    fn reply(&self, reply: Reply) -> Reply {
        let (reply, _) = without_secrets(reply, &self.planned.keeping.exceptions);
        self.personal().hide_reply(reply)
    }

    fn request(&self, request: &Request) -> Request {
        let personal = self.personal();
        without_secrets_in(request, &self.planned.keeping.exceptions, &|text| personal.hide(text))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Map;

    use super::{
        Outcome::{Errored, Failed, Passed},
        *,
    };
    use crate::{
        artifact::{Check, Conversation, Expectation, Price},
        eval::{Answer, Provider, ProviderError, ReplySource, Silent, Steadiness, Usage},
        render::{Message, Speaker},
    };

    /// Answers `no` to the second sample of `flaky`, nothing to `broken`, `yes` otherwise; later ones first.
    struct Script;

    impl Provider for Script {
        fn complete(&self, request: &Request, sample: u32) -> Result<Answer, ProviderError> {
            let asked = request.messages.first().unwrap().content.clone();
            std::thread::sleep(Duration::from_millis(if asked == "first" { 20 } else { 0 }));
            if asked == "broken" {
                return Err(ProviderError::Start { program: "x".to_owned(), reason: "gone".to_owned() });
            }
            let text = if asked == "flaky" && sample == 1 { "no" } else { "yes" };
            let reply = Reply { usage: Some(Usage::of(10, 2)), ..Reply::text(text) };
            Ok(Answer { reply, source: ReplySource::Live, latency_ms: Some(5) })
        }
    }

    fn settings(repeat: u32, jobs: usize) -> Settings<'static> {
        Settings { repeat, jobs, stop: None }
    }

    fn case(id: &str) -> Case {
        Case {
            id: id.to_owned(),
            tags: vec!["all".to_owned()],
            vars: Map::new(),
            expect: vec![Expectation { negated: false, check: Check::Equals("yes".into()) }],
            conversation: Conversation::default(),
            quarantine: None,
        }
    }

    fn ask(case: &Case) -> Ask {
        let messages = vec![Message::new(Speaker::User, case.id.clone())];
        Ask::Request(Box::new(Request { model: String::new(), messages, tools: Vec::new(), params: Map::new() }))
    }

    #[test]
    fn results_come_in_the_order_of_the_suite_and_errors_are_neither_passes_nor_fails() {
        let cases: Vec<Case> = ["first", "flaky", "broken", "skipped", "unrendered"].map(case).to_vec();
        let keeping = Keeping::default();
        let mut asks: Vec<Ask> = cases.iter().map(ask).collect();
        asks[3] = Ask::Skip;
        asks[4] = Ask::Unrenderable("`city` is undefined".to_owned());
        let plan: Vec<Planned<'_>> =
            cases.iter().zip(&asks).map(|(case, ask)| Planned { case, ask, keeping: &keeping }).collect();
        let price = Some(Price { input: 1.0, output: 5.0, cached: None });
        let run = run(&plan, &settings(3, 4), &Callers { price, ..Callers::free(&Script) }, &Silent);

        let ids: Vec<&str> = run.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["first", "flaky", "broken", "skipped", "unrendered"]);
        let outcomes: Vec<_> = run.cases.iter().map(CaseRun::outcome).collect();
        assert_eq!(outcomes, [Some(Passed), Some(Failed), Some(Errored), None, Some(Errored)]);
        assert_eq!(run.cases[0].steadiness(), Some(Steadiness::Stable));
        assert_eq!(run.cases[1].steadiness(), Some(Steadiness::Flaky));
        assert_eq!(run.cases[1].samples.iter().map(|s| s.sample).collect::<Vec<_>>(), [0, 1, 2]);
        let counts = run.counts();
        assert_eq!((counts.cases, counts.passed, counts.failed, counts.errored, counts.skipped), (5, 1, 1, 2, 1));
        assert_eq!(run.pass_rate(), Some(0.25));
        assert_eq!(run.tokens(), Tokens { input: 60, output: 12 });
        assert!((run.cost_usd() - 120e-6).abs() < 1e-12);
        assert!(!run.all_passed());
    }

    #[test]
    fn a_filter_matches_ids_and_tags() {
        let words = |words: &[&str]| Filter(words.iter().map(|&w| w.to_owned()).collect());
        assert!(words(&[]).matches(&case("a")));
        assert!(words(&["a"]).matches(&case("a")));
        assert!(words(&["all"]).matches(&case("a")));
        assert!(!words(&["b"]).matches(&case("a")));
    }

    #[test]
    fn a_suite_of_which_nothing_ran_did_not_pass() {
        let run = run(&[], &settings(1, 9), &Callers::free(&Script), &Silent);
        assert!(!run.all_passed());
        assert_eq!(run.pass_rate(), None);
        assert_eq!(run.interval(), (0.0, 1.0));
    }

    /// Counts what it hears of.
    #[derive(Default)]
    struct Counting(AtomicUsize, AtomicUsize);

    impl Observer for Counting {
        fn started(&self, _case: &str, _sample: u32) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn finished(&self, case: &str, sample: &Sample) {
            assert_eq!((case, sample.outcome), ("first", Passed));
            self.1.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn an_observer_hears_of_every_sample_and_of_no_skipped_case() {
        let (first, other) = (case("first"), case("other"));
        let keeping = Keeping::default();
        let plan = [
            Planned { case: &first, ask: &ask(&first), keeping: &keeping },
            Planned { case: &other, ask: &Ask::Skip, keeping: &keeping },
        ];
        let counting = Counting::default();
        run(&plan, &settings(2, 2), &Callers::free(&Script), &counting);
        assert_eq!((counting.0.into_inner(), counting.1.into_inner()), (2, 2));
    }
}
