//! What is said when the remote has something else than it should.

use crate::{
    ledger::{Exchange, History, Side, Tip},
    object::Digest,
    ops::Failure,
    state::State,
};

/// So many events of each of two histories are shown.
const SHOWN: u64 = 3;

/// What the remote has cannot even be read.
pub(super) fn unreadable(remote: &dyn Exchange, failure: &Failure) -> Failure {
    let message = format!("what `{}` has is no ledger: {}", remote.place(), failure.message);
    if failure.code == "upgrade" {
        return Failure::cannot("upgrade", message).say("upgrade chancery");
    }
    Failure::refused("not-a-ledger", message)
        .because("somebody put something else there; this clone stays where it was")
        .run("chancery remote")
}

pub(super) fn cut_short(remote: &dyn Exchange, has: u64, confirmed: &Tip) -> Failure {
    let place = remote.place();
    let message = match has {
        0 => format!("`{place}` has no ledger any more"),
        has => format!("`{place}` ends at event {has}"),
    };
    Failure::refused("cut-short", message)
        .because(format!(
            "event {} (`{}`) was confirmed to this clone: somebody cut it short or put an older copy there",
            confirmed.seq,
            confirmed.event.short()
        ))
        .say("this clone stays where it was; its ledger is whole")
        .say("if the remote was restored from a backup, give back what it lost: `chancery push --restore`")
}

/// Two histories, both shown from where they part. `broken`: what the rules refuse of the one that arrived.
pub(super) fn two_histories(
    remote: &dyn Exchange,
    common: u64,
    (side, ours): (Side, &Tip),
    there: &Tip,
    broken: Option<&Failure>,
) -> Failure {
    let by = match side {
        Side::Shared => "it confirmed",
        _ => "this clone has",
    };
    let lawful = broken.map_or_else(
        || "the rules allow both: people who may do so recorded them".to_owned(),
        |broken| format!("the rules refuse the one that is there now: {}", broken.message),
    );
    Failure::refused(
        "two-histories",
        format!("`{}` has another history than the one {by}, from event {} on", remote.place(), common + 1),
    )
    .because(format!(
        "confirmed to this clone: {}. There now: {}. {lawful}",
        shown(remote.line(side).as_ref(), common, ours),
        shown(remote.line(Side::Arrived).as_ref(), common, there)
    ))
    .say("this clone stays where it was, and neither is trusted further")
    .say("compare both with your colleagues' clones: `chancery audit` shows what each has")
}

/// The first events of a history after some place, and its newest.
fn shown(line: &dyn History, common: u64, tip: &Tip) -> String {
    let last = tip.seq.min(common + SHOWN);
    let mut events: Vec<String> = (common + 1..=last).map(|seq| described(line, seq)).collect();
    if last < tip.seq {
        events.push(format!("… up to event {} `{}`", tip.seq, tip.event.short()));
    }
    events.join("; ")
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

/// Refuses a ledger that began with other rules than this clone's.
pub(super) fn same_project(remote: &dyn Exchange) -> Result<(), Failure> {
    let (ours, theirs) = (project(remote.line(Side::Ledger).as_ref()), project(remote.line(Side::Arrived).as_ref()));
    if ours == theirs {
        return Ok(());
    }
    let told = |project: Option<Digest>| project.map_or_else(|| "unknown".to_owned(), |project| project.short());
    Err(Failure::refused("foreign-project", format!("`{}` keeps another project", remote.place()))
        .because(format!("project {} is there, {} is here; this clone stays where it was", told(theirs), told(ours)))
        .run("chancery remote URL"))
}

fn project(line: &dyn History) -> Option<Digest> {
    let view = line.state(1).ok()?;
    State::new(view.as_ref()).project().ok().flatten().map(|project| project.project)
}
