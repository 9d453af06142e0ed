//! `tool_calls`: several calls, in an order or in none.

use crate::{
    artifact::{ArgumentMatch, CallOrder, Calls},
    render::ToolCall,
};

use super::{
    Ruling,
    condition::Judge,
    tools::{Others, all, shown, wanted_in_short, why_not},
};

/// `tool_calls`: these calls, and no others where it says so; arguments are exactly those that are named.
pub(in crate::eval) fn tool_calls(calls: &[ToolCall], wanted: &Calls) -> Ruling {
    let judge = Judge::default();
    match wanted.order {
        CallOrder::Exactly => exactly(&judge, calls, &wanted.calls),
        CallOrder::InOrder => in_order(&judge, calls, &wanted.calls),
        CallOrder::AnyOrder | CallOrder::AtLeast => any_order(&judge, calls, wanted),
    }
}

fn fits(judge: &Judge, call: &ToolCall, wanted: &ArgumentMatch) -> bool {
    why_not(judge, call, wanted, Others::Refused).is_none()
}

fn exactly(judge: &Judge, calls: &[ToolCall], wanted: &[ArgumentMatch]) -> Ruling {
    let fit = calls.iter().zip(wanted).take_while(|(call, wanted)| fits(judge, call, wanted)).count();
    match (calls.get(fit), wanted.get(fit)) {
        (None, None) => Ruling::Holds(all(calls)),
        (Some(call), None) => Ruling::Fails(format!("call {} is one too many: {}", fit + 1, shown(call))),
        (None, Some(wanted)) => {
            Ruling::Fails(format!("call {} is missing: {}; {}", fit + 1, wanted_in_short(wanted), all(calls)))
        }
        (Some(call), Some(wanted)) => {
            let why = why_not(judge, call, wanted, Others::Refused).unwrap_or_default();
            Ruling::Fails(format!("call {} is {}: {why}", fit + 1, shown(call)))
        }
    }
}

fn in_order(judge: &Judge, calls: &[ToolCall], wanted: &[ArgumentMatch]) -> Ruling {
    let mut rest = calls.iter();
    // The earliest call that fits leaves most for those that follow.
    let missing = wanted.iter().enumerate().find(|(_, wanted)| !rest.any(|call| fits(judge, call, wanted)));
    match missing {
        None => Ruling::Holds(all(calls)),
        Some((at, wanted)) => {
            let after = if at == 0 { String::new() } else { format!(" after the {at} before it") };
            Ruling::Fails(format!("call {} is missing{after}: {}; {}", at + 1, wanted_in_short(wanted), all(calls)))
        }
    }
}

fn any_order(judge: &Judge, calls: &[ToolCall], wanted: &Calls) -> Ruling {
    let missing = |wanted: &ArgumentMatch| {
        let near = calls.iter().find(|call| call.name == wanted.name);
        let near = near.map_or_else(|| all(calls), |call| format!("the reply calls {}", shown(call)));
        Ruling::Fails(format!("a call is missing: {}; {near}", wanted_in_short(wanted)))
    };
    if wanted.order == CallOrder::AnyOrder && calls.len() > wanted.calls.len() {
        // Whatever goes with what, one is too many; said is the first that goes with none.
        let extra = calls.iter().find(|call| !wanted.calls.iter().any(|wanted| fits(judge, call, wanted)));
        let extra = extra.or(calls.last()).map(shown).unwrap_or_default();
        return Ruling::Fails(format!("{} calls instead of {}: {extra}", calls.len(), wanted.calls.len()));
    }
    // With as many candidates as there are calls to place, one is always left: more need not be looked at.
    let most = wanted.calls.len();
    let candidates: Vec<Vec<usize>> = wanted
        .calls
        .iter()
        .map(|wanted| {
            let fitting = calls.iter().enumerate().filter(|(_, call)| fits(judge, call, wanted));
            fitting.map(|(at, _)| at).take(most).collect()
        })
        .collect();
    match unplaced(&candidates, calls.len()).and_then(|at| wanted.calls.get(at)) {
        None => Ruling::Holds(all(calls)),
        Some(wanted) => missing(wanted),
    }
}

/// The first that finds no place of its own among its candidates, whatever the others take (Kuhn's matching).
fn unplaced(candidates: &[Vec<usize>], places: usize) -> Option<usize> {
    let mut taken: Vec<Option<usize>> = vec![None; places];
    (0..candidates.len()).find(|one| !place(*one, candidates, &mut taken, &mut vec![false; places]))
}

/// Finds a place for one, moving others where they have another; depth is bounded by the number of candidates' lists.
fn place(one: usize, candidates: &[Vec<usize>], taken: &mut Vec<Option<usize>>, tried: &mut Vec<bool>) -> bool {
    for &at in candidates.get(one).into_iter().flatten() {
        if tried.get(at).copied().unwrap_or(true) {
            continue;
        }
        if let Some(tried) = tried.get_mut(at) {
            *tried = true;
        }
        let free = match taken.get(at).copied().flatten() {
            None => true,
            Some(other) => place(other, candidates, taken, tried),
        };
        if free {
            if let Some(taken) = taken.get_mut(at) {
                *taken = Some(one);
            }
            return true;
        }
    }
    false
}
