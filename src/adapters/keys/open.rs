//! From what a user names to a key that signs.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use super::{
    FileKey, KeyTool, KeygenKey,
    generate::public_path,
    plain::{bad_key, public_half},
};
use crate::trust::{PublicKey, Signer, SignerError};

/// Key files are smaller; a longer one is something else.
const LONGEST: u64 = 64 * 1024;

/// Opens the key this path names: a private key file, or a public one whose private half an agent holds.
///
/// A public key file whose plain private half lies beside it signs with that.
///
/// # Errors
///
/// [`SignerError::Key`] when there is no key, it cannot be read, or it is of a kind we do not accept.
pub fn open_key(path: &Path, tool: &KeyTool) -> Result<Box<dyn Signer>, SignerError> {
    let Some(text) = read(path)? else { return open_absent(path, tool) };
    match PublicKey::parse(&text) {
        Ok(public) => Ok(open_public(path, public, tool)),
        Err(_) if text.starts_with("-----BEGIN") => open_private(path, &text, tool),
        Err(bad) if looks_like_key(&text) => Err(bad_key(path, bad.why)),
        Err(_) => Err(bad_key(path, "it holds no SSH key")),
    }
}

/// Opens what git's `user.signingKey` holds: a path, or a public key as text (`key::ssh-ed25519 …`, or without
/// `key::`) whose private half an agent holds. The caller has expanded `~/`, as git's `--type=path` does.
///
/// # Errors
///
/// As [`open_key`].
pub fn open_git_key(value: &str, tool: &KeyTool) -> Result<Box<dyn Signer>, SignerError> {
    let literal = value.strip_prefix("key::");
    match literal.or_else(|| looks_like_key(value).then_some(value)) {
        Some(text) => {
            let public = PublicKey::parse(text).map_err(|e| bad_key(Path::new("user.signingKey"), e.why))?;
            Ok(Box::new(KeygenKey::agent(public, tool.clone())))
        }
        None => open_key(Path::new(value), tool),
    }
}

/// Whether the text begins as a public key does.
fn looks_like_key(value: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|start| value.starts_with(start)) && value.contains(' ')
}

/// No such file: its public half may lie there, and an agent hold the key.
fn open_absent(path: &Path, tool: &KeyTool) -> Result<Box<dyn Signer>, SignerError> {
    let beside = public_path(path);
    let Some(text) = read(&beside)? else { return Err(bad_key(path, "there is no such file")) };
    let public = PublicKey::parse(&text).map_err(|e| bad_key(&beside, e.why))?;
    Ok(Box::new(KeygenKey::file(beside, public, tool.clone())))
}

/// A public key file.
fn open_public(path: &Path, public: PublicKey, tool: &KeyTool) -> Box<dyn Signer> {
    let private = path.extension().is_some_and(|extension| extension == "pub").then(|| path.with_extension(""));
    // Whatever is wrong with a private half beside it, the agent may still hold the key.
    let plain = private.and_then(|private| plain_half(&private).ok().flatten());
    match plain {
        Some(key) if *key.key() == public => Box::new(key),
        _ => Box::new(KeygenKey::file(path, public, tool.clone())),
    }
}

/// The plain private key in this file, if that is what it holds.
fn plain_half(path: &Path) -> Result<Option<FileKey>, SignerError> {
    read(path)?.map_or(Ok(None), |text| FileKey::from_text(path, &text))
}

/// A private key file, plain or not.
fn open_private(path: &Path, text: &str, tool: &KeyTool) -> Result<Box<dyn Signer>, SignerError> {
    if let Some(key) = FileKey::from_text(path, text)? {
        return Ok(Box::new(key));
    }
    if let Ok(private) = ssh_key::PrivateKey::from_openssh(text.trim_end()) {
        // Its public half stands there unencrypted, and the tool finds it too.
        return Ok(Box::new(KeygenKey::file(path, public_half(&private, path)?, tool.clone())));
    }
    let beside = public_path(path);
    Ok(Box::new(match read(&beside)? {
        Some(text) => {
            let public = PublicKey::parse(&text).map_err(|e| bad_key(&beside, e.why))?;
            KeygenKey::file(path, public, tool.clone())
        }
        None => KeygenKey::lone_file(path, tool.public_half(path)?, tool.clone()),
    }))
}

/// The file's text; `None` when there is no file.
fn read(path: &Path) -> Result<Option<String>, SignerError> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(bad_key(path, e)),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|e| bad_key(path, e))?;
    if bytes.len() as u64 > LONGEST {
        return Err(bad_key(path, "it is too large for a key"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| bad_key(path, "it is not text"))
}
