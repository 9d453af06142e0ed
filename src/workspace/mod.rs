//! The project folder: artifacts, governance and settings as they stand in files.
//!
//! The ports, [`SourceTree`] and [`Settings`], are all that is known of the outside here. Everything read through them
//! is hostile until parsed; everything written through them is a whole file or nothing.
//!
//! Reading goes in two steps. [`discover`] lists: which artifacts there are, in which files, and what is wrong with
//! paths and names. [`Found::load`] reads one of them. Between the two stands the [`Index`], which remembers what
//! unchanged files hashed to, so that `status` reads only what changed; and the base of each file, from which [`judge`]
//! tells an edit from a file that is behind.

mod default_folders;
mod discover;
mod git;
mod index;
mod labels;
mod load;
mod naming;
mod remote;
mod resolve;
mod roots;
mod scaffold;
mod settings;
mod spec;
mod status;
mod tree;

pub use discover::{Found, Place, discover, discover_moved};
pub use git::{Git, Ground, Staged};
pub use index::{Coming, Index, IndexError, Record};
pub use labels::Labels;
pub use load::{LARGEST, Loaded, WorkingFile, load_all};
pub use remote::{Remote, RemoteError};
pub use resolve::{SpecError, resolve};
pub use roots::is_within;
pub use scaffold::{ScaffoldError, Starter, governance_text, scaffold, write_sample};
pub use settings::{Kept, Settings};
pub use spec::{BadSpec, Revision, Spec};
pub use status::{FileState, Standing, judge};
pub use tree::{Entry, Listing, Refusal, Refused, SourceTree, TreeError};
