//! Which rules a promotion is to go past, why, and for how long.

use super::WaivedRules;
use crate::{
    clock::{Span, Time},
    gate::{Rule, waive},
    ops::{Failure, World, docket::Docket, standing::Standing},
    state::{Case, may_be_overridden, refuse_terms, refuse_waiver},
};

/// What somebody with the role asks for beside the ordinary way.
#[derive(Debug, Clone)]
pub struct Exception {
    /// The rules to waive.
    pub rules: Vec<Rule>,
    /// Why.
    pub reason: String,
    /// Until when it must have been reviewed.
    pub expires: Expiry,
}

/// A moment, or how long from now.
#[derive(Debug, Clone, Copy)]
pub enum Expiry {
    /// So long from now.
    In(Span),
    /// Then.
    At(Time),
}

/// Waives what is asked for in the verdict, as the rules decide it too when it is recorded.
///
/// # Errors
///
/// `not-waivable`, `nothing-to-waive`, `reason-missing`, `bad-expiry`.
pub(super) fn allow(
    world: &World,
    standing: &Standing<'_>,
    weighed: &mut Docket,
    asked: &Exception,
) -> Result<WaivedRules, Failure> {
    let state = standing.state();
    let case = Case::new(&state, &standing.governance, standing.project.governance, &weighed.record)?;
    let teach = |failure: Failure| failure.run("chancery promote --help");
    let environment = may_be_overridden(&case).map_err(Failure::from)?;
    let newest = state.newest()?.map(|placed| placed.time);
    let now = world.clock.now();
    let now = newest.map_or(now, |time| time.max(now));
    let expires = match asked.expires {
        Expiry::At(time) => time,
        Expiry::In(span) => later(now, span)?,
    };
    refuse_terms(&asked.reason, expires, now).map_err(|refusal| teach(refusal.into()))?;
    let mut named = asked.rules.clone();
    named.sort_by_key(|rule| rule.word());
    named.dedup();
    let verdict = waive(&weighed.verdict, &environment.waivable, &named).map_err(|not| {
        let failure = Failure::from(refuse_waiver(not));
        let waivable: Vec<&str> = environment.waivable.iter().map(|rule| rule.word()).collect();
        let name = &environment.name;
        let failure = match waivable.as_slice() {
            [] => failure.because(format!("the rules in force call nothing waivable in `{name}`")),
            words => failure.because(format!("the rules in force call waivable in `{name}`: {}", words.join(", "))),
        };
        failure.run(format!("chancery promote {} --dry-run", weighed.record.id.short()))
    })?;
    let rules = named.into_iter().map(|rule| rule.word().to_owned()).collect();
    drop(case);
    weighed.verdict = verdict;
    Ok(WaivedRules { rules, reason: asked.reason.clone(), expires })
}

/// A moment so long after another.
fn later(now: Time, span: Span) -> Result<Time, Failure> {
    let beyond = || Failure::usage(format!("`{span}` from now is beyond the calendar"));
    let seconds = i64::try_from(span.as_seconds()).map_err(|_| beyond())?;
    now.unix().checked_add(seconds).and_then(Time::from_unix).ok_or_else(beyond)
}
