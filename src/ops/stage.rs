//! Where artifacts are looked up by name: working files, heads, an environment, or one as it would be.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use super::{Failure, World, resolve, sources::source_of, standing::Standing};
use crate::{
    artifact::{Parsed, Source, Template, parse},
    name::{Artifact, Environment},
    object::VersionId,
    problem::Problem,
    state::{Case, LineageRecord, ProposalRecord, Target},
    workspace::{Found, Place, Revision, discover},
};

/// Which artifacts there are, and in which versions.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ground {
    /// The working files.
    Work,
    /// The newest committed versions.
    Heads,
    /// What is live in an environment.
    Environment(Environment),
    /// What would be live after a proposal.
    Proposal(Box<ProposalRecord>),
}

/// One artifact as a stage has it: its bytes, and what they say.
#[derive(Debug)]
pub(super) struct Part {
    /// The version its bytes are.
    pub(super) version: VersionId,
    /// Where its main file stands or stood.
    pub(super) path: String,
    /// Its files.
    pub(super) source: Source,
    /// What was read, with warnings; or every problem.
    pub(super) reading: Result<(Parsed, Vec<Problem>), Vec<Problem>>,
}

impl Part {
    fn new(artifact: &Artifact, path: String, source: Source, template: Option<Template>) -> Self {
        let reading = parse(artifact.kind, &artifact.name, &path, &source, template);
        Self { version: source.version(), path, source, reading }
    }

    /// What it says.
    ///
    /// # Errors
    ///
    /// Its problems.
    pub(super) fn parsed(&self) -> Result<&Parsed, Vec<Problem>> {
        self.reading.as_ref().map(|(parsed, _)| parsed).map_err(Clone::clone)
    }

    /// The text of its main file.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.source.main.bytes).into_owned()
    }
}

/// A working file that cannot be read, or what was read.
type Looked = Result<Option<Rc<Part>>, Vec<Problem>>;

/// Looks artifacts up, each once.
pub(super) struct Stage<'a> {
    world: &'a World,
    standing: &'a Standing<'a>,
    ground: Ground,
    identity: String,
    files: Option<Files>,
    instead: BTreeMap<String, (Artifact, Option<u64>)>,
    seen: RefCell<BTreeMap<String, Looked>>,
}

/// The working files, and their names without regard to case.
struct Files {
    found: Found,
    folded: BTreeMap<String, Place>,
}

impl<'a> Stage<'a> {
    /// Prepares to look things up.
    ///
    /// # Errors
    ///
    /// `unknown-environment`, or what keeps the project folder from being listed.
    pub(super) fn open(world: &'a World, standing: &'a Standing<'a>, ground: Ground) -> Result<Self, Failure> {
        let mut instead = BTreeMap::new();
        let identity = match &ground {
            Ground::Work => {
                let found = discover(world.tree.as_ref(), &standing.governance.sources)?;
                return Ok(Self::of_files(world, standing, found));
            }
            Ground::Heads => "head".to_owned(),
            Ground::Environment(environment) => {
                resolve::environment_rules(standing, environment)?;
                environment.to_string()
            }
            Ground::Proposal(record) => {
                let case = Case::new(&standing.state(), &standing.governance, standing.project.governance, record)?;
                let target = |target: &Target| {
                    (target.artifact.key(), (target.artifact.clone(), target.to.map(|(_, number)| number)))
                };
                instead = case.targets().iter().map(target).collect();
                record.id.to_string()
            }
        };
        Ok(Self { world, standing, ground, identity, files: None, instead, seen: RefCell::default() })
    }

    /// The working files as they were found, under whatever rules.
    pub(super) fn of_files(world: &'a World, standing: &'a Standing<'a>, found: Found) -> Self {
        let folded = found.places.values().map(|place| (place.artifact.key(), place.clone())).collect();
        let files = Some(Files { found, folded });
        let (instead, seen) = (BTreeMap::new(), RefCell::default());
        Self { world, standing, ground: Ground::Work, identity: "work".to_owned(), files, instead, seen }
    }

    /// The stage a revision means: for a number or an id the heads, with that one version instead.
    ///
    /// # Errors
    ///
    /// `unknown-version`, and as [`Stage::open`].
    pub(super) fn at(
        world: &'a World,
        standing: &'a Standing<'a>,
        artifact: &Artifact,
        revision: &Revision,
    ) -> Result<Self, Failure> {
        let ground = match revision {
            Revision::Default | Revision::Work => Ground::Work,
            Revision::Head | Revision::Number(_) | Revision::Prefix(_) => Ground::Heads,
            Revision::Environment(environment, _) => Ground::Environment(environment.clone()),
        };
        Self::open(world, standing, ground)?.with(artifact, revision)
    }

    /// The same stage with one artifact in the version that a revision means.
    ///
    /// # Errors
    ///
    /// `unknown-version`.
    pub(super) fn with(mut self, artifact: &Artifact, revision: &Revision) -> Result<Self, Failure> {
        if !matches!(revision, Revision::Default | Revision::Work | Revision::Environment(_, 0)) {
            let record = resolve::pick(self.standing, artifact, revision)?;
            self.identity = format!("{} {}#{}", self.identity, record.artifact, record.number);
            self.instead.insert(artifact.key(), (record.artifact, Some(record.number)));
        }
        Ok(self)
    }

    /// What is looked at.
    pub(super) fn ground(&self) -> &Ground {
        &self.ground
    }

    /// Tells stages apart that would look up different things.
    pub(super) fn identity(&self) -> &str {
        &self.identity
    }

    /// The outside.
    pub(super) fn world(&self) -> &'a World {
        self.world
    }

    /// The project as the ledger has it.
    pub(super) fn standing(&self) -> &'a Standing<'a> {
        self.standing
    }

    /// The working files, where they are what is looked at.
    pub(super) fn found(&self) -> Option<&Found> {
        self.files.as_ref().map(|files| &files.found)
    }

    /// The stage in words, as the end of a sentence: "among the working files", "live in production".
    pub(super) fn words(&self) -> String {
        match &self.ground {
            Ground::Work => "among the working files".to_owned(),
            Ground::Heads => "among the heads".to_owned(),
            Ground::Environment(environment) => format!("live in `{environment}`"),
            Ground::Proposal(record) => format!("in `{}` after the proposal", record.proposal.environment),
        }
    }

    /// The environment that is looked at, as it is or as it would be.
    pub(super) fn environment(&self) -> Result<Option<Environment>, Failure> {
        match &self.ground {
            Ground::Work | Ground::Heads => Ok(None),
            Ground::Environment(environment) => Ok(Some(environment.clone())),
            Ground::Proposal(record) => Ok(Some(Environment::parse(&record.proposal.environment)?)),
        }
    }

    /// Every artifact there is here, sorted.
    ///
    /// # Errors
    ///
    /// When the state cannot be read.
    pub(super) fn artifacts(&self) -> Result<Vec<Artifact>, Failure> {
        let state = self.standing.state();
        let all: Vec<Artifact> = match (&self.ground, self.environment()?) {
            (Ground::Work, _) => self.found().into_iter().flat_map(|found| found.places.keys().cloned()).collect(),
            (_, Some(environment)) => state.all_live(&environment)?.into_iter().map(|live| live.artifact).collect(),
            _ => {
                let heads = state.heads()?.into_iter().filter(|head| head.version.is_some());
                heads.map(|head| head.artifact).collect()
            }
        };
        let mut by_key: BTreeMap<String, Artifact> = all.into_iter().map(|a| (a.key(), a)).collect();
        for (key, (artifact, number)) in &self.instead {
            match number {
                Some(_) => drop(by_key.insert(key.clone(), artifact.clone())),
                None => drop(by_key.remove(key)),
            }
        }
        let mut all: Vec<Artifact> = by_key.into_values().collect();
        all.sort();
        Ok(all)
    }

    /// An artifact as it is here, without regard to case; `None` when there is none.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or what the state or the store answered.
    pub(super) fn look(&self, artifact: &Artifact) -> Result<Option<Rc<Part>>, Failure> {
        self.look_closely(artifact)?.map_err(Failure::problems)
    }

    /// The same, with what is wrong with a working file told apart from what is wrong outside of it.
    ///
    /// # Errors
    ///
    /// What the state, the store or the disk answered.
    pub(super) fn look_closely(&self, artifact: &Artifact) -> Result<Looked, Failure> {
        let key = artifact.key();
        if let Some(seen) = self.seen.borrow().get(&key) {
            return Ok(seen.clone());
        }
        let looked = self.read(artifact, &key)?;
        self.seen.borrow_mut().insert(key, looked.clone());
        Ok(looked)
    }

    fn read(&self, artifact: &Artifact, key: &str) -> Result<Looked, Failure> {
        if let Some(files) = self.files.as_ref().filter(|_| !self.instead.contains_key(key)) {
            let Some(place) = files.folded.get(key) else { return Ok(Ok(None)) };
            return Ok(match files.found.load(self.world.tree.as_ref(), place)? {
                Ok(file) => Ok(Some(Rc::new(Part::new(&file.artifact, file.path, file.source, file.template)))),
                Err(problem) => Err(vec![problem]),
            });
        }
        let Some(record) = self.record(artifact, key)?.filter(|record| record.version.is_some()) else {
            return Ok(Ok(None));
        };
        let source = source_of(self.world, &record)?;
        let template = record.template.map(|on| if on { Template::Jinja } else { Template::None });
        let path = record.path.unwrap_or_default();
        Ok(Ok(Some(Rc::new(Part::new(&record.artifact, path, source, template)))))
    }

    /// The commit of an artifact that counts here.
    fn record(&self, artifact: &Artifact, key: &str) -> Result<Option<LineageRecord>, Failure> {
        let state = self.standing.state();
        let number = match (self.instead.get(key), self.environment()?) {
            (Some((artifact, Some(number))), _) => return Ok(state.commit(artifact, *number)?),
            (Some((_, None)), _) => None,
            (None, Some(environment)) => state.live(&environment, artifact)?.map(|live| live.number),
            (None, None) => state.head(artifact)?.map(|head| head.number),
        };
        match number {
            Some(number) => Ok(state.commit(artifact, number)?),
            None => Ok(None),
        }
    }
}
