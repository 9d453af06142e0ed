//! Connections to one host: bounded in time and size, and never anywhere else.
//!
//! HTTP/1.1, one call on a connection at a time, so that a connection that breaks breaks one call. Certificates are
//! judged as the system judges them.

use std::{
    io::{self, Read},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Url,
    blocking::{Client, Response},
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
    redirect,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::address::Address;
use crate::eval::Trouble;

/// The most bytes of an answer that are read.
pub(super) const MOST: u64 = 16 * 1024 * 1024;

/// How long a connection is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(30);

/// The only protocol that is offered.
const PROTOCOL: &[u8] = b"http/1.1";

/// What came back.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) status: u16,
    /// The media type, in lower case and without parameters; empty where none is given.
    pub(super) media_type: String,
    pub(super) retry_after: Option<String>,
    pub(super) body: Vec<u8>,
}

/// One host's connections, shared by all threads.
#[derive(Debug, Clone)]
pub(super) struct Transport(Client);

impl Transport {
    /// Prepares connections; none is made yet.
    ///
    /// A proxy is used where the environment names one, but never for this machine: what is meant for it stays here.
    pub(super) fn to(address: &Address, connecting: Duration) -> Result<Self, String> {
        let mut builder = Client::builder()
            .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(connecting)
            .pool_idle_timeout(IDLE)
            .http1_only()
            .tls_backend_preconfigured(encryption(address)?);
        if address.is_here() {
            builder = builder.no_proxy();
        }
        builder.build().map(Self).map_err(|error| reason(&error))
    }

    /// Sends a JSON body and waits for the whole answer, no longer than `within`.
    pub(super) fn post(&self, url: Url, headers: HeaderMap, body: Vec<u8>, within: Duration) -> Result<Heard, Trouble> {
        let failed = |error: &reqwest::Error| trouble(error, within);
        let response = self.0.post(url).headers(headers).body(body).timeout(within).send().map_err(|e| failed(&e))?;
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let media_type = header(CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default();
        let media_type = media_type.trim().to_ascii_lowercase();
        let retry_after = header(RETRY_AFTER).map(str::to_owned);
        Ok(Heard { status, media_type, retry_after, body: whole(response, within)? })
    }
}

/// Headers of a request; a key among them is marked, so that nothing shows it.
pub(super) fn headers(
    plain: &[(&'static str, &'static str)],
    key: Option<(&'static str, String)>,
) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    for (name, value) in plain {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some((name, value)) = key {
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Some(headers)
}

/// Where nothing is encrypted nobody is trusted, and no certificates are loaded.
fn encryption(address: &Address) -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let builder = if address.is_encrypted() {
        builder.with_platform_verifier().map_err(|error| error.to_string())?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(config)
}

fn whole(response: Response, within: Duration) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    response.take(MOST + 1).read_to_end(&mut body).map_err(|error| broken(&error, within))?;
    if body.len() as u64 > MOST {
        return Err(Trouble::Unreadable(format!("it is longer than {MOST} bytes")));
    }
    Ok(body)
}

fn broken(error: &io::Error, within: Duration) -> Trouble {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
    match inner {
        Some(inner) => trouble(inner, within),
        None if error.kind() == io::ErrorKind::TimedOut => late(within),
        None => Trouble::Broken(error.to_string()),
    }
}

/// A connection that was not made in time may be made later; an answer that takes too long was paid for.
fn trouble(error: &reqwest::Error, within: Duration) -> Trouble {
    if error.is_timeout() && !error.is_connect() { late(within) } else { Trouble::Broken(reason(error)) }
}

fn late(within: Duration) -> Trouble {
    Trouble::Late { seconds: (within.as_secs_f64() * 1000.0).round() / 1000.0 }
}

/// The innermost cause: those around it tell of our own machinery.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let said = cause.to_string();
    if error.is_connect() { format!("no connection ({said})") } else { said }
}
