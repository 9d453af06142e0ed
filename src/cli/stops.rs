//! What is halted or resumed, and how freezes and halts look on a screen: before everything else.

use crate::{
    name::Environment,
    ops::{
        ArtifactName,
        halt::{HaltedBundle, Request},
    },
    report::StopLine,
    ui::{Line, Page},
};

/// What is meant: everything, where nothing is named.
#[derive(Debug, clap::Args)]
pub(super) struct WhichArgs {
    /// Only in this environment (else in all)
    #[arg(long, value_name = "ENV")]
    env: Option<Environment>,
    /// Only this artifact and every bundle it is part of (else all)
    #[arg(long, value_name = "ARTIFACT")]
    artifact: Option<ArtifactName>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

impl WhichArgs {
    /// The same as the operations take it.
    pub(super) fn request(self) -> Request {
        Request { environment: self.env, artifact: self.artifact, message: self.message }
    }
}

/// One paragraph for each: what is stopped, by whom, since when, and why.
pub(super) fn lead(page: &mut Page, stops: &[StopLine]) {
    for stop in stops {
        page.paragraph(
            Line::new()
                .bad(stop.mark())
                .text(": ")
                .name(stop.what())
                .text(format!(", by {} at {}: ", stop.person, stop.since))
                .text(stop.why()),
        );
    }
}

/// What was done, and why.
pub(super) fn done(page: &mut Page, verb: &str, what: &str, message: &str) {
    page.line(Line::new().good(verb).text(" ").name(what));
    page.paragraph(Line::new().faint("because: ").text(message.lines().next().unwrap_or_default()));
}

/// The stop that is over.
pub(super) fn was(page: &mut Page, was: &StopLine) {
    page.paragraph(
        Line::new().faint("was stopped ").text(format!("by {} at {}: ", was.person, was.since)).text(was.why()),
    );
}

/// An artifact, an environment, one in the other, or everything.
pub(super) fn what(artifact: Option<&str>, environment: Option<&str>) -> String {
    match (artifact, environment) {
        (None, None) => "everything".to_owned(),
        (None, Some(place)) => place.to_owned(),
        (Some(what), None) => what.to_owned(),
        (Some(what), Some(place)) => format!("{what} in {place}"),
    }
}

/// Live bundles that a halt concerns, under a title; nothing where there are none.
pub(super) fn bundles(page: &mut Page, title: &str, bundles: &[HaltedBundle]) {
    if bundles.is_empty() {
        return;
    }
    page.gap();
    page.line(title);
    page.indented(|page| {
        for bundle in bundles {
            page.line(Line::new().name(bundle.prompt.as_str()).text(" in ").name(bundle.environment.as_str()));
        }
    });
}
