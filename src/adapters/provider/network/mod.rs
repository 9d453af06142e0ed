//! Models behind a network interface: five dialects over one transport.
//!
//! A [`dialect`](self) is data and two pure functions: our request to path and JSON body, and a JSON answer to our
//! reply. What is sent is made of the request alone, so the request is the identity of what was asked; nothing of it
//! is dropped, also where a provider will refuse it. Everything else is the same for all: one pool of connections
//! and one rate for each host, and one breaker for each model.
//!
//! A key is read once, goes to the host of its model over a connection nobody listens to, and stands in no error,
//! recording or log: redirects are not followed, plain `http` is for this machine only, and what a provider says is
//! cleaned of it. An answer is bounded in time and size, and whatever it holds, reading it ends in a reply or an error.

mod address;
mod anthropic;
mod asking;
mod breaker;
mod dialect;
mod embeddings;
mod gemini;
mod keys;
mod ollama;
mod openai;
mod params;
mod patience;
mod rate;
mod reading;
mod responses;
mod retry_after;
mod timer;
#[cfg(test)]
mod testing;
mod transport;

pub use asking::{Network, NetworkError, NetworkModel, NetworkSettings};
pub use dialect::reply_in;
pub use keys::Keys;
pub use patience::Patience;
pub use timer::{SystemTimer, Timer};
