//! Deciding what arrived: first whether it is the same history, then event by event.

use std::ops::ControlFlow;

use crate::{
    ledger::{Absorbed, Event, Exchange, History, Side, Tip},
    ops::{
        Failure, World,
        deciding::{Deciding, Read, STRIDE, read_ahead},
    },
    state::State,
};

/// So many events of each of two histories are shown.
const SHOWN: u64 = 3;

/// Decides everything that arrived and is new; answers how many events that is.
///
/// # Errors
///
/// `cut-short`, `two-histories`, `foreign-project`, or the rule that the first unlawful event breaks.
pub(super) fn judge(world: &World, remote: &dyn Exchange, progress: &dyn Fn(u64, u64)) -> Result<u64, Failure> {
    let (arrived, shared) = (remote.line(Side::Arrived), remote.line(Side::Shared));
    let tip = arrived.tip().map_err(|error| unreadable(remote, &error.into()))?;
    let confirmed = shared.tip()?;
    let Some(tip) = tip else {
        return match confirmed {
            _ if remote.is_new() => Ok(0),
            None => Ok(0),
            Some(confirmed) => Err(cut_short(remote, 0, &confirmed)),
        };
    };
    let common = |side| remote.common(Side::Arrived, side).map_err(|error| unreadable(remote, &error.into()));
    let (with_shared, with_ours) = (common(Side::Shared)?, common(Side::Ledger)?);
    if let Some(confirmed) = confirmed.filter(|confirmed| with_shared < confirmed.seq) {
        return Err(if with_shared == tip.seq {
            cut_short(remote, tip.seq, &confirmed)
        } else {
            two_histories(remote, with_shared, &confirmed, &tip)
        });
    }
    if with_ours == 0 && world.journal.tip()?.is_some() {
        return Err(foreign(remote, arrived.as_ref()));
    }
    let from = with_shared.max(with_ours);
    let deciding = Deciding::of(arrived.as_ref(), world);
    let mut refused = Ok(tip.seq - from);
    read_ahead(arrived.as_ref(), from + 1..=tip.seq, &mut |seq, read| {
        if let Err(failure) = decide(&deciding, remote, seq, read) {
            refused = Err(failure);
            return ControlFlow::Break(());
        }
        if seq.is_multiple_of(STRIDE) || seq == tip.seq {
            progress(seq - from, tip.seq - from);
        }
        ControlFlow::Continue(())
    });
    refused
}

/// Decides one event that arrived.
fn decide(deciding: &Deciding<'_>, remote: &dyn Exchange, seq: u64, read: Read) -> Result<(), Failure> {
    let (event, seal) = read.map_err(|error| at(remote, seq, None, Failure::from(error)))?;
    match deciding.decide(&event, &seal) {
        Ok(true) => Ok(()),
        Ok(false) => {
            let message = "the state kept after it is not what the events up to it make";
            Err(at(remote, seq, Some(&event), Failure::refused("state-differs", message)))
        }
        Err(error) => Err(at(remote, seq, Some(&event), error.into())),
    }
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

/// An event that is refused, with its place, and what that means.
fn at(remote: &dyn Exchange, seq: u64, event: Option<&Event>, failure: Failure) -> Failure {
    if failure.code == "upgrade" {
        return failure;
    }
    let named = event.map_or_else(String::new, |event| {
        format!(" `{}` ({} by `{}`)", event.id().short(), event.act.act().deed.kind(), event.act.act().person)
    });
    let message = format!("event {seq}{named} of `{}`: {}", remote.place(), failure.message);
    Failure { message, ..Failure::refused(failure.code, "") }
        .because("what arrives is decided here by the same rules as where it was made; this clone stays where it was")
        .say("whoever recorded that event, or keeps the remote, must answer for it")
}

/// What the remote has cannot even be read.
fn unreadable(remote: &dyn Exchange, failure: &Failure) -> Failure {
    Failure {
        message: format!("what `{}` has is no ledger: {}", remote.place(), failure.message),
        ..Failure::refused("not-a-ledger", "")
    }
    .because("this clone stays where it was")
    .run("chancery remote")
}

fn cut_short(remote: &dyn Exchange, has: u64, confirmed: &Tip) -> Failure {
    let place = remote.place();
    let message = match has {
        0 => format!("`{place}` has no ledger any more"),
        has => format!("`{place}` ends at event {has}"),
    };
    Failure::refused("cut-short", message)
        .because(format!(
            "it had confirmed event {} (`{}`) to this clone: somebody cut it short or put an older copy there",
            confirmed.seq,
            confirmed.event.short()
        ))
        .say("this clone stays where it was; its ledger is whole")
        .say("if the remote was restored from a backup, give back what it lost: `chancery push --restore`")
}

fn two_histories(remote: &dyn Exchange, common: u64, confirmed: &Tip, there: &Tip) -> Failure {
    let shown = |side, tip: &Tip| -> String {
        let line = remote.line(side);
        let last = tip.seq.min(common + SHOWN);
        let mut lines: Vec<String> = (common + 1..=last).map(|seq| described(line.as_ref(), seq)).collect();
        if last < tip.seq {
            lines.push(format!("… up to event {} `{}`", tip.seq, tip.event.short()));
        }
        lines.join("; ")
    };
    Failure::refused(
        "two-histories",
        format!("`{}` has another history than the one it confirmed, from event {} on", remote.place(), common + 1),
    )
    .because(format!(
        "confirmed to this clone: {}. There now: {}",
        shown(Side::Shared, confirmed),
        shown(Side::Arrived, there)
    ))
    .say("this clone stays where it was, and neither is trusted further: compare with your colleagues' clones")
}

fn described(line: &dyn History, seq: u64) -> String {
    match line.read(seq) {
        Ok((event, _)) => {
            let act = event.act.act();
            let (id, kind) = (event.id().short(), act.deed.kind());
            format!("{seq} `{id}` {kind} by `{}` at {}", act.person, event.record.time)
        }
        Err(_) => format!("{seq} cannot be read"),
    }
}

fn foreign(remote: &dyn Exchange, arrived: &dyn History) -> Failure {
    let project = |line: &dyn History| {
        let begun = line.state(1).ok().and_then(|view| State::new(view.as_ref()).project().ok().flatten());
        begun.map_or_else(|| "unknown".to_owned(), |project| project.project.short())
    };
    let ours = project(remote.line(Side::Ledger).as_ref());
    Failure::refused("foreign-project", format!("`{}` keeps another project", remote.place()))
        .because(format!("its first event is not the one here: project {} there, {ours} here", project(arrived)))
        .run("chancery remote URL")
}
