//! What the one function that decides allows and refuses.

mod commit;
mod place;
mod project;
