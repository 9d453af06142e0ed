//! Threats 8 to 13: what an approval and a signature are bound to.

mod content;
mod encoding;
mod kinds;
mod replay;
mod signature;
mod stale;
