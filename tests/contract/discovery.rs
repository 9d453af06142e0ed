//! Discovery, on a folder and in memory alike.

use chancery::{
    adapters::{files::FolderTree, memory::MemoryTree},
    artifact::Template,
    governance::SourceRule,
    name::Kind,
    workspace::{LARGEST, Loaded, Refusal, Refused, SourceTree, discover, load_all},
};
use proptest::prelude::*;
use tempfile::TempDir;

/// Loads a project of these files from disk and from memory, which must agree.
fn load(files: &[(&str, &str)], rules: &[SourceRule]) -> Loaded {
    let folder = TempDir::new().unwrap();
    let tree = FolderTree::open(folder.path()).unwrap();
    for (path, text) in files {
        tree.write(path, text.as_bytes()).unwrap();
    }
    let (on_disk, in_memory) =
        (load_all(&tree, rules).unwrap(), load_all(&MemoryTree::of(files.iter().copied()), rules).unwrap());
    assert_eq!(on_disk.problems, in_memory.problems);
    let bytes = |loaded: &Loaded| -> Vec<_> {
        loaded.artifacts.iter().map(|(name, file)| (name.clone(), file.source.clone())).collect()
    };
    assert_eq!(bytes(&on_disk), bytes(&in_memory));
    in_memory
}

/// `kind/name: main attached…` for each artifact.
fn shown(loaded: &Loaded) -> Vec<String> {
    let one = |file: &chancery::workspace::WorkingFile| {
        let files: Vec<&str> = file.files.iter().map(|entry| entry.path.as_str()).collect();
        format!("{}: {}", file.artifact, files.join(" "))
    };
    loaded.artifacts.values().map(one).collect()
}

/// `code path` for each problem, `!` in front of what is no warning.
fn problems(loaded: &Loaded) -> Vec<String> {
    let mark = |warning: bool| if warning { "" } else { "!" };
    loaded.problems.iter().map(|p| format!("{}{} {}", mark(p.warning), p.code, p.path)).collect()
}

fn rule(files: &str, kind: Kind, template: Option<Template>, name: &str) -> SourceRule {
    SourceRule { files: files.to_owned(), kind, template, name: name.to_owned() }
}

#[test]
fn default_folders_hold_artifacts_and_the_files_they_name() {
    let loaded = load(
        &[
            ("README.md", ""),
            ("charters/a.toml", ""),
            ("charters/team/b.toml", ""),
            ("charters/notes.md", ""),
            ("evals/README.md", ""),
            ("evals/recordings/ab/abcd.json", "{}"),
            ("evals/s.jsonl", ""),
            ("evals/s.schema.json", "{}"),
            (
                "evals/s.toml",
                "prompt = \"a\"\ncases = \"s.jsonl\"\n[[case]]\nexpect = [{ json_schema = \"s.schema.json\" }]",
            ),
            ("evals/unnamed.csv", ""),
            ("models/fast.toml", ""),
            ("policies/access/entities.json", "[]"),
            ("policies/access/policy.cedar", ""),
            ("policies/access/sub/x.txt", ""),
            ("policies/refunds.md", ""),
            ("policies/team/fees.txt", ""),
            ("prompts/.gitkeep", ""),
            ("prompts/_tone.md", ""),
            ("prompts/a.chancery.toml", ""),
            ("prompts/a.md", ""),
            ("prompts/b.chancery.toml", ""),
            ("prompts/team/c.md", ""),
            ("tools/notes.txt", ""),
            ("tools/t.json", "{}"),
        ],
        &[],
    );
    assert_eq!(
        shown(&loaded),
        [
            "charter/a: charters/a.toml",
            "charter/team/b: charters/team/b.toml",
            "model/fast: models/fast.toml",
            "policy/access: policies/access/policy.cedar policies/access/entities.json policies/access/sub/x.txt",
            "policy/refunds: policies/refunds.md",
            "policy/team/fees: policies/team/fees.txt",
            "prompt/_tone: prompts/_tone.md",
            "prompt/a: prompts/a.md prompts/a.chancery.toml",
            "prompt/team/c: prompts/team/c.md",
            "suite/s: evals/s.toml evals/s.jsonl evals/s.schema.json",
            "tool/t: tools/t.json",
        ]
    );
    assert_eq!(
        problems(&loaded),
        [
            "unknown-ending charters/notes.md",
            "unknown-ending evals/README.md",
            "stray-settings prompts/b.chancery.toml",
            "unknown-ending tools/notes.txt",
        ]
    );
}

#[test]
fn a_rule_wins_over_a_default_folder_and_the_first_rule_over_the_second() {
    let rules = [
        rule("services/*/prompts/**/*.{txt,md}", Kind::Prompt, Some(Template::None), "{1}/{stem}"),
        rule("services/**/*.md", Kind::Policy, None, "{stem}"),
        rule("prompts/special.md", Kind::Policy, None, "special"),
    ];
    let files = [
        ("prompts/special.md", ""),
        ("prompts/usual.md", ""),
        ("services/mail/prompts/deep/a.txt", ""),
        ("services/mail/prompts/a.chancery.toml", ""),
        ("services/mail/prompts/b.md", ""),
        ("services/mail/rules.md", ""),
        ("services/mail/main.py", ""),
    ];
    let loaded = load(&files, &rules);
    assert_eq!(
        shown(&loaded),
        [
            "policy/rules: services/mail/rules.md",
            "policy/special: prompts/special.md",
            "prompt/mail/a: services/mail/prompts/deep/a.txt",
            "prompt/mail/b: services/mail/prompts/b.md",
            "prompt/usual: prompts/usual.md",
        ]
    );
    let templates: Vec<Option<Template>> = loaded.artifacts.values().map(|file| file.template).collect();
    assert_eq!(templates, [None, None, Some(Template::None), Some(Template::None), None]);
}

#[test]
fn two_files_never_give_one_artifact() {
    let loaded = load(
        &[
            ("policies/a.md", ""),
            ("policies/a.txt", ""),
            ("policies/b/policy.cedar", ""),
            ("policies/b/policy.rego", ""),
            ("prompts/C.md", ""),
            ("prompts/c.md", ""),
            ("tools/c.json", ""),
        ],
        &[],
    );
    assert_eq!(
        problems(&loaded),
        ["!same-name policies/a.txt", "!same-name policies/b/policy.rego", "!same-name prompts/c.md"]
    );
    let message = "`prompt/c` stands twice: in `prompts/C.md` and in `prompts/c.md`";
    assert_eq!(loaded.problems[2].message, message);
    assert_eq!(loaded.artifacts.len(), 4);
}

#[test]
fn names_that_break_the_grammar_are_said_and_never_passed_over() {
    let loaded = load(
        &[("prompts/a b.md", ""), ("prompts/v1.md", ""), ("tools/.hidden.json", ""), ("x/y.md", "")],
        &[rule("x/*", Kind::Prompt, None, "{stem}@{1}"), rule("y/*", Kind::Prompt, None, "{7}")],
    );
    assert_eq!(
        problems(&loaded),
        [
            "!bad-source chancery.toml",
            "!bad-name prompts/a b.md",
            "!bad-name prompts/v1.md",
            "!bad-name tools/.hidden.json",
            "!bad-name x/y.md",
        ]
    );
    assert!(loaded.problems[2].message.contains("looks like a revision"));
}

#[test]
fn bytes_are_kept_as_they_stand() {
    for text in ["a\r\nb\r\n", "\u{feff}a", "no newline", "", "a\0b"] {
        let loaded = load(&[("prompts/a.md", text)], &[]);
        let file = loaded.artifacts.values().next().unwrap();
        assert_eq!(file.source.main.bytes, text.as_bytes());
        assert_eq!(file.version().0, chancery::object::Digest::of(text.as_bytes()));
    }
}

#[test]
fn a_broken_file_is_said_and_keeps_its_place() {
    let out = Refused { path: "prompts/out.md".to_owned(), why: Refusal::LinkOut };
    let elsewhere = Refused { path: "venv/bin/python".to_owned(), why: Refusal::LinkOut };
    let tree = MemoryTree::of([("prompts/a.md", "a")]).refusing(out).refusing(elsewhere);
    tree.write("prompts/latin.md", b"line one\ncaf\xe9\n").unwrap();
    tree.write("prompts/large.md", &vec![b'x'; usize::try_from(LARGEST).unwrap() + 1]).unwrap();
    let loaded = load_all(&tree, &[]).unwrap();
    assert_eq!(
        problems(&loaded),
        ["!too-large prompts/large.md", "!not-utf8 prompts/latin.md", "!link-out prompts/out.md"]
    );
    let latin = loaded.problems.iter().find(|problem| problem.code == "not-utf8").unwrap();
    assert_eq!((latin.line, latin.column), (2, 4));
    assert_eq!(loaded.artifacts.len(), 1);
    assert_eq!(discover(&tree, &[]).unwrap().places.len(), 4, "a broken file is not a deleted one");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_a_problem_at_its_path_and_nothing_is_read_through_it() {
    let (outside, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    std::fs::write(outside.path().join("secret.md"), "secret").unwrap();
    let tree = FolderTree::open(folder.path()).unwrap();
    tree.write("prompts/a.md", b"a").unwrap();
    for (target, link) in
        [("secret.md", "prompts/leak.md"), ("", "prompts/all"), ("", "tools"), ("secret.md", "notes.md")]
    {
        std::os::unix::fs::symlink(outside.path().join(target), folder.path().join(link)).unwrap();
    }
    let loaded = load_all(&tree, &[rule("agents/*.md", Kind::Prompt, None, "{stem}")]).unwrap();
    assert_eq!(problems(&loaded), ["!link-out prompts/all", "!link-out prompts/leak.md", "!link-out tools"]);
    assert_eq!(shown(&loaded), ["prompt/a: prompts/a.md"]);
}

#[test]
fn a_suite_never_reads_outside_of_its_folder() {
    let text = "cases = \"../secret.jsonl\"\n[[case]]\nexpect = [{ json_schema = \"/etc/passwd\" }]";
    let loaded = load(&[("evals/s.toml", text), ("secret.jsonl", "")], &[]);
    assert_eq!(shown(&loaded), ["suite/s: evals/s.toml"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_project_makes_discovery_panic(
        files in prop::collection::vec((
            prop::sample::select(vec!["", "prompts/", "tools/", "policies/", "policies/a/", "evals/", "x/", "charters/"]),
            "[a-cA-C._ é{}*\\[\\]-]{1,6}(/[a-c]{1,3})?",
            prop::sample::select(vec!["", ".md", ".json", ".toml", ".cedar", ".chancery.toml", "/policy.rego"]),
            prop::collection::vec(any::<u8>(), 0..30),
        ), 0..12),
        globs in prop::collection::vec(("[a-c/*?.{},\\[\\]!\\\\é-]{0,10}", "[a-c/{}12stempah]{0,10}"), 0..3),
    ) {
        let tree = MemoryTree::new();
        for (folder, name, ending, bytes) in &files {
            drop(tree.write(&format!("{folder}{name}{ending}"), bytes));
        }
        let rules: Vec<SourceRule> = globs.iter().map(|(files, name)| rule(files, Kind::Prompt, None, name)).collect();
        let found = discover(&tree, &rules).unwrap();
        let keys: std::collections::BTreeSet<String> = found.places.keys().map(chancery::name::Artifact::key).collect();
        prop_assert_eq!(keys.len(), found.places.len());
        load_all(&tree, &rules).unwrap();
    }
}
