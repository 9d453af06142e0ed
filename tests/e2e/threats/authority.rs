//! Threats 1 to 7: who may say yes, and under which rules.

mod hands;
mod quietly;
mod quorum;
mod roles;
mod rules;
mod thresholds;
