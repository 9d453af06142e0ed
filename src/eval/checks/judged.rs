//! `judge`, `similar` and `exec`: what others say of a reply.

use crate::artifact::Judged;

use super::{
    super::{Opinion, excerpt::excerpt},
    Ruling,
};

/// `judge`: at least so many votes are for the reply.
///
/// A vote that is no verdict is on nobody's side: where it could decide, the check cannot be carried out.
pub(in crate::eval) fn judge(judged: &Judged, votes: &[Option<Opinion>]) -> Ruling {
    let (all, needed) = (judged.by.votes as usize, judged.by.at_least as usize);
    if votes.len() != all {
        return Ruling::Broken(format!("the judge was not asked: {} of {all} votes are there", votes.len()));
    }
    let cast = |pass: bool| votes.iter().flatten().filter(move |vote| vote.pass == pass);
    let (good, bad) = (cast(true).count(), cast(false).count());
    let lost = all - good - bad;
    let mut seen =
        if all == 1 { String::new() } else { format!("{good} of {all} votes are for it, {needed} must be; ") };
    let why = |pass: bool| {
        let first = cast(pass).map(|vote| vote.reason.trim()).find(|reason| !reason.is_empty());
        first.map_or_else(|| "no reason is given".to_owned(), |reason| format!("`{}`", excerpt(reason)))
    };
    if good >= needed {
        let against = if bad > 0 { format!("; against: {}", why(false)) } else { String::new() };
        seen.extend([why(true), against]);
        Ruling::Holds(seen)
    } else if good + lost >= needed {
        Ruling::Broken(format!("{seen}{lost} of {all} votes are no verdict"))
    } else {
        seen.push_str(&why(false));
        Ruling::Fails(seen)
    }
}

/// `similar`: the reply lies near enough.
pub(in crate::eval) fn similar(nearness: &[Option<Opinion>]) -> Ruling {
    match nearness {
        [Some(Opinion { pass, reason })] => Ruling::when(*pass, reason.clone(), reason.clone()),
        [None] => Ruling::Broken("the two answers are no vectors of one length".to_owned()),
        _ => Ruling::Broken("nobody was asked where the texts lie".to_owned()),
    }
}

/// `exec`: the program says that the reply is good.
pub(in crate::eval) fn exec(answers: &[Option<Opinion>]) -> Ruling {
    match answers {
        [Some(Opinion { pass, reason })] => {
            let reason = if reason.trim().is_empty() { "no reason is given".to_owned() } else { excerpt(reason) };
            Ruling::when(*pass, reason.clone(), reason)
        }
        [None] => Ruling::Broken("what the program said is no verdict".to_owned()),
        _ => Ruling::Broken("the program was not asked".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        artifact::{Answers, Judge},
        name::Name,
    };

    fn ruling(votes: u32, at_least: u32, cast: &str) -> Ruling {
        let (name, prompt) = ("tone".to_owned(), Name::parse("judge").unwrap());
        let by = Arc::new(Judge { answers: Answers::Verdict, name, prompt, bundle: None, votes, at_least });
        let vote = |vote: char| match vote {
            '?' => None,
            vote => Some(Opinion { pass: vote == '+', reason: format!("said {vote}") }),
        };
        judge(&Judged { by, rubric: "Is kind.".to_owned() }, &cast.chars().map(vote).collect::<Vec<_>>())
    }

    #[test]
    fn so_many_votes_decide_and_what_is_no_verdict_helps_nobody() {
        for (votes, at_least, cast, wanted) in [
            (1, 1, "+", "holds"),
            (1, 1, "-", "fails"),
            (1, 1, "?", "broken"),
            (3, 2, "++-", "holds"),
            (3, 2, "+-+", "holds"),
            (3, 2, "+--", "fails"),
            (3, 2, "+?+", "holds"),
            (3, 2, "+?-", "broken"),
            (3, 2, "-?-", "fails"),
            (3, 3, "++?", "broken"),
            (3, 1, "--?", "broken"),
            (3, 2, "++", "broken"),
            (3, 2, "++++", "broken"),
            (2, 1, "", "broken"),
        ] {
            let found = match ruling(votes, at_least, cast) {
                Ruling::Holds(_) => "holds",
                Ruling::Fails(_) => "fails",
                Ruling::Broken(_) => "broken",
            };
            assert_eq!(found, wanted, "{at_least} of {votes}: {cast}");
        }
    }

    #[test]
    fn a_division_is_told_with_both_reasons() {
        let Ruling::Holds(told) = ruling(3, 2, "+-+") else { panic!() };
        assert_eq!(told, "2 of 3 votes are for it, 2 must be; `said +`; against: `said -`");
        let Ruling::Fails(told) = ruling(1, 1, "-") else { panic!() };
        assert_eq!(told, "`said -`");
    }
}
