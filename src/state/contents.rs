//! What a version's bytes say: read from payload, or remembered where they were purged.

use super::{Refusal, State, StateError, apply::Deciding, flags::flags, secrets};
use crate::{
    artifact::{Parsed, Source, SourceFile, Subject, Suite, Template},
    ledger::{Event, HeadChange},
    name::{Artifact, Kind, Name},
    object::{Digest, VersionId},
    version::{CaseForm, Contents, Rate, Tests, Uses},
};

/// Reads the version's bytes and what they say; bytes that are not a valid artifact are no version, and what was
/// purged before is none either.
///
/// Where bytes were purged since, the commit of this number and event is asked for what they said.
pub(super) fn contents(
    with: &Deciding<'_>,
    event: &Event,
    change: &HeadChange,
    version: VersionId,
    number: u64,
) -> Result<Contents, StateError> {
    refuse_purged(with, &version.0)?;
    let Some(path) = &change.path else {
        return Err(Refusal::no("no-path", format!("`{}` has a version and no path", change.artifact)).into());
    };
    let found = match source(with, path, version, change.listed)? {
        Found::Here(source, files) => {
            secrets::refuse_in_version(with, change, &source)?;
            Contents { files, text: flags(&source), ..said(change, path, &source)? }
        }
        Found::Purged(newest, listed) => {
            let known = newest.commit(&change.artifact, number)?;
            // What is remembered names every file that is gone, or no purge of the file would vouch for it.
            let known = known.filter(|record| {
                record.event == event.id()
                    && record.version == Some(version)
                    && listed.is_none_or(|files| files == record.contents.files)
            });
            let strange = || {
                let message = format!("version `{}` was purged, and nothing is known of it", version.short());
                Refusal::no("payload-missing", message)
            };
            known.ok_or_else(strange)?.contents
        }
    };
    for file in &found.files {
        refuse_purged(with, file)?;
    }
    Ok(found)
}

fn refuse_purged(with: &Deciding<'_>, payload: &Digest) -> Result<(), StateError> {
    match with.state.purged(payload)? {
        Some(purged) => Err(purged.refusal().into()),
        None => Ok(()),
    }
}

fn said(change: &HeadChange, path: &str, source: &Source) -> Result<Contents, StateError> {
    let template = change.template.map(|on| if on { Template::Jinja } else { Template::None });
    let kind = change.artifact.kind;
    let invalid = |problems: Vec<crate::problem::Problem>| {
        let first = problems.first().map_or_else(String::new, |p| format!(": line {}: {}", p.line, p.message));
        Refusal::cannot("invalid-artifact", format!("`{}` is not a valid {kind}{first}", change.artifact))
    };
    let (parsed, _) = crate::artifact::parse(kind, &change.artifact.name, path, source, template).map_err(invalid)?;
    match parsed {
        Parsed::Prompt(prompt) => {
            let text = String::from_utf8_lossy(&source.main.bytes);
            let named = crate::render::uses(&prompt, path, &text).map_err(invalid)?;
            let uses = Uses {
                model: named.model,
                tools: sorted(named.tools),
                policies: sorted(named.policies),
                fragments: sorted(named.fragments),
            };
            Ok(Contents { uses, ..Contents::default() })
        }
        Parsed::Suite(suite) => Ok(Contents { tests: Some(tests(&suite)), ..Contents::default() }),
        Parsed::Charter(charter) => Ok(Contents { charter: Some(charter), ..Contents::default() }),
        Parsed::Model(model) => Ok(Contents { rate: Rate::of(&model), id: model.id, ..Contents::default() }),
        Parsed::Tool(_) | Parsed::Policy(_) => Ok(Contents::default()),
    }
}

fn sorted(mut names: Vec<Name>) -> Vec<Name> {
    names.sort();
    names.dedup();
    names
}

fn tests(suite: &Suite) -> Tests {
    let subject = match &suite.subject {
        Subject::Prompt(name) => Artifact::new(Kind::Prompt, name.clone()),
        Subject::Tool(name) => Artifact::new(Kind::Tool, name.clone()),
        Subject::Policy(name) => Artifact::new(Kind::Policy, name.clone()),
    };
    let cases = suite.cases.iter().map(|case| (case.id.clone(), CaseForm::of(case))).collect();
    Tests { subject, repeat: suite.repeat, cases }
}

/// A version's files with the digests its listing names, or the state that remembers them.
pub(super) enum Found<'a> {
    Here(Source, Vec<Digest>),
    /// With the digests its listing names, where the listing itself is here.
    Purged(State<'a>, Option<Vec<Digest>>),
}

/// The exact files of a version, read back from payload.
pub(super) fn source<'a>(
    with: &Deciding<'a>,
    path: &str,
    version: VersionId,
    listed: bool,
) -> Result<Found<'a>, StateError> {
    let bytes = match with.payload.bytes_or_recalled(&version.0, "version")? {
        Ok(bytes) => bytes,
        Err(newest) => return Ok(Found::Purged(newest, None)),
    };
    let main = path.rsplit('/').next().unwrap_or(path);
    if !listed {
        return Ok(Found::Here(Source::single(main, bytes), Vec::new()));
    }
    let bad =
        || Refusal::no("bad-listing", format!("version `{}` is not a listing with `{main}` in it", version.short()));
    let listing = Source::read_listing(&bytes).ok_or_else(bad)?;
    let digests: Vec<Digest> = listing.iter().map(|(digest, _)| *digest).collect();
    let mut attached = Vec::new();
    let mut found = None;
    for (digest, path) in listing {
        // What was purged before this commit is not remembered for it.
        refuse_purged(with, &digest)?;
        let bytes = match with.payload.bytes_or_recalled(&digest, "file")? {
            Ok(bytes) => bytes,
            Err(newest) => return Ok(Found::Purged(newest, Some(digests))),
        };
        let file = SourceFile { path, bytes };
        if file.path == main { found = Some(file) } else { attached.push(file) }
    }
    let source = Source { main: found.ok_or_else(bad)?, attached };
    if source.version() == version { Ok(Found::Here(source, digests)) } else { Err(bad().into()) }
}
