//! `chancery init`: makes a project.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{
    face::{self, Face, shown},
    ground::Ground,
    wire::Wire,
};
use crate::{
    name::Handle,
    ops::init::{self, Outcome, Request},
    ui::{Line, Page},
    workspace::Starter,
};

/// Make a project here, with the caller as its first root person
///
/// Writes `chancery.toml` and the folders, and records both as the first event, signed with your key. An
/// existing `chancery.toml` becomes genesis if your key is a root's in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery init --solo
  chancery init shop --template support-agent --handle maintainer")]
pub(super) struct InitArgs {
    /// The project's folder; it is created when it is not there
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// What to start from
    #[arg(long, value_name = "TEMPLATE", default_value = "empty")]
    template: Template,
    /// Give the caller all roles: dev, then production, and authors may approve
    #[arg(long)]
    solo: bool,
    /// Make a new signing key in this file and use it
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
    /// The caller's handle (else git's `user.name`, else the login)
    #[arg(long, value_name = "NAME")]
    handle: Option<Handle>,
}

/// What a new project starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Template {
    /// Rules and empty folders.
    Empty,
    /// The sample: a refund agent with tools, policies and golden cases.
    SupportAgent,
}

impl InitArgs {
    fn starter(&self) -> Starter {
        match (self.template, self.solo) {
            (Template::Empty, false) => Starter::Empty,
            (Template::Empty, true) => Starter::Solo,
            (Template::SupportAgent, false) => Starter::SupportAgent,
            (Template::SupportAgent, true) => Starter::SoloSupportAgent,
        }
    }
}

pub(super) fn run(args: InitArgs, wire: &Wire) -> face::Outcome {
    let starter = args.starter();
    let path = args.folder.as_deref().unwrap_or(Path::new(".")).display().to_string();
    let folder = args.folder.as_ref().map_or_else(|| wire.here().to_owned(), |folder| wire.here().join(folder));
    let mut ground = Ground::new(folder.clone());
    let signer = match &args.new_key {
        Some(file) => ground.key(file, wire)?,
        None => wire.signer().0.map_err(init::no_key)?,
    };
    ground.break_up()?;
    let begun = ground.world(wire, signer).and_then(|world| {
        let project =
            folder.canonicalize().ok().and_then(|real| Some(real.file_name()?.to_string_lossy().into_owned()));
        let new_key = args.new_key.map(|file| wire.here().join(file).display().to_string());
        let request = Request {
            starter,
            project: project.into_iter().collect(),
            handle: args.handle,
            called: wire.called(),
            path,
            new_key,
        };
        init::run(&world, request)
    });
    if begun.is_ok() {
        ground.keep();
    }
    shown(begun)
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let id = self.project.short();
        page.line(Line::new().good("begun").text(": project ").strong(&self.name).text(" ").faint(id));
        let root = Line::new().name(self.handle.as_str()).text(", first root");
        let rules = if self.adopted { "chancery.toml, recorded as it stood" } else { "chancery.toml" };
        page.fields([
            ("folder", Line::new().text(&self.path)),
            ("you", root),
            ("rules", Line::new().text(rules)),
            ("event", Line::new().text(self.event.short())),
        ]);
        if !self.files.is_empty() {
            page.heading(format!("{} files written", self.files.len()));
            let (recordings, others): (Vec<&String>, Vec<&String>) =
                self.files.iter().partition(|file| file.starts_with("evals/recordings/"));
            page.indented(|page| {
                for file in others {
                    page.line(Line::new().text(file));
                }
                if !recordings.is_empty() {
                    page.line(Line::new().text(format!("evals/recordings/ ({} recorded replies)", recordings.len())));
                }
            });
        }
        for warning in &self.warnings {
            page.warn(Line::new().name(format!("{}:{}", warning.path, warning.line)).text(" ").text(&warning.message));
        }
        if let Some(key) = &self.new_key {
            page.note("this project signs with the new key");
            page.next(format!("export CHANCERY_SIGNING_KEY={key}"));
        }
        page.next(if self.has_artifacts() {
            "chancery commit -m \"the sample\""
        } else {
            "write prompts/NAME.md, then: chancery commit -m \"why\""
        });
    }
}
