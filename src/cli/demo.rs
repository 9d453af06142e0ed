//! `chancery demo`: plays the whole story on the sample.

use std::path::{Path, PathBuf};

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    adapters::{
        files::FolderTree,
        keys::generate_key,
        theatre::{fresh_folder, run_self},
    },
    ops::{
        Exit, Failure,
        demo::{self, Draft, Outcome, Ran, Theatre},
    },
    ui::{Console, Line, Page},
    workspace::{SourceTree, Starter, governance_text, write_sample},
};

/// Play the whole story on the bundled sample, offline
///
/// Makes a project with throw-away keys and prints every command it runs, with what it answers. The project
/// stays in DIR to be explored, or in a new temporary folder. Exit 1 when a step does not go as the story tells it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery demo
  chancery demo shop")]
pub(super) struct DemoArgs {
    /// Where to leave the project; it must be empty or not there
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Play this edited copy of the sample's folder instead of the bundled one
    #[arg(long, value_name = "DIR")]
    sample: Option<PathBuf>,
}

pub(super) fn run(args: DemoArgs, wire: &Wire) -> face::Outcome {
    shown(play(args, wire))
}

/// The people of the story and what each may do.
const PEOPLE: [(&str, &str); 5] = [
    ("maya", r#"roles = ["root", "author"]"#),
    ("tom", r#"roles = ["author"]"#),
    ("ruth", r#"roles = ["release", "reviewer"]"#),
    ("omar", r#"roles = ["release", "reviewer"]"#),
    ("ci", "roles = [\"evaluator\"]\nprogram = true"),
];

fn play(args: DemoArgs, wire: &Wire) -> Result<Outcome, Failure> {
    let disk = |error: std::io::Error| Failure::outside("disk", "cannot make a folder").because(error.to_string());
    let folder = match args.folder {
        Some(folder) => wire.here().join(folder),
        None => fresh_folder("chancery-demo-").map_err(disk)?,
    };
    std::fs::create_dir_all(&folder).map_err(disk)?;
    if std::fs::read_dir(&folder).map_err(disk)?.next().is_some() {
        return Err(Failure::cannot("folder-not-empty", format!("`{}` is not empty", folder.display()))
            .run("chancery demo another-folder"));
    }
    let tree = FolderTree::open(&folder)?;
    tree.write("keys/.gitignore", b"*\n")?;
    let mut people = String::new();
    for (person, roles) in PEOPLE {
        let key = generate_key(&folder.join("keys").join(person))?;
        people.extend(["[people.", person, "]\nkeys = [\"", key.as_str(), "\"]\n", roles, "\n\n"]);
    }
    tree.write("chancery.toml", governance_text(Starter::SupportAgent, "support-agent", &people).as_bytes())?;
    let mut start = vec!["init"];
    if let Some(sample) = &args.sample {
        write_sample(&FolderTree::open(&wire.here().join(sample))?, &tree)?;
    } else {
        start.extend(["--template", "support-agent"]);
    }
    let stage = Stage { folder: &folder, tree: &tree, console: wire.console() };
    demo::run(&stage, &start, &folder.display().to_string())
}

/// The folder in which the story is played, and the screen it is shown on.
struct Stage<'a> {
    folder: &'a Path,
    tree: &'a FolderTree,
    console: &'a Console,
}

impl Stage<'_> {
    /// Commands show colours where this one does; they cannot see the terminal themselves.
    fn variables(&self) -> &'static [(&'static str, &'static str)] {
        if self.console.terminal().stdout == anstream::ColorChoice::Never { &[] } else { &[("CLICOLOR_FORCE", "1")] }
    }

    fn show(&self, write: impl FnOnce(&mut Page)) {
        if !self.console.is_json() {
            self.console.page(Exit::Done, write);
        }
    }
}

impl Theatre for Stage<'_> {
    fn chapter(&self, title: &str) {
        self.show(|page| {
            page.gap();
            page.line(Line::new().strong(format!("# {title}")));
        });
    }

    fn run(&self, person: &str, words: &[&str]) -> Result<(String, Ran), Failure> {
        let key = format!("keys/{person}");
        let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
        let command = format!("chancery --key {key} {}", quoted.join(" "));
        let all: Vec<&str> = ["--key", &key].into_iter().chain(words.iter().copied()).collect();
        let printed = run_self(self.folder, &all, self.variables())
            .map_err(|error| Failure::outside("program", "cannot run this program again").because(error.to_string()))?;
        self.show(|page| {
            page.gap();
            page.line(Line::new().strong("$ ").name(&command));
            // A document for programs is long; that it was asked for is what the story needs.
            if !words.contains(&"--json") {
                page.styled(printed.stdout.clone());
                page.styled(printed.stderr.clone());
            }
            if printed.exit != 0 {
                page.line(Line::new().warning(format!("[exit {}]", printed.exit)));
            }
        });
        Ok((command, Ran { exit: printed.exit, stdout: printed.stdout }))
    }

    fn edit(&self, person: &str, draft: Draft) -> Result<(), Failure> {
        let text = match draft {
            Draft::Generous => include_str!("../../templates/demo/refund-triage.generous.md"),
            Draft::Clearer => include_str!("../../templates/demo/refund-triage.clearer.md"),
        };
        self.tree.write("prompts/refund-triage.md", text.as_bytes())?;
        self.show(|page| {
            page.gap();
            page.line(Line::new().faint(format!("({person} edits prompts/refund-triage.md)")));
        });
        Ok(())
    }
}

/// A word as a shell takes it.
fn quote(word: &str) -> String {
    if !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./@:=+".contains(c)) {
        word.to_owned()
    } else {
        format!("\"{word}\"")
    }
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.gap();
        for step in self.steps.iter().filter(|step| step.exit != step.expected) {
            let line = Line::new().bad("not as told: ").text(&step.command);
            page.paragraph(line.text(format!(" (exit {}, the story expects {})", step.exit, step.expected)));
        }
        let count = self.steps.len();
        if self.as_told {
            page.line(Line::new().good(format!("{count} commands, each with the exit the story expects")));
        }
        page.line(Line::new().text("the project is in ").name(&self.folder));
        page.next(format!("cd {} && chancery --key keys/maya status", self.folder));
    }
}
