//! What charters say together, and what is wrong with that: for `show` and `check`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Failure;
use crate::{
    artifact::{Charter, CharterField, CharterStatus, Coverage, Parsed, covering, parse},
    clock::{Time, is_past},
    governance::Governance,
    name::{Artifact, Kind, Name},
    problem::{Problem, quoted},
    state::State,
    workspace::{Loaded, WorkingFile},
};

/// What a charter says, with what it inherits from the heads above it.
#[derive(Debug, Serialize)]
pub struct CharterSheet {
    /// What holds, in the order of the file.
    pub fields: Vec<CharterLine>,
    /// Fields that neither it nor a charter above it fills in.
    pub blank: Vec<CharterField>,
}

/// One field that holds.
#[derive(Debug, Serialize)]
pub struct CharterLine {
    /// The field.
    pub field: CharterField,
    /// What it says.
    pub text: String,
    /// The charter that says it.
    pub from: Name,
    /// Whether that is one above.
    pub inherited: bool,
}

/// What a version of a charter says, and what it inherits.
pub(super) fn sheet(state: &State<'_>, name: &Name, charter: Charter) -> Result<CharterSheet, Failure> {
    let mut charters = vec![(name.clone(), charter)];
    for above in covering(name).into_iter().skip(1) {
        let artifact = Artifact::new(Kind::Charter, above.clone());
        let Some(head) = state.head(&artifact)?.filter(|head| head.version.is_some()) else { continue };
        let said = state.commit(&artifact, head.number)?.and_then(|record| record.contents.charter);
        charters.push((above, said.unwrap_or_default()));
    }
    let said = Coverage::of(charters).map(|coverage| coverage.said).unwrap_or_default();
    let blank = CharterField::ALL.into_iter().filter(|field| !said.contains_key(field)).collect();
    let line = |(field, said): (CharterField, crate::artifact::Said)| {
        let inherited = said.from != *name;
        CharterLine { field, text: said.text, from: said.from, inherited }
    };
    Ok(CharterSheet { fields: said.into_iter().map(line).collect(), blank })
}

/// What is past due, whose owners are nobody listed, and what environments ask for and nobody says; all warnings.
pub(super) fn problems(loaded: &Loaded, governance: Option<&Governance>, now: Time) -> Vec<Problem> {
    let Some(governance) = governance else { return Vec::new() };
    let mut charters: BTreeMap<String, (&WorkingFile, Name, Charter)> = BTreeMap::new();
    for file in loaded.artifacts.values().filter(|file| file.artifact.kind == Kind::Charter) {
        if let Some(charter) = read(file) {
            let name = file.artifact.name.clone();
            charters.insert(name.folded(), (file, name, charter));
        }
    }
    let mut problems = Vec::new();
    for (file, name, charter) in charters.values() {
        problems.extend(overdue(file, charter, now));
        problems.extend(orphaned(file, name, charter, governance));
    }
    problems.extend(asked(loaded, governance, &charters));
    problems
}

fn read(file: &WorkingFile) -> Option<Charter> {
    let (kind, name) = (file.artifact.kind, &file.artifact.name);
    match parse(kind, name, &file.path, &file.source, file.template) {
        Ok((Parsed::Charter(charter), _)) => Some(charter),
        _ => None,
    }
}

/// A warning at the line of a field.
fn at(file: &WorkingFile, field: CharterField, code: &str, message: String) -> Problem {
    let text = String::from_utf8_lossy(&file.source.main.bytes);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with(field.word()) {
            let indent = line.len() - line.trim_start().len();
            return Problem::at(&file.path, &text, start + indent, code, message).as_warning();
        }
        start += line.len();
    }
    Problem::whole(&file.path, code, message).as_warning()
}

/// Days that are over.
fn overdue(file: &WorkingFile, charter: &Charter, now: Time) -> Vec<Problem> {
    let past = charter.days().into_iter().filter(|(_, day)| is_past(day, now));
    let told = past.map(|(field, day)| {
        let (what, next) = match field {
            CharterField::Metric => ("the target was to be met by", "say what came of it, and set a new date"),
            CharterField::TurnoverTest => ("somebody else was to run it by", "run the test, and set the next date"),
            _ => ("it was to be reviewed by", "review it with its owners, and set a new date"),
        };
        at(file, field, "charter-past-due", format!("{what} {day}")).next(next)
    });
    told.collect()
}

/// Owners that nobody can ask.
fn orphaned(file: &WorkingFile, name: &Name, charter: &Charter, governance: &Governance) -> Vec<Problem> {
    let people = &governance.people.people;
    let Some(own) = Coverage::of([(name.clone(), charter.clone())]) else { return Vec::new() };
    let lost = own.owners().filter_map(|(field, _, handle)| {
        let why = match people.get(&handle) {
            Some(person) if !person.program => return None,
            Some(_) => "is a program, which answers for nothing",
            None => "is not a listed person",
        };
        let problem = at(file, field, "charter-orphaned", format!("`{handle}`, {field}, {why}"));
        let near = problem.nearest(handle.as_str(), people.keys().map(crate::name::Handle::as_str));
        Some(if near.next.is_some() { near } else { near.next("name somebody from `[people]`") })
    });
    lost.collect()
}

/// What environments ask of prompts and no charter says.
fn asked(
    loaded: &Loaded,
    governance: &Governance,
    charters: &BTreeMap<String, (&WorkingFile, Name, Charter)>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let prompts = loaded.artifacts.values().filter(|file| file.artifact.kind == Kind::Prompt);
    for prompt in prompts.filter(|file| !file.artifact.name.is_fragment()) {
        let name = &prompt.artifact.name;
        let found = covering(name).into_iter().filter_map(|name| charters.get(&name.folded()));
        let found: Vec<_> = found.collect();
        let coverage = Coverage::of(found.iter().map(|(_, name, charter)| (name.clone(), charter.clone())));
        for rules in &governance.environments {
            let Some(rule) = &rules.gate.charter else { continue };
            let env = &rules.name;
            let (Some(coverage), Some((file, charter, _))) = (&coverage, found.first()) else {
                let message = format!("`{env}` asks for a charter, and none covers `{name}`");
                let next = format!("write `charters/{name}.toml`, or one for a folder above");
                problems.push(Problem::whole(&prompt.path, "no-charter", message).next(next).as_warning());
                continue;
            };
            let blank: Vec<_> = rule.fields.iter().filter(|field| coverage.get(**field).is_none()).collect();
            if !blank.is_empty() {
                let message = format!("`{env}` asks for {} of `{name}`, and it is blank", quoted(blank, ", "));
                let next = format!("fill it in here, or in a charter above `{charter}`");
                problems.push(Problem::whole(&file.path, "charter-incomplete", message).next(next).as_warning());
            }
            let status = coverage.get(CharterField::Status).and_then(|said| CharterStatus::parse(&said.text));
            if let Some(least) = rule.status.filter(|least| status.is_none_or(|has| has < *least)) {
                let message = format!("`{env}` asks for the status `{}` or more of `{name}`", least.word());
                problems.push(at(file, CharterField::Status, "charter-status", message));
            }
        }
    }
    problems
}
