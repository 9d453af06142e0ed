//! Threat 27: names and paths that lead elsewhere, or look alike.

use std::{fs, os::unix::fs::symlink};

use chancery::ledger::{Commit, Deed};
use serde_json::Value;

use crate::{
    support::{Forge, Project, ledger, signer},
    threats::attack::{found, refused, taken},
};

/// The codes of what `check` finds wrong in the project; warnings left out.
fn codes(project: &Project) -> Vec<String> {
    let told = project.json(["check"]);
    let all: Vec<Value> = told["problems"].as_array().cloned().unwrap_or_else(|| vec![told.clone()]);
    all.iter().filter(|one| one["warning"] != true).map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn threat_27_files_whose_names_could_mean_something_else_are_refused_by_name() {
    let long = format!("prompts/{}.md", "a".repeat(200));
    for (path, code) in [
        ("prompts/-rf.md", "bad-name"),
        ("prompts/..x.md", "bad-name"),
        ("prompts/con.md", "bad-name"),
        ("prompts/LPT1.txt.md", "bad-name"),
        ("prompts/v12.md", "bad-name"),
        ("prompts/head.md", "bad-name"),
        ("prompts/3f9a1c2e.md", "bad-name"),
        ("prompts/a b.md", "bad-name"),
        ("prompts/a@b.md", "bad-name"),
        ("prompts/a\u{200b}b.md", "bad-name"),
        ("prompts/a\u{202e}b.md", "bad-name"),
        ("prompts/a\nb.md", "bad-name"),
        ("prompts/a\x1b[31m.md", "bad-name"),
        ("prompts/cafe\u{301}.md", "bad-name"),
        ("prompts/GREET.md", "same-name"),
        (long.as_str(), "bad-name"),
    ] {
        let project = Project::begun();
        project.write("prompts/greet.md", "Hello.\n").write(path, "Hello.\n");
        assert_eq!(codes(&project), [code], "{}", path.escape_debug());
        let refused = project.run(["--json", "commit", "-m", "names"]).exits(3);
        assert_eq!(refused.document()["code"], "invalid-files", "{refused}");
        assert!(!refused.stderr.contains('\x1b'), "{refused}");
        // The twin: without it, the other is recorded.
        fs::remove_file(project.folder().join(path)).unwrap();
        project.run(["commit", "-m", "names"]).exits(0);
    }
}

#[test]
fn threat_27_links_that_lead_out_are_not_followed() {
    let project = Project::begun();
    fs::write(project.folder().join("../secret"), "hunter2\n").unwrap();
    fs::create_dir_all(project.folder().join("prompts")).unwrap();
    let link = project.folder().join("prompts/greet.md");
    for target in ["../../secret", "/etc/hostname", "../.chancery/config", "nowhere.md"] {
        symlink(target, &link).unwrap();
        assert_eq!(codes(&project), ["link-out"], "{target}");
        let refused = project.run(["--json", "commit", "-m", "a link"]).exits(3);
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
        fs::remove_file(&link).unwrap();
    }
    // The twin: a link to another file of the project is that file.
    project.write("shared/hello.md", "Hello.\n");
    symlink("../shared/hello.md", &link).unwrap();
    project.run(["commit", "-m", "a link"]).exits(0);
    assert_eq!(project.run(["cat", "greet"]).exits(0).stdout, "Hello.\n");
}

#[test]
fn threat_27_nothing_is_written_through_a_link_that_leads_out() {
    let project = Project::begun();
    project.write("prompts/deep/greet.md", "Hello.\n").run(["commit", "-m", "a greeting"]).exits(0);
    let outside = project.folder().join("../outside");
    fs::create_dir(&outside).unwrap();
    fs::remove_dir_all(project.folder().join("prompts/deep")).unwrap();
    symlink(&outside, project.folder().join("prompts/deep")).unwrap();
    let refused = project.run(["--json", "restore", "deep/greet", "--force"]);
    assert_eq!(refused.document()["code"], "outside-project", "{refused}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
    fs::remove_file(project.folder().join("prompts/deep")).unwrap();
    project.run(["restore", "deep/greet"]).exits(0);
    assert_eq!(project.read("prompts/deep/greet.md"), b"Hello.\n");
}

#[test]
fn threat_27_paths_in_a_ledger_stay_in_the_project() {
    let project = Project::begun();
    project.write("prompts/greet.md", "Hello.\n").run(["commit", "-m", "a greeting"]).exits(0);
    let Deed::Commit(honest) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else { unreachable!() };
    Forge::of(&project).undo();
    for path in [
        "../greet.md",
        "/etc/passwd",
        "prompts/../../greet.md",
        "./greet.md",
        "prompts//greet.md",
        "prompts\\greet.md",
        "C:\\greet.md",
        ".git/hooks/post-checkout",
        ".GIT/config",
        "git~1/config",
        ".git. /config",
        ".chancery/config",
        "chancery.toml",
        "Chancery.TOML",
        "prompts/a\0b.md",
        "prompts/a\nb.md",
        "",
    ] {
        let mut commit: Commit = honest.clone();
        commit.changes[0].path = Some(path.to_owned());
        refused(&project, "bad-path", "maintainer", Deed::Commit(commit));
    }
    Forge::of(&project).honest("maintainer", Deed::Commit(honest));
    taken(&project);
}

#[test]
fn threat_27_names_in_a_ledger_have_the_same_grammar() {
    let project = Project::begun();
    project.write("prompts/greet.md", "Hello.\n").run(["commit", "-m", "a greeting"]).exits(0);
    let forge = Forge::of(&project);
    let tip = forge.tip();
    let honest = String::from_utf8(forge.newest().act.bytes().to_vec()).unwrap();
    for name in ["../greet", "/greet", "Greet\u{301}", "con", "v12", "-greet", &"a".repeat(129), "gr\u{202e}eet"] {
        let text = honest.replace("\"name\":\"greet\"", &format!("\"name\":\"{name}\""));
        let text = text.replace("prompt/greet", &format!("prompt/{name}"));
        assert_ne!(text, honest);
        let signature = {
            use chancery::trust::{Namespace, Signer as _};
            signer("maintainer").sign(Namespace::Act, text.as_bytes()).unwrap()
        };
        let event = forge.rebuild(|parts| parts.say(text.as_bytes(), signature.as_str()));
        found(&project, "event-damaged", "name", &event);
        forge.back_to(&tip);
    }
}
