//! The operators that make values grow, as filters that look before they leap.
//!
//! No author can write their names: a template that uses a filter that is not offered is refused.

use std::collections::BTreeMap;

use minijinja::{
    AutoEscape, Environment, Error, State, Value as Any,
    machinery::{self, Instruction, Instructions},
    value::ValueKind,
};

use super::{
    engine::LARGEST,
    meter::{ITEMS, Meter, too_large},
};

/// `a ~ b`.
pub(super) const JOINED: &str = "__joined";
/// `a + b`.
pub(super) const SUM: &str = "__sum";
/// `a * b`.
pub(super) const PRODUCT: &str = "__product";
/// A value that is looked through before it is compared, or held after it was made.
pub(super) const WEIGHED: &str = "__weighed";
/// A value that is about to be sliced.
pub(super) const SOLID: &str = "__solid";
/// Bytes of plain text that a turn of a loop puts into a capture.
pub(super) const CAPTURED: &str = "__captured";

/// Adds them.
pub(super) fn add(engine: &mut Environment<'_>) {
    engine.add_filter(JOINED, joined);
    engine.add_filter(SUM, sum);
    engine.add_filter(PRODUCT, product);
    engine.add_filter(WEIGHED, |state: &mut State<'_, '_>, value: Any| Meter::of(state).give(value));
    engine.add_filter(SOLID, |state: &mut State<'_, '_>, value: Any| Meter::of(state).solid(&value));
    engine.add_filter(CAPTURED, |state: &mut State<'_, '_>, bytes: usize| Meter::of(state).capture(bytes).map(|()| ""));
}

#[expect(clippy::needless_pass_by_value, reason = "the shape the engine calls")]
fn joined(state: &mut State<'_, '_>, left: Any, right: Any) -> Result<Any, Error> {
    let size = |value: &Any| value.as_str().map_or(0, str::len);
    if size(&left) + size(&right) > LARGEST {
        return Err(too_large());
    }
    for side in [&left, &right].into_iter().filter(|side| is_whole(side)) {
        Meter::of(state).take(side)?;
    }
    let made = by_engine(state, Instruction::StringConcat, &left, &right)?;
    Meter::of(state).give(made)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape the engine calls")]
fn sum(state: &mut State<'_, '_>, left: Any, right: Any) -> Result<Any, Error> {
    if let (Some(a), Some(b)) = (left.as_str(), right.as_str())
        && a.len() + b.len() > LARGEST
    {
        return Err(too_large());
    }
    let mut items = 0;
    for side in [&left, &right].into_iter().filter(|side| is_whole(side)) {
        // What does not know its length is counted.
        items += match side.len() {
            Some(length) => length,
            None => side.try_iter()?.take(ITEMS).count(),
        };
    }
    if items > ITEMS {
        return Err(too_large());
    }
    made(state, Instruction::Add, &left, &right)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape the engine calls")]
fn product(state: &mut State<'_, '_>, left: Any, right: Any) -> Result<Any, Error> {
    let (repeated, times) = if left.as_usize().is_some() { (&right, &left) } else { (&left, &right) };
    let times = times.as_usize().unwrap_or_default();
    let (size, limit) = match repeated.as_str() {
        Some(text) => (text.len(), LARGEST),
        None if is_whole(repeated) => (repeated.len().unwrap_or_default(), ITEMS),
        None => return by_engine(state, Instruction::Mul, &left, &right),
    };
    if size.checked_mul(times).is_none_or(|size| size > limit) {
        return Err(too_large());
    }
    let meter = Meter::of(state);
    let (left, right) = (meter.solid(&left)?, meter.solid(&right)?);
    made(state, Instruction::Mul, &left, &right)
}

/// Does it, and counts what is new: of a list only its own room, since its items were counted when they were made.
fn made(state: &mut State<'_, '_>, operator: Instruction<'static>, left: &Any, right: &Any) -> Result<Any, Error> {
    let made = by_engine(state, operator, left, right)?;
    let meter = Meter::of(state);
    if made.as_str().is_some() {
        return meter.give(made);
    }
    meter.room(&made)?;
    Ok(made)
}

/// Whether a value has parts.
fn is_whole(value: &Any) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable | ValueKind::Map)
}

/// The engine's own operator: what it means and how it fails stay the engine's.
fn by_engine(state: &State<'_, '_>, operator: Instruction<'static>, left: &Any, right: &Any) -> Result<Any, Error> {
    let mut code = Instructions::new("", "");
    code.add(Instruction::LoadConst(left.clone()));
    code.add(Instruction::LoadConst(right.clone()));
    code.add(operator);
    let blocks = BTreeMap::new();
    let mut nowhere = String::new();
    let mut out = machinery::make_string_output(&mut nowhere);
    let (value, _) = machinery::eval(state.env(), &code, Any::from(()), &blocks, &mut out, AutoEscape::None)?;
    Ok(value.unwrap_or_default())
}
