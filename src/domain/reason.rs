//! Why an answer is what it is: a code and the facts that made it so.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// One fact of a [`Reason`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Fact {
    /// Nothing known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A count, an amount in minor units, or a time in milliseconds.
    Integer(i64),
    /// A rate or a score.
    Number(f64),
    /// An id or a name.
    Text(String),
}

impl From<bool> for Fact {
    fn from(flag: bool) -> Self {
        Fact::Bool(flag)
    }
}

impl From<i64> for Fact {
    fn from(count: i64) -> Self {
        Fact::Integer(count)
    }
}

impl From<u32> for Fact {
    fn from(count: u32) -> Self {
        Fact::Integer(count.into())
    }
}

impl From<f64> for Fact {
    fn from(number: f64) -> Self {
        Fact::Number(number)
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Fact::Text(text.into())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Fact::Text(text)
    }
}

/// A machine-readable code with its facts. `text` is filled in by the engine from the snapshot's templates, for people.
///
/// ```
/// use regulars::domain::Reason;
/// let reason = Reason::new("below-threshold").with("missing", 1200_i64);
/// assert_eq!(reason.integer("missing"), Some(1200));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct Reason {
    /// From a closed set, documented where the code is made.
    pub code: Cow<'static, str>,
    /// In the order they were given.
    #[serde(serialize_with = "facts_as_object")]
    #[cfg_attr(target_os = "unknown", tsify(type = "Record<string, string | number | boolean | null>"))]
    pub facts: Vec<(&'static str, Fact)>,
    /// Rendered from a template, in the caller's locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Reason {
    /// A reason without facts yet.
    pub fn new(code: &'static str) -> Self {
        Reason { code: Cow::Borrowed(code), facts: Vec::new(), text: None }
    }

    /// The same reason with one fact more.
    #[must_use]
    pub fn with(mut self, name: &'static str, fact: impl Into<Fact>) -> Self {
        self.facts.push((name, fact.into()));
        self
    }

    /// The fact called `name`.
    pub fn fact(&self, name: &str) -> Option<&Fact> {
        self.facts.iter().find(|(known, _)| *known == name).map(|(_, fact)| fact)
    }

    /// The fact called `name`, where it is an integer.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.fact(name) {
            Some(Fact::Integer(count)) => Some(*count),
            _ => None,
        }
    }
}

fn facts_as_object<S: Serializer>(facts: &[(&'static str, Fact)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(facts.len()))?;
    for (name, fact) in facts {
        map.serialize_entry(name, fact)?;
    }
    map.end()
}
