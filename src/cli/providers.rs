//! Who answers for a model: programs, recordings, and what is behind a network interface.

use std::{
    env,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock, atomic::AtomicBool},
    time::Duration,
};

use crate::{
    adapters::{
        files::ReplyLog,
        provider::{
            Echo, Exec, ExecExaminer, Keys, Network, NetworkError, NetworkSettings, RecordingFolder, Replay,
            SystemTimer,
        },
    },
    artifact::{Model, Program, ProviderKind},
    eval::{Examiner, Provider, Recordings, Replies},
    ops::{Failure, Next, Providers},
};

/// Programs run in the project's folder, recordings are read from it, keys come from the environment, and what was
/// paid for is kept beside the store.
pub(super) struct FolderProviders {
    folder: PathBuf,
    pace: Pace,
    /// Made when the first model is to be called: only then are keys looked for.
    network: OnceLock<Network>,
}

/// How fast models are asked, and how long one answer is waited for; where nothing is said, as each provider has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    /// Calls a second to one host.
    pub(super) a_second: Option<f64>,
    /// How long one call may take.
    pub(super) call: Option<Duration>,
    /// Once it is set nothing more is waited for.
    pub(super) stop: Arc<AtomicBool>,
}

impl Pace {
    fn of_network(&self) -> NetworkSettings {
        let usual = NetworkSettings::default();
        NetworkSettings {
            rate: self.a_second,
            attempt: self.call.unwrap_or(usual.attempt),
            timer: Arc::new(SystemTimer::until(Arc::clone(&self.stop))),
            ..usual
        }
    }
}

impl FolderProviders {
    /// The providers of the project in this folder.
    pub(super) fn new(folder: &Path, pace: Pace) -> Self {
        Self { folder: folder.to_owned(), pace, network: OnceLock::new() }
    }

    fn replay(&self) -> Box<dyn Provider> {
        Box::new(Replay::new(RecordingFolder::of_project(&self.folder)))
    }
}

impl Providers for FolderProviders {
    fn provider(&self, model: &Model) -> Result<Box<dyn Provider>, Failure> {
        Ok(match &model.provider {
            ProviderKind::Echo => Box::new(Echo),
            ProviderKind::Replay | ProviderKind::Network(_) => self.replay(),
            ProviderKind::Exec { command } => {
                let program = Exec::new(command, &self.folder, env::vars_os());
                Box::new(match self.pace.call {
                    Some(call) => program.allowing(call),
                    None => program,
                })
            }
        })
    }

    fn live(&self, model: &Model) -> Result<Box<dyn Provider>, Failure> {
        let ProviderKind::Network(_) = model.provider else { return self.provider(model) };
        let way = || Network::new(Keys::of(env::vars_os()), self.pace.of_network());
        let asked = self.network.get_or_init(way).model(model).map_err(|error| unasked(model, &error))?;
        Ok(Box::new(asked))
    }

    fn examiner(&self, program: &Program) -> Result<Box<dyn Examiner>, Failure> {
        let made = ExecExaminer::new(&program.command, &program.files, env::vars_os());
        let unwritten = |error: std::io::Error| {
            let message = format!("`{}` cannot be run", program.command.join(" "));
            Failure::outside("disk", message).because(format!("its files could not be written: {error}"))
        };
        let made = made.map_err(unwritten)?;
        Ok(Box::new(match self.pace.call {
            Some(call) => made.allowing(call),
            None => made,
        }))
    }

    fn recordings(&self) -> Arc<dyn Recordings> {
        Arc::new(RecordingFolder::of_project(&self.folder))
    }

    fn replies(&self) -> Arc<dyn Replies> {
        Arc::new(ReplyLog::open(&self.folder.join(".chancery")))
    }
}

/// A model that cannot be asked, and what to do about it.
fn unasked(model: &Model, error: &NetworkError) -> Failure {
    let because = error.to_string();
    let cannot = |code| Failure::cannot(code, format!("model `{}` cannot be asked", model.id)).because(because.clone());
    match error {
        NetworkError::NoKey { variables, .. } => {
            let variable = variables.first().copied().unwrap_or_default();
            let failure = cannot("missing-key").say(format!("set `{variable}` to your key, and run the same again"));
            if model.base_url.is_none() {
                return failure;
            }
            failure.say(format!("set `{variable}=none` for a server of your own that wants no key"))
        }
        NetworkError::Open { .. } => cannot("unencrypted").say("name an `https` address in the model's `base_url`"),
        NetworkError::Address(_) | NetworkError::NotNetwork(_) => {
            cannot("bad-address").say("name scheme, host and path in the model's `base_url`, and nothing else")
        }
        NetworkError::Transport { .. } => Failure {
            exit: crate::ops::Exit::Outside,
            ..cannot("network").next(Next::Say("check the certificates of this machine, and its proxy".to_owned()))
        },
    }
}
