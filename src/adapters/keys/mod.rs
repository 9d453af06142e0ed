//! Keys that sign: files, agents and hardware, and throw-away keys in memory.
//!
//! Plain Ed25519 and ECDSA files sign in-process. Everything else (a passphrase, an agent, a hardware key,
//! RSA, older file formats) goes through `ssh-keygen -Y sign`, and what comes back is checked before anybody
//! sees it. Nothing here reads the environment or the home folder: the front door names the file.

mod file;
mod generate;
mod keygen;
mod open;
mod plain;
mod throwaway;

pub use file::FileKey;
pub use generate::generate_key;
pub use keygen::{KeyTool, KeygenKey, Questions};
pub use open::{open_git_key, open_key};
pub use throwaway::ThrowawayKey;
