//! Every path that changes state, by name: a new one fails here until somebody has looked at it and listed it.
//!
//! A ledger grows in one place, [`GROWS`]; whoever wants an event there comes through `state::apply`. What arrives from
//! others becomes ours in one place too, after every event of it was decided. All below is read from the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What changes state, each call with the files that may make it.
const DOORS: &[(&str, &[&str])] = &[
    // An event at the end of a ledger or of a draft: asked of the port once, and passed on by the adapter.
    ("journal.append(", &["ops/record.rs"]),
    (".append(expected", &["adapters/git/line.rs"]),
    // The way there: decide, then append. Own events, those sealed again after a pull, those shared before they are done.
    ("place_on(", &["ops/record.rs", "ops/sharing.rs", "ops/sharing/relink.rs"]),
    ("place_only(", &["ops/purge.rs", "ops/record.rs"]),
    ("place(world", &["ops/commit.rs", "ops/mv.rs", "ops/record.rs", "ops/rm.rs"]),
    ("record::begin(", &["ops/init.rs"]),
    ("sharing::publish(", &["ops/record.rs"]),
    // What arrived becomes the ledger, is noted as shared, or is offered: after it was accepted, in one file.
    (".publish(Side", &["ops/sharing.rs"]),
    (".adopt(", &["ops/sharing.rs"]),
    (".confirm(", &["ops/sharing.rs"]),
    (".draft(", &["ops/sharing.rs", "ops/sharing/relink.rs"]),
    ("receive_sealed(", &["ops/deciding.rs", "state/receive.rs"]),
    // Payload that comes and goes; it moves nothing by itself.
    (".absorb(", &["ops/sharing/purged.rs"]),
    (".discard(", &["ops/purge.rs"]),
    // Refs, which is where a ledger ends and what payload there is.
    ("refs::set(", &["adapters/git/exchange.rs"]),
    (
        "refs::swap(",
        &[
            "adapters/git/discard.rs",
            "adapters/git/exchange.rs",
            "adapters/git/journal.rs",
            "adapters/git/store.rs",
            "adapters/git/union.rs",
        ],
    ),
    (".reference(", &["adapters/git/refs.rs"]),
    ("reference_matching(", &["adapters/git/refs.rs"]),
    ("reference_symbolic(", &[]),
    (".set_target(", &[]),
    ("update-ref", &[]),
];

/// Where a ledger grows.
const GROWS: &str = "ops/record.rs";

/// Every kind of act with the verbs that state one; a kind nobody can state yet has none.
const ACTS: &[(&str, &[&str])] = &[
    ("Init", &["record"]),
    ("Commit", &["commit", "mv", "rm"]),
    ("Announce", &["eval"]),
    ("Evidence", &["eval"]),
    ("Propose", &["propose", "requalify"]),
    ("Withdraw", &["propose", "withdraw"]),
    ("Reject", &["reject"]),
    ("Review", &["review"]),
    ("Approve", &["approve"]),
    ("Promote", &["promote"]),
    ("Rollback", &["rollback"]),
    ("Attempt", &["attempts"]),
    ("Purge", &["purge"]),
    ("Freeze", &["freeze"]),
    ("Thaw", &["thaw"]),
    ("Halt", &["halt"]),
    ("Resume", &["resume"]),
    ("Finding", &["finding", "review"]),
    ("Answer", &["finding"]),
    ("Override", &["promote"]),
    ("OverrideReview", &["review"]),
    ("Adopt", &["adopt"]),
    ("Except", &["except"]),
];

/// The sources by path, without comments and tests.
fn sources() -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let of_tests = ["tests", "tests.rs", "testing.rs", "story.rs"].iter().any(|end| path.ends_with(end));
            if path.is_dir() && !of_tests {
                walk(root, &path, found);
            } else if path.extension().is_some_and(|end| end == "rs") && !of_tests {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.insert(name, lines.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    walk(&root, &root, &mut found);
    found
}

/// The files that make a call; where it is declared is no call.
fn callers<'a>(sources: &'a BTreeMap<String, String>, call: &str) -> BTreeSet<&'a str> {
    let name = call.trim_start_matches('.').split('(').next().unwrap_or_default();
    let makes = |line: &str| line.contains(call) && !line.contains(&format!("fn {name}"));
    sources.iter().filter(|(_, code)| code.lines().any(makes)).map(|(path, _)| path.as_str()).collect()
}

#[test]
fn threat_34_every_path_that_changes_state_is_listed() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (call, listed) in DOORS {
        let (found, listed) = (callers(&sources, call), listed.iter().copied().collect::<BTreeSet<_>>());
        for path in found.symmetric_difference(&listed) {
            let how = if found.contains(path) { "is made, and is not listed" } else { "is listed, and is not made" };
            wrong.push(format!("{path}: the call `{call}` {how}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn threat_34_what_a_ledger_gains_was_decided_by_the_one_function_that_decides() {
    let sources = sources();
    let code = &sources[GROWS];
    let (before, rest) = code.split_once("journal.append(").unwrap();
    assert!(!rest.contains("journal.append("), "a ledger grows in one place");
    let function = before.rsplit_once("\npub(super) fn ").unwrap().1;
    assert!(function.starts_with("place_on("), "and that place is `place_on`");
    assert!(function.contains("let changes = apply(view.as_ref(), &event, &payload)?;"), "after `apply` allowed it");
    assert!(rest.starts_with("tip.as_ref(), &event, &changes, &seal)?"), "with what `apply` says it changes");
    let received = &sources["state/receive.rs"];
    assert!(received.contains("=> apply(view, event, payload)"), "what arrives is decided by the same function");
}

#[test]
fn threat_34_nothing_outside_the_operations_reaches_for_a_ledger() {
    let allowed = ["adapters/", "ops/", "ledger/", "state/", "cli/wire.rs", "cli/demo.rs"];
    let inner = ["place_on(", "place_only(", "journal.append(", "dyn Journal", "Deed::"];
    for (path, code) in sources() {
        let outside = !allowed.iter().any(|room| path.starts_with(room));
        assert!(!outside || !inner.iter().any(|word| code.contains(word)), "{path} goes past the operations");
    }
}

#[test]
fn threat_34_every_kind_of_act_is_stated_by_the_verbs_that_are_listed_for_it() {
    let sources = sources();
    let declared = &sources["ledger/deed.rs"];
    let body = declared.split("pub enum Deed {").nth(1).unwrap().split("\n}\n").next().unwrap();
    let kind = |line: &str| {
        let name = line.strip_prefix("    ")?.split(['(', ' ', ',']).next()?.to_owned();
        name.starts_with(char::is_uppercase).then_some(name)
    };
    let kinds: BTreeSet<String> = body.lines().filter_map(kind).collect();
    let listed: BTreeSet<String> = ACTS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    assert_eq!(kinds, listed, "every kind of act is listed");
    for (path, code) in sources.iter().filter(|(path, _)| path.starts_with("ops/")) {
        let (verb, states) = (path.split(['/', '.']).nth(1).unwrap(), |kind: &str| {
            let deed = format!("Deed::{kind}(");
            let recorded = ["record(world, ", "record::record(world, ", "signed(world, ", "record(self.world, "];
            recorded.iter().any(|call| code.contains(&format!("{call}{deed}")))
        });
        for (kind, verbs) in ACTS {
            assert!(!states(kind) || verbs.contains(&verb), "{path} states `{kind}`, and is not listed for it");
        }
    }
}

/// The files in which these words stand, and how often.
fn places(sources: &BTreeMap<String, String>, words: &str) -> Vec<(String, usize)> {
    let count = |(name, text): (&String, &String)| (name.clone(), text.matches(words).count());
    sources.iter().map(count).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn threat_34_twin_the_ledger_is_written_in_three_places_and_each_asks_the_rules_first() {
    let sources = sources();
    let expect = |words: &str, wanted: &[(&str, usize)]| {
        let wanted: Vec<_> = wanted.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        assert_eq!(places(&sources, words), wanted, "where `{words}` stands");
    };
    // An event is appended by one function, which asks the rules in the lines before.
    expect("journal.append(", &[("ops/record.rs", 1)]);
    expect(" = apply(view", &[("ops/record.rs", 1)]);
    let record = &sources["ops/record.rs"];
    assert!(record.find(" = apply(view") < record.find("journal.append("));
    // What arrived becomes the ledger in one place, after everything new of it was decided.
    expect(".adopt(side", &[("ops/sharing.rs", 1)]);
    expect("receive_sealed(", &[("ops/deciding.rs", 1), ("state/receive.rs", 2)]);
    expect("=> apply(view", &[("state/receive.rs", 1)]);
    expect("arrival::judge(", &[("ops/sharing/accepting.rs", 1)]);
    // Refs of the store move in these places and no other; those of the ledger through a journal or an exchange.
    expect(
        "refs::swap(",
        &[
            ("adapters/git/discard.rs", 1),
            ("adapters/git/exchange.rs", 1),
            ("adapters/git/journal.rs", 1),
            ("adapters/git/store.rs", 1),
            ("adapters/git/union.rs", 1),
        ],
    );
    expect("refs::set(", &[("adapters/git/exchange.rs", 1)]);
    expect("place_on(", &[("ops/record.rs", 2), ("ops/sharing.rs", 1), ("ops/sharing/relink.rs", 1)]);
}
