//! Who answers for the models of a project.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    adapters::{
        files::ReplyLog,
        provider::{Echo, Exec, RecordingFolder, Replay},
    },
    artifact::{Model, ProviderKind},
    eval::{Provider, Recordings, Replies},
    ops::{Failure, Providers},
};

/// Programs run in the project's folder, recordings are read from it, and what was paid for is kept beside the store.
pub(super) struct ProjectProviders {
    folder: PathBuf,
}

impl ProjectProviders {
    /// Those of the project in this folder.
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn replay(&self) -> Box<dyn Provider> {
        Box::new(Replay::new(RecordingFolder::of_project(&self.folder)))
    }
}

impl Providers for ProjectProviders {
    fn provider(&self, model: &Model, called: bool) -> Result<Box<dyn Provider>, Failure> {
        Ok(match &model.provider {
            ProviderKind::Echo => Box::new(Echo),
            ProviderKind::Network(_) if !called => self.replay(),
            ProviderKind::Replay => self.replay(),
            ProviderKind::Exec { command } => Box::new(Exec::new(command, &self.folder, env::vars_os())),
            ProviderKind::Network(word) => {
                return Err(Failure::cannot("not-yet", format!("`{word}` is not called by this version"))
                    .say("use `replay`, `exec` or `echo` as the model's provider"));
            }
        })
    }

    fn recordings(&self) -> Arc<dyn Recordings> {
        Arc::new(RecordingFolder::of_project(&self.folder))
    }

    fn replies(&self) -> Arc<dyn Replies> {
        Arc::new(ReplyLog::open(&self.folder.join(".chancery")))
    }
}
