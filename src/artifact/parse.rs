//! One way in for every kind of artifact.

use super::{Charter, Model, Policy, Prompt, Reading, Source, SourceFile, Suite, Template, Tool, attached::Attached};
use crate::name::{Kind, Name};

/// An artifact that was read, of whatever kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// Messages with variables, or raw text.
    Prompt(Prompt),
    /// A tool definition.
    Tool(Tool),
    /// Prose, Cedar or Rego.
    Policy(Policy),
    /// A provider, a model id and its parameters.
    Model(Model),
    /// Golden cases.
    Suite(Suite),
    /// Who answers for an agent.
    Charter(Charter),
}

/// Reads an artifact. `path` is where its main file stands, from the project folder; `template` is what a
/// `[[sources]]` entry says of a prompt.
///
/// # Errors
///
/// Every problem of the artifact and of the files it names.
pub fn parse(kind: Kind, name: &Name, path: &str, source: &Source, template: Option<Template>) -> Reading<Parsed> {
    read(kind, name, path, &source.main, &Attached::new(path, &source.attached), template)
}

fn read(
    kind: Kind,
    name: &Name,
    path: &str,
    main: &SourceFile,
    attached: &Attached<'_>,
    template: Option<Template>,
) -> Reading<Parsed> {
    fn of<T>(reading: Reading<T>, kind: impl Fn(T) -> Parsed) -> Reading<Parsed> {
        reading.map(|(artifact, warnings)| (kind(artifact), warnings))
    }
    match kind {
        Kind::Prompt => of(Prompt::read(name, path, main, attached, template), Parsed::Prompt),
        Kind::Tool => of(Tool::parse(path, &main.bytes), Parsed::Tool),
        Kind::Policy => of(Policy::parse(path, &main.bytes), Parsed::Policy),
        Kind::Model => of(Model::parse(path, &main.bytes), Parsed::Model),
        Kind::Suite => of(Suite::read(path, &main.bytes, attached), Parsed::Suite),
        Kind::Charter => of(Charter::parse(path, &main.bytes), Parsed::Charter),
    }
}

/// The files an artifact names that are not among its source yet, from the main file's folder.
///
/// A file that is read may name more. The settings file of a prompt is always named, and need not be there.
pub fn named_files(kind: Kind, name: &Name, source: &Source, template: Option<Template>) -> Vec<String> {
    let attached = Attached::new(&source.main.path, &source.attached);
    drop(read(kind, name, &source.main.path, &source.main, &attached, template));
    let mut names = attached.into_asked();
    names.retain(|name| source.attached.iter().all(|file| file.path != *name));
    names
}

impl Source {
    /// The main file with every file it names that `bytes_of` finds.
    ///
    /// # Errors
    ///
    /// The first error of `bytes_of`.
    pub fn collect<E>(
        kind: Kind,
        name: &Name,
        main: SourceFile,
        template: Option<Template>,
        mut bytes_of: impl FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let mut source = Self { main, attached: Vec::new() };
        let mut absent: Vec<String> = Vec::new();
        loop {
            let mut wanted = named_files(kind, name, &source, template);
            wanted.retain(|path| *path != source.main.path && !absent.contains(path));
            if wanted.is_empty() {
                source.attached.sort_by(|a, b| a.path.cmp(&b.path));
                return Ok(source);
            }
            for path in wanted {
                match bytes_of(&path)? {
                    Some(bytes) => source.attached.push(SourceFile { path, bytes }),
                    None => absent.push(path),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use proptest::prelude::*;

    fn name() -> Name {
        Name::parse("x").unwrap()
    }

    #[test]
    fn the_files_an_artifact_names_are_collected_with_what_they_name() {
        let main = "prompt = \"p\"\ncases = \"deep/c.jsonl\"\n";
        let files = [
            (
                "deep/c.jsonl",
                "{\"id\":\"a\",\"expect\":[{\"json_schema\":\"s.json\"},{\"json_schema\":\"gone.json\"}]}",
            ),
            ("s.json", "{}"),
            ("unrelated.json", "{}"),
        ];
        let mut asked = Vec::new();
        let main = SourceFile { path: "x.toml".to_owned(), bytes: main.as_bytes().to_vec() };
        let source = Source::collect::<()>(Kind::Suite, &name(), main, None, |path| {
            asked.push(path.to_owned());
            Ok(files.iter().find(|(known, _)| *known == path).map(|(_, text)| text.as_bytes().to_vec()))
        })
        .unwrap();
        assert_eq!(asked, ["deep/c.jsonl", "s.json", "gone.json"]);
        let paths: Vec<&str> = source.attached.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["deep/c.jsonl", "s.json"]);
        let problems = parse(Kind::Suite, &name(), "evals/x.toml", &source, None).unwrap_err();
        assert_eq!((problems.len(), problems[0].code.as_str()), (1, "missing-file"));
    }

    #[test]
    fn a_raw_prompt_is_collected_with_its_settings() {
        let main = SourceFile { path: "x.md".to_owned(), bytes: b"hi".to_vec() };
        let settings = b"model = \"fast\"\n[output]\nschema = \"o.json\"\n".to_vec();
        let source = Source::collect::<()>(Kind::Prompt, &name(), main, None, |path| {
            Ok(match path {
                "x.chancery.toml" => Some(settings.clone()),
                "o.json" => Some(b"{}".to_vec()),
                _ => None,
            })
        })
        .unwrap();
        assert_eq!(source.attached.len(), 2);
        let (Parsed::Prompt(prompt), _) = parse(Kind::Prompt, &name(), "prompts/x.md", &source, None).unwrap() else {
            panic!("not a prompt")
        };
        assert_eq!(prompt.output_schema, Some(serde_json::json!({})));
    }

    const GOOD: [(Kind, &str); 4] = [
        (
            Kind::Prompt,
            "+++\nmodel = \"fast\"\ntools = [\"a\"]\n[inputs.x]\ntype = \"number\"\ndefault = 1\n+++\n{{ x }}é\n",
        ),
        (
            Kind::Tool,
            r#"{"name":"a","description":"é\n","inputSchema":{"type":"object","properties":{"x":{"type":"string"}}}}"#,
        ),
        (
            Kind::Model,
            "provider = \"exec\"\ncommand = [\"./a\"]\nparams = { t = 0.5 }\nprice = { input = 1, output = 2 }\n",
        ),
        (
            Kind::Suite,
            "prompt = \"p\"\nrepeat = 2\n[[case]]\nid = \"a\"\nvars = { x = 'é' }\nexpect = [{ contains = \"x\" }, { json = true }]\n",
        ),
    ];

    #[test]
    fn good_files_of_every_kind_are_read() {
        for (kind, text) in GOOD {
            let (_, warnings) = parse(kind, &name(), "d/x.md", &Source::single("x.md", text.into()), None).unwrap();
            assert!(warnings.is_empty(), "{kind}: {warnings:?}");
        }
    }

    /// Pieces that parsers look for, in any order, among other bytes.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let words: Vec<&'static [u8]> = vec![
            b"+++",
            b"\n",
            b"\r\n",
            b"\xef\xbb\xbf",
            b"[[case]]",
            b"[inputs.x]",
            b"[output]",
            b"schema = ",
            b"prompt = ",
            b"cases = ",
            b"id = ",
            b"expect = ",
            b"vars = ",
            b"\"x\"",
            b"\"c.jsonl\"",
            b"\"s.json\"",
            b"[{ contains = \"x\" }]",
            b"json_schema = ",
            b"provider = ",
            b"\"exec\"",
            b"price = ",
            b"{",
            b"}",
            b"[",
            b"]",
            b"\"name\":",
            b"\"inputSchema\":",
            b"\"function\":",
            b"{}",
            b"null",
            b"-1e9",
            b"nan",
            b"2026-01-01",
            b",",
            b"=",
            b"'''",
            b"\xff",
            "é".as_bytes(),
            b"\0",
            b"#",
        ];
        let piece = prop_oneof![
            8 => prop::sample::select(words).prop_map(<[u8]>::to_vec),
            1 => prop::collection::vec(any::<u8>(), 0..6),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    fn stands_inside(problem: &Problem, files: &[(String, Vec<u8>)]) -> bool {
        let Some((_, bytes)) = files.iter().find(|(path, _)| *path == problem.path) else { return false };
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<&str> = text.split('\n').collect();
        let line = lines.get(problem.line as usize - 1);
        line.is_some_and(|line| problem.column as usize - 1 <= line.chars().count())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_bytes_make_a_parser_panic_and_every_problem_stands_in_its_file(
            main in pieces(), cases in pieces(), schema in pieces(), settings in pieces(), jinja: bool,
        ) {
            let template = jinja.then_some(Template::Jinja);
            for kind in Kind::ALL {
                let found = [("c.jsonl", &cases), ("s.json", &schema), ("x.chancery.toml", &settings)];
                let file = SourceFile { path: "x.md".to_owned(), bytes: main.clone() };
                let source = Source::collect::<()>(kind, &name(), file, template, |path| {
                    Ok(found.iter().find(|(known, _)| *known == path).map(|(_, bytes)| (*bytes).clone()))
                }).unwrap();
                let mut files = vec![("d/x.md".to_owned(), main.clone())];
                files.extend(source.attached.iter().map(|file| (format!("d/{}", file.path), file.bytes.clone())));
                let problems = match parse(kind, &name(), "d/x.md", &source, template) {
                    Ok((_, warnings)) => warnings,
                    Err(problems) => {
                        prop_assert!(problems.iter().any(|problem| !problem.warning));
                        problems
                    }
                };
                for problem in problems {
                    prop_assert!(stands_inside(&problem, &files), "{kind}: {problem:?}");
                }
            }
        }

        #[test]
        fn a_good_file_with_a_slip_never_makes_a_parser_panic(
            which in 0..GOOD.len(), slips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let (kind, text) = GOOD[which];
            let mut bytes = text.as_bytes().to_vec();
            for (place, byte) in slips {
                *place.get_mut(&mut bytes) = byte;
            }
            let files = vec![("d/x.md".to_owned(), bytes.clone())];
            let found = parse(kind, &name(), "d/x.md", &Source::single("x.md", bytes), None);
            for problem in found.map_or_else(|problems| problems, |(_, warnings)| warnings) {
                prop_assert!(stands_inside(&problem, &files), "{kind}: {problem:?}");
            }
        }

        #[test]
        fn a_raw_prompt_keeps_its_text(text in any::<String>()) {
            let source = Source::single("x.md", text.clone().into_bytes());
            let (parsed, _) = parse(Kind::Prompt, &name(), "x.md", &source, Some(Template::None)).unwrap();
            let Parsed::Prompt(prompt) = parsed else { panic!("not a prompt") };
            prop_assert_eq!(prompt.body, text);
        }
    }
}
