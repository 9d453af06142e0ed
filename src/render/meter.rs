//! What one rendering holds and how much it works: the engine counts steps, and a step may copy megabytes.
//!
//! Strings and lists are counted by identity, each once however many names it has, and no longer than anything
//! holds them: a template that writes its text line by line holds one text, though it made a thousand.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use minijinja::{
    Error, ErrorKind, State, Value as Any,
    value::{DynObject, ValueKind, ValueOrKwargs},
};

use super::engine::{LARGEST, TOO_LARGE};

/// The largest value an operation may read through, its parts included, in bytes.
const WHOLE: usize = 16 * 1024 * 1024;

/// Items a list may have.
pub(super) const ITEMS: usize = 128 * 1024;

/// What an item of a list counts besides its own text: its place, and what keeps it.
const ITEM: usize = 64;

/// How much more work an item is that is not in a list but found through others.
const FOUND: usize = 4;

/// How deep values may lie inside each other: reading and dropping them is recursion.
const DEEPEST: usize = 200;

/// Bytes that strings and lists may hold at one time.
const HELD: usize = 32 * 1024 * 1024;

/// Bytes that may be made between two looks at what is still held.
const BETWEEN: usize = 16 * 1024 * 1024;

/// Bytes that may be made of what cannot be counted by identity: it counts as held to the end.
const KEPT: usize = 64 * 1024 * 1024;

/// Bytes of plain text that loops may put into captures.
const CAPTURED: usize = 16 * 1024 * 1024;

/// Values that may be looked at in one rendering; text counts by its bytes.
const WORK: usize = 10_000_000;

/// Bytes of text that are as much work to read as a value is to look at.
const READ: usize = 128;

/// Bytes of text that are as much work to make: it is only copied.
const MADE: usize = 1024;

/// Strings shorter than this are not counted: they cost no more than the steps that made them.
const SHORT: usize = 64;

/// Lists and the like that may be made to read others lazily; more would be a chain that takes recursion to read.
const LAZY: usize = 64;

/// The meter of one rendering; it lives in the engine's state.
#[derive(Debug, Default)]
pub(super) struct Meter {
    strings: HashMap<usize, Weak<str>>,
    lists: HashMap<usize, Weak<Vec<Any>>>,
    held: usize,
    looked: usize,
    kept: usize,
    captured: usize,
    lazy: usize,
    work: usize,
}

impl Meter {
    /// The meter of the rendering whose state this is.
    pub(super) fn of<'s>(state: &'s mut State<'_, '_>) -> &'s mut Self {
        state.get_or_insert_extension_with(Self::default)
    }

    /// Lets an operation read a value: it is no larger than any may be, and reading it was paid for.
    ///
    /// # Errors
    ///
    /// Too large, nested too deep, or too much work in all.
    pub(super) fn take(&mut self, value: &Any) -> Result<(), Error> {
        self.measure(value, &mut { WHOLE }, READ, 0)
    }

    /// Counts a value that an operation made.
    ///
    /// # Errors
    ///
    /// Too large, by itself or with all that is held.
    pub(super) fn give(&mut self, value: Any) -> Result<Any, Error> {
        if value.as_str().is_some_and(|text| text.len() > LARGEST) {
            return Err(too_large());
        }
        self.measure(&value, &mut { WHOLE }, MADE, 0)?;
        self.hold(&value)?;
        Ok(value)
    }

    /// Counts bytes that are held to the end.
    ///
    /// # Errors
    ///
    /// Too many.
    pub(super) fn keep(&mut self, bytes: usize) -> Result<(), Error> {
        bounded(&mut self.kept, bytes, KEPT)
    }

    /// Counts plain text that goes into a capture.
    ///
    /// # Errors
    ///
    /// Too much.
    pub(super) fn capture(&mut self, bytes: usize) -> Result<(), Error> {
        bounded(&mut self.captured, bytes, CAPTURED)
    }

    /// A value that may be read lazily: itself, or its items in a list of their own once many have been.
    ///
    /// # Errors
    ///
    /// See [`Self::take`].
    pub(super) fn solid(&mut self, value: &Any) -> Result<Any, Error> {
        self.take(value)?;
        if !matches!(value.kind(), ValueKind::Iterable | ValueKind::Map) || value.is_kwargs() {
            return Ok(value.clone());
        }
        self.lazy += 1;
        if self.lazy <= LAZY {
            return Ok(value.clone());
        }
        if value.kind() == ValueKind::Map {
            let pairs = value.as_object().and_then(DynObject::try_iter_pairs).into_iter().flatten();
            return Ok(Any::from_pairs(pairs));
        }
        Ok(Any::from(value.try_iter()?.collect::<Vec<Any>>()))
    }

    /// Counts the room of a list itself, not of its items.
    ///
    /// # Errors
    ///
    /// See [`Self::give`].
    pub(super) fn room(&mut self, value: &Any) -> Result<(), Error> {
        if value.is_tuple() {
            return self.keep(value.len().unwrap_or_default() * ITEM);
        }
        let Some(list) = value.downcast_object::<Vec<Any>>() else { return Ok(()) };
        if self.lists.insert(Arc::as_ptr(&list).addr(), Arc::downgrade(&list)).is_none() {
            self.held += list.len() * ITEM;
        }
        self.weigh()
    }

    fn spend(&mut self, work: usize) -> Result<(), Error> {
        self.work += work;
        if self.work > WORK { Err(Error::from(ErrorKind::OutOfFuel)) } else { Ok(()) }
    }

    fn measure(&mut self, value: &Any, left: &mut usize, bytes: usize, depth: usize) -> Result<(), Error> {
        if let Some(text) = value.as_str() {
            self.spend(1 + text.len() / bytes)?;
            return less(left, text.len());
        }
        if !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable | ValueKind::Map) {
            return Ok(());
        }
        if depth > DEEPEST {
            return Err(too_large());
        }
        let work = if value.downcast_object_ref::<Vec<Any>>().is_some() { 1 } else { FOUND };
        for part in parts(value) {
            self.spend(work)?;
            less(left, ITEM)?;
            self.measure(&part, left, bytes, depth + 1)?;
        }
        Ok(())
    }

    fn hold(&mut self, value: &Any) -> Result<(), Error> {
        if value.as_str().is_some_and(|text| text.len() >= SHORT)
            && let Some(text) = value.to_str()
        {
            let place = text.as_ptr().addr();
            if self.strings.insert(place, Arc::downgrade(&text)).is_none() {
                self.held += text.len();
            }
        } else if let Some(list) = value.downcast_object::<Vec<Any>>() {
            let place = Arc::as_ptr(&list).addr();
            if self.lists.insert(place, Arc::downgrade(&list)).is_some() {
                return Ok(());
            }
            self.held += list.len() * ITEM;
            list.iter().try_for_each(|item| self.hold(item))?;
        } else if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable | ValueKind::Map) {
            parts(value).try_for_each(|part| self.hold(&part))?;
        }
        self.weigh()
    }

    fn weigh(&mut self) -> Result<(), Error> {
        if self.held > self.looked + BETWEEN { self.look() } else { Ok(()) }
    }

    /// Looks at what is still held, and lets go of the rest.
    fn look(&mut self) -> Result<(), Error> {
        self.strings.retain(|_, text| text.strong_count() > 0);
        self.lists.retain(|_, list| list.strong_count() > 0);
        let texts: usize = self.strings.values().filter_map(Weak::upgrade).map(|text| text.len()).sum();
        let lists: usize = self.lists.values().filter_map(Weak::upgrade).map(|list| list.len() * ITEM).sum();
        self.held = texts + lists;
        self.looked = self.held;
        if self.held > HELD { Err(too_large()) } else { Ok(()) }
    }
}

/// The parts of a list, or the keys and values of a map.
fn parts(value: &Any) -> Box<dyn Iterator<Item = Any> + '_> {
    match value.as_object() {
        Some(map) if value.kind() == ValueKind::Map => {
            Box::new(map.try_iter_pairs().into_iter().flatten().flat_map(|(key, value)| [key, value]))
        }
        _ => Box::new(value.try_iter().into_iter().flatten()),
    }
}

fn less(left: &mut usize, bytes: usize) -> Result<(), Error> {
    *left = left.checked_sub(bytes).ok_or_else(too_large)?;
    Ok(())
}

fn bounded(count: &mut usize, more: usize, limit: usize) -> Result<(), Error> {
    *count = count.saturating_add(more);
    if *count > limit { Err(too_large()) } else { Ok(()) }
}

/// What an operation fails with when it would make too much.
pub(super) fn too_large() -> Error {
    Error::new(ErrorKind::WriteFailure, TOO_LARGE)
}

/// An operation of the engine that is metered: what it reads and what it makes.
pub(super) fn metered(
    operation: Any,
) -> impl Fn(&mut State<'_, '_>, minijinja::value::Rest<ValueOrKwargs>) -> Result<Any, Error> {
    move |state, args| {
        let args = args.into_values();
        args.iter().try_for_each(|argument| Meter::of(state).take(argument))?;
        let made = operation.call(state, &args)?;
        Meter::of(state).give(made)
    }
}
