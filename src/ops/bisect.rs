//! `bisect`: the version that broke a case.
//!
//! Each version is tried with its whole bundle as it was: as the heads stood right after it was committed. So a version
//! answers as it did then, with the recordings of its time; what else had changed between the last that passes and the
//! first that fails is told besides. The case is the one that stands in the suites now.

mod golden;
mod history;
mod search;

use std::{
    collections::BTreeMap,
    num::{NonZeroU32, NonZeroUsize},
};

use serde::Serialize;

pub use self::history::Version;
use self::{
    history::History,
    search::{Ends, Seen, search},
};
use super::{
    Answer, ArtifactName, Exit, Failure, Revision, World,
    eval::{self, Calls, CaseFailure, Compare, Golden, Ran, Step, Trial, Trials, Where},
    resolve::Names,
    standing::Standing,
};
use crate::{
    eval::Outcome as CaseOutcome,
    name::{Artifact, Kind, Name},
    object::{BundleId, VersionId},
    version::Bundle,
    workspace::discover,
};

/// What to look for, and between which versions.
pub struct Request<'a> {
    /// The artifact: a prompt, or a part that prompts share.
    pub artifact: ArtifactName,
    /// The case, by its id or as `SUITE/ID`.
    pub case: String,
    /// A version that passes; the oldest that can be asked where absent.
    pub good: Option<Revision>,
    /// A later one that fails; where absent the file if it was changed, else the head.
    pub bad: Option<Revision>,
    /// Samples of the case with each version; the suite's own number when absent.
    pub repeat: Option<NonZeroU32>,
    /// Calls at a time.
    pub jobs: NonZeroUsize,
    /// Which calls may be made.
    pub calls: Calls<'a>,
    /// Is told how it proceeds.
    pub watch: &'a (dyn Fn(Step<'_>) + Send + Sync),
}

/// What a version showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Showed {
    /// The case passes with it.
    Passed,
    /// The case fails with it.
    Failed,
    /// The case cannot be asked of it.
    Unfit,
}

/// One version that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// `v3`, or `file`.
    pub label: String,
    /// The version.
    pub version: Option<VersionId>,
    /// The bundle that was asked; absent where the case cannot be asked of it.
    pub bundle: Option<BundleId>,
    /// What it showed.
    pub showed: Showed,
    /// Why the case failed, or cannot be asked; empty where it passed.
    pub reason: String,
}

/// A part of the bundle that is not the same with both versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlsoChanged {
    /// The part.
    pub artifact: String,
    /// Its version with the one that passes.
    pub from: Option<VersionId>,
    /// Its version with the one that fails.
    pub to: Option<VersionId>,
}

/// The version that broke the case.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The artifact.
    pub artifact: String,
    /// The suite.
    pub suite: Name,
    /// The prompt that it tests.
    pub prompt: Name,
    /// The case.
    pub case: String,
    /// The first version with which it fails; absent where versions before it could not be asked.
    pub first_bad: Option<VersionId>,
    /// What is known of the first version that is known to fail.
    pub bad: Version,
    /// The last version with which it passes.
    pub good: Version,
    /// Why it fails.
    pub failure: Option<CaseFailure>,
    /// Versions between the two that could not be asked, oldest first: one of them may have broken it.
    pub unfit: Vec<Version>,
    /// What else is not the same in the two bundles.
    pub also_changed: Vec<AlsoChanged>,
    /// Every version that was tried, in the order of trying.
    pub steps: Vec<Tried>,
    /// What it cost, in USD.
    pub cost_usd: f64,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.bisect/1";

    fn exit(&self) -> Exit {
        if self.first_bad.is_some() { Exit::Done } else { Exit::No }
    }
}

/// Looks for the version that broke a case.
///
/// # Errors
///
/// That the newer end passes or the older one fails, that a try got no reply or is flaky, and what keeps a try from
/// being made.
pub fn run(world: &World, request: &Request<'_>) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let found = discover(world.tree.as_ref(), &standing.governance.sources)?;
    let names = Names::with(&standing, &found);
    let artifact = names.named(&request.artifact)?;
    if matches!(artifact.kind, Kind::Suite | Kind::Charter) {
        return Err(Failure::cannot("not-in-a-bundle", format!("`{artifact}` is a {}, which no model sees", artifact.kind))
            .because("a case is broken by a part of the bundle it is asked of: a prompt, a fragment, a tool, a policy or a model"));
    }
    let golden = golden::find(world, &standing, &artifact, &request.case)?;
    let history = History::of(world, &standing, &found, artifact.clone())?;
    let range = history.range(request.good.as_ref(), request.bad.as_ref())?;
    let asked = trying(request);
    let trials = Trials::new(world, &standing, &asked)?;
    let mut walk = Walk {
        artifact: names.label(&artifact)?,
        history: &history,
        golden: &golden,
        trials,
        steps: Vec::new(),
        bundles: BTreeMap::new(),
        failures: BTreeMap::new(),
        cost_usd: 0.0,
    };
    walk.fails(range.bad)?;
    let good = walk.passes(range.good, range.bad)?;
    let ends = search(good, range.bad, |at| walk.ask(at).map(|(seen, _)| seen))?;
    Ok(walk.outcome(&ends, &artifact))
}

/// The same as a run of a suite.
fn trying<'a>(request: &Request<'a>) -> eval::Request<'a> {
    eval::Request {
        specs: Vec::new(),
        place: Where::Work,
        model: None,
        against: None,
        compare: Compare::default(),
        repeat: request.repeat,
        jobs: request.jobs,
        filter: None,
        calls: request.calls,
        attest: false,
        mutate: false,
        drift: false,
        watch: request.watch,
    }
}

/// A search on its way.
struct Walk<'a> {
    artifact: String,
    history: &'a History<'a>,
    golden: &'a Golden,
    trials: Trials<'a>,
    steps: Vec<Tried>,
    bundles: BTreeMap<usize, Bundle>,
    failures: BTreeMap<usize, CaseFailure>,
    cost_usd: f64,
}

impl Walk<'_> {
    /// Tries one version: what it shows, and why the case cannot be asked of it or fails.
    fn ask(&mut self, at: usize) -> Result<(Seen, String), Failure> {
        let prompt = self.history.prompt(at, &self.golden.prompt);
        let (trials, golden) = (&mut self.trials, self.golden);
        let trial = self.history.with_stage(at, |stage| trials.carry_out(stage, &prompt, golden))?;
        let (seen, bundle, reason) = match trial {
            Trial::Unfit(reason) => (Seen::Unfit, None, reason),
            Trial::Ran(ran) => {
                let seen = self.judged(at, &ran)?;
                let reason = ran.failure.as_ref().map(|failure| failure.reason.clone()).unwrap_or_default();
                self.cost_usd += ran.cost_usd;
                let bundle = ran.bundle.id();
                self.bundles.insert(at, ran.bundle);
                self.failures.extend(ran.failure.map(|failure| (at, failure)));
                (seen, Some(bundle), reason)
            }
        };
        let showed = match seen {
            Seen::Passes => Showed::Passed,
            Seen::Fails => Showed::Failed,
            Seen::Unfit => Showed::Unfit,
        };
        let (label, version) = (self.history.label(at), self.history.version(at).version);
        self.steps.push(Tried { label, version, bundle, showed, reason: reason.clone() });
        Ok((seen, reason))
    }

    /// What a run says; one that says both, or nothing, ends the search.
    fn judged(&self, at: usize, ran: &Ran) -> Result<Seen, Failure> {
        let (case, label) = (&ran.run.id, self.history.label(at));
        let because = || ran.failure.as_ref().map(|failure| failure.reason.clone()).unwrap_or_default();
        match ran.run.outcome() {
            Some(CaseOutcome::Passed) => Ok(Seen::Passes),
            Some(CaseOutcome::Failed) if ran.run.passed() > 0 => {
                let message = format!("case `{case}` is flaky with {label}, so no version can be blamed");
                Err(Failure::cannot("flaky-case", message)
                    .because(because())
                    .say("let its checks ask for what every good reply has, or set the model's `temperature` to 0")
                    .say("take it out of what counts for a while: `quarantine = { reason = \"…\", until = … }`"))
            }
            Some(CaseOutcome::Failed) => Ok(Seen::Fails),
            Some(CaseOutcome::Errored) | None => {
                let message = format!("case `{case}` got no reply with {label}, so the search stops");
                Err(Failure::outside("no-reply", message)
                    .because(because())
                    .say("ask the models, at their price: the same command with `--live`, or with `--record`"))
            }
        }
    }

    /// The newer end, which must fail.
    fn fails(&mut self, bad: usize) -> Result<(), Failure> {
        let (seen, reason) = self.ask(bad)?;
        let (case, label, name) = (self.golden_id(), self.history.label(bad), &self.artifact);
        match seen {
            Seen::Fails => Ok(()),
            Seen::Passes => {
                Err(Failure::cannot("not-broken", format!("case `{case}` passes with {label} of `{name}`"))
                    .because("what broke it is looked for below a version with which it fails")
                    .say("name one with which it fails: `--bad REV`")
                    .run(format!("chancery log {name}")))
            }
            Seen::Unfit => Err(Failure::cannot("unfit-version", format!("case `{case}` cannot be asked of {label}"))
                .because(reason)
                .say("name another version with which it fails: `--bad REV`")),
        }
    }

    /// The older end, which must pass: the one named, or the oldest of which the case can be asked.
    fn passes(&mut self, good: Option<usize>, bad: usize) -> Result<usize, Failure> {
        let range = good.map_or(0..bad, |good| good..good + 1);
        let mut unfit = None;
        for at in range {
            let (seen, reason) = self.ask(at)?;
            let (case, label, name) = (self.golden_id(), self.history.label(at), &self.artifact);
            match seen {
                Seen::Passes => return Ok(at),
                Seen::Fails => {
                    let oldest = if good.is_none() { ", the oldest of which it can be asked" } else { "" };
                    let message = format!("case `{case}` fails with {label} of `{name}` already{oldest}");
                    return Err(Failure::cannot("never-passed", message)
                        .because(reason)
                        .say("name a version with which it passed: `--good REV`")
                        .run(format!("chancery log {name}")));
                }
                Seen::Unfit => unfit = Some((label, reason)),
            }
        }
        let (label, reason) = unfit.unwrap_or_default();
        let message = match good {
            Some(_) => format!("case `{}` cannot be asked of {label}", self.golden_id()),
            None => format!("case `{}` cannot be asked of any version before", self.golden_id()),
        };
        Err(Failure::cannot("unfit-version", message)
            .because(format!("{label}: {reason}"))
            .say("name another version with which it passed: `--good REV`"))
    }

    fn golden_id(&self) -> String {
        self.golden.tests.cases.first().map(|case| case.id.clone()).unwrap_or_default()
    }

    fn outcome(mut self, ends: &Ends, artifact: &Artifact) -> Outcome {
        let unfit: Vec<Version> = (ends.good + 1..ends.bad).map(|at| self.history.version(at)).collect();
        let bad = self.history.version(ends.bad);
        let also_changed = match (self.bundles.get(&ends.good), self.bundles.get(&ends.bad)) {
            (Some(good), Some(bad)) => also_changed(good, bad, artifact),
            _ => Vec::new(),
        };
        Outcome {
            case: self.golden_id(),
            suite: self.golden.suite.clone(),
            prompt: self.golden.prompt.clone(),
            first_bad: bad.version.filter(|_| unfit.is_empty()),
            good: self.history.version(ends.good),
            failure: self.failures.remove(&ends.bad),
            artifact: self.artifact,
            bad,
            unfit,
            also_changed,
            steps: self.steps,
            cost_usd: self.cost_usd,
        }
    }
}

/// The parts besides the artifact in which two bundles differ, sorted.
fn also_changed(good: &Bundle, bad: &Bundle, artifact: &Artifact) -> Vec<AlsoChanged> {
    let versions = |bundle: &Bundle| -> BTreeMap<String, (String, VersionId)> {
        let others = bundle.members.iter().filter(|member| member.artifact.key() != artifact.key());
        // The prompt that is looked through may have had another name.
        let itself = artifact.kind == Kind::Prompt && !artifact.name.is_fragment();
        let others = others.filter(|member| !itself || member.artifact.name != bundle.prompt);
        others.map(|member| (member.artifact.key(), (member.artifact.to_string(), member.version))).collect()
    };
    let (before, after) = (versions(good), versions(bad));
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let changed = keys.into_iter().filter_map(|key| {
        let (from, to) = (before.get(key), after.get(key));
        let (name, _) = to.or(from)?;
        let version = |side: Option<&(String, VersionId)>| side.map(|(_, version)| *version);
        (version(from) != version(to)).then(|| AlsoChanged {
            artifact: name.clone(),
            from: version(from),
            to: version(to),
        })
    });
    changed.collect()
}
