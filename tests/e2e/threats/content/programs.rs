//! Threat 33: a project that came from somebody else runs its own code.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use crate::{
    support::{
        Project,
        git::{git, try_git},
        remote::Bare,
    },
    threats::lab::{PARROT, asked, lab, program, rules},
};

/// A program that leaves a trace when it runs, whatever it is asked.
fn trap(project: &Project) -> String {
    let file = project.folder().join("trap.sh");
    let trace = project.folder().join("../ran");
    fs::write(&file, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\nexit 1\n", trace.display())).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file.to_str().unwrap().to_owned()
}

/// What ran.
fn ran(project: &Project) -> String {
    fs::read_to_string(project.folder().join("../ran")).unwrap_or_default()
}

/// Everything that only reads.
fn reads(project: &Project, proposal: &str) {
    for args in [
        &["status"][..],
        &["check"],
        &["log", "-p"],
        &["show", "reply"],
        &["cat", "reply"],
        &["diff"],
        &["diff", "reply@v1"],
        &["render", "reply", "--var", "message=hm"],
        &["verify"],
        &["verify", "--deep"],
        &["review", proposal],
        &["proposals"],
        &["env"],
        &["impact", "reply"],
        &["people"],
        &["governance", "diff"],
        &["audit"],
        &["why", "production", "reply"],
        &["pull"],
    ] {
        let told = project.run(args);
        assert_ne!(told.exit, 70, "{told}");
    }
}

#[test]
fn threat_33_reading_runs_no_program_that_the_project_names() {
    let mut project = lab(&rules("\"live\"", ""), PARROT);
    let ran_by_model =
        program(&project, "touch ran-by-model\nprintf '{\"id\":\"%s\",\"content\":\"Thank you\"}\\n' \"$id\"");
    project.write("models/parrot.toml", ran_by_model);
    project.as_person("tom").run(["commit", "-m", "a program"]).exits(0);
    let proposal = asked(&mut project);
    let bare = Bare::new();
    project.shared_through(&bare.url());
    reads(&project, &proposal);
    let clone = Project::cloned(&bare.url(), "tom");
    reads(&clone, &proposal);
    for place in [&project, &clone] {
        assert!(!place.folder().join("ran-by-model").exists(), "reading ran the model");
    }
    // The twin: who asks for it has it run.
    project.as_person("ci").run(["eval", "--proposal", &proposal, "--attest"]).exits(0);
    assert!(project.folder().join("ran-by-model").exists());
    reads(&clone, &proposal);
    clone.run(["pull"]).exits(0);
    clone.run(["verify", "--deep"]).exits(0);
    assert!(!clone.folder().join("ran-by-model").exists(), "scoring a reply again ran the model");
}

#[test]
fn threat_33_neither_hooks_nor_settings_of_a_repository_that_came_along_run_anything() {
    let mut project = lab(&rules("\"live\"", ""), PARROT);
    let proposal = asked(&mut project);
    let bare = Bare::new();
    project.shared_through(&bare.url());
    git(&project, ["init", "-q", "-b", "main"]);
    let trap = trap(&project);
    for (setting, value) in [
        ("core.pager", trap.as_str()),
        ("core.fsmonitor", &trap),
        ("core.sshCommand", &trap),
        ("core.editor", &trap),
        ("diff.external", &trap),
        ("gpg.program", &trap),
        ("gpg.ssh.program", &trap),
        ("credential.helper", &trap),
        ("diff.evil.textconv", &trap),
        ("diff.evil.command", &trap),
        ("filter.evil.clean", &trap),
        ("filter.evil.smudge", &trap),
        ("merge.evil.driver", &trap),
        ("core.hooksPath", project.folder().to_str().unwrap()),
        ("remote.origin.uploadpack", &trap),
        ("alias.status", &format!("!{trap}")),
    ] {
        git(&project, ["config", setting, value]);
    }
    project.write(".gitattributes", "* diff=evil filter=evil merge=evil\n");
    for folder in [".git/hooks", ".chancery/hooks"] {
        for hook in [
            "post-checkout",
            "post-merge",
            "pre-push",
            "reference-transaction",
            "post-index-change",
            "update",
            "pre-auto-gc",
        ] {
            let file = project.folder().join(folder).join(hook);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::copy(&trap, file).unwrap();
        }
    }
    // Something arrives, so that refs move in a store that has hooks.
    let clone = Project::cloned(&bare.url(), "tom");
    clone.write("prompts/late.md", "late\n").run(["commit", "-m", "late"]).exits(0);
    clone.run(["push"]).exits(0);
    reads(&project, &proposal);
    assert_eq!(project.run(["cat", "late"]).exits(0).stdout, "late\n");
    project.write("prompts/more.md", "more\n");
    project.as_person("tom").run(["commit", "-m", "more"]).exits(0);
    project.run(["push"]).exits(0);
    assert_eq!(ran(&project), "");
    // The twin: the trap is one, for git itself runs it.
    let _ = try_git(&project, &["add", "prompts/more.md"]);
    assert_ne!(ran(&project), "");
}

#[test]
fn threat_33_settings_of_the_store_that_name_programs_are_refused() {
    let mut project = lab(&rules("\"live\"", ""), PARROT);
    let bare = Bare::new();
    project.shared_through(&bare.url());
    let trap = trap(&project);
    let config = project.folder().join(".chancery/config");
    let whole = fs::read_to_string(&config).unwrap();
    for more in [
        format!("[core]\n\tsshCommand = {trap}\n"),
        format!("[core]\n\tfsmonitor = {trap}\n"),
        format!("[remote \"origin\"]\n\tuploadpack = {trap}\n"),
        format!("[credential]\n\thelper = {trap}\n"),
        "[include]\n\tpath = /tmp/evil\n".to_owned(),
        "[url \"ext::evil\"]\n\tinsteadOf = /\n".to_owned(),
    ] {
        fs::write(&config, format!("{whole}{more}")).unwrap();
        let told = project.json(["pull"]);
        assert_eq!(told["schema"], "chancery.failure/1", "{more}: {told:#}");
        assert!(told.to_string().contains("not one that chancery wrote"), "{more}: {told:#}");
    }
    assert_eq!(ran(&project), "");
    fs::write(&config, whole).unwrap();
    project.as_person("tom").run(["pull"]).exits(0);
}

#[test]
fn threat_33_a_remote_that_is_a_program_is_no_remote() {
    let project = Project::begun();
    let trap = trap(&project);
    for url in
        [format!("ext::{trap}"), format!("ext::sh -c {trap}"), format!("-u{trap}"), format!("--upload-pack={trap}")]
    {
        for args in [["remote", &url], ["clone", &url]] {
            let told = project.run(args);
            assert!([2, 5].contains(&told.exit), "{told}");
            let _ = project.run(["pull"]);
        }
    }
    assert_eq!(ran(&project), "");
    let bare = Bare::new();
    project.shared_through(&bare.url());
    assert!(Path::new(&trap).exists());
}
