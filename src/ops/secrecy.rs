//! No secret gets past here: found in files and in what people say, before anything is kept.
//!
//! The rules refuse the same once more where an event is decided, whoever made it.

use super::{Failure, Next, layout::file_path, standing::Standing};
use crate::{
    artifact::Source,
    problem::Problem,
    scan::{self, Exceptions, Hit},
};

/// The code of problems and failures about secrets.
pub(super) const CODE: &str = "secret";

/// What looks like a secret in this project and is said to be none; nothing is before the project has begun.
///
/// # Errors
///
/// When the state cannot be read.
pub(super) fn exceptions(standing: &Standing<'_>) -> Result<Exceptions, Failure> {
    let known = standing.state().exceptions()?;
    Ok(Exceptions::new(standing.project.project, known.into_iter().map(|record| record.fingerprint)))
}

/// Every secret in the files of an artifact, by place, none of them shown.
pub(super) fn problems(exceptions: &Exceptions, path: &str, source: &Source) -> Vec<Problem> {
    let files = source.files();
    files.flat_map(|file| in_text(exceptions, &file_path(path, &file.path), &file.bytes)).collect()
}

/// Every secret in one file.
pub(super) fn in_text(exceptions: &Exceptions, path: &str, bytes: &[u8]) -> Vec<Problem> {
    let text = String::from_utf8_lossy(bytes);
    let hits = exceptions.hits(&text);
    hits.iter().map(|hit| problem(exceptions, path, &text, hit)).collect()
}

fn problem(exceptions: &Exceptions, path: &str, text: &str, hit: &Hit) -> Problem {
    let problem = Problem::at(path, text, hit.range.start, CODE, format!("this looks like {}", hit.title));
    let next = "take it out, and have whoever issued it make it void";
    match exceptions.fingerprint(hit, text) {
        Some(fingerprint) => Problem {
            excerpt: Some(scan::masked_line(text, hit)),
            fingerprint: Some(fingerprint.to_string()),
            ..problem
        }
        .next(format!("{next}; if it is none: `chancery secrets allow {} -m \"why\"`", fingerprint.short())),
        None => Problem { excerpt: Some(scan::masked_line(text, hit)), ..problem }.next(next),
    }
}

/// Refuses files with secrets in them.
///
/// # Errors
///
/// `secret`, with every place.
pub(super) fn refuse(problems: Vec<Problem>) -> Result<(), Failure> {
    let Some(first) = problems.first() else { return Ok(()) };
    let message = match problems.as_slice() {
        [one] => format!("`{}` holds what looks like a secret", one.path),
        all => format!("`{}` and what stands beside it hold {} secrets", first.path, all.len()),
    };
    let failure = Failure::refused(CODE, message)
        .because("versions are kept for good and read by many; nothing was recorded, and nothing was stored");
    Err(Failure { problems, ..failure })
}

/// Refuses to say something with a secret in it: what is signed is kept for good.
///
/// # Errors
///
/// `secret`; the words are not repeated.
pub(super) fn refuse_in_words(standing: &Standing<'_>, words: &[&str]) -> Result<(), Failure> {
    // Almost always: what is allowed need not be read.
    if words.iter().all(|text| scan::scan(text).is_empty()) {
        return Ok(());
    }
    let exceptions = exceptions(standing)?;
    let Some(hit) = words.iter().find_map(|text| exceptions.hits(text).into_iter().next()) else { return Ok(()) };
    Err(Failure::refused(CODE, format!("what you say holds {}", hit.title))
        .because("acts are kept for good and read by many; nothing was signed, and nothing was stored")
        .next(Next::Say("say it without the secret, and have whoever issued it make it void".to_owned())))
}
