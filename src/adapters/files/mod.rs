//! Files on disk: the project folder, and what this clone remembers.
//!
//! Every write replaces a whole file or changes nothing. A project is read and written inside its folder alone, whatever
//! links stand in it; of what is around it only git's own files are looked at.

mod folder;
mod git;
mod replace;
mod replies;
mod settings;
mod walk;

pub use folder::FolderTree;
pub use replace::{replace, replace_with};
pub use replies::ReplyLog;
pub use settings::FolderSettings;
