//! A real git repository around a project.

use std::process::{Command, Output};

use super::Project;

/// Runs git in the project's folder; nothing of the caller's configuration counts. Answers its stdout.
pub(crate) fn git<'a>(project: &Project, args: impl AsRef<[&'a str]>) -> String {
    let output = try_git(project, args.as_ref());
    assert!(output.status.success(), "git {:?}\n{}", args.as_ref(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The same for a git that may fail.
pub(crate) fn try_git(project: &Project, args: &[&str]) -> Output {
    Command::new("git")
        .args(["-c", "user.name=ana", "-c", "user.email=ana@example.org", "-c", "commit.gpgSign=false"])
        .args(args)
        .current_dir(project.folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", project.folder().join("..").join("home"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_EDITOR", "true")
        .output()
        .unwrap()
}

/// A project whose prompt `a` is version 1 with these bytes, in a git repository whose branch `main` has them too.
pub(crate) fn in_git(text: &str) -> Project {
    let project = Project::begun();
    git(&project, ["init", "-q", "-b", "main"]);
    project.write("prompts/a.md", text).run(["commit", "-m", "one"]).exits(0);
    git(&project, ["add", "-A"]);
    git(&project, ["commit", "-q", "-m", "one"]);
    project
}
