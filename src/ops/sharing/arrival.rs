//! Deciding what arrived: first whether it is the same history, then event by event.

use std::ops::ControlFlow;

use super::dispute;
use crate::{
    clock::Time,
    ledger::{Absorbed, Event, Exchange, History, Side},
    object::{EventId, Prefix},
    ops::{
        Failure, World,
        deciding::{Deciding, Read, STRIDE, read_ahead},
        replay::payload_of,
    },
    state::{State, StateError},
};

/// By so many seconds another clock may be ahead of the one here. Order comes from the chain, but spans (how long
/// something was live, how old evidence is) are counted from recorded times, and whoever records after an event can
/// state no earlier time: one from next year would stand in everybody's way for ever.
const AHEAD: i64 = 10 * 60;

/// Decides everything that arrived and is new; answers how many events that is.
///
/// # Errors
///
/// `cut-short`, `two-histories`, `foreign-project`, `from-the-future`, or the rule that the first unlawful event
/// breaks.
pub(super) fn judge(world: &World, remote: &dyn Exchange, progress: &dyn Fn(u64, u64)) -> Result<u64, Failure> {
    let (arrived, shared) = (remote.line(Side::Arrived), remote.line(Side::Shared));
    let tip = arrived.tip().map_err(|error| dispute::unreadable(remote, &error.into()))?;
    let confirmed = shared.tip()?;
    let Some(tip) = tip else {
        return match confirmed {
            Some(confirmed) if !remote.is_new() => Err(dispute::cut_short(remote, 0, &confirmed)),
            _ => Ok(0),
        };
    };
    let common = |side| remote.common(Side::Arrived, side).map_err(|error| dispute::unreadable(remote, &error.into()));
    let (with_shared, with_ours) = (common(Side::Shared)?, common(Side::Ledger)?);
    let ours = remote.line(Side::Ledger).tip()?;
    if ours.is_none() {
        // Only a chain that leads down to its first event is a ledger at all.
        arrived.state(1).map_err(|error| dispute::unreadable(remote, &error.into()))?;
    }
    if with_ours == 0 && ours.is_some() {
        dispute::same_project(remote)?;
    }
    // Of a project that began twice one ledger is not the one that this clone stands on, confirmed or not.
    let stands_on =
        confirmed.map(|tip| (Side::Shared, tip)).or(ours.filter(|_| with_ours == 0).map(|tip| (Side::Ledger, tip)));
    if let Some((side, ours)) = stands_on.filter(|(_, ours)| with_shared < ours.seq) {
        if with_shared == tip.seq {
            return Err(dispute::cut_short(remote, tip.seq, &ours));
        }
        let broken = decide(world, remote, with_shared, tip.seq, &|_, _| ()).err();
        return Err(dispute::two_histories(remote, with_shared, (side, &ours), &tip, broken.as_ref()));
    }
    let from = with_shared.max(with_ours);
    decide(world, remote, from, tip.seq, progress)?;
    Ok(tip.seq - from)
}

/// Decides the events that arrived after one place and up to another.
fn decide(
    world: &World,
    remote: &dyn Exchange,
    from: u64,
    to: u64,
    progress: &dyn Fn(u64, u64),
) -> Result<(), Failure> {
    let arrived = remote.line(Side::Arrived);
    let newest = arrived.state(to)?;
    let deciding = Deciding::of(arrived.as_ref(), world, newest.as_ref());
    let mut outcome = Ok(());
    read_ahead(arrived.as_ref(), from + 1..=to, &mut |seq, read| {
        outcome = decide_one(&deciding, world, remote, seq, read);
        if seq.is_multiple_of(STRIDE) || seq == to {
            progress(seq - from, to - from);
        }
        if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    outcome
}

fn decide_one(
    deciding: &Deciding<'_>,
    world: &World,
    remote: &dyn Exchange,
    seq: u64,
    read: Read,
) -> Result<(), Failure> {
    let (event, seal) = read.map_err(|error| {
        let id = stated(remote.line(Side::Arrived).as_ref(), seq);
        at(remote, seq, id.map(|id| format!(" `{}`", id.short())), error.into())
    })?;
    let refused = |failure| at(remote, seq, Some(named(&event)), failure);
    let decided = || -> Result<bool, StateError> {
        if !deciding.decide(&event, &seal)? {
            return Ok(false);
        }
        payload_of(&event.act.act().deed).into_iter().try_for_each(|(id, what)| deciding.demand(&id, what))?;
        Ok(true)
    };
    if !decided().map_err(|error| refused(error.into()))? {
        let message = "the state kept after it is not what the events up to it make";
        return Err(refused(Failure::refused("state-differs", message)));
    }
    let now = world.clock.now();
    if event.record.time.since(now) > AHEAD {
        return Err(from_the_future(remote, seq, &event, now));
    }
    Ok(())
}

/// Whether what arrived is the project that it must be; where nothing arrived there is nothing to say.
///
/// # Errors
///
/// `other-project`.
pub(super) fn expect(remote: &dyn Exchange, expect: Option<&Prefix>) -> Result<(), Failure> {
    let arrived = remote.line(Side::Arrived);
    let (Some(expect), Some(_)) = (expect, arrived.tip()?) else { return Ok(()) };
    let view = arrived.state(1)?;
    let project = State::new(view.as_ref()).project()?.map(|project| project.project);
    if project.is_some_and(|project| expect.matches(&project)) {
        return Ok(());
    }
    let there = project.map_or_else(|| "unknown".to_owned(), |project| project.short());
    Err(Failure::refused("other-project", format!("`{}` keeps project {there}", remote.place()))
        .because(format!("`--expect` says {expect}"))
        .say("ask a colleague for the address and the project: `chancery init` and `chancery clone` print it"))
}

/// Payload that is missing and that the remote once had was withheld or lost there: that can be mended.
pub(super) fn blame(failure: Failure, absorbed: &Absorbed) -> Failure {
    if failure.code != "payload-missing" {
        return failure;
    }
    let failure = match absorbed.dropped.len() {
        0 => failure,
        count => failure.because(format!("the remote no longer has {count} pieces of payload that it had")),
    };
    failure.say("somebody whose clone has it puts it back with `chancery push`; then pull again")
}

fn named(event: &Event) -> String {
    format!(" `{}` ({} by `{}`)", event.id().short(), event.act.act().deed.kind(), event.act.act().person)
}

/// What an event that cannot be read is called by what was kept after it, which may be a lie.
fn stated(line: &dyn History, seq: u64) -> Option<EventId> {
    let view = line.state(seq).ok()?;
    let newest = State::new(view.as_ref()).newest().ok().flatten()?;
    (newest.seq == seq).then_some(newest.event)
}

/// An event that is refused, with its place, and what that means.
fn at(remote: &dyn Exchange, seq: u64, named: Option<String>, failure: Failure) -> Failure {
    let place = format!("event {seq}{} of `{}`", named.unwrap_or_default(), remote.place());
    let said = failure.message.strip_prefix(&format!("event number {seq}: ")).unwrap_or(&failure.message);
    let message = format!("{place}: {said}");
    if failure.code == "upgrade" {
        return Failure { message, ..failure };
    }
    Failure { message, ..Failure::refused(failure.code, "") }
        .because("what arrives is decided here by the same rules as where it was made; this clone stays where it was")
        .say("whoever recorded that event, or keeps the remote, must answer for it")
}

fn from_the_future(remote: &dyn Exchange, seq: u64, event: &Event, now: Time) -> Failure {
    let (time, recorder) = (event.record.time, &event.record.recorder);
    let message = format!("recorded by `{recorder}` at {time}, and it is {now} here");
    let failure = at(remote, seq, Some(named(event)), Failure::refused("from-the-future", message));
    Failure { next: Vec::new(), ..failure }
        .because("one of two clocks is wrong; whoever records later could state no earlier time than this")
        .say(format!("if the clock here is wrong: set it, then pull again; else ask `{recorder}` about theirs"))
}
