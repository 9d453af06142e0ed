//! What the one function that decides allows and refuses.

mod bundles;
mod commit;
mod evidence;
mod gate;
mod laws;
mod place;
mod project;
