//! Filters and tests a template may use: the engine's, with those of ours that follow Python closer.

use minijinja::{
    Environment, Error, ErrorKind, State, Value as Any,
    value::{DynObject, Kwargs, Rest, ValueKind, ValueOrKwargs},
};

use super::{
    engine::LARGEST,
    json::tojson,
    meter::{self, Meter, too_large},
    methods::{pieces, replaced, room},
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

/// Adds all that are offered, metered, and takes away what is not.
pub(super) fn add(engine: &mut Environment<'_>) {
    for name in FILTERS {
        engine.add_filter(name, metered(name, offered(name)));
    }
    for name in ["pprint", "zip"] {
        engine.remove_filter(name);
    }
    for (names, test) in comparisons() {
        for name in names {
            engine.add_test(*name, meter::metered(test.clone()));
        }
    }
}

/// The filter of a name on the list.
fn offered(name: &str) -> Any {
    use minijinja::filters as engine;
    match name {
        // Ours, after Python.
        "float" => Any::from_function(float),
        "format" => Any::from_function(format),
        "indent" => Any::from_function(indent),
        "int" => Any::from_function(int),
        "join" => Any::from_function(join),
        "replace" => Any::from_function(replace),
        "sort" => Any::from_function(sort),
        "tojson" => Any::from_function(tojson),
        "batch" => Any::from_function(narrow(Any::from_function(engine::batch))),
        "slice" => Any::from_function(narrow(Any::from_function(engine::slice))),
        // The engine's.
        "abs" => Any::from_function(engine::abs),
        "attr" => Any::from_function(engine::attr),
        "bool" => Any::from_function(engine::bool),
        "capitalize" => Any::from_function(engine::capitalize),
        "chain" => Any::from_function(engine::chain),
        "d" | "default" => Any::from_function(engine::default),
        "dictsort" => Any::from_function(engine::dictsort),
        "e" | "escape" => Any::from_function(engine::escape),
        "first" => Any::from_function(engine::first),
        "groupby" => Any::from_function(engine::groupby),
        "items" => Any::from_function(engine::items),
        "last" => Any::from_function(engine::last),
        "count" | "length" => Any::from_function(engine::length),
        "lines" => Any::from_function(engine::lines),
        "list" => Any::from_function(engine::list),
        "lower" => Any::from_function(engine::lower),
        "map" => Any::from_function(engine::map),
        "max" => Any::from_function(engine::max),
        "min" => Any::from_function(engine::min),
        "reject" => Any::from_function(engine::reject),
        "rejectattr" => Any::from_function(engine::rejectattr),
        "reverse" => Any::from_function(engine::reverse),
        "round" => Any::from_function(engine::round),
        "safe" => Any::from_function(engine::safe),
        "select" => Any::from_function(engine::select),
        "selectattr" => Any::from_function(engine::selectattr),
        "split" => Any::from_function(engine::split),
        "string" => Any::from_function(engine::string),
        "sum" => Any::from_function(engine::sum),
        "title" => Any::from_function(engine::title),
        "trim" => Any::from_function(engine::trim),
        "unique" => Any::from_function(engine::unique),
        "upper" => Any::from_function(engine::upper),
        _ => Any::UNDEFINED,
    }
}

/// Tests that read all of what they are given.
fn comparisons() -> [(&'static [&'static str], Any); 9] {
    use minijinja::tests as engine;
    [
        (&["eq", "equalto", "=="], Any::from_function(engine::is_eq)),
        (&["ne", "!="], Any::from_function(engine::is_ne)),
        (&["lt", "lessthan", "<"], Any::from_function(engine::is_lt)),
        (&["le", "<="], Any::from_function(engine::is_le)),
        (&["gt", "greaterthan", ">"], Any::from_function(engine::is_gt)),
        (&["ge", ">="], Any::from_function(engine::is_ge)),
        (&["in"], Any::from_function(engine::is_in)),
        (&["startingwith"], Any::from_function(engine::is_startingwith)),
        (&["endingwith"], Any::from_function(engine::is_endingwith)),
    ]
}

/// A filter that is metered, and reads no text as more pieces than a list may have.
fn metered(name: &'static str, filter: Any) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Any, Error> {
    let filter = meter::metered(filter);
    move |state, args| {
        let mut args = args.into_values();
        if let Some(text) = args.first().and_then(Any::as_str) {
            pieces(match name {
                "list" | "map" | "select" | "reject" | "sort" | "unique" | "batch" | "slice" => text.len(),
                "lines" => text.matches('\n').count(),
                "split" => match args.get(1).and_then(Any::as_str) {
                    Some(separator) => text.matches(separator).count(),
                    None => text.split_whitespace().count(),
                },
                _ => 0,
            })?;
        }
        if matches!(name, "chain" | "reverse") {
            args = args.iter().map(|value| Meter::of(state).solid(value)).collect::<Result<_, _>>()?;
        }
        let made = filter(state, Rest(args.into_iter().map(ValueOrKwargs::from).collect()))?;
        // Lists that are read through lists, again and again, would take time with each.
        if name == "chain" && made.kind() == ValueKind::Seq {
            return Meter::of(state).give(Any::from(made.try_iter()?.collect::<Vec<Any>>()));
        }
        Ok(made)
    }
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
    narrow_if(filter, |_| Ok(()))
}

fn narrow_if(
    filter: Any,
    fits: impl Fn(usize) -> Result<(), Error>,
) -> impl Fn(&mut State<'_, '_>, Rest<ValueOrKwargs>) -> Result<Any, Error> {
    move |state, args| {
        let args = plain(args);
        for argument in args.iter().skip(1) {
            let named = Kwargs::try_from(argument.clone()).ok();
            let named = named.iter().flat_map(|options| options.args().map(|name| options.peek::<Any>(name)));
            for number in std::iter::once(Ok(argument.clone())).chain(named) {
                let Some(number) = number?.as_usize() else { continue };
                if number > WIDEST {
                    return Err(refused(format!("a width may be {WIDEST} at most")));
                }
                fits(number)?;
            }
        }
        filter.call(state, &args)
    }
}

fn plain(args: Rest<ValueOrKwargs>) -> Vec<Any> {
    args.into_values()
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
    // A value may be asked for by its name, again and again.
    let widest = args.iter().skip(1).map(longest).max().unwrap_or_default().max(WIDEST);
    if pattern.matches('%').count().saturating_mul(widest) > 8 * LARGEST.max(widest) {
        return Err(too_large());
    }
    Any::from_function(minijinja::filters::format).call(state, &args)
}

/// The longest text in a value that is a text or holds them by name.
fn longest(value: &Any) -> usize {
    let own = |value: &Any| value.as_str().map_or(0, str::len);
    let pairs = value.as_object().and_then(DynObject::try_iter_pairs).into_iter().flatten();
    pairs.map(|(_, part)| own(&part)).max().unwrap_or_default().max(own(value))
}

/// The engine's `indent`, for a result that a rendering could hold.
fn indent(state: &mut State<'_, '_>, args: Rest<ValueOrKwargs>) -> Result<Any, Error> {
    let lines = args.0.first().cloned().map(Any::from).and_then(|text| Some(text.as_str()?.lines().count()));
    let made = move |width: usize| room(0, lines.unwrap_or_default(), width);
    narrow_if(Any::from_function(minijinja::filters::indent), made)(state, args)
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
