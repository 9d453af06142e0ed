//! `HEAD`, the refs, and the file git packs them into.

use std::{fs, path::Path};

use super::{
    commit,
    failure::{Failure, failed},
    files::{Findings, files, place},
    refs::{LEDGER, PAYLOAD},
    repository::HEAD,
};

/// What git writes at the top of `packed-refs`: these words, or none.
const PACKED: [&str; 2] = ["# pack-refs with: peeled fully-peeled sorted ", "# pack-refs with: peeled fully-peeled "];

/// Checks every byte of every ref.
pub(super) fn check(dir: &Path, findings: &mut Findings) -> Result<(), Failure> {
    match fs::read(dir.join("HEAD")) {
        Ok(bytes) if bytes == HEAD.as_bytes() => {}
        _ => findings.report("HEAD", "it is not what it was"),
    }
    for file in files(&dir.join("refs"))? {
        let name = place(dir, &file);
        if Path::new(&name).extension().is_some_and(|extension| extension == "lock") {
            continue;
        }
        let bytes = fs::read(&file).map_err(failed("cannot inspect", file.display()))?;
        let hex = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n'));
        check_ref(&name, &name, hex, findings);
    }
    check_packed(dir, findings)
}

/// A ref holds the name of an object that is whole.
fn check_ref(place: &str, name: &str, hex: Option<&str>, findings: &mut Findings) {
    if ![LEDGER, PAYLOAD].contains(&name) && !name.starts_with("refs/remotes/") {
        findings.report(place, "no ref of ours is called so");
    }
    match hex.and_then(commit::oid) {
        Some(id) if findings.whole.contains(&id) => {}
        Some(id) => findings.report(place, format!("it names `{id}`, which is not here or not whole")),
        None => findings.report(place, "it does not name an object"),
    }
}

fn check_packed(dir: &Path, findings: &mut Findings) -> Result<(), Failure> {
    const PLACE: &str = "packed-refs";
    let path = dir.join(PLACE);
    if !path.exists() {
        return Ok(());
    }
    let bytes = fs::read(&path).map_err(failed("cannot inspect", path.display()))?;
    let Some(text) = std::str::from_utf8(&bytes).ok().and_then(|text| text.strip_suffix('\n')) else {
        findings.report(PLACE, "it is not text");
        return Ok(());
    };
    for (number, line) in text.split('\n').enumerate() {
        if number == 0 && PACKED.contains(&line) {
            continue;
        }
        let (hex, name) = line.split_once(' ').unwrap_or((line, ""));
        let peeled = line.starts_with('^');
        if !peeled && !git2::Reference::is_valid_name(name) {
            findings.report(PLACE, format!("line {} is not a ref", number + 1));
        } else if !peeled {
            check_ref(PLACE, name, Some(hex), findings);
        } else {
            findings.report(PLACE, "no ref of ours names a tag");
        }
    }
    Ok(())
}
