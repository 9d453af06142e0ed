//! `json_path`: what a path finds in a reply that is JSON.

use serde_json::Value;
use serde_json_path::JsonPath;

use crate::artifact::{Condition, PathMatch};

use super::{super::excerpt::excerpt, Ruling, condition::Judge, json::parsed, text::quoted};

/// How many steps following a path may take, as far as can be told beforehand.
const MOST_STEPS: usize = 20_000_000;

/// What a regular expression in a filter costs, in steps: it is compiled for every value.
const PATTERN_STEPS: usize = 200;

/// `json_path`: every value that the path finds is as wanted, and it finds one; or it finds none, where that is wanted.
pub(in crate::eval) fn json_path(reply: &str, wanted: &PathMatch) -> Ruling {
    let path = match JsonPath::parse(&wanted.path) {
        Ok(path) => path,
        Err(e) => return Ruling::Broken(format!("the path cannot be read: {}", excerpt(&e.to_string()))),
    };
    let Some(value) = parsed(reply) else {
        return Ruling::Fails(format!("the reply is not JSON: {}", quoted(reply)));
    };
    if steps(&wanted.path, &value) > MOST_STEPS {
        let why = "the reply is too large for a path that goes through it so often";
        return Ruling::Broken(format!("{why}: {} bytes", reply.len()));
    }
    let found = path.query(&value).all();
    if wanted.condition == Condition::Absent {
        return match found.first() {
            None => Ruling::Holds("the path finds nothing".to_owned()),
            Some(value) => Ruling::Fails(format!("the path finds {}", shown(value))),
        };
    }
    let judge = Judge::default();
    match found.iter().find(|value| !judge.holds(value, &wanted.condition)) {
        Some(value) => Ruling::Fails(format!("the path finds {}", shown(value))),
        None if found.is_empty() => Ruling::Fails(format!("the path finds nothing in {}", quoted(reply))),
        None => {
            Ruling::Holds(format!("the path finds {}", found.first().map(|value| shown(value)).unwrap_or_default()))
        }
    }
}

/// A value inside a sentence.
fn shown(value: &Value) -> String {
    format!("`{}`", excerpt(&value.to_string()))
}

/// At most how many steps a path takes in a value, told from the signs it consists of.
///
/// The first `..` visits every value once; each further one visits those below again, as often as values stand in each
/// other; inside a filter, as often as there are values. A list of selectors multiplies what follows it.
fn steps(path: &str, value: &Value) -> usize {
    let (values, depth) = size(value);
    let bare = PathMatch::bare(path);
    let count = |sign: &str| bare.matches(sign).count();
    let again = if count("?") > 0 { values } else { depth };
    let mut steps = values.saturating_mul(path.len().max(1));
    for (times, factor) in [
        (count("..").saturating_sub(1), again),
        (count("$").saturating_sub(1), values),
        (count("?").saturating_sub(1), depth),
        (count(","), 2),
        (count("match").saturating_add(count("search")).min(1), PATTERN_STEPS),
    ] {
        for _ in 0..times {
            steps = steps.saturating_mul(factor);
        }
    }
    steps
}

/// How many values a value consists of, and how deep they stand in each other; both at least 1.
fn size(value: &Value) -> (usize, usize) {
    let (mut values, mut deepest) = (0, 1);
    let mut rest = vec![(value, 1)];
    while let Some((value, depth)) = rest.pop() {
        values += 1;
        deepest = deepest.max(depth);
        match value {
            Value::Array(list) => rest.extend(list.iter().map(|value| (value, depth + 1))),
            Value::Object(table) => rest.extend(table.values().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    (values, deepest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn rules(path: &str, condition: Condition, reply: &str) -> Ruling {
        json_path(reply, &PathMatch { path: path.to_owned(), condition })
    }

    /// The store of RFC 9535, section 1.5, with what its table says each path finds.
    const STORE: &str = r#"{ "store": { "book": [
        { "category": "reference", "author": "Nigel Rees", "title": "Sayings of the Century", "price": 8.95 },
        { "category": "fiction", "author": "Evelyn Waugh", "title": "Sword of Honour", "price": 12.99 },
        { "category": "fiction", "author": "Herman Melville", "title": "Moby Dick", "isbn": "0-553-21311-3", "price": 8.99 },
        { "category": "fiction", "author": "J. R. R. Tolkien", "title": "The Lord of the Rings", "isbn": "0-395-19395-8", "price": 22.99 }
        ], "bicycle": { "color": "red", "price": 399 } } }"#;

    #[test]
    fn paths_find_what_the_rfc_says() {
        let value: Value = serde_json::from_str(STORE).unwrap();
        for (path, count) in [
            ("$.store.book[*].author", 4),
            ("$..author", 4),
            ("$.store.*", 2),
            ("$.store..price", 5),
            ("$..book[2]", 1),
            ("$..book[2].author", 1),
            ("$..book[2].publisher", 0),
            ("$..book[-1]", 1),
            ("$..book[0,1]", 2),
            ("$..book[:2]", 2),
            ("$..book[?@.isbn]", 2),
            ("$..book[?@.price<10]", 2),
            ("$..*", 27),
        ] {
            assert_eq!(JsonPath::parse(path).unwrap().query(&value).all().len(), count, "{path}");
            assert!(steps(path, &value) < MOST_STEPS, "{path}");
        }
    }

    #[test]
    fn a_path_that_would_go_on_for_ever_is_not_followed() {
        let deep = format!("{}{}{}", "[".repeat(100), "1,".repeat(300_000) + "1", "]".repeat(100));
        let wide = format!("[{}1]", "1,".repeat(500_000));
        for (path, reply) in [
            ("$..*..*..*..*", &deep),
            ("$..*..*", &deep),
            ("$[*,*,*,*,*,*,*,*,*,*][*,*,*,*,*,*,*,*,*,*]..*", &deep),
            ("$..[?@..*]", &wide),
            ("$[?$[?@ == 1]]", &wide),
            ("$..[?match(@, 'a.*')]", &wide),
        ] {
            let begin = Instant::now();
            let ruling = rules(path, Condition::Any, reply);
            assert!(matches!(ruling, Ruling::Broken(_)), "{path}: {ruling:?}");
            assert!(begin.elapsed().as_secs() < 10, "{path}");
        }
        assert!(matches!(rules("$..*", Condition::Equals(1.into()), &wide), Ruling::Holds(_)));
    }

    #[test]
    fn signs_inside_of_quotes_are_no_signs() {
        assert_eq!(PathMatch::bare(r#"$['a,?..$\'', "x,"]..b"#), "$[, ]..b");
        assert_eq!(PathMatch::bare(r"$['\\']..b"), "$[]..b");
    }
}
