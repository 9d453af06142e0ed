//! Recording versions.

use super::{
    Refusal, State, StateError,
    apply::Deciding,
    contents,
    draft::Draft,
    movement::{self, Cause},
    propose::listed_once,
    quarantine,
    read::keys,
    records::{HandsRecord, HeadRecord, LineageRecord, VersionRecord},
    stops,
    touched::Target,
};
use crate::{
    ledger::{Commit, Event, HeadChange},
    name::{Artifact, Handle, Kind},
    object::VersionId,
    sight::invisible,
    trust::Verb,
    version::Contents,
};

/// Heads move; environments that follow heads move with them, in the same event.
pub(super) fn commit(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, commit: &Commit) -> Result<(), StateError> {
    let artifacts: Vec<&Artifact> = commit.changes.iter().map(|change| &change.artifact).collect();
    let earlier = commit.changes.iter().filter_map(|change| change.renamed_from.as_ref());
    let touched: Vec<&Artifact> = artifacts.iter().copied().chain(earlier).collect();
    with.actor.must(with.governance, Verb::Commit, &touched, None)?;
    if !listed_once(&artifacts) {
        return Err(Refusal::no("bad-order", "a commit lists each artifact once, sorted").into());
    }
    check_authors(with, commit)?;
    let mut targets = Vec::new();
    for change in &commit.changes {
        targets.extend(head(draft, event, with, commit, change)?);
    }
    let following = with.governance.environments.iter().filter(|rules| rules.follows_heads);
    for rules in following {
        if with.state.frozen(&rules.name)?.is_some() {
            // It was frozen before the rules had it follow heads, and stays as it is until it is thawed.
            continue;
        }
        let cause = Cause { kind: "commit", proposal: None };
        let moved = movement::differing(with.state, &rules.name, &targets)?;
        if !moved.is_empty() {
            movement::move_environment(draft, event, &rules.name, &moved, cause)?;
            quarantine::release(draft, &rules.name, &moved)?;
        }
    }
    Ok(())
}

/// Declared authors are listed people, and a program answers for nothing alone.
fn check_authors(with: &Deciding<'_>, commit: &Commit) -> Result<(), Refusal> {
    let people = &with.governance.people.people;
    if let Some(stranger) = commit.authors.iter().find(|author| !people.contains_key(author)) {
        return Err(Refusal::no("unknown-person", format!("the author `{stranger}` is not a listed person")));
    }
    let human = |author: &Handle| people.get(author).is_some_and(|person| !person.program);
    if with.actor.person.program && !commit.authors.iter().any(human) {
        let message = format!("`{}` is a program, and no person is declared as an author", with.actor.handle);
        return Err(Refusal::no("program-alone", message));
    }
    Ok(())
}

/// One artifact's head moves; answers with what an environment that follows heads would make live.
fn head(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    commit: &Commit,
    change: &HeadChange,
) -> Result<Vec<Target>, StateError> {
    let state = with.state;
    let old = state.head(&change.artifact)?;
    let mut targets = Vec::new();
    check_path(change)?;
    let mut newest = old.as_ref().map_or(0, |head| head.number);
    let mut parent = newest;
    if let Some(earlier) = &change.renamed_from {
        parent = leave(draft, event, state, commit, change, earlier)?;
        newest = newest.max(parent);
        if earlier.key() != change.artifact.key() {
            targets.push(Target { artifact: earlier.clone(), to: None });
        }
    } else {
        check_base(change, old.as_ref())?;
    }
    let place = Place { number: newest + 1, parent };
    let number = place.number;
    let contents = match change.version {
        Some(version) => {
            check_template(state, change, version)?;
            contents::contents(with, event, change, version, number)?
        }
        None => Contents::default(),
    };
    write_head(draft, event, commit, change, place, contents)?;
    targets.push(Target { artifact: change.artifact.clone(), to: change.version.map(|version| (version, number)) });
    Ok(targets)
}

/// Where a commit stands among those of its artifact.
#[derive(Debug, Clone, Copy)]
struct Place {
    number: u64,
    /// The number of the commit it follows, under the earlier name where it is a rename; 0 for the first.
    parent: u64,
}

/// A prompt says how it is read, and the same bytes are read the same way for ever: a version's id, and so its
/// bundle's, must not mean two things.
fn check_template(state: &State<'_>, change: &HeadChange, version: VersionId) -> Result<(), StateError> {
    if change.template.is_some() != (change.artifact.kind == Kind::Prompt) {
        let message = format!("`{}` says wrongly whether it is a template", change.artifact);
        return Err(Refusal::no("bad-template", message).into());
    }
    let Some(known) = state.version(&change.artifact, version)? else { return Ok(()) };
    let before = state.commit(&known.artifact, known.number)?.and_then(|record| record.template);
    if before == change.template {
        return Ok(());
    }
    let was = if before == Some(true) { "a template" } else { "raw text" };
    let message =
        format!("these bytes of `{}` were committed as {was} before; change them to change that", change.artifact);
    Err(Refusal::cannot("template-differs", message).into())
}

/// A version stands in a file of the project, a deletion nowhere.
fn check_path(change: &HeadChange) -> Result<(), Refusal> {
    let artifact = &change.artifact;
    let Some(path) = &change.path else {
        return match change.version {
            None => Ok(()),
            Some(_) => Err(Refusal::no("no-path", format!("`{artifact}` has a version and no path"))),
        };
    };
    // Some systems see no difference in case, nor dots and spaces at the end.
    let folded = |part: &str| part.trim_end_matches(['.', ' ']).to_lowercase();
    let plain = |part: &str| {
        !matches!(folded(part).as_str(), "" | ".git" | "git~1" | ".chancery")
            && !part.contains('\\')
            && !part.contains(['\n', '\t'])
            && invisible(part).next().is_none()
    };
    let is_rules = folded(path) == "chancery.toml";
    if change.version.is_some() && !is_rules && path.split('/').all(plain) {
        return Ok(());
    }
    Err(Refusal::no("bad-path", format!("`{artifact}` cannot stand at `{}`", path.escape_debug())))
}

/// The head that is replaced must be the one the committer saw.
fn check_base(change: &HeadChange, old: Option<&HeadRecord>) -> Result<(), Refusal> {
    let artifact = &change.artifact;
    if change.moved != old.map(|head| head.event) {
        return Err(Refusal::moved("head-moved", format!("the head of `{artifact}` has moved since")));
    }
    let Some(old) = old else {
        return if change.version.is_some() {
            Ok(())
        } else {
            Err(Refusal::cannot("nothing-there", format!("there is no `{artifact}` to delete")))
        };
    };
    if old.version.is_some() && old.artifact != *artifact {
        return Err(Refusal::cannot(
            "name-collision",
            format!("`{artifact}` differs from `{}` only in case", old.artifact),
        ));
    }
    if old.version == change.version && old.path == change.path {
        return Err(Refusal::cannot("nothing-changed", format!("`{artifact}` is what its head is already")));
    }
    Ok(())
}

/// The earlier name is left: its head is deleted and points to the new one.
fn leave(
    draft: &Draft<'_>,
    event: &Event,
    state: &State<'_>,
    commit: &Commit,
    change: &HeadChange,
    earlier: &Artifact,
) -> Result<u64, StateError> {
    let artifact = &change.artifact;
    let Some(before) = state.head(earlier)?.filter(|head| head.version.is_some()) else {
        return Err(Refusal::cannot("nothing-there", format!("there is no `{earlier}` to rename")).into());
    };
    if change.moved != Some(before.event) {
        return Err(Refusal::moved("head-moved", format!("the head of `{earlier}` has moved since")).into());
    }
    if earlier.kind != artifact.kind || change.version.is_none() {
        return Err(Refusal::cannot("bad-rename", format!("`{earlier}` cannot become `{artifact}`")).into());
    }
    let same_key = earlier.key() == artifact.key();
    if !same_key && state.head(artifact)?.is_some_and(|head| head.version.is_some()) {
        return Err(Refusal::cannot("name-taken", format!("there is a `{artifact}` already")).into());
    }
    if commit.changes.iter().any(|other| other.artifact == *earlier) {
        return Err(Refusal::cannot("bad-rename", format!("`{earlier}` is renamed and changed at once")).into());
    }
    if !same_key {
        let gone = HeadChange {
            artifact: earlier.clone(),
            moved: Some(before.event),
            renamed_from: None,
            version: None,
            listed: false,
            path: None,
            template: None,
        };
        let place = Place { number: before.number + 1, parent: before.number };
        write_head(draft, event, commit, &gone, place, Contents::default())?;
        let left = LineageRecord {
            renamed_to: Some(artifact.clone()),
            ..line(event, commit, &gone, place, Contents::default())
        };
        draft.put(keys::lineage(earlier, place.number), &left);
        stops::follow_rename(draft, state, earlier, artifact)?;
    }
    Ok(before.number)
}

fn write_head(
    draft: &Draft<'_>,
    event: &Event,
    commit: &Commit,
    change: &HeadChange,
    place: Place,
    contents: Contents,
) -> Result<(), StateError> {
    let (artifact, number) = (&change.artifact, place.number);
    let head = HeadRecord {
        artifact: artifact.clone(),
        number,
        version: change.version,
        path: change.path.clone(),
        event: event.id(),
    };
    draft.put(keys::head(artifact), &head);
    draft.put(keys::lineage(artifact, number), &line(event, commit, change, place, contents));
    if let Some(version) = change.version {
        let known = State::new(draft).version(artifact, version)?;
        let mut authors = known.map(|record| record.authors).unwrap_or_default();
        authors.insert(event.act.act().person.clone());
        authors.extend(commit.authors.iter().cloned());
        draft.put(
            keys::version(artifact, version),
            &VersionRecord { artifact: artifact.clone(), version, number, authors: authors.clone() },
        );
        let known = State::new(draft).hands(version)?;
        authors.extend(known.map(|record| record.authors).unwrap_or_default());
        draft.put(keys::hands(version), &HandsRecord { version, authors });
    }
    Ok(())
}

fn line(event: &Event, commit: &Commit, change: &HeadChange, place: Place, contents: Contents) -> LineageRecord {
    LineageRecord {
        artifact: change.artifact.clone(),
        number: place.number,
        parent: place.parent,
        version: change.version,
        listed: change.listed,
        path: change.path.clone(),
        template: change.template,
        contents,
        renamed_from: change.renamed_from.clone(),
        renamed_to: None,
        person: event.act.act().person.clone(),
        authors: commit.authors.clone(),
        message: commit.message.clone(),
        event: event.id(),
        time: event.record.time,
    }
}
