//! A project in memory with an open proposal, and acts that anybody could state next.

use std::fmt::Write as _;

use chancery::{
    adapters::{
        keys::ThrowawayKey,
        memory::{MemoryJournal, MemoryStore},
    },
    clock::Time,
    eval::{Reply, ReplySource},
    ledger::{
        Act, Announcement, Approval, Attempt, Changes, Commit, Deed, Event, EventRecord, Evidence, Exception, Finding,
        Freeze, Halt, HeadChange, History, Journal, LiveChange, Move, Nonce, Outcome, Promotion, Proposal, Purge,
        RULES as RULES_VERSION, Reason, Review, Sample, SignedAct, View,
    },
    name::{Artifact, Environment, Handle, Kind, Name},
    object::{Digest, DossierId, EventId, Store, VersionId},
    state::{
        Case, Dossier, KnownPayload, Payload, State, StateError, Target, apply, basis, evidence_lines, finding_lines,
        plan, said,
    },
    trust::{Namespace, Signer},
};

/// People, what they are, and whether they are programs.
pub(crate) const PEOPLE: [(&str, &str, bool); 6] = [
    ("maya", "\"root\", \"author\"", false),
    ("tom", "\"author\"", false),
    ("ruth", "\"release\", \"reviewer\"", false),
    ("omar", "\"release\", \"reviewer\"", false),
    ("ci", "\"evaluator\"", true),
    ("nina", "", false),
];

/// Three environments.
pub(crate) const RULES: &str = "
[environments.dev]
follow = \"heads\"
gate = \"open\"

[environments.staging]
after = \"dev\"
gate = \"open\"

[environments.production]
after = \"staging\"

[environments.production.gate]
evidence = { evaluators = [\"evaluator\"] }
pass_rate = { at_least = 0.5 }
regression = \"no-flips\"
approvals = { role = \"release\", low = 1, high = 2 }
reviews = { role = \"reviewer\", min = 1 }
";

/// One environment more, and a role.
pub(crate) const MORE: &str = "
[roles.scribe]
may = [\"commit\"]
artifacts = [\"prompt/*\"]
environments = [\"dev\"]

[environments.canary]
after = \"staging\"
soak = \"24h\"
gate = \"open\"
";

/// The key of a person, the same every time.
pub(crate) fn key(person: &str) -> ThrowawayKey {
    let mut seed = [0; 32];
    seed.iter_mut().zip(person.bytes().cycle()).for_each(|(at, byte)| *at = byte);
    ThrowawayKey::from_seed(&seed).unwrap()
}

/// `chancery.toml` with everybody in it and these environments.
pub(crate) fn rules(environments: &str) -> String {
    let mut text = "[project]\nname = \"shop\"\n".to_owned();
    for (person, roles, program) in PEOPLE {
        let _ = write!(text, "\n[people.{person}]\nkeys = [\"{}\"]\nroles = [{roles}]\n", key(person).key());
        if program {
            text.push_str("program = true\n");
        }
    }
    text + environments
}

/// A project, its ledger and its payload.
pub(crate) struct Project {
    pub(crate) store: MemoryStore,
    pub(crate) journal: MemoryJournal,
    nonces: std::cell::Cell<u64>,
}

fn artifact(text: &str) -> Artifact {
    let (kind, name) = text.split_once('/').unwrap();
    Artifact::new(kind.parse().unwrap(), Name::parse(name).unwrap())
}

fn environment(text: &str) -> Environment {
    Environment::parse(text).unwrap()
}

impl Project {
    /// A prompt with a suite, a tool and a policy, live in staging, tested, proposed for production, reviewed.
    pub(crate) fn begun() -> (Self, EventId) {
        let project =
            Self { store: MemoryStore::new(), journal: MemoryJournal::new(), nonces: std::cell::Cell::default() };
        let governance = project.keep(rules(RULES).as_bytes());
        project.place("maya", Deed::Init { governance });
        let tool = r#"{"name":"look","description":"looks","inputSchema":{"type":"object"}}"#;
        let prompt = "+++\ntools = [\"t\"]\npolicies = [\"p\"]\n+++\n{{ policy('p') }}\n";
        let suite = "prompt = \"a\"\n[[case]]\nid = \"x\"\nexpect = [{ contains = \"x\" }]\n";
        project.place("tom", project.commit(&[("policy/p", "sixty days")]));
        let files = [("policy/p", "thirty days"), ("prompt/a", prompt), ("suite/a", suite), ("tool/t", tool)];
        project.place("tom", project.commit(&files));
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        let staging = project.place("ruth", Deed::Propose(project.proposal("staging", &names)));
        project.place("ruth", project.promotion(staging));
        let announced = project.place("ci", Deed::Announce(project.announcement()));
        project.place("ci", Deed::Evidence(project.evidence(announced)));
        let production = project.place("tom", Deed::Propose(project.proposal("production", &names)));
        project.place("omar", project.review(production));
        (project, production)
    }

    pub(crate) fn keep(&self, bytes: &[u8]) -> Digest {
        self.store.put(&[bytes]).unwrap().remove(0)
    }

    /// The number of the newest event.
    pub(crate) fn newest(&self) -> u64 {
        self.journal.tip().unwrap().map_or(0, |tip| tip.seq)
    }

    pub(crate) fn view(&self) -> Box<dyn View + '_> {
        self.journal.state(self.newest()).unwrap()
    }

    /// The person's act as they would state it now.
    pub(crate) fn act(&self, person: &str, deed: Deed) -> Act {
        self.nonces.set(self.nonces.get() + 1);
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.nonces.get().to_be_bytes());
        let begun = State::new(self.view().as_ref()).project().unwrap().map(|known| known.project);
        let project = match (&deed, begun) {
            (_, Some(project)) => project,
            (Deed::Init { governance }, None) => *governance,
            (_, None) => Digest::of(b""),
        };
        Act {
            format: SignedAct::format(),
            project,
            person: Handle::parse(person).unwrap(),
            nonce: Nonce::new(nonce),
            time: Time::parse("2026-11-20T08:00:00Z").unwrap(),
            seen: self.journal.tip().unwrap().map(|tip| tip.event),
            deed,
        }
    }

    /// The act at the end of the ledger.
    pub(crate) fn event(&self, act: SignedAct) -> Event {
        let tip = self.journal.tip().unwrap();
        let record = EventRecord {
            format: 1,
            seq: tip.as_ref().map_or(1, |tip| tip.seq + 1),
            time: Time::parse("2026-11-20T08:00:00Z").unwrap(),
            act: act.id(),
            signature: Digest::of(act.signature().as_str().as_bytes()),
            previous: tip.map(|tip| tip.record),
            recorder: Handle::parse("maya").unwrap(),
            rules: RULES_VERSION,
        };
        Event { record, act }
    }

    /// What the rules say to an event at the end of the ledger, with this payload.
    pub(crate) fn decide(&self, event: &Event, store: &dyn Store) -> Result<Changes, StateError> {
        apply(self.view().as_ref(), event, &Payload::new(store))
    }

    fn place(&self, person: &str, deed: Deed) -> EventId {
        let event = self.event(SignedAct::sign(self.act(person, deed), &key(person)).unwrap());
        let changes = self.decide(&event, &self.store).unwrap_or_else(|error| panic!("the story stops: {error}"));
        let tip = self.journal.tip().unwrap();
        let seal = |bytes: &[u8]| key("maya").sign(Namespace::Git, bytes);
        self.journal.append(tip.as_ref(), &event, &changes, &seal).unwrap();
        event.id()
    }

    fn head(&self, artifact: &Artifact) -> Option<(EventId, Option<VersionId>)> {
        State::new(self.view().as_ref()).head(artifact).unwrap().map(|head| (head.event, head.version))
    }

    pub(crate) fn commit(&self, files: &[(&str, &str)]) -> Deed {
        let change = |(name, text): &(&str, &str)| {
            let artifact = artifact(name);
            HeadChange {
                moved: self.head(&artifact).map(|(event, _)| event),
                renamed_from: None,
                version: Some(VersionId(self.keep(text.as_bytes()))),
                listed: false,
                path: Some(format!("{name}.md")),
                template: (artifact.kind == Kind::Prompt).then(|| text.starts_with("+++")),
                artifact,
            }
        };
        let mut changes: Vec<HeadChange> = files.iter().map(change).collect();
        changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        Deed::Commit(Commit { message: "because".to_owned(), authors: Vec::new(), changes })
    }

    /// The heads of these for an environment.
    pub(crate) fn proposal(&self, to: &str, names: &[&str]) -> Proposal {
        let view = self.view();
        let state = State::new(view.as_ref());
        let (mut changes, mut targets) = (Vec::new(), Vec::new());
        for artifact in names.iter().map(|name| artifact(name)) {
            let live = state.live(&environment(to), &artifact).unwrap();
            let head = state.head(&artifact).unwrap().unwrap();
            changes.push(LiveChange {
                artifact: artifact.clone(),
                from: live.as_ref().map(|live| live.version),
                to: head.version,
                moved: live.map(|live| live.event),
            });
            targets.push(Target { artifact, to: head.version.map(|version| (version, head.number)) });
        }
        changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        let bundles = plan(&state, &environment(to), &targets).unwrap().changes();
        let (message, environment) = ("please".to_owned(), to.to_owned());
        Proposal { environment, message, only: false, changes, bundles, governance: None, lifts: None }
    }

    pub(crate) fn rules_change(&self) -> Proposal {
        let from = State::new(self.view().as_ref()).project().unwrap().unwrap().governance;
        let to = self.keep((rules(RULES) + MORE).as_bytes());
        let (message, environment) = ("new rules".to_owned(), "governance".to_owned());
        let governance = Some(Move { from, to });
        Proposal {
            environment,
            message,
            only: false,
            changes: Vec::new(),
            bundles: Vec::new(),
            governance,
            lifts: None,
        }
    }

    /// The dossier of a proposal as it is now, kept.
    pub(crate) fn dossier(&self, proposal: EventId) -> DossierId {
        let view = self.view();
        let state = State::new(view.as_ref());
        let rules = state.project().unwrap().unwrap().governance;
        let governance = Payload::new(&self.store).governance(&rules).unwrap();
        let record = state.proposal(proposal).unwrap().unwrap();
        let case = Case::new(&state, &governance, rules, &record).unwrap();
        let (basis, lines) = (basis(&state, &case).unwrap(), evidence_lines(&state, &case).unwrap());
        let authors = case.authors(&state).unwrap();
        let findings = finding_lines(&state, &case).unwrap();
        let dossier = Dossier::new(basis, record.proposal.message.clone(), authors, lines, findings, Vec::new());
        DossierId(self.keep(&dossier.encode()))
    }

    pub(crate) fn promotion(&self, proposal: EventId) -> Deed {
        Deed::Promote(Promotion { proposal, dossier: self.dossier(proposal) })
    }

    pub(crate) fn review(&self, proposal: EventId) -> Deed {
        Deed::Review(Review { proposal, dossier: self.dossier(proposal), message: String::new() })
    }

    pub(crate) fn approval(&self, proposal: EventId) -> Deed {
        Deed::Approve(Approval { proposal, dossier: self.dossier(proposal), message: String::new() })
    }

    pub(crate) fn announcement(&self) -> Announcement {
        let view = self.view();
        let bundle = State::new(view.as_ref()).bundle(&environment("staging"), &Name::parse("a").unwrap()).unwrap();
        Announcement {
            prompt: Name::parse("a").unwrap(),
            bundle: bundle.unwrap().bundle.unwrap(),
            suite: Name::parse("a").unwrap(),
            version: self.head(&artifact("suite/a")).unwrap().1.unwrap(),
            repeat: 1,
            cases: vec!["x".to_owned()],
        }
    }

    pub(crate) fn evidence(&self, announced: EventId) -> Evidence {
        let reply = self.keep(&Reply::text("x").to_bytes());
        let sample = Sample {
            case: "x".to_owned(),
            sample: 0,
            reply: Some(reply),
            source: ReplySource::Live,
            outcome: Outcome::Passed,
            tokens_in: None,
            tokens_out: None,
            latency_ms: None,
            votes: Vec::new(),
        };
        Evidence { announced, samples: vec![sample], models: vec!["m".to_owned()] }
    }

    /// A run that was announced and not completed.
    pub(crate) fn announced(&self) -> EventId {
        self.place("ci", Deed::Announce(self.announcement()))
    }

    /// Acts of every kind that are allowed next, each by somebody who may.
    pub(crate) fn next(&self, proposal: EventId) -> Vec<(&'static str, Deed)> {
        let reason = || Reason { proposal, message: "no".to_owned() };
        let old = self.keep(b"sixty days");
        let attempt = Attempt {
            verb: "promote".to_owned(),
            proposal,
            weighed: Time::parse("2026-11-20T08:00:00Z").unwrap(),
            refused: vec!["approvals".to_owned()],
            verdict: Digest::of(b"reasons"),
        };
        let view = self.view();
        let purge = Purge {
            payload: vec![old],
            said: said(&KnownPayload::read(&State::new(view.as_ref()), &[old]).unwrap()),
            reason: "it told too much".to_owned(),
        };
        let freeze = Freeze { environment: environment("production"), message: "incident 12".to_owned() };
        let halt = Halt { environment: None, artifact: Some(artifact("prompt/a")), message: "it is rude".to_owned() };
        let finding = Finding {
            proposal,
            artifact: Some(artifact("policy/p")),
            version: Digest::of(b"thirty days"),
            path: "policy/p.md".to_owned(),
            line: 1,
            quote: "thirty".to_owned(),
            message: "too long".to_owned(),
        };
        let fingerprint = Digest::of(b"a secret that is none");
        let exception = Exception { fingerprint, reason: "shown in the documentation".to_owned() };
        vec![
            ("maya", Deed::Except(exception)),
            ("ruth", Deed::Freeze(freeze)),
            ("ruth", Deed::Halt(halt)),
            ("omar", Deed::Finding(finding)),
            ("tom", self.commit(&[("prompt/a", "other"), ("prompt/b", "+++\n+++\nb")])),
            ("ci", Deed::Announce(self.announcement())),
            ("tom", Deed::Propose(self.proposal("production", &["policy/p"]))),
            ("maya", Deed::Propose(self.rules_change())),
            ("tom", Deed::Withdraw(reason())),
            ("ruth", Deed::Reject(reason())),
            ("ruth", self.review(proposal)),
            ("ruth", self.approval(proposal)),
            ("ruth", Deed::Attempt(attempt)),
            ("maya", Deed::Purge(purge)),
        ]
    }
}
