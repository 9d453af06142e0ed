//! What a prompt's front matter says, or the settings file beside a raw prompt.

use std::{collections::BTreeMap, ops::Range};

use super::{Document, Fields, Input, Template, attached::Attached, schema, text};
use crate::{name::Name, problem::Problem};

/// Everything about a prompt but its body.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) model: Option<Name>,
    pub(super) tools: Vec<Name>,
    pub(super) policies: Vec<Name>,
    pub(super) inputs: BTreeMap<String, Input>,
    pub(super) output_schema: Option<serde_json::Value>,
    /// Only a settings file says this.
    pub(super) template: Option<Template>,
}

impl Settings {
    /// Reads front matter at these offsets of a text; its problems are added to `problems`.
    pub(super) fn of_front(
        path: &str,
        text: &str,
        toml: Range<usize>,
        name: &Name,
        attached: &Attached<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let document = Document::parse_part(path, text, toml);
        Self::of_document(document, problems, |mut fields| {
            let settings = Self::read(&mut fields, name, attached);
            fields.finish();
            settings
        })
    }

    /// Reads a settings file, which may also say `template`; its problems are added to `problems`.
    pub(super) fn of_file(
        path: &str,
        bytes: &[u8],
        name: &Name,
        attached: &Attached<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let text = text::decode(path, bytes);
        Self::of_document(text.and_then(|text| Document::parse(path, text)), problems, |mut fields| {
            let mut settings = Self::read(&mut fields, name, attached);
            settings.template = fields.one_of("template", &Template::WORDS);
            fields.finish();
            settings
        })
    }

    fn of_document(
        document: Result<Document<'_>, Vec<Problem>>,
        problems: &mut Vec<Problem>,
        read: impl FnOnce(Fields<'_>) -> Self,
    ) -> Self {
        match document {
            Ok(document) => {
                let settings = read(document.fields());
                document.drain_into(problems);
                settings
            }
            Err(mut wrong) => {
                problems.append(&mut wrong);
                Self::default()
            }
        }
    }

    fn read(fields: &mut Fields<'_>, name: &Name, attached: &Attached<'_>) -> Self {
        let mut settings = Self {
            model: fields.parsed("model", "bad-name", Name::parse),
            tools: fields.list_parsed("tools", "bad-name", Name::parse).unwrap_or_default(),
            policies: fields.list_parsed("policies", "bad-name", Name::parse).unwrap_or_default(),
            ..Self::default()
        };
        if let Some(mut inputs) = fields.table("inputs") {
            let read = inputs.entries();
            settings.inputs = read.into_iter().filter_map(|(key, item)| Input::read(&key, &item)).collect();
        }
        if let Some(mut output) = fields.table("output") {
            settings.output_schema = output.required("schema").and_then(|item| schema::read(&item, attached));
            output.finish();
        }
        if name.is_fragment() {
            for key in ["model", "output"] {
                refuse_in_fragment(fields, key);
            }
        }
        settings
    }
}

fn refuse_in_fragment(fields: &mut Fields<'_>, key: &str) {
    if let Some(item) = fields.item(key) {
        let message = format!("a fragment has no `{key}`; the prompt that includes it says so");
        item.report(item.problem_at_key("misplaced-key", message));
    }
}
