//! One input, tried: what came of it, and what is wrong where it panicked.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::{
    targets::{Said, Target},
    watch,
};

thread_local! {
    /// Where the last panic happened, and its message.
    static LAST: RefCell<Option<Panicked>> = const { RefCell::new(None) };
}

/// A panic: a bug, or a law that does not hold.
#[derive(Debug, Clone)]
pub(crate) struct Panicked {
    /// File and line: two panics of one place count as one.
    pub(crate) place: String,
    /// What it says.
    pub(crate) message: String,
}

/// Has panics noted instead of printed.
pub(crate) fn listen() {
    std::panic::set_hook(Box::new(|told| {
        let place = told.location().map_or_else(String::new, ToString::to_string);
        let message = told.payload_as_str().unwrap_or("(no message)").to_owned();
        if !watch::busy() {
            eprintln!("the harness itself: {place}: {message}");
        }
        LAST.with_borrow_mut(|last| *last = Some(Panicked { place, message }));
    }));
}

/// Feeds an input to a target.
pub(crate) fn try_one(target: &Target, input: &[u8]) -> Result<Said, Panicked> {
    watch::begin(input);
    let said = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    watch::end();
    said.map_err(|_| {
        let unknown = || Panicked { place: "?".to_owned(), message: "a panic nobody heard".to_owned() };
        LAST.with_borrow_mut(Option::take).unwrap_or_else(unknown)
    })
}
