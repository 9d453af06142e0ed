//! A new project, written into a folder and into memory.

use chancery::{
    adapters::{files::FolderTree, memory::MemoryTree},
    workspace::{ScaffoldError, SourceTree, Starter, load_all, scaffold},
};
use tempfile::TempDir;

const PEOPLE: &str = "[people.ada]\nkeys = [\"ssh-ed25519 AAAA\"]\nroles = [\"root\"]\n";

fn text(tree: &dyn SourceTree, path: &str) -> String {
    String::from_utf8(tree.read(path).unwrap().unwrap()).unwrap()
}

#[test]
fn every_starter_writes_a_project_without_blanks() {
    for starter in [Starter::Empty, Starter::SupportAgent, Starter::Solo] {
        let folder = TempDir::new().unwrap();
        let tree = FolderTree::open(folder.path()).unwrap();
        let written = scaffold(&tree, starter, "my \"own\"", PEOPLE).unwrap();
        assert_eq!(written.last().map(String::as_str), Some("chancery.toml"));
        let governance = text(&tree, "chancery.toml");
        assert!(governance.contains("[people.ada]") && !governance.contains("{{"), "{governance}");
        let table: toml::Table = governance.parse().unwrap();
        let name = if starter == Starter::SupportAgent { "support-agent" } else { "my \"own\"" };
        assert_eq!(table["project"]["name"].as_str(), Some(name));
        assert!(text(&tree, ".gitignore").contains("/.chancery/"));
    }
}

#[test]
fn the_sample_holds_what_the_manual_says() {
    let tree = MemoryTree::new();
    scaffold(&tree, Starter::SupportAgent, "x", PEOPLE).unwrap();
    let loaded = load_all(&tree, &[]).unwrap();
    assert_eq!(loaded.problems, []);
    let names: Vec<String> = loaded.artifacts.keys().map(ToString::to_string).collect();
    let count = |kind: &str| names.iter().filter(|name| name.starts_with(kind)).count();
    assert_eq!(["model/", "policy/", "prompt/", "suite/", "tool/"].map(count), [2, 2, 3, 2, 4], "{names:?}");
}

#[test]
fn the_sample_is_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/support-agent");
    let template = FolderTree::open(&folder).unwrap();
    let tree = MemoryTree::new();
    scaffold(&tree, Starter::SupportAgent, "x", PEOPLE).unwrap();
    for entry in template.list("").unwrap().files.iter().filter(|entry| entry.path != "recordings.jsonl") {
        assert!(tree.read(&entry.path).unwrap().is_some(), "{} is not written", entry.path);
    }
    let recordings = String::from_utf8(template.read("recordings.jsonl").unwrap().unwrap()).unwrap();
    let written = tree.list("evals/recordings").unwrap().files.len();
    assert_eq!(written, recordings.lines().count(), "every recording has a key of its own");
}

#[test]
fn existing_files_are_never_overwritten() {
    let tree = MemoryTree::of([
        ("README.md", "mine"),
        ("prompts/refund-triage.md", "mine"),
        ("chancery.toml", "mine"),
        (".gitignore", "target"),
        (".gitattributes", "/prompts/**   -text\n"),
    ]);
    let in_the_way = ["README.md", "prompts/refund-triage.md"].map(str::to_owned).to_vec();
    assert_eq!(scaffold(&tree, Starter::SupportAgent, "x", PEOPLE), Err(ScaffoldError::Exists(in_the_way)));
    assert_eq!(tree.list("").unwrap().files.len(), 5, "nothing was written");

    assert_eq!(scaffold(&tree, Starter::Empty, "x", PEOPLE).unwrap(), [".gitattributes", ".gitignore"]);
    assert_eq!(text(&tree, "chancery.toml"), "mine");
    assert_eq!(text(&tree, ".gitignore"), "target\n/.chancery/\n");
    let attributes = text(&tree, ".gitattributes");
    assert_eq!(attributes.matches("/prompts/**").count(), 1);
    assert!(attributes.contains("/tools/**"));
    assert_eq!(scaffold(&tree, Starter::Empty, "x", PEOPLE).unwrap(), Vec::<String>::new());
}
