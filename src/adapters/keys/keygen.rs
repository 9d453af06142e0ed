//! Keys that only OpenSSH can use: passphrases, agents, hardware, RSA, older files.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use super::plain::bad_key;
use crate::trust::{Namespace, PublicKey, Signature, Signer, SignerError};

/// Whether the key tool may ask its user for a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Questions {
    /// It may ask on the terminal.
    Terminal,
    /// Nobody is there to answer: what needs an answer fails at once.
    Never,
}

/// The program that signs, and how it may behave.
#[derive(Debug, Clone)]
pub struct KeyTool {
    program: PathBuf,
    questions: Questions,
}

impl KeyTool {
    /// `ssh-keygen` from the search path.
    pub fn new(questions: Questions) -> Self {
        Self { program: PathBuf::from("ssh-keygen"), questions }
    }

    /// Another program that takes the same arguments (git's `gpg.ssh.program`).
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// Signs bytes with the key this file holds or names.
    fn sign(&self, file: &Path, namespace: Namespace, bytes: &[u8]) -> Result<Signature, SignerError> {
        let mut command = self.command();
        command.args(["-Y", "sign", "-n", namespace.as_str(), "-f"]).arg(file);
        let output = self.run(command, bytes)?;
        String::from_utf8(output.stdout).map(Signature::new).map_err(|_| self.failure("its answer is not text"))
    }

    /// Asks for the public half of a private key file.
    pub(super) fn public_half(&self, file: &Path) -> Result<PublicKey, SignerError> {
        let mut command = self.command();
        command.arg("-y").arg("-f").arg(file);
        let output = self.run(command, &[])?;
        let text = String::from_utf8_lossy(&output.stdout);
        PublicKey::parse(&text).map_err(|e| bad_key(file, e.why))
    }

    /// The program with its pipes; unable to ask when nobody is there.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if self.questions == Questions::Never {
            // OpenSSH asks on the terminal even when its input is a pipe. Told to ask through a program
            // that answers nothing, it gives up at once.
            command.env("SSH_ASKPASS", "false").env("SSH_ASKPASS_REQUIRE", "force").env("DISPLAY", "none");
        }
        command
    }

    /// Runs the program with these bytes as its input; anything but success is a failure that quotes it.
    fn run(&self, mut command: Command, input: &[u8]) -> Result<Output, SignerError> {
        let mut child = command.spawn().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => self.failure("the program is not there; it comes with OpenSSH"),
            _ => self.failure(e.to_string()),
        })?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that gave up before reading says why itself.
            let _ = stdin.write_all(input);
        }
        let output = child.wait_with_output().map_err(|e| self.failure(e.to_string()))?;
        if output.status.success() { Ok(output) } else { Err(self.failure(complaint(&output))) }
    }

    /// A failure of this program.
    fn failure(&self, reason: impl Into<String>) -> SignerError {
        SignerError::Tool { tool: self.program.display().to_string(), reason: reason.into() }
    }
}

/// What the program said, on one line.
fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = (said.lines().map(str::trim))
        .filter(|line| !line.is_empty() && !line.starts_with("Signing data on") && !line.starts_with("@@@"))
        .collect();
    if lines.is_empty() { format!("it ended with {}", output.status) } else { lines.join("; ") }
}

/// A key that signs through `ssh-keygen -Y sign`.
pub struct KeygenKey {
    public: PublicKey,
    place: Place,
    tool: KeyTool,
}

/// Where the key tool finds the key.
enum Place {
    /// A private key, or the public half of one that an agent or a device holds.
    File(PathBuf),
    /// A private key without its public half beside it, in a format that does not show it.
    LoneFile(PathBuf),
    /// An agent holds it, and no file names it.
    Agent,
}

impl KeygenKey {
    /// The key this file holds, or whose public half it holds.
    pub fn file(path: impl Into<PathBuf>, public: PublicKey, tool: KeyTool) -> Self {
        Self { public, place: Place::File(path.into()), tool }
    }

    /// A private key whose public half the tool would not find by itself.
    pub fn lone_file(path: impl Into<PathBuf>, public: PublicKey, tool: KeyTool) -> Self {
        Self { public, place: Place::LoneFile(path.into()), tool }
    }

    /// The private half an agent holds of this key.
    pub fn agent(public: PublicKey, tool: KeyTool) -> Self {
        Self { public, place: Place::Agent, tool }
    }

    /// Signs with a key whose public half stands in no file: the tool wants it in one, beside the private half.
    fn sign_beside(
        &self,
        private: Option<&Path>,
        namespace: Namespace,
        bytes: &[u8],
    ) -> Result<Signature, SignerError> {
        let failed = |e: io::Error| self.tool.failure(format!("no temporary file for the public key: {e}"));
        let folder = tempfile::tempdir().map_err(failed)?;
        if let Some(private) = private {
            let private = std::path::absolute(private).map_err(failed)?;
            link(&private, &folder.path().join("key")).map_err(failed)?;
        }
        let public = folder.path().join("key.pub");
        std::fs::write(&public, format!("{}\n", self.public)).map_err(failed)?;
        self.tool.sign(&public, namespace, bytes)
    }
}

/// Makes the file reachable under another name, without copying what is secret.
fn link(file: &Path, name: &Path) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::symlink(file, name);
    #[cfg(not(unix))]
    std::fs::hard_link(file, name)
}

impl Signer for KeygenKey {
    fn key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, namespace: Namespace, bytes: &[u8]) -> Result<Signature, SignerError> {
        let signature = match &self.place {
            Place::File(path) => self.tool.sign(path, namespace, bytes)?,
            Place::LoneFile(path) => self.sign_beside(Some(path), namespace, bytes)?,
            Place::Agent => self.sign_beside(None, namespace, bytes)?,
        };
        // A stale `.pub` beside another key, or a wrapper of the user's, must not put a bad signature on record.
        match signature.verify(namespace, bytes) {
            Ok(key) if key == self.public => Ok(signature),
            Ok(key) => Err(self.tool.failure(format!(
                "it signed with {}, not with {}",
                key.fingerprint(),
                self.public.fingerprint()
            ))),
            Err(error) => Err(self.tool.failure(format!("its signature does not hold: {error}"))),
        }
    }
}
