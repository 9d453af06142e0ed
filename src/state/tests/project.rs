//! A project in memory: people with fixed keys, a clock that is put, and acts in few words.

use std::{cell::Cell, fmt::Write as _, rc::Rc};

use crate::{
    adapters::{
        keys::ThrowawayKey,
        memory::{MemoryJournal, MemoryStore},
    },
    clock::Time,
    eval::ReplySource,
    governance::Governance,
    ledger::{
        Act, Announcement, Approval, BundleChange, Changes, Commit, Deed, Event, EventRecord, Evidence, HeadChange,
        Journal, LiveChange, Move, Nonce, Outcome, Promotion, Proposal, RULES, Reason, Review, Rollback, Sample,
        SignedAct, View,
    },
    name::{Artifact, Environment, Handle, Name},
    object::{BundleId, Digest, DossierId, EventId, Store, VersionId},
    state::{
        Case, Dossier, Payload, ProposalRecord, Refusal, State, StateError, Target, apply, basis, evidence_lines, plan,
    },
    trust::{Namespace, Signer},
};

/// People, what they are, and whether they are programs.
const PEOPLE: [(&str, &str, bool); 7] = [
    ("maya", "\"root\", \"author\"", false),
    ("tom", "\"author\"", false),
    ("ruth", "\"release\", \"reviewer\"", false),
    ("omar", "\"release\", \"reviewer\"", false),
    ("ci", "\"evaluator\", \"release\"", true),
    ("bot", "\"author\"", true),
    ("nina", "", false),
];

/// Three environments; production asks for evidence, no flips and approvals.
pub(super) const RULES_TEXT: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
after = "dev"
gate = "open"

[environments.production]
after = "staging"

[environments.production.gate]
evidence = { evaluators = ["evaluator"] }
pass_rate = { at_least = 0.5 }
regression = "no-flips"
approvals = { role = "release", low = 1, high = 2 }
"#;

/// One project, its ledger and its payload.
pub(super) struct Project {
    pub(super) store: MemoryStore,
    pub(super) journal: MemoryJournal,
    now: Cell<i64>,
    nonce: Cell<u64>,
}

/// Short for what tests say all the time.
pub(super) fn artifact(text: &str) -> Artifact {
    let (kind, name) = text.split_once('/').unwrap();
    Artifact::new(kind.parse().unwrap(), Name::parse(name).unwrap())
}

pub(super) fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

pub(super) fn env(text: &str) -> Environment {
    Environment::parse(text).unwrap()
}

pub(super) fn version(text: &str) -> VersionId {
    VersionId(Digest::of(text.as_bytes()))
}

pub(super) fn key(person: &str) -> ThrowawayKey {
    let mut seed = [0; 32];
    for (at, byte) in seed.iter_mut().zip(person.bytes().cycle()) {
        *at = byte;
    }
    ThrowawayKey::from_seed(&seed).unwrap()
}

/// `chancery.toml` with everybody in it and these environments.
pub(super) fn rules(environments: &str) -> String {
    let mut text = "[project]\nname = \"shop\"\n".to_owned();
    for (person, roles, program) in PEOPLE {
        let key = key(person);
        let _ = write!(text, "\n[people.{person}]\nkeys = [\"{}\"]\nroles = [{roles}]\n", key.key());
        if program {
            text.push_str("program = true\n");
        }
    }
    text + environments
}

/// A prompt that uses these tools, policies and fragments.
pub(super) fn prompt(uses: &[&str], body: &str) -> String {
    let of = |kind: &str| -> Vec<String> {
        let names = uses.iter().filter_map(|used| used.strip_prefix(kind)?.strip_prefix('/'));
        names.map(|name| format!("\"{name}\"")).collect()
    };
    let mut text = String::from("+++\n");
    for (key, kind) in [("tools", "tool"), ("policies", "policy")] {
        let names = of(kind);
        if !names.is_empty() {
            let _ = writeln!(text, "{key} = [{}]", names.join(", "));
        }
    }
    text.push_str("+++\n");
    for fragment in of("prompt") {
        let _ = writeln!(text, "{{% include {fragment} %}}");
    }
    text + body + "\n"
}

/// A suite of a prompt with these cases.
pub(super) fn suite(of: &str, cases: &[&str]) -> String {
    let mut text = format!("prompt = \"{of}\"\n");
    for case in cases {
        let _ = write!(text, "\n[[case]]\nid = \"{case}\"\nexpect = [{{ contains = \"{case}\" }}]\n");
    }
    text
}

/// Where a file of this name stands.
pub(super) fn path_of(artifact: &Artifact) -> String {
    let (folder, end) = match artifact.kind.word() {
        "prompt" => ("prompts", "md"),
        "policy" => ("policies", "md"),
        "tool" => ("tools", "json"),
        "suite" => ("evals", "toml"),
        _ => ("models", "toml"),
    };
    format!("{folder}/{}.{end}", artifact.name)
}

impl Project {
    /// A project that maya has begun under [`RULES_TEXT`].
    pub(super) fn new() -> Self {
        Self::under(RULES_TEXT)
    }

    pub(super) fn under(environments: &str) -> Self {
        let project = Self::empty();
        let governance = project.keep(&rules(environments));
        project.ok("maya", Deed::Init { governance });
        project
    }

    /// Nothing has happened yet.
    pub(super) fn empty() -> Self {
        let start = Time::parse("2026-11-20T08:00:00Z").unwrap().unix();
        Self { store: MemoryStore::new(), journal: MemoryJournal::new(), now: Cell::new(start), nonce: Cell::new(0) }
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.now.set(self.now.get() + seconds);
    }

    pub(super) fn keep(&self, text: &str) -> Digest {
        self.store.put(&[text.as_bytes()]).unwrap().remove(0)
    }

    pub(super) fn seq(&self) -> u64 {
        self.journal.tip().unwrap().map_or(0, |tip| tip.seq)
    }

    pub(super) fn view(&self) -> Box<dyn View + '_> {
        self.journal.state(self.seq()).unwrap()
    }

    /// The person's act, signed, as they would state it now.
    pub(super) fn act(&self, person: &str, deed: Deed) -> Act {
        self.nonce.set(self.nonce.get() + 1);
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.nonce.get().to_be_bytes());
        let project = match &deed {
            Deed::Init { governance } => *governance,
            _ => State::new(self.view().as_ref()).project().unwrap().map_or(Digest::of(b""), |known| known.project),
        };
        Act {
            format: SignedAct::format(),
            project,
            person: handle(person),
            nonce: Nonce::new(nonce),
            time: Time::from_unix(self.now.get()).unwrap(),
            seen: self.journal.tip().unwrap().map(|tip| tip.event),
            deed,
        }
    }

    /// The act at the end of the ledger, recorded by this person.
    pub(super) fn event(&self, act: SignedAct, recorder: &str) -> Event {
        let tip = self.journal.tip().unwrap();
        let record = EventRecord {
            format: 1,
            seq: tip.as_ref().map_or(1, |tip| tip.seq + 1),
            time: Time::from_unix(self.now.get()).unwrap(),
            act: act.id(),
            signature: Digest::of(act.signature().as_str().as_bytes()),
            previous: tip.map(|tip| tip.record),
            recorder: handle(recorder),
            rules: RULES,
        };
        Event { record, act }
    }

    pub(super) fn decide(&self, event: &Event) -> Result<Changes, Refusal> {
        refusal(apply(self.view().as_ref(), event, &Payload::new(&self.store)))
    }

    /// Places a signed act as the person who signed it would.
    pub(super) fn place(&self, act: SignedAct, recorder: &str) -> Result<EventId, Refusal> {
        let event = self.event(act, recorder);
        let changes = self.decide(&event)?;
        let tip = self.journal.tip().unwrap();
        let seal = |bytes: &[u8]| key(recorder).sign(Namespace::Git, bytes);
        self.journal.append(tip.as_ref(), &event, &changes, &seal).unwrap();
        Ok(event.id())
    }

    pub(super) fn attempt(&self, person: &str, deed: Deed) -> Result<EventId, Refusal> {
        self.place(SignedAct::sign(self.act(person, deed), &key(person)).unwrap(), person)
    }

    /// It is allowed.
    #[track_caller]
    pub(super) fn ok(&self, person: &str, deed: Deed) -> EventId {
        self.attempt(person, deed).unwrap_or_else(|refusal| panic!("{}: {refusal}", refusal.rule))
    }

    /// It is refused; answers with the rule.
    #[track_caller]
    pub(super) fn no(&self, person: &str, deed: Deed) -> &'static str {
        self.attempt(person, deed).map_or_else(|refusal| refusal.rule, |event| panic!("{event} is allowed"))
    }
}

/// The refusal in it; anything else wrong stops the test.
pub(super) fn refusal<T>(result: Result<T, StateError>) -> Result<T, Refusal> {
    result.map_err(|error| match error {
        StateError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

/// Deeds as somebody who looks at the state would state them.
impl Project {
    /// A new version of one artifact.
    pub(super) fn change(&self, name: &str, text: &str) -> HeadChange {
        let artifact = artifact(name);
        let moved = State::new(self.view().as_ref()).head(&artifact).unwrap().map(|head| head.event);
        HeadChange {
            moved,
            renamed_from: None,
            version: Some(VersionId(self.keep(text))),
            listed: false,
            path: Some(path_of(&artifact)),
            template: None,
            artifact,
        }
    }

    pub(super) fn removal(&self, name: &str) -> HeadChange {
        HeadChange { version: None, path: None, ..self.change(name, "") }
    }

    pub(super) fn rename(&self, from: &str, to: &str, text: &str) -> HeadChange {
        let moved = self.change(from, "").moved;
        HeadChange { moved, renamed_from: Some(artifact(from)), ..self.change(to, text) }
    }

    pub(super) fn commit(mut changes: Vec<HeadChange>) -> Deed {
        changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        Deed::Commit(Commit { message: "because".to_owned(), authors: Vec::new(), changes })
    }

    /// The person commits these texts.
    #[track_caller]
    pub(super) fn commits(&self, person: &str, files: &[(&str, &str)]) -> EventId {
        let changes = files.iter().map(|(name, text)| self.change(name, text)).collect();
        self.ok(person, Self::commit(changes))
    }

    fn moves(state: &State<'_>, environment: &str, to: &[(&str, Option<VersionId>)]) -> Vec<LiveChange> {
        let mut changes: Vec<LiveChange> = to
            .iter()
            .map(|(name, to)| {
                let artifact = artifact(name);
                let live = state.live(&env(environment), &artifact).unwrap();
                let (from, moved) = (live.as_ref().map(|live| live.version), live.map(|live| live.event));
                LiveChange { artifact, from, to: *to, moved }
            })
            .collect();
        changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        changes
    }

    fn bundles(state: &State<'_>, environment: &str, changes: &[LiveChange]) -> Vec<BundleChange> {
        let target = |change: &LiveChange| {
            let number = |version| state.version(&change.artifact, version).unwrap().map_or(0, |known| known.number);
            Target { artifact: change.artifact.clone(), to: change.to.map(|version| (version, number(version))) }
        };
        let targets: Vec<Target> = changes.iter().map(target).collect();
        plan(state, &env(environment), &targets).map(|plan| plan.changes()).unwrap_or_default()
    }

    /// A proposal as it should be.
    pub(super) fn proposal(&self, environment: &str, to: &[(&str, Option<VersionId>)]) -> Proposal {
        let view = self.view();
        let state = State::new(view.as_ref());
        let changes = Self::moves(&state, environment, to);
        let bundles = Self::bundles(&state, environment, &changes);
        let environment = environment.to_owned();
        Proposal { environment, message: "please".to_owned(), only: false, changes, bundles, governance: None }
    }

    /// A proposal to bring the heads of these artifacts.
    pub(super) fn heads(&self, environment: &str, names: &[&str]) -> Proposal {
        let view = self.view();
        let state = State::new(view.as_ref());
        let to: Vec<(&str, Option<VersionId>)> = names
            .iter()
            .map(|name| (*name, state.head(&artifact(name)).unwrap().and_then(|head| head.version)))
            .collect();
        self.proposal(environment, &to)
    }

    pub(super) fn rules_change(&self, text: &str) -> Proposal {
        let from = State::new(self.view().as_ref()).project().unwrap().unwrap().governance;
        let governance = Some(Move { from, to: self.keep(text) });
        Proposal {
            environment: "governance".to_owned(),
            message: "new rules".to_owned(),
            only: false,
            changes: Vec::new(),
            bundles: Vec::new(),
            governance,
        }
    }

    pub(super) fn back(&self, environment: &str, to_event: EventId, to: &[(&str, Option<VersionId>)]) -> Rollback {
        let Proposal { changes, bundles, .. } = self.proposal(environment, to);
        Rollback { environment: env(environment), to_event, message: "back".to_owned(), changes, bundles }
    }

    /// The rules in force.
    pub(super) fn governance(&self) -> (Rc<Governance>, Digest) {
        let digest = State::new(self.view().as_ref()).project().unwrap().unwrap().governance;
        (Payload::new(&self.store).governance(&digest).unwrap(), digest)
    }

    pub(super) fn record(&self, proposal: EventId) -> ProposalRecord {
        State::new(self.view().as_ref()).proposal(proposal).unwrap().unwrap()
    }

    /// The dossier as it is now, not kept anywhere.
    pub(super) fn draft_dossier(&self, proposal: EventId) -> Dossier {
        let view = self.view();
        let state = State::new(view.as_ref());
        let (governance, digest) = self.governance();
        let record = self.record(proposal);
        let case = Case::new(&state, &governance, digest, &record).unwrap();
        let (basis, lines) = (basis(&state, &case).unwrap(), evidence_lines(&state, &case).unwrap());
        Dossier::new(basis, record.proposal.message.clone(), case.authors(&state).unwrap(), lines, Vec::new())
    }

    /// The dossier as it is now, kept.
    pub(super) fn dossier(&self, proposal: EventId) -> DossierId {
        DossierId(self.store.put(&[&self.draft_dossier(proposal).encode()]).unwrap().remove(0))
    }

    pub(super) fn approval(&self, proposal: EventId) -> Deed {
        Deed::Approve(Approval { proposal, dossier: self.dossier(proposal), message: String::new() })
    }

    pub(super) fn reviewed(&self, proposal: EventId) -> Deed {
        Deed::Review(Review { proposal, dossier: self.dossier(proposal), message: String::new() })
    }

    pub(super) fn promotion(&self, proposal: EventId) -> Deed {
        Deed::Promote(Promotion { proposal, dossier: self.dossier(proposal) })
    }

    pub(super) fn reason(proposal: EventId) -> Reason {
        Reason { proposal, message: "no".to_owned() }
    }

    pub(super) fn announcement(&self, of: &str, bundle: BundleId, suite: &str, repeat: u32) -> Announcement {
        let view = self.view();
        let state = State::new(view.as_ref());
        let head = state.head(&artifact(&format!("suite/{suite}"))).unwrap().unwrap();
        let tests = state.commit(&head.artifact, head.number).unwrap().unwrap().contents.tests.unwrap();
        Announcement {
            prompt: Name::parse(of).unwrap(),
            bundle,
            suite: Name::parse(suite).unwrap(),
            version: head.version.unwrap(),
            repeat,
            cases: tests.cases.keys().cloned().collect(),
        }
    }

    /// What came of an announced run: every sample as `outcome` says.
    pub(super) fn evidence(
        &self,
        announced: EventId,
        run: &Announcement,
        outcome: impl Fn(&str, u32) -> Outcome,
    ) -> Evidence {
        let mut samples = Vec::new();
        for case in &run.cases {
            for sample in 0..run.repeat {
                let outcome = outcome(case, sample);
                let text = format!("reply {announced} {case} {sample}");
                let reply = (outcome != Outcome::Errored).then(|| self.keep(&text));
                samples.push(Sample { case: case.clone(), sample, reply, source: ReplySource::Live, outcome });
            }
        }
        Evidence { announced, samples, models: Vec::new() }
    }

    /// CI runs the suite against the bundle; every case passes but those named.
    #[track_caller]
    pub(super) fn run(&self, of: &str, bundle: BundleId, suite: &str, failing: &[&str]) -> EventId {
        let run = self.announcement(of, bundle, suite, 1);
        let announced = self.ok("ci", Deed::Announce(run.clone()));
        let outcome = |case: &str, _| if failing.contains(&case) { Outcome::Failed } else { Outcome::Passed };
        self.ok("ci", Deed::Evidence(self.evidence(announced, &run, outcome)))
    }

    /// The bundle of a live prompt.
    pub(super) fn bundle(&self, environment: &str, prompt: &str) -> Option<BundleId> {
        let view = self.view();
        State::new(view.as_ref()).bundle(&env(environment), &Name::parse(prompt).unwrap()).unwrap()?.bundle
    }

    pub(super) fn live(&self, environment: &str, name: &str) -> Option<VersionId> {
        let view = self.view();
        State::new(view.as_ref()).live(&env(environment), &artifact(name)).unwrap().map(|live| live.version)
    }

    /// Proposes the heads and carries it out, where the gate is open.
    #[track_caller]
    pub(super) fn brings(&self, environment: &str, names: &[&str]) -> EventId {
        let proposal = self.ok("ruth", Deed::Propose(self.heads(environment, names)));
        self.ok("ruth", self.promotion(proposal))
    }
}
