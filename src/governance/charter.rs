//! `charter = …`: what somebody must have said before an agent goes live.

use crate::{
    artifact::{CharterField, CharterStatus, Item},
    gate::CharterRule,
};

/// A list of fields, or a table with `fields` and the least `status`.
pub(super) fn read(item: &Item<'_>) -> Option<CharterRule> {
    if item.is_list() {
        return filled(item, CharterRule { fields: fields(item)?, status: None });
    }
    if !item.is_table() {
        return item.wrong("a list of fields, or a table with `fields` and `status`");
    }
    let mut table = item.table()?;
    let fields = match table.item("fields") {
        Some(item) => fields(&item),
        None => Some(Vec::new()),
    };
    let status = table.item("status").map(|item| item.one_of(&CharterStatus::WORDS));
    table.finish();
    let status = status.map_or(Some(None), |read| read.map(Some))?;
    filled(item, CharterRule { fields: fields?, status })
}

fn fields(item: &Item<'_>) -> Option<Vec<CharterField>> {
    let words = CharterField::ALL.map(|field| (field.word(), field));
    let mut found = Vec::new();
    for item in item.list()? {
        let field = item.one_of(&words)?;
        if found.contains(&field) {
            item.refuse("duplicate", format!("`{field}` stands twice in `{}`", item.keys()));
        }
        found.push(field);
    }
    found.sort();
    Some(found)
}

fn filled(item: &Item<'_>, rule: CharterRule) -> Option<CharterRule> {
    if rule.fields.is_empty() && rule.status.is_none() {
        let problem = item.problem("empty-list", format!("`{}` asks for nothing", item.keys()));
        item.report(problem.next("name a field, or remove `charter`"));
        return None;
    }
    Some(rule)
}
