//! What this clone remembers of its files, between one command and the next.

use std::cmp::Ordering;

use super::{Failure, World, standing::Standing, step::Base};
use crate::{
    name::Artifact,
    state::HeadRecord,
    workspace::{Index, IndexError, Record},
};

/// What this clone remembers, and whether it had to be given up; a memory that is damaged only costs comfort.
pub(super) fn read(world: &World) -> Result<(Index, bool), Failure> {
    match Index::open(world.settings.as_ref()) {
        Ok(index) => Ok((index, false)),
        Err(IndexError::Damaged { .. }) => Ok((Index::default(), true)),
        Err(IndexError::Tree(error)) => Err(error.into()),
    }
}

/// The version an artifact's file was last in step with here, and its number, as it is remembered. A commit that was
/// about to be recorded when this clone last wrote it down counts from the moment it is.
///
/// # Errors
///
/// When the state cannot be read.
pub(super) fn base(
    standing: &Standing<'_>,
    record: Option<&Record>,
    head: Option<&HeadRecord>,
) -> Result<Option<Base>, Failure> {
    let Some(record) = record else { return Ok(None) };
    let (Some(coming), Some(head)) = (record.coming, head) else { return Ok(record.base) };
    let came = match head.number.cmp(&coming.number) {
        Ordering::Less => false,
        Ordering::Equal => head.event == coming.event,
        Ordering::Greater => {
            standing.state().commit(&head.artifact, coming.number)?.is_some_and(|commit| commit.event == coming.event)
        }
    };
    Ok(if came { Some((coming.version, coming.number)) } else { record.base })
}

/// Changes this clone's memory of some artifacts. It is read anew under the lock, so that what other processes
/// remembered of other artifacts stays; and of one artifact, whoever saw the newer commit is right.
///
/// # Errors
///
/// When it cannot be locked or written.
pub(super) fn remember(world: &World, forget: Vec<Artifact>, records: Vec<Record>) -> Result<(), Failure> {
    change(world, |index| {
        for artifact in forget {
            index.forget(&artifact);
        }
        for record in records {
            newer(index, record);
        }
    })
}

/// The same after looking at files with this memory. Where nobody remembered anything else meanwhile, what was found
/// is right even if it is older: git may have put an older version into the file.
///
/// # Errors
///
/// As [`remember`].
pub(super) fn found(world: &World, with: &Index, records: Vec<Record>) -> Result<(), Failure> {
    change(world, |index| {
        for record in records {
            if index.get(&record.artifact) == with.get(&record.artifact) {
                index.set(record);
            } else {
                newer(index, record);
            }
        }
    })
}

/// Sets what files are in step with, whatever was remembered: a commit of this clone's own, not shared yet, did not
/// hold against what others had recorded, and its file is an edit of an older version again. `None`: of nothing.
///
/// # Errors
///
/// As [`remember`].
pub(super) fn rebase(world: &World, bases: &[(Artifact, Option<Base>)]) -> Result<(), Failure> {
    change(world, |index| {
        for (artifact, base) in bases {
            let Some(known) = index.get(artifact) else { continue };
            index.set(Record { base: *base, coming: None, ..known.clone() });
        }
    })
}

fn change(world: &World, how: impl FnOnce(&mut Index)) -> Result<(), Failure> {
    let _turn = world.guard.hold()?;
    let (mut index, _) = read(world)?;
    how(&mut index);
    Ok(index.save(world.settings.as_ref())?)
}

/// Takes a record unless the memory is of a newer commit.
fn newer(index: &mut Index, mut record: Record) {
    let number = |record: &Record| record.base.map_or(0, |(_, number)| number);
    if let Some(known) = index.get(&record.artifact) {
        match number(known).cmp(&number(&record)) {
            Ordering::Greater => return,
            // Whoever only looked does not know of a commit that is on its way.
            Ordering::Equal => record.coming = record.coming.or(known.coming),
            Ordering::Less => {}
        }
    }
    index.set(record);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        name::{Kind, Name},
        ops::{commit, testing::TestProject, working::Working},
        workspace::FileState,
    };

    #[test]
    fn a_file_whose_commit_did_not_hold_is_an_edit_of_what_it_began_from() {
        let project = TestProject::new();
        let world = project.of("maya");
        let artifact = Artifact::new(Kind::Policy, Name::parse("a").unwrap());
        let state = || Working::read(&world).unwrap().one(&artifact).unwrap().state;
        for text in ["one\n", "two\n"] {
            project.write("policies/a.md", text);
            let (paths, message) = (Vec::new(), "why".to_owned());
            commit::run(&world, &commit::Request { paths, message, onto_head: false, authors: Vec::new() }).unwrap();
        }
        project.write("policies/a.md", "three\n");
        assert_eq!(state(), FileState::Changed);
        let first = Working::read(&world).unwrap().standing.state().commit(&artifact, 1).unwrap().unwrap();
        rebase(&world, &[(artifact.clone(), Some((first.version.unwrap(), 1)))]).unwrap();
        assert_eq!(state(), FileState::Diverged);
        rebase(&world, &[(artifact.clone(), None)]).unwrap();
        assert_eq!(state(), FileState::Diverged);
    }
}
