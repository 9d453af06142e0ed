//! Whether what the provider said it used is what was asked for.

/// Whether a model that a provider names is the pinned one: its very name, or a dated snapshot of it.
///
/// A snapshot is the name, `-` or `@`, and a date of four or eight digits, hyphens aside: `gpt-4-0613`,
/// `gpt-4o-2024-08-06`. A longer name is another model: `gpt-4o-mini` is not `gpt-4o`. Where nothing is pinned
/// (a program under test needs no name) there is nothing to compare.
pub fn serves(pinned: &str, said: &str) -> bool {
    let Some(rest) = said.strip_prefix(pinned) else { return false };
    if pinned.is_empty() || rest.is_empty() {
        return true;
    }
    let date = rest.strip_prefix(['-', '@']).unwrap_or_default();
    let digits = date.chars().filter(char::is_ascii_digit).count();
    matches!(digits, 4 | 8) && date.starts_with(|c: char| c.is_ascii_digit()) && date.chars().all(dated)
}

fn dated(c: char) -> bool {
    c.is_ascii_digit() || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dated_snapshot_is_the_model_and_a_sibling_is_not() {
        for (pinned, said) in [
            ("gpt-4o", "gpt-4o"),
            ("gpt-4", "gpt-4-0613"),
            ("gpt-4o", "gpt-4o-2024-08-06"),
            ("claude-sonnet-4", "claude-sonnet-4@20250514"),
            ("", "whatever"),
        ] {
            assert!(serves(pinned, said), "{pinned} {said}");
        }
        for (pinned, said) in [
            ("gpt-4o", "gpt-4o-mini"),
            ("gpt-4", "gpt-4o"),
            ("gpt-4", "gpt-4-1106-preview"),
            ("gpt-4", "gpt-40613"),
            ("gpt-4", "gpt-4-"),
            ("claude-sonnet-4", "claude-sonnet-4-5"),
            ("gpt-4o-2024-08-06", "gpt-4o"),
            ("gpt-4o", ""),
        ] {
            assert!(!serves(pinned, said), "{pinned} {said}");
        }
    }
}
