//! What a change does to golden cases: those that flip, with what was answered on both sides.

use std::num::{NonZeroU32, NonZeroUsize};

use serde::Serialize;

use super::Sides;
use crate::{
    eval::Outcome as CaseOutcome,
    name::{Artifact, Name},
    object::{BundleId, VersionId},
    ops::{
        Answer, Exit, Failure, Revision, World,
        eval::{self, BundleOutcome, Calls, Compare, Flipped, Step, Where},
        resolve::Names,
        stage::{Ground, Stage},
        standing::Standing,
    },
    workspace::discover,
};

/// What to compare, and how cases are run.
pub struct Request<'a> {
    /// The two sides.
    pub sides: Sides,
    /// Samples a case; the suite's own number when absent.
    pub repeat: Option<NonZeroU32>,
    /// Calls at a time.
    pub jobs: NonZeroUsize,
    /// Only cases with this tag or id.
    pub filter: Option<String>,
    /// Which calls may be made.
    pub calls: Calls<'a>,
    /// Whether a case that flips is a no.
    pub exit_code: bool,
    /// Is told how it proceeds, from several threads.
    pub watch: &'a (dyn Fn(Step<'_>) + Send + Sync),
}

/// What flips.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The old side in words.
    pub from_label: String,
    /// The new side in words.
    pub to_label: String,
    /// Cases that flip, those that no longer pass first, in the order of suites and cases.
    pub flips: Vec<FlippedCase>,
    /// Every suite that was run on two bundles.
    pub bundles: Vec<Beside>,
    /// What both sides cost, in USD.
    pub cost_usd: f64,
    /// Whether a case that flips is a no.
    #[serde(skip)]
    pub exit_code: bool,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.diff/1";

    fn exit(&self) -> Exit {
        if self.bundles.iter().any(|bundle| bundle.unanswered > 0) {
            Exit::Outside
        } else if self.exit_code && !self.flips.is_empty() {
            Exit::No
        } else {
            Exit::Done
        }
    }
}

/// A case that flips.
#[derive(Debug, Serialize)]
pub struct FlippedCase {
    /// The prompt.
    pub prompt: Name,
    /// The suite.
    pub suite: Name,
    /// The case.
    pub case: String,
    /// `passed` or `failed`.
    pub before: CaseOutcome,
    /// The other of the two.
    pub after: CaseOutcome,
    /// What was answered on the old side.
    pub reply_before: String,
    /// What was answered on the new side.
    pub reply_after: String,
    /// Every check that does not hold on the side that fails, and what it saw.
    pub reason: String,
}

/// One suite on two bundles. The counts are of cases; those in quarantine are left out.
#[derive(Debug, Serialize)]
pub struct Beside {
    /// The prompt.
    pub prompt: Name,
    /// The suite.
    pub suite: Name,
    /// The suite's version.
    pub version: VersionId,
    /// The old bundle.
    pub from: Option<BundleId>,
    /// The new bundle.
    pub to: BundleId,
    /// Cases that were run on both.
    pub cases: u64,
    /// Cases that pass on both.
    pub still_pass: u64,
    /// Cases that fail on both.
    pub still_fail: u64,
    /// Cases that passed and fail.
    pub lost: u64,
    /// Cases that failed and pass.
    pub gained: u64,
    /// Cases without a reply on one of the sides.
    pub unanswered: u64,
    /// Why the first of them has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswered_because: Option<String>,
}

/// Runs golden cases on both sides.
///
/// # Errors
///
/// That a side does not exist or that no suite tests it; what keeps suites from being run.
pub fn run(world: &World, request: &Request<'_>) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let asked = eval::Request {
        specs: Vec::new(),
        place: Where::Work,
        model: None,
        against: None,
        compare: Compare::default(),
        repeat: request.repeat,
        jobs: request.jobs,
        filter: request.filter.clone(),
        calls: request.calls,
        attest: false,
        mutate: false,
        drift: false,
        watch: request.watch,
    };
    let (artifact, old, new) = sides(world, &standing, &request.sides)?;
    let (old_stage, new_stage) =
        (stage(world, &standing, artifact.as_ref(), &old)?, stage(world, &standing, artifact.as_ref(), &new)?);
    let runs = eval::beside(world, &standing, &asked, (&old_stage, &new_stage), artifact.as_ref())?;
    let mut flips: Vec<FlippedCase> = runs.iter().flat_map(flips).collect();
    flips.sort_by_key(|flip| flip.before);
    let cost = |run: &BundleOutcome| run.cost_usd + run.against.as_ref().map_or(0.0, |against| against.cost_usd);
    Ok(Outcome {
        from_label: label(&old),
        to_label: label(&new),
        flips,
        cost_usd: runs.iter().map(cost).sum(),
        bundles: runs.iter().map(Beside::of).collect(),
        exit_code: request.exit_code,
    })
}

/// The artifact that is compared, where one is named, and its two revisions.
fn sides(
    world: &World,
    standing: &Standing<'_>,
    sides: &Sides,
) -> Result<(Option<Artifact>, Revision, Revision), Failure> {
    let found = discover(world.tree.as_ref(), &standing.governance.sources)?;
    let names = Names::with(standing, &found);
    match sides {
        Sides::All => Ok((None, Revision::Head, Revision::Work)),
        Sides::ToFile(spec) => {
            let old = if spec.revision == Revision::Default { Revision::Head } else { spec.revision.clone() };
            Ok((Some(names.one(spec)?), old, Revision::Work))
        }
        Sides::Between(old, new) => {
            let (one, other) = (names.one(old)?, names.one(new)?);
            if one.key() != other.key() {
                let message = format!("`{one}` and `{other}` are not versions of one thing");
                return Err(Failure::usage(message)
                    .because("the same golden cases are asked of both sides")
                    .say(format!("name two versions of one: `chancery diff --behaviour {0}@v1 {0}`", new.text)));
            }
            Ok((Some(other), old.revision.clone(), new.revision.clone()))
        }
    }
}

/// Where one side is looked up.
fn stage<'a>(
    world: &'a World,
    standing: &'a Standing<'a>,
    artifact: Option<&Artifact>,
    revision: &Revision,
) -> Result<Stage<'a>, Failure> {
    match artifact {
        Some(artifact) => Stage::at(world, standing, artifact, revision),
        None if *revision == Revision::Head => Stage::open(world, standing, Ground::Heads),
        None => Stage::open(world, standing, Ground::Work),
    }
}

fn label(revision: &Revision) -> String {
    match revision {
        Revision::Default | Revision::Work => "file".to_owned(),
        revision => revision.to_string(),
    }
}

/// The cases that pass on one side and fail on the other.
fn flips(run: &BundleOutcome) -> impl Iterator<Item = FlippedCase> {
    use CaseOutcome::{Failed, Passed};
    let flipped = run.against.iter().flat_map(|against| &against.flipped);
    flipped.filter_map(|Flipped { case, before, after }| {
        let (was, is) = (before.outcome?, after.outcome?);
        let reason = match (was, is) {
            (Passed, Failed) => &after.reason,
            (Failed, Passed) => &before.reason,
            _ => return None,
        };
        Some(FlippedCase {
            prompt: run.prompt.clone(),
            suite: run.suite.clone(),
            case: case.clone(),
            before: was,
            after: is,
            reply_before: before.reply.clone(),
            reply_after: after.reply.clone(),
            reason: reason.clone(),
        })
    })
}

impl Beside {
    fn of(run: &BundleOutcome) -> Self {
        let against = run.against.as_ref();
        let (lost, gained) = against.map_or((0, 0), |against| (against.lost, against.gained));
        let cases = against.map_or(0, |against| against.cases);
        let nobody = |flipped: &&Flipped| {
            [&flipped.before, &flipped.after].iter().any(|side| side.outcome == Some(CaseOutcome::Errored))
        };
        let silent: Vec<&Flipped> = against.iter().flat_map(|against| &against.flipped).filter(nobody).collect();
        // Without a reply on either side a case did not flip.
        let flipped = |id: &str| silent.iter().any(|flipped| flipped.case == id);
        let neither =
            run.failures.iter().filter(|failure| failure.outcome == CaseOutcome::Errored && !flipped(&failure.case));
        let neither: Vec<&eval::CaseFailure> = neither.collect();
        let unanswered = (silent.len() + neither.len()) as u64;
        let because = silent.first().map(|flipped| {
            let side =
                [&flipped.before, &flipped.after].into_iter().find(|side| side.outcome == Some(CaseOutcome::Errored));
            format!("{}: {}", flipped.case, side.map(|side| side.reason.as_str()).unwrap_or_default())
        });
        let because = because.or_else(|| neither.first().map(|one| format!("{}: {}", one.case, one.reason)));
        let still_pass = run.passed.saturating_sub(gained + passing_of(&silent));
        Self {
            prompt: run.prompt.clone(),
            suite: run.suite.clone(),
            version: run.version,
            from: against.and_then(|against| against.bundle),
            to: run.bundle,
            cases,
            still_pass,
            still_fail: cases.saturating_sub(still_pass + lost + gained + unanswered),
            lost,
            gained,
            unanswered,
            unanswered_because: because,
        }
    }
}

/// How many of these pass on the new side.
fn passing_of(flipped: &[&Flipped]) -> u64 {
    flipped.iter().filter(|one| one.after.outcome == Some(CaseOutcome::Passed)).count() as u64
}
