//! Who said it: people, roles, keys and signatures.
//!
//! A person is a handle with SSH public keys; a role says which verbs its holders may use, on which
//! artifacts, in which environments. A signature is an SSHSIG over exact bytes under a namespace, so
//! that a signature made for one purpose is worth nothing for another, and `ssh-keygen -Y verify`
//! can check it without us. Verification is always in-process and never asks the network or a program.

mod allowed_signers;
mod armor;
mod base64;
mod key;
mod material;
mod people;
mod signature;
mod signer;
mod sshsig;
mod weak;
mod wire;

pub use allowed_signers::allowed_signers;
pub use key::{BadKey, PublicKey};
pub use people::{People, Person, RoleRules, Verb, matches, reaches};
pub use signature::{Namespace, Signature, SignatureError};
pub use signer::{Signer, SignerError};
