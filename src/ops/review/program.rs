//! A program that reviews: it is given what an approver is shown, and its findings are checked like anybody's.

use serde::Serialize;

use super::{Outcome, written};
use crate::{
    ledger::{Deed, Review},
    object::EventId,
    ops::{
        Exit, Failure, Objection, ProposalName, World,
        docket::{Trust, docket, dossier},
        keep::keep,
        quoting::{self, ProposedFile},
        record::record,
        resolve, sharing,
        standing::Standing,
    },
    report::Sheet,
    state::{Dossier, FindingLine, ProposalRecord, Status},
};

/// Runs the program: what it is given to what it wrote, or why it wrote nothing that counts.
pub type Program<'a> = dyn Fn(Vec<u8>) -> Result<Vec<u8>, Failure> + 'a;

/// What came of a program's review.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Said {
    /// Whether it said that it is done.
    pub done: bool,
    /// Its findings that were recorded.
    pub raised: Vec<EventId>,
    /// Its findings that were not, and why.
    pub refused: Vec<Unfounded>,
}

/// A finding that was not recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Unfounded {
    /// The file it named.
    pub path: String,
    /// The line it named.
    pub line: u64,
    /// What it quoted.
    pub quote: String,
    /// What it said is wrong.
    pub message: String,
    /// Kebab-case word for why it was refused.
    pub code: String,
    /// Why, in a line.
    pub reason: String,
}

/// What a program reads: the dossier as `review --json` shows it, the dossier itself, and every changed file in full.
#[derive(Serialize)]
struct Question<'a> {
    schema: &'static str,
    #[serde(flatten)]
    sheet: &'a Sheet,
    document: &'a Dossier,
    files: Vec<File<'a>>,
}

/// A file as it is live, and as it would be.
#[derive(Serialize)]
struct File<'a> {
    artifact: Option<String>,
    path: &'a str,
    from: Option<String>,
    to: Option<String>,
}

/// What the program is asked about, as things stand.
struct Drawn {
    record: ProposalRecord,
    files: Vec<ProposedFile>,
    dossier: Dossier,
    sheet: Sheet,
}

/// Has a program review a proposal, and records what it finds in the name of the person at the keyboard; with `done`,
/// a completed review too, if the program says that it is done.
///
/// # Errors
///
/// What the program failed with, or `reviewer-unreadable`; then nothing is recorded. `stale-dossier` when the proposal
/// changed while it read.
pub(super) fn run(
    world: &World,
    name: &ProposalName,
    done: Option<String>,
    program: &Program<'_>,
) -> Result<Outcome, Failure> {
    sharing::ready(world)?;
    let drawn = draw(world, name)?;
    if drawn.record.status != Status::Open {
        let code = if drawn.record.status == Status::Promoted { "spent" } else { "closed" };
        let message = format!("proposal `{}` is {}", drawn.record.id.short(), drawn.sheet.status);
        return Err(Failure::refused(code, message).run("chancery proposals --all"));
    }
    let me = Standing::read(world)?.me(world)?;
    if done.is_some() && drawn.dossier.authors.contains(&me) {
        return Err(Failure::refused("author-reviews", "an author's own review does not count").run("chancery people"));
    }
    let (objections, is_done) = written::read(&program(question(&drawn)?)?)?;
    let mut said = Said { done: is_done, raised: Vec::new(), refused: Vec::new() };
    for objection in objections {
        let raised = quoting::object(&drawn.record, &drawn.files, &objection)
            .and_then(|finding| record(world, Deed::Finding(finding)));
        match raised {
            Ok(recorded) => said.raised.push(recorded.event),
            // The rules, or what stands there, said no; anything else ends it.
            Err(failure) if matches!(failure.exit, Exit::No | Exit::CannotBeDone) => {
                said.refused.push(Unfounded::of(objection, failure));
            }
            Err(failure) => return Err(failure),
        }
    }
    let event = match done.filter(|_| is_done) {
        Some(message) => Some(complete(world, &drawn, &said.raised, message)?),
        None => None,
    };
    let id = ProposalName::id(drawn.record.id);
    let (sheet, _) = super::read(world, &id)?;
    Ok(Outcome { sheet, event, program: Some(said) })
}

impl Unfounded {
    fn of(objection: Objection, failure: Failure) -> Self {
        let Objection { path, line, quote, message } = objection;
        let reason = match failure.because {
            Some(because) => format!("{}: {because}", failure.message),
            None => failure.message,
        };
        Self { path, line, quote, message, code: failure.code.to_owned(), reason }
    }
}

fn draw(world: &World, name: &ProposalName) -> Result<Drawn, Failure> {
    let standing = Standing::read(world)?;
    let record = resolve::proposal(world, &standing, name)?;
    let files = quoting::files(world, &standing, &record)?;
    let dossier = dossier(world, &standing, &record)?;
    let weighed = docket(world, &standing, record, Trust::Rescored)?;
    let sheet = weighed.sheet(world, &standing, &dossier)?;
    Ok(Drawn { record: weighed.record, files, dossier, sheet })
}

fn question(drawn: &Drawn) -> Result<Vec<u8>, Failure> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let files = drawn.files.iter().map(|file| File {
        artifact: file.artifact.as_ref().map(ToString::to_string),
        path: &file.path,
        from: file.from.as_deref().map(text),
        to: file.to.as_ref().map(|(_, bytes)| text(bytes)),
    });
    let (sheet, document, files) = (&drawn.sheet, &drawn.dossier, files.collect());
    let question = Question { schema: "chancery.reviewer/1", sheet, document, files };
    let mut bytes = serde_json::to_vec(&question)
        .map_err(|error| Failure::bug(format!("the dossier has no JSON form: {error}")))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Records that the review is complete, on the dossier with the program's own findings in it.
fn complete(world: &World, drawn: &Drawn, raised: &[EventId], message: String) -> Result<EventId, Failure> {
    let (id, seen) = (drawn.record.id, &drawn.dossier);
    let standing = Standing::read(world)?;
    let found = resolve::proposal(world, &standing, &ProposalName::id(id))?;
    let now = dossier(world, &standing, &found)?;
    drop(standing);
    let others: Vec<&FindingLine> = now.findings.iter().filter(|line| !raised.contains(&line.finding)).collect();
    let is_same =
        now.basis == seen.basis && now.evidence == seen.evidence && others == seen.findings.iter().collect::<Vec<_>>();
    if !is_same {
        let message = format!("proposal `{}` changed while the program read it", id.short());
        return Err(Failure::moved("stale-dossier", message)
            .because("its findings are recorded, and its review is not: it is of what it read")
            .say("run it again"));
    }
    keep(world, &[now.encode().as_slice()])?;
    let review = Review { proposal: id, dossier: now.id(), message };
    Ok(record(world, Deed::Review(review))?.event)
}
