//! `prompts/NAME.md`: front matter between `+++` lines, then a Jinja body; or a raw prompt.

use std::collections::BTreeMap;

use super::{
    Input, Reading, Source, SourceFile, attached::Attached, document::reading, front::Front, settings::Settings, text,
};
use crate::{name::Name, problem::Problem};

/// Whether a prompt's text is a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Rendered with minijinja.
    Jinja,
    /// One user message, verbatim, whatever braces it holds.
    None,
}

impl Template {
    pub(super) const WORDS: [(&str, Self); 2] = [("jinja", Self::Jinja), ("none", Self::None)];
}

/// A prompt as its author wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The model artifact it is written for.
    pub model: Option<Name>,
    /// Tools the model may call, in the author's order.
    pub tools: Vec<Name>,
    /// Policies the prompt includes or obeys, in the author's order.
    pub policies: Vec<Name>,
    /// Declared variables.
    pub inputs: BTreeMap<String, Input>,
    /// JSON Schema of the reply, when one is declared.
    pub output_schema: Option<serde_json::Value>,
    /// Whether the body is a template.
    pub template: Template,
    /// The body: everything after the front matter, or the whole file of a raw prompt.
    pub body: String,
    /// Line of the file on which the body begins, from 1.
    pub body_line: u32,
}

impl Prompt {
    /// Reads a prompt.
    ///
    /// A file whose first line is `+++` has front matter up to the next such line, and a Jinja body after it,
    /// exactly as it stands. Any other file is raw: its whole text is the body, and its settings may stand in
    /// `NAME.chancery.toml` beside it. `template` is what a `[[sources]]` entry says: `none` makes every file
    /// raw, `jinja` makes raw files templates.
    ///
    /// # Errors
    ///
    /// Everything wrong in the prompt, its settings and its schema. An empty body is a warning.
    pub fn parse(name: &Name, path: &str, source: &Source, template: Option<Template>) -> Reading<Self> {
        Self::read(name, path, &source.main, &Attached::new(path, &source.attached), template)
    }

    pub(super) fn read(
        name: &Name,
        path: &str,
        main: &SourceFile,
        attached: &Attached<'_>,
        template: Option<Template>,
    ) -> Reading<Self> {
        let text = text::decode(path, &main.bytes)?;
        let front = if template == Some(Template::None) { None } else { Front::find(path, text)? };
        let beside = settings_name(&main.path);
        let mut problems = Vec::new();
        let (settings, template, body_at) = match (front, attached.optional(&beside)) {
            (Some(front), beside_bytes) => {
                if beside_bytes.is_some() {
                    problems.push(settings_twice(path, &attached.path_of(&beside)));
                }
                let settings = Settings::of_front(path, text, front.toml, name, attached, &mut problems);
                (settings, Template::Jinja, front.body)
            }
            (None, Some(bytes)) => {
                let settings = Settings::of_file(&attached.path_of(&beside), bytes, name, attached, &mut problems);
                let template = agreed(template, settings.template, &attached.path_of(&beside), &mut problems);
                (settings, template, 0)
            }
            (None, None) => (Settings::default(), template.unwrap_or(Template::None), 0),
        };
        let body = text.get(body_at..).unwrap_or_default();
        if body.trim().is_empty() {
            let at = if body_at == 0 { 0 } else { body_at - 1 };
            problems.push(Problem::at(path, text, at, "empty-file", "the prompt has no body").as_warning());
        }
        problems.sort();
        reading(Some(settings.with_body(template, text, body_at)), problems)
    }
}

impl Settings {
    fn with_body(self, template: Template, text: &str, body_at: usize) -> Prompt {
        let (front, body) = text.split_at_checked(body_at).unwrap_or(("", text));
        Prompt {
            model: self.model,
            tools: self.tools,
            policies: self.policies,
            inputs: self.inputs,
            output_schema: self.output_schema,
            template,
            body: body.to_owned(),
            body_line: u32::try_from(front.matches('\n').count() + 1).unwrap_or(u32::MAX),
        }
    }
}

/// The settings file of a raw prompt: `NAME.chancery.toml` beside `NAME.md`.
fn settings_name(main: &str) -> String {
    let stem = main.rsplit_once('.').map_or(main, |(stem, _)| stem);
    format!("{stem}.chancery.toml")
}

fn settings_twice(path: &str, beside: &str) -> Problem {
    let message = "the settings stand twice: in the front matter and in a file beside the prompt";
    Problem::whole(path, "settings-twice", message).next(format!("remove `{beside}`, or the front matter"))
}

/// What `[[sources]]` and the settings file say together; raw when neither says anything.
fn agreed(mapped: Option<Template>, set: Option<Template>, path: &str, problems: &mut Vec<Problem>) -> Template {
    if let (Some(mapped), Some(set)) = (mapped, set)
        && mapped != set
    {
        let message = "`template` is not what the `[[sources]]` entry of this prompt says";
        problems.push(Problem::whole(path, "template-conflict", message).next("say it in one of the two places"));
    }
    set.or(mapped).unwrap_or(Template::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(main: &str, attached: &[(&str, &str)]) -> Source {
        let mut source = Source::single("p.md", main.as_bytes().to_vec());
        let file =
            |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() };
        source.attached = attached.iter().map(file).collect();
        source
    }

    fn read(main: &str, attached: &[(&str, &str)], template: Option<Template>) -> Reading<Prompt> {
        Prompt::parse(&Name::parse("p").unwrap(), "prompts/p.md", &source(main, attached), template)
    }

    fn codes(read: Reading<Prompt>) -> Vec<(u32, String)> {
        read.unwrap_err().into_iter().map(|problem| (problem.line, problem.code)).collect()
    }

    #[test]
    fn front_matter_ends_at_its_line_and_the_body_is_exact() {
        for (text, body, line) in [
            ("+++\nmodel = \"fast\"\n+++\n hi \n", " hi \n", 4),
            ("\u{feff}+++\r\nmodel = \"fast\"\r\n+++\r\nhi\r\n", "hi\r\n", 4),
            ("+++  \nmodel = \"fast\"\n+++\t\n\n\nhi", "\n\nhi", 4),
            ("+++\nmodel = \"fast\"\n+++\n+++\nx", "+++\nx", 4),
        ] {
            let (prompt, warnings) = read(text, &[], None).unwrap();
            assert_eq!((prompt.body.as_str(), prompt.body_line, prompt.template), (body, line, Template::Jinja));
            assert_eq!(prompt.model, Some(Name::parse("fast").unwrap()));
            assert!(warnings.is_empty());
        }
        let empty = read("+++\n+++", &[], None).unwrap();
        assert_eq!((empty.0.body.as_str(), empty.1[0].code.as_str()), ("", "empty-file"));
    }

    #[test]
    fn a_file_without_front_matter_is_raw() {
        for text in ["{{ not a template", "\u{feff}a\r\n", "++++\nx", " +++\n", "+++ x\n"] {
            let (prompt, _) = read(text, &[], None).unwrap();
            assert_eq!((prompt.template, prompt.body.as_str(), prompt.body_line), (Template::None, text, 1));
        }
        assert_eq!(read("", &[], None).unwrap().1[0].code, "empty-file");
        let mapped = read("+++\nkept as it is", &[], Some(Template::None)).unwrap().0;
        assert_eq!((mapped.template, mapped.body.as_str()), (Template::None, "+++\nkept as it is"));
        assert_eq!(read("{{ x }}", &[], Some(Template::Jinja)).unwrap().0.template, Template::Jinja);
    }

    #[test]
    fn front_matter_that_never_ends_is_a_problem() {
        assert_eq!(codes(read("+++\nmodel = \"fast\"\n", &[], None)), [(1, "unclosed-front-matter".to_owned())]);
        assert_eq!(codes(read("+++", &[], None)), [(1, "unclosed-front-matter".to_owned())]);
    }

    #[test]
    fn a_raw_prompt_has_its_settings_beside_it() {
        let settings = "model = \"fast\"\ntemplate = \"jinja\"\n[inputs.x]\ntype = \"number\"\n";
        let (prompt, _) = read("{{ x }}", &[("p.chancery.toml", settings)], None).unwrap();
        assert_eq!((prompt.template, prompt.inputs.len()), (Template::Jinja, 1));
        let twice = codes(read("+++\n+++\nx", &[("p.chancery.toml", settings)], None));
        assert_eq!(twice, [(1, "settings-twice".to_owned())]);
        let conflict = codes(read("x", &[("p.chancery.toml", settings)], Some(Template::None)));
        assert_eq!(conflict, [(1, "template-conflict".to_owned())]);
        let bad = read("x", &[("p.chancery.toml", "modle = 1\n")], None).unwrap_err();
        assert_eq!((bad[0].path.as_str(), bad[0].code.as_str()), ("prompts/p.chancery.toml", "unknown-key"));
        assert_eq!(bad[0].next.as_deref(), Some("did you mean `model`?"));
    }

    #[test]
    fn every_problem_of_the_front_matter_is_said_at_once() {
        let text = "+++\nmodel = \"no such\"\ntools = [\"a\", \"b\", \"a\", 3]\n[inputs.x]\ntype = \"strng\"\n\
                    [inputs.\"y z\"]\n[inputs.n]\ntype = \"number\"\ndefault = \"three\"\n[output]\nschema = \"gone.json\"\n+++\nhi";
        let found = codes(read(text, &[], None));
        let expected = [
            (2, "bad-name"),
            (3, "duplicate"),
            (3, "wrong-type"),
            (5, "unknown-word"),
            (6, "bad-name"),
            (9, "wrong-type"),
            (11, "missing-file"),
        ];
        assert_eq!(found, expected.map(|(line, code)| (line, code.to_owned())));
    }

    #[test]
    fn the_output_schema_is_inline_or_beside_and_must_compile() {
        let inline = "+++\n[output.schema]\ntype = \"object\"\n+++\nhi";
        assert_eq!(read(inline, &[], None).unwrap().0.output_schema, Some(serde_json::json!({"type": "object"})));
        let beside = "+++\noutput.schema = \"a.json\"\n+++\nhi";
        assert!(read(beside, &[("a.json", "{\"type\": \"array\"}")], None).is_ok());
        let bad = read(beside, &[("a.json", "{\n\"type\": \"arr\"}")], None).unwrap_err();
        assert_eq!((bad[0].path.as_str(), bad[0].line, bad[0].code.as_str()), ("prompts/a.json", 2, "bad-schema"));
        let remote = "+++\noutput.schema = { \"$ref\" = \"https://example.com/x.json\" }\n+++\nhi";
        assert_eq!(codes(read(remote, &[], None)), [(2, "bad-schema".to_owned())]);
        let out = "+++\noutput.schema = \"../a.json\"\n+++\nhi";
        assert_eq!(codes(read(out, &[], None)), [(2, "bad-path".to_owned())]);
    }

    #[test]
    fn a_fragment_has_no_model_and_no_output() {
        let fragment = Name::parse("team/_tone").unwrap();
        let text = "+++\nmodel = \"fast\"\noutput.schema = {}\n+++\nbe kind";
        let problems = Prompt::parse(&fragment, "prompts/team/_tone.md", &source(text, &[]), None).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.line, problem.code.as_str())).collect();
        assert_eq!(found, [(2, "misplaced-key"), (3, "misplaced-key")]);
    }
}
