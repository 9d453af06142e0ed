//! Models that are asked over the network: what is shared by whom, and how one call goes.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use super::{
    address::Address,
    breaker::Breaker,
    dialect::Dialect,
    keys::{Key, Keys},
    patience::{Patience, Setback, persist},
    rate::Rate,
    reading::{complaint_in, quoted},
    retry_after,
    timer::{SystemTimer, Timer},
    transport::{Heard, Transport, headers},
};
use crate::{
    artifact::Model,
    eval::{Answer, Asked, Provider, ProviderError, Reply, ReplySource, Trouble, Unanswered},
    object::Digest,
    render::Request,
};

/// By which a server that knows it tells a call that is made again from another one (an IETF draft, and what the
/// providers' own clients send).
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How models are asked.
#[derive(Clone)]
pub struct NetworkSettings {
    /// How long a connection may take to be made.
    pub connecting: Duration,
    /// How long one attempt may take, from its first byte to its last.
    pub attempt: Duration,
    /// How often and how long one call is tried.
    pub patience: Patience,
    /// Calls a second to one host, attempts counted; no limit where none is given.
    pub rate: Option<f64>,
    /// Calls of one model that may fail in a row before it is left alone; 0 for any number.
    pub failures: u32,
    /// For how long it is left alone.
    pub pause: Duration,
    /// Who waits.
    pub timer: Arc<dyn Timer>,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            connecting: Duration::from_secs(10),
            attempt: Duration::from_mins(5),
            patience: Patience::default(),
            rate: None,
            failures: 10,
            pause: Duration::from_secs(30),
            timer: Arc::new(SystemTimer::default()),
        }
    }
}

impl fmt::Debug for NetworkSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkSettings")
            .field("patience", &self.patience)
            .field("rate", &self.rate)
            .finish_non_exhaustive()
    }
}

/// Why a model cannot be asked at all. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// A provider without an interface we speak, such as `echo`.
    #[error("`{0}` is not behind a network interface")]
    NotNetwork(String),
    /// The environment holds no key for the provider.
    #[error("`{provider}` wants a key, and {} holds none", .variables.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "))]
    NoKey {
        /// The provider's word.
        provider: String,
        /// The variables that may hold it.
        variables: Vec<&'static str>,
    },
    /// The key would go over a connection that anybody on the way can read.
    #[error("`{host}` is asked without encryption, and a key is not sent where others can read it")]
    Open {
        /// Scheme, host and port.
        host: String,
    },
    /// The model's `base_url` cannot be used.
    #[error("`base_url` of the model cannot be used: {0}")]
    Address(String),
    /// The machine cannot make connections.
    #[error("no connection can be prepared to `{host}`: {reason}")]
    Transport {
        /// Scheme, host and port.
        host: String,
        /// What went wrong.
        reason: String,
    },
}

/// The way to all models behind network interfaces.
///
/// Models at one host share its connections and its rate.
#[derive(Debug)]
pub struct Network {
    keys: Keys,
    settings: NetworkSettings,
    hosts: Mutex<BTreeMap<String, Host>>,
}

/// What is shared by all that ask one host.
#[derive(Debug, Clone)]
struct Host {
    transport: Transport,
    rate: Arc<Rate>,
}

impl Network {
    /// A way with these keys.
    pub fn new(keys: Keys, settings: NetworkSettings) -> Self {
        Self { keys, settings, hosts: Mutex::default() }
    }

    /// The provider of a model. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`NetworkError`] when it cannot be asked.
    pub fn model(&self, model: &Model) -> Result<NetworkModel, NetworkError> {
        let word = model.provider.word();
        let dialect = Dialect::of(word).ok_or_else(|| NetworkError::NotNetwork(word.to_owned()))?;
        let address = Address::of(dialect, model.base_url.as_deref()).map_err(NetworkError::Address)?;
        let key = self.keys.first(dialect.variables);
        if key.is_none() && !dialect.variables.is_empty() {
            return Err(NetworkError::NoKey { provider: word.to_owned(), variables: dialect.variables.to_vec() });
        }
        let host = address.host();
        if key.is_some() && address.is_open() {
            return Err(NetworkError::Open { host });
        }
        let (name, prefix) = dialect.key_header;
        let unusable = |reason: &str| NetworkError::Transport { host: host.clone(), reason: reason.to_owned() };
        let headers = headers(dialect.headers, key.map(|(_, key)| (name, key.after(prefix))))
            .ok_or_else(|| unusable("the key does not fit in a header"))?;
        let shared = self.host(&address).map_err(|reason| unusable(&reason))?;
        let asked = Asked {
            provider: word.to_owned(),
            host: host.clone(),
            model: quoted(&model.id),
            variable: key.map(|(variable, _)| variable.to_owned()),
        };
        Ok(NetworkModel {
            dialect,
            address,
            headers,
            key: key.map(|(_, key)| key.clone()),
            asked,
            host: shared,
            breaker: Breaker::new(self.settings.failures, self.settings.pause),
            retries: AtomicU64::new(0),
            settings: self.settings.clone(),
        })
    }

    fn host(&self, address: &Address) -> Result<Host, String> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let name = address.host();
        if let Some(host) = hosts.get(&name) {
            return Ok(host.clone());
        }
        let transport = Transport::to(address, self.settings.connecting)?;
        let host = Host { transport, rate: Arc::new(Rate::new(self.settings.rate)) };
        hosts.insert(name, host.clone());
        Ok(host)
    }
}

/// A model behind a network interface. Every answer costs what its provider asks for it.
///
/// An attempt that got no whole answer in time is not repeated: it may well have been paid for.
#[derive(Debug)]
pub struct NetworkModel {
    dialect: &'static Dialect,
    address: Address,
    headers: HeaderMap,
    key: Option<Key>,
    asked: Asked,
    host: Host,
    breaker: Breaker,
    retries: AtomicU64,
    settings: NetworkSettings,
}

impl Provider for NetworkModel {
    fn complete(&self, request: &Request, sample: u32) -> Result<Answer, ProviderError> {
        self.complete_once(request, sample, &request.key(sample))
    }

    fn complete_once(&self, request: &Request, _sample: u32, name: &Digest) -> Result<Answer, ProviderError> {
        let timer = self.settings.timer.as_ref();
        self.breaker.enter(timer.now()).map_err(|trouble| self.unanswered(trouble, 0))?;
        let url = self.address.below(&(self.dialect.path)(request));
        let body = serde_json::to_vec(&(self.dialect.body)(request, self.address.own)).unwrap_or_default();
        // The call's time begins when its turn has come: waiting for it is our own doing.
        self.host.rate.wait(timer);
        let mut first = true;
        let answered = persist(&self.settings.patience, timer, |left| {
            if !std::mem::take(&mut first) {
                self.retries.fetch_add(1, Ordering::Relaxed);
                self.host.rate.wait(timer);
            }
            self.attempt(&url, name, &body, left)
        });
        match &answered {
            Err((trouble, _)) if !trouble.is_the_requests_own() => self.breaker.failed(timer.now(), trouble),
            _ => self.breaker.answered(),
        }
        let (reply, took) = answered.map_err(|(trouble, attempts)| self.unanswered(trouble, attempts))?;
        let latency_ms = Some(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        Ok(Answer { reply, source: ReplySource::Live, latency_ms })
    }

    fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }
}

impl NetworkModel {
    /// Asks once; the reply and how long it took.
    fn attempt(&self, url: &Url, name: &Digest, body: &[u8], left: Duration) -> Result<(Reply, Duration), Setback> {
        let timer = self.settings.timer.as_ref();
        if timer.has_ended() {
            return Err(self.setback(Trouble::Ended, None));
        }
        let began = timer.now();
        let within = self.settings.attempt.min(left);
        let mut headers = self.headers.clone();
        headers.extend(HeaderValue::from_str(&name.hex()).map(|name| (IDEMPOTENCY_KEY, name)));
        let heard = self.host.transport.post(url.clone(), headers, body.to_vec(), within);
        let heard = heard.map_err(|trouble| self.setback(trouble, None))?;
        if !(200..300).contains(&heard.status) {
            return Err(self.refused(&heard));
        }
        let reply = self.read(&heard).map_err(|reason| self.setback(Trouble::Unreadable(reason), None))?;
        Ok((reply, timer.now().saturating_sub(began)))
    }

    fn read(&self, heard: &Heard) -> Result<Reply, String> {
        let json = heard.media_type.is_empty() || heard.media_type.ends_with("json");
        if !json {
            let begins = quoted(&String::from_utf8_lossy(&heard.body));
            return Err(format!("it is `{}`, not JSON: `{begins}`", quoted(&heard.media_type)));
        }
        let body = self.key.as_ref().and_then(|key| key.taken_out_of_answer(&heard.body));
        self.dialect.read(body.as_deref().unwrap_or(&heard.body))
    }

    /// An answer whose status is no success. The pause it asks for is kept by all that ask this host.
    fn refused(&self, heard: &Heard) -> Setback {
        let timer = self.settings.timer.as_ref();
        let pause = heard.retry_after.as_deref().and_then(|header| retry_after::pause(header, timer.today()));
        let said = self.clean(&complaint_in(&heard.body));
        let trouble = Trouble::Status { status: heard.status, said: quoted(&said), pause: None };
        let kept = pause.filter(|pause| trouble.passes() && *pause <= self.settings.patience.longest_pause);
        if let Some(pause) = kept {
            self.host.rate.hold(timer, pause);
        }
        Setback { trouble, pause }
    }

    fn setback(&self, trouble: Trouble, pause: Option<Duration>) -> Setback {
        let trouble = match trouble {
            Trouble::Broken(reason) => Trouble::Broken(quoted(&self.clean(&reason))),
            Trouble::Unreadable(reason) => Trouble::Unreadable(self.clean(&reason)),
            other => other,
        };
        Setback { trouble, pause }
    }

    fn clean(&self, text: &str) -> String {
        self.key.as_ref().map_or_else(|| text.to_owned(), |key| key.taken_out_of(text))
    }

    fn unanswered(&self, trouble: Trouble, attempts: u32) -> ProviderError {
        ProviderError::Unanswered(Box::new(Unanswered { asked: self.asked.clone(), attempts, trouble }))
    }
}
