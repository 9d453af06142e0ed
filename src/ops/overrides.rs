//! Overrides that nobody has reviewed yet: what every screen leads with.

use super::{Failure, World, standing::Standing};
use crate::{
    clock::Time,
    name::Environment,
    report::OverrideLine,
    state::{OverrideRecord, reviewers},
};

/// Those in the environments that the rules know, in their order; in each, the oldest first.
pub(super) fn everywhere(world: &World, standing: &Standing<'_>) -> Result<Vec<OverrideLine>, Failure> {
    let mut found = Vec::new();
    for rules in &standing.governance.environments {
        found.extend(within(world, standing, &rules.name)?);
    }
    Ok(found)
}

/// Those in one environment, the oldest first.
pub(super) fn within(
    world: &World,
    standing: &Standing<'_>,
    environment: &Environment,
) -> Result<Vec<OverrideLine>, Failure> {
    let state = standing.state();
    let newest = state.newest()?.map(|placed| placed.time);
    let now = world.clock.now();
    let now = newest.map_or(now, |time| time.max(now));
    let records = state.unreviewed(environment)?;
    Ok(records.into_iter().map(|record| line(standing, record, now)).collect())
}

fn line(standing: &Standing<'_>, record: OverrideRecord, now: Time) -> OverrideLine {
    let who = reviewers(&standing.governance, &record);
    OverrideLine {
        event: record.event,
        proposal: record.proposal,
        environment: record.environment,
        person: record.person,
        time: record.time,
        rules: record.rules,
        reason: record.reason,
        expired: record.expires <= now,
        expires: record.expires,
        who,
    }
}
