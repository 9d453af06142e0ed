//! Which calls `eval` may make, and what they would cost.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{face::Face, providers::Pace};
use crate::{
    ops::{
        Exit, Failure,
        eval::{Calls, Estimate, Mode},
    },
    problem::counted,
    ui::{Line, Page, Table},
};

/// Whether models are called, for how much, or only what that would come to.
#[derive(Debug, clap::Args)]
pub(super) struct CallArgs {
    #[command(flatten)]
    pub(super) live: LiveArgs,
    /// Tell how many calls it would make and what they can cost, and make none
    #[arg(long)]
    pub(super) estimate: bool,
}

/// Whether models are called, for how much, and how fast.
#[derive(Debug, clap::Args)]
pub(super) struct LiveArgs {
    /// Call the models, but for what this clone has paid for already
    #[arg(long, conflicts_with = "record")]
    live: bool,
    /// Call the models where there is no recording, and record what they answer
    #[arg(long)]
    record: bool,
    /// Make no call that could bring the cost above this
    #[arg(long, value_name = "USD", value_parser = dollars)]
    budget: Option<f64>,
    /// Begin at most so many calls a second, at each host
    #[arg(long, value_name = "N", value_parser = above_zero)]
    rate: Option<f64>,
    /// Wait so long for one answer (else 5 minutes; for that of a program 1)
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<Duration>,
    /// Ask nothing more after so long; what was answered is kept
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) time_limit: Option<Duration>,
}

impl LiveArgs {
    /// Whether anything of it was asked for.
    pub(super) fn are_given(&self) -> bool {
        let costs = self.live || self.record || self.budget.is_some();
        costs || self.rate.is_some() || self.timeout.is_some() || self.time_limit.is_some()
    }

    /// What is allowed, until somebody wants the run to end.
    pub(super) fn allowed<'a>(&self, stop: &'a AtomicBool) -> Calls<'a> {
        let mode = match (self.live, self.record) {
            (true, _) => Mode::Live,
            (_, true) => Mode::Record,
            _ => Mode::Recorded,
        };
        Calls { mode, budget: self.budget, stop: Some(stop) }
    }

    /// Why a run ended before its end: somebody wanted it to, or its time was over.
    pub(super) fn ended(&self, failure: Failure, late: &AtomicBool) -> Failure {
        let limit = self.time_limit.filter(|_| failure.exit == Exit::Interrupted && late.load(Ordering::Relaxed));
        let Some(limit) = limit else { return failure };
        let message = format!("{} s were not enough for the run", limit.as_secs_f64());
        Failure { next: failure.next, ..Failure::outside("out-of-time", message) }
    }

    /// How fast models are asked.
    pub(super) fn pace(&self, stop: &Arc<AtomicBool>) -> Pace {
        Pace { a_second: self.rate, call: self.timeout, stop: Arc::clone(stop) }
    }
}

/// An amount of money: more than nothing.
fn dollars(text: &str) -> Result<f64, String> {
    above_zero(text).map_err(|_| "not an amount in USD above 0".to_owned())
}

fn above_zero(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("not a number above 0".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let known = above_zero(text).ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
    known.filter(|time| !time.is_zero()).ok_or_else(|| "not a number of seconds above 0".to_owned())
}

impl Face for Estimate {
    fn page(&self, page: &mut Page) {
        let mut table = Table::headed(["suite", "prompt", "bundle", "samples", "calls", "tokens", "USD at most"]);
        let usd = |usd: Option<f64>| usd.map_or_else(|| "unknown".to_owned(), |usd| format!("{usd:.4}"));
        for one in &self.estimate {
            table.row([
                Line::new().name(one.suite.as_str()).text(if one.mutants { " (mutants)" } else { "" }),
                Line::new().name(one.prompt.as_str()),
                Line::new().text(one.bundle.short()),
                Line::from(one.samples.to_string()),
                Line::from(one.calls.to_string()),
                Line::from(one.tokens.to_string()),
                Line::from(usd(one.usd_at_most)),
            ]);
        }
        page.table(table);
        if self.calls == 0 {
            page.note("nothing of it costs anything");
        } else {
            page.note(format!("{}, {} USD at most", counted(self.calls, "call"), usd(self.usd_at_most)));
        }
    }
}
