//! Methods of Python's strings, lists and dicts, for templates written for Python.
//!
//! What would change a value in place (`append`, `update`, `pop`) is not offered: values do not change.

use minijinja::{
    Error, ErrorKind, State, Value as Any,
    value::{ValueKind, from_args},
};

use super::{
    engine::LARGEST,
    meter::{ITEMS, Meter},
};

/// The longest text a padding method may make, in bytes.
const WIDEST: usize = 64 * 1024;

/// Calls a method the engine does not know.
pub(super) fn call(state: &mut State<'_, '_>, value: &Any, method: &str, args: &[Any]) -> Result<Any, Error> {
    let meter = Meter::of(state);
    std::iter::once(value).chain(args).try_for_each(|part| meter.take(part))?;
    meter.give(carried_out(value, method, args)?)
}

fn carried_out(value: &Any, method: &str, args: &[Any]) -> Result<Any, Error> {
    match value.kind() {
        ValueKind::String => string(value.as_str().unwrap_or_default(), method, args),
        ValueKind::Map => map(value, method, args),
        ValueKind::Seq | ValueKind::Iterable => list(value, method, args),
        _ => Err(unknown()),
    }
}

fn unknown() -> Error {
    Error::from(ErrorKind::UnknownMethod)
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, why.to_owned())
}

fn string(text: &str, method: &str, args: &[Any]) -> Result<Any, Error> {
    match method {
        "upper" | "lower" | "title" | "capitalize" | "swapcase" | "casefold" => {
            let () = from_args(args)?;
            Ok(Any::from(cased(text, method)))
        }
        "strip" | "lstrip" | "rstrip" => {
            let (set,): (Option<&str>,) = from_args(args)?;
            Ok(Any::from(stripped(text, method, set)))
        }
        "split" | "rsplit" => {
            let (separator, most): (Option<&str>, Option<i64>) = from_args(args)?;
            let most = most.and_then(|n| usize::try_from(n).ok());
            pieces(separator.map_or_else(|| text.split_whitespace().count(), |by| text.matches(by).count()))?;
            split(text, separator, most, method == "rsplit")
        }
        "splitlines" => {
            let (keep,): (Option<bool>,) = from_args(args)?;
            pieces(text.matches('\n').count())?;
            let bare =
                |line: &str| line.strip_suffix('\n').map_or(line, |l| l.strip_suffix('\r').unwrap_or(l)).to_owned();
            let line = |line: &str| if keep == Some(true) { line.to_owned() } else { bare(line) };
            Ok(text.split_inclusive('\n').map(line).collect())
        }
        "startswith" | "endswith" => affixed(text, method == "startswith", args),
        "removeprefix" | "removesuffix" => {
            let (affix,): (&str,) = from_args(args)?;
            let rest = if method == "removeprefix" { text.strip_prefix(affix) } else { text.strip_suffix(affix) };
            Ok(Any::from(rest.unwrap_or(text)))
        }
        "replace" => {
            let (old, new, count): (&str, &str, Option<i64>) = from_args(args)?;
            replaced(text, old, new, count.and_then(|n| usize::try_from(n).ok())).map(Any::from)
        }
        "find" | "rfind" | "index" | "rindex" | "count" => found(text, method, args),
        "join" => {
            let (items,): (Any,) = from_args(args)?;
            let parts = items.try_iter()?.map(|item| joined(&item)).collect::<Result<Vec<String>, Error>>()?;
            room(parts.iter().map(String::len).sum(), parts.len(), text.len())?;
            Ok(Any::from(parts.join(text)))
        }
        "partition" | "rpartition" => {
            let (separator,): (&str,) = from_args(args)?;
            let last = method == "rpartition";
            let cut = if last { text.rsplit_once(separator) } else { text.split_once(separator) };
            let whole = if last { ["", "", text] } else { [text, "", ""] };
            let parts = cut.map_or(whole, |(before, after)| [before, separator, after]);
            Ok(parts.into_iter().collect())
        }
        "ljust" | "rjust" | "center" | "zfill" => padded(text, method, args),
        _ => is_made_of(text, method).ok_or_else(unknown).and_then(|answer| {
            let () = from_args(args)?;
            Ok(Any::from(answer))
        }),
    }
}

/// `text` with `new` for the first `count` places where `old` stands, or for all.
pub(super) fn replaced(text: &str, old: &str, new: &str, count: Option<usize>) -> Result<String, Error> {
    let places = text.matches(old).take(count.unwrap_or(usize::MAX)).count();
    room(text.len(), places, new.len())?;
    Ok(text.replacen(old, new, places))
}

/// Refuses to make a text longer than any rendering may be: `base` bytes and `count` times `each`.
pub(super) fn room(base: usize, count: usize, each: usize) -> Result<(), Error> {
    match count.checked_mul(each).and_then(|more| more.checked_add(base)) {
        Some(bytes) if bytes <= LARGEST => Ok(()),
        _ => Err(refused("the text would be too large")),
    }
}

/// Refuses to cut a text into more pieces than a list may have.
pub(super) fn pieces(count: usize) -> Result<(), Error> {
    if count > ITEMS { Err(refused("the text has too many pieces")) } else { Ok(()) }
}

fn joined(item: &Any) -> Result<String, Error> {
    item.as_str().map(str::to_owned).ok_or_else(|| refused("`join` takes a list of strings"))
}

fn cased(text: &str, method: &str) -> String {
    match method {
        "upper" => text.to_uppercase(),
        "lower" | "casefold" => text.to_lowercase(),
        "capitalize" => {
            let mut rest = text.chars();
            let first: String = rest.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
            first + &rest.as_str().to_lowercase()
        }
        "swapcase" => {
            let swap =
                |c: char| if c.is_uppercase() { c.to_lowercase().to_string() } else { c.to_uppercase().to_string() };
            text.chars().map(swap).collect()
        }
        _ => {
            let mut in_word = false;
            let mut out = String::with_capacity(text.len());
            for c in text.chars() {
                if in_word {
                    out.extend(c.to_lowercase());
                } else {
                    out.extend(c.to_uppercase());
                }
                in_word = c.is_alphabetic();
            }
            out
        }
    }
}

fn stripped<'t>(text: &'t str, method: &str, set: Option<&str>) -> &'t str {
    let drops = |c: char| set.map_or_else(|| c.is_whitespace(), |set| set.contains(c));
    match method {
        "lstrip" => text.trim_start_matches(drops),
        "rstrip" => text.trim_end_matches(drops),
        _ => text.trim_matches(drops),
    }
}

fn split(text: &str, separator: Option<&str>, most: Option<usize>, from_end: bool) -> Result<Any, Error> {
    let Some(separator) = separator else { return Ok(words(text, most, from_end).into_iter().collect()) };
    if separator.is_empty() {
        return Err(refused("`split` takes a separator of at least one character"));
    }
    let parts = most.map_or(usize::MAX, |most| most.saturating_add(1));
    Ok(if from_end {
        let mut found: Vec<&str> = text.rsplitn(parts, separator).collect();
        found.reverse();
        found.into_iter().collect()
    } else {
        text.splitn(parts, separator).collect()
    })
}

/// Splits at runs of white space; what is left after `most` cuts stays one piece.
fn words(text: &str, most: Option<usize>, from_end: bool) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = if from_end { text.trim_end() } else { text.trim_start() };
    while !rest.is_empty() && most.is_none_or(|most| found.len() < most) {
        let cut = if from_end { rest.rfind(char::is_whitespace) } else { rest.find(char::is_whitespace) };
        let (word, left) = match (cut, from_end) {
            (None, _) => (rest, ""),
            (Some(at), false) => rest.split_at(at),
            (Some(at), true) => {
                let (left, word) = rest.split_at(at);
                (word.trim_start(), left)
            }
        };
        found.push(word);
        rest = if from_end { left.trim_end() } else { left.trim_start() };
    }
    if !rest.is_empty() {
        found.push(rest);
    }
    if from_end {
        found.reverse();
    }
    found
}

fn affixed(text: &str, at_start: bool, args: &[Any]) -> Result<Any, Error> {
    let (affix,): (Any,) = from_args(args)?;
    let has = |affix: &str| if at_start { text.starts_with(affix) } else { text.ends_with(affix) };
    if let Some(affix) = affix.as_str() {
        return Ok(Any::from(has(affix)));
    }
    Ok(Any::from(affix.try_iter()?.any(|affix| affix.as_str().is_some_and(has))))
}

fn found(text: &str, method: &str, args: &[Any]) -> Result<Any, Error> {
    let (part,): (&str,) = from_args(args)?;
    if method == "count" {
        return Ok(Any::from(text.matches(part).count()));
    }
    let at = if method.starts_with('r') { text.rfind(part) } else { text.find(part) };
    match at.and_then(|at| text.get(..at)) {
        Some(before) => Ok(Any::from(before.chars().count())),
        None if method.ends_with("find") => Ok(Any::from(-1)),
        None => Err(refused("the text does not hold this part")),
    }
}

fn padded(text: &str, method: &str, args: &[Any]) -> Result<Any, Error> {
    let (width, fill): (usize, Option<char>) = from_args(args)?;
    if width > WIDEST {
        return Err(refused("the width is too large"));
    }
    let missing = width.saturating_sub(text.chars().count());
    let pad = |count: usize| fill.unwrap_or(' ').to_string().repeat(count);
    Ok(Any::from(match method {
        "ljust" => format!("{text}{}", pad(missing)),
        "rjust" => format!("{}{text}", pad(missing)),
        "center" => {
            let left = missing / 2 + (missing & width & 1);
            format!("{}{text}{}", pad(left), pad(missing - left))
        }
        _ => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            let sign = text.get(..text.len() - digits.len()).unwrap_or_default();
            format!("{sign}{}{digits}", "0".repeat(missing))
        }
    }))
}

fn is_made_of(text: &str, method: &str) -> Option<bool> {
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    Some(match method {
        "isdigit" | "isdecimal" => all(|c| c.is_ascii_digit()),
        "isnumeric" => all(char::is_numeric),
        "isalpha" => all(char::is_alphabetic),
        "isalnum" => all(char::is_alphanumeric),
        "isspace" => all(char::is_whitespace),
        "isascii" => text.is_ascii(),
        "isupper" => text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase),
        "islower" => text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase),
        _ => return None,
    })
}

fn map(value: &Any, method: &str, args: &[Any]) -> Result<Any, Error> {
    match method {
        "keys" => {
            let () = from_args(args)?;
            Ok(value.try_iter()?.collect())
        }
        "values" => {
            let () = from_args(args)?;
            value.try_iter()?.map(|key| value.get_item(&key)).collect::<Result<Vec<_>, _>>().map(Any::from)
        }
        "items" => {
            let () = from_args(args)?;
            let pair = |key: Any| value.get_item(&key).map(|item| Any::from(vec![key, item]));
            value.try_iter()?.map(pair).collect::<Result<Vec<_>, _>>().map(Any::from)
        }
        "get" => {
            let (key, default): (Any, Option<Any>) = from_args(args)?;
            let item = value.get_item(&key)?;
            Ok(if item.is_undefined() { default.unwrap_or_else(|| Any::from(())) } else { item })
        }
        _ => Err(unknown()),
    }
}

fn list(value: &Any, method: &str, args: &[Any]) -> Result<Any, Error> {
    match method {
        "count" => {
            let (item,): (Any,) = from_args(args)?;
            Ok(Any::from(value.try_iter()?.filter(|other| *other == item).count()))
        }
        "index" => {
            let (item,): (Any,) = from_args(args)?;
            let at = value.try_iter()?.position(|other| other == item);
            at.map(Any::from).ok_or_else(|| refused("the list does not hold this item"))
        }
        _ => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use minijinja::value::Serde;
    use serde_json::json;

    use super::super::engine;

    #[test]
    fn methods_answer_as_python_does() {
        let engine = engine::bare(10_000);
        let context = json!({ "d": { "b": 1, "a": 2, "items": 3 }, "l": [1, 2, 1] });
        for (source, expected) in [
            ("'aBc d'.title() ~ 'aBC'.capitalize() ~ 'aB'.swapcase()", "\"Abc DAbcAb\""),
            ("\"they're\".title()", "\"They'Re\""),
            ("'xxaxx'.strip('x')", "\"a\""),
            ("' a  b c '.split()", "[\"a\",\"b\",\"c\"]"),
            ("' a  b c '.split(none, 1)", "[\"a\",\"b c \"]"),
            ("' a  b c '.rsplit(none, 1)", "[\" a  b\",\"c\"]"),
            ("'a,b,c'.rsplit(',', 1)", "[\"a,b\",\"c\"]"),
            ("'a\\r\\nb\\n'.splitlines()", "[\"a\",\"b\"]"),
            ("'abc'.startswith(('x', 'a'))", "true"),
            ("'abc'.endswith('b')", "false"),
            ("'abc'.removeprefix('a').removesuffix('c')", "\"b\""),
            ("'aaa'.replace('a', 'b', 2)", "\"bba\""),
            ("['äbc'.find('c'), 'abc'.find('x'), 'abab'.rfind('b'), 'abab'.count('ab')]", "[2,-1,3,2]"),
            ("'-'.join(['a', 'b'])", "\"a-b\""),
            ("['a-b-c'.partition('-'), 'abc'.rpartition('-')]", "[[\"a\",\"-\",\"b-c\"],[\"\",\"\",\"abc\"]]"),
            (
                "['a'.ljust(3, '.'), 'a'.rjust(3), 'ab'.center(5, '*'), '-7'.zfill(4)]",
                "[\"a..\",\"  a\",\"**ab*\",\"-007\"]",
            ),
            ("['12'.isdigit(), ''.isalpha(), 'A1'.isupper(), ' '.isspace()]", "[true,false,true,true]"),
            ("d.items()", "[[\"b\",1],[\"a\",2],[\"items\",3]]"),
            ("[d.keys(), d.values()]", "[[\"b\",\"a\",\"items\"],[1,2,3]]"),
            ("[d.get('a'), d.get('x'), d.get('x', 7)]", "[2,null,7]"),
            ("[l.count(1), l.index(2)]", "[2,1]"),
        ] {
            let value = engine.compile_expression(source).unwrap().eval(Serde(&context)).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), expected, "{source}");
        }
    }

    #[test]
    fn methods_that_change_a_value_are_not_there() {
        let engine = engine::bare(10_000);
        for source in ["l.append(1)", "d.update({})", "d.pop('a')", "'a'.format(1)", "'a'.__class__()"] {
            let context = json!({ "d": {}, "l": [] });
            assert!(engine.compile_expression(source).unwrap().eval(Serde(&context)).is_err(), "{source}");
        }
    }
}
