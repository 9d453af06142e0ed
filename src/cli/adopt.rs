//! `chancery adopt`: record what already runs.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{
    face::{self, Face, shown},
    proposal_page,
    pull::not_shared,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::{
        Failure,
        adopt::{self, Outcome, Request},
    },
    ui::{Line, Page},
};

/// Record what already runs in an environment
///
/// Once, by root, before the environment has ever moved: no gate is asked, and it is shown as adopted. FILE lists
/// NAME@REVISION, one a line, or is what `chancery env ENV --json` prints; `-` reads it from stdin. Every version must
/// have been committed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery adopt production running.txt -m \"live since May\"
  chancery adopt staging staging.json -m \"live since May\"")]
pub(super) struct AdoptArgs {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// What runs there
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: AdoptArgs, wire: &Wire) -> face::Outcome {
    let text = read(wire, &args.file)?;
    let file = args.file.display().to_string();
    let request = Request { environment: args.environment, file, text, message: args.message };
    shown(adopt::run(&wire.world()?, &request))
}

/// The file's text, or stdin's for `-`.
fn read(wire: &Wire, path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let done = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(wire.here().join(path))
    };
    done.map_err(|error| {
        Failure::cannot("no-such-file", format!("cannot read what runs from `{}`", path.display()))
            .because(error.to_string())
    })
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let line = Line::new().good("adopted ").text("what runs in ").name(self.environment.as_str());
        page.paragraph(line.text(", by event ").name(self.event.short()));
        proposal_page::changes(page, &self.changes);
        proposal_page::bundles(page, &self.bundles);
        not_shared(page, self.shared);
        page.note("No gate was asked: it is shown as adopted, and the next change goes through the gate.");
        page.next(format!("chancery env {}", self.environment));
    }
}
