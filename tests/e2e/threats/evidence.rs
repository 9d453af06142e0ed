//! Threats 14 to 16: what was measured, on what, and by whom.

mod borrowed;
mod loosened;
mod lucky;
mod served;
