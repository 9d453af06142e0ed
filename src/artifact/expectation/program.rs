//! `exec`: what a program of the project says of a reply.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{Form, Place, text::filled};
use crate::{artifact::Item, object::Digest};

/// What begins the name of a file beside the suite.
const BESIDE: &str = "./";

/// The most words of a command.
const MOST_WORDS: usize = 32;

/// `exec = ["./check.py", "strict"]`: a program answers whether the reply is good.
///
/// Every word that begins with `./` names a file beside the suite, which is part of the suite's version: another
/// program is another check. What such a file needs besides has to be named as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program and its arguments, as written.
    pub command: Vec<String>,
    /// The files among them by the words that name them, sorted, each once; never empty.
    pub files: Vec<(String, Arc<[u8]>)>,
}

impl Program {
    pub(super) fn read(item: &Item<'_>, place: Place<'_>) -> Option<Self> {
        let words = filled(item)?;
        if words.len() > MOST_WORDS {
            item.refuse("too-long", format!("`{}` has more than {MOST_WORDS} words", item.keys()));
            return None;
        }
        let (mut command, mut files) = (Vec::new(), Vec::new());
        for (at, word) in words.iter().enumerate() {
            let text = word.string()?;
            if let Some(name) = text.strip_prefix(BESIDE) {
                files.push((text.clone(), place.attached.bytes(word, name)?));
            } else if at == 0 && (text.trim().is_empty() || text.contains(['/', '\\'])) {
                let problem = word.problem("bad-path", format!("`{}` begins with no program", item.keys()));
                word.report(problem.next("write `./NAME` for a file beside the suite, or the name of a program alone"));
                return None;
            }
            command.push(text);
        }
        if files.is_empty() {
            let message =
                format!("`{}` names no file beside the suite, so nobody could tell what was run", item.keys());
            let problem = item.problem("program-not-pinned", message);
            item.report(problem.next("put the program beside the suite, and name it: [\"python3\", \"./check.py\"]"));
            return None;
        }
        files.sort();
        files.dedup();
        Some(Self { command, files })
    }

    /// Compared are the bytes of the files, too.
    pub(super) fn to_json(&self, form: Form) -> Value {
        if form == Form::Written {
            return json!(self.command);
        }
        let files: Map<String, Value> =
            self.files.iter().map(|(name, bytes)| (name.clone(), json!(Digest::of(bytes)))).collect();
        json!({ "command": self.command, "files": files })
    }
}

#[cfg(test)]
mod tests {
    use crate::artifact::{Check, Source, SourceFile, Suite};

    fn read(check: &str, files: &[(&str, &[u8])]) -> Result<Suite, Vec<String>> {
        let text = format!("prompt = \"p\"\n[[case]]\nid = \"a\"\nexpect = [{{ exec = {check} }}]\n");
        let mut source = Source::single("p.toml", text.into_bytes());
        let file = |(path, bytes): &(&str, &[u8])| SourceFile { path: (*path).to_owned(), bytes: bytes.to_vec() };
        source.attached = files.iter().map(file).collect();
        let read = Suite::parse("evals/p.toml", &source);
        read.map(|(suite, _)| suite).map_err(|problems| problems.into_iter().map(|problem| problem.code).collect())
    }

    #[test]
    fn a_program_is_compared_by_its_bytes_and_need_be_no_text() {
        let digest = |bytes: &[u8]| read("[\"./x\", \"a\"]", &[("x", bytes)]).unwrap().cases[0].digest();
        assert_eq!(digest(b"\xff\x00one"), digest(b"\xff\x00one"));
        assert_ne!(digest(b"\xff\x00one"), digest(b"\xff\x00two"));
        let suite = read("[\"python3\", \"./x\", \"--in\", \"./y\", \"./x\"]", &[("x", b"1"), ("y", b"2")]).unwrap();
        let Check::Exec(program) = &suite.cases[0].expect[0].check else { panic!() };
        assert_eq!(program.files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["./x", "./y"]);
        assert_eq!(program.command.len(), 5);
    }

    #[test]
    fn a_program_that_nobody_could_name_later_is_refused() {
        for (check, code) in [
            ("[]", "empty-value"),
            ("[\"python3\", \"-c\", \"print(1)\"]", "program-not-pinned"),
            ("[\"/usr/bin/python3\", \"./x\"]", "bad-path"),
            ("[\"../x\"]", "bad-path"),
            ("[\"./../x\"]", "bad-path"),
            ("[\"./gone\"]", "missing-file"),
            ("\"./x\"", "wrong-type"),
            ("[1]", "wrong-type"),
        ] {
            assert_eq!(read(check, &[("x", b"1")]).unwrap_err(), [code.to_owned()], "{check}");
        }
    }
}
