//! A program of the project that says whether a reply is good: one JSON question a line in, one JSON answer a line out.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::exec::Exec;
use crate::eval::{Examined, Examiner, Opinion, ProviderError, excerpt};

/// Runs a program on its pinned bytes: in a folder that holds them and nothing else, made for it and taken away after.
///
/// Otherwise as [`Exec`]: one process for many replies, harmless variables only, an empty home, a time for each answer.
#[derive(Debug)]
pub struct ExecExaminer {
    exec: Exec,
    /// Kept as long as the program may run.
    _folder: TempDir,
}

impl ExecExaminer {
    /// An examiner that runs `command`, of which the words in `files` name files with these bytes.
    ///
    /// # Errors
    ///
    /// That the files could not be written.
    pub fn new(
        command: &[String],
        files: &[(String, Arc<[u8]>)],
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("chancery-exec-").tempdir()?;
        for (name, bytes) in files {
            lay(folder.path(), name, bytes)?;
        }
        Ok(Self { exec: Exec::new(command, folder.path(), environment), _folder: folder })
    }

    /// The same with another time allowed for one answer.
    #[must_use]
    pub fn allowing(self, allowed: Duration) -> Self {
        Self { exec: self.exec.allowing(allowed), ..self }
    }
}

/// Writes a file that may be run.
fn lay(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let path: PathBuf = folder.join(name.strip_prefix("./").unwrap_or(name));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(&path, bytes)?;
    #[cfg(unix)]
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

impl Examiner for ExecExaminer {
    fn examine(&self, question: &Examined) -> Result<Opinion, ProviderError> {
        let id = question.id.hex();
        let mut told: HashMap<&str, &Value> = question.told.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let named = json!(id);
        told.insert("id", &named);
        let mut line = serde_json::to_vec(&told).unwrap_or_default();
        line.push(b'\n');
        self.exec.ask(&line, &|line| answer(&id, line)).map(|(opinion, _)| opinion)
    }
}

/// What a program writes. Keys we do not know are its own business.
#[derive(Debug, Deserialize)]
struct Said {
    id: Value,
    pass: bool,
    #[serde(default)]
    reason: String,
}

/// Reads the line that answers the question `id`.
fn answer(id: &str, line: &[u8]) -> Result<Opinion, String> {
    let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?.trim_end();
    let wrong = |error: serde_json::Error| format!("{}: `{}`", excerpt(&error.to_string()), excerpt(text));
    let said: Said = serde_json::from_str(text).map_err(wrong)?;
    if said.id.as_str() != Some(id) {
        return Err(format!("it answers id {}, asked was \"{id}\"", excerpt(&said.id.to_string())));
    }
    Ok(Opinion { pass: said.pass, reason: said.reason })
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::object::Digest;

    fn question(content: &str) -> Examined {
        let told = Map::from_iter([("content".to_owned(), json!(content))]);
        Examined { id: Digest::of(content.as_bytes()), told }
    }

    fn examiner(script: &str) -> ExecExaminer {
        let files = [("./deep/check.sh".to_owned(), Arc::from(script.as_bytes()))];
        let command = ["sh", "./deep/check.sh", "kind"].map(str::to_owned);
        ExecExaminer::new(&command, &files, std::env::vars_os()).unwrap()
    }

    const LOOP: &str = r#"n=0
while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
  n=$((n + 1))
  case "$line" in *"$1"*) pass=true ;; *) pass=false ;; esac
  printf '{"id":"%s","pass":%s,"reason":"reply %s in %s"}\n' "$id" "$pass" "$n" "$(ls)"
done
"#;

    #[test]
    fn one_process_answers_for_many_replies_in_a_folder_of_its_own() {
        let examiner = examiner(LOOP);
        let first = examiner.examine(&question("how kind")).unwrap();
        assert_eq!((first.pass, first.reason.as_str()), (true, "reply 1 in deep"));
        let second = examiner.examine(&question("go away")).unwrap();
        assert_eq!((second.pass, second.reason.as_str()), (false, "reply 2 in deep"));
    }

    #[test]
    fn what_is_no_answer_is_an_error_and_never_a_pass() {
        for (script, why) in [
            ("read -r line; echo '{\"pass\":true}'\n", "missing field `id`"),
            ("read -r line; echo '{\"id\":\"x\",\"pass\":true}'\n", "it answers id"),
            ("read -r line; echo yes\n", "wrote a line that is no reply"),
            ("read -r line; exit 3\n", "exit status: 3"),
            ("echo broken >&2; exit 0\n", "broken"),
        ] {
            let error = examiner(script).examine(&question("x")).unwrap_err().to_string();
            assert!(error.contains(why), "{script}: {error}");
        }
    }
}
