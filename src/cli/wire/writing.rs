//! Files that are written for people and other programs, wherever somebody wants them.

use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::Path,
};

use super::Wire;
use crate::{adapters::files, ops::Failure};

impl Wire {
    /// Writes a report for people or other programs, whole or not at all; a link or a device is written through.
    ///
    /// # Errors
    ///
    /// That it cannot be written.
    pub(in crate::cli) fn write(&self, file: &Path, text: &str) -> Result<(), Failure> {
        self.write_with(file, |mut out| out.write_all(text.as_bytes()))
    }

    /// Writes lines likewise, one after the other as they are made.
    ///
    /// # Errors
    ///
    /// That they cannot be written.
    pub(in crate::cli) fn write_lines(&self, file: &Path, lines: impl Iterator<Item = String>) -> Result<(), Failure> {
        self.write_with(file, |out| {
            let mut out = BufWriter::new(out);
            for line in lines {
                writeln!(out, "{line}")?;
            }
            out.flush()
        })
    }

    fn write_with(&self, file: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> Result<(), Failure> {
        let path = self.here.join(file);
        let written = if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
            File::create(&path).and_then(|there| write(&there))
        } else {
            files::replace_with(&path, write, &self.failpoint)
        };
        written.map_err(|error| {
            Failure::outside("disk", format!("cannot write `{}`", file.display())).because(error.to_string())
        })
    }
}
