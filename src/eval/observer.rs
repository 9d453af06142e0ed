//! The port through which a run is watched.

use super::Sample;

/// Is told how a run proceeds; changes nothing about it.
///
/// Calls come from several threads, in the order in which samples start and finish.
pub trait Observer: Send + Sync {
    /// A sample of a case is about to be asked for.
    fn started(&self, case: &str, sample: u32);

    /// A sample of a case was scored, or could not be.
    fn finished(&self, case: &str, sample: &Sample);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn started(&self, _case: &str, _sample: u32) {}

    fn finished(&self, _case: &str, _sample: &Sample) {}
}
