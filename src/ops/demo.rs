//! The story that `chancery demo` plays: who does what, in which order, and what is expected to come of it.
//!
//! Every step is a real command, and its exit is what the program answered; nothing here knows a verdict. What the
//! story expects stands beside each step only so that the end can say whether the sample still tells it.

use serde::Serialize;

use super::{Answer, Exit, Failure};

/// What one command came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code.
    pub exit: u8,
    /// What it printed on stdout.
    pub stdout: Vec<u8>,
}

/// The port on which the story is played.
pub trait Theatre {
    /// Announces a chapter.
    fn chapter(&self, title: &str);

    /// Runs a command as one of the people and shows it with what it prints; `words` begin after the key.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    fn run(&self, person: &str, words: &[&str]) -> Result<(String, Ran), Failure>;

    /// Somebody edits the refund prompt: it becomes this draft.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    fn edit(&self, person: &str, draft: Draft) -> Result<(), Failure>;
}

/// The two edits of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draft {
    /// Well meant: a golden case that passes live fails with it.
    Generous,
    /// An improvement.
    Clearer,
}

/// One step as it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The command, as it could be typed in the project's folder.
    pub command: String,
    /// Its exit code.
    pub exit: u8,
    /// The exit code the story expects.
    pub expected: u8,
}

/// How the story went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Where the project is.
    pub folder: String,
    /// Whether every step went as the story tells it.
    pub as_told: bool,
    /// The steps in order.
    pub steps: Vec<Step>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.demo/1";

    fn exit(&self) -> Exit {
        if self.as_told { Exit::Done } else { Exit::No }
    }
}

const YES: u8 = 0;
const NO: u8 = 1;

/// Plays the story.
///
/// # Errors
///
/// When a command cannot even be started, or a file cannot be written.
pub fn run(theatre: &dyn Theatre, start: &[&str], folder: &str) -> Result<Outcome, Failure> {
    let mut play = Play { theatre, steps: Vec::new() };
    play.begin(start)?;
    play.go_live()?;
    play.mean_well()?;
    play.do_better()?;
    play.go_back()?;
    let as_told = play.steps.iter().all(|step| step.exit == step.expected);
    Ok(Outcome { folder: folder.to_owned(), as_told, steps: play.steps })
}

struct Play<'a> {
    theatre: &'a dyn Theatre,
    steps: Vec<Step>,
}

impl Play<'_> {
    fn step(&mut self, person: &str, words: &[&str], expected: u8) -> Result<Ran, Failure> {
        let (command, ran) = self.theatre.run(person, words)?;
        self.steps.push(Step { command, exit: ran.exit, expected });
        Ok(ran)
    }

    /// Reads the dossier and approves exactly what it showed, as a script would.
    fn approve(&mut self, person: &str, expected: u8) -> Result<(), Failure> {
        let shown = self.step(person, &["--json", "review", "production"], YES)?;
        let dossier = serde_json::from_slice::<serde_json::Value>(&shown.stdout).ok();
        let digest = dossier.as_ref().and_then(|document| document.get("dossier")?.as_str()).unwrap_or("none");
        let words = ["approve", "production", "--dossier", digest, "-m", "read it, looks right"];
        self.step(person, &words, expected).map(drop)
    }

    fn begin(&mut self, start: &[&str]) -> Result<(), Failure> {
        self.theatre.chapter("Maya begins a project and records a refund agent");
        self.step("maya", start, YES)?;
        self.step("maya", &["check"], YES)?;
        self.step("maya", &["commit", "-m", "a refund agent"], YES)?;
        self.step("maya", &["eval"], YES)?;
        self.step("maya", &["propose", "staging", "-m", "a refund agent"], YES)?;
        self.step("ci", &["eval", "--proposal", "staging", "--attest"], YES)?;
        self.step("ruth", &["promote", "staging"], YES).map(drop)
    }

    fn go_live(&mut self) -> Result<(), Failure> {
        self.theatre.chapter("Production asks for evidence and for somebody else's approval");
        self.step("maya", &["propose", "production", "-m", "a refund agent"], YES)?;
        self.step("ci", &["eval", "--proposal", "production", "--attest"], YES)?;
        self.step("ruth", &["promote", "production"], NO)?;
        self.theatre.chapter("Maya cannot approve what she wrote; Ruth can, having read it");
        self.approve("maya", NO)?;
        self.approve("ruth", YES)?;
        self.step("ruth", &["promote", "production"], YES).map(drop)
    }

    fn mean_well(&mut self) -> Result<(), Failure> {
        self.theatre.chapter("Tom means well: the agent shall be more generous");
        self.theatre.edit("tom", Draft::Generous)?;
        self.step("tom", &["diff", "--words"], YES)?;
        self.step("tom", &["commit", "-m", "be generous"], YES)?;
        self.step("tom", &["propose", "staging", "-m", "be generous"], YES)?;
        self.step("ci", &["eval", "--proposal", "staging", "--attest"], NO)?;
        self.step("ruth", &["promote", "staging"], YES)?;
        self.theatre.chapter("96 % of the cases are enough for staging; production loses no case it has");
        self.step("tom", &["propose", "production", "-m", "be generous"], YES)?;
        self.approve("omar", YES)?;
        self.step("omar", &["promote", "production"], NO)?;
        self.step("tom", &["withdraw", "production", "-m", "it pays strangers"], YES).map(drop)
    }

    fn do_better(&mut self) -> Result<(), Failure> {
        self.theatre.chapter("Tom says it more clearly instead");
        self.theatre.edit("tom", Draft::Clearer)?;
        self.step("tom", &["commit", "-m", "say what happens next"], YES)?;
        self.step("tom", &["propose", "staging", "-m", "say what happens next"], YES)?;
        self.step("ci", &["eval", "--proposal", "staging", "--attest"], YES)?;
        self.step("ruth", &["promote", "staging"], YES)?;
        self.step("tom", &["propose", "production", "-m", "say what happens next"], YES)?;
        self.approve("omar", YES)?;
        self.step("omar", &["promote", "production"], YES).map(drop)
    }

    fn go_back(&mut self) -> Result<(), Failure> {
        self.theatre.chapter("Back in one command, and every question has an answer");
        self.step("ruth", &["rollback", "production", "-m", "customers ask what it means"], YES)?;
        self.step("ruth", &["env", "production"], YES)?;
        self.step("ruth", &["why", "production", "refund-triage"], YES)?;
        self.step("ruth", &["verify"], YES).map(drop)
    }
}
