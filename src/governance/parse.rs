//! The file as a whole.

use super::{Governance, environments, people, reach, risk, sources};
use crate::{
    artifact::{Document, Fields},
    name::Name,
    problem::Problem,
};

/// Where the rules stand in the project folder.
pub const FILE: &str = "chancery.toml";

impl Governance {
    /// Reads `chancery.toml`; with it come the warnings about rules that can hardly be met.
    ///
    /// # Errors
    ///
    /// Every problem of the file at once, warnings included, each with line, column and excerpt.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let text = std::str::from_utf8(bytes).map_err(|wrong| {
            let message = format!("`{path}` is not UTF-8 from byte {} on", wrong.valid_up_to());
            vec![Problem::whole(path, "not-utf8", message).next("save the file as UTF-8")]
        })?;
        let document = Document::parse(path, text)?;
        let read = read(document.fields());
        let ((governance, places), mut warnings) = document.finish(read)?;
        // Only of rules that are read without an error can be said who could meet them.
        warnings.extend(reach::warnings(&governance, places));
        warnings.sort();
        Ok((governance, warnings))
    }
}

/// Reads every table; `None` when a problem was put down that leaves nothing to go on with.
fn read(mut fields: Fields<'_>) -> Option<(Governance, reach::Places)> {
    let project = project(&mut fields);
    let sources = sources::read(&mut fields);
    let approvals = approvals(&mut fields);
    let names = environments::names(&mut fields);
    let roles = people::roles(&mut fields, &names);
    let people = people::people(&mut fields, roles);
    let environments = environments::read(&mut fields, &people);
    let risk = risk::read(&mut fields, &names);
    let places = reach::Places::of(&mut fields);
    fields.finish();
    let governance = Governance { project: project?, sources, approvals: approvals?, people, environments, risk };
    Some((governance, places))
}

/// `[project]`.
fn project(fields: &mut Fields<'_>) -> Option<String> {
    let mut table = fields.required("project")?.table()?;
    let name = table.required("name").and_then(|item| item.parsed("bad-name", word));
    table.finish();
    name
}

/// A name without folders: it is the first part of every stamp.
fn word(text: &str) -> Result<String, String> {
    Name::parse(text).map_err(|bad| bad.to_string())?;
    if text.contains('/') { Err(format!("the name `{text}` holds a `/`")) } else { Ok(text.to_owned()) }
}

/// `[governance]`; one approval of root unless it says more.
fn approvals(fields: &mut Fields<'_>) -> Option<u32> {
    let Some(item) = fields.item("governance") else { return Some(1) };
    let mut table = item.table()?;
    let approvals = match table.item("approvals") {
        Some(item) => item.integer_within(1..=i64::from(u32::MAX)).and_then(|number| u32::try_from(number).ok()),
        None => Some(1),
    };
    table.finish();
    approvals
}

/// Refuses keys that are part of the grammar and not enforced yet, by name.
pub(super) fn not_yet(fields: &mut Fields<'_>, keys: &[&str]) {
    for key in keys {
        if let Some(item) = fields.item(key) {
            let message = format!("`{}` is not enforced by this version; remove it", item.keys());
            item.report(item.problem_at_key("not-yet", message).next(format!("remove `{key}`")));
        }
    }
}
