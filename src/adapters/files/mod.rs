//! Files on disk: the project folder, and what this clone remembers.

mod folder;
mod git;
mod replace;
mod settings;
mod walk;

pub use folder::FolderTree;
pub use replace::replace;
pub use settings::FolderSettings;
