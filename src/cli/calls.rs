//! Which calls `eval` may make, and what they would cost.

use std::sync::atomic::AtomicBool;

use super::face::Face;
use crate::{
    ops::eval::{Calls, Estimate, Mode},
    problem::counted,
    ui::{Line, Page, Table},
};

/// Whether models are called, and for how much.
#[derive(Debug, clap::Args)]
pub(super) struct CallArgs {
    /// Call the models, but for what this clone has paid for already
    #[arg(long, conflicts_with = "record")]
    live: bool,
    /// Call the models where there is no recording, and record what they answer
    #[arg(long)]
    record: bool,
    /// Make no call that could bring the cost above this
    #[arg(long, value_name = "USD", value_parser = dollars)]
    budget: Option<f64>,
    /// Tell how many calls it would make and what they can cost, and make none
    #[arg(long)]
    pub(super) estimate: bool,
}

impl CallArgs {
    /// What is allowed, until somebody wants the run to end.
    pub(super) fn allowed<'a>(&self, stop: &'a AtomicBool) -> Calls<'a> {
        let mode = match (self.live, self.record) {
            (true, _) => Mode::Live,
            (_, true) => Mode::Record,
            _ => Mode::Recorded,
        };
        Calls { mode, budget: self.budget, stop: Some(stop) }
    }
}

/// An amount of money: more than nothing.
fn dollars(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(usd) if usd.is_finite() && usd > 0.0 => Ok(usd),
        _ => Err("not an amount in USD above 0".to_owned()),
    }
}

impl Face for Estimate {
    fn page(&self, page: &mut Page) {
        let mut table = Table::headed(["suite", "prompt", "bundle", "samples", "calls", "tokens", "USD at most"]);
        let usd = |usd: Option<f64>| usd.map_or_else(|| "unknown".to_owned(), |usd| format!("{usd:.4}"));
        for one in &self.estimate {
            table.row([
                Line::new().name(one.suite.as_str()),
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
