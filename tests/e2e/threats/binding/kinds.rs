//! Threat 11: a signature that was made for one thing is used for another.

use std::process::Command;

use chancery::{
    ledger::{Act, SignedAct},
    trust::{Namespace, PublicKey, Signature, Signer, SignerError},
};

use crate::{
    support::{Forge, Project, signer, story::story},
    threats::attack::{approval, found, refused_in_story, taken},
};

/// Signs for git whatever it is asked to sign for.
struct ForGit<S: Signer>(S);

impl<S: Signer> Signer for ForGit<S> {
    fn key(&self) -> &PublicKey {
        self.0.key()
    }

    fn sign(&self, _: Namespace, bytes: &[u8]) -> Result<Signature, SignerError> {
        self.0.sign(Namespace::Git, bytes)
    }
}

#[test]
fn threat_11_a_signature_for_git_is_no_act() {
    refused_in_story("event-damaged", "signed for `git`, not for `chancery-act-v1`", |forge, story| {
        forge.place(SignedAct::sign(forge.act("tom", story.word()), &ForGit(signer("tom"))).unwrap())
    });
}

#[test]
fn threat_11_a_signature_under_any_other_namespace_is_no_act() {
    refused_in_story("event-damaged", "signed for `file`, not for `chancery-act-v1`", |forge, story| {
        let honest = SignedAct::sign(forge.act("tom", story.word()), &signer("tom")).unwrap();
        forge.place(honest.clone());
        let signature = with_ssh_keygen("file", honest.bytes());
        forge.rebuild(|parts| parts.say(honest.bytes(), &signature))
    });
    // The twin: the same program and key, for what it is.
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    forge.honest("tom", story.word());
    let said = forge.newest().act.bytes().to_vec();
    forge.rebuild(|parts| parts.say(&said, &with_ssh_keygen("chancery-act-v1", &said)));
    taken(&project);
}

/// What `ssh-keygen -Y sign` makes of these bytes with tom's key.
fn with_ssh_keygen(namespace: &str, bytes: &[u8]) -> String {
    let room = Project::new();
    room.write("act", bytes);
    let key = room.key_file("tom");
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(key).arg(room.folder().join("act"));
    assert!(command.output().unwrap().status.success());
    String::from_utf8(room.read("act.sig")).unwrap()
}

#[test]
fn threat_11_a_commit_that_a_victim_signs_anew_seals_nothing() {
    // `git cherry-pick -S` of an event that mallory prepared: the author stays, the committer is the victim.
    refused_in_story("damaged", "author and committer differ", |forge, story| {
        forge.honest("tom", story.word());
        forge.rewrite(|text| {
            resealed(&text, Namespace::Git, |text| {
                let author = text.lines().find(|line| line.starts_with("committer ")).unwrap();
                text.replace(author, "committer ruth <ruth@example.org> 1795161600 +0100")
            })
        });
        String::new()
    });
}

#[test]
fn threat_11_an_acts_signature_seals_no_event() {
    refused_in_story("bad-seal", "signed for `chancery-act-v1`, not for `git`", |forge, story| {
        let event = forge.honest("tom", story.word());
        forge.rewrite(|text| resealed(&text, Namespace::Act, String::clone));
        event
    });
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    forge.honest("tom", story.word());
    forge.rewrite(|text| resealed(&text, Namespace::Git, String::clone));
    taken(&project);
}

/// A commit's text, changed, and signed by tom for some purpose.
fn resealed(text: &str, purpose: Namespace, change: impl FnOnce(&String) -> String) -> String {
    let unsigned = change(&unsealed(text));
    let signature = signer("tom").sign(purpose, unsigned.as_bytes()).unwrap();
    let (headers, message) = unsigned.split_once("\n\n").unwrap();
    format!("{headers}\ngpgsig {}\n\n{message}", signature.as_commit_header().replace('\n', "\n "))
}

/// A commit's text without its signature.
pub(super) fn unsealed(text: &str) -> String {
    let (headers, message) = text.split_once("\n\n").unwrap();
    let kept = headers.lines().filter(|line| !line.starts_with(' ') && !line.starts_with("gpgsig "));
    format!("{}\n\n{message}", kept.collect::<Vec<_>>().join("\n"))
}

#[test]
fn threat_11_the_signature_of_evidence_is_none_of_an_approval() {
    let story = story();
    let mut project = story.copy();
    project.as_person("ci").run(["eval", "--proposal", &story.open, "--attest"]).exits(1);
    let forge = Forge::of(&project);
    let evidence = forge.newest().act;
    let shown = crate::support::shop::dossier(&project, &story.open);
    let wanted = Act { deed: approval(&story.open, &shown), ..evidence.act().clone() };
    let bytes = chancery::object::encode(&wanted);
    let tip = forge.tip();
    let event = forge.rebuild(|parts| parts.say(&bytes, evidence.signature().as_str()));
    found(&project, "event-damaged", "not of these bytes", &event);
    forge.back_to(&tip);
    taken(&project);
}
