//! Approvals given apart count together: acts are placed, never signed again.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use chancery::{
    adapters::{
        files::{FolderSettings, FolderTree},
        git::GitStore,
        keys::{KeyTool, Questions, open_key},
        system::{SystemClock, random},
    },
    artifact::Model,
    eval::Provider,
    ledger::SignedAct,
    ops::{Failure, Providers, World, place},
};

use crate::support::{
    Project, ledger,
    shop::{dossier, proposed, shop, shown},
};

/// Placing acts asks no model.
struct Nobody;

impl Providers for Nobody {
    fn provider(&self, _: &Model) -> Result<Box<dyn Provider>, Failure> {
        Err(Failure::cannot("not-here", "nobody answers"))
    }
}

/// The project in this folder, with this key at hand.
fn world(folder: &Path, key: &Path) -> World {
    let store = folder.join(".chancery");
    let git = Arc::new(GitStore::open(&store).unwrap());
    World {
        clock: Arc::new(SystemClock),
        tree: Arc::new(FolderTree::open(folder).unwrap()),
        settings: Arc::new(FolderSettings::open(&store)),
        store: git.clone(),
        upkeep: git.clone(),
        journal: git.clone(),
        inspect: git.clone(),
        signer: open_key(key, &KeyTool::new(Questions::Never)),
        guard: git,
        providers: Arc::new(Nobody),
        remote: None,
        offline: false,
        lapses: chancery::ops::Lapses::default(),
        random: Box::new(random),
    }
}

/// A copy of the project, store included, beside it.
fn copy(project: &Project, name: &str) -> PathBuf {
    let to = project.folder().join("..").join(name);
    let done = std::process::Command::new("cp").arg("-r").arg(project.folder()).arg(&to).status().unwrap();
    assert!(done.success());
    fs::canonicalize(to).unwrap()
}

/// Approves in a copy, and answers the event and the act as it stands there.
fn approve(project: &mut Project, copy: &Path, person: &str, proposal: &str, dossier: &str) -> (String, SignedAct) {
    project.as_person(person);
    let folder = copy.to_str().unwrap();
    let document = project.json(["-C", folder, "approve", proposal, "--dossier", dossier]);
    let event = document["event"].as_str().unwrap_or_else(|| panic!("{document}")).to_owned();
    let newest = ledger(copy).pop().unwrap();
    assert_eq!(newest.id().to_string(), event);
    (event, newest.act)
}

/// The approvals recorded in a copy, sorted.
fn approvals(folder: &Path) -> Vec<String> {
    let approvals = ledger(folder).into_iter().filter(|event| event.act.act().deed.kind() == "approve");
    let mut events: Vec<_> = approvals.map(|event| event.id().to_string()).collect();
    events.sort();
    events
}

#[test]
fn two_approvals_given_in_two_copies_count_in_one_ledger_with_unchanged_ids() {
    let mut project = shop();
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    let dossier = dossier(&project, &proposal);
    let copies = [copy(&project, "one"), copy(&project, "other")];
    let ruth = approve(&mut project, &copies[0], "ruth", &proposal, &dossier);
    let omar = approve(&mut project, &copies[1], "omar", &proposal, &dossier);
    let mut both = vec![ruth.0.clone(), omar.0.clone()];
    both.sort();

    for (copy, person, others) in [(&copies[0], "ruth", &omar), (&copies[1], "omar", &ruth)] {
        let folder = copy.to_str().unwrap();
        project.as_person(person).run(["-C", folder, "promote", &proposal]).exits(1);
        let recorded = place(&world(copy, &project.key_file(person)), &others.1).unwrap();
        assert_eq!(recorded.event.to_string(), others.0, "an act keeps its id wherever it is placed");
        assert_eq!(approvals(copy), both);
        let again = place(&world(copy, &project.key_file(person)), &others.1);
        assert!(again.is_err(), "an act is placed once");
        project.run(["-C", folder, "promote", &proposal]).exits(0);
        project.run(["-C", folder, "verify"]).exits(0);
    }
}
