//! What the one function that decides allows and refuses.

mod adopt;
mod bundles;
mod charter;
mod commit;
mod deeds;
mod evidence;
mod findings;
mod gate;
mod laws;
mod overriding;
mod place;
mod project;
mod purge;
mod secrets;
mod stops;
mod quarantine;
mod risk;
