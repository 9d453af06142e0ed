//! What the one function that decides allows and refuses.

mod bundles;
mod commit;
mod place;
mod project;
