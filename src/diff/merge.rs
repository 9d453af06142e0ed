//! Three texts to one: what two people made of the same text, put together.

use std::ops::Range;

use git2::{MergeFileInput, MergeFileOptions, merge_file};

/// The marks of a conflict.
const FIRST: &str = "<<<<<<<";
const MIDDLE: &str = "=======";
const LAST: &str = ">>>>>>>";

/// What became of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text, with marks around what could not be put together.
    pub text: String,
    /// How many such places there are.
    pub conflicts: usize,
}

/// A place where both sides changed the same lines, as it stands between marks in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The line of its first mark, from 1.
    pub line: u32,
    /// The line of its last mark.
    pub end: u32,
    /// Its bytes in the text, marks included.
    pub range: Range<usize>,
}

/// Puts together what became of `base` on two sides; `None` where a text is none: one that holds a zero byte.
///
/// This is git's own merge, byte for byte what `git merge-file` makes of the same texts. `labels` stand behind the
/// marks of the first and the second side.
pub fn merge(base: &str, ours: &str, theirs: &str, labels: (&str, &str)) -> Option<Merged> {
    if [base, ours, theirs].iter().any(|text| text.contains('\0')) {
        return None;
    }
    // Where one side did nothing, or both the same, nothing need be asked; git2 could not say that nothing is left.
    if ours == theirs || base == theirs {
        return Some(Merged { text: ours.to_owned(), conflicts: 0 });
    }
    if base == ours {
        return Some(Merged { text: theirs.to_owned(), conflicts: 0 });
    }
    // `merge_file` is the one function of git2 that does not see to this itself.
    libgit2_sys::init();
    let (mut first, mut second, mut third) = (MergeFileInput::new(), MergeFileInput::new(), MergeFileInput::new());
    first.content(base.as_bytes());
    second.content(ours.as_bytes());
    third.content(theirs.as_bytes());
    let mut options = MergeFileOptions::new();
    options.our_label(labels.0).their_label(labels.1).style_standard(true).simplify_alnum(true);
    let result = merge_file(&first, &second, &third, Some(&mut options)).ok()?;
    let mut text = String::from_utf8(result.content().to_vec()).ok()?;
    let conflicts = if result.is_automergeable() { 0 } else { conflicts(&text).len().max(1) };
    // A side that deleted everything is in conflict as a whole, and libgit2 leaves its label out.
    let unlabelled = [(ours, text.find(FIRST), labels.0), (theirs, text.rfind(LAST), labels.1)];
    for (at, label) in
        unlabelled.into_iter().filter_map(|(side, at, label)| Some((at.filter(|_| side.is_empty())?, label)))
    {
        text.insert_str(at + FIRST.len(), &format!(" {label}"));
    }
    Some(Merged { text, conflicts })
}

/// The conflicts whose marks stand in a text: a line that begins `<<<<<<<`, later one that begins `=======`, later one
/// that begins `>>>>>>>`, each seven signs and no more.
pub fn conflicts(text: &str) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut open: Option<(u32, usize, bool)> = None;
    let mut at = 0;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let end = at + line.len();
        // Text of the second side that looks like a first mark does not hide the conflict it stands in.
        if is_mark(line, FIRST) && !open.is_some_and(|(.., is_halfway)| is_halfway) {
            open = Some((number, at, false));
        } else if let Some((first, start, is_halfway)) = open {
            if is_mark(line, LAST) && is_halfway {
                found.push(Conflict { line: first, end: number, range: start..end });
                open = None;
            } else if is_mark(line, MIDDLE) {
                open = Some((first, start, true));
            }
        }
        at = end;
    }
    found
}

fn is_mark(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\r', '\n']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> Merged {
        merge(base, ours, theirs, ("yours", "head")).unwrap()
    }

    #[test]
    fn what_both_sides_did_elsewhere_is_put_together() {
        let both = merged("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
        assert_eq!(both, Merged { text: "A\nb\nc\nd\nE\n".to_owned(), conflicts: 0 });
    }

    #[test]
    fn what_both_sides_did_to_the_same_line_stands_between_marks() {
        let both = merged("a\nb\nc\n", "a\nB\nc\n", "a\nbb\nc\n");
        assert_eq!(both.text, "a\n<<<<<<< yours\nB\n=======\nbb\n>>>>>>> head\nc\n");
        assert_eq!((both.conflicts, conflicts(&both.text)[0].line, conflicts(&both.text)[0].end), (1, 2, 6));
    }

    #[test]
    fn text_that_looks_like_a_mark_does_not_hide_a_conflict() {
        for theirs in ["a\n<<<<<<< x\n", "<<<<<<< x\n=======\n", "=======\n<<<<<<< x\n", ">>>>>>> x\n<<<<<<< x\n"] {
            let both = merged("a\nb\nc\n", "a\nB", theirs);
            assert!(both.conflicts > 0 && !conflicts(&both.text).is_empty(), "{}", both.text);
        }
    }

    #[test]
    fn line_ends_stay_what_they_are() {
        let crlf = merged("a\r\nb\r\nc\r\nd\r\n", "A\r\nb\r\nc\r\nd\r\n", "a\r\nb\r\nc\r\nD\r\n");
        assert_eq!(crlf.text, "A\r\nb\r\nc\r\nD\r\n");
        let marks = merged("a\r\n", "b\r\n", "c\r\n");
        assert_eq!(marks.text, "<<<<<<< yours\r\nb\r\n=======\r\nc\r\n>>>>>>> head\r\n");
        assert_eq!(conflicts(&marks.text).len(), 1);
        assert_eq!(merged("a\nb\nc\nd", "A\nb\nc\nd", "a\nb\nc\nd\n").text, "A\nb\nc\nd\n");
        let last = merged("a", "b", "c");
        assert_eq!(last.text, "<<<<<<< yours\nb\n=======\nc\n>>>>>>> head\n");
    }

    #[test]
    fn a_side_that_deleted_everything_is_in_conflict_with_what_the_other_changed() {
        let deleted = "<<<<<<< yours\n=======\nb\n>>>>>>> head\n";
        assert_eq!(merged("a\n", "", "b\n"), Merged { text: deleted.to_owned(), conflicts: 1 });
        let deleted = "<<<<<<< yours\nb\n=======\n>>>>>>> head\n";
        assert_eq!(merged("a\n", "b\n", ""), Merged { text: deleted.to_owned(), conflicts: 1 });
    }

    #[test]
    fn a_text_with_a_zero_byte_is_none() {
        assert_eq!(merge("a", "a\0", "b", ("x", "y")), None);
    }

    #[test]
    fn only_marks_in_their_order_at_the_beginning_of_lines_are_a_conflict() {
        for text in [
            "",
            "<<<<<<< a\n=======\n",
            "=======\n<<<<<<< a\n>>>>>>> b\n",
            " <<<<<<< a\n =======\n >>>>>>> b\n",
            "<<<<<<<x\n=======\n>>>>>>>x\n",
            "Heading\n=======\n",
            "<<<<<<<< a\n========\n>>>>>>>> b\n",
        ] {
            assert_eq!(conflicts(text), [], "{text:?}");
        }
        let two = "<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\nx\n<<<<<<< d\n=======\n>>>>>>> e";
        let lines: Vec<(u32, u32)> = conflicts(two).iter().map(|one| (one.line, one.end)).collect();
        assert_eq!(lines, [(2, 4), (6, 8)]);
        assert_eq!(&two[conflicts(two)[1].range.clone()], "<<<<<<< d\n=======\n>>>>>>> e");
    }

    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec("[abc]{0,2}(\n|\r\n)", 0..12).prop_map(|lines| lines.concat())
    }

    proptest! {
        #[test]
        fn every_conflict_can_be_found_again_by_its_marks(base in text(), ours in text(), theirs in text()) {
            let both = merged(&base, &ours, &theirs);
            prop_assert_eq!(both.conflicts, conflicts(&both.text).len());
        }

        #[test]
        fn a_side_that_did_nothing_changes_nothing(base in text(), other in text()) {
            let clean = |text: &str| Merged { text: text.to_owned(), conflicts: 0 };
            prop_assert_eq!(merged(&base, &other, &base), clean(&other));
            prop_assert_eq!(merged(&base, &base, &other), clean(&other));
            prop_assert_eq!(merged(&base, &other, &other), clean(&other));
        }

        #[test]
        fn edits_of_different_places_are_put_together_in_either_order(
            base in proptest::collection::vec("[a-z]{3}", 12..24), one in 0_usize..4, two in 7_usize..11,
        ) {
            let with = |edits: &[usize]| {
                let lines = base.iter().zip(0..).map(|(line, at)| if edits.contains(&at) { "edited" } else { line });
                lines.flat_map(|line| [line, "\n"]).collect::<String>()
            };
            let text = with(&[]);
            let both = merged(&text, &with(&[one]), &with(&[two]));
            prop_assert_eq!(&both, &Merged { text: with(&[one, two]), conflicts: 0 });
            prop_assert_eq!(both, merged(&text, &with(&[two]), &with(&[one])));
        }
    }
}
