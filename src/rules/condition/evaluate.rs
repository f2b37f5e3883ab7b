//! Whether a condition holds.

use alloc::boxed::Box;

use super::super::coercion::{compare, equals_lowered, same_json};
use super::super::regex::LONGEST_SUBJECT;
use super::super::version::compare_versions;
use super::super::{AttributeId, AttributeSource, NumberText, ValueRef};
use super::{Node, Test};
use crate::domain::Value;

impl Node {
    pub(super) fn holds(&self, source: &dyn AttributeSource) -> bool {
        match self {
            Node::Test(attribute, test) => test.passes(source.value(*attribute)),
            Node::All(children) => children.iter().all(|child| child.holds(source)),
            Node::Any(children) => children.iter().any(|child| child.holds(source)),
            Node::Not(child) => !child.holds(source),
            Node::Never => false,
        }
    }
}

impl Test {
    pub(super) fn passes(&self, value: ValueRef<'_>) -> bool {
        match self {
            Test::Text(text) => match value {
                ValueRef::Str(actual) => actual == &**text,
                _ => value.with_text(|actual| actual == &**text),
            },
            Test::FoldedText(lower) => value.with_text(|actual| equals_lowered(actual, lower)),
            Test::Number(number) => value.to_number() == *number,
            Test::Flag(flag) => !value.is_null() && value.is_truthy() == *flag,
            Test::Json(expected) => same_json(value, expected.into()),
            Test::Same(expected) => is_same(value, expected.into()),
            Test::Compare(comparison, expected, number) => {
                compare(value, expected.into(), *number).is_some_and(|order| comparison.accepts(order))
            }
            Test::Version(comparison, expected) => comparison.accepts(with_version(value, |version| compare_versions(version, expected))),
            Test::Exists(expected) => value.is_null() != *expected,
            Test::In(set) => set.meets(value),
            Test::InFolded(set) => set.meets_folded(value),
            Test::Size(test) => length(value).is_some_and(|length| test.passes(length)),
            Test::Element(test) => present(value).any(|element| test.passes(element)),
            Test::ElementObject(node, paths) => present(value).any(|element| node.holds(&Element { element, paths })),
            Test::Every(tests) => value.length().is_some() && tests.iter().all(|test| value.elements().any(|element| test.passes(element))),
            Test::Regex(pattern) => value.with_text(|text| text.len() <= LONGEST_SUBJECT && pattern.regex.is_match(text)),
            Test::Kind(kind) => value.kind() == *kind,
            Test::All(tests) => tests.iter().all(|test| test.passes(value)),
            Test::Not(test) => !test.passes(value),
            Test::Never => false,
        }
    }
}

/// `===`: never true for lists and objects, which are equal only to themselves.
fn is_same(value: ValueRef<'_>, expected: ValueRef<'_>) -> bool {
    match (value, expected) {
        (ValueRef::Null, ValueRef::Null) => true,
        (ValueRef::Bool(actual), ValueRef::Bool(expected)) => actual == expected,
        (ValueRef::Number(actual), ValueRef::Number(expected)) => actual == expected,
        (ValueRef::Str(actual), ValueRef::Str(expected)) => actual == expected,
        _ => false,
    }
}

/// The text that stands for a value where a version is expected: what is neither number nor text is version 0.
pub(super) fn with_version<R>(value: ValueRef<'_>, read: impl FnOnce(&str) -> R) -> R {
    match value {
        ValueRef::Str(text) => read(text),
        ValueRef::Number(number) => read(NumberText::of(number).as_str()),
        _ => read("0"),
    }
}

pub(super) fn length(value: ValueRef<'_>) -> Option<ValueRef<'_>> {
    #[allow(clippy::cast_precision_loss)] // a list has fewer than 2^53 elements
    value.length().map(|length| ValueRef::Number(length as f64))
}

fn present(value: ValueRef<'_>) -> impl Iterator<Item = ValueRef<'_>> {
    value.elements().filter(|element| !element.is_null())
}

/// An element of a list as a source: its attributes are what lies at the paths.
struct Element<'a> {
    element: ValueRef<'a>,
    paths: &'a [Box<str>],
}

impl AttributeSource for Element<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        self.paths.get(id.index()).map_or(ValueRef::Null, |path| self.element.at_path(path))
    }
}

/// What `compare` needs to know of a value that a rule names: its number.
pub(super) fn number_of(expected: &Value) -> f64 {
    ValueRef::from(expected).to_number()
}
