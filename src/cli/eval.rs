//! `chancery eval`: golden cases.

use std::num::{NonZeroU32, NonZeroUsize};

use super::{
    calls::CallArgs,
    drift_page::drifted,
    eval_files::FileArgs,
    eval_page::{by_tag, compared, failures, interval, percent, quarantines},
    eval_votes::divided,
    face::{self, Face, shown},
    mutants_page::mutated,
    wire::Wire,
};
use crate::{
    adapters::system::{alarm, interrupts},
    name::{Environment, Name},
    ops::{
        ProposalName, Revision, Spec,
        eval::{self, BundleOutcome, Compare, Outcome, Request, Sampling, SoFar, Step, Verdict, Where},
    },
    problem::{counted, quoted},
    ui::{Line, Page, Progress, Table},
};

/// Run golden cases and count what passes
///
/// Runs on the working files, on what an environment has live, or on what it would have after a proposal. Without
/// --live or --record nothing is called that costs money; keys of providers come from the environment. What was paid
/// for is kept: an interrupted run goes on where it was when the same command is run again. With --attest the run is
/// announced before its first call and recorded as signed evidence. What is live is compared with the evidence with which
/// it went live; --drift, for every night, asks the models anew and says no only where that is worse. --mutate tests the
/// tests: it drops and negates one sentence of the prompt after the other and removes each tool, and names what no case
/// noticed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery eval refund-triage --against production --sequential
  chancery eval --proposal production --attest --junit report.xml --html run.html

Keys of providers:
  ANTHROPIC_API_KEY · OPENAI_API_KEY · GEMINI_API_KEY or GOOGLE_API_KEY")]
pub(super) struct EvalArgs {
    /// Prompts, tools, policies or suites (else every suite)
    #[arg(value_name = "SPEC")]
    specs: Vec<Spec>,
    /// Run what this environment has live
    #[arg(long, value_name = "ENV", conflicts_with = "proposal")]
    env: Option<Environment>,
    /// Run what the environment would have after this proposal
    #[arg(long, value_name = "PROPOSAL")]
    proposal: Option<ProposalName>,
    /// Compare with an environment or a revision
    #[arg(long, value_name = "ENV|REV")]
    against: Option<Revision>,
    /// By how much less may pass than there, as a share of cases (else as the environment's gate says, else 0.02)
    #[arg(long, value_name = "SHARE", requires = "against")]
    margin: Option<f64>,
    /// How sure each word must be (else as the environment's gate says, else 0.95)
    #[arg(long, value_name = "SHARE", requires = "against")]
    confidence: Option<f64>,
    /// Take further samples only of cases on which both sides disagree, until something can be said
    #[arg(long, requires = "against")]
    sequential: bool,
    /// The most samples to take with --sequential, both sides together (else twice the first round)
    #[arg(long, value_name = "N", requires = "sequential")]
    max_samples: Option<u64>,
    /// Samples of each case (else the suite's own number)
    #[arg(long, value_name = "N")]
    repeat: Option<NonZeroU32>,
    /// Ask this model in the place of each prompt's own
    #[arg(long, value_name = "MODEL", value_parser = Name::parse)]
    model: Option<Name>,
    /// Calls at once
    #[arg(long, value_name = "N", default_value = "4")]
    jobs: NonZeroUsize,
    /// Only cases with this tag or id
    #[arg(long, value_name = "TAG|ID")]
    filter: Option<String>,
    #[command(flatten)]
    calls: CallArgs,
    /// Announce the run and record signed evidence
    #[arg(long)]
    attest: bool,
    #[command(flatten)]
    asks: Asks,
    #[command(flatten)]
    files: FileArgs,
}

/// What is asked of a run besides what passes.
#[derive(Debug, clap::Args)]
struct Asks {
    /// Spoil each prompt in one place after the other, and tell which of that nobody notices
    #[arg(long, conflicts_with_all = ["attest", "against", "drift"])]
    mutate: bool,
    /// Ask the models anew (once a day) and answer only whether it is worse than when it went live
    #[arg(long, requires = "env", conflicts_with_all = ["attest", "against", "record"])]
    drift: bool,
}

pub(super) fn run(args: EvalArgs, wire: &Wire) -> face::Outcome {
    let place = match (args.env, args.proposal) {
        (Some(environment), _) => Where::Environment(environment),
        (None, Some(proposal)) => Where::Proposal(proposal),
        (None, None) => Where::Work,
    };
    let progress = Progress::new(wire.console());
    let moves = wire.console().terminal().moves;
    let stop = interrupts();
    let request = Request {
        specs: args.specs,
        place,
        model: args.model,
        against: args.against,
        compare: Compare {
            margin: args.margin,
            confidence: args.confidence,
            sampling: if args.sequential {
                Sampling::Sequential { most_samples: args.max_samples }
            } else {
                Sampling::Fixed
            },
        },
        repeat: args.repeat,
        jobs: args.jobs,
        filter: args.filter,
        calls: args.calls.live.allowed(&stop),
        attest: args.attest,
        mutate: args.asks.mutate,
        drift: args.asks.drift,
        watch: &|step| show(&progress, moves, step),
    };
    if args.calls.estimate {
        return shown(eval::estimate(&wire.world()?, &request));
    }
    let late = alarm(args.calls.live.time_limit, &stop);
    let world = wire.world_asking(args.calls.live.pace(&stop))?;
    let outcome = eval::run(&world, &request).map_err(|failure| args.calls.live.ended(failure, &late))?;
    progress.finish();
    args.files.write(wire, &world, &outcome)?;
    shown(Ok(outcome))
}

/// On a terminal every sample moves the line; elsewhere there is one for each finished run, and one at times in long ones.
pub(super) fn show(progress: &Progress, moves: bool, step: Step<'_>) {
    match step {
        Step::Sample { done, total, case, so_far } => progress.count(done, total, &beside(so_far, moves, case)),
        Step::Run { done, total, outcome } if !moves => {
            let what = format!(
                "{}: {} of {} cases passed",
                outcome.name(),
                outcome.passed,
                outcome.cases - outcome.skipped - outcome.quarantined
            );
            progress.step(done, total, &what);
        }
        Step::Run { .. } => {}
    }
}

/// What is told beside how many: what it cost and what went wrong, each where there is any, and on a terminal the case.
fn beside(so_far: SoFar, moves: bool, case: &str) -> String {
    let SoFar { cost_usd, errored, retries } = so_far;
    let mut parts = Vec::new();
    if cost_usd > 0.0 {
        parts.push(format!("{cost_usd:.4} USD"));
    }
    if errored > 0 {
        parts.push(format!("{errored} errored"));
    }
    if retries > 0 {
        parts.push(counted_retries(retries));
    }
    if moves {
        parts.push(case.to_owned());
    }
    parts.join(" · ")
}

fn counted_retries(retries: u64) -> String {
    if retries == 1 { "1 retry".to_owned() } else { format!("{retries} retries") }
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let failing = self.bundles.iter().filter(|bundle| !bundle.failures.is_empty());
        for bundle in failing {
            failures(bundle, page);
        }
        if self.bundles.iter().any(|bundle| !bundle.failures.is_empty()) {
            page.gap();
        }
        page.table(table(self));
        for bundle in &self.bundles {
            by_tag(bundle, page);
            quarantines(bundle, page);
            divided(bundle, page);
            if let Some(comparison) = &bundle.against {
                compared(bundle, comparison, page);
            }
            if let Some(drift) = &bundle.drift {
                drifted(bundle, drift, page);
            }
            if let Some(mutants) = &bundle.mutants {
                mutated(bundle, mutants, page);
            }
        }
        conversation(self, page);
    }
}

fn table(outcome: &Outcome) -> Table {
    let mut table = Table::headed(["suite", "prompt", "bundle", "passed", "rate", "95 % interval", "verdict"]);
    for bundle in &outcome.bundles {
        let run = bundle.cases - bundle.skipped - bundle.quarantined;
        table.row([
            Line::new().name(bundle.name()),
            Line::new().name(bundle.prompt.as_str()),
            Line::new().text(bundle.bundle.short()),
            Line::from(format!("{}/{run}", bundle.passed)),
            Line::from(bundle.pass_rate.map_or_else(|| "-".to_owned(), percent)),
            Line::from(interval(bundle.interval)),
            verdict(bundle.verdict),
        ]);
    }
    table
}

fn verdict(verdict: Verdict) -> Line {
    match verdict {
        Verdict::Pass => Line::new().good("pass"),
        Verdict::Fail => Line::new().bad("fail"),
        Verdict::Errored => Line::new().bad("errored"),
    }
}

/// What was recorded, what it cost, and what to do next.
fn conversation(outcome: &Outcome, page: &mut Page) {
    for bundle in &outcome.bundles {
        let name = bundle.name();
        match (bundle.evidence, bundle.announced) {
            (Some(evidence), _) if bundle.stood => {
                page.note(format!("{name}: evidence {} stands already; nothing was called", evidence.short()));
            }
            (Some(evidence), _) => page.note(format!("{name}: attested as evidence {}", evidence.short())),
            (None, Some(announced)) => page.warn(format!(
                "{name}: the run {} stays open, because a case got no reply; an open run counts as a no",
                announced.short()
            )),
            (None, None) => {}
        }
    }
    for bundle in outcome.bundles.iter().filter(|bundle| bundle.secrets > 0) {
        let count = counted(bundle.secrets, "secret");
        page.warn(format!(
            "{}: {count} masked in the replies: what the model knows, others may get it to say",
            bundle.name()
        ));
    }
    for bundle in outcome.bundles.iter().filter(|bundle| !bundle.other_models.is_empty()) {
        let (name, models) = (bundle.name(), quoted(&bundle.other_models, ", "));
        page.warn(format!("{name}: replies say they came from {models}, which is not the model that was asked"));
    }
    let beside = |bundle: &BundleOutcome| bundle.against.as_ref().map_or(0.0, |comparison| comparison.cost_usd);
    let mutants = |bundle: &BundleOutcome| bundle.mutants.as_ref().map_or(0.0, |mutants| mutants.cost_usd);
    let cost: f64 = outcome.bundles.iter().map(|bundle| bundle.cost_usd + beside(bundle) + mutants(bundle)).sum();
    if cost > 0.0 {
        page.note(format!("cost: {cost:.4} USD"));
    }
    let open = outcome.bundles.iter().find(|bundle| bundle.announced.is_some() && bundle.evidence.is_none());
    if let Some(bundle) = open {
        page.next(format!("chancery eval suite/{} --attest", bundle.suite));
    }
}
