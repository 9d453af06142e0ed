//! What is kept of a version's text for the day its risk is weighed.

use crate::{
    artifact::Source,
    scan::scan,
    sight::{invisible, look_alikes},
    version::{TextFlags, estimate},
};

/// What is to be known of all files of a version together.
///
/// Depends on the bytes alone, and on no table that changes: it is part of the state that every clone must arrive at.
pub(super) fn flags(source: &Source) -> TextFlags {
    let mut flags = TextFlags::default();
    for file in source.files() {
        let text = String::from_utf8_lossy(&file.bytes);
        flags.tokens += estimate(&text);
        for found in invisible(&text) {
            let count = flags.invisible.entry(format!("{:04X}", u32::from(found.character))).or_default();
            *count = count.saturating_add(1);
        }
        flags.look_alikes = flags.look_alikes.saturating_add(fit(look_alikes(&text).count()));
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        flags.longest_line = flags.longest_line.max(fit(longest));
        flags.secrets = flags.secrets.saturating_add(secrets(&text));
    }
    flags
}

fn fit(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How many strings in a text look like secrets, those that somebody said are none included: whoever approves should
/// know of them.
fn secrets(text: &str) -> u32 {
    u32::try_from(scan(text).len()).unwrap_or(u32::MAX)
}
