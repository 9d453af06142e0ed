//! `eval --model`: what another model would make of the same prompts.

use crate::support::shop::shop;

#[test]
fn another_model_is_asked_in_the_place_of_the_prompt_s_own_and_proves_nothing() {
    let mut project = shop();
    project.write(
        "models/rude.toml",
        "provider = \"exec\"\ncommand = [\"sed\", \"-u\", 's/.*\"id\":\"\\([^\"]*\\)\".*/{\"id\":\"\\1\",\"content\":\"No.\"}/']\n",
    );
    let own = project.json(["eval"]);
    let other = project.run(["--json", "eval", "--model", "rude"]).exits(1).document();
    assert_eq!((&own["bundles"][0]["passed"], &other["bundles"][0]["passed"]), (&1.into(), &0.into()), "{other:#}");
    assert_ne!(own["bundles"][0]["bundle"], other["bundles"][0]["bundle"]);

    project.as_person("tom").run(["commit", "-m", "another model"]).exits(0);
    let beside = project.run(["--json", "eval", "--model", "rude", "--against", "dev"]).exits(1).document();
    assert_eq!(beside["bundles"][0]["against"]["lost"], 1, "{beside:#}");
    let missing = project.run(["eval", "--model", "rudes"]).exits(3);
    assert!(missing.stderr.contains("did you mean `rude`?"), "{missing}");
    let attested = project.as_person("ci").run(["eval", "--model", "rude", "--attest"]).exits(2);
    assert!(attested.stderr.contains("cannot be attested"), "{attested}");
}
