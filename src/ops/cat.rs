//! `cat`: the exact bytes of one file of one version.

use serde::Serialize;

use super::{Answer, Failure, Revision, Spec, World, picked, resolve::Names, sources::source_of, standing::Standing};
use crate::{
    artifact::{Source, SourceFile},
    name::{Artifact, Kind},
    object::VersionId,
    problem::{did_you_mean, quoted},
    workspace::discover,
};

/// Which bytes.
#[derive(Debug, Clone)]
pub struct Request {
    /// The version.
    pub spec: Spec,
    /// A file beside the main one, as the version's listing names it.
    pub file: Option<String>,
}

/// The bytes of one file.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The artifact.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// The version.
    pub version: VersionId,
    /// The file, from the artifact's folder.
    pub file: String,
    /// The bytes as text; artifacts are UTF-8.
    pub text: String,
    /// The bytes themselves.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.cat/1";
    const SERVES: bool = true;
}

/// Reads the bytes.
///
/// # Errors
///
/// That there is no such version, or no such file in it.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let (artifact, source) = if request.spec.revision == Revision::Work {
        working(world, &standing, &request.spec)?
    } else {
        let record = picked::version(&standing, &request.spec)?;
        let source = source_of(world, &record)?;
        (record.artifact, source)
    };
    let version = source.version();
    let file = chosen(source, request.file.as_deref())?;
    Ok(Outcome {
        artifact: Names::of(&standing).label(&artifact)?,
        kind: artifact.kind,
        version,
        file: file.path,
        text: String::from_utf8_lossy(&file.bytes).into_owned(),
        bytes: file.bytes,
    })
}

/// The artifact as it stands in its files.
fn working(world: &World, standing: &Standing<'_>, spec: &Spec) -> Result<(Artifact, Source), Failure> {
    let found = discover(world.tree.as_ref(), &standing.governance.sources)?;
    let artifact = Names::with(standing, &found).one(spec)?;
    let missing = || Failure::cannot("no-file", format!("`{artifact}` has no file here")).run("chancery status");
    let place = found.places.get(&artifact).ok_or_else(missing)?;
    let file = found.load(world.tree.as_ref(), place)?.map_err(|problem| Failure::problems(vec![problem]))?;
    Ok((artifact, file.source))
}

/// The main file, or the one that was named.
fn chosen(source: Source, name: Option<&str>) -> Result<SourceFile, Failure> {
    let Some(name) = name else { return Ok(source.main) };
    let mut files: Vec<SourceFile> = std::iter::once(source.main).chain(source.attached).collect();
    if let Some(at) = files.iter().position(|file| file.path == name) {
        return Ok(files.swap_remove(at));
    }
    let known = || files.iter().map(|file| file.path.as_str());
    let all = || format!("its files are {}", quoted(known(), ", "));
    let advice = did_you_mean(name, known()).unwrap_or_else(all);
    Err(Failure::cannot("unknown-file", format!("the version has no file `{name}`")).say(advice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{story::commit, testing::TestProject};

    fn ask(spec: &str, file: Option<&str>) -> Request {
        Request { spec: spec.parse().unwrap(), file: file.map(str::to_owned) }
    }

    #[test]
    fn bytes_come_back_as_they_went_in() {
        let project = TestProject::new();
        let world = project.of("maya");
        let text = "\u{feff}one\r\ntwo";
        commit(&world, &[("policy/a", text)]);
        commit(&world, &[("policy/a", "other\n")]);
        let outcome = run(&world, &ask("a@v1", None)).unwrap();
        assert_eq!(outcome.bytes, text.as_bytes());
        assert_eq!(outcome.version.0, crate::object::Digest::of(text.as_bytes()));
        project.write("policies/a.md", "edited");
        assert_eq!(run(&world, &ask("a@work", None)).unwrap().text, "edited");
    }

    #[test]
    fn a_file_that_is_not_there_is_answered_with_the_nearest() {
        let project = TestProject::new();
        let world = project.of("maya");
        commit(&world, &[("policy/a", "x\n")]);
        let failure = run(&world, &ask("a", Some("b.md"))).unwrap_err();
        assert_eq!((failure.code, failure.next.len()), ("unknown-file", 1));
    }
}
