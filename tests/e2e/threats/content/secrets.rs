//! Threat 26: a secret in a prompt, tool, case, reply, evidence, log or error message.

use chancery::ledger::Deed;

use crate::{
    governance::ALL,
    support::{
        Forge, Project, ledger,
        shop::{self, shop},
    },
    threats::{
        attack::{payload, refused, taken},
        lab::{asked, attested, measured, parrots},
    },
};

/// A token of a known shape; nobody's.
fn token() -> String {
    ["ghp_", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6"].concat()
}

#[track_caller]
fn is_refused(project: &Project, args: &[&str]) {
    let told = project.run([&["--json"], args].concat()).exits(1);
    assert_eq!(told.document()["code"], "secret", "{told}");
    for told in [told, project.run(args)] {
        assert!(!told.stdout.contains(&token()) && !told.stderr.contains(&token()), "{told}");
    }
}

#[test]
fn threat_26_no_version_with_a_secret_is_kept_here_or_taken_from_others() {
    for (path, text) in [
        ("policies/access.md", "The key is KEY.\n"),
        ("prompts/reply.md", "+++\nmodel = \"parrot\"\n+++\nUse KEY here.\n"),
        ("tools/login.json", "{\"name\":\"login\",\"description\":\"KEY\",\"inputSchema\":{\"type\":\"object\"}}"),
        ("evals/reply.toml", "prompt = \"reply\"\n[[case]]\nid = \"a\"\nexpect = [{ contains = \"KEY\" }]\n"),
    ] {
        let mut project = shop();
        project.as_person("tom").write(path, text.replace("KEY", &token()));
        is_refused(&project, &["commit", path, "-m", "it works"]);
        // The twin: the same without the secret.
        project.write(path, text.replace("KEY", "nothing"));
        project.run(["commit", path, "-m", "it works"]).exits(0);
        let Deed::Commit(mut commit) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else {
            panic!("no commit")
        };
        let forge = Forge::of(&project);
        let honest = forge.tip();
        forge.undo();
        let bytes = text.replace("KEY", &token());
        commit.changes[0].version = Some(chancery::object::VersionId(forge.keep(bytes.as_bytes())));
        refused(&project, "secret", "tom", Deed::Commit(commit));
        forge.back_to(&honest);
        assert_eq!(project.json(["verify"])["ok"], true);
    }
}

#[test]
fn threat_26_no_rules_with_a_secret_are_proposed_or_taken_from_others() {
    let mut project = shop();
    let rules = |text: &str| format!("# the key of the registry: {text}\n{}", shop::rules(&ALL));
    project.as_person("maya").write("chancery.toml", rules(&token()));
    is_refused(&project, &["propose", "governance", "-m", "a comment"]);
    project.write("chancery.toml", rules("ask maya"));
    project.run(["propose", "governance", "-m", "a comment"]).exits(0);
    let Deed::Propose(mut proposal) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else {
        panic!("no proposal")
    };
    let forge = Forge::of(&project);
    let honest = forge.tip();
    forge.undo();
    proposal.governance.as_mut().unwrap().to = forge.keep(rules(&token()).as_bytes());
    refused(&project, "secret", "maya", Deed::Propose(proposal));
    forge.back_to(&honest);
    assert_eq!(project.json(["verify"])["ok"], true);
}

#[test]
fn threat_26_no_act_says_a_secret() {
    let mut project = shop();
    project.as_person("tom").write("policies/calm.md", "Be calm.\n");
    is_refused(&project, &["commit", "-m", &format!("it is {}", token())]);
    project.run(["commit", "-m", "calm"]).exits(0);
    let Deed::Commit(mut commit) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else {
        panic!("no commit")
    };
    Forge::of(&project).undo();
    commit.message = token();
    refused(&project, "secret", "tom", Deed::Commit(commit.clone()));
    // The twin: other words.
    commit.message = "calm".to_owned();
    Forge::of(&project).honest("tom", Deed::Commit(commit));
    taken(&project);
}

#[test]
fn threat_26_a_secret_in_a_reply_is_masked_in_evidence_reports_and_logs() {
    let mut project = shop();
    let prompt =
        |said: &str| format!("+++\nmodel = \"parrot\"\n[inputs.message]\n+++\n{said} {{{{ message }}}} Thank you\n");
    let parts = format!("{{{{ \"gh\" ~ \"p_{}\" }}}}", &token()[4..]);
    for (said, masked) in [(parts.as_str(), 1), ("Well.", 0)] {
        project.as_person("tom").write("prompts/reply.md", prompt(said));
        project.run(["commit", "-m", "in two parts"]).exits(0);
        let told = project.as_person("ci").run(["--json", "eval", "--attest", "--junit", "report.xml"]).exits(0);
        let report = String::from_utf8(project.read("report.xml")).unwrap();
        assert!(!told.stdout.contains(&token()) && !report.contains(&token()), "{told}");
        assert_eq!(told.document()["bundles"][0]["secrets"].as_u64().unwrap_or_default(), masked, "{told}");
        taken(&project);
    }
}

#[test]
fn threat_26_a_reply_that_was_not_masked_is_no_evidence_wherever_it_comes_from() {
    let mut project = parrots();
    let proposal = asked(&mut project);
    measured(&mut project, "ci", &proposal, &[], 0);
    let honest = attested(&project);
    let forge = Forge::of(&project);
    forge.undo();
    let reply = String::from_utf8(payload(&forge, &honest.samples[0].reply.unwrap())).unwrap();
    let told = reply.replacen("Thank you", &format!("Thank you {}", token()), 1);
    assert_ne!(told, reply);
    let mut evidence = honest.clone();
    evidence.samples[0].reply = Some(forge.keep(told.as_bytes()));
    refused(&project, "secret", "ci", Deed::Evidence(evidence));
    // The twin: the same run with the reply as it was kept.
    forge.honest("ci", Deed::Evidence(honest));
    taken(&project);
}
