//! Marks of a conflict that was not resolved: no version may hold them.

use std::collections::BTreeSet;

use super::{Failure, World, layout::file_path, sources::source_of, standing::Standing};
use crate::{artifact::Source, diff, name::Artifact, problem::Problem};

/// Where files still hold marks of a conflict.
///
/// A text that shows such marks on purpose, a prompt that teaches git for instance, may keep those that its head has,
/// character for character; others are taken for what `merge`, or git, left behind.
///
/// # Errors
///
/// When the state or the store cannot be read.
pub(super) fn problems(
    world: &World,
    standing: Option<&Standing<'_>>,
    artifact: &Artifact,
    path: &str,
    source: &Source,
) -> Result<Vec<Problem>, Failure> {
    let mut marked = Vec::new();
    for file in source.files() {
        let text = String::from_utf8_lossy(&file.bytes);
        let conflicts = diff::conflicts(&text);
        if !conflicts.is_empty() {
            marked.push((file_path(path, &file.path), text, conflicts));
        }
    }
    // Almost always: the head need not be read.
    if marked.is_empty() {
        return Ok(Vec::new());
    }
    let kept = kept(world, standing, artifact)?;
    let mut problems = Vec::new();
    for (path, text, conflicts) in &marked {
        let text = text.as_ref();
        let left = conflicts.iter().filter(|one| !kept.contains(text.get(one.range.clone()).unwrap_or_default()));
        problems.extend(left.map(|one| {
            let message = format!("a conflict is not resolved: its marks stand in lines {} to {}", one.line, one.end);
            Problem::at(path, text, one.range.start, "conflict-markers", message)
                .next("edit the lines between the marks, then take the marks out; marks that are meant are indented")
        }));
    }
    Ok(problems)
}

/// The marked places of the head, which somebody wanted.
fn kept(world: &World, standing: Option<&Standing<'_>>, artifact: &Artifact) -> Result<BTreeSet<String>, Failure> {
    let Some(state) = standing.map(Standing::state) else { return Ok(BTreeSet::new()) };
    let number = state.head(artifact)?.filter(|head| head.version.is_some()).map(|head| head.number);
    let Some(number) = number else { return Ok(BTreeSet::new()) };
    let Some(record) = state.commit(artifact, number)? else { return Ok(BTreeSet::new()) };
    let mut kept = BTreeSet::new();
    for file in source_of(world, &record)?.files() {
        let text = String::from_utf8_lossy(&file.bytes);
        let conflicts = diff::conflicts(&text);
        kept.extend(conflicts.iter().filter_map(|one| text.get(one.range.clone()).map(str::to_owned)));
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{
        story::{artifact, commit},
        testing::TestProject,
    };

    #[test]
    fn marks_that_the_head_has_may_stay_and_no_others() {
        let project = TestProject::new();
        let world = project.of("maya");
        let lesson = "<<<<<<< yours\nthis\n=======\nthat\n>>>>>>> theirs\n";
        commit(&world, &[("policy/git", &format!("A conflict looks so:\n{lesson}"))]);
        let standing = Standing::read(&world).unwrap();
        let lines = |text: &str, standing| {
            let source = Source::single("git.md", text.as_bytes().to_vec());
            let told = problems(&world, standing, &artifact("policy/git"), "policies/git.md", &source).unwrap();
            told.into_iter().map(|problem| (problem.path, problem.line)).collect::<Vec<_>>()
        };
        assert_eq!(lines(&format!("Like this:\n{lesson}"), Some(&standing)), []);
        assert_eq!(lines("no marks\n", Some(&standing)), []);
        let other = format!("{lesson}\n{}", lesson.replace("this", "these"));
        assert_eq!(lines(&other, Some(&standing)), [("policies/git.md".to_owned(), 7)]);
        assert_eq!(lines(lesson, None), [("policies/git.md".to_owned(), 1)]);
    }
}
