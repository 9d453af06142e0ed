//! The files an artifact names: found among those given, remembered when asked for.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use serde_json::Value;

use super::{Item, SourceFile, text};

/// Files beside the main one, by their path from its folder.
#[derive(Debug)]
pub(super) struct Attached<'s> {
    /// The main file's path, under which problems are reported.
    path: &'s str,
    files: &'s [SourceFile],
    asked: RefCell<Vec<String>>,
    schemas: RefCell<HashMap<String, Option<Value>>>,
    whole: RefCell<HashMap<String, Arc<[u8]>>>,
}

impl<'s> Attached<'s> {
    pub(super) fn new(path: &'s str, files: &'s [SourceFile]) -> Self {
        Self { path, files, asked: RefCell::default(), schemas: RefCell::default(), whole: RefCell::default() }
    }

    /// The path under which problems of an attached file are reported: beside the main file.
    pub(super) fn path_of(&self, name: &str) -> String {
        match self.path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{name}"),
            None => name.to_owned(),
        }
    }

    /// A file that need not be there.
    pub(super) fn optional(&self, name: &str) -> Option<&'s [u8]> {
        let mut asked = self.asked.borrow_mut();
        if !asked.iter().any(|known| known == name) {
            asked.push(name.to_owned());
        }
        self.files.iter().find(|file| file.path == name).map(|file| file.bytes.as_slice())
    }

    /// The text of the file an item names; what is wrong with it is reported at the item or in the file.
    pub(super) fn named(&self, item: &Item<'_>) -> Option<(String, &'s str)> {
        let name = item.string()?;
        let (path, bytes) = self.beside(item, &name)?;
        match text::decode(&path, bytes) {
            Ok(text) => Some((path, text)),
            Err(problems) => {
                item.report_all(problems);
                None
            }
        }
    }

    /// The bytes of a file that an item names, text or not; so many that name one share them.
    pub(super) fn bytes(&self, item: &Item<'_>, name: &str) -> Option<Arc<[u8]>> {
        if let Some(known) = self.whole.borrow().get(name) {
            return Some(Arc::clone(known));
        }
        let bytes: Arc<[u8]> = Arc::from(self.beside(item, name)?.1);
        self.whole.borrow_mut().insert(name.to_owned(), Arc::clone(&bytes));
        Some(bytes)
    }

    /// A file in the folder or below it, with the path it is reported under.
    fn beside(&self, item: &Item<'_>, name: &str) -> Option<(String, &'s [u8])> {
        if let Some(why) = leaves_folder(name) {
            item.refuse("bad-path", format!("the path `{}` {why}", name.escape_debug()));
            return None;
        }
        let path = self.path_of(name);
        let Some(bytes) = self.optional(name) else {
            let problem = item.problem("missing-file", format!("there is no file `{path}`"));
            item.report(problem.next("paths are read from the folder of the file that names them"));
            return None;
        };
        Some((path, bytes))
    }

    /// What `read` made of a schema file the first time; so a file that many cases name is judged once.
    pub(super) fn schema_once(&self, path: String, read: impl FnOnce(&str) -> Option<Value>) -> Option<Value> {
        if let Some(known) = self.schemas.borrow().get(&path) {
            return known.clone();
        }
        let schema = read(&path);
        self.schemas.borrow_mut().insert(path, schema.clone());
        schema
    }

    /// Every path asked for so far, in the order of asking.
    pub(super) fn into_asked(self) -> Vec<String> {
        self.asked.into_inner()
    }
}

/// Why a path cannot name a file in the folder or below it.
fn leaves_folder(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.starts_with('/') || path.contains('\\') || path.as_bytes().get(1) == Some(&b':') {
        return Some("is absolute or holds a backslash");
    }
    if path.chars().any(char::is_control) {
        return Some("holds a control character");
    }
    path.split('/')
        .any(|word| matches!(word, "" | "." | ".."))
        .then_some("leaves the folder or is not in its plain form")
}
