//! How things stood at a moment: from a time to the newest event that was recorded by then.

use super::{Failure, World, standing::Standing};
use crate::{clock::Time, ledger::Tip};

/// How things stand, or stood at `at`.
///
/// # Errors
///
/// `before-the-beginning` when the project began later.
pub(super) fn standing(world: &World, at: Option<Time>) -> Result<Standing<'_>, Failure> {
    let now = Standing::read(world)?;
    let Some(at) = at else { return Ok(now) };
    let seq = newest_by(world, now.tip.seq, at)?;
    if seq == now.tip.seq {
        return Ok(now);
    }
    if seq == 0 {
        let (first, _) = world.journal.read(1)?;
        let message = format!("nothing was recorded yet at {at}");
        let because = format!("the project began at {}", first.record.time);
        return Err(Failure::cannot("before-the-beginning", message).because(because).run("chancery audit"));
    }
    after(world, seq)
}

/// How things stood right after the event with this number.
///
/// # Errors
///
/// When there is no such event, or it cannot be read.
pub(super) fn after(world: &World, seq: u64) -> Result<Standing<'_>, Failure> {
    let (event, _) = world.journal.read(seq)?;
    // Nothing is ever appended to an earlier event, so its place in the adapter's words is not needed.
    let tip = Tip { seq, event: event.id(), record: event.record.digest(), place: String::new() };
    Standing::after(world, tip)
}

/// The number of the newest event recorded at or before a time; 0 when there is none. Times never go back.
///
/// # Errors
///
/// When an event cannot be read.
pub(super) fn newest_by(world: &World, tip: u64, at: Time) -> Result<u64, Failure> {
    let (mut low, mut high) = (0, tip);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if world.journal.read(middle)?.0.record.time <= at {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}

/// The number of the first event recorded at or after a time; one more than there are when there is none.
///
/// # Errors
///
/// When an event cannot be read.
pub(super) fn first_from(world: &World, tip: u64, at: Time) -> Result<u64, Failure> {
    let (mut low, mut high) = (1, tip + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if world.journal.read(middle)?.0.record.time >= at {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}
