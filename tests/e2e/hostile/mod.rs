//! A remote, or whoever can write to it, that lies: each file is a line of the threat catalogue.

mod clock;
mod objection;
mod revoked;
mod rewritten;
mod scene;
mod unlawful;
mod withheld;

use scene::Scene;
