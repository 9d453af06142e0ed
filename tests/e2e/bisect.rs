//! `bisect`: the version that broke a case, among many, with its whole bundle as it was.

use serde_json::Value;

use crate::support::Project;

const SUITE: &str = "prompt = \"greet\"\n[[case]]\nid = \"oslo\"\nvars = { city = \"Oslo\" }\nexpect = [{ contains = \"Hello\" }]\n\
                     [[case]]\nid = \"lima\"\nvars = { city = \"Lima\" }\nexpect = [{ contains = \"Lima\" }]\n";

fn prompt(body: &str) -> String {
    format!("+++\nmodel = \"parrot\"\npolicies = [\"tone\"]\n[inputs.city]\n+++\n{{{{ policy(\"tone\") }}}} {body}")
}

/// A project whose prompt greets with each of these words in turn, one version a word.
fn greeting(words: &[&str]) -> Project {
    let mut project = Project::begun();
    project
        .write("models/parrot.toml", "provider = \"echo\"\nid = \"parrot\"\n")
        .write("policies/tone.md", "Be kind.")
        .write("evals/greet.toml", SUITE);
    for (at, word) in words.iter().enumerate() {
        project.write("prompts/greet.md", prompt(&format!("{word} {{{{ city }}}} {at}")));
        project
            .at(&format!("2026-11-20T08:{at:02}:00Z"))
            .run(["commit", "-m", &format!("say {word}, no. {at}")])
            .exits(0);
    }
    project
}

fn labels(told: &Value) -> Vec<&str> {
    told["steps"].as_array().unwrap().iter().map(|step| step["label"].as_str().unwrap()).collect()
}

#[test]
fn the_version_that_broke_a_case_is_found_in_a_few_steps_with_who_made_it_and_why() {
    let words: Vec<&str> = (0..20).map(|at| if at < 12 { "Hello" } else { "Go away," }).collect();
    let project = greeting(&words);
    let events = project.events();
    let told = project.json(["bisect", "greet", "--case", "oslo"]);
    let listed = project.json(["log", "greet"]);
    let broke = &listed["versions"][7];
    assert_eq!((&told["first_bad"], &broke["number"]), (&broke["version"], &13.into()), "{told:#}");
    assert_eq!((&told["bad"]["label"], &told["good"]["label"]), (&"v13".into(), &"v12".into()));
    assert_eq!(
        (&told["bad"]["person"], &told["bad"]["message"]),
        (&"maintainer".into(), &"say Go away,, no. 12".into())
    );
    assert!(labels(&told).len() <= 7 && labels(&told)[..2] == ["v20", "v1"], "{told:#}");
    assert!(told["failure"]["reason"].as_str().unwrap().contains("Hello"), "{told:#}");
    assert_eq!(told["also_changed"], Value::Array(Vec::new()));

    let page = project.run(["bisect", "greet", "--case", "greet/oslo"]).exits(0);
    for line in ["greet v13 broke case oslo of suite greet", "2026-11-20T08:12:00Z  maintainer", "say Go away,, no. 12"]
    {
        assert!(page.stdout.contains(line), "{page}");
    }
    assert!(page.stderr.contains("next: chancery diff greet@v12 greet@v13"), "{page}");
    assert!(page.stdout.lines().all(|line| line.chars().count() <= 80), "{page}");
    assert_eq!(project.events(), events, "nothing is recorded");

    // Between ends that somebody names.
    let told = project.json(["bisect", "greet", "--case", "oslo", "--good", "v10", "--bad", "v14"]);
    assert_eq!((&told["bad"]["label"], labels(&told).len()), (&"v13".into(), 4), "{told:#}");
}

#[test]
fn a_file_that_was_changed_is_the_newest_version() {
    let project = greeting(&["Hello", "Hello"]);
    project.write("prompts/greet.md", prompt("Go away, {{ city }}"));
    let told = project.json(["bisect", "greet", "--case", "oslo"]);
    assert_eq!((&told["bad"]["label"], &told["bad"]["number"]), (&"file".into(), &Value::Null), "{told:#}");
    assert_eq!(told["first_bad"], project.sha256("prompts/greet.md"));
    let page = project.run(["bisect", "greet", "--case", "oslo"]).exits(0);
    assert!(page.stdout.contains("not committed") && page.stderr.contains("chancery diff greet@v2 greet\n"), "{page}");
}

#[test]
fn a_shared_part_is_looked_through_with_the_bundles_that_it_was_in() {
    let project = greeting(&["Hello"]);
    for tone in ["Be kind and brief.", "Be kind, brief and plain.", "Be rude."] {
        project.write("policies/tone.md", tone);
        let same = String::from_utf8(project.read("prompts/greet.md")).unwrap();
        project.write("prompts/greet.md", format!("{same}."));
        project.run(["commit", "-m", tone]).exits(0);
    }
    project.write("evals/greet.toml", SUITE.replace("contains = \"Hello\"", "contains = \"kind\""));
    let told = project.json(["bisect", "tone", "--case", "oslo"]);
    assert_eq!((&told["artifact"], &told["bad"]["label"]), (&"tone".into(), &"v4".into()), "{told:#}");
    assert_eq!(told["first_bad"], project.sha256("policies/tone.md"));
    // The prompt changed in the same commit, and whoever looks is told.
    assert_eq!(told["also_changed"][0]["artifact"], "prompt/greet", "{told:#}");
    let page = project.run(["bisect", "greet", "--case", "oslo"]).exits(0);
    assert!(
        page.stdout.contains("the bundle changed in 1 other part too") && page.stdout.contains("policy/tone"),
        "{page}"
    );
}

#[test]
fn versions_of_which_the_case_cannot_be_asked_are_told_and_never_blamed() {
    let project = greeting(&["Hello"]);
    let other = prompt("Go away, {{ town }}").replace("inputs.city", "inputs.town");
    project.write("prompts/greet.md", &other);
    project.run(["commit", "-m", "another input"]).exits(0);
    project.write("prompts/greet.md", prompt("Go away, {{ city }}"));
    project.run(["commit", "-m", "the old input"]).exits(0);
    let told = project.json(["bisect", "greet", "--case", "oslo"]);
    assert_eq!((&told["first_bad"], &told["unfit"][0]["label"]), (&Value::Null, &"v2".into()), "{told:#}");
    assert_eq!((&told["good"]["label"], &told["bad"]["label"]), (&"v1".into(), &"v3".into()));
    let page = project.run(["bisect", "greet", "--case", "oslo"]).exits(1);
    for line in ["was broken after v1, by greet v3 at the latest", "v2 could not be asked", "the prompt has no input"] {
        assert!(page.stdout.contains(line), "{page}");
    }
    // The oldest of which it can be asked is where looking begins.
    let mut project = Project::begun();
    project.write("prompts/greet.md", "Hello there");
    project.run(["commit", "-m", "raw"]).exits(0);
    project.write("models/parrot.toml", "provider = \"echo\"\n").write("policies/tone.md", "Be kind.");
    project.write("evals/greet.toml", SUITE);
    for word in ["Hello", "Hello to", "Go away,"] {
        project.write("prompts/greet.md", prompt(&format!("{word} {{{{ city }}}}")));
        project.as_person("maintainer").run(["commit", "-m", word]).exits(0);
    }
    let told = project.json(["bisect", "greet", "--case", "oslo"]);
    assert_eq!((&told["bad"]["label"], labels(&told)), (&"v4".into(), vec!["v4", "v1", "v2", "v3"]), "{told:#}");
}

#[test]
fn ends_that_are_no_ends_are_told_before_anything_is_searched() {
    let project = greeting(&["Go away,", "Hello", "Go away,"]);
    let code = |args: &[&str]| {
        let told = project.json(args);
        (told["code"].as_str().unwrap_or_default().to_owned(), told["exit"].as_u64().unwrap_or_default())
    };
    let told = |word: &str, exit| (word.to_owned(), exit);
    assert_eq!(code(&["bisect", "greet", "--case", "oslo"]), told("never-passed", 3));
    assert_eq!(code(&["bisect", "greet", "--case", "lima"]), told("not-broken", 3));
    assert_eq!(code(&["bisect", "greet", "--case", "oslo", "--good", "v3", "--bad", "v2"]), told("usage", 2));
    assert_eq!(code(&["bisect", "suite/greet", "--case", "oslo"]), told("not-in-a-bundle", 3));
    assert_eq!(code(&["bisect", "greet", "--case", "olso"]), told("no-such-case", 3));
    assert_eq!(code(&["bisect", "greet", "--case", "oslo", "--good", "v9"]), told("unknown-version", 3));
    assert!(project.json(["bisect", "greet", "--case", "olso"])["next"][0].as_str().unwrap().contains("`oslo`"));
    assert_eq!(project.json(["bisect", "greet", "--case", "oslo", "--good", "v2"])["bad"]["label"], "v3");
}

#[test]
fn a_case_that_is_flaky_or_gets_no_reply_ends_the_search() {
    let project = greeting(&["Hello", "Hello", "Go away,"]);
    // A program that answers every other question.
    let agent = "n=0\nwhile read -r line; do\nn=$((n + 1))\nid=$(printf '%s' \"$line\" | sed 's/.*\"id\":\"\\([^\"]*\\)\".*/\\1/')\n\
                 word=Hello; [ $((n % 2)) = 0 ] && word=Bye\nprintf '{\"id\":\"%s\",\"content\":\"%s\"}\\n' \"$id\" \"$word\"\ndone\n";
    project.write("agent.sh", agent);
    project.write("models/parrot.toml", "provider = \"exec\"\ncommand = [\"sh\", \"agent.sh\"]\n");
    project.run(["commit", "-m", "a moody model"]).exits(0);
    project.write("prompts/greet.md", prompt("Go on, {{ city }}"));
    let flaky = project.json(["bisect", "greet", "--case", "oslo", "--repeat", "2", "--jobs", "1"]);
    assert_eq!((&flaky["code"], &flaky["exit"]), (&"flaky-case".into(), &3.into()), "{flaky:#}");
    assert!(flaky["because"].as_str().unwrap().contains("1 of 2 samples passed"), "{flaky:#}");

    project.write("models/parrot.toml", "provider = \"openai\"\nid = \"far\"\n");
    let silent = project.json(["bisect", "greet", "--case", "oslo"]);
    assert_eq!((&silent["code"], &silent["exit"]), (&"no-reply".into(), &5.into()), "{silent:#}");
    assert!(silent["next"][0].as_str().unwrap().contains("--live"), "{silent:#}");
}

#[test]
fn history_is_followed_through_a_rename() {
    let project = greeting(&["Hello", "Hello"]);
    project.run(["mv", "greet", "welcome"]).exits(0);
    project.write("evals/greet.toml", SUITE.replace("\"greet\"", "\"welcome\""));
    project.write("prompts/welcome.md", prompt("Go away, {{ city }}"));
    project.run(["commit", "-m", "shorter"]).exits(0);
    let told = project.json(["bisect", "welcome", "--case", "oslo"]);
    assert_eq!((&told["artifact"], &told["bad"]["message"]), (&"welcome".into(), &"shorter".into()), "{told:#}");
    assert_eq!(told["also_changed"], Value::Array(Vec::new()), "another name is not another part");
}
