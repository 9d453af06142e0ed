//! Carrying out a proposal although named rules do not hold, and looking at it afterwards.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Refusal, State, StateError,
    apply::Deciding,
    case::Case,
    decide::{close, must, open, rules},
    dossier,
    draft::Draft,
    promote::{carry_out, hold},
    records::Status,
    weighing::facts,
};
use crate::{
    clock::Time,
    gate::{NotWaived, Rule, waive, weigh},
    ledger::{Event, Key, Override, OverrideReview},
    name::{Artifact, Environment, Handle},
    object::EventId,
    trust::Verb,
};

/// The longest an override may go without a review: 30 days, in seconds.
///
/// Longer, and the exception is the rule: nobody remembers why it was made, and a change of the rules, which the
/// roots decide on, is what is wanted.
pub const LONGEST: i64 = 30 * 24 * 60 * 60;

/// An override, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverrideRecord {
    /// The event.
    pub event: EventId,
    /// The proposal that was carried out.
    pub proposal: EventId,
    /// Where.
    pub environment: Environment,
    /// Who overrode.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// The rules that were waived, by their words, sorted.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Until when it must have been reviewed.
    pub expires: Time,
    /// What it moved.
    pub artifacts: Vec<Artifact>,
    /// Everybody with a hand in what was carried out, who therefore does not review it.
    pub authors: BTreeSet<Handle>,
    /// The review; absent while nobody has looked.
    pub reviewed: Option<Reviewed>,
}

/// That somebody has looked at an override.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reviewed {
    /// The event.
    pub event: EventId,
    /// Who.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// What they say to it.
    pub message: String,
}

fn key(event: EventId) -> Key {
    Key::new("overrides", event.to_string())
}

fn waiting(environment: &Environment) -> String {
    format!("unreviewed/{environment}")
}

impl State<'_> {
    /// An override, reviewed or not.
    ///
    /// # Errors
    ///
    /// [`StateError`] when the record cannot be read.
    pub fn override_of(&self, event: EventId) -> Result<Option<OverrideRecord>, StateError> {
        self.get(&key(event))
    }

    /// Overrides in an environment that nobody has reviewed yet, oldest first.
    ///
    /// # Errors
    ///
    /// [`StateError`] when a record cannot be read.
    pub fn unreviewed(&self, environment: &Environment) -> Result<Vec<OverrideRecord>, StateError> {
        let ids: Vec<EventId> = self.list(&waiting(environment))?;
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.override_of(id)?);
        }
        self.in_order(found, |record| record.event)
    }
}

/// The gate is weighed, and only what is named, waivable and unmet is waived; then the environment moves.
pub(super) fn promote(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, act: &Override) -> Result<(), StateError> {
    let record = open(with, act.proposal)?;
    must(with, Verb::Promote, &record)?;
    must(with, Verb::Override, &record)?;
    let case = Case::new(with.state, with.governance, rules(with)?, &record)?;
    let environment = may_be_overridden(&case)?;
    refuse_terms(&act.reason, act.expires, event.record.time)?;
    let verdict = weigh(&environment.gate, &facts(with.state, &case, event.record.time)?);
    let waived = waive(&verdict, &environment.waivable, &named(&act.rules)?).map_err(refuse_waiver)?;
    hold(&waived, &record)?;
    dossier::check(draft, with.state, &case, act.dossier, with.payload)?;
    let authors = case.authors(with.state)?;
    carry_out(draft, event, &case, environment, "override")?;
    close(draft, event, &record, Status::Promoted);
    let id = event.id();
    let overridden = OverrideRecord {
        event: id,
        proposal: record.id,
        environment: environment.name.clone(),
        person: with.actor.handle.clone(),
        time: event.record.time,
        rules: act.rules.clone(),
        reason: act.reason.clone(),
        expires: act.expires,
        artifacts: record.proposal.changes.iter().map(|change| change.artifact.clone()).collect(),
        authors,
        reviewed: None,
    };
    draft.put(key(id), &overridden);
    draft.put(Key::new(waiting(&environment.name), id.to_string()), &id);
    Ok(())
}

/// The rules of the environment, where the proposal is to change one.
///
/// # Errors
///
/// A refusal `not-waivable` for a change of the rules themselves, and for lifting a quarantine.
pub fn may_be_overridden<'a>(case: &Case<'a>) -> Result<&'a crate::governance::EnvironmentRules, Refusal> {
    if case.record.proposal.lifts.is_some() {
        return Err(Refusal::no("not-waivable", "what was rolled back is let in by people, never by an override"));
    }
    case.environment.ok_or_else(|| Refusal::no("not-waivable", "nothing about a change of the rules is ever waived"))
}

/// The rules that an act names: sorted, each once, at least one, and all of them known.
fn named(words: &[String]) -> Result<Vec<Rule>, Refusal> {
    let sorted = words.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    if words.is_empty() || !sorted {
        return Err(Refusal::cannot("bad-order", "an override names each rule it waives once, sorted"));
    }
    let known = |word: &String| {
        Rule::parse(word).ok_or_else(|| Refusal::cannot("unknown-rule", format!("there is no gate rule `{word}`")))
    };
    words.iter().map(known).collect()
}

/// Refuses an override without a reason, or without a near end.
///
/// # Errors
///
/// A refusal `reason-missing` or `bad-expiry`.
pub fn refuse_terms(reason: &str, expires: Time, now: Time) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::cannot("reason-missing", "an override says why"));
    }
    let left = expires.since(now);
    if left <= 0 {
        return Err(Refusal::cannot(
            "bad-expiry",
            format!("an override that expires at {expires} has expired already"),
        ));
    }
    if left > LONGEST {
        let message = "an override is reviewed within 30 days: what must hold for longer is a change of the rules";
        return Err(Refusal::cannot("bad-expiry", message));
    }
    Ok(())
}

/// That a rule is not waived.
pub fn refuse_waiver(not: NotWaived) -> Refusal {
    match not {
        NotWaived::NotWaivable { rule, why } => Refusal::no("not-waivable", format!("`{rule}` is not waived: {why}")),
        NotWaived::Met(rule) => {
            let message = format!("`{rule}` holds or is not asked for: an override names no more rules than it needs");
            Refusal::no("nothing-to-waive", message)
        }
    }
}

/// Somebody who could have approved, and has no hand in it, has looked at an override.
pub(super) fn review(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    review: &OverrideReview,
) -> Result<(), StateError> {
    let id = review.promotion;
    let unknown = || Refusal::cannot("unknown-override", format!("event `{}` is no override", id.short()));
    let mut record = with.state.override_of(id)?.ok_or_else(unknown)?;
    if let Some(earlier) = &record.reviewed {
        let message = format!("`{}` reviewed it with event `{}`", earlier.person, earlier.event.short());
        return Err(Refusal::cannot("already-reviewed", message).into());
    }
    let handle = with.actor.handle;
    if *handle == record.person {
        return Err(Refusal::no("own-override", "who overrode does not review it as well").into());
    }
    if record.authors.contains(handle) {
        let message = format!("`{handle}` has a hand in what was carried out; authors do not review it");
        return Err(Refusal::no("author-reviews", message).into());
    }
    if with.actor.person.program {
        return Err(Refusal::no("program-approves", "a program never approves").into());
    }
    let artifacts: Vec<&Artifact> = record.artifacts.iter().collect();
    with.actor.must(with.governance, Verb::Approve, &artifacts, Some(&record.environment))?;
    if review.message.trim().is_empty() {
        return Err(Refusal::cannot("reason-missing", "a review of an override says something to it").into());
    }
    draft.take_away(Key::new(waiting(&record.environment), id.to_string()));
    record.reviewed = Some(Reviewed {
        event: event.id(),
        person: handle.clone(),
        time: event.record.time,
        message: review.message.clone(),
    });
    draft.put(key(id), &record);
    Ok(())
}
