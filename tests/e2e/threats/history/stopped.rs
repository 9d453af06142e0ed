//! What is stopped stays stopped, whatever a program that asks no rules puts on the remote.

use chancery::{
    ledger::{Deed, Freeze, Halt, Promotion, SignedAct},
    name::Environment,
    object::{DossierId, EventId},
};
use serde_json::json;

use crate::support::{
    shop::{dossier, made, prompt},
    signer,
};
use crate::threats::scene::Scene;

fn freeze(environment: &str) -> Freeze {
    Freeze { environment: Environment::parse(environment).unwrap(), message: "because".to_owned() }
}

fn halt() -> Halt {
    Halt { environment: None, artifact: None, message: "because".to_owned() }
}

/// Places a deed as this person past every rule, and has everybody refuse it; then takes it off again.
#[track_caller]
fn refused(scene: &Scene, person: &str, deed: Deed, rule: &str, words: &str) {
    let forge = scene.forge();
    forge.place(SignedAct::sign(forge.act(person, deed), &signer(person)).unwrap());
    scene.offer();
    for document in [scene.refused(rule, 1), scene.refused_to_newcomers(rule, 1)] {
        assert!(document["message"].to_string().contains(words), "{document:#}");
    }
    forge.undo();
    scene.offer();
}

#[test]
fn threat_32_who_may_not_stop_or_let_go_on_does_not_by_forging_it() {
    for deed in [Deed::Freeze(freeze("production")), Deed::Halt(halt())] {
        refused(&Scene::new(), "tom", deed, "not-allowed", "tom");
    }
    // The twin: the same by somebody who may.
    let scene = Scene::new();
    scene.forge().honest("ruth", Deed::Freeze(freeze("production")));
    scene.forge().honest("ruth", Deed::Halt(halt()));
    scene.offer();
    scene.honest.run(["pull"]).exits(0);
    let stops = scene.honest.json(["status"])["stops"].clone();
    assert_eq!(stops.as_array().unwrap().len(), 2, "{stops:#}");
    for deed in [Deed::Thaw(freeze("production")), Deed::Resume(halt())] {
        refused(&scene, "tom", deed, "not-allowed", "tom");
    }
    scene.forge().honest("omar", Deed::Thaw(freeze("production")));
    scene.forge().honest("omar", Deed::Resume(halt()));
    scene.offer();
    scene.accepted();
    assert_eq!(scene.honest.json(["status"])["stops"], json!([]));
}

#[test]
fn threat_32_a_promotion_into_what_is_stopped_is_refused_even_at_an_open_gate() {
    for (stop, go_on, words) in [
        (Deed::Freeze(freeze("staging")), Deed::Thaw(freeze("staging")), "`staging` is frozen"),
        (Deed::Halt(halt()), Deed::Resume(halt()), "everything is halted"),
    ] {
        let mut scene = Scene::new();
        scene.forged.write("prompts/reply.md", prompt(" so"));
        scene.forged.as_person("tom").run(["commit", "-m", "so"]).exits(0);
        let proposal = made(scene.forged.json(["propose", "staging", "-m", "so"]));
        let drawn = dossier(&scene.forged, &proposal);
        let promotion = Deed::Promote(Promotion {
            proposal: EventId(proposal.parse().unwrap()),
            dossier: DossierId(drawn.parse().unwrap()),
        });
        scene.forge().honest("ruth", stop);
        refused(&scene, "ruth", promotion, "gate", words);
        // The twin: once it goes on, the same is taken.
        scene.forge().honest("ruth", go_on);
        scene.offer();
        scene.forged.as_person("ruth").run(["promote", &proposal]).exits(0);
        scene.accepted();
    }
}
