//! Secrets and data about people: refused where they would be kept, masked where they would be shown.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::support::{
    Outcome, Project,
    shop::{dossier, proposed, shop, shown},
};

/// A token of a known shape; nobody's.
fn token() -> String {
    ["ghp_", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6"].concat()
}

/// Whether a text stands in any file of the store, or in any object of it whatever its packing.
fn is_stored(project: &Project, text: &str) -> bool {
    let store = project.folder().join(".chancery");
    let objects = Command::new("git")
        .args(["cat-file", "--batch", "--batch-all-objects"])
        .env("GIT_DIR", &store)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(objects.status.success(), "{}", String::from_utf8_lossy(&objects.stderr));
    holds(&objects.stdout, text) || in_folder(&store, text)
}

fn in_folder(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).any(|path| {
        if path.is_dir() { in_folder(&path, text) } else { holds(&fs::read(&path).unwrap_or_default(), text) }
    })
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[track_caller]
fn hides(outcome: &Outcome, secret: &str) {
    assert!(!outcome.stdout.contains(secret) && !outcome.stderr.contains(secret), "{outcome}");
}

fn events(project: &Project) -> usize {
    project.json(["audit"])["events"].as_array().map_or(0, Vec::len)
}

#[test]
fn a_commit_with_a_secret_is_refused_before_a_byte_is_stored() {
    let mut project = shop();
    project.as_person("tom");
    let before = events(&project);
    for (path, text) in [
        ("prompts/reply.md", format!("+++\nmodel = \"parrot\"\n+++\nUse {} here.\n", token())),
        (
            "tools/login.json",
            format!("{{\"name\":\"login\",\"description\":\"{}\",\"inputSchema\":{{\"type\":\"object\"}}}}", token()),
        ),
        ("policies/access.md", format!("The key is {}.\n", token())),
        ("models/parrot.toml", format!("provider = \"echo\"\nid = \"parrot\"\n# {}\n", token())),
        (
            "evals/reply.toml",
            format!("prompt = \"reply\"\n[[case]]\nid = \"a\"\nexpect = [{{ contains = \"{}\" }}]\n", token()),
        ),
    ] {
        let project = project.copy();
        project.write(path, &text);
        let outcome = project.run(["commit", "-m", "it works"]).exits(1);
        hides(&outcome, &token());
        assert!(outcome.stderr.contains("[secret: github-token]"), "{outcome}");
        let failure = project.run(["--json", "commit", path, "-m", "it works"]).exits(1);
        hides(&failure, &token());
        let document = failure.document();
        assert_eq!((&document["code"], &document["problems"][0]["path"]), (&"secret".into(), &path.into()));
        assert!(!is_stored(&project, &token()), "{path}");
        assert_eq!(events(&project), before);
        project.write(path, text.replace(&token(), "nothing of the kind"));
        project.run(["commit", "-m", "it works"]).exits(0);
    }
}

#[test]
fn check_tells_where_a_secret_stands_and_what_to_do_and_never_what_it_is() {
    let mut project = shop();
    project.as_person("tom").write("policies/access.md", format!("Be kind.\nThe key is {}.\n", token()));
    let outcome = project.run(["check", "policies"]).exits(1);
    hides(&outcome, &token());
    assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 80), "{outcome}");
    let document = project.json(["check"]);
    let found: Vec<&Value> =
        document["problems"].as_array().expect("a list").iter().filter(|problem| problem["code"] == "secret").collect();
    let [problem] = found.as_slice() else { panic!("{document:#}") };
    assert_eq!(
        (&problem["path"], &problem["line"], &problem["column"]),
        (&"policies/access.md".into(), &2.into(), &12.into())
    );
    assert_eq!(
        (&problem["warning"], &problem["excerpt"]),
        (&false.into(), &"The key is [secret: github-token].".into())
    );
    let fingerprint = problem["fingerprint"].as_str().expect("a fingerprint");
    assert!(problem["next"].as_str().expect("a way out").contains(&fingerprint[..8]));
    project.write("policies/access.md", "Be kind.\nThe key is ${ACCESS_KEY}.\n");
    project.run(["check", "policies"]).exits(0);
}

#[test]
fn an_exception_is_an_act_with_a_reason_and_what_it_allows_is_shown_masked() {
    let mut project = shop();
    let text = format!("+++\nmodel = \"parrot\"\n+++\nShow them {} as it is.\n", token());
    project.as_person("tom").write("prompts/reply.md", &text);
    project.write("evals/reply.toml", "prompt = \"reply\"\n[[case]]\nid = \"a\"\nexpect = [{ contains = \"Show\" }]\n");
    let document = project.json(["check"]);
    let problems = document["problems"].as_array().expect("a list");
    let fingerprint =
        problems.iter().find_map(|problem| problem["fingerprint"].as_str()).expect("a fingerprint").to_owned();
    assert_eq!(project.json(["secrets", "allow", &fingerprint, "-m", "x"])["code"], "not-allowed");
    assert_eq!(project.json(["secrets", "allow", "123456", "-m", "x"])["code"], "no-such-secret");
    project.as_person("maya");
    let refused = project.json(["secrets", "allow", &fingerprint[..8], "-m", &format!("not {}", token())]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"secret".into(), &1.into()));
    let allowed =
        project.run(["secrets", "allow", &fingerprint[..8], "-m", "from the vendor's documentation"]).exits(0);
    hides(&allowed, &token());
    assert_eq!(project.json(["secrets", "allow", &fingerprint, "-m", "again"])["code"], "already-excepted");
    let listed = project.json(["secrets"]);
    let line = &listed["exceptions"][0];
    assert_eq!((&line["fingerprint"], &line["person"]), (&fingerprint.as_str().into(), &"maya".into()));
    assert_eq!(line["reason"], "from the vendor's documentation");
    project.run(["secrets"]).exits(0);
    project.as_person("tom").run(["check"]).exits(0);
    project.run(["commit", "-m", "as the vendor shows it"]).exits(0);
    for args in [
        &["show", "reply"][..],
        &["diff", "reply@v1", "reply@head"],
        &["log", "-p"],
        &["diff", "reply@v1", "reply@head", "--words"],
    ] {
        let outcome = project.run(args).exits(0);
        hides(&outcome, &token());
        let json: Vec<&str> = [&["--json"], args].concat();
        hides(&project.run(json).exits(0), &token());
    }
    let shown = project.run(["show", "reply"]).exits(0);
    assert!(shown.stdout.contains("Show them [secret: github-token] as it is."), "{shown}");
    assert_eq!(project.run(["cat", "reply"]).exits(0).stdout, text);
    assert!(project.run(["render", "reply"]).exits(0).stdout.contains(&token()));
    assert!(project.run(["--json", "render", "reply"]).exits(0).stdout.contains(&token()));
    project.run(["propose", "staging", "reply", "-m", "for production"]).exits(0);
    hides(&project.run(["review", "staging", "--markdown", "dossier.md"]), &token());
    assert!(!holds(&project.read("dossier.md"), &token()));
    project.run(["promote", "staging"]);
    project.run(["verify"]).exits(0);
}

#[test]
fn a_secret_that_was_changed_for_another_is_seen_to_change() {
    let mut project = shop();
    let write = |project: &Project, secret: &str| {
        project.write("policies/access.md", format!("The key is {secret}.\n"));
        let document = project.json(["check"]);
        let problems = document["problems"].as_array().expect("a list");
        problems.iter().find_map(|problem| problem["fingerprint"].as_str()).expect("a fingerprint").to_owned()
    };
    project.as_person("maya");
    for secret in [token(), token().replace("aB3", "xB3")] {
        let fingerprint = write(&project, &secret);
        project.run(["secrets", "allow", &fingerprint, "-m", "a key of the sandbox"]).exits(0);
        project.run(["commit", "-m", "the key"]).exits(0);
    }
    let outcome = project.run(["diff", "access@v1", "access@v2"]).exits(0);
    assert!(
        outcome.stdout.contains("-The key is [secret: github-token].")
            && outcome.stdout.contains("+The key is [secret: github-token 2]."),
        "{outcome}"
    );
}

#[test]
fn nobody_can_say_a_secret() {
    let mut project = shop();
    let proposal = proposed(&mut project);
    let said = format!("it is {}", token());
    project.as_person("tom").write("policies/new.md", "Be kind.\n");
    let acts: [(&str, Vec<&str>); 7] = [
        ("tom", vec!["commit", "-m", &said]),
        ("tom", vec!["rm", "reply", "-m", &said]),
        ("tom", vec!["mv", "reply", "answer", "-m", &said]),
        ("tom", vec!["propose", "production", "-m", &said]),
        ("ruth", vec!["reject", &proposal, "-m", &said]),
        ("ruth", vec!["freeze", "production", "-m", &said]),
        ("tom", vec!["withdraw", &proposal, "-m", &said]),
    ];
    let before = events(&project);
    for (person, args) in acts {
        let outcome = project.as_person(person).run(args.as_slice());
        if outcome.exit == 2 {
            // The verb takes no message.
            continue;
        }
        assert_eq!(outcome.exit, 1, "{outcome}");
        hides(&outcome, &token());
        let json: Vec<&str> = [&["--json"], args.as_slice()].concat();
        assert_eq!(project.run(json).document()["code"], "secret");
    }
    assert_eq!(events(&project), before);
    assert!(!is_stored(&project, &token()));
    project.as_person("tom").run(["commit", "-m", "kindness"]).exits(0);
    project.as_person("ruth").run(["reject", &proposal, "-m", "not yet"]).exits(0);
}

#[test]
fn a_secret_that_a_model_says_is_masked_before_it_is_kept_and_told() {
    let mut project = shop();
    let parts = format!("{{{{ \"gh\" ~ \"p_{}\" }}}}", &token()[4..]);
    project.as_person("tom").write(
        "prompts/reply.md",
        format!("+++\nmodel = \"parrot\"\n[inputs.message]\n+++\n{parts} {{{{ message }}}} Thank you\n"),
    );
    project.run(["commit", "-m", "in two parts"]).exits(0);
    let outcome = project.as_person("ci").run(["eval", "--attest", "--junit", "report.xml"]).exits(0);
    hides(&outcome, &token());
    assert!(outcome.stderr.contains("1 secret masked"), "{outcome}");
    assert!(!is_stored(&project, &token()) && is_stored(&project, "[secret: github-token]"));
    assert!(!holds(&project.read("report.xml"), &token()));
    project.run(["verify", "--deep"]).exits(0);
    let again = project.run(["--json", "eval"]).exits(0);
    hides(&again, &token());
    assert_eq!(again.document()["bundles"][0]["secrets"], 1);
}

#[test]
fn a_check_that_the_mark_of_a_secret_would_turn_proves_nothing() {
    let mut project = shop();
    let parts = format!("{{{{ \"gh\" ~ \"p_{}\" }}}}", &token()[4..]);
    project
        .as_person("tom")
        .write("prompts/reply.md", format!("+++\nmodel = \"parrot\"\n[inputs.message]\n+++\n{parts}\n"));
    let suite =
        "prompt = \"reply\"\n[[case]]\nid = \"a\"\nvars = { message = \"\" }\nexpect = [{ not_regex = \"gh[p]_\" }]\n";
    project.write("evals/reply.toml", suite);
    project.run(["commit", "-m", "a leak and a check for it"]).exits(0);
    let outcome = project.as_person("ci").run(["eval", "--attest"]).exits(5);
    hides(&outcome, &token());
    assert!(outcome.stdout.contains("errored"), "{outcome}");
    assert!(!is_stored(&project, &token()));
}

/// A case about a person, whose prompt declares what is personal.
fn personal(project: &mut Project, declared: &str) {
    let prompt = format!(
        "+++\nmodel = \"parrot\"\n[inputs.message]\n{declared}+++\n{{{{ role(\"user\") }}}}\nThank you. {{{{ message }}}}\n"
    );
    let suite = "prompt = \"reply\"\n[[case]]\nid = \"a\"\nvars = { message = \"I am Anna Schmidt-Lang of Bonn\" }\n\
                 expect = [{ contains = \"Anna Schmidt-Lang\" }, { regex = \"Schmidt.*Bonn$\" }, { expression = \"vars.message in output\" }]\n";
    project.as_person("tom").write("prompts/reply.md", prompt).write("evals/reply.toml", suite);
    project.run(["commit", "-m", "a case about a person"]).exits(0);
}

/// How often the value stands in the store's objects besides the suite itself.
fn kept(project: &Project) -> usize {
    let store = project.folder().join(".chancery");
    let objects = Command::new("git")
        .args(["cat-file", "--batch", "--batch-all-objects"])
        .env("GIT_DIR", &store)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    let text = String::from_utf8_lossy(&objects.stdout).into_owned();
    text.matches("Thank you. I am Anna Schmidt-Lang of Bonn").count()
}

#[test]
fn personal_inputs_are_masked_in_replies_and_scored_as_they_were_said() {
    for (declared, times) in [("data = \"personal\"\n", 0), ("", 1)] {
        let mut project = shop();
        personal(&mut project, declared);
        let outcome = project.as_person("ci").run(["eval", "--attest", "--junit", "report.xml"]).exits(0);
        assert_eq!(kept(&project), times, "{outcome}");
        assert_eq!(is_stored(&project, "[personal: message]"), times == 0);
        project.run(["verify", "--deep"]).exits(0);
        let proposal = proposed(&mut project);
        shown(&mut project, &proposal);
        let digest = dossier(&project, &proposal);
        for person in ["ruth", "omar"] {
            project.as_person(person).run(["approve", &proposal, "--dossier", &digest]).exits(0);
        }
        project.as_person("ruth").run(["promote", &proposal]).exits(0);
        // Evidence that stands is read back the same.
        let again = project.as_person("ci").json(["eval", "--attest"]);
        assert_eq!(again["verdict"], "pass", "{again:#}");
    }
}

#[test]
fn a_failing_case_shows_marks_for_personal_inputs() {
    let mut project = shop();
    personal(&mut project, "data = \"personal\"\n");
    let suite = String::from_utf8(project.read("evals/reply.toml")).expect("text");
    project.write(
        "evals/reply.toml",
        suite.replace("contains = \"Anna Schmidt-Lang\"", "equals = \"I am Anna Schmidt-Lang of Bonn\""),
    );
    let outcome = project.run(["eval", "--junit", "report.xml"]).exits(1);
    let report = String::from_utf8(project.read("report.xml")).expect("text");
    let json = project.run(["--json", "eval"]).exits(1).stdout;
    for text in [&outcome.stdout, &outcome.stderr, &report, &json] {
        assert!(!text.contains("Schmidt-Lang"), "{text}");
    }
    assert!(report.contains("[personal: message]"), "{report}");
}

#[test]
fn data_about_people_in_golden_cases_warns_and_fails_where_it_is_called_public() {
    let mut project = shop();
    let suite = "prompt = \"reply\"\n[[case]]\nid = \"a\"\nvars = { message = \"card 4111 1111 1111 1111, IBAN DE89370400440532013000\" }\n\
                 expect = [{ contains = \"anna@posteo.de\" }, { not_contains = \"+49 30 901820\" }]\n";
    project.as_person("tom").write("evals/reply.toml", suite);
    let warned = project.json(["check", "evals"]);
    let codes = |document: &Value| {
        let problems = document["problems"].as_array().expect("a list").clone();
        problems.iter().filter(|problem| problem["code"] == "personal-data").count()
    };
    assert_eq!((codes(&warned), &warned["ok"]), (4, &true.into()));
    project.write("evals/reply.toml", format!("data = \"public\"\n{suite}"));
    let outcome = project.run(["check", "evals"]).exits(1);
    hides(&outcome, "4111 1111");
    assert_eq!(codes(&project.json(["check", "evals"])), 4);
}
