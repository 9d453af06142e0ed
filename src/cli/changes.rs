//! How changes look, whichever verb shows them.

use crate::{
    diff::{Hunk, LineKind, Word, WordKind},
    ops::FileChange,
    sight::{marked, spelled},
    ui::{Line, Page, Tone},
};

/// Unchanged lines shown beside a line with changed words.
const CONTEXT: usize = 1;

/// Writes what changed, file by file; names the files where there are several.
pub(super) fn write(page: &mut Page, changes: &[FileChange]) {
    for change in changes {
        let spelled_out = !change.hunks.is_empty() || !change.words.is_empty();
        if changes.len() > 1 || !spelled_out {
            page.line(Line::new().name(&change.file).text("  ").append(summary(change)));
        }
        for hunk in &change.hunks {
            write_hunk(page, hunk);
        }
        write_words(page, &change.words);
    }
}

/// `body  +2 -1`
pub(super) fn summary(change: &FileChange) -> Line {
    Line::new().text(change.class.word()).text("  ").append(counts(change.insertions, change.deletions))
}

/// `+2 -1`
pub(super) fn counts(insertions: usize, deletions: usize) -> Line {
    let tone = |count: usize, tone| if count == 0 { Tone::Faint } else { tone };
    let line = Line::new().toned(tone(insertions, Tone::Good), format!("+{insertions}")).text(" ");
    line.toned(tone(deletions, Tone::Bad), format!("-{deletions}"))
}

fn write_hunk(page: &mut Page, hunk: &Hunk) {
    page.line(Line::new().name(hunk.header()));
    for line in &hunk.lines {
        let (tone, sign) = match line.kind {
            LineKind::Context => (Tone::Plain, ' '),
            LineKind::Added => (Tone::Good, '+'),
            LineKind::Removed => (Tone::Bad, '-'),
        };
        page.folded(Line::new().toned(tone, format!("{sign}{}", marked(&line.shown()))));
        if line.no_newline {
            page.line(Line::new().faint("\\ no newline at end of file"));
        }
    }
}

/// Lines with changed words and a little of what stands around them; marked by signs, repeated by colours.
fn write_words(page: &mut Page, words: &[Word]) {
    let lines = by_line(words);
    let is_near = |at: usize| {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len());
        lines.get(around).is_some_and(|near| near.iter().any(|(_, changed)| *changed))
    };
    let mut skipped = false;
    for (at, (line, _)) in lines.iter().enumerate() {
        if is_near(at) {
            if skipped {
                page.line(Line::new().faint("…"));
            }
            page.paragraph(line.clone());
        }
        skipped = !is_near(at);
    }
}

/// The runs as lines, each with whether something changed in it.
fn by_line(words: &[Word]) -> Vec<(Line, bool)> {
    let mut lines = vec![(Line::new(), false)];
    for word in words {
        for (at, piece) in word.text.split('\n').enumerate() {
            if at > 0 {
                lines.push((Line::new(), false));
            }
            let last = word.text.split('\n').count() == at + 1;
            let Some((line, changed)) = lines.last_mut() else { continue };
            let text = piece.replace('\t', "⇥   ");
            *changed |= word.kind != WordKind::Same && !(text.is_empty() && last);
            *line = match (word.kind, text.is_empty()) {
                (WordKind::Same, _) => std::mem::take(line).text(text),
                (WordKind::Added, false) => std::mem::take(line).good(format!("{{+{text}+}}")),
                (WordKind::Removed, false) => std::mem::take(line).bad(format!("[-{text}-]")),
                // A line end that came or went leaves its sign.
                (WordKind::Added, true) if !last => std::mem::take(line).good("{+↵+}"),
                (WordKind::Removed, true) if !last => std::mem::take(line).bad("[-↵-]"),
                (_, true) => continue,
            };
        }
    }
    lines
}

/// Writes a text that is to be read for what it is: everything invisible spelled out, long lines folded.
pub(super) fn write_text(page: &mut Page, text: &str) {
    for line in marked(&spelled(text)).split_terminator('\n') {
        page.folded(line);
    }
}
