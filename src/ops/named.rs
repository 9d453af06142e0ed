//! The one artifact that somebody named.

use super::{
    Failure,
    resolve::Names,
    working::{Item, Working},
};
use crate::name::Artifact;

/// The one artifact that a name or a file means: as a person would type it, and as it stands, its file read.
///
/// # Errors
///
/// `ambiguous-name`, that nothing is called so, and when a file cannot be read.
pub(super) fn named(working: &Working<'_>, text: &str) -> Result<(String, Item), Failure> {
    let artifact = match <[Artifact; 1]>::try_from(working.names().meant(text)?) {
        Ok([artifact]) => artifact,
        Err(several) => {
            let message = format!("`{text}` means {} artifacts", several.len());
            return Err(Failure::cannot("ambiguous-name", message).say("name one of them"));
        }
    };
    let label = Names::with(&working.standing, &working.found).label(&artifact)?;
    let mut item = working.one(&artifact)?;
    working.open(&mut item)?;
    Ok((label, item))
}
