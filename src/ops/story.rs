//! Acts in a row, for testing operations that look back: commits, runs and promotions without their own verbs.

use super::{Recorded, World, record::record, standing::Standing};
use crate::{
    eval::ReplySource,
    ledger::{
        Announcement, Approval, Commit, Deed, Evidence, HeadChange, LiveChange, Outcome, Promotion, Proposal, Sample,
    },
    name::{Artifact, Environment, Kind, Name},
    object::{DossierId, EventId, VersionId},
    state::{Case, Dossier, Target, basis, evidence_lines, plan},
};

/// Everything open but production, which wants one approval.
pub(super) const RULES: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
gate = "open"

[environments.production]

[environments.production.gate]
approvals = { role = "release", low = 1, medium = 1, high = 1 }
"#;

/// `prompt/x` and the like.
pub(super) fn artifact(text: &str) -> Artifact {
    let (kind, name) = text.split_once('/').unwrap();
    Artifact::new(kind.parse().unwrap(), Name::parse(name).unwrap())
}

/// Commits files, each as an artifact's word and its text.
pub(super) fn commit(world: &World, files: &[(&str, &str)]) -> Recorded {
    let standing = Standing::read(world).unwrap();
    let mut changes: Vec<HeadChange> = files
        .iter()
        .map(|(word, text)| {
            let artifact = artifact(word);
            let version = VersionId(world.store.put(&[text.as_bytes()]).unwrap().remove(0));
            let end = match artifact.kind {
                Kind::Prompt => "prompts/NAME.md",
                Kind::Tool => "tools/NAME.json",
                Kind::Policy => "policies/NAME.md",
                Kind::Model => "models/NAME.toml",
                Kind::Suite => "evals/NAME.toml",
                Kind::Charter => "charters/NAME.toml",
            };
            HeadChange {
                moved: standing.state().head(&artifact).unwrap().map(|head| head.event),
                renamed_from: None,
                version: Some(version),
                listed: false,
                path: Some(end.replace("NAME", artifact.name.as_str())),
                template: (artifact.kind == Kind::Prompt).then_some(true),
                artifact,
            }
        })
        .collect();
    changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
    record(world, Deed::Commit(Commit { message: "because".to_owned(), authors: Vec::new(), changes })).unwrap()
}

/// Proposes the heads of these artifacts.
pub(super) fn propose(world: &World, environment: &str, words: &[&str]) -> EventId {
    let standing = Standing::read(world).unwrap();
    let state = standing.state();
    let place = Environment::parse(environment).unwrap();
    let mut artifacts: Vec<Artifact> = words.iter().map(|word| artifact(word)).collect();
    artifacts.sort();
    let (mut changes, mut targets) = (Vec::new(), Vec::new());
    for artifact in artifacts {
        let head = state.head(&artifact).unwrap().unwrap();
        let live = state.live(&place, &artifact).unwrap();
        let to = head.version;
        targets.push(Target { artifact: artifact.clone(), to: to.map(|to| (to, head.number)) });
        changes.push(LiveChange {
            artifact,
            from: live.as_ref().map(|live| live.version),
            to,
            moved: live.map(|live| live.event),
        });
    }
    let bundles = plan(&state, &place, &targets).unwrap().changes();
    let proposal = Proposal {
        environment: environment.to_owned(),
        message: "it is time".to_owned(),
        only: true,
        changes,
        bundles,
        governance: None,
        lifts: None,
    };
    record(world, Deed::Propose(proposal)).unwrap().event
}

/// The dossier of a proposal as things stand, kept.
fn dossier(world: &World, proposal: EventId) -> DossierId {
    let standing = Standing::read(world).unwrap();
    let state = standing.state();
    let record = state.proposal(proposal).unwrap().unwrap();
    let case = Case::new(&state, &standing.governance, standing.project.governance, &record).unwrap();
    let dossier = Dossier::new(
        basis(&state, &case).unwrap(),
        record.proposal.message.clone(),
        case.authors(&state).unwrap(),
        evidence_lines(&state, &case).unwrap(),
        Vec::new(),
        Vec::new(),
    );
    world.store.put(&[&dossier.encode()]).unwrap();
    dossier.id()
}

/// Approves a proposal.
pub(super) fn approve(world: &World, proposal: EventId) -> Recorded {
    let approval = Approval { proposal, dossier: dossier(world, proposal), message: String::new() };
    record(world, Deed::Approve(approval)).unwrap()
}

/// Carries out a proposal.
pub(super) fn promote(world: &World, proposal: EventId) -> Recorded {
    record(world, Deed::Promote(Promotion { proposal, dossier: dossier(world, proposal) })).unwrap()
}

/// Attests a run of a suite's one case `a` against the bundle a prompt has in an environment.
pub(super) fn attest(world: &World, environment: &str, prompt: &str, suite: &str) -> Recorded {
    let standing = Standing::read(world).unwrap();
    let prompt = Name::parse(prompt).unwrap();
    let record_of = standing.state().bundle(&Environment::parse(environment).unwrap(), &prompt).unwrap().unwrap();
    let tested = artifact(suite);
    let run = Announcement {
        prompt,
        bundle: record_of.bundle.unwrap(),
        version: standing.state().head(&tested).unwrap().unwrap().version.unwrap(),
        suite: tested.name,
        repeat: 1,
        cases: vec!["a".to_owned()],
    };
    let announced = record(world, Deed::Announce(run)).unwrap().event;
    let reply = world.store.put(&[b"{}"]).unwrap().remove(0);
    let sample = Sample {
        case: "a".to_owned(),
        sample: 0,
        reply: Some(reply),
        source: ReplySource::Unsigned,
        outcome: Outcome::Passed,
        tokens_in: None,
        tokens_out: None,
        latency_ms: None,
        votes: Vec::new(),
    };
    record(world, Deed::Evidence(Evidence { announced, samples: vec![sample], models: Vec::new() })).unwrap()
}
