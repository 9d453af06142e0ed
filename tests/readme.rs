//! The README's commands run, in order, and answer what it says.
//!
//! A section is marked by `<!-- project: NAME -->`; sections of the same name share one folder. In a `console`
//! block, lines that begin with `$ ` are run and the lines below are their output, both streams in the order
//! written; `cd` and `export` last to the end of the section. A line of `…` stands for any lines; `…` within a line for any text. A command without output below it
//! must only succeed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// One command and the output shown below it.
#[derive(Debug)]
struct Step {
    project: String,
    line: usize,
    command: String,
    shown: Vec<String>,
}

fn steps(readme: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut project = "readme".to_owned();
    let mut inside = false;
    let mut heredoc: Option<String> = None;
    for (at, text) in readme.lines().enumerate() {
        if let Some(name) = text.strip_prefix("<!-- project: ").and_then(|rest| rest.strip_suffix(" -->")) {
            name.clone_into(&mut project);
        } else if text.starts_with("```") {
            inside = !inside && text == "```console";
            heredoc = None;
        } else if let (Some(end), Some(step)) = (heredoc.clone(), steps.last_mut()) {
            step.command.extend(["\n", text]);
            heredoc = (text != end).then_some(end);
        } else if let (true, Some(command)) = (inside, text.strip_prefix("$ ")) {
            heredoc = command.split_once("<<").map(|(_, end)| end.trim().trim_matches('\'').to_owned());
            steps.push(Step { project: project.clone(), line: at + 1, command: command.to_owned(), shown: Vec::new() });
        } else if let (true, Some(step)) = (inside, steps.last_mut()) {
            step.shown.push(text.to_owned());
        }
    }
    steps
}

/// Where the commands of a project run.
struct Room {
    place: TempDir,
    folder: PathBuf,
    exports: BTreeMap<String, String>,
}

impl Room {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("project");
        for needed in [&folder, &place.path().join("home")] {
            std::fs::create_dir_all(needed).unwrap();
        }
        Self { place, folder, exports: BTreeMap::new() }
    }

    /// Does what a shell would keep to itself, and says whether that was all.
    fn keeps(&mut self, command: &str) -> bool {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.folder.push(folder);
        } else if let Some((name, value)) = command.strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
            self.exports.insert(name.to_owned(), value.replace("$PWD", &self.folder.display().to_string()));
        } else {
            return false;
        }
        true
    }
}

/// Runs one command and answers with its output and whether it went well.
fn run(command: &str, room: &Room) -> (String, bool) {
    let mut output = tempfile::tempfile().unwrap();
    let bin = PathBuf::from(env!("CARGO_BIN_EXE_chancery"));
    let path = format!("{}:{}", bin.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let stream = |file: &File| Stdio::from(file.try_clone().unwrap());
    let mut shell = Command::new("sh")
        .args(["-e", "-s"])
        .current_dir(&room.folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", room.place.path().join("home"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("CHANCERY_NOW", "2026-11-20T08:00:00Z")
        .envs(&room.exports)
        .stdin(Stdio::piped())
        .stdout(stream(&output))
        .stderr(stream(&output))
        .spawn()
        .unwrap();
    shell.stdin.take().unwrap().write_all(command.as_bytes()).unwrap();
    let status = shell.wait().unwrap();
    let mut text = String::new();
    output.rewind().unwrap();
    output.read_to_string(&mut text).unwrap();
    (text, status.success())
}

/// Whether these lines are what the README shows.
fn matches(shown: &[String], lines: &[&str]) -> bool {
    match shown.split_first() {
        None => lines.is_empty(),
        Some((any, rest)) if any.trim() == "…" => {
            (0..=lines.len()).any(|at| matches(rest, lines.get(at..).unwrap_or_default()))
        }
        Some((line, rest)) => match lines.split_first() {
            Some((first, others)) => line_matches(line, first) && matches(rest, others),
            None => false,
        },
    }
}

/// Whether a line is what is shown, where `…` stands for any text.
fn line_matches(shown: &str, line: &str) -> bool {
    match shown.split_once('…') {
        None => shown == line,
        Some((start, rest)) => line.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| line_matches(rest, tail.get(at..).unwrap_or_default()))
        }),
    }
}

#[test]
fn every_file_and_folder_of_the_project_that_the_readme_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    // Of what stands in backticks, what begins with one of our own folders.
    let named = readme.split('`').filter(|word| {
        let ours = ["src/", "tests/", "fixtures/", "examples/"].iter().any(|folder| word.starts_with(folder));
        ours && !word.contains(char::is_whitespace)
    });
    let missing: Vec<&str> = named.filter(|path| !root.join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_command_of_the_readme_answers_what_it_shows() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let mut projects: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    for step in steps(&std::fs::read_to_string(&readme).unwrap()) {
        projects.entry(step.project.clone()).or_default().push(step);
    }
    std::thread::scope(|scope| {
        for steps in projects.into_values() {
            scope.spawn(|| walk(steps));
        }
    });
}

/// Runs the commands of one project.
fn walk(steps: Vec<Step>) {
    let mut room = Room::new();
    for Step { line, command, shown, .. } in steps {
        if room.keeps(&command) {
            continue;
        }
        let (output, went_well) = run(&command, &room);
        let shown: Vec<String> = trimmed(shown);
        if shown.is_empty() {
            assert!(went_well, "README.md:{line}: `{command}` failed\n{output}");
        } else if !matches(&shown, &output.trim_end().lines().collect::<Vec<_>>()) {
            panic!("README.md:{line}: `{command}` answers\n{output}\nand not\n{}", shown.join("\n"));
        }
    }
}

/// The lines without empty ones at the end.
fn trimmed(mut lines: Vec<String>) -> Vec<String> {
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    lines
}

#[test]
fn an_ellipsis_stands_for_lines_or_for_text() {
    let shown = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&shown("a\n…\nd"), &["a", "b", "c", "d"]));
    assert!(matches(&shown("id … is live"), &["id 3f9a is live"]));
    assert!(!matches(&shown("a\nb"), &["a"]));
    assert!(!matches(&shown("id … is live"), &["id 3f9a is not"]));
}

#[test]
fn a_file_written_in_a_block_is_one_step() {
    let steps = steps("```console\n$ cat > a <<'END'\n$ not a command\nEND\n$ chancery check\nok\n```\n");
    assert_eq!(steps.len(), 2);
    assert_eq!(steps.first().map(|step| step.command.as_str()), Some("cat > a <<'END'\n$ not a command\nEND"));
}
