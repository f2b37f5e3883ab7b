//! How JavaScript turns values into numbers, texts and truth, and how it compares them.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{NumberText, ValueRef, number};
use crate::domain::{Arrange, Listed, Value, in_small};

/// Lists deeper than this read as empty text.
const DEEPEST: usize = 64;

impl<'a> ValueRef<'a> {
    /// JavaScript's truth: everything but `null`, `false`, 0, NaN and the empty text.
    pub fn is_truthy(self) -> bool {
        match self {
            ValueRef::Null => false,
            ValueRef::Bool(flag) => flag,
            ValueRef::Number(number) => number != 0.0 && !number.is_nan(),
            ValueRef::Str(text) => !text.is_empty(),
            ValueRef::List(_) | ValueRef::Terms(..) | ValueRef::Object(_) => true,
        }
    }

    /// `Number(value)`: `null` is 0, a list is its text's number, what is no number is NaN.
    pub fn to_number(self) -> f64 {
        match self {
            ValueRef::Null => 0.0,
            ValueRef::Bool(flag) => f64::from(u8::from(flag)),
            ValueRef::Number(number) => number,
            ValueRef::Str(text) => number::parse(text),
            ValueRef::List(_) | ValueRef::Terms(..) => number::parse(&joined(self, 0)),
            ValueRef::Object(_) => f64::NAN,
        }
    }

    /// `String(value)`, handed to `read`; only a list's text is allocated.
    pub fn with_text<R>(self, read: impl FnOnce(&str) -> R) -> R {
        match self {
            ValueRef::Null => read("null"),
            ValueRef::Bool(true) => read("true"),
            ValueRef::Bool(false) => read("false"),
            ValueRef::Number(number) => read(NumberText::of(number).as_str()),
            ValueRef::Str(text) => read(text),
            ValueRef::List(_) | ValueRef::Terms(..) => read(&joined(self, 0)),
            ValueRef::Object(_) => read("[object Object]"),
        }
    }
}

fn joined(list: ValueRef<'_>, depth: usize) -> String {
    let mut text = String::new();
    for (place, element) in list.elements().enumerate() {
        if place > 0 {
            text.push(',');
        }
        match element {
            ValueRef::Null => {}
            ValueRef::List(_) | ValueRef::Terms(..) if depth < DEEPEST => text.push_str(&joined(element, depth.saturating_add(1))),
            ValueRef::List(_) | ValueRef::Terms(..) => {}
            _ => element.with_text(|inner| text.push_str(inner)),
        }
    }
    text
}

/// The order of texts by UTF-16 code units.
pub(super) fn compare_texts(left: &str, right: &str) -> Ordering {
    let common = left.bytes().zip(right.bytes()).find(|(left, right)| left != right);
    match common {
        // Bytes and code units agree below U+E000, the first character that UTF-16 puts after the surrogates.
        Some((left, right)) if left < 0xee && right < 0xee => left.cmp(&right),
        Some(_) => left.encode_utf16().cmp(right.encode_utf16()),
        None => left.len().cmp(&right.len()),
    }
}

/// `left < right`, `left == right` or `left > right` as JavaScript's relational operators see it; `None` where none
/// holds because one is no number.
pub(super) fn compare(left: ValueRef<'_>, right: ValueRef<'_>, right_number: f64) -> Option<Ordering> {
    let is_text = |value: ValueRef<'_>| matches!(value, ValueRef::Str(_) | ValueRef::List(_) | ValueRef::Terms(..) | ValueRef::Object(_));
    if is_text(left) && is_text(right) {
        return Some(left.with_text(|left| right.with_text(|right| compare_texts(left, right))));
    }
    left.to_number().partial_cmp(&right_number)
}

/// Whether `text`, lower-cased, is `lower`, which is so already.
pub(super) fn equals_lowered(text: &str, lower: &str) -> bool {
    if text.is_ascii() { text.eq_ignore_ascii_case(lower) } else { in_small(text) == lower }
}

/// `text` lower-cased; allocated only where that changes it.
pub(super) fn lowered(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) { Cow::Borrowed(text) } else { Cow::Owned(in_small(text)) }
}

/// Whether both have the same JSON text: numbers that JSON can't write are `null`, and keys count in the order a
/// JavaScript object has them.
pub(super) fn same_json(left: ValueRef<'_>, right: ValueRef<'_>) -> bool {
    same_json_within(left, right, 0)
}

fn same_json_within(left: ValueRef<'_>, right: ValueRef<'_>, depth: usize) -> bool {
    let deeper = depth.saturating_add(1);
    match (left, right) {
        _ if depth > DEEPEST => false,
        (ValueRef::Number(left), ValueRef::Number(right)) => left == right || (!left.is_finite() && !right.is_finite()),
        (ValueRef::Number(number), ValueRef::Null) | (ValueRef::Null, ValueRef::Number(number)) => !number.is_finite(),
        (ValueRef::Null, ValueRef::Null) => true,
        (ValueRef::Bool(left), ValueRef::Bool(right)) => left == right,
        (ValueRef::Str(left), ValueRef::Str(right)) => left == right,
        (ValueRef::Object(left), ValueRef::Object(right)) => {
            let same = |left: &(&str, &Value), right: &(&str, &Value)| {
                left.0 == right.0 && same_json_within(left.1.into(), right.1.into(), deeper)
            };
            let (left, right) = (in_key_order(left), in_key_order(right));
            left.len() == right.len() && left.iter().zip(&right).all(|(left, right)| same(left, right))
        }
        _ => {
            left.length().is_some()
                && left.length() == right.length()
                && left.elements().zip(right.elements()).all(|(left, right)| same_json_within(left, right, deeper))
        }
    }
}

/// Entries as a JavaScript object has them: keys that are array indexes first, ascending, then the others as they were
/// written; of equal keys the last value, at the place of the first.
pub(super) fn in_key_order(entries: &[(String, Value)]) -> Vec<(&str, &Value)> {
    let index_of =
        |key: &str| key.parse::<u32>().ok().filter(|index| *index < u32::MAX && NumberText::of(f64::from(*index)).as_str() == key);
    let mut ordered: Vec<(Option<u32>, usize, &str, &Value)> =
        entries.iter().enumerate().map(|(place, (key, value))| (index_of(key), place, key.as_str(), value)).listed();
    ordered.arrange_by(|left, right| left.2.cmp(right.2)); // stable: equal keys stay in written order
    ordered.dedup_by(|later, first| {
        let equal = later.2 == first.2;
        if equal {
            first.3 = later.3;
        }
        equal
    });
    ordered.arrange_by_key(|(index, place, ..)| (index.is_none(), index.unwrap_or(0), *place));
    ordered.into_iter().map(|(_, _, key, value)| (key, value)).listed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    fn text(json: &str) -> String {
        ValueRef::from(&value(json)).with_text(|text| text.into())
    }

    #[test]
    fn values_become_texts_as_in_javascript() {
        assert_eq!(text("[1,[2,null],\"x\",{}]"), "1,2,,x,[object Object]");
        assert_eq!((text("null"), text("true"), text("1e21")), ("null".into(), "true".into(), "1e+21".into()));
        assert_eq!(text("[]"), "");
    }

    #[test]
    fn values_become_numbers_as_in_javascript() {
        let number = |json| ValueRef::from(&value(json)).to_number();
        assert!(number("{}").is_nan() && number("[1,2]").is_nan() && number("\"x\"").is_nan());
        assert_eq!((number("null"), number("true"), number("[]"), number("[\"7\"]")), (0.0, 1.0, 0.0, 7.0));
    }

    #[test]
    fn text_is_ordered_by_utf16() {
        assert_eq!(compare_texts("\u{ffee}", "\u{1f600}"), Ordering::Greater);
        assert_eq!(compare_texts("a\u{e9}", "az"), Ordering::Greater);
        assert_eq!(compare_texts("ab", "a"), Ordering::Greater);
        assert_eq!(compare_texts("", ""), Ordering::Equal);
    }

    #[test]
    fn json_is_equal_only_in_the_same_order() {
        let same = |left, right| same_json((&value(left)).into(), (&value(right)).into());
        assert!(!same(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#));
        assert!(!same("[1]", "[1,2]") && !same("{}", "[]") && !same("\"1\"", "1"));
        assert!(same(r#"{"b":1,"2":2,"10":3}"#, r#"{"10":3,"2":2,"b":1}"#));
        assert!(same(r#"{"a":1,"b":2,"a":3}"#, r#"{"a":3,"b":2}"#));
        assert!(!same(r#"{"b":1,"02":2}"#, r#"{"02":2,"b":1}"#));
    }
}
