//! `env`: what is live, since when, through which event.

use serde::Serialize;

use super::{
    Answer, Failure, Live, World, at, overrides,
    quarantine::{self, Quarantined},
    resolve::{Names, environment_rules},
    served::members,
    sharing,
    stamp::stamp,
    standing::Standing,
    stopping,
};
use crate::{
    clock::Time,
    governance::EnvironmentRules,
    name::{Environment, Name},
    object::{BundleId, EventId},
    report::{OverrideLine, StopLine},
    state::{BundleRecord, State},
};

/// Which environments, and as of when.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// One environment, or all.
    pub environment: Option<Environment>,
    /// As it was then, or as it is.
    pub at: Option<Time>,
}

/// Environments in the order of the rules.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The moment asked for; absent for now.
    pub at: Option<Time>,
    /// The newest event that counts.
    pub event: EventId,
    /// Overrides there that nobody has reviewed yet.
    pub overrides: Vec<OverrideLine>,
    /// The environments.
    pub environments: Vec<Stage>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.env/1";
}

/// One environment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// Its name.
    pub name: Environment,
    /// Whether promotions are stopped.
    pub frozen: bool,
    /// Whether nothing of it is served: it is halted, or everything is.
    pub halted: bool,
    /// Every freeze and halt that concerns it, those of single artifacts too.
    pub stops: Vec<StopLine>,
    /// The environment a version must have been live in first; absent where it takes heads.
    pub after: Option<Environment>,
    /// Whether a change must satisfy a gate.
    pub gate: GateWord,
    /// The event that moved it last; absent while nothing was ever live.
    pub event: Option<EventId>,
    /// When it moved last.
    pub moved: Option<Time>,
    /// Whether what moved it last is not confirmed by the remote yet.
    pub provisional: bool,
    /// What is live, sorted by kind and name.
    pub artifacts: Vec<Live>,
    /// The bundles of live prompts, sorted by prompt.
    pub bundles: Vec<LiveBundle>,
    /// What rollbacks took away and nobody has let in again, sorted by kind and name.
    pub quarantined: Vec<Quarantined>,
}

/// Whether a change must satisfy a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GateWord {
    /// It need not.
    Open,
    /// It must.
    Gated,
}

/// The bundle of one live prompt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveBundle {
    /// The prompt.
    pub prompt: Name,
    /// Its bundle; absent while something it needs is not live.
    pub bundle: Option<BundleId>,
    /// What it lacks, as a person would type it.
    pub missing: Vec<String>,
    /// Since when.
    pub since: Time,
    /// Through which event.
    pub event: EventId,
    /// What an application logs with each decision; absent without a bundle.
    pub stamp: Option<String>,
    /// Whether it is not served: it, something in it, its environment or everything is halted.
    pub halted: bool,
}

/// Reads what is live. Of the state only what is shown is read.
///
/// # Errors
///
/// `unknown-environment`, `before-the-beginning`.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = at::standing(world, request.at)?;
    let state = standing.state();
    let wanted: Vec<&EnvironmentRules> = match &request.environment {
        Some(name) => vec![environment_rules(&standing, name)?],
        None => standing.governance.environments.iter().collect(),
    };
    let mut open = Vec::new();
    for rules in &wanted {
        open.extend(overrides::within(world, &standing, &rules.name)?);
    }
    let environments =
        wanted.into_iter().map(|rules| stage(world, &standing, &state, rules)).collect::<Result<_, _>>()?;
    Ok(Outcome { at: request.at, event: standing.tip.event, overrides: open, environments })
}

fn stage(
    world: &World,
    standing: &Standing<'_>,
    state: &State<'_>,
    rules: &EnvironmentRules,
) -> Result<Stage, Failure> {
    let names = Names::of(standing);
    let last = state.environment(&rules.name)?;
    let adoption = state.adoption(&rules.name)?;
    let mut artifacts = Vec::new();
    for record in state.all_live(&rules.name)? {
        artifacts.push(Live::of(&names, &record, adoption)?);
    }
    let mut bundles = Vec::new();
    let halts = state.halts()?;
    for record in state.bundles(&rules.name)? {
        let members = members(&record);
        let halted = halts.iter().any(|halt| halt.holds(&rules.name, &members));
        bundles.push(LiveBundle { halted, ..bundle(standing, &names, &rules.name, record)? });
    }
    let stops = stopping::of_environment(standing, &rules.name)?;
    Ok(Stage {
        name: rules.name.clone(),
        frozen: stops.iter().any(|stop| stop.stop == "freeze"),
        halted: stops.iter().any(|stop| stop.stop == "halt" && stop.artifact.is_none()),
        stops,
        after: rules.after.clone(),
        gate: if rules.gate.open { GateWord::Open } else { GateWord::Gated },
        provisional: match &last {
            Some(record) => !sharing::has_shared(world, state, record.event)?,
            None => false,
        },
        event: last.as_ref().map(|record| record.event),
        moved: last.map(|record| record.time),
        artifacts,
        bundles,
        quarantined: quarantine::all(standing, &rules.name)?,
    })
}

fn bundle(
    standing: &Standing<'_>,
    names: &Names<'_>,
    environment: &Environment,
    record: BundleRecord,
) -> Result<LiveBundle, Failure> {
    let project = &standing.governance.project;
    let stamp = record.bundle.map(|bundle| stamp(project, environment, &record.prompt, bundle, record.event));
    let missing = record.missing.iter().map(|artifact| names.label(artifact)).collect::<Result<_, _>>()?;
    Ok(LiveBundle {
        prompt: record.prompt,
        bundle: record.bundle,
        missing,
        since: record.since,
        event: record.event,
        stamp,
        halted: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Exit, Stamp, story, testing::TestProject};

    const PROMPT: &str = "+++\npolicies = [\"refunds\"]\n+++\nHi {{ policy(\"refunds\") }}";

    fn named(name: &str) -> Request {
        Request { environment: Some(Environment::parse(name).unwrap()), at: None }
    }

    #[test]
    fn a_commit_is_live_at_once_where_heads_are_followed_and_nowhere_else() {
        let project = TestProject::under(story::RULES);
        let world = project.of("tom");
        let event = story::commit(&world, &[("prompt/hello", PROMPT), ("policy/refunds", "no refunds\n")]).event;
        let outcome = run(&world, &Request::default()).unwrap();
        let names: Vec<&str> = outcome.environments.iter().map(|stage| stage.name.as_str()).collect();
        assert_eq!(names, ["dev", "staging", "production"]);
        let dev = &outcome.environments[0];
        assert_eq!(dev.gate, GateWord::Open);
        let live: Vec<(&str, u64, EventId)> =
            dev.artifacts.iter().map(|live| (live.artifact.as_str(), live.number, live.event)).collect();
        assert_eq!(live, [("refunds", 1, event), ("hello", 1, event)]);
        let stamp: Stamp = dev.bundles[0].stamp.as_deref().unwrap().parse().unwrap();
        assert_eq!((stamp.project.as_str(), stamp.prompt.as_str()), ("shop", "hello"));
        assert!(stamp.event.matches(&event.0));
        assert!(outcome.environments[2].artifacts.is_empty());
    }

    #[test]
    fn a_prompt_that_lacks_something_has_no_bundle_and_no_stamp() {
        let project = TestProject::under(story::RULES);
        let world = project.of("tom");
        story::commit(&world, &[("prompt/hello", PROMPT)]);
        let bundle = &run(&world, &named("dev")).unwrap().environments[0].bundles[0];
        assert_eq!(
            (bundle.bundle, bundle.stamp.as_deref(), bundle.missing.as_slice()),
            (None, None, &["refunds".to_owned()][..])
        );
    }

    #[test]
    fn an_environment_is_shown_as_it_was() {
        let mut project = TestProject::under(story::RULES);
        project.at("2026-11-20T09:00:00Z");
        story::commit(&project.of("tom"), &[("prompt/hello", "one")]);
        project.at("2026-11-20T10:00:00Z");
        story::commit(&project.of("tom"), &[("prompt/hello", "two")]);
        let live_at = |time: &str| {
            let request = Request { at: Time::parse(time), ..named("dev") };
            run(&project.of("tom"), &request)
                .map(|outcome| outcome.environments[0].artifacts.first().map(|live| live.number))
        };
        assert_eq!(live_at("2026-11-20T08:30:00Z").unwrap(), None);
        assert_eq!(live_at("2026-11-20T09:00:00Z").unwrap(), Some(1));
        assert_eq!(live_at("2026-11-20T09:59:59Z").unwrap(), Some(1));
        assert_eq!(live_at("2026-11-20T10:00:00Z").unwrap(), Some(2));
        assert_eq!(live_at("2030-01-01").unwrap(), Some(2));
        assert_eq!(live_at("2026-11-20T07:59:59Z").unwrap_err().code, "before-the-beginning");
    }

    #[test]
    fn an_unknown_environment_comes_with_the_nearest_name() {
        let failure = run(&TestProject::new().of("tom"), &named("prodction")).unwrap_err();
        assert_eq!((failure.code, failure.exit), ("unknown-environment", Exit::CannotBeDone));
        assert!(format!("{:?}", failure.next).contains("`production`"));
    }
}
