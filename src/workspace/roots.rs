//! Which folders need to be looked at.

/// Folders that hold artifacts without any rule.
pub(super) const DEFAULT: [&str; 6] = ["charters", "evals", "models", "policies", "prompts", "tools"];

/// The folder that everything a glob matches is below: its words before the first wildcard, the last word left out.
pub(super) fn literal_folder(glob: &str) -> String {
    let plain = glob.find(['*', '?', '[', '{', '\\']).map_or(glob, |at| glob.get(..at).unwrap_or_default());
    let words = plain.rsplit_once('/').map_or("", |(folder, _)| folder).split('/');
    // No path leads upwards, so below `..` nothing is matched wherever it is looked for.
    let words: Vec<&str> = words.take_while(|word| *word != "..").filter(|word| !matches!(*word, "" | ".")).collect();
    words.join("/")
}

/// The fewest folders that together hold all of these.
pub(super) fn outermost<'a>(folders: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut folders: Vec<&str> = folders.into_iter().collect();
    folders.sort_unstable_by_key(|folder| folder.len());
    let mut kept: Vec<&str> = Vec::new();
    for folder in folders {
        if !kept.iter().any(|outer| is_within(folder, outer)) {
            kept.push(folder);
        }
    }
    kept.sort_unstable();
    kept
}

/// Whether a path is this file, or this folder or below it; everything is below `""`.
pub fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_folders_a_glob_can_match_in_are_looked_at() {
        assert_eq!(literal_folder("services/*/prompts/*.md"), "services");
        assert_eq!(literal_folder("a/b/c.txt"), "a/b");
        assert_eq!(literal_folder("a/b{c,d}/e"), "a");
        assert_eq!(literal_folder("**/*.md"), "");
        assert_eq!(["./", "./a/./b//c/*.md", "a/../../b/*", "/a/*"].map(literal_folder), ["", "a/b/c", "a", "a"]);
        assert_eq!(outermost(["prompts", "prompts/a", "prompts-old", "tools"]), ["prompts", "prompts-old", "tools"]);
        assert_eq!(outermost(["prompts", ""]), [""]);
    }
}
