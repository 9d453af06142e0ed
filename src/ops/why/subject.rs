//! From what is asked about to the moment and place where it was live.

use std::collections::BTreeSet;

use super::Subject;
use crate::{
    name::{Artifact, Environment, Kind},
    object::{BundleId, Prefix},
    ops::{
        Failure, Stamp, World, at, origin,
        resolve::{Names, ambiguous, environment_rules},
        standing::Standing,
    },
    state::BundleRecord,
};

/// Something that is or was live: the state at a moment when it was.
pub(super) struct Found<'a> {
    pub(super) then: Standing<'a>,
    pub(super) environment: Environment,
    pub(super) artifact: Artifact,
}

pub(super) fn find<'a>(world: &'a World, now: &Standing<'_>, subject: &Subject) -> Result<Found<'a>, Failure> {
    match subject {
        Subject::Stamp(stamp) => by_stamp(world, now, stamp),
        Subject::Bundle(prefix) => by_bundle(world, now, prefix),
        Subject::Live { environment, artifact, at } => {
            let then = at::standing(world, *at)?;
            environment_rules(&then, environment)?;
            let artifact = Names::of(&then).named(artifact)?;
            if then.state().live(environment, &artifact)?.is_none() {
                let when = at.map_or_else(|| "is".to_owned(), |at| format!("at {at} was"));
                let failure = Failure::cannot("not-live", format!("`{artifact}` {when} not live in `{environment}`"));
                let failure = match then.state().gone(environment, &artifact)? {
                    Some(gone) => {
                        failure.because(format!("event `{}` ended that at {}", gone.event.short(), gone.time))
                    }
                    None => failure.because("it never was"),
                };
                return Err(failure.run(format!("chancery env {environment}")));
            }
            Ok(Found { then, environment: environment.clone(), artifact })
        }
    }
}

fn by_stamp<'a>(world: &'a World, now: &Standing<'_>, stamp: &Stamp) -> Result<Found<'a>, Failure> {
    let mut found = Vec::new();
    for (event, seq) in world.journal.find(&stamp.event)? {
        let then = at::after(world, seq)?;
        let bundle = then.state().bundle(&stamp.environment, &stamp.prompt)?;
        let fits = |record: &BundleRecord| {
            record.event == event && record.bundle.is_some_and(|bundle| stamp.bundle.matches(&bundle.0))
        };
        if let Some(record) = bundle.filter(fits) {
            found.push(place(then, &stamp.environment, &record));
        }
    }
    if found.len() > 1 {
        let message = format!("event `{}` of the stamp may be any of {}", stamp.event, found.len());
        return Err(Failure::cannot("ambiguous-id", message).say("give the whole stamp, as it was logged"));
    }
    let Some(found) = found.pop() else {
        let unknown = Failure::cannot("unknown-stamp", format!("nothing was ever served as `{stamp}`"));
        return Err(if stamp.project == now.governance.project {
            unknown.say("give the whole stamp, as it was logged; `chancery env` shows those of what is live")
        } else {
            foreign(stamp, &now.governance.project)
        });
    };
    let known = [&found.then.governance.project, &now.governance.project];
    if known.contains(&&stamp.project) { Ok(found) } else { Err(foreign(stamp, &now.governance.project)) }
}

fn foreign(stamp: &Stamp, project: &str) -> Failure {
    Failure::cannot("foreign-stamp", format!("the stamp is of project `{}`", stamp.project))
        .because(format!("this project is `{project}`"))
        .say("ask there: `chancery -C DIR why …`")
}

/// Where the bundle is live, the last environment first; else where it was.
fn by_bundle<'a>(world: &'a World, now: &Standing<'_>, prefix: &Prefix) -> Result<Found<'a>, Failure> {
    let state = now.state();
    let fits = |record: &BundleRecord| record.bundle.is_some_and(|bundle| prefix.matches(&bundle.0));
    let mut places: Vec<(Environment, u64, BundleRecord)> = Vec::new();
    for rules in now.governance.environments.iter().rev() {
        let live = state.bundles(&rules.name)?.into_iter().filter(fits);
        places.extend(live.map(|record| (rules.name.clone(), now.tip.seq, record)));
    }
    if places.is_empty() {
        for rules in now.governance.environments.iter().rev() {
            for movement in origin::moves(&state, &rules.name)?.iter().rev() {
                let then = at::after(world, movement.seq)?;
                let made =
                    then.state().bundles(&rules.name)?.into_iter().filter(|record| record.event == movement.event);
                places.extend(made.filter(fits).map(|record| (rules.name.clone(), movement.seq, record)));
            }
        }
    }
    let ids: BTreeSet<BundleId> = places.iter().filter_map(|(_, _, record)| record.bundle).collect();
    if ids.len() > 1 {
        return Err(ambiguous(prefix, ids));
    }
    let Some((environment, seq, record)) = places.into_iter().next() else {
        let message = format!("no bundle whose id begins with `{prefix}` was ever live");
        return Err(Failure::cannot("unknown-bundle", message).run("chancery env"));
    };
    Ok(place(at::after(world, seq)?, &environment, &record))
}

fn place<'a>(then: Standing<'a>, environment: &Environment, record: &BundleRecord) -> Found<'a> {
    let artifact = Artifact::new(Kind::Prompt, record.prompt.clone());
    Found { then, environment: environment.clone(), artifact }
}
