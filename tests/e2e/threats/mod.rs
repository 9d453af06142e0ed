//! The threat catalogue, line by line: every attack, the word it is refused with, and the story that passes without it.
//!
//! Each attack drives the program itself, and where that refuses, a patched one: the act is put into a ledger with real
//! keys, and then `verify` names it and no clone takes it. `.ci/defences` takes the defences out one by one and shows
//! which tests notice: all but those that `defences.toml` lists with the reason.
//!
//! | no | threat | tests in | defence |
//! |---|---|---|---|
//! | 1 | authors let their own change through | `authority/hands` | `state/decide` (may_approve), `state/lineage`, `gate/assent` |
//! | 2 | one person is two | `authority/quorum` | `state/decide` (already-approved), `gate/assent`, `governance/people` |
//! | 3 | an approver out of role | `authority/roles` | `trust/people`, `state/decide`, `gate/assent` |
//! | 4 | rules lowered by what they judge | `authority/rules` | `state/apply` (rules in force), `state/weighing`, `state/propose` |
//! | 5 | rules rolled back or deleted | `authority/rules` | `state/propose` (base), `governance/differences` |
//! | 6 | zero, empty, unknown, missing | `authority/thresholds` | `governance/gates`, `people`, `environments`, `state/payload` |
//! | 7 | break-glass used quietly | `authority/quietly` | `state/overriding`, `gate/overrides` |
//! | 8 | approve one, promote another | `binding/content` | `state/weighing` (base), `state/dossier`, `state/propose` |
//! | 9 | an approval used again | `binding/replay`, `history/unlawful` | `state/apply` (place, project), `state/decide` (spent) |
//! | 10 | a stale approval | `binding/stale` | `state/dossier` (basis), `state/weighing` (assents), `gate/pool` |
//! | 11 | one kind of signature as another | `binding/kinds` | `trust/signature` (namespace), `adapters/git/commit` |
//! | 12 | stripped, strange, unknown | `binding/signature`, `history/unlawful` | `trust/signature`, `state/authority`, `state/receive` |
//! | 13 | two encodings | `binding/encoding` | `object/canonical`, `artifact/json`, `name` |
//! | 14 | forged or borrowed evidence | `evidence/borrowed`, `evidence/lucky` | `state/evaluate`, `gate/pool`, `ops/rescoring`, `adapters/provider` |
//! | 15 | the bar lowered with the prompt | `evidence/loosened` | `state/case`, `gate/risk` |
//! | 16 | another model is served | `evidence/served` | `gate/model`, `gate/pool`, `state/weighing` |
//! | 17 | the ledger rewritten | `history/rewritten`, `forged`, `unlawful` | `ops/sharing`, `adapters/git/journal`, `state/apply` |
//! | 18 | two histories | `history/rewritten`, `race` | `ops/sharing/arrival` |
//! | 19 | missing, corrupt, ambiguous | `history/withheld`, `kept` | `adapters/git/union`, `store`, `ops/resolve` |
//! | 20 | clocks | `history/clock`, `soak` | `state/apply` (time), `ops/sharing/arrival`, `gate/order` |
//! | 21 | a revoked key | `history/revoked` | `state/authority`, `state/apply` (recorder) |
//! | 22 | moved between weighing and promoting | `concurrency/moving` | `state/weighing` (base), `state/promote` |
//! | 23 | two promotions at once | `concurrency/moving` | `ops/promote` (explain), `state/weighing` (base) |
//! | 24 | kill, full disk, stale locks | `concurrency/kill`, `disk` | `adapters/git/lock`, `repository` |
//! | 25 | half of a bundle | `concurrency/half` | `ops/standing` (one tip) |
//! | 26 | secrets | `content/secrets` | `state/secrets`, `ops/secrecy` |
//! | 27 | names and paths | `content/names` | `name`, `adapters/files`, `state/commit` (path) |
//! | 28 | values that are templates | `content/templates` | `render` |
//! | 29 | what nobody sees | `content/hidden` | `diff/visible`, `ui/visible`, `gate/risk` |
//! | 30 | a tool that changes | `content/tools` | `state/weighing` (base), `state/touched` |
//! | 31 | bombs, duplicates, unlisted files | `content/weight` | `state/contents`, `state/dossier`, `object/canonical` |
//! | 32 | served from yesterday | `content/served` | `workspace/index`, `ops/sharing/arrival` |
//! | 33 | a project that runs its own code | `content/programs` | `adapters/git/program`, `adapters/git_config` |
//! | 34 | side doors | `content/doors`, `side_doors`, `history/unlawful` | `ops/record`, `state/receive` |
//! | 35 | rollback as an attack | `content/rollback` | `state/rollback` |

mod attack;
mod authority;
mod binding;
mod concurrency;
mod content;
mod crew;
mod evidence;
mod history;
mod lab;
mod scene;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Every source below this folder.
fn sources(folder: &Path) -> Vec<String> {
    let paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let read = |path: PathBuf| {
        if path.is_dir() { sources(&path) } else { vec![fs::read_to_string(path).unwrap()] }
    };
    paths.into_iter().flat_map(read).collect()
}

#[test]
fn every_line_of_the_catalogue_has_a_test_that_bears_its_number() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/threats");
    let text = sources(&folder).join("\n");
    let numbers: BTreeSet<u32> = text.split("\nfn threat_").skip(1).map(|rest| rest[..2].parse().unwrap()).collect();
    let wanted: BTreeSet<u32> = (1..=35).collect();
    assert_eq!(numbers, wanted);
}
