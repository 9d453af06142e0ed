//! Threat 16: the provider silently serves another model than the one that was asked for.

use chancery::ledger::Deed;

use crate::{
    support::{Forge, shop::dossier},
    threats::{
        attack::{promotion, refused, taken},
        crew::unmet,
        lab::{PARROT, asked, attested, lab, measured, program, rules},
    },
};

#[test]
fn threat_16_replies_of_another_model_than_the_pinned_one_prove_nothing() {
    let mut project = lab(&rules("\"live\"", ""), PARROT);
    let says = "printf '{\"id\":\"%s\",\"content\":\"Thank you\",\"model\":\"%s\"}\\n' \"$id\" \"$(cat serving)\"";
    let model = program(&project, says) + "id = \"bird-4\"\n";
    project.write("serving", "bird-4-mini").write("models/parrot.toml", model);
    project.as_person("tom").run(["commit", "-m", "a program"]).exits(0);
    let proposal = asked(&mut project);
    measured(&mut project, "ci", &proposal, &[], 0);
    let told = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert!(unmet(&told).contains(&"other-model"), "{told:#}");
    assert!(told["rules"].to_string().contains("bird-4-mini"), "{told:#}");
    refused(&project, "gate", "ruth", promotion(&proposal, &dossier(&project, &proposal)));
    // The twin: a dated snapshot of the pinned model is that model, and is asked anew without a word.
    project.write("serving", "bird-4-2026-08-06");
    measured(&mut project, "ci", &proposal, &[], 0);
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_16_a_run_does_not_hide_which_model_its_replies_came_from() {
    let mut project = lab(&rules("\"live\"", ""), PARROT);
    let says = "printf '{\"id\":\"%s\",\"content\":\"Thank you\",\"model\":\"bird-4-mini\"}\\n' \"$id\"";
    let model = program(&project, says) + "id = \"bird-4\"\n";
    project.write("models/parrot.toml", model);
    project.as_person("tom").run(["commit", "-m", "a program"]).exits(0);
    let proposal = asked(&mut project);
    measured(&mut project, "ci", &proposal, &[], 0);
    let mut evidence = attested(&project);
    assert_eq!(evidence.models, ["bird-4-mini"]);
    let forge = Forge::of(&project);
    let honest = forge.tip();
    forge.undo();
    for models in [Vec::new(), vec!["bird-4".to_owned()]] {
        evidence.models = models;
        refused(&project, "model-untold", "ci", Deed::Evidence(evidence.clone()));
    }
    // The twin: what was said of the same replies in truth.
    forge.back_to(&honest);
    taken(&project);
}
