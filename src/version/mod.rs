//! Artifacts made immutable: what a version needs, and the bundle it is evaluated and served in.
//!
//! A version is exact bytes under a digest; [`Uses`] is what those bytes name, and a [`Bundle`] is a prompt
//! with everything it needs as one environment resolves it. This room resolves names through a function it
//! is given; it knows no store and no environment.

mod bundle;
mod case_form;
mod flags;
mod rate;
mod uses;

pub use bundle::{Bundle, Member, Missing};
pub use case_form::CaseForm;
pub use flags::{TextFlags, estimate};
pub use rate::Rate;
pub use uses::{Contents, Tests, Uses};
