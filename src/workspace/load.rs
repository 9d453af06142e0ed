//! Reading an artifact's files.

use std::collections::BTreeMap;

use super::{
    Entry, Found, Place, SourceTree, TreeError,
    default_folders::is_settings,
    discover,
    discover::{bad_path, hides},
};
use crate::{
    artifact::{Source, SourceFile, Template, named_files},
    governance::SourceRule,
    name::{Artifact, Kind},
    object::VersionId,
    problem::Problem,
};

/// The largest file that is taken, in bytes.
pub const LARGEST: u64 = 8 * 1024 * 1024;

/// An artifact as it stands in its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingFile {
    /// The artifact.
    pub artifact: Artifact,
    /// Its main file, relative to the project folder.
    pub path: String,
    /// Its bytes, untouched.
    pub source: Source,
    /// What a `[[sources]]` rule says of its text.
    pub template: Option<Template>,
    /// The files the bytes were read from, as they were listed before, the main one first.
    pub files: Vec<Entry>,
    /// Files its text names and that are not there; while there are any, no record may vouch for it.
    pub missing: Vec<String>,
}

impl WorkingFile {
    /// The version its bytes are.
    pub fn version(&self) -> VersionId {
        self.source.version()
    }
}

/// Every artifact, read.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Those that could be read.
    pub artifacts: BTreeMap<Artifact, WorkingFile>,
    /// Everything wrong with paths, names and bytes, sorted.
    pub problems: Vec<Problem>,
}

/// Finds and reads every artifact of a project.
///
/// # Errors
///
/// [`TreeError`] when the disk fails; what is wrong with single files is in the answer.
pub fn load_all(tree: &dyn SourceTree, rules: &[SourceRule]) -> Result<Loaded, TreeError> {
    let found = discover(tree, rules)?;
    let mut loaded = Loaded::default();
    for (artifact, place) in &found.places {
        match found.load(tree, place)? {
            Ok(file) => drop(loaded.artifacts.insert(artifact.clone(), file)),
            Err(problem) => loaded.problems.push(problem),
        }
    }
    loaded.problems.extend(found.problems);
    loaded.problems.sort();
    loaded.problems.dedup();
    Ok(loaded)
}

impl Found {
    /// Reads one artifact, or says what is wrong with its bytes.
    ///
    /// # Errors
    ///
    /// [`TreeError`] when the disk fails.
    pub fn load(&self, tree: &dyn SourceTree, place: &Place) -> Result<Result<WorkingFile, Problem>, TreeError> {
        if let Some(problem) = &place.refused {
            return Ok(Err(problem.clone()));
        }
        let folder = place.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut reader = Reader { tree, folder, files: Vec::new(), source: None };
        for entry in &place.files {
            if let Err(problem) = reader.take(entry)? {
                return Ok(Err(problem));
            }
        }
        let mut missing: Vec<String> = Vec::new();
        loop {
            let mut wanted = reader.named(place);
            wanted.retain(|path| *path != place.path && !missing.contains(path));
            if wanted.is_empty() {
                return Ok(reader.finish(place, missing).ok_or_else(|| gone(&place.path)));
            }
            for path in wanted {
                let Some(entry) = self.files.get(&path) else {
                    missing.push(path);
                    continue;
                };
                if let Err(problem) = reader.take(entry)? {
                    return Ok(Err(problem));
                }
            }
        }
    }
}

/// The files of one artifact, as they are read.
struct Reader<'a> {
    tree: &'a dyn SourceTree,
    folder: &'a str,
    files: Vec<Entry>,
    source: Option<Source>,
}

impl Reader<'_> {
    fn take(&mut self, entry: &Entry) -> Result<Result<(), Problem>, TreeError> {
        let bytes = match bytes_of(self.tree, entry)? {
            Ok(bytes) => bytes,
            Err(problem) => return Ok(Err(problem)),
        };
        let below = entry.path.strip_prefix(self.folder).unwrap_or(&entry.path).trim_start_matches('/');
        match &mut self.source {
            None => self.source = Some(Source::single(below, bytes)),
            Some(source) => source.attached.push(SourceFile { path: below.to_owned(), bytes }),
        }
        self.files.push(entry.clone());
        Ok(Ok(()))
    }

    /// The files that what was read so far names, as paths of the project.
    fn named(&self, place: &Place) -> Vec<String> {
        let Some(source) = &self.source else { return Vec::new() };
        let names = named_files(place.artifact.kind, &place.artifact.name, source, place.template);
        let prefix = if self.folder.is_empty() { String::new() } else { format!("{}/", self.folder) };
        names.into_iter().map(|name| format!("{prefix}{name}")).collect()
    }

    fn finish(mut self, place: &Place, mut missing: Vec<String>) -> Option<WorkingFile> {
        let mut source = self.source?;
        source.attached.sort_by(|a, b| a.path.cmp(&b.path));
        self.files.sort_by(|a, b| (a.path != place.path, &a.path).cmp(&(b.path != place.path, &b.path)));
        // Settings need not be there, and once they are, the listing shows them.
        missing.retain(|path| !is_settings(path));
        Some(WorkingFile {
            artifact: place.artifact.clone(),
            path: place.path.clone(),
            source,
            template: (place.artifact.kind == Kind::Prompt).then_some(place.template).flatten(),
            files: self.files,
            missing,
        })
    }
}

/// A file's bytes, where they can be a version's.
fn bytes_of(tree: &dyn SourceTree, entry: &Entry) -> Result<Result<Vec<u8>, Problem>, TreeError> {
    if hides(&entry.path) {
        return Ok(Err(bad_path(&entry.path)));
    }
    if entry.size > LARGEST {
        return Ok(Err(too_large(&entry.path)));
    }
    let Some(bytes) = tree.read(&entry.path)? else {
        return Ok(Err(gone(&entry.path)));
    };
    // The file may have grown since it was listed.
    if u64::try_from(bytes.len()).is_ok_and(|size| size > LARGEST) {
        return Ok(Err(too_large(&entry.path)));
    }
    let wrong = std::str::from_utf8(&bytes).err().map(|error| error.valid_up_to());
    Ok(match wrong {
        Some(at) => Err(not_utf8(&entry.path, &bytes, at)),
        None => Ok(bytes),
    })
}

fn too_large(path: &str) -> Problem {
    let problem = Problem::whole(path, "too-large", "the file is larger than 8 MiB");
    problem.next("split it; a version is kept whole for good")
}

fn gone(path: &str) -> Problem {
    Problem::whole(path, "moved-meanwhile", "the file went away while it was being read").next("run the command again")
}

fn not_utf8(path: &str, bytes: &[u8], at: usize) -> Problem {
    let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
    let mut problem = Problem::at(path, &before, at, "not-utf8", format!("the file is not UTF-8: byte {at} is wrong"));
    problem.excerpt = None;
    problem.next("save it as UTF-8")
}
