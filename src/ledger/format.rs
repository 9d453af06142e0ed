//! The format number of a record, read before anything else of it is understood.

use serde::Deserialize;

/// The format number that bytes state, when it is another than the known one.
///
/// A newer format may have any shape: to call it damaged would be a lie, for only a newer version can judge it.
pub(super) fn other_format(bytes: &[u8], known: u32) -> Option<u32> {
    #[derive(Deserialize)]
    struct Stated {
        format: u32,
    }
    let stated = serde_json::from_slice::<Stated>(bytes).ok()?.format;
    (stated != known).then_some(stated)
}
