//! `chancery finding`: object with proof, and answer.

use std::{path::PathBuf, str::FromStr};

use clap::Subcommand;

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    wire::Wire,
};
use crate::{
    object::Prefix,
    ops::{
        Objection, ProposalName, Revision, Spec,
        finding::{self, Close, Closing, Fixed, Outcome},
        parse_id,
    },
    ui::{Line, Page},
};

/// Object to what is proposed, and answer objections
///
/// A finding quotes text that stands at a line of a file as it is proposed, or it is refused. It stays with the
/// artifact in that environment until it is withdrawn by who raised it, or justified or fixed by them or somebody
/// the rules would have judge such a change.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery finding open production --at prompts/a.md:7 --quote \"Go!\" -m rude
  chancery finding fix 3f9a1c20 -m \"says please now\"")]
pub(super) struct FindingArgs {
    #[command(subcommand)]
    command: FindingCommand,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum FindingCommand {
    /// Raise a finding on a proposal
    ///
    /// The quote is compared byte for byte and may go on over the lines that follow.
    #[command(after_help = "Examples:
  chancery finding open production --at prompts/a.md:7 --quote \"Go!\" -m rude
  chancery finding open 7be4410c --at tools/pay.json:12 --quote 900 -m \"why?\"")]
    Open {
        /// The proposal: its id or the first digits of it, or an environment with one open proposal
        #[arg(value_name = "PROPOSAL")]
        proposal: ProposalName,
        /// The file and the line where the quote begins
        #[arg(long, value_name = "PATH:LINE")]
        at: Place,
        /// Text that stands there in what is proposed
        #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
        quote: String,
        /// What is wrong
        #[arg(short, long, value_name = "MSG")]
        message: String,
    },
    /// Close a finding: it stands so for a reason
    #[command(after_help = "Examples:
  chancery finding justify 3f9a1c20 -m \"legal asked for these very words\"
  chancery finding justify 3f9a1c20 -m \"the limit is enforced by the policy\" --json")]
    Justify(Answered),
    /// Close a finding of your own: it was none
    #[command(after_help = "Examples:
  chancery finding withdraw 3f9a1c20 -m \"I misread it\"
  chancery finding withdraw 3f9a1c20 -m \"raised twice\" --json")]
    Withdraw(Answered),
    /// Close a finding: another version does not have it
    ///
    /// Names the head of the artifact unless --in says otherwise. The version that the finding objects to brings it
    /// back when it is proposed again.
    #[command(after_help = "Examples:
  chancery finding fix 3f9a1c20 -m \"says please now\"
  chancery finding fix 3f9a1c20 --in reply@v7 -m \"says please now\"")]
    Fix {
        #[command(flatten)]
        answered: Answered,
        /// The version that does not have it: `reply@v7`, or `v7`
        #[arg(long = "in", value_name = "SPEC", value_parser = fixed)]
        version: Option<Named>,
    },
}

/// A finding, and why it is closed.
#[derive(Debug, clap::Args)]
struct Answered {
    /// The finding: its id or the first digits of it
    #[arg(value_name = "ID", value_parser = parse_id)]
    finding: Prefix,
    /// Why
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

/// A file and a line in it.
#[derive(Debug, Clone)]
struct Place {
    path: PathBuf,
    line: u64,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || "not a place: write a file and a line, as in `prompts/reply.md:7`".to_owned();
        let (path, line) = text.rsplit_once(':').ok_or_else(bad)?;
        let line = line.parse().ok().filter(|line| *line > 0).ok_or_else(bad)?;
        if path.is_empty() { Err(bad()) } else { Ok(Self { path: PathBuf::from(path), line }) }
    }
}

/// A version of an artifact, or of the one that is known.
#[derive(Debug, Clone)]
enum Named {
    Spec(Spec),
    Revision(Revision),
}

fn fixed(text: &str) -> Result<Named, String> {
    if text.contains('@') {
        return text.parse().map(Named::Spec).map_err(|bad: crate::workspace::BadSpec| bad.to_string());
    }
    text.parse().map(Named::Revision).map_err(|bad: crate::workspace::BadSpec| bad.to_string())
}

pub(super) fn run(args: FindingArgs, wire: &Wire) -> face::Outcome {
    let close = |answered: Answered, closing, version: Option<Named>| {
        let version = version.map(|named| match named {
            Named::Spec(spec) => Fixed::Spec(spec),
            Named::Revision(revision) => Fixed::Revision(revision),
        });
        let Answered { finding, message } = answered;
        shown(finding::close(&wire.world()?, Close { finding, closing, version, message }))
    };
    match args.command {
        FindingCommand::Open { proposal, at, quote, message } => {
            let objection = Objection { path: wire.in_project(&at.path)?, line: at.line, quote, message };
            shown(finding::open(&wire.world()?, &proposal, &objection))
        }
        FindingCommand::Justify(answered) => close(answered, Closing::Justified, None),
        FindingCommand::Withdraw(answered) => close(answered, Closing::Withdrawn, None),
        FindingCommand::Fix { answered, version } => close(answered, Closing::Fixed, version),
    }
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let place = format!("{}:{}", self.path, self.line);
        let line = Line::new().text("finding ").name(self.finding.short()).text(" at ").name(place).text(" is ");
        let line = if self.event == self.finding { line.bad("open") } else { line.good(self.status.word()) };
        page.paragraph(match self.version {
            Some(version) => line.text(format!(": {} does not have it", version.short())),
            None => line.text(format!(", for {}", self.environment)),
        });
        not_shared(page, self.shared);
        if let (Some(at), Some(version)) = (self.still, self.version) {
            let text = format!("the quote still stands at {}:{at} of {}", self.path, version.short());
            page.warn(Line::new().text(text));
        }
        if self.event == self.finding {
            page.note("Whoever approved before it was raised has to look again.");
        }
        page.next(format!("chancery findings {}", self.proposal.short()));
    }
}
