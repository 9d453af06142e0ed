//! `[[risk]]`: what raises the tier of a change.

use globset::Glob;

use super::gates::optional;
use crate::{
    artifact::{Fields, Item},
    gate::Tier,
    name::{Artifact, Environment, Kind},
    problem::did_you_mean,
    trust::{matches, reaches},
};

/// A rule that raises the tier of every change that meets all its conditions. It can never lower one.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskRule {
    /// What a change must be; at least one condition.
    pub when: Conditions,
    /// The tier it gets at least; medium or high.
    pub tier: Tier,
}

/// What one proposed change must be. What is absent is not asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conditions {
    /// The artifact's kind.
    pub kind: Option<Kind>,
    /// A glob over its name, with or without its kind.
    pub artifact: Option<String>,
    /// A glob over the environment's name.
    pub environment: Option<String>,
    /// What happens to it there.
    pub change: Option<ChangeKind>,
    /// The fewest bundles of the environment that it touches.
    pub bundles: Option<u32>,
    /// The least share by which the text of one of these bundles grows; above 0.
    pub token_growth: Option<f64>,
}

/// What happens to an artifact in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not live there.
    Added,
    /// Another version takes the place of the live one.
    Changed,
    /// It would no longer be live there.
    Removed,
}

impl ChangeKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// One proposed change, as rules look at it.
#[derive(Debug, Clone)]
pub struct Proposed<'a> {
    /// The artifact.
    pub artifact: &'a Artifact,
    /// The environment.
    pub environment: &'a Environment,
    /// What happens to it there.
    pub change: ChangeKind,
    /// How many bundles there it touches.
    pub bundles: usize,
    /// Tokens of each of them that stays, before and after.
    pub lengths: Vec<(u64, u64)>,
}

impl RiskRule {
    /// Whether a change meets every condition.
    pub fn meets(&self, change: &Proposed<'_>) -> bool {
        let when = &self.when;
        when.kind.is_none_or(|kind| kind == change.artifact.kind)
            && when.artifact.as_ref().is_none_or(|glob| reaches(glob, change.artifact))
            && when.environment.as_ref().is_none_or(|glob| matches(glob, change.environment.as_str()))
            && when.change.is_none_or(|kind| kind == change.change)
            && when.bundles.is_none_or(|least| usize::try_from(least).is_ok_and(|least| change.bundles >= least))
            && when.token_growth.is_none_or(|least| change.lengths.iter().any(|length| grows(*length, least)))
    }

    /// Its conditions as the file would write them, in a fixed order.
    pub fn told(&self) -> String {
        let when = &self.when;
        let text = |key: &str, value: Option<&str>| value.map(|value| format!("{key} = \"{}\"", value.escape_debug()));
        let parts = [
            text("kind", when.kind.map(Kind::word)),
            text("artifact", when.artifact.as_deref()),
            text("environment", when.environment.as_deref()),
            text("change", when.change.map(ChangeKind::word)),
            when.bundles.map(|least| format!("bundles = {least}")),
            when.token_growth.map(|least| format!("token_growth = {least}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Whether a text grows by at least this share; one that was empty grows by any.
fn grows((before, after): (u64, u64), least: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    let (was, gained) = (before as f64, after.saturating_sub(before) as f64);
    gained > 0.0 && gained >= was * least
}

/// Reads every rule; one with a problem is left out.
pub(super) fn read(fields: &mut Fields<'_>, environments: &[String]) -> Vec<RiskRule> {
    let mut rules: Vec<RiskRule> = Vec::new();
    for table in fields.tables("risk") {
        let place = table.problem("rule-twice", "");
        let Some(rule) = one(table, environments) else { continue };
        if rules.iter().any(|known| known.told() == rule.told()) {
            let message = format!("there are two rules for `{}`", rule.told());
            fields.report(crate::problem::Problem { message, ..place }.next("keep the one with the higher tier"));
            continue;
        }
        rules.push(rule);
    }
    rules
}

/// One `[[risk]]` table.
fn one(mut table: Fields<'_>, environments: &[String]) -> Option<RiskRule> {
    let when = table.required("when").and_then(|item| conditions(&item, environments));
    let tier = table.required("tier").and_then(|item| tier(&item));
    table.finish();
    Some(RiskRule { when: when?, tier: tier? })
}

/// A tier that raises something.
fn tier(item: &Item<'_>) -> Option<Tier> {
    let tier = item.one_of(&[("low", Tier::Low), ("medium", Tier::Medium), ("high", Tier::High)])?;
    if tier == Tier::Low {
        let problem = item.problem("useless-rule", "a rule can only raise a tier, and every change is at least `low`");
        item.report(problem.next("say `medium` or `high`, or remove the rule"));
        return None;
    }
    Some(tier)
}

fn conditions(item: &Item<'_>, environments: &[String]) -> Option<Conditions> {
    let mut table = item.table()?;
    if table.is_empty() {
        let problem = item.problem("empty-when", "`when` states no condition, and so every change would meet it");
        item.report(problem.next("state `kind`, `artifact`, `environment`, `change`, `bundles` or `token_growth`"));
        return None;
    }
    let kinds = Kind::ALL.map(|kind| (kind.word(), kind));
    let changes = [ChangeKind::Added, ChangeKind::Changed, ChangeKind::Removed].map(|change| (change.word(), change));
    let kind = optional(&mut table, "kind", |item| item.one_of(&kinds));
    let artifact = optional(&mut table, "artifact", glob);
    let environment = optional(&mut table, "environment", |item| environment(item, environments));
    let change = optional(&mut table, "change", |item| item.one_of(&changes));
    let bundles = optional(&mut table, "bundles", |item| u32::try_from(item.integer_within(1..=u32::MAX.into())?).ok());
    let token_growth = optional(&mut table, "token_growth", growth);
    table.finish();
    Some(Conditions {
        kind: kind.ok()?,
        artifact: artifact.ok()?,
        environment: environment.ok()?,
        change: change.ok()?,
        bundles: bundles.ok()?,
        token_growth: token_growth.ok()?,
    })
}

fn glob(item: &Item<'_>) -> Option<String> {
    item.filled_string()?;
    item.parsed("bad-glob", |text| Glob::new(text).map(|_| text.to_owned()).map_err(|wrong| wrong.to_string()))
}

/// A glob that reaches an environment: one that reaches none would guard nothing, and nobody would notice.
fn environment(item: &Item<'_>, environments: &[String]) -> Option<String> {
    let text = glob(item)?;
    if environments.iter().any(|name| matches(&text, name)) {
        return Some(text);
    }
    let problem = item.problem("unknown-environment", format!("there is no environment `{text}`"));
    let names = environments.iter().map(String::as_str);
    item.report(match did_you_mean(&text, names) {
        Some(advice) => problem.next(advice),
        None => problem,
    });
    None
}

fn growth(item: &Item<'_>) -> Option<f64> {
    let number = item.number()?;
    if number > 0.0 {
        return Some(number);
    }
    let problem = item.problem("out-of-range", format!("`{}` is {number}, and must be above 0", item.keys()));
    item.report(problem.next("write a share: `0.2` is growth by a fifth"));
    None
}
