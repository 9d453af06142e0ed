//! Checks on the tools a reply calls.

use serde_json::{Map, Value};

use crate::{artifact::ArgumentMatch, render::ToolCall};

use super::{super::excerpt::excerpt, Ruling, json::same_value};

/// `tool_call`: at least one call of this tool with these arguments; it may carry others as well.
///
/// What stands inside an argument must be equal as a whole.
pub(in crate::eval) fn some_call(calls: &[ToolCall], wanted: &ArgumentMatch) -> Ruling {
    let found = calls.iter().find(|call| {
        call.name == wanted.name && wanted.arguments.as_ref().is_none_or(|arguments| holds(&call.arguments, arguments))
    });
    match found {
        Some(call) => Ruling::Holds(format!("the reply calls {}", shown(call))),
        None => Ruling::Fails(match calls.iter().find(|call| call.name == wanted.name) {
            Some(near) => format!("other arguments: {}", shown(near)),
            None => format!("not called; {}", all(calls)),
        }),
    }
}

/// `tool_calls`: exactly these calls, in this order, with exactly these arguments where any are given.
pub(in crate::eval) fn exactly(calls: &[ToolCall], wanted: &[ArgumentMatch]) -> Ruling {
    let fits = |(call, wanted): (&ToolCall, &ArgumentMatch)| {
        let same = |arguments: &Map<String, Value>| {
            call.arguments.len() == arguments.len() && holds(&call.arguments, arguments)
        };
        call.name == wanted.name && wanted.arguments.as_ref().is_none_or(same)
    };
    let fit = calls.iter().zip(wanted).take_while(|pair| fits(*pair)).count();
    match (calls.get(fit), wanted.get(fit)) {
        (None, None) => Ruling::Holds(all(calls)),
        (Some(call), None) => Ruling::Fails(format!("call {} is one too many: {}", fit + 1, shown(call))),
        (None, Some(wanted)) => {
            Ruling::Fails(format!("call {} is missing: `{}`; {}", fit + 1, excerpt(&wanted.name), all(calls)))
        }
        (Some(call), Some(_)) => Ruling::Fails(format!("call {} is {}", fit + 1, shown(call))),
    }
}

/// Whether every wanted argument is there with an equal value.
fn holds(there: &Map<String, Value>, wanted: &Map<String, Value>) -> bool {
    wanted.iter().all(|(name, value)| there.get(name).is_some_and(|found| same_value(found, value)))
}

fn shown(call: &ToolCall) -> String {
    let arguments = serde_json::to_string(&call.arguments).unwrap_or_default();
    format!("`{}`", excerpt(&format!("{}({arguments})", call.name)))
}

fn all(calls: &[ToolCall]) -> String {
    if calls.is_empty() {
        return "the reply calls no tool".to_owned();
    }
    let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    format!("the reply calls `{}`", excerpt(&names.join("`, `")))
}
