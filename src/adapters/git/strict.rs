//! What arrives in git's formats, read as strictly as everywhere here, and written again from what was read.
//!
//! The ledger reads commits and trees through the pieces below and never needs their bytes again. Whoever wants to see
//! that they have one spelling, and that no bytes make the readers stumble, asks here.

use super::{commit, inflate, tree};

/// A commit, written again from what was read of it.
///
/// # Errors
///
/// What is unlike every commit we write.
pub fn commit(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let read = commit::parse(bytes)?;
    Ok(match &read.signature {
        Some(signature) => commit::sealed(&read.signed, signature),
        None => read.signed,
    })
}

/// A tree, written again; `None` where it is not one of ours.
pub fn tree(bytes: &[u8]) -> Option<Vec<u8>> {
    let entries = tree::parse(bytes)?;
    // Both readers refuse and accept the same trees.
    (tree::children(bytes)?.len() == entries.len()).then(|| tree::of(&entries))
}

/// What a zlib stream holds; `None` where a bit of it is not as an encoder writes it.
pub fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    inflate::inflate(bytes)
}
