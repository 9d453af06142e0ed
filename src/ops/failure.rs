//! What could not be done, why, and what to do next.

use super::BadSpec;
use crate::{
    eval::RepliesError,
    ledger::{BadAct, ExchangeError, JournalError},
    name::BadName,
    object::{NotADigest, NotCanonical, StoreError},
    problem::Problem,
    state::{Code, Refusal, StateError},
    trust::{BadKey, SignatureError, SignerError},
    workspace::{RemoteError, TreeError},
};

/// How the program ends. The numbers are a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or the answer is yes.
    Done = 0,
    /// The answer is no.
    No = 1,
    /// The command line does not make sense.
    Usage = 2,
    /// It cannot be done as things stand.
    CannotBeDone = 3,
    /// Somebody else moved first: read again and retry.
    Moved = 4,
    /// The outside failed: provider, disk, git, key tool.
    Outside = 5,
    /// A bug in chancery.
    Bug = 70,
    /// Interrupted; nothing is half-written.
    Interrupted = 130,
}

impl Exit {
    /// The number the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// One thing a person can do next, as data; the front door spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Run this command.
    Run(String),
    /// Edit a file.
    Edit {
        /// The file, relative to the project folder.
        path: String,
        /// The line, from 1, where one is known.
        line: Option<u32>,
        /// What to change there.
        what: String,
    },
    /// Ask somebody.
    Ask {
        /// A handle, or a role.
        who: String,
        /// For what.
        what: String,
    },
    /// Anything else, as one line.
    Say(String),
}

/// Something could not be done. The code is a documented kebab-case word that is never reused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Names the kind of failure.
    pub code: &'static str,
    /// What could not be done: one line, lower case, user text in backticks.
    pub message: String,
    /// Why.
    pub because: Option<String>,
    /// What to do next, the most useful first.
    pub next: Vec<Next>,
    /// What is wrong in files, where that is why; all of it at once.
    pub problems: Vec<Problem>,
    /// How the program ends.
    pub exit: Exit,
}

impl Failure {
    fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), because: None, next: Vec::new(), problems: Vec::new(), exit }
    }

    /// The rules refuse this person's act (exit 1).
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::No, code, message)
    }

    /// The command line does not make sense (exit 2, code `usage`).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }

    /// It cannot be done as things stand (exit 3).
    pub fn cannot(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::CannotBeDone, code, message)
    }

    /// Somebody else moved first (exit 4).
    pub fn moved(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::Moved, code, message)
    }

    /// The outside failed (exit 5).
    pub fn outside(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::Outside, code, message)
    }

    /// Whoever began it ended it (exit 130, code `interrupted`).
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self::new(Exit::Interrupted, "interrupted", message)
    }

    /// Something that cannot happen did (exit 70, code `bug`).
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Exit::Bug, "bug", message)
            .say("this is a bug in chancery: please report it with the command line and this message")
    }

    /// Files that cannot be used as they stand (exit 3, code `invalid-files`).
    pub fn problems(problems: Vec<Problem>) -> Self {
        let mut files: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
        files.sort_unstable();
        files.dedup();
        let message = match (problems.as_slice(), files.as_slice()) {
            ([one], _) => format!("`{}` cannot be used: {}", one.path, one.message),
            (_, [file]) => format!("`{file}` cannot be used: {} problems", problems.len()),
            _ => format!("{} files cannot be used: {} problems", files.len(), problems.len()),
        };
        Self { problems, ..Self::new(Exit::CannotBeDone, "invalid-files", message) }
    }

    /// The same failure with its reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.because = Some(reason.into());
        self
    }

    /// The same failure with a command to run next.
    #[must_use]
    pub fn run(self, command: impl Into<String>) -> Self {
        self.next(Next::Run(command.into()))
    }

    /// The same failure with advice.
    #[must_use]
    pub fn say(self, advice: impl Into<String>) -> Self {
        self.next(Next::Say(advice.into()))
    }

    /// The same failure with one more next step.
    #[must_use]
    pub fn next(mut self, next: Next) -> Self {
        self.next.push(next);
        self
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::problems(problems)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        match error {
            StoreError::Corrupt { .. } => Self::outside("payload-corrupt", message).run("chancery verify"),
            StoreError::Outside { what, place, reason } => outside("store-outside", what, &place, reason),
        }
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let message = error.to_string();
        match error {
            JournalError::Moved => Self::moved("moved", message).say("nothing was recorded: run the command again"),
            JournalError::NoSuchEvent(_) => Self::cannot("no-such-event", message).run("chancery audit"),
            JournalError::Damaged { .. } => Self::refused("ledger-damaged", message).run("chancery verify"),
            JournalError::Newer { .. } => Self::cannot("upgrade", message).say("install a newer version of chancery"),
            JournalError::Signer(signer) => signer.into(),
            JournalError::Outside { what, place, reason } => outside("ledger-outside", what, &place, reason),
        }
    }
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        let message = error.to_string();
        match error {
            RemoteError::Damaged(_) => Self::cannot("remote-damaged", message)
                .say("remove `.chancery/clone/remote`, then set it anew: `chancery remote URL`"),
            RemoteError::Tree(error) => error.into(),
        }
    }
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Self {
        let message = error.to_string();
        match error {
            ExchangeError::Lost { .. } => Self::moved("moved", message).say("run the command again"),
            ExchangeError::Remote { what, place, reason } => Self::outside("remote", format!("{what} `{place}`"))
                .because(reason)
                .say("see where it is with `chancery remote`, and whether git reaches it: `git ls-remote URL`"),
            ExchangeError::Refused { place, name, reason, replaces } => {
                let failure = Self::outside("remote", format!("`{place}` does not take `{name}`")).because(reason);
                if replaces {
                    failure
                        .say("a purge must replace the history of payload there, or it would keep the bytes")
                        .say(format!("have a forced push of `{name}` allowed there, run this again, then forbid it"))
                } else {
                    failure.say("whoever keeps the remote says who may push there")
                }
            }
            ExchangeError::Unsure { what, place, reason } => Self::outside("unsure", format!("{what} `{place}`"))
                .because(reason)
                .say("the way was cut before it answered: it may have taken what was offered")
                .run("chancery pull"),
            ExchangeError::Journal(error) => error.into(),
        }
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        let message = error.to_string();
        match error {
            StateError::Refused(refusal) => refusal.into(),
            StateError::Journal(journal) => journal.into(),
            StateError::Store(store) => store.into(),
            StateError::Record { .. } => Self::refused("ledger-damaged", message).run("chancery verify"),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let failure = match refusal.code {
            Code::No => Self::refused(refusal.rule, refusal.message),
            Code::CannotBeDone => Self::cannot(refusal.rule, refusal.message),
            Code::Moved => Self::moved(refusal.rule, refusal.message),
        };
        match refusal.rule {
            "head-moved" => failure
                .say("see what came in between with `chancery log` and `chancery diff`")
                .say("to record your file on top of it, commit with `--onto-head`"),
            "rules-locked" => failure.say("list more people with the role `root`, or ask for fewer approvals"),
            "base-moved" => failure.say("propose again on what is live now"),
            "unknown-environment" | "frozen" => failure.run("chancery env"),
            "unknown-proposal" | "closed" | "spent" => failure.run("chancery proposals --all"),
            "not-allowed" | "not-in-role" | "author-approves" | "author-reviews" | "author-closes" | "not-raiser"
            | "own-override" => failure.run("chancery people"),
            "unknown-finding" | "finding-closed" | "known-finding" => failure.run("chancery findings --all"),
            "already-moved" => failure.say("what runs there from here on goes through `chancery propose`"),
            "stale-dossier" => failure.say("read the dossier again with `chancery review`"),
            "payload-missing" | "ledger-damaged" => failure.run("chancery verify"),
            "upgrade" => failure.say("upgrade chancery"),
            "purged" => failure.run("chancery audit --kind purge"),
            _ => failure,
        }
    }
}

impl From<RepliesError> for Failure {
    fn from(error: RepliesError) -> Self {
        Self::outside("disk", error.to_string())
    }
}

impl From<SignerError> for Failure {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::Key { path, reason } => {
                Self::cannot("no-signing-key", format!("cannot sign with key `{path}`"))
                    .because(reason)
                    .say("name a private key with `--key FILE` or `CHANCERY_SIGNING_KEY`")
            }
            SignerError::Tool { tool, reason } => {
                Self::outside("key-tool", format!("`{tool}` did not sign")).because(reason)
            }
        }
    }
}

impl From<SignatureError> for Failure {
    fn from(error: SignatureError) -> Self {
        let message = error.to_string();
        match error {
            SignatureError::Malformed(_) => Self::refused("signature-malformed", message),
            SignatureError::Namespace { .. } => Self::refused("signature-namespace", message),
            SignatureError::Algorithm(_) => Self::refused("signature-algorithm", message),
            SignatureError::Wrong => Self::refused("signature-wrong", message),
        }
    }
}

impl From<BadKey> for Failure {
    fn from(error: BadKey) -> Self {
        Self::cannot("bad-key", error.to_string()).say("a key is written as in a `.pub` file: `ssh-ed25519 AAAA…`")
    }
}

impl From<BadAct> for Failure {
    fn from(error: BadAct) -> Self {
        let message = error.to_string();
        match error {
            BadAct::Record(record) => record.into(),
            BadAct::Format(_) => Self::cannot("unknown-format", message).say("upgrade chancery"),
            BadAct::Signature(signature) => signature.into(),
        }
    }
}

impl From<NotCanonical> for Failure {
    fn from(error: NotCanonical) -> Self {
        Self::refused("not-canonical", error.to_string()).run("chancery verify")
    }
}

impl From<NotADigest> for Failure {
    fn from(error: NotADigest) -> Self {
        Self::cannot("not-a-digest", error.to_string())
    }
}

impl From<TreeError> for Failure {
    fn from(error: TreeError) -> Self {
        let message = error.to_string();
        match error {
            TreeError::Outside(_) => Self::cannot("outside-project", message),
            TreeError::Reserved(_) => Self::cannot("reserved-path", message),
            TreeError::Disk { what, path, reason } => outside("disk", what, &path, reason),
        }
    }
}

impl From<BadName> for Failure {
    fn from(error: BadName) -> Self {
        Self::cannot("bad-name", error.to_string())
            .say("names are words of letters and digits joined by `-`, `_` or `.`, with `/` for folders")
    }
}

impl From<BadSpec> for Failure {
    fn from(error: BadSpec) -> Self {
        let message = error.to_string();
        match error {
            BadSpec::Name(name) => name.into(),
            BadSpec::Proposal(_) | BadSpec::Id(_) => Self::usage(message),
        }
    }
}

/// The disk, or git, failed while doing something at a place.
fn outside(code: &'static str, what: &str, place: &str, reason: String) -> Failure {
    Failure::outside(code, format!("{what} `{place}` failed")).because(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_problem_is_told_whole_and_many_are_counted() {
        let one = Problem::whole("a.toml", "x", "no model");
        assert_eq!(Failure::problems(vec![one.clone()]).message, "`a.toml` cannot be used: no model");
        let two = Problem::whole("b.toml", "x", "no model");
        assert_eq!(Failure::problems(vec![one, two]).message, "2 files cannot be used: 2 problems");
    }

    #[test]
    fn losing_a_race_is_not_a_failure_of_the_outside() {
        assert_eq!(Failure::from(JournalError::Moved).exit, Exit::Moved);
    }
}
