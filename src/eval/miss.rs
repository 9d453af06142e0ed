//! What to say when a request was not recorded.

use crate::{
    object::Digest,
    render::{Message, Request},
};

use super::{Recording, excerpt};

/// A request that nobody recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The key that was looked for.
    pub key: Digest,
    /// The recorded request most like it; `None` when nothing is recorded at all.
    pub nearest: Option<Nearest>,
}

/// The recorded request nearest to one that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Its key.
    pub key: Digest,
    /// The first difference, as one sentence.
    pub difference: String,
}

impl std::fmt::Display for Miss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.nearest {
            None => write!(f, "request `{}`; there are no recordings", self.key.short()),
            Some(nearest) => {
                write!(
                    f,
                    "request `{}`; nearest is `{}`: {}",
                    self.key.short(),
                    nearest.key.short(),
                    nearest.difference
                )
            }
        }
    }
}

/// Explains a miss: the recorded request most like `request`, and where the two first differ.
///
/// Nearest is who shares the most whole messages, then the most text at both ends of the others.
pub fn miss(request: &Request, sample: u32, recorded: &[Recording]) -> Miss {
    // An edited prompt misses every recording of its suite at once: whole messages are compared first, which is
    // cheap, and only the best of that round are looked at closely.
    let whole = |recording: &&Recording| pairs(request, recording).filter(|(a, b)| a == b).count();
    let most = recorded.iter().map(|recording| whole(&recording)).max().unwrap_or_default();
    let close = |recording: &Recording| {
        let others = pairs(request, recording).filter(|(a, b)| a != b).map(|(a, b)| shared(a, b)).sum::<usize>();
        let around = usize::from(request.tools == recording.request.tools)
            + usize::from(request.params == recording.request.params)
            + usize::from(request.model == recording.request.model);
        (others, around, recording.sample == sample)
    };
    let nearest = recorded
        .iter()
        .filter(|recording| whole(recording) == most)
        .map(|recording| (close(recording), recording))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, recording)| Nearest { key: recording.key, difference: difference(request, sample, recording) });
    Miss { key: request.key(sample), nearest }
}

/// The messages of both, side by side, as text.
fn pairs<'a>(request: &'a Request, recording: &'a Recording) -> impl Iterator<Item = (&'a str, &'a str)> {
    let text = |(a, b): (&'a Message, &'a Message)| (a.content.as_str(), b.content.as_str());
    request.messages.iter().zip(&recording.request.messages).map(text)
}

/// How alike two texts are, in thousandths: what they share at both ends, against the longer one.
fn shared(a: &str, b: &str) -> usize {
    // Blocks first: comparing them is much faster than comparing bytes.
    const BLOCK: usize = 256;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(|(x, y)| x == y).count() * BLOCK;
    let (a_rest, b_rest) = (a.get(blocks..).unwrap_or_default(), b.get(blocks..).unwrap_or_default());
    let front = a_rest.iter().zip(b_rest).take_while(|(x, y)| x == y).count();
    let (a_rest, b_rest) = (a_rest.get(front..).unwrap_or_default(), b_rest.get(front..).unwrap_or_default());
    let back = a_rest.rchunks_exact(BLOCK).zip(b_rest.rchunks_exact(BLOCK)).take_while(|(x, y)| x == y).count() * BLOCK;
    let tail = a_rest.iter().rev().skip(back).zip(b_rest.iter().rev().skip(back)).take_while(|(x, y)| x == y).count();
    (blocks + front + back + tail) * 1000 / a.len().max(b.len()).max(1)
}

/// The first thing in which a recording differs from what was asked.
fn difference(request: &Request, sample: u32, recording: &Recording) -> String {
    let recorded = &recording.request;
    for (at, (asked, known)) in request.messages.iter().zip(&recorded.messages).enumerate() {
        if let Some(difference) = message_difference(asked, known) {
            return format!("message {} {difference}", at + 1);
        }
    }
    if request.messages.len() != recorded.messages.len() {
        return format!("it has {} messages, not {}", recorded.messages.len(), request.messages.len());
    }
    if request.model != recorded.model {
        return format!("it was recorded for model `{}`, not `{}`", excerpt(&recorded.model), excerpt(&request.model));
    }
    if request.params != recorded.params {
        return "its parameters differ".to_owned();
    }
    if request.tools != recorded.tools {
        return "its tools differ".to_owned();
    }
    format!("it is sample {}, not sample {sample}", recording.sample)
}

/// How one message differs from the recorded one.
fn message_difference(asked: &Message, known: &Message) -> Option<String> {
    if asked.role != known.role {
        return Some(format!("has another role ({:?}, recorded {:?})", asked.role, known.role).to_lowercase());
    }
    if asked.content == known.content {
        let calls = (asked.tool_calls != known.tool_calls).then(|| "calls tools otherwise".to_owned());
        return calls.or_else(|| (asked.answers != known.answers).then(|| "answers another call".to_owned()));
    }
    let mut ours = asked.content.split('\n');
    let mut theirs = known.content.split('\n');
    let mut line = 1_u32;
    loop {
        match (ours.next(), theirs.next()) {
            (a, b) if a == b && a.is_some() => line += 1,
            (a, b) => {
                let shown = |text: Option<&str>| text.map_or("nothing".to_owned(), |t| format!("`{}`", excerpt(t)));
                return Some(format!("line {line} is {}, recorded {}", shown(a), shown(b)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::eval::{Reply, testing::request};

    #[test]
    fn a_miss_shows_the_nearest_request_and_where_it_first_differs() {
        let recorded = [
            Recording::new(request("something else entirely", "bye"), 0, Reply::text(""), None),
            Recording::new(request("one\ntwo\nthree", "hi"), 0, Reply::text(""), None),
        ];
        let missed = |asked: &Request, sample| miss(asked, sample, &recorded).nearest.unwrap();
        let nearest = missed(&request("one\nTWO\nthree", "hi"), 0);
        assert_eq!(nearest.key, recorded[1].key);
        assert_eq!(nearest.difference, "message 1 line 2 is `TWO`, recorded `two`");
        assert_eq!(missed(&request("one\ntwo\nthree", "hi"), 1).difference, "it is sample 0, not sample 1");
        assert_eq!(
            missed(&request("one\ntwo\nthree\n", "hi"), 0).difference,
            "message 1 line 4 is ``, recorded nothing"
        );
        let mut other = request("one\ntwo\nthree", "hi");
        other.params.insert("temperature".to_owned(), json!(1));
        assert_eq!(missed(&other, 0).difference, "its parameters differ");
        assert_eq!(miss(&other, 0, &[]).nearest, None);
    }

    #[test]
    fn a_thousand_misses_against_a_thousand_recordings_are_explained_at_once() {
        let long = "You are kind. ".repeat(400);
        let user = |n: usize| format!("question number {n}");
        let recorded: Vec<Recording> =
            (0..1000).map(|n| Recording::new(request(&long, &user(n)), 0, Reply::text(""), None)).collect();
        let edited = format!("{long}Very.");
        for n in (0..1000).step_by(10) {
            let nearest = miss(&request(&edited, &user(n)), 0, &recorded).nearest.unwrap();
            assert_eq!(nearest.key, recorded[n].key, "the same user message is the nearest");
        }
    }
}
