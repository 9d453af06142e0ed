//! Markdown out of which text of others cannot break.
//!
//! What users and models wrote stands in code spans and fences that are longer than any run of backticks in it: no
//! markup, no link, no mention and no image comes to life there, and what nobody sees is spelled out.

use std::fmt::Write as _;

use crate::{
    name::Handle,
    sight::{visible, visible_lines},
};

/// A title of the second rank, set off by empty lines.
pub(super) fn heading(page: &mut String, title: &str) {
    let _ = writeln!(page, "\n## {title}\n");
}

/// People, each in a code span.
pub(super) fn handles(list: &[Handle]) -> String {
    list.iter().map(|handle| code(handle.as_str())).collect::<Vec<_>>().join(", ")
}

/// Text in a code span that it cannot leave, nor the table cell around it.
pub(super) fn code(text: &str) -> String {
    ticked(&one_line(text).replace('|', "\\|"))
}

/// The same outside of tables, where a bar is a bar.
pub(super) fn span(text: &str) -> String {
    ticked(&one_line(text))
}

/// One line between more backticks than it has in a row.
fn ticked(text: &str) -> String {
    let ticks = "`".repeat(longest_run(text, '`') + 1);
    if text.is_empty() || ticks.len() > 1 { format!("{ticks} {text} {ticks}") } else { format!("`{text}`") }
}

/// A fence that no line of the text can close.
pub(super) fn fence(text: &str) -> String {
    "`".repeat(longest_run(text, '`').max(2) + 1)
}

/// Our own sentence, with user text in backticks, in a table cell.
pub(super) fn cell(text: &str) -> String {
    escape(&one_line(text)).replace('|', "\\|")
}

/// A person's own words, as a quotation.
pub(super) fn prose(text: &str) -> String {
    escape(&visible_lines(text)).replace('\n', "\n> ")
}

/// Takes the power of markup from text, except that of backticks.
pub(super) fn escape(text: &str) -> String {
    text.replace('<', "&lt;").replace('[', "\\[").replace('*', "\\*").replace('#', "\\#")
}

/// Text of a user as one line.
pub(super) fn one_line(text: &str) -> String {
    visible(&text.replace(['\n', '\t'], " "))
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(|run| run.chars().count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_in_a_code_span_stays_in_it() {
        assert_eq!(span("a"), "`a`");
        assert_eq!(span("a`b``c"), "``` a`b``c ```");
        assert_eq!(span("a|b\n</code>"), "`a|b </code>`");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(span(""), "`  `");
        assert_eq!(fence("a\n````\nb"), "`````");
    }

    proptest! {
        #[test]
        fn no_run_of_backticks_inside_is_as_long_as_the_one_that_closes(text in "[`a |\n]{0,40}") {
            let made = span(&text);
            let ticks = made.chars().take_while(|c| *c == '`').count();
            let inside = &made[ticks..made.len() - ticks];
            prop_assert!(made.ends_with(&"`".repeat(ticks)));
            prop_assert!(inside.split(|c| c != '`').all(|run| run.len() != ticks), "{made}");
            prop_assert!(!made.contains('\n'));
            prop_assert!(text.trim().is_empty() || inside.starts_with(' ') || !inside.starts_with('`'));
        }
    }
}
