//! The text of commits: writing ours, and reading what stands there without believing it.

use std::fmt::Write as _;

use git2::Oid;

use crate::{
    ledger::{Deed, Event, EventRecord},
    trust::Signature,
};

/// A commit taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Commit {
    /// Its tree.
    pub(super) tree: Oid,
    /// The commits before it.
    pub(super) parents: Vec<Oid>,
    /// `NAME <> SECONDS +0000`, the same for author and committer.
    pub(super) by: String,
    /// The message.
    pub(super) message: String,
    /// The armored signature, where it has one.
    pub(super) signature: Option<Signature>,
    /// The bytes that were signed: everything but the signature.
    pub(super) signed: Vec<u8>,
}

/// The commit of an event, without its signature.
pub(super) fn of_event(tree: Oid, parent: Option<Oid>, event: &Event) -> Vec<u8> {
    let subject = subject(&event.act.act().deed);
    let message = format!("{subject}\n\n{}", trailers(&event.record));
    text(tree, parent.as_slice(), &by(&event.record), &message)
}

/// A commit of payload: it says nothing about who, for bytes have no author.
///
/// `time` is that of the newest event ([`refs::newest`](super::refs::newest)): git finds what is new by walking from
/// young to old, and would read the whole ledger to tell what leads to a commit that claims to be older than all of it.
pub(super) fn of_payload(tree: Oid, parents: &[Oid], time: i64) -> Vec<u8> {
    text(tree, parents, &format!("chancery <> {time} +0000"), "payload\n")
}

/// Author and committer of an event's commit.
pub(super) fn by(record: &EventRecord) -> String {
    format!("{} <> {} +0000", record.recorder, record.time.unix())
}

/// The last lines of an event's message.
pub(super) fn trailers(record: &EventRecord) -> String {
    let mut lines = format!("Chancery-Seq: {}\nChancery-Act: {}\n", record.seq, record.act);
    if let Some(previous) = &record.previous {
        let _ = writeln!(lines, "Chancery-Previous: {previous}");
    }
    lines
}

/// What a trailer of the message says.
pub(super) fn trailer<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().rev().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// The commit with its signature, as git writes it: a header, folded by one space.
pub(super) fn sealed(unsigned: &[u8], signature: &Signature) -> Vec<u8> {
    let end = header_end(unsigned).unwrap_or(unsigned.len());
    let (headers, rest) = unsigned.split_at(end);
    let mut bytes = headers.to_vec();
    bytes.extend_from_slice(b"\ngpgsig ");
    bytes.extend_from_slice(signature.as_commit_header().replace('\n', "\n ").as_bytes());
    bytes.extend_from_slice(rest);
    bytes
}

/// Takes a commit apart.
///
/// # Errors
///
/// What is unlike every commit we write.
pub(super) fn parse(bytes: &[u8]) -> Result<Commit, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "its commit is not text")?;
    let end = header_end(bytes).ok_or("its commit has no message")?;
    let (headers, message) = (text.get(..end).unwrap_or(""), text.get(end + 2..).unwrap_or(""));
    let mut lines = headers.split('\n').peekable();
    let mut take = |word: &str| lines.next_if(|line| line.starts_with(word)).and_then(|line| line.get(word.len()..));
    let tree = take("tree ").and_then(oid).ok_or("its commit names no tree")?;
    let mut parents = Vec::new();
    while let Some(parent) = take("parent ") {
        parents.push(oid(parent).ok_or("its commit names a parent that is no object name")?);
    }
    let by = take("author ").ok_or("its commit has no author")?;
    if take("committer ") != Some(by) {
        return Err("its commit's author and committer differ");
    }
    let signature = take("gpgsig ").map(|first| {
        let mut armor = first.to_owned();
        while let Some(line) = take(" ") {
            armor.push('\n');
            armor.push_str(line);
        }
        Signature::from_commit_header(&armor)
    });
    if lines.next().is_some() {
        return Err("its commit has a header that is not ours");
    }
    let (by, message) = (by.to_owned(), message.to_owned());
    let signed = self::text(tree, &parents, &by, &message);
    Ok(Commit { tree, parents, by, message, signature, signed })
}

fn text(tree: Oid, parents: &[Oid], by: &str, message: &str) -> Vec<u8> {
    let mut text = format!("tree {tree}\n");
    for parent in parents {
        let _ = writeln!(text, "parent {parent}");
    }
    let _ = write!(text, "author {by}\ncommitter {by}\n\n{message}");
    text.into_bytes()
}

fn header_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair == b"\n\n")
}

/// An object name in the one spelling git writes.
pub(super) fn oid(hex: &str) -> Option<Oid> {
    let plain = hex.len() == 40 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| Oid::from_str(hex).ok()).flatten()
}

/// A line for people who read the ledger with `git log`.
fn subject(deed: &Deed) -> String {
    let words = match deed {
        Deed::Init { .. } => "the project begins".to_owned(),
        Deed::Commit(commit) => match commit.changes.len() {
            1 => "1 version".to_owned(),
            count => format!("{count} versions"),
        },
        Deed::Announce(run) => format!("{} by {}", run.prompt.as_str(), run.suite.as_str()),
        Deed::Evidence(run) => format!("{} samples", run.samples.len()),
        Deed::Propose(proposal) => proposal.environment.clone(),
        Deed::Withdraw(reason) | Deed::Reject(reason) => reason.proposal.to_string(),
        Deed::Review(review) => review.proposal.to_string(),
        Deed::Approve(approval) => approval.proposal.to_string(),
        Deed::Promote(promotion) => promotion.proposal.to_string(),
        Deed::Rollback(rollback) => rollback.environment.as_str().to_owned(),
        Deed::Purge(purge) => format!("{} of payload", purge.payload.len()),
        Deed::Freeze(freeze) | Deed::Thaw(freeze) => freeze.environment.as_str().to_owned(),
        Deed::Halt(halt) | Deed::Resume(halt) => halt.what(),
        Deed::Finding(finding) => finding.proposal.to_string(),
        Deed::Answer(answer) => answer.finding.to_string(),
        Deed::Override(promotion) => promotion.proposal.to_string(),
        Deed::OverrideReview(review) => review.promotion.to_string(),
        Deed::Adopt(adoption) => adoption.environment.as_str().to_owned(),
        Deed::Except(exception) => exception.fingerprint.to_string(),
        Deed::Attempt(attempt) => format!("{} {}", attempt.verb, attempt.proposal),
    };
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(72).collect();
    format!("{}: {line}", deed.kind())
}
