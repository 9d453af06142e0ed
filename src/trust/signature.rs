//! Detached SSH signatures (SSHSIG, OpenSSH's PROTOCOL.sshsig).

use std::fmt;

use super::{PublicKey, armor::dearmor, sshsig::Parts};

/// What a signature is for. A signature under one namespace is worth nothing under another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    /// `chancery-act-v1`: a person's act.
    Act,
    /// `git`: the recorder's signature of a ledger commit.
    Git,
}

impl Namespace {
    /// The text that is signed along.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act => "chancery-act-v1",
            Self::Git => "git",
        }
    }
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not an armored SSHSIG in the one spelling we accept.
    #[error("not an SSH signature: {0}")]
    Malformed(String),
    /// Made for another purpose.
    #[error("signed for `{found}`, not for `{wanted}`")]
    Namespace {
        /// What was needed.
        wanted: &'static str,
        /// What the signature says.
        found: String,
    },
    /// An algorithm we do not accept.
    #[error("signed with `{0}`, which is not accepted")]
    Algorithm(String),
    /// The signature is not of these bytes by this key.
    #[error("the signature is not of these bytes")]
    Wrong,
}

/// An armored SSHSIG (`-----BEGIN SSH SIGNATURE-----` …), with the newline at its end.
///
/// One signature has one spelling: what `ssh-keygen -Y sign` writes. Anything else does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature(String);

impl Signature {
    /// Takes the armored text as it is; whether it holds is what [`Signature::verify`] answers.
    pub fn new(armored: impl Into<String>) -> Self {
        Self(armored.into())
    }

    /// Takes the text of a commit's `gpgsig` header, which has no newline at its end.
    pub fn from_commit_header(text: &str) -> Self {
        Self(format!("{text}\n"))
    }

    /// The text for a commit's `gpgsig` header: the armored text without the newline at its end.
    pub fn as_commit_header(&self) -> &str {
        self.0.strip_suffix('\n').unwrap_or(&self.0)
    }

    /// The armored text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks the signature over `bytes` and answers with the key that made it.
    ///
    /// # Errors
    ///
    /// [`SignatureError`]; a stripped, re-encoded or foreign signature is one of them.
    pub fn verify(&self, namespace: Namespace, bytes: &[u8]) -> Result<PublicKey, SignatureError> {
        let blob = dearmor(&self.0)
            .ok_or_else(|| SignatureError::Malformed("the text is not as `ssh-keygen` writes it".to_owned()))?;
        let parts = Parts::decode(&blob)?;
        if parts.namespace != namespace.as_str() {
            return Err(SignatureError::Namespace { wanted: namespace.as_str(), found: parts.namespace.to_owned() });
        }
        if parts.holds(bytes) { Ok(PublicKey::from_material(&parts.key)) } else { Err(SignatureError::Wrong) }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use proptest::prelude::*;
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
    };

    use super::super::{
        allowed_signers,
        armor::armor,
        wire::{put_number, put_string},
    };
    use super::*;
    use crate::object::Digest;

    const ACT: &[u8] = b"an act";

    /// The fields of a signature, each open to abuse.
    #[derive(Clone)]
    struct Draft {
        version: u32,
        key: Vec<u8>,
        namespace: &'static str,
        reserved: &'static [u8],
        hash: &'static str,
        algorithm: &'static str,
        raw: Vec<u8>,
        trailer: Vec<u8>,
        after: &'static [u8],
    }

    impl Draft {
        /// An act's signature by the Ed25519 key of a fixed seed.
        fn ed25519() -> Self {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap();
            let mut key = Vec::new();
            put_string(&mut key, b"ssh-ed25519");
            put_string(&mut key, pair.public_key().as_ref());
            let mut draft = Self {
                version: 1,
                key,
                namespace: "chancery-act-v1",
                reserved: b"",
                hash: "sha512",
                algorithm: "ssh-ed25519",
                raw: Vec::new(),
                trailer: Vec::new(),
                after: b"",
            };
            draft.raw = pair.sign(&draft.signed()).as_ref().to_vec();
            draft
        }

        /// What plain keys sign.
        fn signed(&self) -> Vec<u8> {
            let hash = if self.hash == "sha256" { ssh_key::HashAlg::Sha256 } else { ssh_key::HashAlg::Sha512 };
            ssh_key::SshSig::signed_data(self.namespace, hash, ACT).unwrap()
        }

        /// What hardware keys sign.
        fn signed_by_hardware(&self) -> Vec<u8> {
            let (application, signed) = (Digest::of(b"ssh:"), Digest::of(&self.signed()));
            [application.as_bytes(), &self.trailer[..], signed.as_bytes()].concat()
        }

        /// A hardware Ed25519 key touched seven times.
        fn hardware_ed25519() -> Self {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[6; 32]).unwrap();
            let algorithm = "sk-ssh-ed25519@openssh.com";
            let mut draft = Self { algorithm, trailer: vec![1, 0, 0, 0, 7], ..Self::ed25519() };
            draft.key.clear();
            for field in [algorithm.as_bytes(), pair.public_key().as_ref(), b"ssh:"] {
                put_string(&mut draft.key, field);
            }
            draft.raw = pair.sign(&draft.signed_by_hardware()).as_ref().to_vec();
            draft
        }

        /// A hardware P-256 key touched seven times.
        fn hardware_ecdsa() -> Self {
            let random = SystemRandom::new();
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
            let algorithm = "sk-ecdsa-sha2-nistp256@openssh.com";
            let mut draft = Self { algorithm, trailer: vec![1, 0, 0, 0, 7], ..Self::ed25519() };
            draft.key.clear();
            for field in [algorithm.as_bytes(), b"nistp256", pair.public_key().as_ref(), b"ssh:"] {
                put_string(&mut draft.key, field);
            }
            let fixed = pair.sign(&random, &draft.signed_by_hardware()).unwrap();
            draft.raw.clear();
            for number in fixed.as_ref().chunks(32) {
                let zeros = number.iter().take_while(|byte| **byte == 0).count();
                put_number(&mut draft.raw, &number[zeros..]);
            }
            draft
        }

        fn bytes(&self) -> Vec<u8> {
            let mut signature = Vec::new();
            put_string(&mut signature, self.algorithm.as_bytes());
            put_string(&mut signature, &self.raw);
            signature.extend(&self.trailer);
            let mut bytes = b"SSHSIG".to_vec();
            bytes.extend(self.version.to_be_bytes());
            for field in [&self.key, self.namespace.as_bytes(), self.reserved, self.hash.as_bytes(), &signature] {
                put_string(&mut bytes, field);
            }
            bytes.extend(self.after);
            bytes
        }

        fn verify(&self) -> Result<PublicKey, SignatureError> {
            Signature::new(armor(&self.bytes())).verify(Namespace::Act, ACT)
        }
    }

    /// Whether `ssh-keygen` takes the draft as a signature of the act by the key inside it.
    fn openssh_accepts(draft: &Draft, key: &PublicKey) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let (signers, file) = (folder.path().join("signers"), folder.path().join("signature"));
        std::fs::write(&signers, allowed_signers([("ana", key)])).unwrap();
        std::fs::write(&file, armor(&draft.bytes())).unwrap();
        let mut child = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-I", "ana", "-n", "chancery-act-v1", "-f"])
            .arg(&signers)
            .arg("-s")
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(ACT).unwrap();
        child.wait().unwrap().success()
    }

    #[test]
    fn hardware_keys_are_checked_as_openssh_checks_them() {
        for draft in [Draft::ed25519(), Draft::hardware_ed25519(), Draft::hardware_ecdsa()] {
            let key = draft.verify().unwrap();
            assert_eq!(key.algorithm(), draft.algorithm);
            assert!(openssh_accepts(&draft, &key), "{}", draft.algorithm);
        }
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed_for_every_kind_of_hardware_key() {
        for draft in [Draft::ed25519(), Draft::hardware_ed25519(), Draft::hardware_ecdsa()] {
            let bytes = draft.bytes();
            for bit in 0..bytes.len() * 8 {
                let mut changed = bytes.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                let signature = Signature::new(armor(&changed));
                assert!(signature.verify(Namespace::Act, ACT).is_err(), "{}, bit {bit}", draft.algorithm);
            }
        }
    }

    #[test]
    fn a_signature_for_another_purpose_is_worth_nothing() {
        for namespace in ["git", "file", "chancery-act-v", "chancery-act-v10"] {
            let error = Draft { namespace, ..Draft::ed25519() }.verify().unwrap_err();
            assert_eq!(error, SignatureError::Namespace { wanted: "chancery-act-v1", found: namespace.to_owned() });
        }
    }

    #[test]
    fn what_openssh_would_not_write_is_refused_with_the_reason() {
        let good = Draft::ed25519();
        assert!(good.verify().is_ok());
        for (draft, says) in [
            (Draft { version: 2, ..good.clone() }, "version is 2"),
            (Draft { version: 0, ..good.clone() }, "version is 0"),
            (Draft { reserved: b"x", ..good.clone() }, "reserved field"),
            (Draft { hash: "sha1", ..good.clone() }, "`sha1`, which is not accepted"),
            (Draft { hash: "sha384", ..good.clone() }, "`sha384`, which is not accepted"),
            (Draft { hash: "sha256", ..good.clone() }, "not of these bytes"),
            (Draft { algorithm: "ssh-rsa", ..good.clone() }, "`ssh-rsa`, which is not accepted"),
            (Draft { trailer: vec![0; 5], ..good.clone() }, "damaged"),
            (Draft { after: b"\0", ..good.clone() }, "damaged"),
            (Draft { namespace: "", ..good.clone() }, "damaged"),
            (Draft { raw: good.raw[..63].to_vec(), ..good.clone() }, "not of these bytes"),
        ] {
            let error = draft.verify().unwrap_err().to_string();
            assert!(error.contains(says), "{error} / {says}");
        }
    }

    #[test]
    fn rsa_is_accepted_with_sha_2_alone() {
        let mut key = Vec::new();
        put_string(&mut key, b"ssh-rsa");
        put_number(&mut key, &[1, 0, 1]);
        put_number(&mut key, &[0xff; 256]);
        for (algorithm, error) in [
            ("ssh-rsa", SignatureError::Algorithm("ssh-rsa".to_owned())),
            ("rsa-sha2-384", SignatureError::Algorithm("rsa-sha2-384".to_owned())),
            ("rsa-sha2-256", SignatureError::Wrong),
            ("rsa-sha2-512", SignatureError::Wrong),
        ] {
            let draft = Draft { key: key.clone(), algorithm, raw: vec![1; 256], ..Draft::ed25519() };
            assert_eq!(draft.verify(), Err(error));
        }
    }

    #[test]
    fn a_key_in_another_encoding_inside_a_signature_is_refused() {
        let mut key = Vec::new();
        put_string(&mut key, b"ssh-rsa");
        put_number(&mut key, &[1, 0, 1]);
        put_string(&mut key, &[&[0, 0], &[0xff; 256][..]].concat());
        let error = Draft { key, ..Draft::ed25519() }.verify().unwrap_err().to_string();
        assert!(error.contains("canonical"), "{error}");
    }

    #[test]
    fn numbers_of_an_ecdsa_signature_have_one_spelling() {
        let good = Draft::hardware_ecdsa();
        let length = usize::from(good.raw[3]);
        let respelled = [&[0, 0, 0, good.raw[3] + 1, 0], &good.raw[4..4 + length], &good.raw[4 + length..]].concat();
        assert!(good.verify().is_ok());
        assert_eq!(Draft { raw: respelled, ..good }.verify(), Err(SignatureError::Wrong));
    }

    #[test]
    fn a_commit_header_carries_the_signature_without_its_last_newline() {
        let signature = Signature::new(armor(&Draft::ed25519().bytes()));
        assert!(!signature.as_commit_header().ends_with('\n'));
        assert_eq!(Signature::from_commit_header(signature.as_commit_header()), signature);
    }

    proptest! {
        #[test]
        fn no_input_makes_the_reader_panic(text: String, bytes: Vec<u8>, cut in 0usize..200) {
            let good = Draft::ed25519().bytes();
            let spliced = [&good[..cut.min(good.len())], &bytes].concat();
            for text in [text, armor(&bytes), armor(&spliced)] {
                prop_assert!(Signature::new(text).verify(Namespace::Act, ACT).is_err() || spliced == good);
            }
        }
    }
}
