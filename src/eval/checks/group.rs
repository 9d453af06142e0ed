//! Checks put together.
//!
//! A member that cannot be carried out counts neither way: the whole is decided where its outcome would make no
//! difference, and else cannot be carried out either.

use super::Ruling;

/// The most members whose reasons are told.
const MOST_TOLD: usize = 3;

/// The most characters of a reason: groups may stand in each other.
const LONGEST: usize = 800;

/// What a member of a group came to: its weight, how it is written, and its ruling, negation taken into account.
pub(in crate::eval) struct Member {
    /// What it counts for.
    pub(in crate::eval) weight: u64,
    /// As it stands in the suite.
    pub(in crate::eval) written: String,
    /// What came of it.
    pub(in crate::eval) ruling: Ruling,
}

/// Holds when the weight of those that hold is `enough` of the whole; `told` is what that means in words.
pub(in crate::eval) fn weigh(members: &[Member], enough: impl Fn(u64, u64) -> bool, told: &str) -> Ruling {
    let sum = |wanted: fn(&Ruling) -> bool| {
        let weights = members.iter().filter(|member| wanted(&member.ruling)).map(|member| member.weight);
        weights.fold(0_u64, u64::saturating_add)
    };
    let holding = sum(|ruling| matches!(ruling, Ruling::Holds(_)));
    let broken = sum(|ruling| matches!(ruling, Ruling::Broken(_)));
    let total = sum(|_| true);
    let seen = format!("{holding} of {total} hold, {told}");
    if enough(holding, total) {
        Ruling::Holds(with_members(seen, members, |ruling| matches!(ruling, Ruling::Holds(_))))
    } else if enough(holding.saturating_add(broken), total) {
        Ruling::Broken(with_members(seen, members, |ruling| matches!(ruling, Ruling::Broken(_))))
    } else {
        Ruling::Fails(with_members(seen, members, |ruling| !matches!(ruling, Ruling::Holds(_))))
    }
}

/// The sentence, and what the first few of the members that matter saw.
fn with_members(mut seen: String, members: &[Member], matters: fn(&Ruling) -> bool) -> String {
    let telling: Vec<&Member> = members.iter().filter(|member| matters(&member.ruling)).collect();
    for member in telling.iter().take(MOST_TOLD) {
        let (Ruling::Holds(why) | Ruling::Fails(why) | Ruling::Broken(why)) = &member.ruling;
        seen.extend(["; ", &member.written, ": ", why]);
    }
    if telling.len() > MOST_TOLD {
        seen.extend(["; and ", &(telling.len() - MOST_TOLD).to_string(), " more"]);
    }
    match seen.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", seen.get(..at).unwrap_or_default()),
        None => seen,
    }
}
