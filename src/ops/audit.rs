//! `audit`: the ledger, event by event.

use serde::Serialize;

use super::{
    Answer, ArtifactName, Failure, World, at, overrides,
    resolve::{Names, environment_rules},
    standing::Standing,
    tale::Teller,
};
use crate::{
    clock::Time,
    name::{Environment, Handle},
    object::EventId,
    problem::{did_you_mean, quoted},
    report::OverrideLine,
    scan::safe,
};

/// The kinds of events there are.
const KINDS: [&str; 23] = [
    "init",
    "commit",
    "announce",
    "evidence",
    "propose",
    "withdraw",
    "reject",
    "review",
    "approve",
    "promote",
    "rollback",
    "attempt",
    "purge",
    "freeze",
    "thaw",
    "halt",
    "resume",
    "finding",
    "answer",
    "override",
    "override-review",
    "adopt",
    "except",
];

/// Which events; every condition must hold.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Recorded at this time or later.
    pub since: Option<Time>,
    /// Recorded at this time or earlier.
    pub until: Option<Time>,
    /// Done by this person.
    pub person: Option<Handle>,
    /// About this environment, or having moved it.
    pub environment: Option<Environment>,
    /// About this artifact.
    pub artifact: Option<ArtifactName>,
    /// Of this kind.
    pub kind: Option<String>,
    /// How they are printed.
    pub format: Format,
}

/// How events are printed on a terminal or into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For reading, newest first.
    #[default]
    Text,
    /// One JSON object a line, oldest first.
    JsonLines,
    /// Comma-separated values (RFC 4180), oldest first.
    Csv,
}

/// Events in the order of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The events.
    pub events: Vec<Told>,
    /// Overrides that nobody has reviewed yet, whatever was asked for.
    pub overrides: Vec<OverrideLine>,
    /// How many events the ledger holds.
    pub total: u64,
    /// How they are printed for people.
    #[serde(skip)]
    pub format: Format,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.audit/1";
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// Its id.
    pub event: EventId,
    /// Its place, from 1.
    pub seq: u64,
    /// When it was recorded.
    pub time: Time,
    /// Who acted.
    pub person: Handle,
    /// Who recorded it.
    pub recorder: Handle,
    /// What was done, in a word.
    pub kind: String,
    /// The environments it is about or has moved, or `governance`.
    pub environments: Vec<String>,
    /// The artifacts it is about, as a person would type them.
    pub artifacts: Vec<String>,
    /// What was done, in a line.
    pub summary: String,
}

/// Reads the ledger.
///
/// # Errors
///
/// `unknown-environment`, `unknown-artifact`, and a usage failure for a kind that is none.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let total = standing.tip.seq;
    let first = match request.since {
        Some(since) => at::first_from(world, total, since)?,
        None => 1,
    };
    let last = match request.until {
        Some(until) => at::newest_by(world, total, until)?,
        None => total,
    };
    let teller = Teller::new(&standing)?;
    let filter = Filter::new(&standing, &teller, request)?;
    let mut events = Vec::new();
    for seq in first..=last {
        let (event, _) = world.journal.read(seq)?;
        if filter.admits_person_and_kind(&event.act.act().person, event.act.act().deed.kind()) {
            let mut told = teller.tell(&event)?;
            // What is said to be no secret is not shown as one either.
            told.summary = safe(&told.summary).into_owned();
            if filter.admits(&told) {
                events.push(told);
            }
        }
    }
    let overrides = overrides::everywhere(world, &standing)?;
    Ok(Outcome { events, overrides, total, format: request.format })
}

/// What was asked for, in the words events are told in.
struct Filter<'a> {
    person: Option<&'a Handle>,
    kind: Option<&'a str>,
    environment: Option<&'a str>,
    artifact: Option<String>,
}

impl<'a> Filter<'a> {
    fn new(standing: &Standing<'_>, teller: &Teller<'_>, request: &'a Request) -> Result<Self, Failure> {
        let kind = request.kind.as_deref();
        if let Some(wrong) = kind.filter(|kind| !KINDS.contains(kind)) {
            let advice = did_you_mean(wrong, KINDS).unwrap_or_else(|| format!("one of {}", quoted(KINDS, ", ")));
            return Err(Failure::usage(format!("`{wrong}` is not a kind of event")).say(advice));
        }
        if let Some(environment) = &request.environment
            && standing.state().environment(environment)?.is_none()
        {
            environment_rules(standing, environment)?;
        }
        let artifact = match &request.artifact {
            Some(name) => Some(teller.label(&Names::of(standing).named(name)?)),
            None => None,
        };
        Ok(Self {
            person: request.person.as_ref(),
            kind,
            environment: request.environment.as_ref().map(Environment::as_str),
            artifact,
        })
    }

    /// What can be told before the event is looked into.
    fn admits_person_and_kind(&self, person: &Handle, kind: &str) -> bool {
        self.person.is_none_or(|wanted| wanted == person) && self.kind.is_none_or(|wanted| wanted == kind)
    }

    fn admits(&self, told: &Told) -> bool {
        let has = |list: &[String], wanted: &str| list.iter().any(|word| word == wanted);
        self.environment.is_none_or(|wanted| has(&told.environments, wanted))
            && self.artifact.as_deref().is_none_or(|wanted| has(&told.artifacts, wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Exit, story, testing::TestProject};

    /// A day: a commit at nine, a promotion at ten, an evening commit.
    fn project() -> TestProject {
        let mut project = TestProject::under(story::RULES);
        project.at("2026-11-20T09:00:00Z");
        let suite = "prompt = \"hello\"\n[[case]]\nid = \"a\"\nexpect = [{ contains = \"x\" }]\n";
        story::commit(&project.of("tom"), &[("prompt/hello", "one"), ("suite/hello", suite)]);
        project.at("2026-11-20T10:00:00Z");
        story::attest(&project.of("ci"), "dev", "hello", "suite/hello");
        let proposal = story::propose(&project.of("tom"), "production", &["prompt/hello"]);
        story::approve(&project.of("ruth"), proposal);
        story::promote(&project.of("omar"), proposal);
        project.at("2026-11-20T18:00:00Z");
        story::commit(&project.of("tom"), &[("prompt/other", "else")]);
        project
    }

    fn kinds(project: &TestProject, request: &Request) -> Vec<String> {
        run(&project.of("tom"), request).unwrap().events.into_iter().map(|told| told.kind).collect()
    }

    #[test]
    fn every_event_is_told_in_a_line_with_names() {
        let events = run(&project().of("tom"), &Request::default()).unwrap().events;
        let told: Vec<String> = events.iter().map(|t| format!("{} {}: {}", t.person, t.kind, t.summary)).collect();
        assert!(events.iter().zip(1..).all(|(told, seq)| told.seq == seq));
        assert!(told.iter().all(|line| !line.contains('\n')));
        assert!(told[1].starts_with("tom commit: committed hello, suite/hello: because"), "{told:?}");
        assert!(told[2].starts_with("ci announce: began to run 1 case of suite/hello on hello (bundle "), "{told:?}");
        assert!(told[3].starts_with("ci evidence: attested 1 of 1 sample passed: suite/hello on hello"), "{told:?}");
        assert_eq!(told[4], "tom propose: proposed hello for production: it is time");
        assert!(told[5].starts_with("ruth approve: approved proposal "), "{told:?}");
        assert!(told[6].ends_with(": hello for production"), "{told:?}");
    }

    #[test]
    fn conditions_narrow_and_all_of_them_hold() {
        let project = project();
        let at = |time: &str| Time::parse(time);
        let base = Request::default;
        assert_eq!(kinds(&project, &Request { since: at("2026-11-20T18:00:00Z"), ..base() }), ["commit"]);
        assert_eq!(kinds(&project, &Request { until: at("2026-11-20T09:00:00Z"), ..base() }), ["init", "commit"]);
        let production = Environment::parse("production").ok();
        let about = Request { environment: production, ..base() };
        assert_eq!(kinds(&project, &about), ["propose", "approve", "promote"]);
        assert_eq!(kinds(&project, &Request { person: Handle::parse("ruth").ok(), ..about }), ["approve"]);
        let dev = Request { environment: Environment::parse("dev").ok(), ..base() };
        assert_eq!(kinds(&project, &dev), ["commit", "commit"]);
        let suite = Request { artifact: "suite/hello".parse().ok(), ..base() };
        assert_eq!(kinds(&project, &suite), ["commit", "announce", "evidence"]);
        assert!(kinds(&project, &Request { since: at("2030-01-01"), ..base() }).is_empty());
    }

    #[test]
    fn a_kind_that_is_none_comes_with_the_nearest() {
        let request = Request { kind: Some("promot".to_owned()), ..Request::default() };
        let failure = run(&project().of("tom"), &request).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(format!("{:?}", failure.next).contains("`promote`"));
    }
}
