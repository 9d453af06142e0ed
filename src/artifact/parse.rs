//! One way in for every kind of artifact.

use super::{Model, Policy, Prompt, Reading, Source, SourceFile, Suite, Template, Tool, attached::Attached};
use crate::{
    name::{Kind, Name},
    problem::Problem,
};

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
}

/// Reads an artifact. `path` is where its main file stands, from the project folder; `template` is what a
/// `[[sources]]` entry says of a prompt.
///
/// # Errors
///
/// Every problem of the artifact and of the files it names. Charters are refused as `not-yet`.
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
        Kind::Charter => Err(vec![Problem::whole(path, "not-yet", "charters are not enforced yet")]),
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
