//! A proof to take away: acts, signatures, keys and bytes, checkable with `ssh-keygen` and `sha256sum` alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{Outcome, subject::Found};
use crate::{
    ledger::{Event, Seal},
    name::Artifact,
    object::{Digest, EventId, Prefix, encode},
    ops::{Failure, World, people, resolve, sources, standing::Standing},
    workspace::SourceTree,
};

/// The files of the proof, by path.
type Files = BTreeMap<String, Vec<u8>>;

/// Writes the proof into an empty folder and names its files, sorted.
pub(super) fn write(
    world: &World,
    now: &Standing<'_>,
    found: &Found<'_>,
    outcome: &Outcome,
    folder: &dyn SourceTree,
) -> Result<Vec<String>, Failure> {
    if !folder.list("")?.files.is_empty() {
        return Err(Failure::cannot("pack-not-empty", "the folder for the proof holds files already")
            .say("name a new folder, so that everything in it is part of the proof"));
    }
    let mut files = Files::new();
    let events = events(world, now, found, outcome)?;
    for (event, seal) in &events {
        put_event(&mut files, event, seal);
    }
    put_versions(world, found, outcome, &mut files)?;
    put_judgement(world, outcome, &mut files)?;
    files.insert("allowed_signers".to_owned(), people::signers(&now.state())?.into_bytes());
    let mut sums = String::new();
    for (path, bytes) in &files {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(sums, "{}  {path}", Digest::of(bytes));
    }
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    files.insert("check.sh".to_owned(), script(&events).into_bytes());
    files.insert("README.md".to_owned(), readme(outcome, &events).into_bytes());
    for (path, bytes) in &files {
        folder.write(path, bytes)?;
    }
    Ok(files.into_keys().collect())
}

/// Every event the answer rests on, in the order of the ledger.
fn events(
    world: &World,
    now: &Standing<'_>,
    found: &Found<'_>,
    outcome: &Outcome,
) -> Result<Vec<(Event, Seal)>, Failure> {
    let mut ids: BTreeSet<EventId> = outcome.authors.iter().map(|author| author.event).collect();
    ids.extend(outcome.evidence.iter().flat_map(|line| [line.announced, line.event]));
    ids.extend(outcome.proposer.iter().chain(&outcome.approvals).chain(&outcome.reviews).map(|word| word.event));
    ids.extend([&outcome.promotion].into_iter().chain(&outcome.returned).chain(&outcome.until).map(|step| step.event));
    let findings = outcome.findings.iter();
    ids.extend(findings.flat_map(|one| [Some(one.finding), one.answer.as_ref().map(|answer| answer.event)]).flatten());
    ids.extend([found.then.project.since, now.project.since]);
    let mut places = BTreeSet::from([1]);
    for id in ids {
        let prefix = Prefix::parse(&id.0.hex()).ok_or_else(|| Failure::bug("an id is no prefix"))?;
        places.insert(resolve::event(world, &prefix)?.1);
    }
    let mut events = Vec::new();
    for place in places {
        events.push(world.journal.read(place)?);
    }
    Ok(events)
}

/// `0012-promote`: where an act stands and what it is.
fn stem(event: &Event) -> String {
    format!("{:06}-{}", event.record.seq, event.act.act().deed.kind())
}

fn put_event(files: &mut Files, event: &Event, seal: &Seal) {
    let stem = stem(event);
    files.insert(format!("acts/{stem}.json"), event.act.bytes().to_vec());
    files.insert(format!("acts/{stem}.json.sig"), event.act.signature().as_str().as_bytes().to_vec());
    files.insert(format!("ledger/{stem}.json"), encode(&event.record));
    files.insert(format!("ledger/{stem}.seal"), seal.signed.clone());
    files.insert(format!("ledger/{stem}.seal.sig"), seal.signature.as_str().as_bytes().to_vec());
}

/// The bytes of every member, and the list whose digest is the bundle's id.
fn put_versions(world: &World, found: &Found<'_>, outcome: &Outcome, files: &mut Files) -> Result<(), Failure> {
    let state = found.then.state();
    let mut list = Vec::new();
    let members: Vec<Artifact> = match outcome.bundle {
        Some(_) => {
            let record = state.bundle(&found.environment, &found.artifact.name)?;
            record.into_iter().flat_map(|record| record.members).map(|member| member.artifact).collect()
        }
        None => vec![found.artifact.clone()],
    };
    for artifact in members {
        let Some(live) = state.live(&found.environment, &artifact)? else { continue };
        list.push((artifact.kind.word(), artifact.name.as_str().to_owned(), live.version));
        let Some(commit) = state.commit(&live.artifact, live.number)? else { continue };
        let source = sources::source_of(world, &commit)?;
        let folder = format!("versions/{artifact}");
        if let Some(listing) = source.listing() {
            files.insert(format!("{folder}/SHA256SUMS"), listing.into_bytes());
        }
        for file in source.files() {
            files.insert(format!("{folder}/{}", file.path), file.bytes.clone());
        }
    }
    if outcome.bundle.is_some() {
        files.insert("bundle.json".to_owned(), encode(&list));
    }
    Ok(())
}

/// The rules, and the dossiers that were weighed, approved and reviewed.
fn put_judgement(world: &World, outcome: &Outcome, files: &mut Files) -> Result<(), Failure> {
    files.insert("rules/chancery.toml".to_owned(), sources::bytes(world, &outcome.rules)?);
    let said = outcome.approvals.iter().chain(&outcome.reviews).filter_map(|word| word.dossier);
    for id in said.chain(outcome.promotion.dossier).collect::<BTreeSet<_>>() {
        match sources::bytes(world, &id.0) {
            Err(failure) if failure.code == "purged" => {
                files.insert(format!("dossiers/{id}.purged"), format!("{}\n", failure.message).into_bytes());
            }
            bytes => drop(files.insert(format!("dossiers/{id}.json"), bytes?)),
        }
    }
    Ok(())
}

/// The checks, one command a line.
fn script(events: &[(Event, Seal)]) -> String {
    let mut text = "#!/bin/sh\n# Stops at the first thing that does not hold.\nset -e\ncd \"$(dirname \"$0\")\"\nsha256sum --quiet -c SHA256SUMS\n".to_owned();
    for (event, _) in events {
        let stem = stem(event);
        for (who, namespace, file) in [
            (&event.act.act().person, "chancery-act-v1", format!("acts/{stem}.json")),
            (&event.record.recorder, "git", format!("ledger/{stem}.seal")),
        ] {
            let _ = writeln!(
                text,
                "ssh-keygen -Y verify -f allowed_signers -I {who} -n {namespace} -s {file}.sig < {file}"
            );
        }
    }
    text
}

fn readme(outcome: &Outcome, events: &[(Event, Seal)]) -> String {
    let mut text = format!(
        "# Why `{}` was live in `{}` of project `{}`\n\n",
        outcome.artifact, outcome.environment, outcome.project
    );
    let _ = writeln!(text, "- version `{}`, its commit number {}", outcome.version, outcome.number);
    if let Some(bundle) = outcome.bundle {
        let _ = writeln!(text, "- bundle `{bundle}`: the SHA-256 of `bundle.json`");
    }
    let _ = writeln!(text, "- live since {} by event `{}`", outcome.since, outcome.promotion.event);
    if let Some(until) = &outcome.until {
        let _ = writeln!(text, "- until {} by event `{}`", until.time, until.event);
    }
    text.push_str(
        "\nEvery file can be checked without chancery, with `sha256sum` and OpenSSH's `ssh-keygen` (8.2 or later). \
         `sh check.sh` runs all of this; each line is a command of its own:\n\n```sh\n",
    );
    text.push_str("sha256sum -c SHA256SUMS\n");
    for (event, _) in events {
        let (stem, person) = (stem(event), &event.act.act().person);
        let _ = writeln!(
            text,
            "ssh-keygen -Y verify -f allowed_signers -I {person} -n chancery-act-v1 -s acts/{stem}.json.sig < acts/{stem}.json"
        );
    }
    text.push_str(
        "```\n\n\
         What stands where:\n\n\
         - `acts/` holds what people signed. An act's id is the SHA-256 of its file, and everything refers to it by that.\n\
         - `ledger/` holds where each act was placed and when. The recorder signed the `.seal`, a git commit without its\n\
         \x20 signature, under the namespace `git`. `previous` in a `.json` is the SHA-256 of the record before it.\n\
         - `versions/` holds the exact bytes that were live. One file's version id is its SHA-256; of several files it is\n\
         \x20 the SHA-256 of the `SHA256SUMS` beside them.\n\
         - `dossiers/` holds what approvers were shown, named by digest; `rules/chancery.toml` the rules they were held to.\n\
         - `allowed_signers` holds every key ever listed. Compare it with keys you know from elsewhere: a proof is worth\n\
         \x20 what its keys are worth.\n\n\
         Model replies are named by digest in the evidence and are not in here.\n\n\
         | event | when | who | what |\n|---|---|---|---|\n",
    );
    for (event, _) in events {
        let act = event.act.act();
        let _ = writeln!(text, "| `{}` | {} | {} | {} |", event.id(), event.record.time, act.person, act.deed.kind());
    }
    text
}
