//! Every event can be checked with git and OpenSSH alone, without us.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::support::{Project, story::everything};

/// What git says about the store, with no configuration but the store's own and these options.
fn git(project: &Project, options: &[&str], args: &[&str]) -> Vec<u8> {
    let output = Command::new("git")
        .args(options)
        .arg("--git-dir")
        .arg(project.folder().join(".chancery"))
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {text}");
    output.stdout
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect()
}

/// `people --allowed-signers` in a file.
fn allowed_signers(project: &Project) -> PathBuf {
    let file = project.folder().join("allowed_signers");
    fs::write(&file, project.run(["people", "--allowed-signers"]).exits(0).stdout).unwrap();
    file
}

/// Whether `ssh-keygen` accepts these bytes as an act this person signed.
fn accepts(signers: &Path, person: &str, act: &[u8], signature: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("act.sig");
    fs::write(&file, signature).unwrap();
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-n", "chancery-act-v1", "-I", person, "-f"])
        .arg(signers)
        .arg("-s")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(act).unwrap();
    child.wait().unwrap().success()
}

#[test]
fn openssh_and_git_accept_the_signatures_of_every_event() {
    let project = everything();
    let signers = allowed_signers(&project);
    let commits = lines(&git(&project, &[], &["rev-list", "--reverse", "refs/chancery/ledger"]));
    let mut kinds = BTreeSet::new();
    for commit in &commits {
        let blob = |name: &str| git(&project, &[], &["cat-file", "blob", &format!("{commit}:{name}")]);
        let (act, signature) = (blob("act"), blob("act.sig"));
        let said: serde_json::Value = serde_json::from_slice(&act).unwrap();
        let person = said["person"].as_str().unwrap();
        kinds.insert(said["deed"]["kind"].as_str().unwrap().to_owned());
        assert!(accepts(&signers, person, &act, &signature), "{said}");
        let other = if person == "maya" { "ruth" } else { "maya" };
        assert!(!accepts(&signers, other, &act, &signature), "{other} did not sign {said}");
        assert!(!accepts(&signers, person, &act[1..], &signature), "other bytes than {said}");
    }
    let all = "adopt announce answer approve attempt commit evidence except finding freeze halt init override \
               override-review promote propose reject resume review rollback thaw withdraw";
    assert_eq!(kinds.into_iter().collect::<Vec<_>>().join(" "), all);

    let option = format!("gpg.ssh.allowedSignersFile={}", signers.display());
    let log = ["log", "--show-signature", "--format=commit %H", "refs/chancery/ledger"];
    let shown = lines(&git(&project, &["-c", &option], &log));
    let good = shown.iter().filter(|line| line.starts_with("Good \"git\" signature for ")).count();
    assert_eq!(good, commits.len(), "{shown:#?}");
}
