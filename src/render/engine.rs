//! The template engine as we set it up: strict, bounded, without any door to the outside.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, escape_formatter};

use super::{
    filters,
    marks::{Mark, Marks},
    methods, text,
};

/// Steps a rendering may take.
pub(super) const STEPS: u64 = 1_000_000;

/// Steps an expression may take.
pub(super) const EXPRESSION_STEPS: u64 = 100_000;

/// Bytes a rendering may put out, what it captures on the way included.
pub(super) const LARGEST: usize = 4 * 1024 * 1024;

/// How deep fragments may include each other.
pub(super) const DEEPEST: usize = 16;

/// How deep macros may call each other.
const RECURSION: usize = 120;

/// The words by which our own writer says that the output is too large.
pub(super) const TOO_LARGE: &str = "the output is too large";

/// An engine without functions of ours: strict about what is undefined, nothing escaped.
pub(super) fn bare(steps: u64) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_syntax(text::syntax());
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_fuel(Some(steps));
    engine.set_recursion_limit(RECURSION);
    engine.remove_global("debug");
    engine.set_unknown_method_callback(methods::call);
    filters::add(&mut engine);
    engine
}

/// An engine that writes marks and counts what is put out.
pub(super) fn marking(marks: &Arc<Marks>) -> Environment<'static> {
    let mut engine = bare(STEPS);
    let marks = Arc::clone(marks);
    let written = AtomicUsize::new(0);
    engine.set_formatter(move |out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value| {
        if let Some(mark) = value.downcast_object_ref::<Mark>() {
            return out.write_str(&marks.written(*mark)).map_err(Error::from);
        }
        let length = value.as_str().map_or(1, str::len);
        if written.fetch_add(length, Ordering::Relaxed).saturating_add(length) > LARGEST {
            return Err(Error::new(ErrorKind::WriteFailure, TOO_LARGE));
        }
        escape_formatter(out, state, value)
    });
    engine
}

/// A writer that stops at [`LARGEST`] bytes.
#[derive(Debug, Default)]
pub(super) struct Bounded {
    /// What was written.
    pub(super) bytes: Vec<u8>,
}

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > LARGEST {
            return Err(std::io::Error::other(TOO_LARGE));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
