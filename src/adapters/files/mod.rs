//! Files on disk: the project folder, and what this clone remembers.
//!
//! Every write replaces a whole file or changes nothing; nothing outside the folder is read or written, whatever links
//! stand in it.

mod folder;
mod git;
mod replace;
mod settings;
mod walk;

pub use folder::FolderTree;
pub use replace::replace;
pub use settings::FolderSettings;
