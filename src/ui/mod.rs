//! Page primitives: the only room that prints.
//!
//! A [`Page`] is built from [`Line`]s, [`Table`]s and blocks, knows which part is the answer (stdout) and which the
//! conversation (stderr), and is printed by a [`Console`]. All text goes through
//! [`visible`](crate::sight::visible): what could move the cursor or reorder a line is shown as `<U+202E>`. Colour repeats meaning and never carries it.

mod console;
mod excerpt;
mod failure;
mod line;
mod pace;
mod page;
mod progress;
mod table;

pub use crate::scan::safe_document;
pub use console::{Console, Terminal};
pub use failure::document;
pub use line::{Line, Tone};
pub use page::Page;
pub use progress::Progress;
pub use table::Table;
