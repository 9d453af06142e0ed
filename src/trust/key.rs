//! SSH public keys.

use std::fmt;

use super::{base64, material::Material};
use crate::object::Digest;

/// Text that is not an SSH public key we accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an SSH public key we accept: {why}")]
pub struct BadKey {
    /// The text, or its first line where it has several.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

/// A public key as `authorized_keys` writes it, without comment; equal keys have equal text.
///
/// Ed25519, ECDSA on P-256, P-384 and P-521, RSA of 2048 to 8192 bits, and the two kinds that live in
/// hardware. DSA keys and certificates are refused by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(String);

impl PublicKey {
    /// Reads `ALGORITHM BASE64 [COMMENT]`.
    ///
    /// # Errors
    ///
    /// [`BadKey`] with the reason.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let text = text.trim();
        // Whoever hands over a private key by mistake must not find it in a message.
        let first = text.lines().next().unwrap_or_default();
        let refuse = |why: &str| BadKey { text: first.to_owned(), why: why.to_owned() };
        if text.starts_with("-----BEGIN") {
            return Err(refuse("a key file's private half, or another format; give the line from its `.pub` file"));
        }
        if first.len() != text.len() {
            return Err(refuse("a key is one line"));
        }
        let mut words = text.split_whitespace();
        let (Some(algorithm), Some(encoded)) = (words.next(), words.next()) else {
            return Err(refuse("a key is an algorithm and its base64"));
        };
        let blob = base64::decode(encoded).ok_or_else(|| refuse("its base64 is damaged"))?;
        let material = Material::decode(&blob).map_err(|why| refuse(&why))?;
        if material.algorithm() != algorithm {
            return Err(refuse(&format!("inside it says `{}`", material.algorithm())));
        }
        Ok(Self::from_material(&material))
    }

    /// The key with these numbers.
    pub(super) fn from_material(material: &Material<'_>) -> Self {
        Self(format!("{} {}", material.algorithm(), base64::encode(&material.encode())))
    }

    /// `ALGORITHM BASE64`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The algorithm's name, such as `ssh-ed25519`.
    pub fn algorithm(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// `SHA256:…` as `ssh-keygen -lf` shows it: the short name by which people compare keys.
    pub fn fingerprint(&self) -> String {
        let encoded = self.0.split(' ').nth(1).unwrap_or_default();
        // INVARIANT: the text was built by `base64::encode`, so it decodes.
        let blob = base64::decode(encoded).unwrap_or_default();
        let digest = base64::encode(Digest::of(&blob).as_bytes());
        format!("SHA256:{}", digest.trim_end_matches('='))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::{put_number, put_string};
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP9Mxghy5X6lBLdkg/OtXS4czr1uJtPTTi+eE+EBRod6";

    fn rsa(modulus: &[u8], padding: bool) -> String {
        let mut blob = Vec::new();
        put_string(&mut blob, b"ssh-rsa");
        put_number(&mut blob, &[1, 0, 1]);
        if padding {
            put_string(&mut blob, &[&[0, 0, 0], modulus].concat());
        } else {
            put_number(&mut blob, modulus);
        }
        format!("ssh-rsa {}", base64::encode(&blob))
    }

    fn named(algorithm: &str) -> String {
        let mut blob = Vec::new();
        put_string(&mut blob, algorithm.as_bytes());
        format!("{algorithm} {}", base64::encode(&blob))
    }

    #[test]
    fn equal_keys_are_equal_whatever_their_comment_and_spacing() {
        let key = PublicKey::parse(KEY).unwrap();
        assert_eq!(PublicKey::parse(&format!("  {}  ana@laptop two words\n", KEY.replace(' ', "\t"))).unwrap(), key);
        assert_eq!((key.as_str(), key.algorithm()), (KEY, "ssh-ed25519"));
    }

    #[test]
    fn equal_keys_are_equal_whatever_zeros_lead_their_numbers() {
        let plain = PublicKey::parse(&rsa(&[0xff; 256], false)).unwrap();
        assert_eq!(PublicKey::parse(&rsa(&[0xff; 256], true)).unwrap(), plain);
    }

    #[test]
    fn weak_and_foreign_keys_are_refused_by_name() {
        for (text, says) in [
            (rsa(&[0xff; 128], false), "at least 2048 bits, this one has 1024"),
            (rsa(&[0xff; 1025], false), "at most 8192 bits"),
            (rsa(&[0xfe; 256], false), "out of range"),
            (named("ssh-dss"), "DSA"),
            (named("ssh-ed25519-cert-v01@openssh.com"), "certificates"),
            (named("ssh-new"), "`ssh-new` is not known"),
            (KEY.replace("ssh-ed25519", "ssh-rsa"), "inside it says `ssh-ed25519`"),
            (KEY.replace("AAAAC3", "AAAAC"), "base64"),
            ("ssh-ed25519".to_owned(), "an algorithm and its base64"),
            (format!("{KEY}\n{KEY}"), "one line"),
        ] {
            let error = PublicKey::parse(&text).unwrap_err();
            assert!(error.why.contains(says), "{text}: {}", error.why);
        }
    }

    #[test]
    fn a_private_key_given_by_mistake_does_not_appear_in_the_message() {
        let error = PublicKey::parse("-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n").unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text: String, bytes: Vec<u8>) {
            let _ = PublicKey::parse(&text);
            let _ = PublicKey::parse(&format!("ssh-ed25519 {}", base64::encode(&bytes)));
            let _ = Material::decode(&bytes);
        }

        #[test]
        fn a_cut_or_lengthened_key_is_refused(cut in 0usize..51, more in 1u8..) {
            let blob = base64::decode(KEY.split(' ').nth(1).unwrap()).unwrap();
            proptest::prop_assert!(Material::decode(&blob[..cut]).is_err());
            proptest::prop_assert!(Material::decode(&[&blob[..], &[more]].concat()).is_err());
        }
    }
}
