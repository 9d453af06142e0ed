//! `[[sources]]`: where artifacts stand besides the default folders.

use globset::Glob;

use super::SourceRule;
use crate::{
    artifact::{Fields, Item, Template},
    name::Kind,
};

/// Reads every entry; one with a problem is left out.
pub(super) fn read(fields: &mut Fields<'_>) -> Vec<SourceRule> {
    fields.tables("sources").into_iter().filter_map(source).collect()
}

/// One entry.
fn source(mut table: Fields<'_>) -> Option<SourceRule> {
    let kinds = Kind::ALL.map(|kind| (kind.word(), kind));
    let files = table.required("files").and_then(|item| item.parsed("bad-glob", glob));
    let kind = table.required("kind").and_then(|item| item.one_of(&kinds));
    let template = table.item("template");
    let stated = template.as_ref().map(|item| item.one_of(&[("none", Template::None), ("jinja", Template::Jinja)]));
    if let (Some(item), Some(kind)) = (&template, kind)
        && kind != Kind::Prompt
    {
        item.refuse("template-not-prompt", format!("only prompts can be templates, and these files are {kind} files"));
    }
    let name = match table.item("name") {
        Some(item) => pattern(&item, files.as_deref().map_or(usize::MAX, wildcards)),
        None => Some("{stem}".to_owned()),
    };
    table.finish();
    let template = match stated {
        Some(read) => Some(read?),
        None => None,
    };
    Some(SourceRule { files: files?, kind: kind?, template, name: name? })
}

/// A glob over paths below the project folder.
fn glob(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("an empty glob matches nothing".to_owned());
    }
    if text.starts_with('/') || text.contains('\\') || text.split('/').any(|word| word == "..") {
        return Err(format!("`{text}` leads out of the project folder"));
    }
    Glob::new(text).map(|_| text.to_owned()).map_err(|wrong| wrong.to_string())
}

/// How many `*` and `**` a glob has.
fn wildcards(glob: &str) -> usize {
    glob.split('/').map(|word| if word == "**" { 1 } else { word.matches('*').count() }).sum()
}

/// A pattern whose every `{…}` can be filled.
fn pattern(item: &Item<'_>, wildcards: usize) -> Option<String> {
    let text = item.string()?;
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once('{') {
        let Some((word, tail)) = after.split_once('}') else {
            item.refuse("bad-pattern", format!("`{text}` opens a `{{` and does not close it"));
            return None;
        };
        let number = word.parse::<usize>().ok();
        let known = matches!(word, "stem" | "path") || number.is_some_and(|n| (1..=wildcards).contains(&n));
        if !known {
            let message = match number {
                Some(_) => format!("`{{{word}}}` stands for a `*` that the glob does not have"),
                None => format!("`{{{word}}}` is not a part of a name"),
            };
            let next = "parts of a name are `{1}`, `{2}`… for each `*` or `**` of the glob, `{stem}` and `{path}`";
            item.report(item.problem("bad-pattern", message).next(next));
            return None;
        }
        rest = tail;
    }
    if text.is_empty() {
        item.refuse("bad-pattern", "an empty pattern names nothing");
        return None;
    }
    Some(text)
}
