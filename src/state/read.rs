//! The state, read by what its records mean.
#![expect(clippy::missing_errors_doc, reason = "every method fails alike: a record that cannot be read")]

use serde::de::DeserializeOwned;

use super::{
    StateError,
    records::{
        AnnouncedRecord, BundleRecord, DossierRecord, EnvironmentRecord, ExceptionRecord, GuardsRecord, HandsRecord,
        HeadRecord, KeyRecord, LineageRecord, LiveRecord, MoveRecord, NeededRecord, Placed, ProjectRecord,
        ProposalRecord, PurgedRecord, RunsRecord, ServedRecord, VersionRecord,
    },
};
use crate::{
    ledger::{Key, View},
    name::{Artifact, Environment, Handle, Kind, Name},
    object::{BundleId, Digest, DossierId, EventId, VersionId},
};

/// Reads records of one view of the state.
pub struct State<'a> {
    view: &'a dyn View,
}

impl<'a> State<'a> {
    /// The state this view shows.
    pub fn new(view: &'a dyn View) -> Self {
        Self { view }
    }

    pub(super) fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StateError> {
        match self.view.get(key)? {
            Some(bytes) => decode(&key.to_string(), &bytes).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn list<T: DeserializeOwned>(&self, collection: &str) -> Result<Vec<T>, StateError> {
        self.view.list(collection)?.iter().map(|bytes| decode(collection, bytes)).collect()
    }

    /// The project; `None` before the first event.
    pub fn project(&self) -> Result<Option<ProjectRecord>, StateError> {
        self.get(&keys::project())
    }

    /// The newest event.
    pub fn newest(&self) -> Result<Option<Placed>, StateError> {
        self.get(&keys::newest())
    }

    /// Where an act stands.
    pub fn placed(&self, event: EventId) -> Result<Option<Placed>, StateError> {
        self.get(&keys::placed(event))
    }

    /// Where every act stands, in no particular order.
    pub fn all_placed(&self) -> Result<Vec<Placed>, StateError> {
        self.list("acts")
    }

    /// Things that events made, in the order of the ledger; what one event made stays as it was.
    pub fn in_order<T>(&self, things: Vec<T>, event: impl Fn(&T) -> EventId) -> Result<Vec<T>, StateError> {
        let mut placed = Vec::with_capacity(things.len());
        for thing in things {
            placed.push((self.placed(event(&thing))?.map(|placed| placed.seq), thing));
        }
        placed.sort_by_key(|(seq, _)| *seq);
        Ok(placed.into_iter().map(|(_, thing)| thing).collect())
    }

    /// Every key ever listed.
    pub fn keys(&self) -> Result<Vec<KeyRecord>, StateError> {
        let mut keys: Vec<KeyRecord> = self.list("keys")?;
        keys.sort_by(|a, b| (&a.person, &a.key).cmp(&(&b.person, &b.key)));
        Ok(keys)
    }

    /// One key of one person, if it was ever listed for them.
    pub fn key(&self, person: &Handle, key: &str) -> Result<Option<KeyRecord>, StateError> {
        self.get(&keys::key(person, key))
    }

    /// An artifact's head, deleted or not.
    pub fn head(&self, artifact: &Artifact) -> Result<Option<HeadRecord>, StateError> {
        self.get(&keys::head(artifact))
    }

    /// All heads, sorted by artifact, deleted ones included.
    pub fn heads(&self) -> Result<Vec<HeadRecord>, StateError> {
        let mut heads: Vec<HeadRecord> = self.list("heads")?;
        heads.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        Ok(heads)
    }

    /// One commit of an artifact.
    pub fn commit(&self, artifact: &Artifact, number: u64) -> Result<Option<LineageRecord>, StateError> {
        self.get(&keys::lineage(artifact, number))
    }

    /// Every commit of every artifact, in no particular order.
    pub fn commits(&self) -> Result<Vec<LineageRecord>, StateError> {
        self.list("lineage")
    }

    /// One version of an artifact.
    pub fn version(&self, artifact: &Artifact, version: VersionId) -> Result<Option<VersionRecord>, StateError> {
        self.get(&keys::version(artifact, version))
    }

    /// Whose words these bytes are, under any name.
    pub fn hands(&self, version: VersionId) -> Result<Option<HandsRecord>, StateError> {
        self.get(&keys::hands(version))
    }

    /// What is live of an artifact.
    pub fn live(&self, environment: &Environment, artifact: &Artifact) -> Result<Option<LiveRecord>, StateError> {
        self.get(&keys::live(environment, artifact))
    }

    /// Everything live, sorted by artifact.
    pub fn all_live(&self, environment: &Environment) -> Result<Vec<LiveRecord>, StateError> {
        let mut live: Vec<LiveRecord> = self.list(&format!("live/{environment}"))?;
        live.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        Ok(live)
    }

    /// The bundle of a live prompt.
    pub fn bundle(&self, environment: &Environment, prompt: &Name) -> Result<Option<BundleRecord>, StateError> {
        self.get(&keys::bundle(environment, prompt))
    }

    /// The bundles of all live prompts, sorted by prompt.
    pub fn bundles(&self, environment: &Environment) -> Result<Vec<BundleRecord>, StateError> {
        let mut bundles: Vec<BundleRecord> = self.list(&format!("bundles/{environment}"))?;
        bundles.sort_by(|a, b| a.prompt.cmp(&b.prompt));
        Ok(bundles)
    }

    /// Live prompts that name an artifact directly.
    pub fn needed(&self, environment: &Environment, artifact: &Artifact) -> Result<NeededRecord, StateError> {
        Ok(self.get(&keys::needed(environment, artifact))?.unwrap_or_default())
    }

    /// Live suites that test a prompt.
    pub fn guards(&self, environment: &Environment, subject: &Artifact) -> Result<GuardsRecord, StateError> {
        Ok(self.get(&keys::guards(environment, subject))?.unwrap_or_default())
    }

    /// How long a version was live in an environment.
    pub fn version_served(
        &self,
        environment: &Environment,
        artifact: &Artifact,
        version: VersionId,
    ) -> Result<Option<ServedRecord>, StateError> {
        self.get(&keys::version_served(environment, artifact, version))
    }

    /// How long a bundle was live in an environment.
    pub fn bundle_served(
        &self,
        environment: &Environment,
        prompt: &Name,
        bundle: BundleId,
    ) -> Result<Option<ServedRecord>, StateError> {
        self.get(&keys::bundle_served(environment, prompt, bundle))
    }

    /// Since when an artifact that was live in an environment no longer is.
    pub fn gone(&self, environment: &Environment, artifact: &Artifact) -> Result<Option<Placed>, StateError> {
        self.get(&keys::gone(environment, artifact))
    }

    /// An environment's latest move; `None` while nothing was ever live there.
    pub fn environment(&self, environment: &Environment) -> Result<Option<EnvironmentRecord>, StateError> {
        self.get(&keys::environment(environment))
    }

    /// One move of an environment.
    pub fn movement(&self, environment: &Environment, number: u64) -> Result<Option<MoveRecord>, StateError> {
        self.get(&keys::movement(environment, number))
    }

    /// A proposal.
    pub fn proposal(&self, id: EventId) -> Result<Option<ProposalRecord>, StateError> {
        self.get(&keys::proposal(id))
    }

    /// Every proposal ever made, oldest first.
    pub fn proposals(&self) -> Result<Vec<ProposalRecord>, StateError> {
        self.in_order(self.list("proposals")?, |record: &ProposalRecord| record.id)
    }

    /// Open proposals for an environment (or for `governance`), oldest first.
    pub fn open(&self, environment: &str) -> Result<Vec<ProposalRecord>, StateError> {
        let ids: Vec<EventId> = self.list(&format!("open/{environment}"))?;
        let mut open = Vec::new();
        for id in ids {
            open.extend(self.proposal(id)?);
        }
        self.in_order(open, |record| record.id)
    }

    /// All runs of a suite version against a bundle.
    pub fn runs(&self, bundle: BundleId, suite: VersionId) -> Result<Option<RunsRecord>, StateError> {
        self.get(&keys::runs(bundle, suite))
    }

    /// Every run ever announced.
    pub fn all_runs(&self) -> Result<Vec<RunsRecord>, StateError> {
        self.list("runs")
    }

    /// Which runs an announcement belongs to.
    pub fn announced(&self, event: EventId) -> Result<Option<AnnouncedRecord>, StateError> {
        self.get(&keys::announced(event))
    }

    /// A dossier that somebody decided on.
    pub fn dossier(&self, id: DossierId) -> Result<Option<DossierRecord>, StateError> {
        self.get(&keys::dossier(id))
    }

    /// Every dossier that somebody decided on.
    pub fn dossiers(&self) -> Result<Vec<DossierRecord>, StateError> {
        self.list("dossiers")
    }

    /// Whether payload was purged, and by whom.
    pub fn purged(&self, payload: &Digest) -> Result<Option<PurgedRecord>, StateError> {
        self.get(&keys::purged(payload))
    }

    /// Everything that was purged.
    pub fn all_purged(&self) -> Result<Vec<PurgedRecord>, StateError> {
        self.list("purged")
    }

    /// Who said of a fingerprint that it is no secret.
    pub fn exception(&self, fingerprint: &Digest) -> Result<Option<ExceptionRecord>, StateError> {
        self.get(&keys::exception(fingerprint))
    }

    /// Everything that is said to be no secret, oldest first.
    pub fn exceptions(&self) -> Result<Vec<ExceptionRecord>, StateError> {
        self.in_order(self.list("exceptions")?, |record: &ExceptionRecord| record.event)
    }

    /// Whether this refusal was recorded before.
    pub fn attempted(&self, person: &str, verdict: Digest) -> Result<bool, StateError> {
        Ok(self.view.get(&keys::attempt(person, verdict))?.is_some())
    }
}

/// Reads a record; what cannot be read is damage, never a default.
fn decode<T: DeserializeOwned>(key: &str, bytes: &[u8]) -> Result<T, StateError> {
    serde_json::from_slice(bytes).map_err(|error| StateError::Record { key: key.to_owned(), reason: error.to_string() })
}

/// Where each record stands.
pub(super) mod keys {
    use super::{Artifact, BundleId, Digest, DossierId, Environment, EventId, Handle, Key, Kind, Name, VersionId};

    pub(in crate::state) fn project() -> Key {
        Key::new("project", "project")
    }
    pub(in crate::state) fn newest() -> Key {
        Key::new("newest", "newest")
    }
    pub(in crate::state) fn placed(event: EventId) -> Key {
        Key::new("acts", event.to_string())
    }
    pub(in crate::state) fn key(person: &Handle, key: &str) -> Key {
        Key::new("keys", format!("{person} {key}"))
    }
    pub(in crate::state) fn head(artifact: &Artifact) -> Key {
        Key::new("heads", artifact.key())
    }
    pub(in crate::state) fn lineage(artifact: &Artifact, number: u64) -> Key {
        Key::new("lineage", format!("{}#{number}", artifact.key()))
    }
    pub(in crate::state) fn version(artifact: &Artifact, version: VersionId) -> Key {
        Key::new("versions", format!("{}@{version}", artifact.key()))
    }
    pub(in crate::state) fn hands(version: VersionId) -> Key {
        Key::new("hands", version.to_string())
    }
    pub(in crate::state) fn live(environment: &Environment, artifact: &Artifact) -> Key {
        Key::new(format!("live/{environment}"), artifact.key())
    }
    pub(in crate::state) fn bundle(environment: &Environment, prompt: &Name) -> Key {
        Key::new(format!("bundles/{environment}"), prompt.folded())
    }
    pub(in crate::state) fn needed(environment: &Environment, artifact: &Artifact) -> Key {
        Key::new(format!("needed/{environment}"), artifact.key())
    }
    pub(in crate::state) fn guards(environment: &Environment, subject: &Artifact) -> Key {
        Key::new(format!("guards/{environment}"), subject.key())
    }
    pub(in crate::state) fn version_served(environment: &Environment, artifact: &Artifact, version: VersionId) -> Key {
        Key::new(format!("served/{environment}"), format!("{}@{version}", artifact.key()))
    }
    pub(in crate::state) fn bundle_served(environment: &Environment, prompt: &Name, bundle: BundleId) -> Key {
        let artifact = Artifact::new(Kind::Prompt, prompt.clone());
        Key::new(format!("served/{environment}"), format!("bundle:{}@{bundle}", artifact.key()))
    }
    pub(in crate::state) fn gone(environment: &Environment, artifact: &Artifact) -> Key {
        Key::new(format!("gone/{environment}"), artifact.key())
    }
    pub(in crate::state) fn environment(environment: &Environment) -> Key {
        Key::new("environments", environment.as_str())
    }
    pub(in crate::state) fn movement(environment: &Environment, number: u64) -> Key {
        Key::new(format!("moves/{environment}"), number.to_string())
    }
    pub(in crate::state) fn proposal(id: EventId) -> Key {
        Key::new("proposals", id.to_string())
    }
    pub(in crate::state) fn open(environment: &str, id: EventId) -> Key {
        Key::new(format!("open/{environment}"), id.to_string())
    }
    pub(in crate::state) fn runs(bundle: BundleId, suite: VersionId) -> Key {
        Key::new("runs", format!("{bundle}:{suite}"))
    }
    pub(in crate::state) fn announced(event: EventId) -> Key {
        Key::new("announced", event.to_string())
    }
    pub(in crate::state) fn dossier(id: DossierId) -> Key {
        Key::new("dossiers", id.to_string())
    }
    pub(in crate::state) fn purged(payload: &Digest) -> Key {
        Key::new("purged", payload.to_string())
    }
    pub(in crate::state) fn exception(fingerprint: &Digest) -> Key {
        Key::new("exceptions", fingerprint.to_string())
    }
    pub(in crate::state) fn attempt(person: &str, verdict: Digest) -> Key {
        Key::new("attempts", format!("{person}:{verdict}"))
    }
}
