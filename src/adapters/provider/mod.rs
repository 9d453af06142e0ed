//! Who answers requests: an echo, a program, or recordings.

mod echo;
mod exec;
mod process;
mod protocol;
mod replay;
mod tail;

pub use echo::Echo;
pub use exec::Exec;
pub use replay::{RecordingFolder, Replay};
