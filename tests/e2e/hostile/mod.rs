//! A remote, or whoever can write to it, that lies: each file is a line of the threat catalogue.

mod rewritten;
mod scene;
mod unlawful;

use scene::Scene;
