//! Public keys as people paste them, and the allowed-signers lines that are written of them.

use chancery::{
    name::Handle,
    trust::{PublicKey, allowed_signers},
};

use super::{Said, Target, joined, parts, shape, signatures::base64, text};
use crate::saved;

/// A key, and the handle of whose it is. Where the key begins with a zero byte, it is the inside of one.
pub(crate) const KEY: Target = Target {
    name: "key",
    seeds: || {
        let inside = [&b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..], &[0x49; 32]].concat();
        vec![joined(&[&inside, b"maya"]), joined(&[&lines()[0], b"tom-2"])]
    },
    words: &[
        "ssh-ed25519 ",
        "ssh-rsa ",
        "ssh-dss ",
        "ecdsa-sha2-nistp256 ",
        "sk-ssh-ed25519@openssh.com ",
        "AAAAC3NzaC1lZDI1NTE5AAAAI",
        "AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
        "cert-authority ",
        "namespaces=\"*\" ",
        "valid-after=\"1\" ",
        "=",
        "==",
        "-cert-v01@openssh.com",
        "\0\0\0\x0bssh-ed25519",
        "\0\0\0\x07ssh-rsa",
        "\0\0\0\x03\x01\0\x01",
        "\0\0\x01\x01\0",
        "\0\0\0\x13ecdsa-sha2-nistp256",
        "\0\0\0\x08nistp256",
        "\0\0\0\x41\x04",
        "\0\0\0\x04ssh:",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "*",
        "!",
        "?",
        ",",
        "\"",
    ],
    run: key,
};

/// The public keys of every kind, as `ssh-keygen` writes them.
fn lines() -> Vec<Vec<u8>> {
    saved::of(KEY.name).into_iter().filter(|(name, _)| name.starts_with("good-")).map(|(_, line)| line).collect()
}

/// The key and the handle of an input, where both are what they should be.
fn read(input: &[u8]) -> Result<(PublicKey, Option<Handle>), String> {
    let [key, handle] = parts(input);
    let line = if key.first() == Some(&0) {
        let length =
            key.get(..4).map_or(0, |four| four.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)));
        format!("{} {}", text(key.get(4..4 + length.min(60)).unwrap_or_default()), base64(key))
    } else {
        text(key)
    };
    let key = PublicKey::parse(&line).map_err(|bad| {
        assert!(!bad.text.contains('\n') && !bad.why.contains('\n'), "a reason is one line");
        bad.why
    })?;
    Ok((key, Handle::parse(&text(handle)).ok()))
}

/// The key of an input, where it holds one.
pub(crate) fn key_of(input: &[u8]) -> Option<PublicKey> {
    read(input).ok().map(|(key, _)| key)
}

fn key(input: &[u8]) -> Said {
    let (key, handle) = match read(input) {
        Ok(read) => read,
        Err(why) => return Said::no(shape(&why)),
    };
    assert_eq!(PublicKey::parse(key.as_str()).as_ref(), Ok(&key), "a key is read as it is written");
    assert_eq!(PublicKey::parse(&format!("\t{key} me@host\n")).as_ref(), Ok(&key), "whatever stands around it");
    assert!(key.fingerprint().starts_with("SHA256:") && key.fingerprint().len() == 50);
    if let Some(handle) = &handle {
        let written = allowed_signers([(handle.as_str(), &key), (handle.as_str(), &key)]);
        let lines: Vec<&str> = written.lines().collect();
        assert!(lines.len() == 2 && lines[0] == lines[1], "one line a key");
        let fields: Vec<&str> = lines[0].split(' ').collect();
        assert_eq!(fields[1], "namespaces=\"git,chancery-act-v1\"");
        assert_eq!((fields.len(), fields[0], [fields[2], fields[3]].join(" ")), (4, handle.as_str(), key.to_string()));
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '+');
        assert!(handle.as_str().chars().all(plain), "no pattern and no list of names: {handle}");
    }
    Said::yes(format!("{} {}", key.algorithm(), handle.is_some()))
}
