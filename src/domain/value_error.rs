//! What is wrong with a value, and where in it.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use super::{Reason, Value};

/// What is wrong with a value, and where in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueError(Box<(String, ValueErrorKind)>);

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueErrorKind {
    /// A field that must be there is not.
    MissingField,
    /// A field is written twice.
    DuplicateField,
    /// The value is of another type.
    WrongType {
        /// What was to be there.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// A whole number was expected.
    NotWhole,
    /// A number lies outside its type's range, or a list has the wrong length.
    OutOfRange,
    /// A name that stands for none of the known choices.
    UnknownVariant {
        /// What is there.
        found: String,
        /// The choices, each in backticks.
        expected: String,
    },
    /// Lists and objects are nested deeper than any honest input.
    TooDeep,
    /// Something else, in words.
    Invalid(String),
}

impl ValueErrorKind {
    /// A stable code: `missing-field`, `duplicate-field`, `wrong-type`, `not-whole`, `out-of-range`,
    /// `unknown-variant`, `too-deep` or `invalid-value`.
    pub fn code(&self) -> &'static str {
        match self {
            ValueErrorKind::MissingField => "missing-field",
            ValueErrorKind::DuplicateField => "duplicate-field",
            ValueErrorKind::WrongType { .. } => "wrong-type",
            ValueErrorKind::NotWhole => "not-whole",
            ValueErrorKind::OutOfRange => "out-of-range",
            ValueErrorKind::UnknownVariant { .. } => "unknown-variant",
            ValueErrorKind::TooDeep => "too-deep",
            ValueErrorKind::Invalid(_) => "invalid-value",
        }
    }
}

impl ValueError {
    /// An error at the value itself; callers add where it lies with [`ValueError::in_field`] and [`ValueError::at_index`].
    pub fn new(kind: ValueErrorKind) -> Self {
        ValueError(Box::new((String::new(), kind)))
    }

    /// The error of a value that should be `expected`: `a list`, `a text`.
    pub fn wrong_type(expected: &'static str, found: &Value) -> Self {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self::new(ValueErrorKind::WrongType { expected, found })
    }

    /// An error in words at the value itself: lowercase, no full stop, what was given in backticks.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ValueErrorKind::Invalid(message.into()))
    }

    /// Where, from the value that was read: `offers[3].window.from`; empty for that value itself.
    pub fn path(&self) -> &str {
        &self.0.0
    }

    /// What.
    pub fn kind(&self) -> &ValueErrorKind {
        &self.0.1
    }

    /// The same error, seen from the object whose field `name` has it.
    #[must_use]
    pub fn in_field(mut self, name: &str) -> Self {
        let path = &mut self.0.0;
        if !path.is_empty() && !path.starts_with('[') {
            path.insert(0, '.');
        }
        path.insert_str(0, name);
        self
    }

    /// The same error, seen from the list whose element `index` has it.
    #[must_use]
    pub fn at_index(mut self, index: usize) -> Self {
        let path = &mut self.0.0;
        if !path.is_empty() && !path.starts_with('[') {
            path.insert(0, '.');
        }
        path.insert(0, ']');
        let mut rest = index;
        loop {
            let digit = u8::try_from(rest.wrapping_rem(10)).unwrap_or_default();
            path.insert(0, char::from(b'0'.wrapping_add(digit)));
            rest = rest.wrapping_div(10);
            if rest == 0 {
                break;
            }
        }
        path.insert(0, '[');
        self
    }

    /// What is wrong, in words, without where.
    pub fn message(&self) -> String {
        let mut text = String::new();
        match self.kind() {
            ValueErrorKind::MissingField => text.push_str("is missing"),
            ValueErrorKind::DuplicateField => text.push_str("is written twice"),
            ValueErrorKind::WrongType { expected, found } => {
                text.push_str("must be ");
                text.push_str(expected);
                text.push_str(", not ");
                text.push_str(found);
            }
            ValueErrorKind::NotWhole => text.push_str("must be a whole number"),
            ValueErrorKind::OutOfRange => text.push_str("is out of range"),
            ValueErrorKind::UnknownVariant { found, expected } => {
                text.push_str("must be one of ");
                text.push_str(expected);
                text.push_str(", not `");
                text.push_str(found);
                text.push('`');
            }
            ValueErrorKind::TooDeep => text.push_str("is nested too deep"),
            ValueErrorKind::Invalid(message) => text.push_str(message),
        }
        text
    }

    /// Where and what, in words.
    pub fn text(&self) -> String {
        let (path, message) = (self.path(), self.message());
        if path.is_empty() { message } else { [path, " ", &message].concat() }
    }

    /// A [`Reason`] with this code and the facts `path` and `message`.
    pub fn reason(&self, code: &'static str) -> Reason {
        Reason::new(code).with("path", self.path()).with("message", self.message())
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl core::error::Error for ValueError {}
