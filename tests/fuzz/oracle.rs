//! What we accept and write, asked of `ssh-keygen`, which was written by others.

/// A check by name; it answers with what is wrong.
type Check = fn() -> Vec<String>;

/// All of them.
pub(crate) const ALL: &[(&str, Check)] = &[];
