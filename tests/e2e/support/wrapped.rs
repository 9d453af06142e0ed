//! A `git` that does something before it does its work.

use std::{fs, os::unix::fs::PermissionsExt};

use super::Project;

impl Project {
    /// From here on every run finds a `git` that first runs these lines of shell; `$@` is what git is to do, and
    /// `$HERE` a folder for notes, which is answered.
    pub(crate) fn wraps_git(&mut self, lines: &str) -> std::path::PathBuf {
        let folder = self.folder().join("../wrapped");
        fs::create_dir_all(&folder).unwrap();
        let path = std::env::var("PATH").unwrap();
        let file = folder.join("git");
        let text = format!("#!/bin/sh\nPATH='{path}'\nHERE='{}'\n{lines}\nexec git \"$@\"\n", folder.display());
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        self.with_variable("PATH", &format!("{}:{path}", folder.display()));
        folder
    }
}
