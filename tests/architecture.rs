//! The plan of the house, as a table that code cannot leave.

#![expect(clippy::panic, reason = "a test that cannot go on stops")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rooms in the order of the house, each with the rooms it may name: some of those above it.
const ROOMS: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("sight", &[]),
    ("problem", &[]),
    ("name", &["sight"]),
    ("object", &[]),
    ("scan", &["object"]),
    ("artifact", &["sight", "problem", "name", "object"]),
    ("trust", &["clock", "name", "object"]),
    ("version", &["name", "object", "artifact"]),
    ("diff", &["sight", "problem", "name", "object", "artifact", "version"]),
    ("render", &["problem", "name", "object", "artifact", "version"]),
    ("policy", &["problem", "name", "object", "artifact", "version"]),
    ("eval", &["clock", "sight", "problem", "name", "object", "scan", "artifact", "version", "render"]),
    ("ledger", &["clock", "name", "object", "trust", "eval"]),
    ("gate", &["sight", "clock", "problem", "name", "object", "artifact", "trust", "version", "diff", "eval"]),
    ("governance", &["sight", "clock", "problem", "name", "object", "artifact", "trust", "gate"]),
    (
        "state",
        &[
            "sight",
            "clock",
            "problem",
            "name",
            "object",
            "scan",
            "artifact",
            "trust",
            "version",
            "diff",
            "render",
            "eval",
            "ledger",
            "gate",
            "governance",
        ],
    ),
    ("workspace", &["clock", "sight", "problem", "name", "object", "artifact", "trust", "version", "governance"]),
    ("decision", &["clock", "problem", "name", "object"]),
    (
        "report",
        &[
            "sight",
            "clock",
            "problem",
            "name",
            "object",
            "scan",
            "artifact",
            "trust",
            "version",
            "diff",
            "render",
            "eval",
            "ledger",
            "gate",
            "governance",
            "state",
        ],
    ),
    (
        "ops",
        &[
            "sight",
            "clock",
            "problem",
            "name",
            "object",
            "scan",
            "artifact",
            "trust",
            "version",
            "diff",
            "render",
            "policy",
            "eval",
            "ledger",
            "gate",
            "governance",
            "state",
            "workspace",
            "decision",
            "report",
        ],
    ),
    ("adapters", &["clock", "problem", "name", "object", "artifact", "trust", "render", "eval", "ledger", "workspace"]),
    ("ui", &["clock", "sight", "problem", "name", "object", "scan", "diff", "eval", "report", "ops", "adapters"]),
    (
        "cli",
        &[
            "sight",
            "clock",
            "problem",
            "name",
            "object",
            "artifact",
            "trust",
            "version",
            "diff",
            "render",
            "eval",
            "gate",
            "governance",
            "workspace",
            "report",
            "ops",
            "adapters",
            "ui",
        ],
    ),
];

/// One landlord per package: the rooms that may name it.
const LANDLORDS: &[(&str, &[&str])] = &[
    ("aho_corasick", &["scan"]),
    ("anstream", &["ui", "cli"]),
    ("anstyle", &["ui", "cli"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    // `diff` has it merge three texts, which touches nothing outside.
    ("git2", &["adapters", "diff"]),
    ("libgit2_sys", &["adapters", "diff"]),
    ("globset", &["trust", "workspace", "governance"]),
    ("ignore", &["adapters"]),
    ("jiff", &["clock", "adapters"]),
    ("jsonschema", &["artifact", "eval"]),
    ("serde_json_path", &["artifact", "eval"]),
    ("minijinja", &["render", "report"]),
    ("reqwest", &["adapters"]),
    ("ring", &["trust", "adapters"]),
    ("rustls", &["adapters"]),
    ("rustls_platform_verifier", &["adapters"]),
    ("sha2", &["object"]),
    ("signal_hook", &["adapters"]),
    ("similar", &["diff"]),
    ("ssh_key", &["trust", "adapters"]),
    ("statrs", &["eval"]),
    ("tempfile", &["adapters"]),
    ("terminal_size", &["cli"]),
    ("tiktoken_rs", &["render"]),
    ("toml", &["artifact", "governance", "workspace"]),
    ("unicode_width", &["ui"]),
];

/// What only the rooms at the edge may name.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("fs", &["adapters", "cli"]),
    ("env", &["adapters", "cli"]),
    ("process", &["adapters", "cli"]),
    ("net", &["adapters"]),
];

/// The longest file; at this length look for the second idea in it.
const LONGEST: usize = 400;

/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// A source file without its comments and without its unit tests.
struct Source {
    path: PathBuf,
    room: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    let inside = |path: &Path| path.strip_prefix(&root).map(Path::to_owned).unwrap_or_default();
    let sources = paths.into_iter().map(|path| Source {
        room: inside(&path).iter().next().map(|part| part.to_string_lossy().replace(".rs", "")).unwrap_or_default(),
        code: code(&fs::read_to_string(&path).unwrap_or_default(), &path),
        path: inside(&path),
    });
    sources.filter(|source| !matches!(source.room.as_str(), "main" | "lib")).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { panic!("cannot read {}", folder.display()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

/// The text up to its unit tests, comments taken out; nothing of a file that is all tests.
fn code(text: &str, path: &Path) -> String {
    if path.components().any(|part| part.as_os_str() == "tests")
        || path.ends_with("tests.rs")
        || path.ends_with("testing.rs")
    {
        return String::new();
    }
    let body = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The names that follow `prefix::`, those in braces included.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let needle = format!("{prefix}::");
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(&needle) {
        if code.get(..at).and_then(|before| before.chars().last()).is_some_and(|c| is_word(c) || c == ':') {
            continue;
        }
        let rest = code.get(at + needle.len()..).unwrap_or_default();
        match rest.strip_prefix('{') {
            Some(list) => names.extend(first_level(list)),
            None => names.extend([first_word(rest)]),
        }
    }
    names
}

/// The first words of the items of a `use` list, whatever they hold in turn.
fn first_level(list: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut items = vec![String::new()];
    for c in list.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ => {}
        }
        if let (0, true, Some(item)) = (depth, c != ',', items.last_mut()) {
            item.push(c);
        }
    }
    items.iter().map(|item| first_word(item)).filter(|item| !item.is_empty()).collect()
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| is_word(*c)).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the code names this package.
fn names_package(code: &str, package: &str) -> bool {
    !names_after(code, package).is_empty() || code.contains(&format!("use {package};"))
}

fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_itself_only_looks_up() {
    let mut above = BTreeSet::new();
    for (room, may_name) in ROOMS {
        for named in *may_name {
            assert!(above.contains(named), "`{room}` may not name `{named}`, which is not above it");
        }
        above.insert(room);
    }
}

#[test]
fn a_room_names_only_the_rooms_the_table_allows() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            wrong.push(format!("{}: the room `{}` is not in the table", source.path.display(), source.room));
            continue;
        };
        for named in names_after(&source.code, "crate") {
            if named != source.room && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{}: `{}` may not name `{named}`", source.path.display(), source.room));
            }
        }
        if source.code.contains("super::super") {
            wrong.push(format!("{}: `super::super`", source.path.display()));
        }
    }
    nothing(&wrong);
}

#[test]
fn every_package_has_one_landlord() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (package, landlords) in LANDLORDS {
            if names_package(&source.code, package) && !landlords.contains(&source.room.as_str()) {
                wrong.push(format!("{}: `{package}` belongs to {landlords:?}", source.path.display()));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn only_the_edge_touches_the_outside() {
    let mut wrong = Vec::new();
    for source in sources() {
        let room = source.room.as_str();
        let named = names_after(&source.code, "std");
        for (module, allowed) in OUTSIDE {
            if named.contains(*module) && !allowed.contains(&room) {
                wrong.push(format!("{}: `std::{module}`", source.path.display()));
            }
        }
        for clock in ["SystemTime", "Timestamp::now", "Zoned::now"] {
            if source.code.contains(clock) && !matches!(room, "adapters" | "cli") {
                wrong.push(format!("{}: `{clock}`", source.path.display()));
            }
        }
        for stream in ["io::stdout", "io::stderr"] {
            if source.code.contains(stream) && !matches!(room, "ui" | "cli") {
                wrong.push(format!("{}: `{stream}`", source.path.display()));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn a_file_holds_one_idea() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join("src"), &mut paths);
    walk(&root.join("tests"), &mut paths);
    let mut wrong = Vec::new();
    for path in paths {
        let lines = fs::read_to_string(&path).unwrap_or_default().lines().count();
        let known = LONGER.iter().any(|(file, _)| path.ends_with(file));
        if lines > LONGEST && !known {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
    }
    nothing(&wrong);
}

#[test]
fn the_reader_of_this_table_sees_nested_imports() {
    let code = "use crate::{\n    a::{b, c},\n    d,\n    e::f,\n};\nlet x = crate::g::h(); not_crate::i; std::io";
    let names: Vec<String> = names_after(code, "crate").into_iter().collect();
    assert_eq!(names, ["a", "d", "e", "g"]);
}
