//! Where the files of an artifact stand when its main file stands somewhere.

use crate::artifact::Source;

/// Where a file of an artifact stands, from the project folder on.
pub(super) fn file_path(main: &str, file: &str) -> String {
    match main.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{file}"),
        None => file.to_owned(),
    }
}

/// The same files with the main one called as at `main`; settings beside a prompt are called after it.
pub(super) fn under(source: &Source, main: &str) -> Source {
    let name = main.rsplit('/').next().unwrap_or(main);
    let (old, new) = (settings(&source.main.path), settings(name));
    let mut moved = source.clone();
    name.clone_into(&mut moved.main.path);
    for file in &mut moved.attached {
        if file.path == old {
            file.path.clone_from(&new);
        }
    }
    moved.attached.sort_by(|a, b| a.path.cmp(&b.path));
    moved
}

/// Where a file of the artifact at `old` stands once its main file stands at `new`.
pub(super) fn renamed(old: &str, new: &str, file: &str) -> String {
    if file == old {
        return new.to_owned();
    }
    if file == settings(old) {
        return settings(new);
    }
    let folder = old.rsplit_once('/').map_or("", |(folder, _)| folder);
    file_path(new, file.strip_prefix(folder).unwrap_or(file).trim_start_matches('/'))
}

fn settings(main: &str) -> String {
    let stem = main.rsplit_once('.').map_or(main, |(stem, _)| stem);
    format!("{stem}.chancery.toml")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::SourceFile;

    #[test]
    fn settings_are_called_after_the_prompt_and_other_files_keep_their_names() {
        let file = |path: &str| SourceFile { path: path.to_owned(), bytes: Vec::new() };
        let source = Source { main: file("b.md"), attached: vec![file("b.chancery.toml"), file("s.json")] };
        let moved = under(&source, "prompts/x/z.txt");
        let names: Vec<&str> = moved.files().map(|file| file.path.as_str()).collect();
        assert_eq!(names, ["z.txt", "s.json", "z.chancery.toml"]);
        assert_eq!(file_path("prompts/x/z.txt", "s.json"), "prompts/x/s.json");
        assert_eq!(file_path("z.txt", "s.json"), "s.json");
    }
}
