//! What we accept and write, asked of `ssh-keygen`, which was written by others.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::Path,
    process::{Command, Output, Stdio},
};

use chancery::{
    adapters::keys::ThrowawayKey,
    trust::{Namespace, PublicKey, Signature, Signer as _, allowed_signers},
};

use crate::{
    saved,
    targets::{key_of, signatures, signed_bytes},
};

/// A check by name; it answers with what is wrong.
type Check = fn() -> Vec<String>;

/// All of them.
pub(crate) const ALL: &[(&str, Check)] = &[
    ("key::what_is_accepted_is_a_key_for_ssh_keygen_of_the_same_fingerprint", fingerprints),
    ("key::the_lines_that_are_written_let_ssh_keygen_find_and_verify_everybody", lines),
];

fn keygen(words: &[&str], files: &[&Path], input: Option<&Path>) -> Output {
    let input = input.map_or_else(Stdio::null, |path| File::open(path).unwrap().into());
    Command::new("ssh-keygen").args(words).args(files).stdin(input).output().unwrap()
}

/// Every key among the saved cases that we accept, each once.
fn keys() -> Vec<PublicKey> {
    let mut keys: Vec<PublicKey> = saved::of("key").values().filter_map(|input| key_of(input)).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn fingerprints() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pub");
    let mut wrong = Vec::new();
    for key in keys() {
        fs::write(&file, format!("{key}\n")).unwrap();
        let output = keygen(&["-l", "-f"], &[&file], None);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !said.contains(&key.fingerprint()) {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            wrong.push(format!("{key}: {} is {said}{why}", key.fingerprint()));
        }
    }
    wrong
}

/// One file with the lines of all keys, those of good signatures last: whoever cannot read a line before them fails.
/// (`find-principals` tells the first that fits, so a key has one line.)
fn lines() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let [signers, file, message] = ["signers", "signature", "message"].map(|name| folder.path().join(name));
    fs::write(&message, signed_bytes()).unwrap();
    let mine = ThrowawayKey::from_seed(&[7; 32]).unwrap();
    let mut good: Vec<(PublicKey, Signature)> = signatures()
        .into_iter()
        .map(Signature::new)
        .map(|signature| (signature.verify(Namespace::Act, signed_bytes()).unwrap(), signature))
        .collect();
    good.push((mine.key().clone(), mine.sign(Namespace::Act, signed_bytes()).unwrap()));
    good.sort_by(|one, other| one.0.cmp(&other.0));
    good.dedup_by(|one, other| one.0 == other.0);
    let mut text = String::new();
    let others = keys().into_iter().filter(|key| good.iter().all(|(known, _)| known != key));
    for (number, key) in others.enumerate() {
        let _ = write!(text, "{}", allowed_signers([(&*format!("other-{number}"), &key)]));
    }
    for (number, (key, _)) in good.iter().enumerate() {
        let _ = write!(text, "{}", allowed_signers([(&*format!("good-{number}"), key)]));
    }
    fs::write(&signers, text).unwrap();
    let mut wrong = Vec::new();
    for (number, (key, signature)) in good.iter().enumerate() {
        fs::write(&file, signature.as_str()).unwrap();
        let name = format!("good-{number}");
        let (signature, signers) = (file.to_str().unwrap(), signers.to_str().unwrap());
        let found = keygen(&["-Y", "find-principals", "-s", signature, "-f", signers], &[], None);
        if !String::from_utf8_lossy(&found.stdout).lines().any(|line| line == name) {
            wrong.push(format!("{key}: not found: {}", String::from_utf8_lossy(&found.stderr)));
        }
        let words = ["-Y", "verify", "-I", &name, "-n", "chancery-act-v1", "-s", signature, "-f", signers];
        let verified = keygen(&words, &[], Some(&message));
        if !verified.status.success() {
            wrong.push(format!("{key}: not verified: {}", String::from_utf8_lossy(&verified.stderr)));
        }
    }
    wrong
}
