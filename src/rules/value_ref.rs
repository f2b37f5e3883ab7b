//! A value of an attribute, borrowed.

use alloc::string::String;

use crate::domain::{Listed, Terms, Value};

/// A value of an attribute, borrowed from wherever it lies. What is missing is `Null`: the rule language doesn't tell
/// the two apart.
#[derive(Clone, Copy, Debug, Default)]
pub enum ValueRef<'a> {
    /// `null`, or missing.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Str(&'a str),
    /// A list of values.
    List(&'a [Value]),
    /// A list of texts that are stored as terms: an item's tags, a member's segments.
    Terms(&'a Terms, &'a [u32]),
    /// An object.
    Object(&'a [(String, Value)]),
}

/// What `$type` tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`, or missing.
    Null,
    /// `boolean`.
    Boolean,
    /// `number`.
    Number,
    /// `string`.
    String,
    /// `array`.
    Array,
    /// `object`.
    Object,
}

impl Kind {
    /// The name `$type` uses.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Object => "object",
        }
    }

    /// The kind `$type` calls `name`.
    pub fn named(name: &str) -> Option<Self> {
        [Kind::Null, Kind::Boolean, Kind::Number, Kind::String, Kind::Array, Kind::Object].into_iter().find(|kind| kind.name() == name)
    }
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => ValueRef::Null,
            Value::Bool(flag) => ValueRef::Bool(*flag),
            Value::Number(number) => ValueRef::Number(*number),
            Value::String(text) => ValueRef::Str(text),
            Value::Array(elements) => ValueRef::List(elements),
            Value::Object(entries) => ValueRef::Object(entries),
        }
    }
}

impl<'a> ValueRef<'a> {
    /// Whether this is `null` or missing.
    pub fn is_null(self) -> bool {
        matches!(self, ValueRef::Null)
    }

    /// The number, where this is one.
    pub fn as_f64(self) -> Option<f64> {
        match self {
            ValueRef::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The text, where this is one.
    pub fn as_str(self) -> Option<&'a str> {
        match self {
            ValueRef::Str(text) => Some(text),
            _ => None,
        }
    }

    /// What `$type` calls it.
    pub fn kind(self) -> Kind {
        match self {
            ValueRef::Null => Kind::Null,
            ValueRef::Bool(_) => Kind::Boolean,
            ValueRef::Number(_) => Kind::Number,
            ValueRef::Str(_) => Kind::String,
            ValueRef::List(_) | ValueRef::Terms(..) => Kind::Array,
            ValueRef::Object(_) => Kind::Object,
        }
    }

    /// How many elements there are, where this is a list.
    pub fn length(self) -> Option<usize> {
        match self {
            ValueRef::List(elements) => Some(elements.len()),
            ValueRef::Terms(_, terms) => Some(terms.len()),
            _ => None,
        }
    }

    /// Element `index`, where this is a list that has it.
    pub fn element(self, index: usize) -> Option<ValueRef<'a>> {
        match self {
            ValueRef::List(elements) => elements.get(index).map(ValueRef::from),
            ValueRef::Terms(names, terms) => Some(ValueRef::Str(names.name(*terms.get(index)?)?)),
            _ => None,
        }
    }

    /// The elements, where this is a list; nothing otherwise.
    pub fn elements(self) -> impl Iterator<Item = ValueRef<'a>> {
        (0..self.length().unwrap_or(0)).map(move |index| self.element(index).unwrap_or_default())
    }

    /// What lies at `path`: names separated by dots, each a key of an object, or an index or `length` of a list. Missing
    /// where a part is missing.
    pub fn at_path(self, path: &str) -> ValueRef<'a> {
        path.split('.').try_fold(self, ValueRef::member).unwrap_or_default()
    }

    /// What lies under `key`, where this is an object that has it.
    pub fn at_key(self, key: &str) -> ValueRef<'a> {
        match self {
            ValueRef::Object(_) => self.member(key).unwrap_or_default(),
            _ => ValueRef::Null,
        }
    }

    fn member(self, name: &str) -> Option<ValueRef<'a>> {
        match self {
            ValueRef::Object(entries) => entries.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.into()),
            ValueRef::List(_) | ValueRef::Terms(..) if name == "length" => {
                #[allow(clippy::cast_precision_loss)] // a list has fewer than 2^53 elements
                self.length().map(|length| ValueRef::Number(length as f64))
            }
            ValueRef::List(_) | ValueRef::Terms(..) if name == "0" || !name.starts_with(['0', '+']) => self.element(name.parse().ok()?),
            _ => None,
        }
    }

    /// A value of its own.
    pub fn to_value(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Bool(flag) => Value::Bool(flag),
            ValueRef::Number(number) => Value::Number(number),
            ValueRef::Str(text) => Value::String(text.into()),
            ValueRef::List(elements) => Value::Array(elements.into()),
            ValueRef::Terms(..) => Value::Array(self.elements().map(ValueRef::to_value).listed()),
            ValueRef::Object(entries) => Value::Object(entries.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_path_that_leads_nowhere_is_null() {
        let object = value(r#"{"a": {"b": 1}, "t": "text", "n": null, "l": [7, 8]}"#);
        for path in ["", "b", "a.c", "a.b.c", "t.length", "n.a", "l.2", "l.-1", "l.00", "l.+1", "a."] {
            assert!(ValueRef::from(&object).at_path(path).is_null(), "{path}");
        }
    }

    #[test]
    fn paths_lead_through_objects_and_lists() {
        let object = value(r#"{"a": {"b": 1, "": 2}, "l": [7, {"x": 8}]}"#);
        for (path, number) in [("a.b", 1.0), ("a.", 2.0), ("l.0", 7.0), ("l.1.x", 8.0), ("l.length", 2.0)] {
            assert_eq!(ValueRef::from(&object).at_path(path).as_f64(), Some(number), "{path}");
        }
    }

    #[test]
    fn terms_are_a_list_of_texts() {
        let names = Terms(crate::domain::StringColumn::owned(["dairy", "organic"]));
        let tags = ValueRef::Terms(&names, &[1, 0]);
        assert_eq!(tags.to_value(), value(r#"["organic", "dairy"]"#));
        assert_eq!(tags.kind(), Kind::Array);
    }
}
