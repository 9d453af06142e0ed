//! Lines: hunks with numbers, and what changed inside a changed line.

use serde::{Serialize, Serializer};
use similar::{Algorithm, ChangeTag, TextDiff as Lines};

use super::words::inner;
use crate::sight::{skeleton, spelled, spelled_whole};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The longest line, in bytes, that is compared word by word: the work grows with the product of two lines.
const LONGEST_COMPARED: usize = 4 * 1024;

/// What a line is in a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// In both texts.
    Context,
    /// In the new text only.
    Added,
    /// In the old text only.
    Removed,
}

/// A run of characters of a line's shown text, in characters from 0, the end left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// The first character after it.
    pub end: usize,
}

/// One line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// Its number in the old text, from 1.
    pub old: Option<usize>,
    /// Its number in the new text, from 1.
    pub new: Option<usize>,
    /// The line itself with its end, byte for byte. Serialised as [`Line::shown`].
    #[serde(serialize_with = "as_shown")]
    pub text: String,
    /// Whether it has no line feed: it is the last line of its text.
    pub no_newline: bool,
    /// Whether it looks like its counterpart and is not: then every character outside of ASCII is spelled out.
    #[serde(skip)]
    pub looks_alike: bool,
    /// What differs from its counterpart, in characters of [`Line::shown`]; empty where nothing is alike
    /// or a line is longer than 4 KiB.
    pub emphasis: Vec<Span>,
}

impl Line {
    /// The line for a page: without its line feed, hidden characters spelled out, `␍` for a carriage return.
    pub fn shown(&self) -> String {
        let text = self.text.strip_suffix('\n').unwrap_or(&self.text);
        if self.looks_alike { spelled_whole(text) } else { spelled(text) }
    }
}

/// Changed lines that stand together, with their context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hunk {
    /// The first line's number in the old text, from 1; where the hunk holds none of its lines, the number
    /// of the line before it.
    pub old_start: usize,
    /// How many lines of the old text it holds.
    pub old_lines: usize,
    /// The first line's number in the new text, as for the old one.
    pub new_start: usize,
    /// How many lines of the new text it holds.
    pub new_lines: usize,
    /// Its lines in order, removed before added.
    pub lines: Vec<Line>,
}

impl Hunk {
    /// `@@ -1,3 +1,4 @@`
    pub fn header(&self) -> String {
        let Self { old_start, old_lines, new_start, new_lines, .. } = self;
        format!("@@ -{old_start},{old_lines} +{new_start},{new_lines} @@")
    }
}

/// How two texts differ; equal texts have no hunks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TextDiff {
    /// What changed, in the order of the texts.
    pub hunks: Vec<Hunk>,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
}

impl TextDiff {
    /// Whether the texts are the same, byte for byte.
    pub fn is_empty(&self) -> bool {
        self.hunks.is_empty()
    }

    /// The hunks as unified text, safe to show: each line under its sign, and
    /// `\ no newline at end of file` where a text ends without one.
    pub fn unified(&self) -> String {
        let mut out = String::new();
        for hunk in &self.hunks {
            out.push_str(&hunk.header());
            out.push('\n');
            for line in &hunk.lines {
                out.push(match line.kind {
                    LineKind::Context => ' ',
                    LineKind::Added => '+',
                    LineKind::Removed => '-',
                });
                out.push_str(&line.shown());
                out.push('\n');
                if line.no_newline {
                    out.push_str("\\ no newline at end of file\n");
                }
            }
        }
        out
    }

    /// The new text, from the old one it was made with.
    ///
    /// `None` when `old` is another text.
    pub fn apply(&self, old: &str) -> Option<String> {
        let lines: Vec<&str> = old.split_inclusive('\n').collect();
        let mut new = String::new();
        let mut at = 0;
        for hunk in &self.hunks {
            let start = if hunk.old_lines == 0 { hunk.old_start } else { hunk.old_start.checked_sub(1)? };
            new.extend(lines.get(at..start)?.iter().copied());
            at = start;
            for line in &hunk.lines {
                if line.kind != LineKind::Added {
                    if *lines.get(at)? != line.text {
                        return None;
                    }
                    at += 1;
                }
                if line.kind != LineKind::Removed {
                    new.push_str(&line.text);
                }
            }
        }
        new.extend(lines.get(at..)?.iter().copied());
        Some(new)
    }
}

/// How the new text differs from the old one, line by line.
pub fn text(old: &str, new: &str) -> TextDiff {
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let lines = Lines::configure().algorithm(Algorithm::Patience).diff_slices(&old_lines, &new_lines);
    let mut diff = TextDiff::default();
    for group in lines.grouped_ops(CONTEXT) {
        let mut hunk = Vec::new();
        for change in group.iter().flat_map(|op| lines.iter_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => LineKind::Context,
                ChangeTag::Insert => LineKind::Added,
                ChangeTag::Delete => LineKind::Removed,
            };
            let text = change.value().to_owned();
            let number = |index: Option<usize>| index.map(|index| index + 1);
            let (old, new) = (number(change.old_index()), number(change.new_index()));
            let no_newline = !text.ends_with('\n');
            hunk.push(Line { kind, old, new, text, no_newline, looks_alike: false, emphasis: Vec::new() });
        }
        let Some((first, last)) = group.first().zip(group.last()) else { continue };
        let (before, after) =
            (first.old_range().start..last.old_range().end, first.new_range().start..last.new_range().end);
        emphasise(&mut hunk);
        diff.insertions += hunk.iter().filter(|line| line.kind == LineKind::Added).count();
        diff.deletions += hunk.iter().filter(|line| line.kind == LineKind::Removed).count();
        diff.hunks.push(Hunk {
            old_start: before.start + usize::from(!before.is_empty()),
            old_lines: before.len(),
            new_start: after.start + usize::from(!after.is_empty()),
            new_lines: after.len(),
            lines: hunk,
        });
    }
    diff
}

/// Lines added and lines removed, in this order.
pub fn stat(old: &str, new: &str) -> (usize, usize) {
    let diff = text(old, new);
    (diff.insertions, diff.deletions)
}

/// Marks what differs between the removed and the added lines that stand in for each other.
fn emphasise(lines: &mut [Line]) {
    for block in lines.chunk_by_mut(|a, b| a.kind != LineKind::Context && b.kind != LineKind::Context) {
        let added = block.iter().position(|line| line.kind == LineKind::Added).unwrap_or(block.len());
        let (removed, added) = block.split_at_mut(added);
        let pairs = removed.iter_mut().zip(added);
        for (old, new) in pairs.filter(|(old, new)| old.text.len().max(new.text.len()) <= LONGEST_COMPARED) {
            let alike = old.text != new.text && skeleton(&old.text) == skeleton(&new.text);
            (old.looks_alike, new.looks_alike) = (alike, alike);
            (old.emphasis, new.emphasis) = inner(&old.shown(), &new.shown());
        }
    }
}

fn as_shown<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&spelled(text.strip_suffix('\n').unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_change_shows_with_its_context_and_numbers() {
        let old = "a\nb\nc\nd\ne\nf\ng\n";
        let diff = text(old, "a\nb\nc\nd\ne\nF\ng\n");
        assert_eq!(diff.unified(), "@@ -3,5 +3,5 @@\n c\n d\n e\n-f\n+F\n g\n");
        assert_eq!((diff.insertions, diff.deletions), (1, 1));
        let numbers: Vec<_> = diff.hunks[0].lines.iter().map(|line| (line.old, line.new)).collect();
        assert_eq!(numbers[3..5], [(Some(6), None), (None, Some(6))]);
    }

    #[test]
    fn ends_of_lines_are_part_of_the_text() {
        assert_eq!(text("a\n", "a").unified(), "@@ -1,1 +1,1 @@\n-a\n+a\n\\ no newline at end of file\n");
        assert_eq!(text("a\n", "a\r\n").unified(), "@@ -1,1 +1,1 @@\n-a\n+a␍\n");
        assert_eq!(text("", "a\n").unified(), "@@ -0,0 +1,1 @@\n+a\n");
        assert!(text("a\r\n", "a\r\n").is_empty());
    }

    #[test]
    fn hidden_characters_cannot_hide_in_a_difference() {
        let diff = text("pay 10\n", "pay \u{202E}10\u{1b}[2J\n");
        assert_eq!(diff.hunks[0].lines[1].shown(), "pay <U+202E>10<U+001B>[2J");
        assert_eq!(serde_json::to_value(&diff).unwrap()["hunks"][0]["lines"][1]["text"], "pay <U+202E>10<U+001B>[2J");
    }

    #[test]
    fn lines_that_look_the_same_are_told_apart() {
        // A Latin `a` between Russian words, and a Russian one: both read well alone.
        let diff = text("он a она\n", "он \u{430} она\n");
        assert_eq!(diff.hunks[0].lines[1].shown(), "<U+043E><U+043D> <U+0430> <U+043E><U+043D><U+0430>");
        assert_ne!(diff.hunks[0].lines[0].shown(), diff.hunks[0].lines[1].shown());
        let other = text("он\n", "она\n");
        assert_eq!(other.hunks[0].lines[1].shown(), "она");
    }

    #[test]
    fn what_changed_inside_a_line_is_marked() {
        let diff = text("refund within 14 days\n", "refund within 30 days\n");
        let marked: Vec<_> = diff.hunks[0].lines.iter().map(|line| line.emphasis.clone()).collect();
        assert_eq!(marked, [vec![Span { start: 14, end: 16 }], vec![Span { start: 14, end: 16 }]]);
    }

    proptest! {
        #[test]
        fn applying_a_difference_gives_the_new_text(old in "([ab\u{e4}\r]{0,2}\n?){0,30}", new in "([ab\u{e4}\r]{0,2}\n?){0,30}") {
            let diff = text(&old, &new);
            prop_assert_eq!(diff.apply(&old), Some(new.clone()));
            prop_assert_eq!(diff.is_empty(), old == new);
        }
    }
}
