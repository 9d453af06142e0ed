//! Key pairs, an agent and signatures made by OpenSSH itself, in a folder of their own.

use std::{
    fs,
    io::Write,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use chancery::{
    adapters::keys::{KeyTool, Questions},
    trust::{Namespace, PublicKey, Signature},
};
use tempfile::TempDir;

/// Kinds that `ssh-keygen` makes without a device: name, then arguments.
pub(crate) const KINDS: [(&str, &[&str]); 6] = [
    ("ed25519", &["-t", "ed25519"]),
    ("p256", &["-t", "ecdsa", "-b", "256"]),
    ("p384", &["-t", "ecdsa", "-b", "384"]),
    ("p521", &["-t", "ecdsa", "-b", "521"]),
    ("rsa2048", &["-t", "rsa", "-b", "2048"]),
    ("rsa3072", &["-t", "rsa", "-b", "3072"]),
];

/// A folder with keys, and the agent started in it.
pub(crate) struct Keys {
    folder: TempDir,
    agent: Option<Child>,
}

impl Keys {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), agent: None }
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new pair, with these arguments and this passphrase.
    pub(crate) fn make(&self, name: &str, arguments: &[&str], passphrase: &str) -> PathBuf {
        let path = self.path(name);
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-C", "a comment", "-N", passphrase, "-f"]).arg(&path).args(arguments);
        succeed(&run(&mut command, b""));
        path
    }

    /// Starts an agent that holds the keys of these files.
    pub(crate) fn start_agent(&mut self, files: &[&Path]) {
        let socket = self.path("agent");
        let agent = Command::new("ssh-agent").arg("-D").arg("-a").arg(&socket).stdout(Stdio::null()).spawn().unwrap();
        self.agent = Some(agent);
        let started = Instant::now();
        // The socket's file is there before anybody listens.
        while UnixStream::connect(&socket).is_err() && started.elapsed() < Duration::from_secs(20) {
            std::thread::yield_now();
        }
        for file in files {
            succeed(&run(Command::new("ssh-add").arg(file).env("SSH_AUTH_SOCK", &socket), b""));
        }
    }

    /// The key tool that reaches this folder's agent, and no other, and asks nobody.
    pub(crate) fn tool(&self) -> KeyTool {
        let script = self.path("key-tool");
        if !script.exists() {
            let socket = self.path("agent");
            let text = format!("#!/bin/sh\nSSH_AUTH_SOCK='{}' exec ssh-keygen \"$@\"\n", socket.display());
            fs::write(&script, text).unwrap();
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        }
        KeyTool::new(Questions::Never).program(script)
    }

    /// Whether `ssh-keygen -Y verify` accepts the signature as this handle's.
    pub(crate) fn accepts(&self, allowed: &str, handle: &str, signature: &Signature, bytes: &[u8]) -> bool {
        let (signers, file) = (self.path("allowed"), self.path("signature"));
        fs::write(&signers, allowed).unwrap();
        fs::write(&file, signature.as_str()).unwrap();
        let mut command = Command::new("ssh-keygen");
        command.args(["-Y", "verify", "-n", Namespace::Act.as_str(), "-I", handle, "-f"]);
        run(command.arg(&signers).arg("-s").arg(&file), bytes).status.success()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        if let Some(agent) = &mut self.agent {
            let _ = agent.kill();
            let _ = agent.wait();
        }
    }
}

/// The public key in the file beside this one.
pub(crate) fn public(path: &Path) -> PublicKey {
    PublicKey::parse(&fs::read_to_string(path.with_extension("pub")).unwrap()).unwrap()
}

/// What `ssh-keygen -Y sign` makes of these bytes.
pub(crate) fn sign(key: &Path, namespace: Namespace, bytes: &[u8]) -> Signature {
    let mut command = Command::new("ssh-keygen");
    command.args(["-Y", "sign", "-n", namespace.as_str(), "-f"]).arg(key);
    let output = run(&mut command, bytes);
    succeed(&output);
    Signature::new(String::from_utf8(output.stdout).unwrap())
}

/// Runs a program on this input.
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).ok();
    child.wait_with_output().unwrap()
}

fn succeed(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
