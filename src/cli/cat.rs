//! `chancery cat`: raw bytes.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::{
        Spec,
        cat::{self, Outcome, Request},
    },
    ui::Page,
};

/// Write the exact bytes of one version to stdout
///
/// Nothing is added and nothing is changed: for an artifact of one file `sha256sum` prints the version's id. Of
/// several files it is the main one, unless another is named.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery cat refund-triage@production
  chancery cat refund-triage@v3 | sha256sum")]
pub(super) struct CatArgs {
    /// NAME or NAME@REVISION
    #[arg(value_name = "SPEC")]
    spec: Spec,
    /// A file beside the main one, as `show` lists it
    #[arg(value_name = "FILE")]
    file: Option<String>,
}

pub(super) fn run(args: CatArgs, wire: &Wire) -> face::Outcome {
    shown(cat::run(&wire.world()?, &Request { spec: args.spec, file: args.file }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.raw(self.bytes.as_slice());
    }
}
