//! Objections with proof, and the answers that close them.

use std::collections::BTreeSet;

use super::{
    FindingRecord, FindingStatus, Refusal, State, StateError,
    apply::Deciding,
    closers::{closers, hands},
    contents::{Found, source},
    decide::{must, open},
    draft::Draft,
    objections::{self, AnswerRecord},
    quote::{LONGEST_QUOTE, stands_at},
    records::{LineageRecord, ProposalRecord},
};
use crate::{
    governance::FILE,
    ledger::{Answer, Closing, Event, Finding, GOVERNANCE},
    name::{Artifact, Environment},
    object::VersionId,
    trust::Verb,
};

/// A finding is recorded when it says why, and quotes text that stands where it says in what is proposed.
pub(super) fn finding(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    finding: &Finding,
) -> Result<(), StateError> {
    let proposal = open(with, finding.proposal)?;
    let about = about(with, &proposal, finding)?;
    if finding.message.trim().is_empty() {
        return Err(Refusal::cannot("no-reason", "a finding says what is wrong").into());
    }
    if finding.quote.trim().is_empty() {
        return Err(Refusal::cannot("empty-quote", "a finding quotes text that stands where it points").into());
    }
    if finding.quote.len() > LONGEST_QUOTE {
        let message = format!("a quote has at most {LONGEST_QUOTE} bytes; one line is enough to point at it");
        return Err(Refusal::cannot("quote-too-long", message).into());
    }
    match &about {
        None => in_rules(with, finding)?,
        Some(record) => in_file(with, event, finding, record)?,
    }
    let environment = proposal.proposal.environment;
    let about = finding.artifact.as_ref();
    let earlier = with.state.objections(&environment, about)?;
    refuse_known(with, finding, &earlier)?;
    let mut ids: Vec<_> = earlier.iter().map(|record| record.id).collect();
    ids.push(event.id());
    draft.put(objections::objections(&environment, about), &ids);
    let record = FindingRecord {
        id: event.id(),
        finding: finding.clone(),
        environment,
        person: with.actor.handle.clone(),
        time: event.record.time,
        answer: None,
    };
    draft.put(objections::finding(record.id), &record);
    Ok(())
}

/// The commit that made the version it objects to, or none for the rules; the person may object to it, and it is what
/// the proposal changes to.
fn about(
    with: &Deciding<'_>,
    proposal: &ProposalRecord,
    finding: &Finding,
) -> Result<Option<LineageRecord>, StateError> {
    let not_proposed = |what: &str| {
        let message = format!("proposal `{}` does not propose this {what}", proposal.id.short());
        StateError::from(Refusal::cannot("not-proposed", message))
    };
    let Some(artifact) = &finding.artifact else {
        must(with, Verb::Finding, proposal)?;
        let change = proposal.proposal.governance.as_ref();
        return if change.is_some_and(|change| change.to == finding.version) && finding.path == FILE {
            Ok(None)
        } else {
            Err(not_proposed("change of the rules"))
        };
    };
    let environment = Environment::parse(&proposal.proposal.environment).ok();
    with.actor.must(with.governance, Verb::Finding, &[artifact], environment.as_ref())?;
    let version = VersionId(finding.version);
    let mut changes = proposal.proposal.changes.iter();
    if !changes.any(|change| change.artifact == *artifact && change.to == Some(version)) {
        return Err(not_proposed("version"));
    }
    match with.state.version(artifact, version)? {
        Some(known) => Ok(with.state.commit(artifact, known.number)?),
        None => Err(not_proposed("version")),
    }
}

fn in_rules(with: &Deciding<'_>, finding: &Finding) -> Result<(), StateError> {
    let text = with.payload.bytes(&finding.version, "governance")?;
    if stands_at(&text, finding.line, &finding.quote) { Ok(()) } else { Err(not_there(finding).into()) }
}

/// The quote stands in a file of the version; of one whose bytes were purged since, that it did is remembered.
fn in_file(with: &Deciding<'_>, event: &Event, finding: &Finding, record: &LineageRecord) -> Result<(), StateError> {
    let main = record.path.as_deref().unwrap_or_default();
    match source(with, main, VersionId(finding.version), record.listed)? {
        Found::Here(source, _) => {
            let mut files = source.files();
            let file = files.find(|file| beside(main, &file.path) == finding.path).ok_or_else(|| {
                let message = format!("`{}` is no file of `{}` as it is proposed", finding.path, record.artifact);
                Refusal::cannot("not-proposed", message)
            })?;
            if stands_at(&file.bytes, finding.line, &finding.quote) { Ok(()) } else { Err(not_there(finding).into()) }
        }
        // What is remembered under this id is this very finding: the id is the digest of what it says.
        Found::Purged(newest, _) if newest.finding(event.id())?.is_some() => Ok(()),
        Found::Purged(..) => {
            let message = format!("version `{}` was purged, and nothing is known of it", finding.version.short());
            Err(Refusal::no("payload-missing", message).into())
        }
    }
}

/// A file of an artifact, relative to the project folder, whose main file stands at `main`.
pub fn beside(main: &str, file: &str) -> String {
    main.rsplit_once('/').map_or_else(|| file.to_owned(), |(folder, _)| format!("{folder}/{file}"))
}

fn not_there(finding: &Finding) -> Refusal {
    let message = format!("the quote does not stand at `{}:{}` of what is proposed", finding.path, finding.line);
    Refusal::no("quote-not-there", message)
}

/// What a person found they find once: else a finding that was answered would come back with the same quote.
fn refuse_known(with: &Deciding<'_>, finding: &Finding, earlier: &[FindingRecord]) -> Result<(), Refusal> {
    let same = |known: &&FindingRecord| {
        let old = &known.finding;
        known.person == *with.actor.handle
            && known.status() != FindingStatus::Withdrawn
            && (old.version, &old.path, old.line, &old.quote)
                == (finding.version, &finding.path, finding.line, &finding.quote)
    };
    let Some(known) = earlier.iter().find(same) else { return Ok(()) };
    let (id, status) = (known.id.short(), known.status().word());
    let message = format!("`{}` has objected to this very text already: finding `{id}` is {status}", known.person);
    Err(Refusal::cannot("known-finding", message))
}

/// An open finding is closed by who may, and a fix names the version that does not have it.
pub(super) fn answer(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, answer: &Answer) -> Result<(), StateError> {
    let unknown = || Refusal::cannot("unknown-finding", format!("there is no finding `{}`", answer.finding.short()));
    let mut record = with.state.finding(answer.finding)?.ok_or_else(unknown)?;
    if record.answer.is_some() {
        let message = format!("finding `{}` is {} already", record.id.short(), record.status().word());
        return Err(Refusal::cannot("finding-closed", message).into());
    }
    if answer.message.trim().is_empty() {
        return Err(Refusal::cannot("no-reason", "whoever closes a finding says why").into());
    }
    may_close(with, &record, answer)?;
    check_version(with.state, &record, answer)?;
    record.answer = Some(AnswerRecord {
        event: event.id(),
        person: with.actor.handle.clone(),
        time: event.record.time,
        answer: answer.clone(),
    });
    draft.put(objections::finding(record.id), &record);
    Ok(())
}

/// Who raised it closes it as they like; others justify it or say that it is fixed, where the rules would have them
/// judge such a change and they have no hand in it.
fn may_close(with: &Deciding<'_>, record: &FindingRecord, answer: &Answer) -> Result<(), StateError> {
    let (handle, environment) = (with.actor.handle, record.environment.as_str());
    if environment == GOVERNANCE {
        with.actor.must(with.governance, Verb::Govern, &[], None)?;
    } else {
        let about: Vec<&Artifact> = record.finding.artifact.iter().collect();
        let place = Environment::parse(environment).ok();
        with.actor.must(with.governance, Verb::Finding, &about, place.as_ref())?;
    }
    if record.person == *handle {
        return Ok(());
    }
    if answer.closing == Closing::Withdrawn {
        let message = format!("`{}` raised this finding; nobody else withdraws it", record.person);
        return Err(Refusal::no("not-raiser", message).into());
    }
    if with.actor.person.program {
        let message = format!("`{handle}` is a program, and closes only findings of its own");
        return Err(Refusal::no("program-closes", message).into());
    }
    let unknown = || Refusal::cannot("unknown-environment", format!("there is no environment `{environment}`"));
    let asked = closers(with.governance, environment).ok_or_else(unknown)?;
    if !with.actor.person.roles.contains(&asked.role) {
        let message = format!(
            "`{}` or somebody of role `{}` closes this finding, and `{handle}` is neither",
            record.person, asked.role
        );
        return Err(Refusal::no("not-in-role", message).into());
    }
    if !asked.authors && hands(with.state, record, answer.version)?.contains(handle) {
        let message = format!("`{handle}` has a hand in what the finding objects to, or in what would answer it");
        return Err(Refusal::no("author-closes", message).into());
    }
    Ok(())
}

/// `fixed` names another version of the same thing; the others name none.
fn check_version(state: &State<'_>, record: &FindingRecord, answer: &Answer) -> Result<(), StateError> {
    let version = match (answer.closing, answer.version) {
        (Closing::Fixed, Some(version)) => version,
        (Closing::Fixed, None) => {
            return Err(Refusal::cannot("no-version", "a fix names the version that does not have it").into());
        }
        (_, None) => return Ok(()),
        (closing, Some(_)) => {
            return Err(Refusal::cannot("no-version", format!("`{closing}` names no version")).into());
        }
    };
    if version.0 == record.finding.version {
        let message = format!("`{}` is the very version that the finding objects to", version.short());
        return Err(Refusal::cannot("same-version", message).into());
    }
    let known = match &record.finding.artifact {
        Some(artifact) => ever_had(state, artifact, version)?,
        None => state.proposals()?.iter().any(|known| {
            known.proposal.governance.as_ref().is_some_and(|change| change.from == version.0 || change.to == version.0)
        }),
    };
    if known {
        return Ok(());
    }
    let what = record.finding.artifact.as_ref().map_or_else(|| GOVERNANCE.to_owned(), ToString::to_string);
    let message = format!("`{what}` never had a version `{}`", version.short());
    Err(Refusal::cannot("unknown-version", message).into())
}

/// Whether an artifact had a version, under its name or one it went on under.
fn ever_had(state: &State<'_>, artifact: &Artifact, version: VersionId) -> Result<bool, StateError> {
    let (mut next, mut seen) = (Some(artifact.clone()), BTreeSet::new());
    while let Some(artifact) = next.take().filter(|artifact| seen.insert(artifact.key())) {
        if state.version(&artifact, version)?.is_some() {
            return Ok(true);
        }
        if let Some(head) = state.head(&artifact)? {
            next = state.commit(&artifact, head.number)?.and_then(|record| record.renamed_to);
        }
    }
    Ok(false)
}
