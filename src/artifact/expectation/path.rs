//! What is asked of values inside a reply that is JSON.

use serde_json::{Value, json};

use super::{Condition, Form, condition::Stand};
use crate::artifact::Item;

/// The longest path, in bytes.
const LONGEST: usize = 1024;

/// How deep brackets of both kinds may stand in each other: reading a path takes time that doubles with each.
const DEEPEST: usize = 6;

/// `json_path`: the values a path (RFC 9535) finds in the reply, and what must hold of each.
#[derive(Debug, Clone, PartialEq)]
pub struct PathMatch {
    /// The path, beginning with `$`.
    pub path: String,
    /// What must hold of every value it finds, of which there must be one; or that it finds none.
    pub condition: Condition,
}

impl PathMatch {
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let path = fields.required("path").and_then(|item| path(&item));
        let words = item.table()?.entries();
        let condition = if words.iter().any(|(key, _)| key != "path") {
            Condition::read_words(&mut fields, Stand::Entry, 0)
        } else {
            Some(Condition::Any)
        };
        fields.finish();
        match condition? {
            Condition::Optional(_) => {
                let problem = item.problem("misplaced-key", "a path finds something, or it is `absent`");
                item.report(problem.next("take out `optional`; `any = [ … ]` puts two checks together"));
                None
            }
            condition => Some(Self { path: path?, condition }),
        }
    }

    /// A path without what stands in quotes: the signs that say what it does.
    pub fn bare(path: &str) -> String {
        let (mut quote, mut escaped) = (None, false);
        let outside = |c: &char| {
            let inside = quote.is_some();
            match (*c, quote) {
                _ if escaped => escaped = false,
                ('\\', Some(_)) => escaped = true,
                (c, Some(open)) if c == open => quote = None,
                ('\'' | '"', None) => quote = Some(*c),
                _ => {}
            }
            !inside && quote.is_none()
        };
        path.chars().filter(outside).collect()
    }

    pub(super) fn to_json(&self, form: Form) -> Value {
        let mut table = json!({ "path": self.path });
        if let (Some(table), true) = (table.as_object_mut(), self.condition != Condition::Any) {
            table.extend(self.condition.words(form));
        }
        table
    }
}

/// A path that can be followed.
fn path(item: &Item<'_>) -> Option<String> {
    let path = item.filled_string()?;
    if path.len() > LONGEST {
        item.refuse("too-long", format!("`{}` has {} bytes, and may have {LONGEST}", item.keys(), path.len()));
        return None;
    }
    if nested(&PathMatch::bare(&path)) > DEEPEST {
        item.refuse("too-deep", format!("brackets in `{}` stand in each other {DEEPEST} deep at most", item.keys()));
        return None;
    }
    if let Err(error) = serde_json_path::JsonPath::parse(&path) {
        let why = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let problem = item.problem("bad-path-query", format!("the JSONPath cannot be read: {why}"));
        item.report(problem.next("it begins with `$`: `$.items[0].name`, `$..price`, `$.items[?@.price < 10]`"));
        return None;
    }
    Some(path)
}

/// How deep brackets stand in each other at most.
fn nested(bare: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for c in bare.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
