//! `impact` and `env`: what a change touches, and what is live.

use crate::support::shop::{proposed, shop};

#[test]
fn a_change_of_a_model_touches_every_bundle_that_names_it() {
    let mut project = shop();
    proposed(&mut project);
    let document = project.json(["impact", "parrot"]);
    let bundles = document["bundles"].as_array().expect("a list");
    let places: Vec<_> = bundles.iter().map(|bundle| bundle["environment"].clone()).collect();
    assert_eq!(places, ["dev", "staging", "heads"], "{document:#}");
}

#[test]
fn a_revision_that_is_not_there_touches_nothing_because_it_is_nothing() {
    let project = shop();
    assert_eq!(project.json(["impact", "reply@v9"])["code"], "unknown-version");
    assert_eq!(project.json(["impact", "reply@nowhere"])["code"], "unknown-environment");
}

#[test]
fn what_was_live_is_told_for_any_time_since_the_beginning() {
    let mut project = shop();
    project.at("2026-11-20T12:00:00Z");
    proposed(&mut project);
    let live = |at: &str| project.json(["env", "staging", "--at", at])["environments"][0]["artifacts"].clone();
    assert_eq!(live("2026-11-20T11:00:00Z"), serde_json::json!([]));
    assert_eq!(live("2026-11-20T13:00:00Z").as_array().expect("a list").len(), 3);
    assert_eq!(project.json(["env", "--at", "2026-11-19"])["code"], "before-the-beginning");
}
