//! Filters and tests a template may use: the engine's, with those of ours that follow Python closer.

use minijinja::{
    Environment, Error, ErrorKind, State, Value as Any,
    value::{Kwargs, Rest, ValueOrKwargs},
};

use super::{
    json::tojson,
    methods::{replaced, room},
};

/// Every filter that is offered.
pub(super) const FILTERS: [&str; 46] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
];

/// Every test that is offered.
pub(super) const TESTS: [&str; 31] = [
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "false",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
    "upper",
];

/// The largest width, in characters or items, a filter may be asked for.
const WIDEST: usize = 9_999;

/// Adds ours.
pub(super) fn add(engine: &mut Environment<'_>) {
    engine.add_filter("tojson", tojson);
    engine.add_filter("replace", replace);
    engine.add_filter("sort", sort);
    engine.add_filter("int", int);
    engine.add_filter("float", float);
    engine.add_filter("format", format);
    engine.add_filter("join", join);
    engine.add_filter("indent", narrow(Any::from_function(minijinja::filters::indent)));
    engine.add_filter("batch", narrow(Any::from_function(minijinja::filters::batch)));
    engine.add_filter("slice", narrow(Any::from_function(minijinja::filters::slice)));
}

/// `replace(old, new, count)`, as Jinja has it.
#[expect(clippy::needless_pass_by_value, reason = "the shape the engine calls")]
fn replace(text: &str, old: &str, new: &str, count: Option<usize>, options: Kwargs) -> Result<String, Error> {
    let count = match count {
        Some(count) => Some(count),
        None => options.get::<Option<usize>>("count")?,
    };
    options.assert_all_used()?;
    replaced(text, old, new, count)
}

/// The engine's `sort`, which also takes `reverse` in first place, as Jinja has it.
fn sort(state: &State<'_, '_>, value: Any, reverse: Option<bool>, options: Kwargs) -> Result<Any, Error> {
    let Some(reverse) = reverse else { return minijinja::filters::sort(state, value, options) };
    let mut all: Vec<(String, Any)> = Vec::new();
    for name in options.args() {
        all.push((name.to_owned(), options.peek(name)?));
    }
    all.push(("reverse".to_owned(), Any::from(reverse)));
    minijinja::filters::sort(state, value, all.into_iter().collect())
}

/// The engine's `int`; what is no number becomes the default, 0 when none is given, as Jinja has it.
fn int(
    state: &State<'_, '_>,
    value: &Any,
    default: Option<Any>,
    base: Option<u32>,
    options: Kwargs,
) -> Result<Any, Error> {
    let otherwise = fallback(value, default.as_ref(), &options, Any::from(0))?;
    Ok(minijinja::filters::int(state, value, default, base, options).unwrap_or(otherwise))
}

/// The engine's `float`; what is no number becomes the default, 0.0 when none is given, as Jinja has it.
fn float(state: &State<'_, '_>, value: &Any, default: Option<Any>, options: Kwargs) -> Result<Any, Error> {
    let otherwise = fallback(value, default.as_ref(), &options, Any::from(0.0))?;
    Ok(minijinja::filters::float(state, value, default, options).unwrap_or(otherwise))
}

/// A filter of the engine that makes room by a number it is given, with numbers it can make room for.
fn narrow(filter: Any) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Any, Error> {
    move |state, args| {
        let args = plain(args);
        for argument in args.iter().skip(1) {
            let named = Kwargs::try_from(argument.clone()).ok();
            let named = named.iter().flat_map(|options| options.args().map(|name| options.peek::<Any>(name)));
            for number in std::iter::once(Ok(argument.clone())).chain(named) {
                if number?.as_usize().is_some_and(|number| number > WIDEST) {
                    return Err(refused(format!("a width may be {WIDEST} at most")));
                }
            }
        }
        filter.call(state, &args)
    }
}

fn plain(args: Rest<ValueOrKwargs>) -> Vec<Any> {
    args.0.into_iter().map(Any::from).collect()
}

/// The engine's `join`, for a result that a rendering could hold.
fn join(state: &mut State<'_, '_>, args: Rest<ValueOrKwargs>) -> Result<Any, Error> {
    let args = plain(args);
    if let Some(items) = args.first().filter(|value| value.as_str().is_none()) {
        let named = args.last().and_then(|last| Kwargs::try_from(last.clone()).ok());
        let named = named.and_then(|options| options.peek::<Any>("d").ok());
        let separator = args.get(1).and_then(Any::as_str).or(named.as_ref().and_then(Any::as_str)).unwrap_or_default();
        let items: Vec<usize> = items.try_iter()?.map(|item| item.as_str().map_or(0, str::len)).collect();
        room(items.iter().sum(), items.len(), separator.len())?;
    }
    Any::from_function(minijinja::filters::join).call(state, &args)
}

/// The engine's `format`, with widths it can make room for.
fn format(state: &mut State<'_, '_>, args: Rest<ValueOrKwargs>) -> Result<Any, Error> {
    let args = plain(args);
    let pattern = args.first().and_then(Any::as_str).unwrap_or_default();
    let is_wide = pattern.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 4);
    if is_wide || pattern.contains('*') {
        return Err(refused(format!("a width in `format` is written out and {WIDEST} at most")));
    }
    Any::from_function(minijinja::filters::format).call(state, &args)
}

/// What a conversion gives when it fails; what is undefined stays an error.
fn fallback(value: &Any, default: Option<&Any>, options: &Kwargs, zero: Any) -> Result<Any, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let named = options.get::<Option<Any>>("default")?;
    Ok(default.cloned().or(named).unwrap_or(zero))
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

#[cfg(test)]
mod tests {
    use super::{super::engine, *};

    #[test]
    fn every_operation_on_the_list_is_one_the_engine_has() {
        let engine = engine::bare(1_000);
        for name in FILTERS {
            let known = engine.compile_expression_owned(format!("'{name}' is filter")).unwrap().eval(()).unwrap();
            assert!(known.is_true(), "{name}");
        }
        for name in TESTS {
            let known = engine.compile_expression_owned(format!("'{name}' is test")).unwrap().eval(()).unwrap();
            assert!(known.is_true(), "{name}");
        }
    }
}
