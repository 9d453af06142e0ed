//! Who answers for an agent, and by which measure.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Document, Fields, Item, Reading, text};
use crate::name::{Handle, Name};

/// What a charter can say, in the order of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CharterField {
    /// Handle of whoever answers for what the agent does.
    WorkflowOwner,
    /// Handle of whoever answers for how it is built.
    TechnicalOwner,
    /// Who pays: a handle, or a name with a space or a mail address in it.
    Sponsor,
    /// Hours a month that the problem costs without it.
    ProblemHours,
    /// What it reads.
    Inputs,
    /// What a person looks at, by risk.
    ReviewTiers,
    /// Where what it decides is written back to.
    WritesTo,
    /// The measure, with a target and the date for it.
    Metric,
    /// What happens when it is wrong.
    WhenWrong,
    /// The date by which somebody else has run it from its papers alone.
    TurnoverTest,
    /// What keeping it alive may cost.
    MaintenanceBudget,
    /// The last day on which all this holds without being looked at again.
    ReviewBy,
    /// How far it has come.
    Status,
}

impl CharterField {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::WorkflowOwner,
        Self::TechnicalOwner,
        Self::Sponsor,
        Self::ProblemHours,
        Self::Inputs,
        Self::ReviewTiers,
        Self::WritesTo,
        Self::Metric,
        Self::WhenWrong,
        Self::TurnoverTest,
        Self::MaintenanceBudget,
        Self::ReviewBy,
        Self::Status,
    ];

    /// The fields that name people.
    pub const OWNERS: [Self; 3] = [Self::WorkflowOwner, Self::TechnicalOwner, Self::Sponsor];

    /// Its key.
    pub fn word(self) -> &'static str {
        match self {
            Self::WorkflowOwner => "workflow_owner",
            Self::TechnicalOwner => "technical_owner",
            Self::Sponsor => "sponsor",
            Self::ProblemHours => "problem_hours",
            Self::Inputs => "inputs",
            Self::ReviewTiers => "review_tiers",
            Self::WritesTo => "writes_to",
            Self::Metric => "metric",
            Self::WhenWrong => "when_wrong",
            Self::TurnoverTest => "turnover_test",
            Self::MaintenanceBudget => "maintenance_budget",
            Self::ReviewBy => "review_by",
            Self::Status => "status",
        }
    }
}

impl fmt::Display for CharterField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How far an agent has come; each is more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CharterStatus {
    /// It is being found out whether it works.
    Research,
    /// It works for some.
    Pilot,
    /// It is relied on.
    Production,
}

impl CharterStatus {
    /// All of them, with their words.
    pub const WORDS: [(&str, Self); 3] =
        [("research", Self::Research), ("pilot", Self::Pilot), ("production", Self::Production)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(_, status)| *status == self).map_or("", |(word, _)| word)
    }

    /// The status a word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, status)| status)
    }
}

/// A charter as its author wrote it: what it says, as one line of text each. What is blank is not among them.
///
/// Dates stand as `2026-12-31`, lists with commas between.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Charter {
    /// What it says.
    pub fields: BTreeMap<CharterField, String>,
}

impl Charter {
    /// Reads a charter file.
    ///
    /// # Errors
    ///
    /// Everything wrong in it; `bad-owner` for an owner that is not a handle. A key that stands there and is blank is
    /// the warning `charter-blank`.
    pub fn parse(path: &str, bytes: &[u8]) -> Reading<Self> {
        let text = text::decode(path, bytes)?;
        let document = Document::parse(path, text)?;
        let charter = Self::read(document.fields());
        document.finish(charter)
    }

    /// The days it names, each with its field.
    pub fn days(&self) -> Vec<(CharterField, &str)> {
        let whole = |field| self.fields.get(&field).map(|text| (field, text.as_str()));
        let metric = self.fields.get(&CharterField::Metric).and_then(|text| text.rsplit_once(" by "));
        let metric = metric.map(|(_, day)| (CharterField::Metric, day));
        [metric, whole(CharterField::TurnoverTest), whole(CharterField::ReviewBy)].into_iter().flatten().collect()
    }

    fn read(mut file: Fields<'_>) -> Option<Self> {
        let mut fields = BTreeMap::new();
        for field in CharterField::ALL {
            let Some(item) = file.item(field.word()) else { continue };
            let text = value(field, &item)?;
            if text.is_empty() {
                let problem = item.problem_at_key("charter-blank", format!("`{field}` is blank"));
                item.report(problem.next("fill it in, or take it out to inherit it").as_warning());
            } else {
                fields.insert(field, text);
            }
        }
        file.finish();
        Some(Self { fields })
    }
}

/// A field as text; empty where it is blank.
fn value(field: CharterField, item: &Item<'_>) -> Option<String> {
    match field {
        CharterField::WorkflowOwner | CharterField::TechnicalOwner => owner(item),
        CharterField::ProblemHours => item.number_within(0.0..=f64::MAX).map(|hours| hours.to_string()),
        CharterField::Inputs | CharterField::WritesTo if item.is_list() => Some(listed(&item.strings()?)),
        CharterField::Inputs => item.wrong("a list"),
        CharterField::ReviewTiers => tiers(item),
        CharterField::Metric => metric(item),
        CharterField::TurnoverTest | CharterField::ReviewBy => day(item),
        CharterField::MaintenanceBudget => text_or_number(item),
        CharterField::Status => item.one_of(&CharterStatus::WORDS).map(|status| status.word().to_owned()),
        CharterField::Sponsor | CharterField::WritesTo | CharterField::WhenWrong => line(item),
    }
}

fn owner(item: &Item<'_>) -> Option<String> {
    let text = line(item)?;
    if !text.is_empty() && Handle::parse(&text).is_err() {
        let message =
            format!("`{}` names a person by the handle in `chancery.toml`, and `{text}` is none", item.keys());
        item.refuse("bad-owner", message);
        return None;
    }
    Some(text)
}

/// Text as one line.
fn line(item: &Item<'_>) -> Option<String> {
    item.string().map(|text| one_line(&text))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn listed(texts: &[String]) -> String {
    texts.iter().map(|text| one_line(text)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

fn text_or_number(item: &Item<'_>) -> Option<String> {
    if item.as_str().is_some() { line(item) } else { item.number().map(|number| number.to_string()) }
}

/// `review_tiers = { low = "…", medium = "…", high = "…" }`, any of them.
fn tiers(item: &Item<'_>) -> Option<String> {
    let mut table = item.table()?;
    let mut texts = Vec::new();
    for tier in ["low", "medium", "high"] {
        let Some(item) = table.item(tier) else { continue };
        let text = line(&item)?;
        if !text.is_empty() {
            texts.push(format!("{tier}: {text}"));
        }
    }
    table.finish();
    Some(texts.join("; "))
}

/// `metric = { name, target, by }`: blank unless all three are there.
fn metric(item: &Item<'_>) -> Option<String> {
    let mut table = item.table()?;
    let name = table.required("name").and_then(|item| line(&item));
    let target = table.required("target").and_then(|item| text_or_number(&item));
    let by = table.required("by").and_then(|item| day(&item));
    table.finish();
    let (name, target, by) = (name?, target?, by?);
    let blank = name.is_empty() || target.is_empty() || by.is_empty();
    Some(if blank { String::new() } else { format!("{name}: {target} by {by}") })
}

/// A day, without an hour; blank where it is empty text.
fn day(item: &Item<'_>) -> Option<String> {
    if item.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Some(String::new());
    }
    let date = item.date()?;
    if date.len() != 10 {
        let problem = item.problem("bad-date", format!("`{}` is a moment, and must be a day", item.keys()));
        item.report(problem.next("write it as `2026-12-31`"));
        return None;
    }
    Some(date)
}

/// The names of the charters that cover an artifact of this name, nearest first: its own, and those of its folders.
pub fn covering(name: &Name) -> Vec<Name> {
    let mut names = Vec::new();
    let mut rest = name.as_str();
    loop {
        names.extend(Name::parse(rest));
        match rest.rsplit_once('/') {
            Some((folder, _)) => rest = folder,
            None => return names,
        }
    }
}

/// What holds for an artifact: what the charters that cover it say, each field by the nearest that fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The charters, nearest first; never empty.
    pub charters: Vec<Name>,
    /// What they say.
    pub said: BTreeMap<CharterField, Said>,
}

/// What holds of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The charter that says it.
    pub from: Name,
}

impl Coverage {
    /// Puts charters together, nearest first; `None` where there is none.
    pub fn of(charters: impl IntoIterator<Item = (Name, Charter)>) -> Option<Self> {
        let mut coverage = Self { charters: Vec::new(), said: BTreeMap::new() };
        for (name, charter) in charters {
            for (field, text) in charter.fields {
                coverage.said.entry(field).or_insert_with(|| Said { text, from: name.clone() });
            }
            coverage.charters.push(name);
        }
        (!coverage.charters.is_empty()).then_some(coverage)
    }

    /// The charter nearest to the artifact.
    pub fn nearest(&self) -> Option<&Name> {
        self.charters.first()
    }

    /// What holds of a field.
    pub fn get(&self, field: CharterField) -> Option<&Said> {
        self.said.get(&field)
    }

    /// The people it names, with what each answers for. A sponsor that is no handle is nobody's business here.
    pub fn owners(&self) -> impl Iterator<Item = (CharterField, &Said, Handle)> {
        CharterField::OWNERS.into_iter().filter_map(|field| {
            let said = self.get(field)?;
            Some((field, said, Handle::parse(&said.text).ok()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        workflow_owner = "maya"
        technical_owner = "tom"
        sponsor = "Ada Lovelace, finance"
        problem_hours = 120
        inputs = ["tickets", "orders"]
        review_tiers = { low = "sampled", high = "every one" }
        writes_to = "the ticket"
        metric = { name = "handling time", target = "4 min", by = 2027-03-31 }
        when_wrong = "a person answers"
        turnover_test = 2026-12-01
        maintenance_budget = "2 days a month"
        review_by = 2027-06-30
        status = "pilot"
    "#;

    fn parsed(text: &str) -> Charter {
        Charter::parse("charters/a.toml", text.as_bytes()).unwrap().0
    }

    fn codes(text: &str) -> Vec<String> {
        match Charter::parse("charters/a.toml", text.as_bytes()) {
            Ok((_, warnings)) => warnings.into_iter().map(|problem| format!("~{}", problem.code)).collect(),
            Err(problems) => problems.into_iter().map(|problem| problem.code).collect(),
        }
    }

    #[test]
    fn a_charter_is_read_as_lines() {
        let charter = parsed(WHOLE);
        assert_eq!(charter.fields.len(), 13);
        assert_eq!(charter.fields[&CharterField::Metric], "handling time: 4 min by 2027-03-31");
        assert_eq!(charter.fields[&CharterField::ReviewTiers], "low: sampled; high: every one");
        assert_eq!(charter.fields[&CharterField::Inputs], "tickets, orders");
        let json = serde_json::to_value(&charter).unwrap();
        assert_eq!(json["review_by"], "2027-06-30");
        assert_eq!(serde_json::from_value::<Charter>(json).unwrap(), charter);
    }

    #[test]
    fn what_is_wrong_is_told_and_what_is_blank_is_not_said() {
        assert_eq!(codes("workflow_onwer = \"a\""), ["unknown-key"]);
        assert_eq!(codes("workflow_owner = \"Ada Lovelace\""), ["bad-owner"]);
        assert_eq!(codes("status = \"prod\""), ["unknown-word"]);
        assert_eq!(codes("review_by = 2026-01-01T00:00:00Z"), ["bad-date"]);
        assert_eq!(codes("metric = { name = \"x\" }"), ["missing-key", "missing-key"]);
        assert_eq!(codes("when_wrong = \" \"\ninputs = []\nreview_by = \"\""), vec!["~charter-blank"; 3]);
        assert!(parsed("when_wrong = \" \"").fields.is_empty());
    }

    #[test]
    fn the_nearest_charter_that_fills_a_field_in_decides() {
        let name = |text: &str| Name::parse(text).unwrap();
        assert_eq!(covering(&name("a/b/c")), [name("a/b/c"), name("a/b"), name("a")]);
        let near = parsed("workflow_owner = \"tom\"\nwhen_wrong = \"\"");
        let coverage = Coverage::of([(name("a/b"), near), (name("a"), parsed(WHOLE))]).unwrap();
        assert_eq!(coverage.get(CharterField::WorkflowOwner).map(|said| said.from.as_str()), Some("a/b"));
        assert_eq!(coverage.get(CharterField::WhenWrong).map(|said| said.from.as_str()), Some("a"));
        let owners: Vec<String> = coverage.owners().map(|(_, _, handle)| handle.to_string()).collect();
        assert_eq!(owners, ["tom", "tom"]);
        assert_eq!(Coverage::of([]), None);
    }
}
