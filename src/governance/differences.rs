//! What differs between two governances, and what of it lowers a bar.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{EnvironmentRules, Governance};
use crate::{
    artifact::CharterStatus,
    clock::Window,
    gate::{EvidenceRule, Gate, RegressionRule, ReplySource, Tier},
    trust::PublicKey,
};

/// One difference between the rules in force and others.
///
/// A key stands here as its fingerprint, as `ssh-keygen -l` prints it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Change {
    /// Dotted keys, as in the file; members of a list by their text.
    pub path: String,
    /// What it is now; `None` when it is not there.
    pub from: Option<String>,
    /// What it would be; `None` when it would be gone.
    pub to: Option<String>,
    /// Whether it asks for less, or allows more, than before. In doubt it does.
    pub lowers: bool,
}

impl Change {
    /// What is changed, and how, in words; a list gains or loses what is in it.
    pub fn told(&self) -> (&str, String) {
        let list = |text: &str| self.path.strip_suffix(text).and_then(|path| path.strip_suffix('.'));
        match (&self.from, &self.to) {
            (None, Some(text)) if let Some(list) = list(text) => (list, format!("gains {text}")),
            (Some(text), None) if let Some(list) = list(text) => (list, format!("loses {text}")),
            (from, to) => {
                let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
                (&self.path, format!("{} → {}", side(from), side(to)))
            }
        }
    }

    /// How it lowers a bar, in words; `None` when it does not.
    pub fn lowering(&self) -> Option<&'static str> {
        match (self.lowers, &self.from) {
            (false, _) => None,
            (true, None) => Some("lowers a bar: allows more"),
            (true, Some(_)) => Some("lowers a bar: asks for less"),
        }
    }
}

impl Governance {
    /// What changes when `other` takes the place of these rules, sorted by path; what a list loses before what it gains.
    ///
    /// A rule or an environment that comes or goes whole is one change.
    pub fn differences(&self, other: &Self) -> Vec<Change> {
        let (from, to) = (flatten(self), flatten(other));
        let mut paths: Vec<&String> = from.keys().chain(to.keys()).collect();
        paths.sort();
        paths.dedup();
        let mut changes: Vec<Change> = paths.into_iter().filter_map(|path| change(path, &from, &to)).collect();
        changes.sort_by(|a, b| (a.told().0, a.from.is_none()).cmp(&(b.told().0, b.from.is_none())));
        changes
    }
}

/// All that governance says, by path.
type Flat = BTreeMap<String, Entry>;

/// One thing that governance says.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    text: String,
    bar: Bar,
    /// The rule this belongs to: coming and going with it, it is no change of its own.
    part_of: Option<String>,
    /// Whether it is told all the same, though it lowers nothing then.
    told: bool,
}

/// How an entry holds back.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Bar {
    /// Not at all.
    None,
    /// The more, the harder.
    Floor(f64),
    /// The less, the harder.
    Ceiling(f64),
    /// It asks for something.
    Requires,
    /// It allows something.
    Allows,
}

/// The difference at one path, if there is one.
fn change(path: &str, from: &Flat, to: &Flat) -> Option<Change> {
    let (old, new) = (from.get(path), to.get(path));
    let text = |entry: Option<&Entry>| entry.map(|entry| entry.text.clone());
    if text(old) == text(new) {
        return None;
    }
    let whole = old.or(new).and_then(|entry| entry.part_of.as_ref());
    let comes_along = whole.is_some_and(|whole| from.contains_key(whole) != to.contains_key(whole));
    if comes_along && !old.or(new).is_some_and(|entry| entry.told) {
        return None;
    }
    let lowers = !comes_along && lowers(old, new);
    Some(Change { path: path.to_owned(), from: text(old), to: text(new), lowers })
}

/// Whether going from one entry to another lowers a bar.
fn lowers(old: Option<&Entry>, new: Option<&Entry>) -> bool {
    match (old.map(|entry| entry.bar), new.map(|entry| entry.bar)) {
        (None, Some(bar)) => bar == Bar::Allows,
        (Some(bar), None) => matches!(bar, Bar::Floor(_) | Bar::Ceiling(_) | Bar::Requires),
        (Some(Bar::Floor(old)), Some(Bar::Floor(new))) => new < old,
        (Some(Bar::Ceiling(old)), Some(Bar::Ceiling(new))) => new > old,
        (Some(Bar::None), Some(Bar::None)) | (None, None) => false,
        (Some(_), Some(_)) => true,
    }
}

/// Collects entries below one path.
struct Sheet<'f> {
    flat: &'f mut Flat,
    at: String,
    part_of: Option<String>,
}

impl Sheet<'_> {
    fn put(&mut self, key: &str, text: &impl ToString, bar: Bar) {
        let entry = Entry { text: text.to_string(), bar, part_of: self.part_of.clone(), told: false };
        self.flat.insert(self.path(key), entry);
    }

    /// A key by its fingerprint: whoever approves a newcomer compares it, so it is told even then.
    fn key(&mut self, key: &PublicKey) {
        let text = key.fingerprint();
        let entry = Entry { text: text.clone(), bar: Bar::Allows, part_of: self.part_of.clone(), told: true };
        self.flat.insert(self.path(&format!("keys.{text}")), entry);
    }

    fn path(&self, key: &str) -> String {
        if self.at.is_empty() { key.to_owned() } else { format!("{}.{key}", self.at) }
    }

    fn each<T: ToString>(&mut self, key: &str, texts: impl IntoIterator<Item = T>, bar: Bar) {
        for text in texts {
            self.put(&format!("{key}.{}", text.to_string()), &text, bar);
        }
    }

    /// A rule that comes and goes whole: its parts count only while it stays.
    fn rule(&mut self, key: &str, text: &str, parts: impl FnOnce(&mut Sheet<'_>)) {
        self.whole(key, text, Bar::Requires, parts);
    }

    fn whole(&mut self, key: &str, text: &str, bar: Bar, parts: impl FnOnce(&mut Sheet<'_>)) {
        self.put(key, &text, bar);
        let at = self.path(key);
        parts(&mut Sheet { flat: self.flat, part_of: Some(at.clone()), at });
    }
}

/// Everything a governance says.
fn flatten(governance: &Governance) -> Flat {
    let mut flat = Flat::new();
    let mut root = Sheet { flat: &mut flat, at: String::new(), part_of: None };
    root.put("project.name", &governance.project, Bar::None);
    root.put("governance.approvals", &governance.approvals, Bar::Floor(governance.approvals.into()));
    for source in &governance.sources {
        let text = format!("{} as `{}`, template {:?}", source.kind, source.name, source.template).to_lowercase();
        root.put(&format!("sources.{}", source.files), &text, Bar::None);
    }
    for (handle, person) in &governance.people.people {
        let path = format!("people.{handle}");
        root.each(&format!("{path}.roles"), &person.roles, Bar::Allows);
        // A newcomer's keys are part of the newcomer; another key for somebody listed is a way in.
        root.whole(&path, "listed", Bar::None, |sheet| {
            person.keys.iter().for_each(|key| sheet.key(key));
            if person.program {
                sheet.put("program", &true, Bar::Requires);
            }
        });
    }
    for (role, rules) in &governance.people.roles {
        let path = format!("roles.{role}");
        root.each(&format!("{path}.may"), rules.may.iter().map(|verb| verb.word()), Bar::Allows);
        root.each(&format!("{path}.artifacts"), &rules.artifacts, Bar::Allows);
        root.each(&format!("{path}.environments"), &rules.environments, Bar::Allows);
    }
    for rules in &governance.environments {
        root.rule(&format!("environments.{}", rules.name), "declared", |sheet| environment(sheet, rules));
    }
    for rule in &governance.risk {
        let tier = match rule.tier {
            Tier::Low => 0.0,
            Tier::Medium => 1.0,
            Tier::High => 2.0,
        };
        // A rule with other conditions is another rule: what is taken away lowers, whatever comes in its place.
        root.put(&format!("risk.{}", rule.told()), &rule.tier.word(), Bar::Floor(tier));
    }
    flat
}

/// What one environment says.
fn environment(sheet: &mut Sheet<'_>, rules: &EnvironmentRules) {
    if let Some(after) = &rules.after {
        sheet.put("after", after, Bar::Requires);
    }
    if rules.follows_heads {
        sheet.put("follow", &"heads", Bar::Allows);
    }
    if let Some(soak) = rules.soak {
        sheet.put("soak", &soak, Bar::Floor(seconds(soak.as_seconds())));
    }
    if let Some(window) = &rules.window {
        sheet.rule("window", "asked for", |sheet| hours(sheet, window));
    }
    if !rules.rollback_roles.is_empty() {
        sheet.rule("rollback_roles", "restricted", |sheet| {
            sheet.each("role", &rules.rollback_roles, Bar::Allows);
        });
    }
    sheet.each("waivable", rules.waivable.iter().map(|rule| rule.word()), Bar::Allows);
    gate(sheet, &rules.gate);
}

/// What one window says: the fewer days, the later it opens and the sooner it closes, the harder.
fn hours(sheet: &mut Sheet<'_>, window: &Window) {
    sheet.each("days", window.days(), Bar::Allows);
    sheet.put("from", &window.from(), Bar::Floor(window.from().minutes().into()));
    sheet.put("to", &window.until(), Bar::Ceiling(window.closes().into()));
    sheet.put("zone", window.zone(), Bar::Requires);
}

/// What one gate says.
fn gate(sheet: &mut Sheet<'_>, gate: &Gate) {
    if gate.open {
        sheet.put("gate", &"open", Bar::Allows);
    }
    if let Some(rule) = &gate.evidence {
        sheet.rule("gate.evidence", "asked for", |sheet| evidence(sheet, rule));
    }
    if let Some(rule) = gate.pass_rate {
        sheet.rule("gate.pass_rate", "asked for", |sheet| {
            sheet.put("at_least", &rule.at_least, Bar::Floor(rule.at_least));
            if let Some(confidence) = rule.confidence {
                sheet.put("confidence", &confidence, Bar::Floor(confidence));
            }
        });
    }
    match gate.regression {
        Some(RegressionRule::NoFlips) => sheet.put("gate.regression", &"no-flips", Bar::Requires),
        // Neither form is the harder one for every suite, so going from one to the other counts as lowering.
        Some(RegressionRule::Margin { margin, confidence }) => sheet.rule("gate.regression", "a margin", |sheet| {
            sheet.put("margin", &margin, Bar::Ceiling(margin));
            sheet.put("confidence", &confidence, Bar::Floor(confidence));
        }),
        None => {}
    }
    if let Some(rule) = &gate.approvals {
        sheet.rule("gate.approvals", "asked for", |sheet| {
            sheet.put("role", &rule.role, Bar::Requires);
            sheet.put("low", &rule.low, Bar::Floor(rule.low.into()));
            sheet.put("medium", &rule.medium, Bar::Floor(rule.medium.into()));
            sheet.put("high", &rule.high, Bar::Floor(rule.high.into()));
            if rule.authors {
                sheet.put("authors", &true, Bar::Allows);
            }
        });
    }
    if let Some(rule) = &gate.reviews {
        sheet.rule("gate.reviews", "asked for", |sheet| {
            sheet.put("role", &rule.role, Bar::Requires);
            sheet.put("min", &rule.min, Bar::Floor(rule.min.into()));
        });
    }
    if let Some(rule) = &gate.charter {
        sheet.rule("gate.charter", "asked for", |sheet| {
            sheet.each("fields", &rule.fields, Bar::Requires);
            if let Some(status) = rule.status {
                let rank = match status {
                    CharterStatus::Research => 0.0,
                    CharterStatus::Pilot => 1.0,
                    CharterStatus::Production => 2.0,
                };
                sheet.put("status", &status.word(), Bar::Floor(rank));
            }
        });
    }
    if gate.findings.is_some() {
        sheet.put("gate.findings", &"none-open", Bar::Requires);
    }
    if let Some(rule) = gate.budget {
        sheet.rule("gate.budget", "asked for", |sheet| {
            if let Some(most) = rule.prompt_tokens {
                sheet.put("prompt_tokens", &most, Bar::Ceiling(most.into()));
            }
            if let Some(most) = rule.micro_usd_per_run {
                #[expect(clippy::cast_precision_loss, reason = "at most a billion dollars")]
                let usd = most as f64 / 1e6;
                sheet.put("usd_per_run", &usd, Bar::Ceiling(usd));
            }
        });
    }
}

/// What one evidence rule says.
fn evidence(sheet: &mut Sheet<'_>, rule: &EvidenceRule) {
    sheet.each("evaluators", &rule.evaluators, Bar::Allows);
    let word = |source: &ReplySource| match source {
        ReplySource::Live => "live",
        ReplySource::Signed => "signed",
        ReplySource::Unsigned => "unsigned",
    };
    sheet.each("sources", rule.sources.iter().map(word), Bar::Allows);
    sheet.put("min_cases", &rule.min_cases, Bar::Floor(rule.min_cases.into()));
    if let Some(age) = rule.max_age {
        sheet.put("max_age", &age, Bar::Ceiling(seconds(age.as_seconds())));
    }
    if rule.without_suite_passes {
        sheet.put("without_suite", &"pass", Bar::Allows);
    }
}

/// Seconds as a number that can be compared; spans of more than 136 years are all alike.
fn seconds(seconds: u64) -> f64 {
    u32::try_from(seconds).unwrap_or(u32::MAX).into()
}
