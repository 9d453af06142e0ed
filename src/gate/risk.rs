//! How much a change can break, computed from the change.

use serde::{Deserialize, Serialize};

use super::Tier;
use crate::{
    name::{Artifact, Name},
    object::VersionId,
    sight::{Class, class},
};

/// From how many bundles on a shared artifact deserves a second look.
const MANY_BUNDLES: usize = 10;

/// A line of more characters is longer than any paragraph that people write.
const LONG_LINE: u32 = 2_000;

/// Growth of a bundle's text up to so many tokens is wording.
const SMALL_GROWTH: u64 = 50;

/// What the tier is computed from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RiskFacts {
    /// For every touched bundle that is live in the target and stays: its model, before and after.
    pub models: Vec<ModelFacts>,
    /// For every suite live in the target: golden cases that the proposal removes or loosens.
    pub cases: Vec<CaseChange>,
    /// For every suite live in the target that stays: samples a case, before and after.
    pub repeats: Vec<RepeatFacts>,
    /// For every proposed version: what its text holds.
    pub texts: Vec<TextFacts>,
    /// For every touched bundle that is live in the target and stays: how long its text is, before and after.
    pub lengths: Vec<LengthFacts>,
    /// For every proposed artifact that bundles share: how many of the target it touches.
    pub shared: Vec<SharedFacts>,
    /// What `[[risk]]` rules of the project say.
    pub raised: Vec<Raised>,
    /// For a change of the rules: what it lowers, one line each.
    pub lowered: Vec<String>,
}

/// The model of one live bundle, before and after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModelFacts {
    /// The prompt.
    pub prompt: Name,
    /// The model's name and version now; `None` when the prompt names none.
    pub before: Option<(Name, VersionId)>,
    /// The model's name and version after the change.
    pub after: Option<(Name, VersionId)>,
}

/// One golden case that guards the target and would no longer, or less well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseChange {
    /// The suite.
    pub suite: Name,
    /// The case's id.
    pub case: String,
    /// Whether it would be gone, or let more pass.
    pub kind: CaseChangeKind,
}

/// What happens to a golden case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseChangeKind {
    /// It would be gone.
    Removed,
    /// It would let something pass that it stops now, or nothing shows that it would not.
    Loosened,
    /// A failure of it would be borne for some time, or for longer.
    Quarantined,
}

/// Samples a case that a suite asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepeatFacts {
    /// The suite.
    pub suite: Name,
    /// As it is live.
    pub before: u32,
    /// After the change.
    pub after: u32,
}

/// What the text of a proposed version holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextFacts {
    /// The artifact.
    pub artifact: Artifact,
    /// Invisible characters of which it holds more than the live version.
    pub invisible: Vec<char>,
    /// How many more of its letters pass for other ones than in the live version.
    pub look_alikes: u32,
    /// Characters of its longest line and of the live version's.
    pub longest_line: (u32, u32),
    /// How many strings in it look like secrets.
    pub secrets: u32,
}

/// How long the text of a bundle is (prompt, fragments, policies and tools), as [`crate::version::estimate`] counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LengthFacts {
    /// The prompt.
    pub prompt: Name,
    /// Tokens as it is live.
    pub before: u64,
    /// Tokens after the change.
    pub after: u64,
}

/// How many bundles a proposed artifact touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedFacts {
    /// A fragment, policy, tool or model.
    pub artifact: Artifact,
    /// Bundles of the target that have it, or would.
    pub bundles: usize,
}

/// A `[[risk]]` rule that a change meets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Raised {
    /// The tier it asks for.
    pub tier: Tier,
    /// The rule's conditions, as the file writes them.
    pub rule: String,
    /// Everything proposed that meets it.
    pub artifacts: Vec<Artifact>,
}

/// A tier and what put the change there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The tier.
    pub tier: Tier,
    /// Why, one line each, each with its tier at the end; the gravest first. Empty for a low tier.
    pub reasons: Vec<String>,
}

/// Computes the tier: that of the gravest reason; low when there is none. More facts never lower it.
pub fn assess(facts: &RiskFacts) -> Risk {
    let mut reasons: Vec<(Tier, String)> = Vec::new();
    let high = |text: String| (Tier::High, text);
    reasons.extend(facts.models.iter().filter(|model| model.before != model.after).map(model).map(high));
    reasons.extend(facts.cases.iter().map(case).map(high));
    reasons.extend(facts.repeats.iter().filter(|repeat| repeat.after < repeat.before).map(repeat).map(high));
    reasons.extend(facts.texts.iter().filter(|text| text.secrets > 0).map(secrets).map(high));
    reasons.extend(facts.texts.iter().filter_map(invisible));
    reasons.extend(facts.texts.iter().filter_map(look_alikes));
    reasons.extend(facts.texts.iter().filter_map(long_line));
    reasons.extend(facts.lengths.iter().filter_map(length));
    reasons.extend(facts.shared.iter().filter_map(shared));
    reasons.extend(facts.raised.iter().map(raised));
    reasons.extend(facts.lowered.iter().map(|what| high(format!("the rules would lower a bar: {what}"))));
    reasons.retain(|(tier, _)| *tier > Tier::Low);
    reasons.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    reasons.dedup();
    let tier = reasons.first().map_or(Tier::Low, |(tier, _)| *tier);
    Risk { tier, reasons: reasons.into_iter().map(|(tier, text)| format!("{text} ({})", tier.word())).collect() }
}

fn model(model: &ModelFacts) -> String {
    let say = |side: &Option<(Name, VersionId)>| match side {
        Some((name, version)) => format!("`{name}` {}", version.short()),
        None => "none".to_owned(),
    };
    format!("the model of `{}` changes from {} to {}", model.prompt, say(&model.before), say(&model.after))
}

fn case(change: &CaseChange) -> String {
    let what = match change.kind {
        CaseChangeKind::Removed => "removed",
        CaseChangeKind::Loosened => "loosened",
        CaseChangeKind::Quarantined => "loosened: a failure of it would not count while it is in quarantine",
    };
    format!("the golden case `{}` of `{}` is {what}", change.case.escape_debug(), change.suite)
}

fn repeat(repeat: &RepeatFacts) -> String {
    format!("`{}` takes {} samples a case in place of {}", repeat.suite, repeat.after, repeat.before)
}

fn secrets(text: &TextFacts) -> String {
    let what = if text.secrets == 1 { "a string that looks" } else { "strings that look" };
    format!("`{}` holds {what} like a secret", text.artifact)
}

/// Invisible characters: those that turn the direction of text, or spell a text of their own, are the gravest.
fn invisible(text: &TextFacts) -> Option<(Tier, String)> {
    text.invisible.first()?;
    let tier = if text.invisible.iter().any(|c| turns_or_speaks(*c)) { Tier::High } else { Tier::Medium };
    let mut found = text.invisible.clone();
    found.sort_by_key(|c| (!turns_or_speaks(*c), *c));
    let shown: Vec<String> = found.iter().take(3).map(|c| format!("U+{:04X}", u32::from(*c))).collect();
    let more = match found.len().saturating_sub(3) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some((tier, format!("`{}` gains characters that nobody sees: {}{more}", text.artifact, shown.join(", "))))
}

/// Whether a character turns the direction of what stands around it, or is a letter of a text that nobody sees.
fn turns_or_speaks(c: char) -> bool {
    matches!(class(c), Some(Class::Bidi | Class::Tag))
}

/// Letters that pass for others: the word is not the one that is read.
fn look_alikes(text: &TextFacts) -> Option<(Tier, String)> {
    let what = match text.look_alikes {
        0 => return None,
        1 => "1 letter that passes for another".to_owned(),
        more => format!("{more} letters that pass for others"),
    };
    Some((Tier::Medium, format!("`{}` gains {what}", text.artifact)))
}

/// A line that goes on where nobody scrolls, unless there is one already.
fn long_line(text: &TextFacts) -> Option<(Tier, String)> {
    let (length, live) = text.longest_line;
    let text = || format!("`{}` gains a line of {length} characters", text.artifact);
    (length > LONG_LINE && live <= LONG_LINE).then(|| (Tier::Medium, text()))
}

/// By a fifth is medium, to more than the double is high; a few tokens are neither.
fn length(length: &LengthFacts) -> Option<(Tier, String)> {
    let (before, after) = (u128::from(length.before), u128::from(length.after));
    let tier = if length.after.saturating_sub(length.before) <= SMALL_GROWTH {
        return None;
    } else if after > 2 * before {
        Tier::High
    } else if 5 * after > 6 * before {
        Tier::Medium
    } else {
        return None;
    };
    let text = format!("the text of `{}` grows from about {before} to {after} tokens", length.prompt);
    Some((tier, text))
}

fn shared(shared: &SharedFacts) -> Option<(Tier, String)> {
    let bundles = shared.bundles;
    let text = || format!("`{}` is shared by {bundles} bundles", shared.artifact);
    (bundles >= MANY_BUNDLES).then(|| (Tier::Medium, text()))
}

fn raised(raised: &Raised) -> (Tier, String) {
    let mut artifacts: Vec<&Artifact> = raised.artifacts.iter().collect();
    artifacts.sort();
    let more = match artifacts.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let first = artifacts.first().map_or_else(|| "the change".to_owned(), |artifact| format!("`{artifact}`"));
    (raised.tier, format!("{first}{more} falls under the rule `{}`", raised.rule))
}

#[cfg(test)]
mod tests;
