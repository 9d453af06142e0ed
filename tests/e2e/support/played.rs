//! Stories that take long to play are played once, however many tests ask for them at the same time.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A story as it was played, for copies to be taken of; its folder goes with the last who holds it.
pub(crate) struct Played<T>(Mutex<Weak<T>>);

impl<T> Played<T> {
    /// Nobody has asked yet.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Weak::new()))
    }

    /// The story, played now where nobody holds it.
    pub(crate) fn get(&self, play: impl FnOnce() -> T) -> Arc<T> {
        let mut played = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(story) = played.upgrade() {
            return story;
        }
        let story = Arc::new(play());
        *played = Arc::downgrade(&story);
        story
    }
}
