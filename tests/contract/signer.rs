//! What every signer promises, with OpenSSH as the judge.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use chancery::{
    adapters::keys::{ThrowawayKey, generate_key, open_git_key, open_key},
    trust::{Namespace, Signature, SignatureError, Signer, SignerError, allowed_signers},
};
use proptest::prelude::*;

use crate::keys::{KINDS, Keys, public, run, sign};

const ACT: &[u8] = b"{\"kind\":\"approve\"}";

/// The promises; `keys` is where the judge works.
fn keeps_its_promises(keys: &Keys, signer: &dyn Signer) {
    let long = vec![7; 200_000];
    for bytes in [ACT, b"", &long] {
        for (namespace, other) in [(Namespace::Act, Namespace::Git), (Namespace::Git, Namespace::Act)] {
            let signature = signer.sign(namespace, bytes).unwrap();
            assert_eq!(signature.verify(namespace, bytes).as_ref(), Ok(signer.key()));
            assert!(matches!(signature.verify(other, bytes), Err(SignatureError::Namespace { .. })));
            assert_eq!(signature.verify(namespace, b"other bytes"), Err(SignatureError::Wrong));
        }
    }
    let signature = signer.sign(Namespace::Act, ACT).unwrap();
    for handle in ["ana", "release-a", "Ольга.П", "李雷", "josé_2"] {
        let allowed = allowed_signers([(handle, signer.key())]);
        assert!(keys.accepts(&allowed, handle, &signature, ACT), "{handle}");
        assert!(!keys.accepts(&allowed, "somebody", &signature, ACT));
        assert!(!keys.accepts(&allowed, handle, &signature, b"other bytes"));
    }
}

#[test]
fn a_key_file_of_every_kind_keeps_the_promises() {
    let keys = Keys::new();
    for (name, arguments) in KINDS {
        let path = keys.make(name, arguments, "");
        let signer = open_key(&path, &keys.tool()).unwrap();
        assert_eq!(*signer.key(), public(&path));
        keeps_its_promises(&keys, &*signer);
    }
}

#[test]
fn an_older_file_format_keeps_the_promises_with_and_without_its_public_half() {
    let keys = Keys::new();
    for (name, arguments) in [("rsa", ["-t", "rsa", "-m", "PEM"]), ("ecdsa", ["-t", "ecdsa", "-m", "PKCS8"])] {
        let path = keys.make(name, &arguments, "");
        let expected = public(&path);
        keeps_its_promises(&keys, &*open_key(&path, &keys.tool()).unwrap());
        fs::remove_file(path.with_extension("pub")).unwrap();
        let alone = open_key(&path, &keys.tool()).unwrap();
        assert_eq!(*alone.key(), expected);
        assert_eq!(alone.sign(Namespace::Act, ACT).unwrap().verify(Namespace::Act, ACT), Ok(expected));
    }
}

#[test]
fn a_key_that_an_agent_holds_keeps_the_promises_however_it_is_named() {
    let mut keys = Keys::new();
    let path = keys.make("held", &["-t", "ed25519"], "");
    keys.start_agent(&[&path]);
    fs::remove_file(&path).unwrap();
    let text = public(&path).to_string();
    let beside = path.with_extension("pub");
    let signers = [
        open_key(&path, &keys.tool()),
        open_key(&beside, &keys.tool()),
        open_git_key(beside.to_str().unwrap(), &keys.tool()),
        open_git_key(&format!("key::{text} comment"), &keys.tool()),
        open_git_key(&text, &keys.tool()),
    ];
    for signer in signers {
        keeps_its_promises(&keys, &*signer.unwrap());
    }
}

#[test]
fn a_throwaway_key_keeps_the_promises() {
    let keys = Keys::new();
    keeps_its_promises(&keys, &ThrowawayKey::random().unwrap());
    keeps_its_promises(&keys, &ThrowawayKey::from_seed(&[7; 32]).unwrap());
}

#[test]
fn the_same_seed_gives_the_same_key_and_signature() {
    let [a, b] = [7, 7].map(|seed| ThrowawayKey::from_seed(&[seed; 32]).unwrap());
    assert_eq!(a.key(), b.key());
    assert_eq!(a.sign(Namespace::Act, ACT).unwrap(), b.sign(Namespace::Act, ACT).unwrap());
    assert_ne!(a.key(), ThrowawayKey::from_seed(&[8; 32]).unwrap().key());
}

#[test]
fn a_public_file_signs_with_the_plain_private_file_beside_it() {
    let keys = Keys::new();
    let path = keys.make("pair", &["-t", "ed25519"], "");
    let signer = open_key(&path.with_extension("pub"), &keys.tool().program("/nowhere/tool")).unwrap();
    assert!(signer.sign(Namespace::Act, ACT).is_ok());
}

#[test]
fn openssh_and_we_write_the_same_signature_byte_for_byte() {
    let keys = Keys::new();
    let path = keys.make("id", &["-t", "ed25519"], "");
    let ours = open_key(&path, &keys.tool()).unwrap().sign(Namespace::Git, ACT).unwrap();
    assert_eq!(ours, sign(&path, Namespace::Git, ACT));
}

#[test]
fn what_openssh_signs_we_accept_and_its_fingerprints_are_ours() {
    let keys = Keys::new();
    for (name, arguments) in KINDS {
        let path = keys.make(name, arguments, "");
        let key = public(&path);
        assert_eq!(sign(&path, Namespace::Act, ACT).verify(Namespace::Act, ACT), Ok(key.clone()), "{name}");
        let listed = run(Command::new("ssh-keygen").arg("-lf").arg(&path), b"");
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert_eq!(listed.split(' ').nth(1), Some(key.fingerprint().as_str()));
    }
}

#[test]
fn a_signature_respelled_or_changed_anywhere_does_not_hold() {
    let keys = Keys::new();
    for (name, arguments) in KINDS {
        let path = keys.make(name, arguments, "");
        let text = sign(&path, Namespace::Act, ACT).as_str().to_owned();
        let refused = |text: String| {
            assert!(Signature::new(text.as_str()).verify(Namespace::Act, ACT).is_err(), "{name}: {text}");
        };
        // P-521 is slow in debug builds; its numbers are sampled.
        let step = if name == "p521" { 23 } else { 1 };
        for at in (0..text.len()).step_by(step) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            refused(String::from_utf8(bytes).unwrap());
        }
        for respelled in [
            text.trim_end().to_owned(),
            format!("{text}\n"),
            format!(" {text}"),
            text.replace('\n', "\r\n"),
            text.replacen("\nU1NIU0lH", "\n\nU1NIU0lH", 1),
            text.replacen("\nU1NIU0lH", "\nU1NIU0l\nH", 1),
            text.replace("SSH SIGNATURE", "SIGNATURE"),
            format!("{text}{text}"),
            String::new(),
        ] {
            refused(respelled);
        }
    }
}

#[test]
fn a_passphrase_nobody_can_be_asked_for_is_a_failure_at_once_and_an_agent_makes_it_work() {
    let mut keys = Keys::new();
    let path = keys.make("locked", &["-t", "ed25519"], "secret words");
    let signer = open_key(&path, &keys.tool()).unwrap();
    let Err(SignerError::Tool { reason, .. }) = signer.sign(Namespace::Act, ACT) else { panic!("it signed") };
    assert!(reason.contains("passphrase"), "{reason}");
    let unlocked = keys.path("unlocked");
    fs::copy(&path, &unlocked).unwrap();
    let mut change = Command::new("ssh-keygen");
    run(change.args(["-q", "-p", "-P", "secret words", "-N", "", "-f"]).arg(&unlocked), b"");
    keys.start_agent(&[&unlocked]);
    keeps_its_promises(&keys, &*signer);
}

#[test]
fn a_stale_public_file_is_noticed_before_anything_is_recorded() {
    let keys = Keys::new();
    let path = keys.make("rsa", &["-t", "rsa", "-m", "PEM"], "");
    let other = keys.make("other", &["-t", "rsa", "-b", "2048"], "");
    fs::copy(other.with_extension("pub"), path.with_extension("pub")).unwrap();
    let signer = open_key(&path, &keys.tool()).unwrap();
    assert!(matches!(signer.sign(Namespace::Act, ACT), Err(SignerError::Tool { .. })));
}

#[test]
fn what_cannot_sign_says_why() {
    let keys = Keys::new();
    let plain = keys.make("plain", &["-t", "ed25519"], "");
    let small = keys.make("small", &["-t", "rsa", "-b", "1024"], "");
    let text = keys.path("text");
    fs::write(&text, "not a key at all\n").unwrap();
    let says = |path: &std::path::Path, what: &str| {
        let error = open_key(path, &keys.tool()).err().unwrap().to_string();
        assert!(error.contains(what) && error.contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    };
    says(&keys.path("absent"), "no such file");
    says(&small, "at least 2048 bits");
    says(&text, "no SSH key");
    fs::set_permissions(&plain, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = open_key(&plain, &keys.tool()).unwrap().sign(Namespace::Act, ACT).unwrap_err().to_string();
    assert!(exposed.contains("Permissions 0644") && exposed.contains("too open"), "{exposed}");
    let missing = open_git_key(&public(&plain).to_string(), &keys.tool().program("/nowhere/tool")).unwrap();
    let error = missing.sign(Namespace::Act, ACT).unwrap_err().to_string();
    assert!(error.contains("/nowhere/tool") && error.contains("not there"), "{error}");
}

#[test]
fn git_and_we_accept_each_others_commits() {
    let keys = Keys::new();
    for (name, arguments) in KINDS {
        let path = keys.make(name, arguments, "");
        let key = public(&path);
        let allowed = keys.path("signers");
        fs::write(&allowed, allowed_signers([("Ольга", &key)])).unwrap();
        let git = |arguments: &[&str], input: &[u8]| {
            let mut command = Command::new("git");
            command.args(["-c", "gpg.format=ssh", "-c", "user.name=a", "-c", "user.email=", "-C"]);
            command.arg(keys.path("")).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
            command.arg("-c").arg(format!("user.signingKey={}", path.display()));
            command.arg("-c").arg(format!("gpg.ssh.allowedSignersFile={}", allowed.display()));
            let output = run(command.args(arguments), input);
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        git(&["init", "-q"], b"");
        git(&["commit", "-q", "-S", "--allow-empty", "-m", "one"], b"");
        let commit = git(&["cat-file", "commit", "HEAD"], b"");
        let (before, rest) = commit.split_once("gpgsig ").unwrap();
        let (header, message) = rest.split_once("\n\n").unwrap();
        let theirs = Signature::from_commit_header(&header.replace("\n ", "\n"));
        let unsigned = format!("{before}\n{message}");
        assert_eq!(theirs.verify(Namespace::Git, unsigned.as_bytes()), Ok(key), "{name}");

        let ours = open_key(&path, &keys.tool()).unwrap().sign(Namespace::Git, unsigned.as_bytes()).unwrap();
        let signed = format!("{before}gpgsig {}\n\n{message}", ours.as_commit_header().replace('\n', "\n "));
        let id = git(&["hash-object", "-t", "commit", "-w", "--stdin"], signed.as_bytes());
        git(&["verify-commit", id.trim()], b"");
    }
}

#[test]
fn a_new_pair_is_private_readable_by_openssh_and_never_overwrites() {
    let keys = Keys::new();
    let path = keys.path("new");
    let made = generate_key(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(public(&path), made);
    assert_eq!(sign(&path, Namespace::Act, ACT).verify(Namespace::Act, ACT), Ok(made));
    keeps_its_promises(&keys, &*open_key(&path, &keys.tool()).unwrap());

    let before = fs::read(&path).unwrap();
    assert!(generate_key(&path).is_err());
    fs::remove_file(path.with_extension("pub")).unwrap();
    assert!(generate_key(&path).is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(!path.with_extension("pub").exists());
    let beside = keys.path("half");
    fs::write(beside.with_extension("pub"), "").unwrap();
    assert!(generate_key(&beside).is_err());
    assert!(!beside.exists());
}

proptest! {
    #[test]
    fn a_changed_byte_of_what_was_signed_is_noticed(
        bytes in prop::collection::vec(any::<u8>(), 1..200), at: prop::sample::Index, flip in 1u8..,
    ) {
        let key = ThrowawayKey::from_seed(&[3; 32]).unwrap();
        let signature = key.sign(Namespace::Act, &bytes).unwrap();
        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] ^= flip;
        prop_assert_eq!(signature.verify(Namespace::Act, &bytes), Ok(key.key().clone()));
        prop_assert_eq!(signature.verify(Namespace::Act, &changed), Err(SignatureError::Wrong));
    }
}
