//! Base, order and soak: where a change comes from.

use std::cmp::Reverse;

use super::{Facts, Next, Rule, RuleResult, Stay, verdict::Obstacle};
use crate::{
    clock::{Span, Time},
    name::Environment,
};

/// The proposal stands on what is live now; once part of its base moves it is void.
pub(super) fn base(facts: &Facts) -> RuleResult {
    let mut moved: Vec<String> = facts.base_moved.iter().map(ToString::to_string).collect();
    moved.sort();
    moved.dedup();
    let left = facts.proposer_left.as_ref().map(|person| {
        let reason = format!("`{person}`, who proposed it, may no longer do so");
        Obstacle::new("proposer-left", reason).next(Next::Refresh)
    });
    let obstacles = moved
        .iter()
        .map(|artifact| {
            let reason = format!("`{artifact}` moved in `{}` after the proposal was made", facts.target);
            Obstacle::new("base-moved", reason).next(Next::Refresh)
        })
        .chain(left)
        .collect();
    RuleResult::settle(Rule::Base, obstacles, ("unmoved", format!("nothing proposed has moved in `{}`", facts.target)))
}

/// Everything proposed was live in the environment before.
pub(super) fn order(facts: &Facts) -> RuleResult {
    let Some(after) = &facts.after else {
        return RuleResult::met(
            Rule::Order,
            "not-applicable",
            format!("no environment comes before `{}`", facts.target),
        );
    };
    let stays = stays(facts);
    if stays.is_empty() {
        let nothing = Obstacle::new("nothing-proposed", "no proposed version is known");
        return RuleResult::settle(Rule::Order, vec![nothing], ("", String::new()));
    }
    let obstacles = stays.iter().filter_map(|thing| never_live(thing, after)).collect();
    RuleResult::settle(Rule::Order, obstacles, ("live-before", format!("everything proposed was live in `{after}`")))
}

/// Everything proposed was live in the environment before for long enough; `None` when no soak is asked.
pub(super) fn soak(facts: &Facts) -> Option<RuleResult> {
    let soak = facts.soak?;
    let Some(after) = &facts.after else {
        let no = Obstacle::new(
            "nowhere-to-soak",
            format!("`{}` asks for a soak and has no environment before", facts.target),
        );
        return Some(RuleResult::settle(Rule::Soak, vec![no], ("", String::new())));
    };
    let stays = stays(facts);
    // Without a stay nothing has soaked, so an empty list or one never live is a no here too.
    let mut obstacles: Vec<Obstacle> =
        stays.iter().filter_map(|thing| too_short(thing, soak, facts.now, after)).collect();
    if stays.is_empty() {
        obstacles.push(Obstacle::new("nothing-proposed", "no proposed version is known"));
    }
    // What waiting does not mend comes first, then the longest wait: it is the one that decides.
    obstacles
        .sort_by_key(|no| (matches!(no.next, Some(Next::Wait { .. })), Reverse(no.next.clone()), no.reason.clone()));
    Some(RuleResult::settle(Rule::Soak, obstacles, ("soaked", format!("live in `{after}` for at least {soak}"))))
}

/// One proposed thing, what to call it, and its stay.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Proposed {
    what: String,
    deletion: bool,
    stay: Option<Stay>,
}

/// Versions first, then whole bundles; each sorted, so that the order of the facts does not matter.
fn stays(facts: &Facts) -> Vec<Proposed> {
    let mut versions: Vec<Proposed> = facts
        .versions
        .iter()
        .map(|live| {
            let what = match live.version {
                Some(version) => format!("`{}` {}", live.artifact, version.short()),
                None => format!("`{}`", live.artifact),
            };
            Proposed { what, deletion: live.version.is_none(), stay: live.stay }
        })
        .collect();
    versions.sort();
    versions.dedup();
    let mut bundles: Vec<Proposed> = facts
        .bundles_before
        .iter()
        .map(|live| {
            let what = format!("the bundle {} of `{}`", live.bundle.short(), live.prompt);
            Proposed { what, deletion: false, stay: live.stay }
        })
        .collect();
    bundles.sort();
    bundles.dedup();
    versions.extend(bundles);
    versions
}

/// What to say of something that was never live in the environment before.
fn never_live(thing: &Proposed, after: &Environment) -> Option<Obstacle> {
    if thing.stay.is_some() {
        return None;
    }
    let next = Next::PromoteIn { environment: after.clone() };
    Some(if thing.deletion {
        Obstacle::new("still-live-before", format!("{} is to be deleted and is still live in `{after}`", thing.what))
            .next(next)
    } else {
        Obstacle::new("not-live-before", format!("{} was never live in `{after}`", thing.what)).next(next)
    })
}

/// What to say of something that was not live in the environment before for long enough.
fn too_short(thing: &Proposed, soak: Span, now: Time, after: &Environment) -> Option<Obstacle> {
    let Some(stay) = thing.stay else {
        return never_live(thing, after);
    };
    let wanted = i64::try_from(soak.as_seconds()).unwrap_or(i64::MAX);
    if stay.until.unwrap_or(now).since(stay.since) >= wanted {
        return None;
    }
    let reason = format!("{} was not live in `{after}` for {soak}", thing.what);
    let next = match (stay.until, Time::from_unix(stay.since.unix().saturating_add(wanted))) {
        (None, Some(until)) => Some(Next::Wait { until }),
        (None, None) => None,
        (Some(_), _) => Some(Next::PromoteIn { environment: after.clone() }),
    };
    Some(Obstacle { code: "too-fresh", reason, next })
}
