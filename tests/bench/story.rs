//! What happens in a large ledger: a few artifacts of many versions, and every so often one of them goes to
//! production with evidence and approval.

use std::{collections::BTreeMap, fmt::Write as _};

use chancery::{
    eval::{Reply, ReplySource},
    ledger::{
        Announcement, Approval, Commit, Deed, Evidence, HeadChange, LiveChange, Outcome, Promotion, Proposal, Reason,
        Sample,
    },
    name::{Artifact, Environment, Kind, Name},
    object::{BundleId, EventId, VersionId},
    state::{After, Case, Dossier, Target, basis, evidence_lines, plan},
    trust::Signer as _,
};

use crate::making::{Maker, PEOPLE, key};

/// How many prompts take turns.
const PROMPTS: usize = 20;
/// Commits between two promotions.
const COMMITS: usize = 7;
/// Golden cases of a prompt.
const CASES: [&str; 3] = ["first", "second", "third"];

/// The rules of every large ledger: development follows the heads, production asks for evidence and approval.
pub(crate) fn rules() -> String {
    let mut text = "[project]\nname = \"large\"\n".to_owned();
    for (person, roles, program) in PEOPLE {
        let public = key(person).key().clone();
        let program = if program { "program = true\n" } else { "" };
        let _ = write!(text, "\n[people.{person}]\nkeys = [\"{public}\"]\nroles = [{roles}]\n{program}");
    }
    text + r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.production.gate]
evidence = { evaluators = ["evaluator"], sources = ["live"] }
pass_rate = { at_least = 0.5 }
approvals = { role = "release", low = 1, medium = 1, high = 1 }
"#
}

/// Where the story stands.
pub(crate) struct Story {
    production: Environment,
    /// The newest commit of each artifact.
    heads: BTreeMap<Artifact, (VersionId, EventId)>,
    /// The version of each suite.
    round: usize,
    commits: usize,
}

impl Story {
    /// The project begins, everything is committed and goes to production.
    pub(crate) fn begin(maker: &Maker, rules: &str) -> Self {
        let governance = maker.put(&[rules.as_bytes()])[0];
        maker.act("ana", Deed::Init { governance });
        let production = Environment::parse("production").unwrap();
        let mut story = Self { production, heads: BTreeMap::new(), round: 0, commits: 0 };
        let mut all: BTreeMap<Artifact, String> = [(house(), policy(0)), (fast(), MODEL.to_owned())].into();
        for number in 0..PROMPTS {
            all.insert(prompt(number), body(number, 0));
            all.insert(suite(number), golden(number));
        }
        story.commit(maker, &all);
        let all: Vec<Artifact> = all.into_keys().collect();
        story.promote(maker, &all);
        story
    }

    /// Some commits, then a promotion; stops at `events`.
    pub(crate) fn go_on(&mut self, maker: &Maker, events: u64) {
        self.round += 1;
        for _ in 0..COMMITS {
            if maker.events() == events {
                return;
            }
            self.commits += 1;
            let number = self.commits % PROMPTS;
            self.commit(maker, &[(prompt(number), body(number, self.commits))].into());
        }
        if self.round.is_multiple_of(10) && maker.events() + 3 <= events {
            self.commit(maker, &[(house(), policy(self.round))].into());
            let proposal = self.propose(maker, &[house()]);
            let reason = Reason { proposal, message: "not yet".to_owned() };
            maker.act("ana", Deed::Withdraw(reason));
        }
        if maker.events() + 5 <= events {
            self.promote(maker, &[prompt(self.commits % PROMPTS)]);
        }
    }

    /// New versions in one event.
    fn commit(&mut self, maker: &Maker, files: &BTreeMap<Artifact, String>) {
        let texts: Vec<&[u8]> = files.values().map(String::as_bytes).collect();
        let versions = maker.put(&texts).into_iter().map(VersionId);
        let changes: Vec<HeadChange> = files
            .keys()
            .zip(versions)
            .map(|(artifact, version)| HeadChange {
                artifact: artifact.clone(),
                moved: self.heads.get(artifact).map(|(_, event)| *event),
                renamed_from: None,
                version: Some(version),
                listed: false,
                path: Some(path(artifact)),
                template: (artifact.kind == Kind::Prompt).then_some(true),
            })
            .collect();
        let message = format!("say it better, for the {}th time", self.commits);
        let commit = Commit { message, authors: Vec::new(), changes: changes.clone() };
        let event = maker.act("ana", Deed::Commit(commit));
        self.heads.extend(changes.into_iter().map(|change| (change.artifact, (change.version.unwrap(), event))));
    }

    /// Evidence, proposal, approval, promotion.
    fn promote(&self, maker: &Maker, artifacts: &[Artifact]) {
        for (prompt, bundle) in self.bundles(maker, artifacts) {
            self.evaluate(maker, &prompt, bundle);
        }
        let proposal = self.propose(maker, artifacts);
        let dossier = dossier(maker, proposal);
        let id = dossier.id();
        maker.put(&[dossier.encode().as_slice()]);
        let approval = Approval { proposal, dossier: id, message: "read and understood".to_owned() };
        maker.act("ruth", Deed::Approve(approval));
        maker.act("ruth", Deed::Promote(Promotion { proposal, dossier: id }));
    }

    /// The bundles that production would have.
    fn bundles(&self, maker: &Maker, artifacts: &[Artifact]) -> Vec<(Name, BundleId)> {
        maker.look(|state, _| {
            let touched = plan(state, &self.production, &self.targets(maker, artifacts)).unwrap().touched;
            touched
                .into_iter()
                .filter_map(|touched| match touched.after {
                    After::Whole(bundle) => Some((touched.prompt, bundle.id())),
                    After::Gone | After::Lacking(_) => None,
                })
                .collect()
        })
    }

    fn targets(&self, maker: &Maker, artifacts: &[Artifact]) -> Vec<Target> {
        let target = |artifact: &Artifact| {
            let number = maker.look(|state, _| state.head(artifact).unwrap().unwrap().number);
            Target { artifact: artifact.clone(), to: Some((self.heads[artifact].0, number)) }
        };
        artifacts.iter().map(target).collect()
    }

    /// A run of a prompt's suite, announced and attested.
    fn evaluate(&self, maker: &Maker, prompt: &Name, bundle: BundleId) {
        let suite = Artifact::new(Kind::Suite, prompt.clone());
        let mut cases: Vec<String> = CASES.iter().map(|case| (*case).to_owned()).collect();
        cases.sort();
        let announcement = Announcement {
            prompt: prompt.clone(),
            bundle,
            version: self.heads[&suite].0,
            suite: suite.name,
            repeat: 1,
            cases: cases.clone(),
        };
        let announced = maker.act("ci", Deed::Announce(announcement));
        let replies: Vec<Vec<u8>> =
            cases.iter().map(|case| Reply::text(format!("{case}, as {announced} asked")).to_bytes()).collect();
        let kept = maker.put(&replies.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let sample = |(case, reply)| Sample {
            case,
            sample: 0,
            reply: Some(reply),
            source: ReplySource::Live,
            outcome: Outcome::Passed,
            tokens_in: None,
            tokens_out: None,
            latency_ms: None,
            votes: Vec::new(),
        };
        let samples = cases.into_iter().zip(kept).map(sample).collect();
        maker.act("ci", Deed::Evidence(Evidence { announced, samples, models: vec!["echo".to_owned()] }));
    }

    fn propose(&self, maker: &Maker, artifacts: &[Artifact]) -> EventId {
        let targets = self.targets(maker, artifacts);
        let proposal = maker.look(|state, _| {
            let change = |target: &Target| {
                let live = state.live(&self.production, &target.artifact).unwrap();
                LiveChange {
                    artifact: target.artifact.clone(),
                    from: live.as_ref().map(|live| live.version),
                    to: target.to.map(|(version, _)| version),
                    moved: live.map(|live| live.event),
                }
            };
            Proposal {
                environment: self.production.as_str().to_owned(),
                message: "it reads better".to_owned(),
                only: true,
                changes: targets.iter().map(change).collect(),
                bundles: plan(state, &self.production, &targets).unwrap().changes(),
                governance: None,
                lifts: None,
            }
        });
        maker.act("ana", Deed::Propose(proposal))
    }
}

/// What an approver is shown.
fn dossier(maker: &Maker, proposal: EventId) -> Dossier {
    maker.look(|state, payload| {
        let record = state.proposal(proposal).unwrap().unwrap();
        let rules = state.project().unwrap().unwrap().governance;
        let governance = payload.governance(&rules).unwrap();
        let case = Case::new(state, &governance, rules, &record).unwrap();
        let (authors, evidence) = (case.authors(state).unwrap(), evidence_lines(state, &case).unwrap());
        Dossier::new(
            basis(state, &case).unwrap(),
            record.proposal.message.clone(),
            authors,
            evidence,
            Vec::new(),
            Vec::new(),
        )
    })
}

const MODEL: &str = "provider = \"echo\"\nid = \"echo\"\n";

fn named(kind: Kind, name: &str) -> Artifact {
    Artifact::new(kind, Name::parse(name).unwrap())
}

fn prompt(number: usize) -> Artifact {
    named(Kind::Prompt, &format!("desk/{number}"))
}

fn suite(number: usize) -> Artifact {
    named(Kind::Suite, &format!("desk/{number}"))
}

fn house() -> Artifact {
    named(Kind::Policy, "house")
}

fn fast() -> Artifact {
    named(Kind::Model, "fast")
}

fn path(artifact: &Artifact) -> String {
    let name = &artifact.name;
    match artifact.kind {
        Kind::Prompt => format!("prompts/{name}.md"),
        Kind::Suite => format!("evals/{name}.toml"),
        Kind::Model => format!("models/{name}.toml"),
        _ => format!("policies/{name}.md"),
    }
}

fn policy(round: usize) -> String {
    format!("Be kind, be brief, and never promise more than {round} things.\n")
}

/// A prompt of the usual length, in one line of which each version differs.
fn body(number: usize, version: usize) -> String {
    let mut text = "+++\nmodel = \"fast\"\npolicies = [\"house\"]\n+++\n{{ role(\"system\") }}\n".to_owned();
    let _ = writeln!(text, "You answer for desk {number}. {{{{ policy(\"house\") }}}}");
    for line in 0..12 {
        let _ = writeln!(text, "Rule {line} of desk {number}: read the whole question before you answer any of it.");
    }
    let _ = writeln!(text, "The word of the day is {version}.\n{{{{ role(\"user\") }}}}\nWhat is it?");
    text
}

fn golden(number: usize) -> String {
    let mut text = format!("prompt = \"desk/{number}\"\n");
    for case in CASES {
        let _ = write!(text, "\n[[case]]\nid = \"{case}\"\nexpect = [{{ contains = \"it\" }}]\n");
    }
    text
}
