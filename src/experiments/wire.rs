//! Reading a payload, whose values are taken as JavaScript takes them: what is falsy counts as absent.

use super::Range;
use crate::domain::Value;
use crate::rules::ValueRef;

/// The value under `key`, unless it is falsy.
pub(super) fn truthy<'v>(wire: &'v Value, key: &str) -> Option<&'v Value> {
    wire.get(key).filter(|value| ValueRef::from(*value).is_truthy())
}

/// The text under `key`, unless it is empty.
pub(super) fn text<'v>(wire: &'v Value, key: &str) -> Option<&'v str> {
    truthy(wire, key).and_then(Value::as_str)
}

/// The number under `key`, unless it is 0.
pub(super) fn number(wire: &Value, key: &str) -> Option<f64> {
    truthy(wire, key).map(to_number)
}

/// Whether the value under `key` is truthy.
pub(super) fn flag(wire: &Value, key: &str) -> bool {
    truthy(wire, key).is_some()
}

/// The list under `key`, unless that is falsy; an error where it is something else.
pub(super) fn list<'v>(wire: &'v Value, key: &'static str) -> Result<Option<&'v [Value]>, &'static str> {
    truthy(wire, key).map(|value| value.as_array().ok_or(key)).transpose()
}

pub(super) fn to_number(value: &Value) -> f64 {
    ValueRef::from(value).to_number()
}

/// `[start, end]`; what is no number is in no range.
pub(super) fn range(wire: &Value) -> Range {
    match wire.as_array() {
        Some([start, end, ..]) => range_of(start, end),
        _ => Range { start: f64::NAN, end: f64::NAN },
    }
}

pub(super) fn range_of(start: &Value, end: &Value) -> Range {
    Range { start: to_number(start), end: to_number(end) }
}
