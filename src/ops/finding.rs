//! `finding`: object to what is proposed, with proof, and answer objections.

use serde::Serialize;

use super::{
    Answer, Failure, ProposalName, World,
    quoting::{self, Objection},
    record::{Recorded, record},
    resolve::{self, Names},
    sharing, sources,
    standing::Standing,
};
use crate::{
    ledger::{self, Deed},
    name::Artifact,
    object::{EventId, Prefix, VersionId},
    state::{FindingRecord, FindingStatus, beside, lines_with},
    workspace::{Revision, Spec},
};

pub use crate::ledger::Closing;

/// An answer to a finding.
pub struct Close {
    /// The finding, by the first digits of its id.
    pub finding: Prefix,
    /// How it ends.
    pub closing: Closing,
    /// For a fix: the version that does not have it; else the head.
    pub version: Option<Fixed>,
    /// Why.
    pub message: String,
}

/// How a person names the version that fixes something.
pub enum Fixed {
    /// Artifact and revision.
    Spec(Spec),
    /// The revision alone: the artifact is known.
    Revision(Revision),
}

/// A finding as it now stands.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The finding.
    pub finding: EventId,
    /// What has become of it.
    pub status: FindingStatus,
    /// The event: of the finding, or of the answer.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// The proposal it was raised on.
    pub proposal: EventId,
    /// The environment, or `governance`.
    pub environment: String,
    /// The artifact; absent for the rules.
    pub artifact: Option<Artifact>,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// The version that fixes it.
    pub version: Option<VersionId>,
    /// The line where the same quote still stands in that version.
    pub still: Option<u64>,
    /// What is wrong, or why it is closed.
    pub message: String,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.finding/1";
}

/// Raises a finding.
///
/// # Errors
///
/// `quote-not-there` and what else [`quoting::object`] says, or the refusal of the rules.
pub fn open(world: &World, name: &ProposalName, objection: &Objection) -> Result<Outcome, Failure> {
    sharing::ready(world)?;
    let standing = Standing::read(world)?;
    let proposal = resolve::proposal(world, &standing, name)?;
    let files = quoting::files(world, &standing, &proposal)?;
    let finding = quoting::object(&proposal, &files, objection)?;
    drop(standing);
    let recorded = record(world, Deed::Finding(finding))?;
    tell(world, recorded.event, &recorded, objection.message.clone(), None)
}

/// Closes a finding.
///
/// # Errors
///
/// `unknown-finding`, `unknown-version`, or the refusal of the rules.
pub fn close(world: &World, request: Close) -> Result<Outcome, Failure> {
    sharing::ready(world)?;
    let standing = Standing::read(world)?;
    let found = resolve::finding(world, &standing, &request.finding)?;
    let version = match (request.closing, &request.version) {
        (Closing::Fixed, version) => Some(fixed_by(&standing, &found, version.as_ref())?),
        _ => None,
    };
    let still = match version {
        Some(version) => still_there(world, &standing, &found, version)?,
        None => None,
    };
    drop(standing);
    let answer = ledger::Answer { finding: found.id, closing: request.closing, version, message: request.message };
    let message = answer.message.clone();
    let recorded = record(world, Deed::Answer(answer))?;
    tell(world, found.id, &recorded, message, still)
}

fn tell(
    world: &World,
    finding: EventId,
    recorded: &Recorded,
    message: String,
    still: Option<u64>,
) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let lost = || Failure::bug(format!("finding `{finding}` is not in the state"));
    let known = standing.state().finding(finding)?.ok_or_else(lost)?;
    Ok(Outcome {
        finding,
        status: known.status(),
        event: recorded.event,
        shared: recorded.shared,
        proposal: known.finding.proposal,
        version: known.fixed(),
        environment: known.environment,
        artifact: known.finding.artifact,
        path: known.finding.path,
        line: known.finding.line,
        still,
        message,
    })
}

/// The version that is said not to have it.
fn fixed_by(standing: &Standing<'_>, found: &FindingRecord, named: Option<&Fixed>) -> Result<VersionId, Failure> {
    let Some(artifact) = &found.finding.artifact else { return rules_by(standing, found, named) };
    let artifact = present_name(standing, artifact)?;
    let version = match named {
        None => resolve::pick(standing, &artifact, &Revision::Head)?.version,
        Some(Fixed::Revision(revision)) => resolve::pick(standing, &artifact, revision)?.version,
        Some(Fixed::Spec(spec)) => {
            let meant = Names::of(standing).one_ever(spec)?;
            if meant.key() != artifact.key() {
                let message = format!("the finding is about `{artifact}`, and `{}` is another artifact", spec.text);
                return Err(Failure::cannot("other-artifact", message));
            }
            resolve::pick(standing, &artifact, &spec.revision)?.version
        }
    };
    let deleted = || Failure::cannot("deleted", format!("`{artifact}` is deleted, and no version fixes it"));
    let version = version.ok_or_else(deleted)?;
    if version.0 != found.finding.version {
        return Ok(version);
    }
    let message = format!("`{artifact}` {} is the very version that the finding objects to", version.short());
    Err(Failure::cannot("same-version", message)
        .say("commit a version without it first, or name one with `--in`")
        .say("if it stands so for a reason, justify it: `chancery finding justify`"))
}

/// The name an artifact goes by now.
fn present_name(standing: &Standing<'_>, artifact: &Artifact) -> Result<Artifact, Failure> {
    let state = standing.state();
    let (mut name, mut seen) = (artifact.clone(), Vec::new());
    while let Some(head) = state.head(&name)?.filter(|head| head.version.is_none()) {
        seen.push(name.key());
        let next = state.commit(&name, head.number)?.and_then(|record| record.renamed_to);
        match next.filter(|next| !seen.contains(&next.key())) {
            Some(next) => name = next,
            None => break,
        }
    }
    Ok(name)
}

/// Other rules: those named by their first digits, else the newest that are proposed, else those in force.
fn rules_by(standing: &Standing<'_>, found: &FindingRecord, named: Option<&Fixed>) -> Result<VersionId, Failure> {
    let state = standing.state();
    let mut known = vec![standing.project.governance];
    known.extend(state.proposals()?.iter().filter_map(|record| record.proposal.governance.as_ref()).map(|to| to.to));
    known.retain(|rules| *rules != found.finding.version);
    let rules = match named {
        None => known.last().copied(),
        Some(Fixed::Revision(Revision::Prefix(prefix))) => known.iter().find(|rules| prefix.matches(rules)).copied(),
        Some(_) => None,
    };
    let none = || {
        Failure::cannot("unknown-version", "no other rules are in force or proposed by that name")
            .say("propose rules without it first, or name them by the first digits of their digest")
            .run("chancery proposals governance --all")
    };
    Ok(VersionId(rules.ok_or_else(none)?))
}

/// The line of the fix where the quote still stands: worth a second look, and no reason to refuse.
fn still_there(
    world: &World,
    standing: &Standing<'_>,
    found: &FindingRecord,
    version: VersionId,
) -> Result<Option<u64>, Failure> {
    let finding = &found.finding;
    let Some(artifact) = &finding.artifact else {
        return Ok(lines_with(&sources::bytes(world, &version.0)?, &finding.quote).into_iter().next());
    };
    let artifact = present_name(standing, artifact)?;
    let (record, source) = match sources::of_version(world, &standing.state(), &artifact, version) {
        Err(failure) if failure.code == "purged" => return Ok(None),
        found => found?,
    };
    let main = record.path.as_deref().unwrap_or_default();
    let same = source.files().find(|file| beside(main, &file.path) == finding.path);
    Ok(same.and_then(|file| lines_with(&file.bytes, &finding.quote).into_iter().next()))
}
