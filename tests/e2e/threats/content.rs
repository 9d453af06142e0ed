//! Threats 26 to 35: what is written, and what it does to whoever reads it.

mod doors;
mod hidden;
mod names;
mod programs;
mod rollback;
mod secrets;
mod served;
mod side_doors;
mod templates;
mod tools;
mod weight;
