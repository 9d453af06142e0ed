//! Sample files, and what holds for every problem that is found in one.

use std::{fs, path::Path};

use chancery::problem::Problem;

/// A file of the project itself.
pub(crate) fn file(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files of a folder of the project, sorted by name.
pub(crate) fn files(folder: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Whoever reads a problem finds its place: the file is one of these, and has that line and that column.
#[track_caller]
pub(crate) fn stand_inside(problems: &[Problem], files: &[(&str, &[u8])]) {
    for problem in problems {
        let file = files.iter().find(|(path, _)| *path == problem.path);
        let Some((_, bytes)) = file else { panic!("a problem in a file that was not given: {problem:?}") };
        let text = String::from_utf8_lossy(bytes);
        let line = text.split('\n').nth(usize::try_from(problem.line).unwrap() - 1);
        let column = usize::try_from(problem.column).unwrap() - 1;
        assert!(line.is_some_and(|line| column <= line.chars().count()), "a problem outside its file: {problem:?}");
        let shown = [Some(&problem.message), problem.excerpt.as_ref(), problem.next.as_ref()];
        for text in shown.into_iter().flatten() {
            assert!(!text.contains('\n'), "a problem of several lines: {problem:?}");
        }
    }
}
