//! `chancery review`: the dossier.

use std::path::PathBuf;

use super::{
    face::{self, Face, shown},
    finding_page,
    r#override::lead,
    proposal_page, reviewer, stops,
    wire::Wire,
};
use crate::{
    ops::{
        GOVERNANCE, ProposalName,
        review::{self, Outcome, Request},
    },
    problem::counted,
    report::{AssentLine, Sheet},
    ui::{Line, Page},
};

/// Show the dossier of a proposal: all that a decision needs
///
/// Findings, changes, risk, evidence, rules, and what is still missing. --done records that you have reviewed exactly
/// this dossier.
///
/// --with runs a program that reviews it: it reads the dossier and every changed file as one JSON document, and
/// writes findings. Each is checked as `finding open` checks it, and recorded in your name; with --done, so is a
/// completed review, if the program says that it is done. It never approves.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery review production --markdown dossier.md
  chancery review 7be4410c --with ./reviewer.py --done")]
pub(super) struct ReviewArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Write it as Markdown to this file
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Record a completed review of this dossier
    #[arg(long)]
    done: bool,
    /// Remarks to record with --done
    #[arg(short, long, value_name = "MSG", requires = "done")]
    message: Option<String>,
    /// Have this program review it
    #[arg(long, value_name = "PROGRAM")]
    with: Option<PathBuf>,
    /// Seconds the program may take
    #[arg(long, value_name = "SECONDS", default_value = "120", requires = "with",
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
}

pub(super) fn run(args: ReviewArgs, wire: &Wire) -> face::Outcome {
    let done = args.done.then(|| args.message.unwrap_or_default());
    let program = args.with.map(|program| reviewer::program(wire, &program, args.timeout)).transpose()?;
    let with = program.as_ref().map(|program| program as &review::Program<'_>);
    let outcome = review::run(&wire.world()?, Request { proposal: args.proposal, done, with })?;
    if let Some(file) = &args.markdown {
        wire.write(file, &outcome.markdown())?;
    }
    shown(Ok(outcome))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        sheet(page, &self.sheet);
        if let Some(said) = &self.program {
            reviewer::said(page, said);
        }
        if let Some(event) = self.event {
            page.gap();
            page.line(Line::new().good("reviewed").text(format!(": event {}", event.short())));
        }
        if self.sheet.status == "open" {
            proposal_page::next(page, self.sheet.proposal, &self.sheet.rules);
        }
    }
}

/// The whole dossier, diffs last.
pub(super) fn sheet(page: &mut Page, sheet: &Sheet) {
    lead(page, &sheet.overrides);
    stops::lead(page, &sheet.stops);
    let id = sheet.proposal.short();
    let head = Line::new().strong(&id).text(" for ").name(&sheet.environment).text(": ");
    page.line(match (sheet.status.as_str(), sheet.verdict) {
        ("open", "pass") => head.good("the gate holds"),
        ("open", _) => head.bad("the gate refuses"),
        (status, _) => head.warning(status),
    });
    page.indented(|page| {
        for text in sheet.message.lines() {
            page.paragraph(text);
        }
    });
    let authors: Vec<&str> = sheet.authors.iter().map(crate::name::Handle::as_str).collect();
    let rules = sheet.environment == GOVERNANCE;
    let mut fields = vec![("proposed by", Line::new().text(format!("{} at {}", sheet.person, sheet.time)))];
    if rules {
        fields.push(("lowers", lowered(sheet)));
        // What is lowered is named among the changes.
        fields.push(("risk", proposal_page::risk(sheet.tier, &[])));
    } else {
        fields.push(("made by", Line::new().text(authors.join(", "))));
        fields.push(("risk", proposal_page::risk(sheet.tier, &sheet.risk)));
    }
    fields.push(("dossier", Line::new().strong(sheet.dossier.to_string())));
    page.fields(fields);
    if !sheet.findings.is_empty() {
        page.heading("findings");
        page.indented(|page| finding_page::findings(page, &sheet.findings));
    }
    page.heading("changes");
    proposal_page::changes(page, &sheet.changes);
    if let Some(lift) = &sheet.lifts {
        proposal_page::lift(page, lift);
    }
    proposal_page::bundles(page, &sheet.bundles);
    proposal_page::differences(page, &sheet.differences);
    proposal_page::warnings(page, &sheet.warnings);
    if !rules && sheet.lifts.is_none() {
        page.heading("evidence");
        proposal_page::evidence(page, &sheet.evidence);
    }
    if !sheet.quarantines.is_empty() {
        page.heading("cases in quarantine");
        proposal_page::quarantines(page, &sheet.quarantines);
    }
    page.heading("gate");
    proposal_page::rules(page, &sheet.rules);
    assents(page, "approvals", &sheet.approvals);
    assents(page, "reviews", &sheet.reviews);
    for change in &sheet.changes {
        if let Some(diff) = &change.diff {
            page.heading(&change.artifact);
            proposal_page::diff(page, diff);
        }
    }
    if let Some((lift, diff)) = sheet.lifts.as_ref().and_then(|lift| Some((lift, lift.diff.as_ref()?))) {
        page.heading(format!("{}, against what was put back", lift.artifact));
        proposal_page::diff(page, diff);
    }
}

/// How many of the changes of the rules lower a bar.
fn lowered(sheet: &Sheet) -> Line {
    let all = counted(sheet.differences.len(), "change");
    match sheet.differences.iter().filter(|change| change.lowers).count() {
        0 => Line::new().text(format!("none of {all}")),
        count => Line::new().warning(format!("{count} of {all}")),
    }
}

fn assents(page: &mut Page, title: &str, list: &[AssentLine]) {
    if list.is_empty() {
        return;
    }
    page.heading(title);
    page.indented(|page| {
        for line in list {
            let text = Line::new().name(line.person.as_str()).text(format!(" at {}", line.time));
            page.line(match &line.stands {
                Ok(()) => text,
                Err(why) => text.text(", ").warning(format!("does not count: {why}")),
            });
        }
    });
}
