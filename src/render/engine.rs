//! The template engine as we set it up: strict, bounded, without any door to the outside.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, escape_formatter, functions,
    value::{Rest, ValueKind, ValueOrKwargs},
};

use super::{
    filters,
    marks::{Mark, Marks},
    meter::{Meter, metered},
    methods, operators, text,
};

/// Steps a template may take. The engine is given as many again, for the steps with which values are weighed:
/// never more than the template's own.
pub(super) const STEPS: u64 = 1_000_000;

/// Steps an expression may take.
pub(super) const EXPRESSION_STEPS: u64 = 100_000;

/// Bytes a rendering may put out, what it captures on the way included.
pub(super) const LARGEST: usize = 4 * 1024 * 1024;

/// How deep fragments may include each other.
pub(super) const DEEPEST: usize = 16;

/// How deep macros may call each other.
const RECURSION: usize = 120;

/// Bytes of an entry of a dict besides what it holds.
const ENTRY: usize = 96;

/// The words by which our own writer says that the output is too large.
pub(super) const TOO_LARGE: &str = "the output is too large";

/// An engine without functions of ours: strict about what is undefined, nothing escaped.
pub(super) fn bare(steps: u64) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_syntax(text::syntax());
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_fuel(Some(steps * 2));
    engine.set_recursion_limit(RECURSION);
    engine.remove_global("debug");
    engine.set_unknown_method_callback(methods::call);
    filters::add(&mut engine);
    operators::add(&mut engine);
    engine.add_function("namespace", metered(Value::from_function(functions::namespace)));
    engine.add_function("dict", |state: &mut State<'_, '_>, args: Rest<ValueOrKwargs>| {
        let args = args.into_values();
        args.iter().try_for_each(|argument| Meter::of(state).take(argument))?;
        let made = Value::from_function(functions::dict).call(state, &args)?;
        Meter::of(state).keep(made.len().unwrap_or_default() * ENTRY)?;
        Ok::<_, Error>(made)
    });
    engine
}

/// Has an engine write these marks and count what is put out: for one rendering.
pub(super) fn mark(engine: &mut Environment<'static>, marks: &Arc<Marks>) {
    let marks = Arc::clone(marks);
    let written = AtomicUsize::new(0);
    engine.set_formatter(move |out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value| {
        if let Some(mark) = value.downcast_object_ref::<Mark>() {
            return out.write_str(&marks.written(*mark)).map_err(Error::from);
        }
        // What has parts is written out first: how long it is nobody knows before.
        let parts = matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable | ValueKind::Map);
        let text = if parts { Some(Value::from(weighed(state, value)?)) } else { None };
        let value = text.as_ref().unwrap_or(value);
        let length = value.as_str().map_or(1, str::len);
        if written.fetch_add(length, Ordering::Relaxed).saturating_add(length) > LARGEST {
            return Err(Error::new(ErrorKind::WriteFailure, TOO_LARGE));
        }
        escape_formatter(out, state, value)
    });
}

fn weighed(state: &mut State<'_, '_>, value: &Value) -> Result<String, Error> {
    Meter::of(state).take(value)?;
    Ok(value.to_string())
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
