//! What a root should know of proposed rules besides what differs.

use super::{Failure, World, rules_file::reigns, sources, standing::Standing};
use crate::{
    governance::{FILE, Governance},
    ledger::Move,
    object::Digest,
    problem::Problem,
    state::ProposalRecord,
};

/// One line for each: rules that were in force before, keys that were taken away, and what is doubtful and new.
pub(super) fn warnings(
    world: &World,
    standing: &Standing<'_>,
    record: &ProposalRecord,
) -> Result<Vec<String>, Failure> {
    let Some(change) = &record.proposal.governance else { return Ok(Vec::new()) };
    let mut found: Vec<String> = back(world, standing, change)?.into_iter().collect();
    found.extend(keys_again(standing, change)?);
    let known = doubts(world, &change.from)?;
    found.extend(doubts(world, &change.to)?.into_iter().filter(|doubt| !known.contains(doubt)));
    Ok(found)
}

/// Whether these rules were in force before.
fn back(world: &World, standing: &Standing<'_>, change: &Move<Digest>) -> Result<Option<String>, Failure> {
    let reigns = reigns(world, standing)?;
    let reign = reigns.iter().find(|reign| reign.rules == change.to && reign.rules != standing.project.governance);
    Ok(reign.map(|reign| {
        let (since, until) = (reign.since.short(), reign.until.short());
        format!("these are the rules of event {since}, which event {until} replaced: all that has changed since is taken back")
    }))
}

/// Keys that would be listed again after they were taken away.
fn keys_again(standing: &Standing<'_>, change: &Move<Digest>) -> Result<Vec<String>, Failure> {
    let from = standing.payload.governance(&change.from)?;
    let to = standing.payload.governance(&change.to)?;
    let mut found = Vec::new();
    for record in standing.state().keys()? {
        let Some(until) = record.until else { continue };
        let listed = |rules: &Governance| {
            let mut people = rules.people.people.iter();
            people.find_map(|(handle, person)| {
                person.keys.iter().find(|key| key.as_str() == record.key).map(|key| (handle.clone(), key.fingerprint()))
            })
        };
        if let (None, Some((handle, fingerprint))) = (listed(&from), listed(&to)) {
            let was = if handle == record.person { String::new() } else { format!(" from `{}`", record.person) };
            found.push(format!("`{handle}` gets key {fingerprint}, which event {} took away{was}", until.short()));
        }
    }
    Ok(found)
}

/// What is doubtful in rules, without where it stands.
fn doubts(world: &World, rules: &Digest) -> Result<Vec<String>, Failure> {
    let (_, warnings): (_, Vec<Problem>) = Governance::parse(FILE, &sources::bytes(world, rules)?)?;
    Ok(warnings.into_iter().map(|problem| problem.message).collect())
}
