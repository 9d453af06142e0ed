//! What a reader sees of a text, and what stands there all the same.
//!
//! A model reads characters; people read what a screen makes of them. This room is the one place that knows the
//! difference. [`class()`] names what a character does to a reader, [`invisible()`] finds those that have no business
//! where they stand, [`spelled`] shows a text so that every character can be told, [`visible`] makes one line of
//! anything safe to print, and [`disguise`] says why a word is not what it looks like.
//!
//! What people write is left readable. A joiner stays where its script needs it (the rule of RFC 5892: after a virama,
//! or between Arabic letters that would join), or where it builds one of the emoji of UTS #51; a selector stays after a
//! sign that has two faces; a combining mark stays on its letter. The same character anywhere else is spelled out and
//! found. Marks of direction are always spelled out and found: letters carry their own direction.
//!
//! The tables are written here and come from no package, because risk is weighed with them: every clone must see alike.

mod alike;
mod class;
mod emoji;
mod find;
mod marks;
mod scripts;
mod spell;

pub use alike::{disguise, look_alikes, looks, skeleton};
pub use class::{Class, class};
pub use find::{Invisible, invisible};
pub use marks::{FOLD, LONGEST_LINE, folded, length_mark, marked};
pub use spell::{json_escaped, spelled, spelled_whole, visible, visible_lines};
