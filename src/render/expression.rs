//! The `expression` check: a Jinja expression over one reply.

use std::collections::BTreeSet;

use minijinja::{Error, ErrorKind, Value as Any, machinery, value::Serde};
use serde_json::Value;

use crate::problem::did_you_mean;

use super::{
    engine::{self, EXPRESSION_STEPS},
    guarded::Guarded,
    scan, shape,
};

/// The names an expression may use.
const NAMES: [&str; 3] = ["output", "tool_calls", "vars"];

/// Why an expression has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Not an expression, or one that uses what is not offered.
    #[error("{message}")]
    Invalid {
        /// One line.
        message: String,
        /// The nearest known name.
        next: Option<String>,
    },
    /// Something it uses is not there.
    #[error("`{0}` is undefined")]
    Undefined(String),
    /// It takes too many steps.
    #[error("it takes more than {0} steps")]
    OutOfSteps(u64),
    /// An operation failed.
    #[error("{0}")]
    Failed(String),
}

/// Whether an expression can be weighed at all, before any reply is there.
///
/// # Errors
///
/// [`ExpressionError::Invalid`] for bad syntax and for names other than `output`, `tool_calls` and `vars`.
pub fn check_expression(source: &str) -> Result<(), ExpressionError> {
    if let Some(fault) = shape::expression_fault(source) {
        return Err(ExpressionError::Invalid { message: fault.message, next: fault.next });
    }
    let tree =
        machinery::parse_expr(source).map_err(|e| ExpressionError::Invalid { message: described(&e), next: None })?;
    let found = scan::expression(&tree, &BTreeSet::from(NAMES));
    if let Some(fault) = found.faults.into_iter().next() {
        return Err(ExpressionError::Invalid { message: fault.message, next: fault.next });
    }
    match found.variables.into_iter().map(|found| found.what).find(|name| !NAMES.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(ExpressionError::Invalid {
            message: format!("there is no `{name}`: an expression knows `output`, `tool_calls` and `vars`"),
            next: did_you_mean(&name, NAMES),
        }),
    }
}

/// Whether an expression is true of `context`, an object with `output`, `tool_calls` and `vars`.
///
/// True is what Jinja's `if` takes for true. Using something undefined is an error, never false.
///
/// # Errors
///
/// See [`ExpressionError`].
pub fn expression(source: &str, context: &Value) -> Result<bool, ExpressionError> {
    check_expression(source)?;
    let engine = engine::bare(EXPRESSION_STEPS);
    let guarded = Guarded::expression(source);
    let context = Any::from(Serde(context));
    let result = engine.compile_expression(&guarded.text).and_then(|expression| expression.eval(context));
    match result {
        Ok(value) if value.is_undefined() => Err(ExpressionError::Undefined(source.to_owned())),
        Ok(value) => Ok(value.is_true()),
        Err(error) => Err(match error.kind() {
            ErrorKind::OutOfFuel => ExpressionError::OutOfSteps(EXPRESSION_STEPS),
            ErrorKind::UndefinedError => {
                let part = error.range().and_then(|range| source.get(guarded.original(&range))).unwrap_or(source);
                ExpressionError::Undefined(part.trim().to_owned())
            }
            _ => ExpressionError::Failed(described(&error)),
        }),
    }
}

fn described(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn weigh(source: &str) -> Result<bool, ExpressionError> {
        let calls = json!([{ "name": "issue_refund", "arguments": { "amount": 12.5 } }]);
        expression(source, &json!({ "output": "Hello Oslo", "tool_calls": calls, "vars": { "city": "Oslo" } }))
    }

    #[test]
    fn expressions_see_the_reply_the_calls_and_the_variables() {
        for yes in [
            "output | length < 400",
            "vars.city in output",
            "output.startswith('Hello') and output.lower().endswith('oslo')",
            "tool_calls[0].name == 'issue_refund' and tool_calls[0].arguments.amount <= 12.5",
            "tool_calls | map(attribute='name') | list == ['issue_refund']",
            "tool_calls",
        ] {
            assert_eq!(weigh(yes), Ok(true), "{yes}");
        }
        assert_eq!(weigh("output == ''"), Ok(false));
    }

    #[test]
    fn what_is_unknown_is_an_error_and_never_false() {
        let invalid = |message: &str, next: Option<&str>| {
            Err(ExpressionError::Invalid { message: message.to_owned(), next: next.map(str::to_owned) })
        };
        let known = "an expression knows `output`, `tool_calls` and `vars`";
        assert_eq!(
            weigh("outputs == 1"),
            invalid(&format!("there is no `outputs`: {known}"), Some("did you mean `output`?"))
        );
        assert_eq!(weigh("output | uper"), invalid("there is no filter `uper`", Some("did you mean `upper`?")));
        assert!(matches!(weigh("vars.town == 'x'"), Err(ExpressionError::Undefined(_))));
        assert!(weigh("vars.town | length").is_err());
        assert!(matches!(weigh("vars.town"), Err(ExpressionError::Undefined(_))));
        assert!(matches!(weigh("output ="), Err(ExpressionError::Invalid { .. })));
        assert!(matches!(weigh("role('system')"), Err(ExpressionError::Invalid { .. })));
    }
}
