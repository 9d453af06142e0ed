//! What a proposal would put into files, and where in them a quote stands.

use super::{Failure, World, sources, standing::Standing};
use crate::{
    artifact::Source,
    governance::FILE,
    ledger::Finding,
    name::Artifact,
    object::Digest,
    problem::{did_you_mean, quoted},
    sight::visible,
    state::{LineageRecord, ProposalRecord, beside, line, lines_with, stands_at},
};

/// How much of a line is shown, in characters.
const SHOWN: usize = 60;

/// One file that a proposal changes, in full.
pub(super) struct ProposedFile {
    /// The artifact; absent for the rules.
    pub(super) artifact: Option<Artifact>,
    /// Relative to the project folder.
    pub(super) path: String,
    /// What is live.
    pub(super) from: Option<Vec<u8>>,
    /// What would be, and the version it is of.
    pub(super) to: Option<(Digest, Vec<u8>)>,
}

/// An objection as somebody makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The file, relative to the project folder.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// Text that stands there.
    pub quote: String,
    /// What is wrong.
    pub message: String,
}

/// Every file that a proposal changes, sorted by artifact and path.
///
/// # Errors
///
/// What keeps the bytes from being read.
pub(super) fn files(
    world: &World,
    standing: &Standing<'_>,
    record: &ProposalRecord,
) -> Result<Vec<ProposedFile>, Failure> {
    if let Some(change) = &record.proposal.governance {
        let (from, to) = (sources::bytes(world, &change.from)?, sources::bytes(world, &change.to)?);
        let to = Some((change.to, to));
        return Ok(vec![ProposedFile { artifact: None, path: FILE.to_owned(), from: Some(from), to }]);
    }
    let state = standing.state();
    let mut files = Vec::new();
    for change in &record.proposal.changes {
        let read = |version| sources::of_version(world, &state, &change.artifact, version);
        let old = change.from.map(read).transpose()?;
        let new = change.to.map(read).transpose()?;
        let version = change.to.map(|version| version.0);
        files.extend(pairs(&change.artifact, version, old.as_ref(), new.as_ref()));
    }
    Ok(files)
}

/// The files of two versions, each with its counterpart: the main ones, and those of one name beside them.
fn pairs(
    artifact: &Artifact,
    version: Option<Digest>,
    old: Option<&(LineageRecord, Source)>,
    new: Option<&(LineageRecord, Source)>,
) -> Vec<ProposedFile> {
    let counterpart = |source: Option<&(LineageRecord, Source)>, name: &str, is_main: bool| {
        let (_, source) = source?;
        let beside = source.attached.iter().find(|file| file.path == name);
        if is_main { Some(source.main.bytes.clone()) } else { beside.map(|file| file.bytes.clone()) }
    };
    let is_main = |source: &Source, name: &str| source.main.path == name;
    let mut found = Vec::new();
    if let (Some((record, source)), Some(version)) = (new, version) {
        found.extend(source.files().map(|file| ProposedFile {
            artifact: Some(artifact.clone()),
            path: beside(record.path.as_deref().unwrap_or_default(), &file.path),
            from: counterpart(old, &file.path, is_main(source, &file.path)),
            to: Some((version, file.bytes.clone())),
        }));
    }
    if let Some((record, source)) = old {
        let gone = source.files().filter(|file| counterpart(new, &file.path, is_main(source, &file.path)).is_none());
        found.extend(gone.map(|file| ProposedFile {
            artifact: Some(artifact.clone()),
            path: beside(record.path.as_deref().unwrap_or_default(), &file.path),
            from: Some(file.bytes.clone()),
            to: None,
        }));
    }
    found
}

/// The act that makes an objection, where its quote stands in what is proposed.
///
/// # Errors
///
/// `not-proposed` for a file that the proposal does not change, `empty-quote`, or `quote-not-there` with what stands
/// there and where the quote does.
pub(super) fn object(
    record: &ProposalRecord,
    files: &[ProposedFile],
    objection: &Objection,
) -> Result<Finding, Failure> {
    let path = objection.path.strip_prefix("./").unwrap_or(&objection.path);
    let proposed = || files.iter().filter_map(|file| Some((file, file.to.as_ref()?)));
    let here: Vec<_> = proposed().filter(|(file, _)| file.path == path).collect();
    let Some((_, (_, first))) = here.first() else {
        let paths: Vec<&str> = proposed().map(|(file, _)| file.path.as_str()).collect();
        let message = format!("`{path}` is no file that proposal `{}` changes", record.id.short());
        let failure = Failure::cannot("not-proposed", message);
        let failure = match did_you_mean(path, paths.iter().copied()) {
            Some(advice) => failure.say(advice),
            None => failure.run(format!("chancery review {}", record.id.short())),
        };
        return Err(if paths.is_empty() { failure } else { failure.because(changes(&paths)) });
    };
    if objection.quote.trim().is_empty() {
        return Err(Failure::cannot("empty-quote", "a finding quotes text that stands where it points")
            .say("copy a word or more from the line, and give it with `--quote`"));
    }
    let there = here.iter().find(|(_, (_, bytes))| stands_at(bytes, objection.line, &objection.quote));
    let Some((file, (version, _))) = there else { return Err(not_there(path, first, objection)) };
    Ok(Finding {
        proposal: record.id,
        artifact: file.artifact.clone(),
        version: *version,
        path: path.to_owned(),
        line: objection.line,
        quote: objection.quote.clone(),
        message: objection.message.clone(),
    })
}

fn changes(paths: &[&str]) -> String {
    let more = paths.len().saturating_sub(5);
    let named = quoted(paths.iter().take(5), ", ");
    if more == 0 { format!("it changes {named}") } else { format!("it changes {named} and {more} more") }
}

/// What stands at the place, and where the quote does.
fn not_there(path: &str, text: &[u8], objection: &Objection) -> Failure {
    let failure = Failure::refused(
        "quote-not-there",
        format!("the quote does not stand at `{path}:{}` of what is proposed", objection.line),
    );
    let count = text.split(|byte| *byte == b'\n').count();
    let failure = match line(text, objection.line) {
        Some(found) if found.trim_ascii().is_empty() => failure.because("that line is empty"),
        Some(found) => failure.because(format!("that line reads `{}`", brief(found))),
        None => failure.because(format!("the file has {count} lines")),
    };
    let distance = |at: &u64| at.abs_diff(objection.line);
    if let Some(at) = lines_with(text, &objection.quote).into_iter().min_by_key(distance) {
        return failure.say(format!("it stands at line {at}: use `--at {path}:{at}`"));
    }
    let wanted = folded(objection.quote.as_bytes());
    let numbered = (1..).zip(text.split(|byte| *byte == b'\n'));
    let alike = numbered.filter(|(_, found)| folded(found).contains(&wanted)).min_by_key(|(at, _)| distance(at));
    match alike {
        Some((at, found)) => failure
            .say(format!("line {at} is alike: `{}`", brief(found)))
            .say("a quote is compared byte for byte, case, spaces and ends of lines included"),
        None => failure.say("quote what the proposed version says, not what is live or in the working file"),
    }
}

/// The text of a line without what the eye passes over.
fn folded(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text).to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn brief(text: &[u8]) -> String {
    let text = visible(String::from_utf8_lossy(text).trim_end());
    let cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
