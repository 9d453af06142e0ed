//! Objections and answers that the rules refuse, by somebody whose program asks no rules.

use chancery::{
    ledger::{Answer, Closing, Deed, Finding, SignedAct},
    name::{Artifact, Kind, Name},
    object::EventId,
};

use crate::support::{Forge, Project, signer};
use crate::threats::scene::Scene;

/// Omar's objection to the open proposal, as an honest program states it.
fn objection(project: &Project, open: &str) -> Finding {
    let shown = project.json(["review", open]);
    let changes = shown["changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["artifact"] == "reply").unwrap();
    Finding {
        proposal: EventId(open.parse().unwrap()),
        artifact: Some(Artifact::new(Kind::Prompt, Name::parse("reply").unwrap())),
        version: change["to"].as_str().unwrap().parse().unwrap(),
        path: "prompts/reply.md".to_owned(),
        line: 7,
        quote: "Go away.".to_owned(),
        message: "it is rude".to_owned(),
    }
}

/// Puts an act on the ledger past every rule.
fn place(forge: &Forge, person: &str, deed: Deed) -> String {
    forge.place(SignedAct::sign(forge.act(person, deed), &signer(person)).unwrap())
}

fn answer(finding: &str, closing: Closing) -> Deed {
    let finding = EventId(finding.parse().unwrap());
    Deed::Answer(Answer { finding, closing, version: None, message: "let it through".to_owned() })
}

#[test]
fn threat_34_a_finding_without_its_proof_is_refused() {
    let scene = Scene::new();
    let made_up = Finding { quote: "Get lost.".to_owned(), ..objection(&scene.forged, &scene.open) };
    place(&scene.forge(), "omar", Deed::Finding(made_up));
    scene.offer();
    scene.refused("quote-not-there", 1);
    scene.refused_to_newcomers("quote-not-there", 1);
    // The twin: what stands there is taken.
    let scene = Scene::new();
    scene.forge().honest("omar", Deed::Finding(objection(&scene.forged, &scene.open)));
    scene.offer();
    scene.accepted();
}

#[test]
fn threat_34_a_finding_by_who_may_not_object_is_refused() {
    let scene = Scene::new();
    place(&scene.forge(), "ci", Deed::Finding(objection(&scene.forged, &scene.open)));
    scene.offer();
    scene.refused("not-allowed", 1);
    scene.refused_to_newcomers("not-allowed", 1);
}

#[test]
fn threat_34_an_author_does_not_close_a_finding_on_their_change() {
    for (person, closing, rule) in
        [("tom", Closing::Justified, "not-in-role"), ("ruth", Closing::Withdrawn, "not-raiser")]
    {
        let scene = Scene::new();
        let finding = scene.forge().honest("omar", Deed::Finding(objection(&scene.forged, &scene.open)));
        place(&scene.forge(), person, answer(&finding, closing));
        scene.offer();
        scene.refused(rule, 1);
        scene.refused_to_newcomers(rule, 1);
    }
    // The twin: who raised it takes it back.
    let scene = Scene::new();
    let finding = scene.forge().honest("omar", Deed::Finding(objection(&scene.forged, &scene.open)));
    scene.forge().honest("omar", answer(&finding, Closing::Withdrawn));
    scene.offer();
    scene.accepted();
}

#[test]
fn an_objection_is_everybodys_at_once_and_one_that_comes_too_late_is_told() {
    let mut scene = Scene::new();
    let open = |quote: &'static str| ["--at", "prompts/reply.md:7", "--quote", quote, "-m", "it is rude"];
    let said = |proposal: &str, rest: [&str; 6]| {
        ["finding", "open", proposal].into_iter().chain(rest).map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |project: &mut Project, words: &[String]| {
        project.as_person("omar").json(words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let proposal = scene.open.clone();
    let raised = run(&mut scene.honest, &said(&proposal, open("Go away.")));
    assert_eq!(raised["shared"], true, "{raised:#}");
    scene.forged.run(["pull"]).exits(0);
    let listed = scene.forged.json(["findings", "production"]);
    assert_eq!(listed["findings"][0]["finding"], raised["finding"], "{listed:#}");
    let mut late = said(&proposal, open("away."));
    late.insert(0, "--offline".to_owned());
    assert_eq!(run(&mut scene.forged, &late)["shared"], false);
    scene.honest.as_person("tom").run(["withdraw", &proposal]).exits(0);
    let pulled = scene.forged.json(["pull"]);
    assert_eq!(pulled["dropped"][0]["rule"], "closed", "{pulled:#}");
    crate::threats::scene::sound(&scene.forged);
}
