//! Threat 14: evidence of something else, by somebody else, or of less than all.

use chancery::{
    ledger::{Announcement, Deed, Evidence, Outcome, Sample},
    name::Name,
    object::Digest,
};

use crate::{
    support::{
        Forge, Project,
        shop::{dossier, prompt},
    },
    threats::{
        attack::{id, promotion, refused, taken},
        crew::unmet,
        lab::{SUITE, announced, asked, attested, lab, measured, parrots, rules},
    },
};

/// A proposal that is measured and could go live.
fn ready() -> (Project, String) {
    let mut project = parrots();
    let proposal = asked(&mut project);
    measured(&mut project, "ci", &proposal, &[], 0);
    (project, proposal)
}

/// The gate says no with this code, to ruth and to whoever promotes with a patched program.
#[track_caller]
fn is_held(project: &mut Project, proposal: &str, code: &str) {
    let told = project.as_person("ruth").run(["--json", "promote", proposal]).exits(1).document();
    assert!(unmet(&told).contains(&code), "{told:#}");
    refused(project, "gate", "ruth", promotion(proposal, &dossier(project, proposal)));
}

#[test]
fn threat_14_evidence_is_of_one_bundle_one_model_and_one_suite() {
    let (played, first) = ready();
    let more = SUITE.replace("\"calm\"", "\"composed\"");
    for (path, text) in [
        ("prompts/reply.md", prompt(" kindly")),
        ("models/parrot.toml", "provider = \"echo\"\nid = \"cuckoo\"\n".to_owned()),
        ("evals/reply.toml", SUITE.replace("kettle?", "kettle, please?")),
        ("evals/manners.toml", more),
    ] {
        let mut project = played.copy();
        project.write(path, &text);
        project.as_person("tom").run(["commit", "-m", "something else"]).exits(0);
        let other = asked(&mut project);
        is_held(&mut project, &other, "not-evaluated");
        measured(&mut project, "ci", &other, &[], 0);
        project.as_person("ruth").run(["promote", &other]).exits(0);
    }
    let mut project = played;
    project.as_person("ruth").run(["promote", &first]).exits(0);
    taken(&project);
}

#[test]
fn threat_14_a_run_is_that_of_who_announced_it_and_of_the_prompt_it_names() {
    let (project, _) = ready();
    let (run, evidence) = (announced(&project), attested(&project));
    let forge = Forge::of(&project);
    forge.undo();
    refused(&project, "run-of-another", "eve", Deed::Evidence(evidence.clone()));
    let nothing = Evidence { announced: id(&"0".repeat(64)), ..evidence.clone() };
    refused(&project, "not-announced", "ci", Deed::Evidence(nothing));
    let elsewhere = Announcement { prompt: Name::parse("other").unwrap(), ..run.clone() };
    refused(&project, "wrong-prompt", "ci", Deed::Announce(elsewhere));
    let unknown = Announcement { version: chancery::object::VersionId(Digest::of(b"no suite")), ..run };
    refused(&project, "unknown-version", "ci", Deed::Announce(unknown));
    forge.honest("ci", Deed::Evidence(evidence.clone()));
    refused(
        &project,
        "already-attested",
        "ci",
        Deed::Evidence(Evidence { models: vec!["better".to_owned()], ..evidence }),
    );
    taken(&project);
}

#[test]
fn threat_14_who_may_evaluate_is_not_yet_who_is_trusted() {
    let mut project = parrots();
    let proposal = asked(&mut project);
    let told = project.as_person("tom").json(["eval", "--proposal", &proposal, "--attest"]);
    assert_eq!(told["code"], "not-allowed", "{told:#}");
    // Root may evaluate anything, and holds no role that this gate trusts.
    measured(&mut project, "maya", &proposal, &[], 0);
    is_held(&mut project, &proposal, "evaluator-not-trusted");
    measured(&mut project, "eve", &proposal, &[], 0);
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_14_a_run_of_no_case_or_not_of_all_announced_is_no_run() {
    let (project, _) = ready();
    let (run, evidence) = (announced(&project), attested(&project));
    let forge = Forge::of(&project);
    forge.undo();
    let samples = |change: &dyn Fn(&mut Vec<Sample>)| {
        let mut samples = evidence.samples.clone();
        change(&mut samples);
        Deed::Evidence(Evidence { samples, ..evidence.clone() })
    };
    for (rule, deed) in [
        ("incomplete-run", samples(&|samples| samples.clear())),
        ("incomplete-run", samples(&|samples| drop(samples.pop()))),
        ("incomplete-run", samples(&|samples| samples.reverse())),
        ("incomplete-run", samples(&|samples| samples[1] = samples[0].clone())),
        ("no-reply", samples(&|samples| samples[0].reply = None)),
        ("payload-missing", samples(&|samples| samples[0].reply = Some(Digest::of(b"a reply nobody gave")))),
    ] {
        refused(&project, rule, "ci", deed);
    }
    for nothing in [
        Announcement { cases: Vec::new(), ..run.clone() },
        Announcement { repeat: 0, ..run.clone() },
        Announcement { cases: run.cases.iter().rev().cloned().collect(), ..run.clone() },
    ] {
        refused(&project, "empty-run", "ci", Deed::Announce(nothing));
    }
    forge.honest("ci", Deed::Evidence(evidence));
    taken(&project);
}

#[test]
fn threat_14_a_lawful_run_of_some_cases_or_without_replies_does_not_fill_the_gate() {
    for (code, errored) in [("partial", false), ("errored", true)] {
        let (mut project, proposal) = ready();
        let (run, evidence) = (announced(&project), attested(&project));
        let forge = Forge::of(&project);
        forge.undo();
        forge.undo();
        let cases = if errored { run.cases.clone() } else { run.cases[..1].to_vec() };
        let mut samples = evidence.samples[..cases.len()].to_vec();
        if errored {
            (samples[0].reply, samples[0].outcome) = (None, Outcome::Errored);
            (samples[0].tokens_in, samples[0].tokens_out) = (None, None);
        }
        let run = forge.honest("ci", Deed::Announce(Announcement { cases, ..run }));
        forge.honest("ci", Deed::Evidence(Evidence { announced: id(&run), samples, ..evidence }));
        is_held(&mut project, &proposal, code);
        measured(&mut project, "ci", &proposal, &[], 0);
        project.as_person("ruth").run(["promote", &proposal]).exits(0);
        taken(&project);
    }
}

#[test]
fn threat_14_a_recording_that_was_edited_is_a_reply_that_nobody_vouches_for() {
    let recorded = |sources: &str| {
        let mut project = lab(&rules(sources, ""), "provider = \"replay\"\nid = \"m\"\n");
        let proposal = asked(&mut project);
        for message in ["You fools!", "Where is my kettle?"] {
            let (path, text) = recording(message);
            project.write(&path, text.replace("Go away", "Thank you"));
        }
        measured(&mut project, "ci", &proposal, &[], 0);
        (project, proposal)
    };
    let (mut project, proposal) = recorded("\"live\", \"signed\"");
    is_held(&mut project, &proposal, "source-not-accepted");
    // The twin: rules that take what nobody signed, and say so.
    let (mut project, proposal) = recorded("\"live\", \"unsigned\"");
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
    // A recording of another request is none of this one.
    let (path, _) = recording("You fools!");
    project.write(&path, recording("Where is my kettle?").1);
    let told = project.json(["eval", "reply"]);
    assert!(told.to_string().contains("named after request"), "{told:#}");
}

/// A rude reply to a message, as it was recorded: the file and its text.
fn recording(message: &str) -> (String, String) {
    use chancery::{
        eval::{Recording, Reply},
        render::{Message, Request, Speaker},
    };
    let request = Request {
        model: "m".to_owned(),
        messages: vec![Message::new(Speaker::User, format!("Thank you. {message}"))],
        tools: Vec::new(),
        params: serde_json::Map::new(),
    };
    let reply = Reply::text("Go away");
    let recording = Recording::new(request, 0, reply, None);
    (format!("evals/recordings/{}", recording.path()), recording.to_text())
}
