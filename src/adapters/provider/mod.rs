//! Who answers requests: an echo, a program, recordings, or a model behind a [`network`] interface; and programs
//! that review, or say whether a reply is good.
//!
//! Only a model behind a network interface costs money. A program sees the request and a handful of harmless variables, never expectations or
//! keys; it is stopped at its deadline, and whatever it writes is bounded. A recording answers exactly the request it
//! was made of, and what was not recorded is an error that names the nearest request.

mod echo;
mod examine;
mod exec;
mod network;
mod once;
mod process;
mod protocol;
mod replay;
mod tail;

pub use echo::Echo;
pub use examine::ExecExaminer;
pub use exec::Exec;
pub use network::{Keys, Network, NetworkError, NetworkModel, NetworkSettings, Patience, SystemTimer, Timer, reply_in};
pub use once::{OnceError, run_once};
pub use protocol::answer_in;
pub use replay::{RecordingFolder, Replay};
