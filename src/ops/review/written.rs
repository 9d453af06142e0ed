//! What a reviewing program writes: findings, and whether it is done.

use serde::Deserialize;
use serde_json::Value;

use crate::ops::{Failure, Objection};

/// The most findings that are taken from one run.
const MOST: usize = 200;

/// One finding. Keys we do not know are the program's own business.
#[derive(Deserialize)]
struct Found {
    path: String,
    line: u64,
    quote: String,
    message: String,
}

/// Findings together, or the end of them.
#[derive(Deserialize)]
struct Together {
    #[serde(default)]
    findings: Vec<Found>,
    #[serde(default)]
    done: bool,
}

/// Reads one JSON document, or one a line.
///
/// # Errors
///
/// `reviewer-unreadable`: whatever is in doubt, all of it is.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Objection>, bool), Failure> {
    let text = std::str::from_utf8(bytes).map_err(|error| refuse(format!("it is not UTF-8: {error}")))?;
    if text.trim().is_empty() {
        return Err(refuse("it wrote nothing, not even that it is done"));
    }
    let (mut objections, mut done) = (Vec::new(), false);
    for value in values(text)? {
        let together = entry(value)?;
        done |= together.done;
        objections.extend(together.findings.into_iter().map(|found| {
            let Found { path, line, quote, message } = found;
            Objection { path, line, quote, message }
        }));
    }
    if objections.len() > MOST {
        return Err(refuse(format!("it has {} findings; at most {MOST} are taken", objections.len())));
    }
    Ok((objections, done))
}

fn values(text: &str) -> Result<Vec<Value>, Failure> {
    let whole = match serde_json::from_str(text) {
        Ok(whole) => return Ok(vec![whole]),
        Err(error) => error,
    };
    let lines = || (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    if lines().count() == 1 {
        return Err(refuse(whole.to_string()));
    }
    let value = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| refuse(format!("line {at} is no JSON document: {error}")))
    };
    lines().map(value).collect()
}

fn entry(value: Value) -> Result<Together, Failure> {
    let has = |key: &str| value.get(key).is_some();
    let read = if has("path") || has("quote") {
        serde_json::from_value(value).map(|found| Together { findings: vec![found], done: false })
    } else if has("findings") || has("done") {
        serde_json::from_value(value)
    } else {
        return Err(refuse("there is an entry without `findings`, `done` or `path`"));
    };
    read.map_err(|error| refuse(error.to_string()))
}

fn refuse(why: impl Into<String>) -> Failure {
    Failure::outside("reviewer-unreadable", "what the program wrote cannot be read, and nothing was recorded")
        .because(why)
        .say("it writes `{\"findings\":[{\"path\":…,\"line\":…,\"quote\":…,\"message\":…}],\"done\":true}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Exit;

    #[test]
    fn findings_come_as_one_document_or_line_by_line() {
        let one = r#"{"path":"a.md","line":2,"quote":"x","message":"bad","score":1}"#;
        for (text, count, done) in [
            (format!("{{\"findings\":[{one}],\"done\":true}}"), 1, true),
            (format!("{{\n  \"findings\": [{one},\n {one}]\n}}\n"), 2, false),
            (one.to_owned(), 1, false),
            (format!("{one}\n\n{one}\n{{\"done\":true}}\n"), 2, true),
            ("{\"done\":false}".to_owned(), 0, false),
            (format!("{{\"findings\":[{one}]}}\n{{\"findings\":[{one}],\"done\":true}}"), 2, true),
        ] {
            let (objections, said) = read(text.as_bytes()).unwrap();
            assert_eq!((objections.len(), said), (count, done), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_review() {
        let many = vec![r#"{"path":"a","line":1,"quote":"x","message":"m"}"#; MOST + 1].join(",");
        for text in [
            "",
            " \n",
            "looks good to me",
            "{}",
            "[]",
            "true",
            "{\"findings\":{}}",
            "{\"done\":\"yes\"}",
            r#"{"path":"a.md","line":0.5,"quote":"x","message":"bad"}"#,
            r#"{"path":"a.md","line":-1,"quote":"x","message":"bad"}"#,
            r#"{"path":"a.md","line":1,"quote":"x"}"#,
            "{\"done\":true}\nand that is all",
            &format!("{{\"findings\":[{many}]}}"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().code, "reviewer-unreadable", "{text}");
        }
        assert_eq!(read(b"\xff").unwrap_err().exit, Exit::Outside);
    }
}
