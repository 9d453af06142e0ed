//! Outside material, read where it lies and never copied: skipped, and said so, where it is not there.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on stops")]

mod bfcl;
mod history;
mod jinja;
mod secrets;
#[expect(dead_code, unused_imports, reason = "a harness for all commands; not all of it is needed here")]
#[path = "../e2e/support/mod.rs"]
mod support;
mod tau;

use std::path::PathBuf;

/// The folder of outside material: `CHANCERY_DATA`, else `shared/data` beside the project.
#[expect(clippy::print_stdout, reason = "a test that is skipped must say so")]
fn data(below: &str) -> Option<PathBuf> {
    let project = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let named = std::env::var_os("CHANCERY_DATA").map(PathBuf::from);
    let beside = ["../shared/data", "../../shared/data"].map(|folder| project.join(folder));
    let found = named.into_iter().chain(beside).map(|folder| folder.join(below)).find(|path| path.exists());
    if found.is_none() {
        println!("skipped: no `{below}` (set CHANCERY_DATA to the folder of outside material)");
    }
    found
}
