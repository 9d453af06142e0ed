//! `chancery why`: the chain of responsibility.

use std::path::PathBuf;

use super::{
    face::{self, Face, shown},
    finding_page,
    r#override::lead,
    values,
    wire::Wire,
};
use crate::{
    clock::Time,
    name::Environment,
    object::Prefix,
    ops::{
        ArtifactName, Failure, Stamp,
        why::{self, Measured, Outcome, Step, Subject, Waived, Word},
    },
    ui::{Line, Page, Table},
};

/// Explain who is responsible for what is live, or was
///
/// From a stamp, a bundle, or an environment and a prompt: the version, who wrote it, what was measured, who approved
/// and what they were shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery why production refund-triage
  chancery why shop/production/refund-triage@3f9a1c20+7be4410c --pack proof")]
pub(super) struct WhyArgs {
    /// A stamp, a bundle, or an environment
    #[arg(value_name = "STAMP|BUNDLE|ENV")]
    subject: String,
    /// The artifact, after an environment
    #[arg(value_name = "ARTIFACT")]
    artifact: Option<ArtifactName>,
    /// As it was at this time, after an environment
    #[arg(long, value_name = "TIME", value_parser = values::time, requires = "artifact")]
    at: Option<Time>,
    /// Write a proof that ssh-keygen and sha256sum can check into this folder
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
}

pub(super) fn run(args: WhyArgs, wire: &Wire) -> face::Outcome {
    let subject = subject(&args.subject, args.artifact, args.at)?;
    let world = wire.world()?;
    let folder = args.pack.map(|folder| wire.new_folder(&folder)).transpose()?;
    let pack = folder.as_ref().map(|folder| folder as &dyn crate::workspace::SourceTree);
    shown(why::run(&world, &subject, pack))
}

/// A stamp has a `+`, an environment an artifact after it, and what is left is a bundle.
fn subject(text: &str, artifact: Option<ArtifactName>, at: Option<Time>) -> Result<Subject, Failure> {
    if let Some(artifact) = artifact {
        let environment = Environment::parse(text)?;
        return Ok(Subject::Live { environment, artifact, at });
    }
    if let Some(prefix) = Prefix::parse(text) {
        return Ok(Subject::Bundle(prefix));
    }
    if text.contains(['/', '@', '+']) {
        return text.parse::<Stamp>().map(Subject::Stamp).map_err(|bad| Failure::usage(bad.to_string()));
    }
    Err(Failure::usage(format!("`{text}` is neither a stamp nor a bundle's id"))
        .say("after an environment, name the artifact: `chancery why production refund-triage`"))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        lead(page, &self.overrides);
        let what = Line::new().name(&self.artifact).text(format!(" v{} ", self.number)).text(self.version.short());
        let state = if self.live { Line::new().good("is live") } else { Line::new().warning("was live") };
        page.paragraph(
            what.text(" ")
                .append(state)
                .text(" in ")
                .name(self.environment.as_str())
                .text(format!(" since {}", self.since)),
        );
        if let Some(until) = &self.until {
            page.paragraph(Line::new().warning("no longer live").text(" since ").append(told(until)));
        }
        if let Some(stamp) = &self.stamp {
            page.indented(|page| page.line(Line::new().faint("stamp ").text(stamp)));
        }
        page.gap();
        let mut fields = Vec::new();
        if let Some(bundle) = self.bundle {
            fields
                .push(("bundle", Line::new().text(bundle.short()).faint(format!(" of {} parts", self.members.len()))));
        }
        fields.push(("made live", told(&self.promotion)));
        if let Some(waived) = &self.promotion.waived {
            fields.extend(overridden(waived));
        }
        if let Some(returned) = &self.returned {
            fields.push(("put back", told(returned)));
        }
        if let Some(word) = &self.proposer {
            fields.push(("proposed", said(word)));
        }
        fields.push(("rules", Line::new().text(self.rules.short())));
        page.fields(fields);
        authors(self, page);
        measured(&self.evidence, page);
        let adopted = self.promotion.kind == "adopt";
        let nobody =
            if adopted { "nobody: it was adopted as it ran" } else { "nobody: the rules asked for no approval" };
        words("Approved by", nobody, &self.approvals, page);
        if !self.reviews.is_empty() {
            words("Reviewed by", "", &self.reviews, page);
        }
        if !self.findings.is_empty() {
            page.heading("Objections");
            page.indented(|page| finding_page::findings(page, &self.findings));
        }
        page.gap();
        page.paragraph(Line::new().faint(format!(
            "The ledger holds {} events, the newest {}. This reads it; `chancery verify` checks it.",
            self.ledger.events,
            self.ledger.tip.short()
        )));
        match &self.packed {
            Some(files) => {
                page.note(format!("wrote a proof of {} files; its README.md says how to check it", files.len()));
            }
            None => page.next(format!("chancery why {} {} --pack proof", self.environment, self.artifact)),
        }
    }
}

fn told(step: &Step) -> Line {
    Line::new()
        .text(format!("{} by ", step.time))
        .name(step.person.as_str())
        .text(format!(", {} ", step.kind))
        .name(step.event.short())
}

/// What went past the gate, and who has looked since.
fn overridden(waived: &Waived) -> [(&'static str, Line); 2] {
    let rules = Line::new().warning(waived.rules.join(", "));
    let review = match &waived.reviewed {
        Some(word) => said(word),
        None => Line::new().warning(format!("by nobody yet; due {}", waived.expires)),
    };
    let reason = waived.reason.lines().next().unwrap_or_default();
    [("waived", rules.text(format!(": {reason}"))), ("looked at", review)]
}

fn said(word: &Word) -> Line {
    let line =
        Line::new().text(format!("{} by ", word.time)).name(word.person.as_str()).text(", ").name(word.event.short());
    match word.message.lines().next() {
        Some(message) if !message.is_empty() => line.text(format!(": {message}")),
        _ => line,
    }
}

fn authors(outcome: &Outcome, page: &mut Page) {
    page.heading("Written by");
    let mut table = Table::new();
    for author in &outcome.authors {
        let mut who = author.person.to_string();
        for other in &author.authors {
            who.push_str(", ");
            who.push_str(other.as_str());
        }
        let version = author.version.map_or_else(|| "deleted".to_owned(), |version| version.short());
        table.row([
            Line::new().name(who),
            Line::new().text(&author.artifact),
            Line::new().text(version),
            Line::new().text(author.time.to_string()),
            Line::new().faint(author.message.lines().next().unwrap_or_default()),
        ]);
    }
    page.indented(|page| page.table(table));
}

fn measured(evidence: &[Measured], page: &mut Page) {
    page.heading("Measured");
    page.indented(|page| {
        if evidence.is_empty() {
            page.line("nothing: no run of this is attested");
        }
        for line in evidence {
            let score = format!("{} of {} cases passed", line.passed, line.cases);
            let score = if line.passed == line.cases { Line::new().good(score) } else { Line::new().bad(score) };
            let suite = format!("suite/{} {}", line.suite, line.version.short());
            let mut text =
                score.text(" in ").name(suite).text(format!(", run by {} at {}, ", line.evaluator, line.time));
            text = text.name(line.event.short());
            if !line.weighed {
                text = text.faint(" (not in the dossier)");
            }
            page.paragraph(text);
            if line.sources.contains(&crate::eval::ReplySource::Unsigned) {
                page.indented(|page| {
                    page.paragraph(
                        Line::new().warning("unsigned").text(" replies: nobody vouches that a model gave them"),
                    );
                });
            }
        }
    });
}

fn words(title: &str, none: &str, words: &[Word], page: &mut Page) {
    page.heading(title);
    page.indented(|page| {
        if words.is_empty() {
            page.line(none);
        }
        for word in words {
            let dossier = word.dossier.map_or_else(String::new, |id| format!(", who was shown dossier {}", id.short()));
            page.paragraph(
                Line::new()
                    .name(word.person.as_str())
                    .text(format!(" at {}, ", word.time))
                    .name(word.event.short())
                    .text(dossier)
                    .warning(if word.solo { " (solo)" } else { "" }),
            );
        }
    });
}
