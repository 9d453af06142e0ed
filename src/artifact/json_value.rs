//! TOML values as JSON values.

use serde_json::{Map, Number, Value};
use toml::de::DeValue;

/// The value as JSON.
///
/// # Errors
///
/// What stands in the way, with its article: a date, or a number that JSON cannot hold.
pub(super) fn convert(value: &DeValue<'_>) -> Result<Value, &'static str> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(yes) => Value::Bool(*yes),
        DeValue::Integer(_) | DeValue::Float(_) => {
            Value::Number(number(value).ok_or("a number that is not finite or does not fit in 64 bits")?)
        }
        DeValue::Datetime(_) => return Err("a date"),
        DeValue::Array(list) => {
            Value::Array(list.iter().map(|item| convert(item.get_ref())).collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => {
            let entry = |(key, item): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
                Ok((ToString::to_string(key.get_ref() as &std::borrow::Cow<'_, str>), convert(item.get_ref())?))
            };
            Value::Object(table.iter().map(entry).collect::<Result<Map<_, _>, _>>()?)
        }
    })
}

/// The JSON number of a TOML number, where there is one.
pub(super) fn number(value: &DeValue<'_>) -> Option<Number> {
    match value {
        DeValue::Integer(integer) => {
            let (digits, radix) = (integer.as_str(), integer.radix());
            let signed = i64::from_str_radix(digits, radix).map(Number::from).ok();
            signed.or_else(|| u64::from_str_radix(digits, radix).map(Number::from).ok())
        }
        DeValue::Float(float) => float.as_str().parse().ok().and_then(Number::from_f64),
        _ => None,
    }
}

/// What a value is, with its article.
pub(super) fn word(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
