//! `chancery impact`: what a change would touch.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::{
        Spec,
        impact::{self, Outcome},
    },
    problem::counted,
    ui::{Line, Page, Table},
};

/// List every bundle, environment and suite a change would touch
///
/// Follows what prompts include and use, in every environment and at the heads.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery impact policy/refunds
  chancery impact issue_refund")]
pub(super) struct ImpactArgs {
    /// NAME, or a glob over names
    #[arg(value_name = "SPEC")]
    spec: Spec,
}

pub(super) fn run(args: &ImpactArgs, wire: &Wire) -> face::Outcome {
    shown(impact::run(&wire.world()?, &args.spec))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let what = Line::new().text("A change of ").name(self.artifacts.join(", "));
        if self.bundles.is_empty() && self.suites.is_empty() {
            page.paragraph(what.text(" touches no bundle and no suite, here or in any environment."));
            return;
        }
        let environments = match self.environments.len() {
            0 => "no environment yet".to_owned(),
            count => counted(count, "environment"),
        };
        page.paragraph(
            what.text(" touches ").strong(counted(self.bundles.len(), "bundle")).text(format!(" in {environments}.")),
        );
        if !self.bundles.is_empty() {
            page.gap();
            let mut table = Table::headed(["prompt", "where", "bundle", "through"]);
            for touched in &self.bundles {
                let bundle = match touched.bundle {
                    Some(bundle) => Line::new().text(bundle.short()),
                    None => Line::new().warning("not whole"),
                };
                let through =
                    if touched.through.is_empty() { "directly".to_owned() } else { touched.through.join(" → ") };
                table.row([
                    Line::new().name(touched.prompt.as_str()),
                    Line::new().text(&touched.environment),
                    bundle,
                    Line::new().faint(through),
                ]);
            }
            page.table(table);
        }
        if !self.suites.is_empty() {
            page.gap();
            let mut table = Table::headed(["suite", "where", "tests"]);
            for suite in &self.suites {
                table.row([
                    Line::new().name(&suite.suite),
                    Line::new().text(&suite.environment),
                    Line::new().text(&suite.subject),
                ]);
            }
            page.table(table);
        }
    }
}
