//! Threats 22 to 25: many at once, and whoever is cut off.

mod disk;
mod half;
mod kill;
mod moving;
