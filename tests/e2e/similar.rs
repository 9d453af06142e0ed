//! `similar`: nearness in meaning, as a model places texts, from the suite to a proven gate.

use crate::support::{
    Project,
    judges::{attested, pin, proposed},
    shop::{carried, rule, shop},
};

/// Places what names a kettle in one direction, and anything else in another; what is empty nowhere.
const PROGRAM: &str = r#"while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
  case "$line" in
    *kettle*) vector='[0.9, 0.1, 0.0]' ;;
    *garbled*) vector='near' ;;
    *) vector='[0.0, 0.2, 0.9]' ;;
  esac
  printf '{"id":"%s","content":"%s"}\n' "$id" "$vector"
done
"#;

fn suite(pin: &str, to: &str) -> String {
    format!(
        r#"prompt = "reply"
[embedders.near]
prompt = "place"
{pin}
[[case]]
id = "polite"
vars = {{ message = "Where is my kettle?" }}
expect = [{{ contains = "Thank you" }}, {{ similar = {{ by = "near", to = "{to}", at_least = 0.8 }} }}]
"#
    )
}

fn shop_with(to: &str) -> Project {
    let mut project = shop();
    project
        .write("place.sh", PROGRAM)
        .write("models/places.toml", "provider = \"exec\"\ncommand = [\"sh\", \"./place.sh\"]\n")
        .write("prompts/place.md", "+++\nmodel = \"places\"\n[inputs.text]\n+++\n{{ text }}")
        .write("evals/reply.toml", suite("", to));
    project.as_person("tom").run(["commit", "-m", "an embedder"]).exits(0);
    project
}

#[test]
fn vectors_go_through_the_gate_which_compares_them_itself() {
    let to = "We look for your kettle.";
    let mut project = shop_with(to);
    project.run(["eval", "reply"]).exits(0);
    let line = pin(project.as_person("ci"));
    project.write("evals/reply.toml", suite(&line, to));
    project.as_person("tom").run(["commit", "-m", "pinned"]).exits(0);
    let proposal = proposed(&mut project);
    let run = attested(&mut project, &proposal);
    assert_eq!(run["bundles"][0]["passed"], 1, "{run:#}");
    std::fs::remove_file(project.folder().join("place.sh")).unwrap();
    let told = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!((&told["promoted"], &rule(&told, "evidence")["ok"]), (&true.into(), &true.into()), "{told:#}");
    assert_eq!(project.json(["verify", "--deep"])["ok"], true);
}

#[test]
fn what_lies_elsewhere_fails_and_what_is_no_vector_is_errored() {
    let far = shop_with("It rains.").run(["eval", "reply"]).exits(1);
    assert!(words(&far.stdout).contains("similarity 0.0240, wanted 0.8"), "{far}");
    let garbled = shop_with("A garbled text.").run(["eval", "reply"]).exits(5);
    assert!(words(&garbled.stdout).contains("embedder `near`: its answer is no vector"), "{garbled}");
}

/// A page without its line ends.
fn words(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_cannot_place_texts_is_refused_before_anybody_is_asked() {
    let project = shop_with("We look for your kettle.");
    for (prompt, code) in [
        ("+++\nmodel = \"places\"\n[inputs.reply]\n+++\n{{ reply }}", "judge-lacks-input"),
        ("+++\nmodel = \"places\"\n[inputs.text]\n[inputs.rubric]\n+++\n{{ text }} {{ rubric }}", "judge-input"),
        ("+++\n[inputs.text]\n+++\n{{ text }}", "no-model"),
    ] {
        project.write("prompts/place.md", prompt);
        let told = project.run(["--json", "eval", "reply"]).exits(3).document().to_string();
        assert!(told.contains(code), "{code}: {told}");
    }
}
