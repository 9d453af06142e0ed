//! SSH signatures: whatever is fed, only what was signed verifies.

use std::cell::OnceCell;

use chancery::trust::{Namespace, Signature, SignatureError};

use super::{Said, Target, shape};
use crate::saved;

/// What the good signatures are of.
const SIGNED: &[u8] = b"an act";

/// The same, for whoever asks others.
pub(crate) fn signed_bytes() -> &'static [u8] {
    SIGNED
}

/// An armored signature, or the bytes of one, which are armored as they should be.
pub(crate) const SIGNATURE: Target = Target {
    name: "signature",
    seeds: || good().iter().map(|armored| bytes(armored)).collect(),
    words: &[
        "SSHSIG\0\0\0\x01",
        "\0\0\0\x0bssh-ed25519",
        "\0\0\0\x07ssh-rsa",
        "\0\0\0\x0crsa-sha2-256",
        "\0\0\0\x0crsa-sha2-512",
        "\0\0\0\x13ecdsa-sha2-nistp256",
        "\0\0\0\x13ecdsa-sha2-nistp384",
        "\0\0\0\x13ecdsa-sha2-nistp521",
        "\0\0\0\x08nistp256",
        "\0\0\0\x08nistp384",
        "\0\0\0\x08nistp521",
        "\0\0\0\x1ask-ssh-ed25519@openssh.com",
        "\0\0\0\x22sk-ecdsa-sha2-nistp256@openssh.com",
        "\0\0\0\x0fchancery-act-v1",
        "\0\0\0\x03git",
        "\0\0\0\x06sha256",
        "\0\0\0\x06sha512",
        "\0\0\0\0",
        "\0\0\0\x04ssh:",
        "\0\0\0\x01\0",
        "-----BEGIN SSH SIGNATURE-----\n",
        "-----END SSH SIGNATURE-----\n",
        "\x04",
        "\x00",
    ],
    run: |input| {
        thread_local! {
            static GOOD: OnceCell<Vec<String>> = const { OnceCell::new() };
        }
        GOOD.with(|known| signature(known.get_or_init(good), input))
    },
};

/// Signatures of [`SIGNED`] that `ssh-keygen` and hardware keys made, one of each kind.
pub(crate) fn good() -> Vec<String> {
    let saved = saved::of(SIGNATURE.name).into_iter().filter(|(name, _)| name.starts_with("good-"));
    let good: Vec<String> = saved.map(|(_, text)| super::text(&text)).collect();
    assert!(good.len() > 5, "every kind of key has its sample");
    good
}

fn signature(good: &[String], input: &[u8]) -> Said {
    let armored = if input.starts_with(b"-----BEGIN") { super::text(input) } else { armor(input) };
    let signature = Signature::new(armored.clone());
    assert_eq!(Signature::from_commit_header(signature.as_commit_header()).as_str().trim_end(), armored.trim_end());
    match signature.verify(Namespace::Act, SIGNED) {
        Ok(key) => {
            assert!(good.contains(&armored), "verified, and nobody signed it: {armored}");
            assert!(signature.verify(Namespace::Git, SIGNED).is_err(), "for one purpose");
            assert!(signature.verify(Namespace::Act, b"another act").is_err(), "of these bytes");
            Said::yes(key.algorithm().to_owned())
        }
        Err(SignatureError::Algorithm(_)) => Said::no("algorithm"),
        Err(SignatureError::Namespace { .. }) => Said::no("namespace"),
        Err(SignatureError::Malformed(why)) => Said::no(shape(&why)),
        Err(SignatureError::Wrong) => Said::no("wrong"),
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 of a kind nobody can misread, apart from the code under test.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let group = three.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let value = usize::try_from(group >> (18 - 6 * digit) & 63).unwrap();
            text.push(if digit <= three.len() { char::from(ALPHABET[value]) } else { '=' });
        }
    }
    text
}

fn armor(bytes: &[u8]) -> String {
    let digits = base64(bytes);
    let lines: Vec<&str> = digits.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
}

/// The bytes of an armored signature that is known to be one.
fn bytes(armored: &str) -> Vec<u8> {
    let digits = armored.lines().filter(|line| !line.starts_with('-')).flat_map(str::bytes).filter(|b| *b != b'=');
    let values: Vec<u32> = digits
        .map(|digit| u32::try_from(ALPHABET.iter().position(|known| *known == digit).unwrap()).unwrap())
        .collect();
    let mut bytes = Vec::new();
    for four in values.chunks(4) {
        let group = four.iter().fold(0, |group, value| group << 6 | value) << (6 * (4 - four.len()));
        bytes.extend_from_slice(&group.to_be_bytes()[1..four.len()]);
    }
    bytes
}
