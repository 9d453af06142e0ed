//! Two texts and what differs: what a reviewer sees is what a model reads.

use chancery::{
    diff::{Change, WordKind, class, conflicts, merge, stat, text, words},
    sight::{invisible, spelled},
};

use super::{Said, Target, joined, parts};

/// An old text, a new one, and a third for putting together.
pub(crate) const DIFF: Target = Target {
    name: "diff",
    seeds: || {
        let (old, new) = (
            "+++\nmodel = \"fast\"\n+++\nBe kind.\nThirty days.\n",
            "+++\nmodel = \"slow\"\n+++\nBe kind.\nSixty days!\n",
        );
        vec![
            joined(&[old.as_bytes(), new.as_bytes(), b"Be kind.\nThirty days.\nNever more.\n"]),
            joined(&["a\u{202e}b\r\n".as_bytes(), "a b\n\u{200b}".as_bytes(), b""]),
            joined(&[b"one\ntwo\nthree\n", b"one\n2\nthree", b"one\n<<<<<<< x\n=======\n>>>>>>> y\n"]),
        ]
    },
    words: &[
        "<<<<<<< a\n",
        "=======\n",
        ">>>>>>> b\n",
        "+++\n",
        "Be kind.\n",
        "a b c d e f\n",
        "\u{200d}",
        "\u{fe0f}",
        "👩‍👩‍👧",
        "\u{e0001}",
        "\u{1b}[2J",
        "\u{85}",
        "\u{c}",
        "\u{b}",
        "x x x x x x x x x x x x x x x x\n",
        "\u{301}\u{301}\u{301}",
    ],
    run: differ,
};

fn differ(input: &[u8]) -> Said {
    let [old, new, third] = parts(input).map(super::text);
    let diff = text(&old, &new);
    assert_eq!(diff.apply(&old).as_deref(), Some(&*new), "a difference leads from one text to the other");
    assert_eq!(diff.is_empty(), old == new);
    assert_eq!(stat(&old, &new), (diff.insertions, diff.deletions));
    shown(&diff.unified());
    let runs = words(&old, &new);
    if old != new {
        let side = |not: WordKind| runs.iter().filter(|run| run.kind != not).map(|run| &*run.text).collect::<String>();
        assert_eq!(side(WordKind::Added), spelled(&old), "what is not added is the old text");
        assert_eq!(side(WordKind::Removed), spelled(&new), "what is not removed is the new one");
    }
    shown(&spelled(&new));
    let unseen = invisible(&new).count();
    let merged = merge(&old, &new, &third, ("ours", "theirs"));
    if let Some(merged) = &merged {
        assert_eq!(
            merge(&old, &new, &old, ("a", "b")).map(|merged| merged.text),
            Some(new.clone()),
            "what one side left alone"
        );
        assert!(
            merged.conflicts == 0 || !conflicts(&merged.text).is_empty() || merged.text.is_empty(),
            "a conflict is marked"
        );
    }
    let class = class(Change::Changed { old: &old, new: &new });
    let merged = merged.map_or("none", |merged| if merged.conflicts == 0 { "merged" } else { "conflict" });
    Said {
        accepted: old != new,
        word: format!("{} {} {merged} {} {}", class.word(), diff.hunks.len().min(9), runs.len().min(9), unseen.min(3)),
    }
}

/// A terminal obeys nothing in it, and nothing in it is unseen.
fn shown(text: &str) {
    assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "nothing to obey");
    let bad = invisible(text).find(|found| !matches!(found.character, '\n' | '\t'));
    assert_eq!(bad, None, "shown as it is");
}
