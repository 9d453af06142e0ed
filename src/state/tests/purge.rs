//! What may be purged, and that the ledger is decided alike without the bytes.

use proptest::prelude::*;

use crate::{
    ledger::{Answer, Closing, Deed, Finding, History as _, Purge, View},
    name::Kind,
    object::{Digest, EventId, Store as _, Upkeep as _},
    state::{KnownPayload, Payload, Refusal, State, StateError, apply, said},
};

use super::project::{Project, artifact, prompt, refusal, rules, suite, version};

/// A purge of these digests as it should be.
fn purge(project: &Project, payload: &[Digest]) -> Purge {
    let mut payload = payload.to_vec();
    payload.sort();
    let known = KnownPayload::read(&State::new(project.view().as_ref()), &payload).unwrap();
    Purge { payload, said: said(&known), reason: "it held a password".to_owned() }
}

fn purges(project: &Project, payload: &[Digest]) -> Deed {
    Deed::Purge(purge(project, payload))
}

/// Two versions of a prompt, of which the first is neither head nor live anywhere.
fn two_versions() -> (Project, Digest) {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "secret")]);
    project.commits("tom", &[("prompt/a", "plain")]);
    (project, version("secret").0)
}

/// Decides the whole ledger again from the bytes that are left; answers with the first refusal and its place.
fn again(project: &Project, newest: &dyn View) -> Result<bool, (u64, &'static str)> {
    let payload = Payload::new(&project.store).recalling(newest);
    for seq in 1..=project.seq() {
        let (event, _) = project.journal.read(seq).unwrap();
        let before = project.journal.state(seq - 1).unwrap();
        let changes = match apply(before.as_ref(), &event, &payload) {
            Ok(changes) => changes,
            Err(StateError::Refused(Refusal { rule, .. })) => return Err((seq, rule)),
            Err(other) => panic!("{other}"),
        };
        if !project.journal.follows(seq, &changes).unwrap() {
            return Err((seq, "state-differs"));
        }
    }
    Ok(payload.has_recalled())
}

fn discard(project: &Project, ids: &[Digest]) {
    project.store.discard(&ids.iter().copied().collect()).unwrap();
}

#[test]
fn only_who_may_purge_purges() {
    let (project, secret) = two_versions();
    for person in ["tom", "ruth", "ci", "nina"] {
        assert_eq!(project.no(person, purges(&project, &[secret])), "not-allowed", "{person}");
    }
    project.ok("maya", purges(&project, &[secret]));
    let record = State::new(project.view().as_ref()).purged(&secret).unwrap().unwrap();
    assert_eq!((record.person.as_str(), record.reason.as_str()), ("maya", "it held a password"));
}

#[test]
fn a_purge_lists_what_it_takes_once_with_a_reason_and_says_what_was_known_of_it() {
    let (project, secret) = two_versions();
    let good = purge(&project, &[secret]);
    let with = |payload: Vec<Digest>| Deed::Purge(Purge { payload, ..good.clone() });
    assert_eq!(project.no("maya", with(Vec::new())), "bad-order");
    assert_eq!(project.no("maya", with(vec![secret, secret])), "bad-order");
    assert_eq!(project.no("maya", with(vec![Digest::of(b"stranger")])), "unknown-payload");
    assert_eq!(project.no("maya", Deed::Purge(Purge { reason: " ".to_owned(), ..good.clone() })), "no-reason");
    let other = Purge { said: Digest::of(b"else"), ..good };
    assert_eq!(project.no("maya", Deed::Purge(other)), "stale-purge");
}

#[test]
fn what_is_still_needed_stays() {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "one"), ("prompt/c", "three")]);
    let one = version("one").0;
    assert_eq!(project.no("maya", purges(&project, &[one])), "still-head");
    project.brings("staging", &["prompt/a"]);
    project.commits("tom", &[("prompt/a", "two")]);
    assert_eq!(project.no("maya", purges(&project, &[one])), "still-live");
    let away = project.ok("tom", Deed::Propose(project.heads("staging", &["prompt/a"])));
    let promoted = project.promotion(away);
    project.ok("ruth", promoted);
    let back = project.ok("tom", Deed::Propose(project.proposal("staging", &[("prompt/a", Some(version("one")))])));
    assert_eq!(project.no("maya", purges(&project, &[one])), "in-open-proposal");
    project.ok("tom", Deed::Withdraw(Project::reason(back)));
    project.ok("maya", purges(&project, &[one]));
    assert_eq!(project.no("maya", purges(&project, &[one])), "purged");
}

#[test]
fn rules_are_never_purged_even_as_a_version() {
    let project = Project::new();
    let first = State::new(project.view().as_ref()).project().unwrap().unwrap().governance;
    assert_eq!(project.no("maya", purges(&project, &[first])), "unknown-payload");
    project.commits("tom", &[("prompt/a", &rules(super::project::RULES_TEXT))]);
    project.commits("tom", &[("prompt/a", "else")]);
    assert_eq!(project.no("maya", purges(&project, &[first])), "rules-stay");
}

#[test]
fn what_was_purged_is_no_version_no_reply_and_no_target_any_more() {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "one")]);
    let first = project.brings("staging", &["prompt/a"]);
    project.commits("tom", &[("prompt/a", "two")]);
    let second = project.brings("staging", &["prompt/a"]);
    project.ok("maya", purges(&project, &[version("one").0]));
    let again = Project::commit(vec![project.change("prompt/a", "one")]);
    assert_eq!(project.no("tom", again), "purged", "not even where the bytes are here");
    let to = [("prompt/a", Some(version("one")))];
    assert_eq!(project.no("tom", Deed::Propose(project.proposal("staging", &to))), "purged");
    assert_eq!(project.no("ruth", Deed::Rollback(project.back("staging", first, &to))), "purged");
    assert_ne!(first, second);
}

/// Omar objects to the secret in the prompt, and takes it back.
fn objected(project: &Project, proposal: EventId, text: &str) -> EventId {
    let line = 1 + text.lines().position(|line| line == "secret").unwrap() as u64;
    let finding = project.ok(
        "omar",
        Deed::Finding(Finding {
            proposal,
            artifact: Some(artifact("prompt/a")),
            version: version(text).0,
            path: "prompts/a.md".to_owned(),
            line,
            quote: "secr".to_owned(),
            message: "it is secret".to_owned(),
        }),
    );
    let (closing, message) = (Closing::Withdrawn, "it was not".to_owned());
    project.ok("omar", Deed::Answer(Answer { finding, closing, version: None, message }))
}

#[test]
fn that_a_finding_quotes_what_was_purged_is_vouched_for_and_nothing_else_is_believed() {
    let (project, payload) = rich();
    project.ok("maya", purges(&project, &payload));
    let known = KnownPayload::read(&State::new(project.view().as_ref()), &payload).unwrap();
    assert_eq!(known.findings.len(), 1);
    let silent = KnownPayload { findings: Vec::new(), ..known.clone() };
    assert_ne!(said(&known), said(&silent), "a purge says which findings quote what it takes");
    discard(&project, &payload);
    assert_eq!(again(&project, project.view().as_ref()), Ok(true));
}

/// Everything that deciding reads from payload: a prompt that uses things, a suite, evidence, an approval.
fn rich() -> (Project, Vec<Digest>) {
    let project = Project::new();
    let text = prompt(&["policy/p"], "secret");
    let tests = suite("a", &["x", "y"]);
    project.commits("tom", &[("prompt/a", &text), ("policy/p", "be kind"), ("suite/a", &tests)]);
    project.brings("staging", &["prompt/a", "policy/p", "suite/a"]);
    let bundle = project.bundle("staging", "a").unwrap();
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a", "policy/p", "suite/a"])));
    project.run("a", bundle, "a", &[]);
    for person in ["ruth", "omar"] {
        let approval = project.approval(proposal);
        project.ok(person, approval);
    }
    objected(&project, proposal, &text);
    let promotion = project.promotion(proposal);
    project.ok("ruth", promotion);
    let better = prompt(&["policy/p"], "plain");
    let other = suite("a", &["x", "z"]);
    project.commits("tom", &[("prompt/a", &better), ("suite/a", &other)]);
    for environment in ["staging", "production"] {
        let names = ["prompt/a", "suite/a"];
        let next = project.ok("tom", Deed::Propose(project.heads(environment, &names)));
        if environment == "production" {
            let bundle = project.bundle("staging", "a").unwrap();
            project.run("a", bundle, "a", &[]);
            let live = project.bundle("production", "a").unwrap();
            project.run("a", live, "a", &[]);
            for person in ["ruth", "omar"] {
                let approval = project.approval(next);
                project.ok(person, approval);
            }
        }
        let promotion = project.promotion(next);
        project.ok("ruth", promotion);
    }
    let view = project.view();
    let state = State::new(view.as_ref());
    let mut payload = vec![version(&text).0, version(&tests).0];
    payload.extend(state.dossiers().unwrap().iter().map(|record| record.dossier.0));
    let replies = state.all_runs().unwrap().into_iter().flat_map(|runs| runs.runs).flat_map(|run| run.samples);
    payload.extend(replies.filter_map(|sample| sample.reply));
    payload.sort();
    payload.dedup();
    drop(view);
    (project, payload)
}

#[test]
fn a_ledger_is_decided_alike_without_the_bytes_that_were_purged() {
    let (project, payload) = rich();
    assert!(payload.len() > 6);
    project.ok("maya", purges(&project, &payload));
    assert_eq!(again(&project, project.view().as_ref()), Ok(false), "with the bytes");
    discard(&project, &payload);
    assert_eq!(again(&project, project.view().as_ref()), Ok(true), "without them");
    let _: EventId = project.commits("tom", &[("prompt/b", "goes on")]);
    assert_eq!(again(&project, project.view().as_ref()), Ok(true));
}

#[test]
fn each_blob_of_it_alone_may_be_gone() {
    let (project, payload) = rich();
    project.ok("maya", purges(&project, &payload));
    for id in payload {
        let bytes = project.store.get(&id).unwrap().unwrap();
        discard(&project, &[id]);
        assert_eq!(again(&project, project.view().as_ref()), Ok(true), "{id}");
        project.store.put(&[&bytes]).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_part_is_purged_and_whatever_part_of_that_is_gone_the_ledger_is_decided_alike(
        purged in any::<u32>(), gone in any::<u32>(),
    ) {
        let (project, payload) = rich();
        let chosen = |mask: u32, all: &[Digest]| -> Vec<Digest> {
            all.iter().enumerate().filter(|(at, _)| mask >> (at % 32) & 1 == 1).map(|(_, id)| *id).collect()
        };
        let purged = chosen(purged, &payload);
        prop_assume!(!purged.is_empty());
        project.ok("maya", purges(&project, &purged));
        discard(&project, &chosen(gone, &purged));
        prop_assert_eq!(again(&project, project.view().as_ref()).map(drop), Ok(()));
        let unpurged: Vec<Digest> = payload.iter().filter(|id| !purged.contains(id)).copied().collect();
        if let Some(lost) = unpurged.first() {
            discard(&project, &[*lost]);
            prop_assert_eq!(again(&project, project.view().as_ref()).map_err(|(_, rule)| rule), Err("payload-missing"));
        }
    }
}

#[test]
fn bytes_that_are_missing_and_were_not_purged_are_missing() {
    let (project, secret) = two_versions();
    discard(&project, &[secret]);
    assert_eq!(again(&project, project.view().as_ref()), Err((2, "payload-missing")));
    let (project, payload) = rich();
    project.ok("maya", purges(&project, &payload[1..]));
    discard(&project, &payload);
    let refused = again(&project, project.view().as_ref()).unwrap_err();
    assert_eq!(refused.1, "payload-missing");
}

#[test]
fn what_is_believed_of_purged_bytes_is_what_the_purge_vouched_for() {
    // The same ledger twice, but for what the suite's bytes say; the acts of the first are then told of the second.
    let story = |tests: &str| {
        let project = Project::new();
        project.commits("tom", &[("prompt/a", "text"), ("suite/a", tests)]);
        project.commits("tom", &[("suite/a", &suite("a", &["last"]))]);
        project
    };
    let honest = suite("a", &["x", "y"]);
    let project = story(&honest);
    let vouched = purge(&project, &[version(&honest).0]).said;
    let loosened = suite("a", &["x"]);
    let forged = story(&loosened);
    let event = purge(&forged, &[version(&loosened).0]);
    let stolen = Purge { said: vouched, ..event };
    assert_eq!(forged.no("maya", Deed::Purge(stolen)), "stale-purge");
    assert_eq!(artifact("suite/a").kind, Kind::Suite);
}

#[test]
fn nothing_is_recalled_for_an_event_that_comes_after_the_purge() {
    let (project, secret) = two_versions();
    project.ok("maya", purges(&project, &[secret]));
    discard(&project, &[secret]);
    let deed = Project::commit(vec![project.change("prompt/b", "x")]);
    let Deed::Commit(mut commit) = deed else { panic!("it is a commit") };
    commit.changes[0].version = Some(version("secret"));
    let act = crate::ledger::SignedAct::sign(project.act("tom", Deed::Commit(commit)), &super::project::key("tom"));
    let event = project.event(act.unwrap(), "tom");
    let view = project.view();
    let payload = Payload::new(&project.store).recalling(view.as_ref());
    let decided = refusal(apply(view.as_ref(), &event, &payload));
    assert_eq!(decided.unwrap_err().rule, "purged");
}

/// A policy of two files under this name, as its listing and both digests.
fn folder(project: &Project, main: &str, beside: &str) -> (String, [Digest; 2]) {
    let digests = [project.keep(main), project.keep(beside)];
    let lines = [format!("{}  p.md\n", digests[0]), format!("{}  words.json\n", digests[1])];
    (lines.concat(), digests)
}

fn commit_folder(project: &Project, main: &str, beside: &str) -> Deed {
    let (listing, _) = folder(project, main, beside);
    let mut change = project.change("policy/p", &listing);
    change.listed = true;
    change.path = Some("policies/p/p.md".to_owned());
    Project::commit(vec![change])
}

#[test]
fn the_files_of_a_folder_are_payload_of_their_own() {
    let project = Project::new();
    project.ok("tom", commit_folder(&project, "be kind", "{}"));
    project.ok("tom", commit_folder(&project, "be brief", "{}"));
    let (listing, [main, beside]) = folder(&project, "be kind", "{}");
    assert_eq!(project.no("maya", purges(&project, &[beside])), "still-head", "both versions have it");
    project.ok("maya", purges(&project, &[main]));
    discard(&project, &[main]);
    assert_eq!(again(&project, project.view().as_ref()), Ok(true), "the listing is here, a file is not");
    project.ok("maya", purges(&project, &[version(&listing).0]));
    discard(&project, &[version(&listing).0]);
    assert_eq!(again(&project, project.view().as_ref()), Ok(true));
    let back = commit_folder(&project, "be kind", "[]");
    assert_eq!(project.no("tom", back.clone()), "purged", "in another listing too");
    discard(&project, &[main]);
    assert_eq!(project.no("tom", back), "purged", "nor is anything remembered for it");
}
