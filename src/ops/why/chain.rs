//! From something live back through the move, the proposal and the evidence to the authors.

use super::{Author, Ledger, Outcome, Step, Waived, Word, measured, subject::Found};
use crate::{
    ledger::{Deed, Override},
    name::{Artifact, Environment, Handle, Kind},
    object::{Canonical, DossierId, EventId, parse},
    ops::{Failure, Live, World, overrides, resolve::Names, sources, stamp::stamp, standing::Standing},
    report::FindingSheet,
    state::{
        Assent, BundleRecord, Dossier, FindingStatus, LineageRecord, LiveRecord, MoveRecord, ProposalRecord, Reviewed,
        State, lineage,
    },
};

pub(super) fn trace(world: &World, now: &Standing<'_>, found: &Found<'_>) -> Result<Outcome, Failure> {
    let (then, environment, artifact) = (&found.then, &found.environment, &found.artifact);
    let state = then.state();
    let names = Names::of(now);
    let lost = || Failure::bug(format!("`{artifact}` is live in `{environment}` and is not"));
    let live = state.live(environment, artifact)?.ok_or_else(lost)?;
    let bundle = whole_bundle(&state, environment, artifact)?;
    let made = bundle.as_ref().map_or((live.event, live.since), |record| (record.event, record.since));
    let moved = movement(&state, environment, made.0)?;
    let first = if moved.kind == "rollback" {
        first_made(&now.state(), environment, &moved, bundle.as_ref(), &live)?
    } else {
        moved.clone()
    };
    let proposal = match first.proposal {
        Some(id) => now.state().proposal(id)?,
        None => None,
    };
    let promotion = step(world, &now.state(), &first)?;
    let dossier = match promotion.dossier {
        Some(id) => read_dossier(world, id)?,
        None => None,
    };
    let adoption = state.adoption(environment)?;
    let members = members(&state, environment, bundle.as_ref(), &live)?;
    let until = ended(world, now, found, bundle.is_some(), made.0)?;
    Ok(Outcome {
        project: then.governance.project.clone(),
        overrides: overrides::within(world, now, environment)?,
        environment: environment.clone(),
        artifact: names.label(&live.artifact)?,
        kind: live.artifact.kind,
        version: live.version,
        number: live.number,
        bundle: bundle.as_ref().and_then(|record| record.bundle),
        stamp: bundle.as_ref().and_then(|record| {
            Some(stamp(&then.governance.project, environment, &record.prompt, record.bundle?, record.event))
        }),
        live: until.is_none(),
        since: made.1,
        until: until.map(|movement| step(world, &now.state(), &movement)).transpose()?,
        members: members.iter().map(|member| Live::of(&names, member, adoption)).collect::<Result<_, _>>()?,
        authors: authors(&state, &names, &members, &first)?,
        proposer: proposal.as_ref().map(proposer),
        evidence: measured::evidence(found, &now.state(), bundle.as_ref(), &live, dossier.as_ref())?,
        approvals: assents(world, dossier.as_ref(), proposal.as_ref().map(|record| record.approvals.as_slice()))?,
        reviews: assents(world, dossier.as_ref(), proposal.as_ref().map(|record| record.reviews.as_slice()))?,
        findings: findings(&now.state(), promotion.dossier)?,
        returned: if moved.event == first.event { None } else { Some(step(world, &now.state(), &moved)?) },
        promotion,
        rules: dossier.map_or(then.project.governance, |dossier| dossier.basis.rules),
        ledger: Ledger { events: now.tip.seq, tip: now.tip.event, verified: false },
        packed: None,
    })
}

/// The bundle of a prompt that is whole; other artifacts have none.
fn whole_bundle(
    state: &State<'_>,
    environment: &Environment,
    artifact: &Artifact,
) -> Result<Option<BundleRecord>, Failure> {
    if artifact.kind != Kind::Prompt {
        return Ok(None);
    }
    Ok(state.bundle(environment, &artifact.name)?.filter(|record| record.bundle.is_some()))
}

/// The move an event made.
fn movement(state: &State<'_>, environment: &Environment, event: EventId) -> Result<MoveRecord, Failure> {
    let lost = || Failure::bug(format!("event `{}` moved `{environment}` and did not", event.short()));
    let seq = state.placed(event)?.ok_or_else(lost)?.seq;
    let (mut low, mut high) = (1, state.environment(environment)?.map_or(0, |record| record.moves));
    while low <= high {
        let middle = low + (high - low) / 2;
        let found = state.movement(environment, middle)?.ok_or_else(lost)?;
        match found.seq.cmp(&seq) {
            std::cmp::Ordering::Equal => return Ok(found),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle - 1,
        }
    }
    Err(lost())
}

/// The newest move before a rollback that made live what the rollback put back.
fn first_made(
    state: &State<'_>,
    environment: &Environment,
    moved: &MoveRecord,
    bundle: Option<&BundleRecord>,
    live: &LiveRecord,
) -> Result<MoveRecord, Failure> {
    for number in (1..moved.number).rev() {
        let Some(earlier) = state.movement(environment, number)? else { continue };
        if earlier.kind == "rollback" {
            continue;
        }
        let made_bundle = match (bundle, earlier.proposal) {
            (Some(record), Some(id)) => state.proposal(id)?.is_some_and(|proposal| {
                let changes = proposal.proposal.bundles.iter();
                changes.into_iter().any(|change| change.prompt == record.prompt && change.after == record.bundle)
            }),
            _ => false,
        };
        let made_version = bundle.is_none() || earlier.proposal.is_none();
        let to = |change: &crate::ledger::LiveChange| {
            change.artifact.key() == live.artifact.key() && change.to == Some(live.version)
        };
        if made_bundle || (made_version && earlier.changes.iter().any(to)) {
            return Ok(earlier);
        }
    }
    Ok(moved.clone())
}

/// A move as it is told; whether an override was reviewed is asked of how things are now.
fn step(world: &World, now: &State<'_>, movement: &MoveRecord) -> Result<Step, Failure> {
    let (dossier, waived) = match &world.journal.read(movement.seq)?.0.act.act().deed {
        Deed::Promote(promotion) => (Some(promotion.dossier), None),
        Deed::Override(promotion) => (Some(promotion.dossier), Some(waived(now, movement.event, promotion)?)),
        _ => (None, None),
    };
    Ok(Step {
        event: movement.event,
        seq: movement.seq,
        time: movement.time,
        person: movement.person.clone(),
        kind: movement.kind.clone(),
        proposal: movement.proposal,
        dossier,
        waived,
    })
}

fn waived(now: &State<'_>, event: EventId, promotion: &Override) -> Result<Waived, Failure> {
    let reviewed = now.override_of(event)?.and_then(|record| record.reviewed);
    let word = |review: Reviewed| Word {
        person: review.person,
        roles: Vec::new(),
        time: review.time,
        event: review.event,
        dossier: None,
        solo: false,
        message: review.message,
    };
    Ok(Waived {
        rules: promotion.rules.clone(),
        reason: promotion.reason.clone(),
        expires: promotion.expires,
        reviewed: reviewed.map(word),
    })
}

/// The dossier, but for one that was purged: that it was shown stands in the ledger, what it showed does not.
fn read_dossier(world: &World, id: DossierId) -> Result<Option<Dossier>, Failure> {
    let bytes = match sources::bytes(world, &id.0) {
        Err(failure) if failure.code == "purged" => return Ok(None),
        bytes => bytes?,
    };
    let dossier: Canonical<Dossier> = parse(&bytes)?;
    Ok(Some(dossier.record))
}

/// The findings that the gate's dossier showed, as they stand now.
fn findings(state: &State<'_>, dossier: Option<DossierId>) -> Result<Vec<FindingSheet>, Failure> {
    let Some(shown) = dossier.map(|id| state.dossier(id)).transpose()?.flatten() else { return Ok(Vec::new()) };
    let mut sheets = Vec::new();
    for id in shown.findings {
        let record = state.finding(id)?;
        sheets.extend(record.map(|record| FindingSheet::of(&record, record.status() == FindingStatus::Open)));
    }
    Ok(sheets)
}

fn members(
    state: &State<'_>,
    environment: &Environment,
    bundle: Option<&BundleRecord>,
    live: &LiveRecord,
) -> Result<Vec<LiveRecord>, Failure> {
    let Some(bundle) = bundle else { return Ok(vec![live.clone()]) };
    let mut members = Vec::new();
    for member in &bundle.members {
        members.extend(state.live(environment, &member.artifact)?);
    }
    Ok(members)
}

/// The commits of every member: those the move brought, or else the one that made the version.
fn authors(
    state: &State<'_>,
    names: &Names<'_>,
    members: &[LiveRecord],
    first: &MoveRecord,
) -> Result<Vec<Author>, Failure> {
    let mut authors = Vec::new();
    for member in members {
        let change = first.changes.iter().find(|change| change.artifact.key() == member.artifact.key());
        let from = match change.and_then(|change| change.from) {
            Some(version) => state.version(&member.artifact, version)?.map(|record| record.number),
            None => None,
        };
        let before = from.filter(|number| *number < member.number).unwrap_or(member.number - 1);
        let count = usize::try_from(member.number - before).unwrap_or(usize::MAX);
        for record in lineage(state, &member.artifact, member.number, count)? {
            authors.push(author(names, record)?);
        }
    }
    authors.sort_by(|a, b| a.artifact.cmp(&b.artifact));
    Ok(state.in_order(authors, |author| author.event)?)
}

fn author(names: &Names<'_>, record: LineageRecord) -> Result<Author, Failure> {
    Ok(Author {
        artifact: names.label(&record.artifact)?,
        person: record.person,
        authors: record.authors,
        time: record.time,
        event: record.event,
        version: record.version,
        message: record.message,
    })
}

fn proposer(record: &ProposalRecord) -> Word {
    Word {
        person: record.person.clone(),
        roles: Vec::new(),
        time: record.time,
        event: record.id,
        dossier: None,
        solo: false,
        message: record.proposal.message.clone(),
    }
}

fn assents(world: &World, dossier: Option<&Dossier>, said: Option<&[Assent]>) -> Result<Vec<Word>, Failure> {
    let authors = dossier.map(|dossier| dossier.authors.as_slice()).unwrap_or_default();
    said.unwrap_or_default().iter().map(|said| assent(world, authors, said)).collect()
}

fn assent(world: &World, authors: &[Handle], said: &Assent) -> Result<Word, Failure> {
    let prefix = crate::object::Prefix::parse(&said.event.0.hex()).ok_or_else(|| Failure::bug("an id is no prefix"))?;
    let (_, seq) = crate::ops::resolve::event(world, &prefix)?;
    let message = match &world.journal.read(seq)?.0.act.act().deed {
        Deed::Approve(approval) => approval.message.clone(),
        Deed::Review(review) => review.message.clone(),
        _ => String::new(),
    };
    Ok(Word {
        person: said.person.clone(),
        roles: said.roles.clone(),
        time: said.time,
        event: said.event,
        dossier: Some(said.dossier),
        solo: authors.contains(&said.person),
        message,
    })
}

/// The move that ended it, if one did: from then on the environment's record names another event for good.
fn ended(
    world: &World,
    now: &Standing<'_>,
    found: &Found<'_>,
    bundled: bool,
    made: EventId,
) -> Result<Option<MoveRecord>, Failure> {
    let (environment, artifact) = (&found.environment, &found.artifact);
    let same = |state: &State<'_>| -> Result<bool, Failure> {
        let event = if bundled {
            state.bundle(environment, &artifact.name)?.map(|record| record.event)
        } else {
            state.live(environment, artifact)?.map(|record| record.event)
        };
        Ok(event == Some(made))
    };
    let state = now.state();
    if same(&state)? {
        return Ok(None);
    }
    let mut low = movement(&state, environment, made)?.number + 1;
    let mut high = state.environment(environment)?.map_or(low, |record| record.moves);
    while low < high {
        let middle = low + (high - low) / 2;
        let seq = state.movement(environment, middle)?.map_or(now.tip.seq, |movement| movement.seq);
        let view = world.journal.state(seq)?;
        if same(&State::new(view.as_ref()))? { low = middle + 1 } else { high = middle }
    }
    Ok(state.movement(environment, low)?)
}
