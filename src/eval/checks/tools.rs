//! Checks on the tools a reply calls.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    artifact::{ArgumentMatch, Count, Finish, Schema},
    problem::counted,
    render::ToolCall,
};

use super::{
    super::{Reply, excerpt::excerpt},
    Ruling,
    condition::{Judge, first_other},
};

/// Whether a call may have arguments of which nothing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// It may.
    Allowed,
    /// It may not, where arguments or conditions are named at all.
    Refused,
}

/// Why a call is not the wanted one; `None` when it is.
pub(super) fn why_not(judge: &Judge, call: &ToolCall, wanted: &ArgumentMatch, others: Others) -> Option<String> {
    if call.name != wanted.name {
        return Some(format!("`{}` was wanted", excerpt(&wanted.name)));
    }
    let values = wanted.arguments.as_ref();
    if let Some(name) = judge.first_wrong(&call.arguments, values, &wanted.conditions) {
        return Some(match call.arguments.get(name) {
            None => format!("`{}` is missing", excerpt(name)),
            Some(_) => format!("`{}` is not as wanted", excerpt(name)),
        });
    }
    let closed = others == Others::Refused && (values.is_some() || !wanted.conditions.is_empty());
    let other = if closed { first_other(&call.arguments, values, &wanted.conditions) } else { None };
    other.map(|name| format!("`{}` was not wanted", excerpt(name)))
}

/// `tool_call`: at least one call of this tool with these arguments; it may carry others as well.
///
/// What stands inside an argument must be equal as a whole.
pub(in crate::eval) fn some_call(calls: &[ToolCall], wanted: &ArgumentMatch) -> Ruling {
    let judge = Judge::default();
    let mut near = None;
    for call in calls.iter().filter(|call| call.name == wanted.name) {
        match why_not(&judge, call, wanted, Others::Allowed) {
            None => return Ruling::Holds(format!("the reply calls {}", shown(call))),
            Some(why) => near = near.or(Some((call, why))),
        }
    }
    Ruling::Fails(match near {
        Some((call, why)) => format!("other arguments: {}: {why}", shown(call)),
        None => format!("not called; {}", all(calls)),
    })
}

/// `tools_used`: each of these is called.
pub(in crate::eval) fn used(calls: &[ToolCall], names: &[String]) -> Ruling {
    match names.iter().find(|name| !calls.iter().any(|call| call.name == **name)) {
        None => Ruling::Holds(all(calls)),
        Some(name) => Ruling::Fails(format!("`{}` is not called; {}", excerpt(name), all(calls))),
    }
}

/// `tools_not_used`: none of these is called.
pub(in crate::eval) fn not_used(calls: &[ToolCall], names: &[String]) -> Ruling {
    match calls.iter().find(|call| names.contains(&call.name)) {
        None => Ruling::Holds(all(calls)),
        Some(call) => Ruling::Fails(format!("the reply calls {}", shown(call))),
    }
}

/// `tool_sequence`: these are called in this order, with or without others in between.
pub(in crate::eval) fn sequence(calls: &[ToolCall], names: &[String]) -> Ruling {
    let mut rest = calls.iter();
    match names.iter().find(|name| !rest.any(|call| call.name == **name)) {
        None => Ruling::Holds(all(calls)),
        Some(name) => Ruling::Fails(format!("`{}` does not come where it should; {}", excerpt(name), all(calls))),
    }
}

/// `steps`: so many calls.
pub(in crate::eval) fn steps(calls: &[ToolCall], wanted: Count) -> Ruling {
    let count = u64::try_from(calls.len()).unwrap_or(u64::MAX);
    let reason = format!("{}; {}", counted(count, "call"), all(calls));
    Ruling::when(wanted.holds(count), reason.clone(), reason)
}

/// `valid_calls`: there is a call, and each names a tool of the bundle whose schema accepts its arguments.
pub(in crate::eval) fn valid(calls: &[ToolCall], schemas: Option<&BTreeMap<String, Value>>) -> Ruling {
    let Some(schemas) = schemas else {
        return Ruling::Broken("there is no bundle here to take schemas from".to_owned());
    };
    let mut compiled: BTreeMap<&str, Schema> = BTreeMap::new();
    for call in calls {
        let Some(schema) = schemas.get(&call.name) else {
            return Ruling::Fails(format!("there is no such tool in the bundle: {}", shown(call)));
        };
        if !compiled.contains_key(call.name.as_str()) {
            match Schema::compile(schema) {
                Ok(schema) => compiled.insert(&call.name, schema),
                Err(e) => return Ruling::Broken(format!("the schema cannot be used: {}", excerpt(&e.to_string()))),
            };
        }
        if let Some(error) = compiled.get(call.name.as_str()).and_then(|schema| unfit(schema, call)) {
            return Ruling::Fails(format!("{}: {}", shown(call), excerpt(&error)));
        }
    }
    Ruling::when(!calls.is_empty(), all(calls), "the reply calls no tool".to_owned())
}

/// What a tool's schema has against the arguments of a call.
pub(in crate::eval) fn unfit(schema: &Schema, call: &ToolCall) -> Option<String> {
    schema.first_error(&Value::Object(call.arguments.clone()))
}

/// `finish`: the reply ends for this reason.
pub(in crate::eval) fn finish(reply: &Reply, wanted: Finish) -> Ruling {
    let Some(finish) = reply.finish else {
        return Ruling::Fails("nothing says why the reply ends".to_owned());
    };
    let reason = match (finish, reply.tool_calls.last()) {
        (Finish::Tools, Some(call)) => format!("the reply waits for the answer to {}", shown(call)),
        _ => format!("the reply ends with `{}`", finish.word()),
    };
    Ruling::when(finish == wanted, reason.clone(), reason)
}

/// A call inside a sentence.
pub(in crate::eval) fn shown(call: &ToolCall) -> String {
    let arguments = serde_json::to_string(&call.arguments).unwrap_or_default();
    format!("`{}`", excerpt(&format!("{}({arguments})", call.name)))
}

/// Whether an entry of `tool_results` is about this call.
pub(in crate::eval) fn answers(call: &ToolCall, entry: &ArgumentMatch) -> bool {
    why_not(&Judge::default(), call, entry, Others::Allowed).is_none()
}

/// What was wanted, inside a sentence.
pub(super) fn wanted_in_short(wanted: &ArgumentMatch) -> String {
    let arguments = wanted.arguments.as_ref().map(|arguments| serde_json::to_string(arguments).unwrap_or_default());
    let conditions: Vec<&str> = wanted.conditions.keys().map(String::as_str).collect();
    let rest = if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(", ")) };
    format!(
        "`{}`",
        excerpt(&format!("{}{}{rest}", wanted.name, arguments.map(|a| format!("({a})")).unwrap_or_default()))
    )
}

/// All calls by name, inside a sentence.
pub(super) fn all(calls: &[ToolCall]) -> String {
    if calls.is_empty() {
        return "the reply calls no tool".to_owned();
    }
    let names: Vec<&str> = calls.iter().take(100).map(|call| call.name.as_str()).collect();
    format!("the reply calls `{}`", excerpt(&names.join("`, `")))
}
