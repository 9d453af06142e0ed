//! Which suite runs against which bundle, with every case rendered.

mod lacking;

use std::{collections::BTreeMap, rc::Rc};

use self::lacking::{no_model, no_subject, no_suite};
use super::{
    Request, Side, Where,
    against::{self, Other},
    filtered::filtered,
    found::Found,
    terms::terms,
};
use crate::{
    artifact::{Case, Parsed, Subject, Suite},
    eval::{Ask, Filter, in_bundle},
    name::{Artifact, Environment, Kind, Name},
    object::{BundleId, VersionId},
    ops::{
        Failure, Revision, Spec, World, fit,
        judges::{Seated, seated},
        parts::{Whole, absent, try_gather_with},
        render::unrendered,
        resolve::{self, Names},
        stage::{Ground, Stage},
        standing::Standing,
    },
    problem::Problem,
    render::{Prepared, RenderError},
    state::{Case as ProposalCase, basis},
};

/// One suite to run against one bundle.
pub(super) struct Job {
    pub(super) prompt: Name,
    pub(super) bundle: BundleId,
    pub(super) suite: Name,
    pub(super) version: VersionId,
    pub(super) side: Side,
    /// The environment whose gate will judge the evidence, where one is known.
    pub(super) environment: Option<Environment>,
    pub(super) whole: Rc<Whole>,
    /// The suite as it is run and scored: with what its checks take from the bundle.
    pub(super) tests: Suite,
    pub(super) suite_path: String,
    /// Whom its checks ask.
    pub(super) judges: Vec<Seated>,
    /// What is to be done about each case, in the order of the suite.
    pub(super) asks: Vec<Ask>,
    /// What it is compared with.
    pub(super) other: Option<Other>,
}

/// Plans everything that was asked for, in order of suite and prompt.
pub(super) fn jobs(world: &World, standing: &Standing<'_>, request: &Request<'_>) -> Result<Vec<Job>, Failure> {
    let mut planner = Planner::new(world, standing, request);
    let ground = match &request.place {
        Where::Work => Ground::Work,
        Where::Environment(environment) => Ground::Environment(environment.clone()),
        Where::Proposal(name) => {
            let record = resolve::proposal(world, standing, name)?;
            Ground::Proposal(Box::new(record))
        }
    };
    planner.specs(&ground)?;
    planner.done()
}

/// Plans every suite of the new stage, or those about an artifact, on its bundle beside that of the old stage.
pub(super) fn beside<'a>(
    world: &'a World,
    standing: &'a Standing<'a>,
    request: &'a Request<'a>,
    (old, new): (&'a Stage<'a>, &Stage<'a>),
    artifact: Option<&Artifact>,
) -> Result<Vec<Job>, Failure> {
    let mut planner = Planner { old: Some(old), ..Planner::new(world, standing, request) };
    let suites = match artifact {
        Some(artifact) => planner.suites_for(new, artifact)?,
        None => planner.suites(new, |_| true)?,
    };
    for found in &suites {
        planner.plan(new, found, Side::Tested)?;
    }
    planner.done()
}

struct Planner<'a> {
    world: &'a World,
    standing: &'a Standing<'a>,
    request: &'a Request<'a>,
    /// What everything is compared with, whatever the request says.
    old: Option<&'a Stage<'a>>,
    wholes: BTreeMap<(String, String), Option<Rc<Whole>>>,
    problems: Vec<Problem>,
    jobs: Vec<Job>,
}

impl<'a> Planner<'a> {
    fn new(world: &'a World, standing: &'a Standing<'a>, request: &'a Request<'a>) -> Self {
        Self { world, standing, request, old: None, wholes: BTreeMap::new(), problems: Vec::new(), jobs: Vec::new() }
    }

    /// What was planned, unless something is wrong in files.
    fn done(self) -> Result<Vec<Job>, Failure> {
        let (mut problems, mut jobs) = (self.problems, self.jobs);
        if !problems.is_empty() {
            problems.sort();
            problems.dedup();
            return Err(Failure::problems(problems));
        }
        filtered(&mut jobs, self.request)?;
        Ok(jobs)
    }

    fn specs(&mut self, ground: &Ground) -> Result<(), Failure> {
        let stage = Stage::open(self.world, self.standing, ground.clone())?;
        if self.request.specs.is_empty() {
            let suites = self.suites(&stage, |_| true)?;
            if suites.is_empty() && self.problems.is_empty() {
                return Err(no_suite(&stage, None));
            }
            return self.plan_all(&stage, &suites);
        }
        let request = self.request;
        for spec in &request.specs {
            self.spec(&stage, spec)?;
        }
        let mut seen = std::collections::BTreeSet::new();
        let mark = |job: &Job| (job.bundle, job.version, matches!(job.side, Side::Live));
        self.jobs.retain(|job| seen.insert(mark(job)));
        Ok(())
    }

    fn spec(&mut self, base: &Stage<'a>, spec: &Spec) -> Result<(), Failure> {
        let names = base.found().map_or_else(|| Names::of(self.standing), |found| Names::with(self.standing, found));
        for artifact in names.meant(spec)? {
            let at;
            let stage = if spec.revision == Revision::Default {
                base
            } else {
                at = Stage::at(self.world, self.standing, &artifact, &spec.revision)?;
                &at
            };
            let suites = self.suites_for(stage, &artifact)?;
            self.plan_all(stage, &suites)?;
        }
        Ok(())
    }

    /// The suites that a suite, a prompt or a shared part stands for.
    fn suites_for(&mut self, stage: &Stage<'a>, artifact: &Artifact) -> Result<Vec<Found>, Failure> {
        if let Err(problems) = stage.look_closely(artifact)? {
            self.problems.extend(problems);
            return Ok(Vec::new());
        }
        if stage.look(artifact)?.is_none() {
            return Err(absent(stage, artifact)?);
        }
        let key = artifact.key();
        let suites = match artifact.kind {
            Kind::Suite => self.suites(stage, |found| found.key() == key)?,
            Kind::Prompt if !artifact.name.is_fragment() => {
                let suites = self.suites(stage, |_| true)?;
                suites.into_iter().filter(|found| found.prompt.folded() == artifact.name.folded()).collect()
            }
            _ => {
                let mut using = Vec::new();
                for found in self.suites(stage, |_| true)? {
                    let whole = self.whole(stage, &found.prompt)?;
                    let has = |whole: &Rc<Whole>| whole.bundle.members.iter().any(|m| m.artifact.key() == key);
                    if whole.as_ref().is_some_and(has) {
                        using.push(found);
                    }
                }
                using
            }
        };
        if suites.is_empty() && self.problems.is_empty() {
            return Err(no_suite(stage, Some(artifact)));
        }
        Ok(suites)
    }

    /// Suites of prompts, sorted by name. One that cannot be read is a problem: it might have failed.
    fn suites(&mut self, stage: &Stage<'a>, keep: impl Fn(&Artifact) -> bool) -> Result<Vec<Found>, Failure> {
        let mut suites = Vec::new();
        for artifact in stage.artifacts()?.into_iter().filter(|a| a.kind == Kind::Suite && keep(a)) {
            let part = match stage.look_closely(&artifact)? {
                Ok(Some(part)) => part,
                Ok(None) => continue,
                Err(problems) => {
                    self.problems.extend(problems);
                    continue;
                }
            };
            match part.parsed() {
                Ok(Parsed::Suite(suite)) => {
                    if let Subject::Prompt(prompt) = &suite.subject {
                        let prompt = prompt.clone();
                        suites.push(Found { artifact, part: Rc::clone(&part), prompt });
                    }
                }
                Ok(_) => {}
                Err(problems) => self.problems.extend(problems),
            }
        }
        Ok(suites)
    }

    fn plan_all(&mut self, stage: &Stage<'a>, suites: &[Found]) -> Result<(), Failure> {
        let Ground::Proposal(record) = stage.ground() else {
            for found in suites {
                self.plan(stage, found, Side::Tested)?;
            }
            return Ok(());
        };
        let case = ProposalCase::new(
            &self.standing.state(),
            &self.standing.governance,
            self.standing.project.governance,
            record,
        )?;
        let guards = basis(&self.standing.state(), &case)?.suites;
        let compares = case.environment.is_some_and(|rules| rules.gate.regression.is_some());
        let live = match stage.environment()? {
            Some(environment) if compares && self.request.attest => {
                Some(Stage::open(self.world, self.standing, Ground::Environment(environment))?)
            }
            _ => None,
        };
        for found in suites {
            let decides = |guard: &&crate::state::Guard| {
                guard.suite.folded() == found.artifact.name.folded() && guard.prompt.folded() == found.prompt.folded()
            };
            if guards.iter().find(decides).is_none() {
                continue;
            }
            self.plan(stage, found, Side::Tested)?;
            let prompt = Artifact::new(Kind::Prompt, found.prompt.clone());
            if let Some(live) = &live
                && live.look(&prompt)?.is_some()
            {
                self.plan(live, found, Side::Live)?;
            }
        }
        if self.jobs.is_empty() && self.problems.is_empty() {
            return Err(Failure::cannot("no-suite", "no suite decides about this proposal")
                .because("it touches no bundle that a suite tests")
                .run(format!("chancery review {}", record.id.short())));
        }
        Ok(())
    }

    /// One suite against the bundle that a stage has of its prompt.
    fn plan(&mut self, stage: &Stage<'a>, found: &Found, side: Side) -> Result<(), Failure> {
        let prompt = Artifact::new(Kind::Prompt, found.prompt.clone());
        if stage.look_closely(&prompt)?.is_ok_and(|part| part.is_none()) {
            self.problems.push(no_subject(stage, found)?);
            return Ok(());
        }
        let (Some(whole), Some(suite)) = (self.whole(stage, &found.prompt)?, found.suite()) else { return Ok(()) };
        let bundle = whole.bundle.id();
        if side == Side::Live && self.jobs.iter().any(|job| job.bundle == bundle && job.suite == found.artifact.name) {
            return Ok(());
        }
        let tests = in_bundle(suite.clone(), &whole.lent());
        let filter = Filter(self.request.filter.clone().into_iter().collect());
        if side == Side::Tested && self.misfits(found, &whole, &filter) {
            return Ok(());
        }
        let judges = match seated(stage, &found.part, suite, self.request.attest)? {
            Ok(judges) => judges,
            Err(problems) => {
                self.problems.extend(problems);
                return Ok(());
            }
        };
        let asks = match asks(&whole, &tests.cases, &filter) {
            Ok(asks) => asks,
            Err(RenderError::Invalid(problems)) => {
                self.problems.extend(problems);
                return Ok(());
            }
            Err(error) => return Err(unrendered(&found.prompt, error)),
        };
        if whole.model.is_none() {
            self.problems.push(no_model(stage, &prompt)?);
            return Ok(());
        }
        let other = match (&self.request.against, self.old) {
            (_, Some(old)) => {
                let terms = terms(&self.standing.governance, &Revision::Default, None, &self.request.compare);
                Some(against::other(old, &found.prompt, (old.identity(), terms), bundle, &tests, &filter)?)
            }
            (Some(revision), None) if side == Side::Tested => {
                let at = Stage::at(self.world, self.standing, &prompt, revision)?;
                let environment = stage.environment()?;
                let terms = terms(&self.standing.governance, revision, environment.as_ref(), &self.request.compare);
                Some(against::other(&at, &found.prompt, (&revision.to_string(), terms), bundle, &tests, &filter)?)
            }
            _ => None,
        };
        self.jobs.push(Job {
            prompt: found.prompt.clone(),
            bundle,
            suite: found.artifact.name.clone(),
            version: found.part.version,
            side,
            environment: stage.environment()?,
            whole,
            tests,
            judges,
            suite_path: found.part.path.clone(),
            asks,
            other,
        });
        Ok(())
    }

    /// Puts down what keeps cases from being asked or checked, before anybody is asked anything; whether there is such.
    ///
    /// The live side is not judged: its prompt need not know the inputs of newer cases, which are errored there.
    fn misfits(&mut self, found: &Found, whole: &Whole, filter: &Filter) -> bool {
        let cases = || found.suite().into_iter().flat_map(|suite| &suite.cases).filter(|case| filter.matches(case));
        let mut wrong = fit::expressions(&found.part, cases());
        wrong.extend(fit::with_bundle(&found.part, cases(), whole));
        wrong.retain(|problem| !problem.warning);
        let any = !wrong.is_empty();
        self.problems.extend(wrong);
        any
    }

    /// A prompt's bundle, brought together once; its problems are put down, once.
    fn whole(&mut self, stage: &Stage<'a>, prompt: &Name) -> Result<Option<Rc<Whole>>, Failure> {
        let key = (stage.identity().to_owned(), prompt.folded());
        if let Some(known) = self.wholes.get(&key) {
            return Ok(known.clone());
        }
        let whole = match try_gather_with(stage, prompt, self.request.model.as_ref())? {
            Ok(whole) => Some(Rc::new(whole)),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        };
        self.wholes.insert(key, whole.clone());
        Ok(whole)
    }
}

/// Renders every case that is asked for. A case whose own variables do not fit is errored when it is run; what is
/// wrong with the bundle itself ends the plan.
pub(super) fn asks(whole: &Whole, cases: &[Case], filter: &Filter) -> Result<Vec<Ask>, RenderError> {
    let mut prepared = None;
    let ask = |case: &Case| {
        if !filter.matches(case) {
            return Ok(Ask::Skip);
        }
        let prepared = match &mut prepared {
            Some(prepared) => prepared,
            none => none.insert(Prepared::of(&whole.parts)?),
        };
        match prepared.with(&case.vars) {
            Ok(request) => Ok(Ask::Request(Box::new(request))),
            Err(error @ (RenderError::Invalid(_) | RenderError::DuplicateTool { .. })) => Err(error),
            Err(error) => Ok(Ask::Unrenderable(error.to_string())),
        }
    };
    cases.iter().map(ask).collect()
}
