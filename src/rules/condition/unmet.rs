//! What is missing for a condition to match.

use alloc::vec::Vec;

use super::super::{AttributeId, AttributeSource, ValueRef};
use super::evaluate::length;
use super::{Comparison, Node, Test};

/// One thing that keeps a condition from matching.
#[derive(Clone, Debug)]
pub enum Unmet<'a> {
    /// An attribute should be otherwise.
    Need(Need<'a>),
    /// One of these should come true: all of its parts.
    OneOf(Vec<Vec<Unmet<'a>>>),
    /// Nothing can help: the condition asks for what no value fulfils.
    Never,
}

impl<'a> Unmet<'a> {
    /// The need, where this is one.
    pub fn need(&self) -> Option<&Need<'a>> {
        match self {
            Unmet::Need(need) => Some(need),
            _ => None,
        }
    }
}

/// An attribute that should be otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Need<'a> {
    /// The attribute.
    pub attribute: AttributeId,
    /// How it should relate to what is wanted.
    pub operator: Operator,
    /// What is wanted: a value, or a list of which one will do for [`Operator::In`] and none for [`Operator::NotIn`].
    pub wanted: ValueRef<'a>,
    /// What it is.
    pub actual: ValueRef<'a>,
    /// Whether `operator`, `wanted` and `actual` are about the length of the list that the attribute is.
    pub length: bool,
}

impl Need<'_> {
    /// How much a number has to rise (positive) or fall (negative) to reach the bound that is wanted. A bound that has to
    /// be passed, not only reached, counts as reached. `None` where this isn't about numbers. A missing number counts as
    /// 0, as it does when conditions are evaluated.
    pub fn missing(&self) -> Option<f64> {
        let ordered = matches!(self.operator, Operator::AtLeast | Operator::Greater | Operator::AtMost | Operator::Less | Operator::Equal);
        let wanted = self.wanted.as_f64().filter(|_| ordered)?;
        Some(wanted - self.actual.to_number()).filter(|distance| distance.is_finite())
    }
}

/// How an attribute should relate to what is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    Greater,
    /// Greater or equal.
    AtLeast,
    /// One of a list, or a list with one of them.
    In,
    /// None of a list.
    NotIn,
    /// There: nothing is wanted in particular.
    Exists,
    /// Not there.
    Missing,
    /// Matching a regular expression.
    Matches,
    /// Not matching a regular expression.
    NotMatches,
    /// The same version.
    VersionEqual,
    /// Another version.
    VersionNotEqual,
    /// An earlier version.
    VersionLess,
    /// That version or an earlier one.
    VersionAtMost,
    /// A later version.
    VersionGreater,
    /// That version or a later one.
    VersionAtLeast,
    /// Of the kind wanted.
    Kind,
    /// Of another kind.
    NotKind,
    /// A list in which there is what the rule asks for, which is more than one value can say.
    Contains,
    /// Without that.
    NotContains,
}

impl Operator {
    /// The name for reasons: the rule language's own where it has one.
    pub fn name(self) -> &'static str {
        match self {
            Operator::Equal => "$eq",
            Operator::NotEqual => "$ne",
            Operator::Less => "$lt",
            Operator::AtMost => "$lte",
            Operator::Greater => "$gt",
            Operator::AtLeast => "$gte",
            Operator::In => "$in",
            Operator::NotIn => "$nin",
            Operator::Exists => "$exists",
            Operator::Missing => "$notExists",
            Operator::Matches => "$regex",
            Operator::NotMatches => "$notRegex",
            Operator::VersionEqual => "$veq",
            Operator::VersionNotEqual => "$vne",
            Operator::VersionLess => "$vlt",
            Operator::VersionAtMost => "$vlte",
            Operator::VersionGreater => "$vgt",
            Operator::VersionAtLeast => "$vgte",
            Operator::Kind => "$type",
            Operator::NotKind => "$notType",
            Operator::Contains => "$elemMatch",
            Operator::NotContains => "$notElemMatch",
        }
    }

    fn of(comparison: Comparison, wanted: bool) -> Self {
        match (comparison, wanted) {
            (Comparison::Equal, true) => Operator::Equal,
            (Comparison::Equal, false) => Operator::NotEqual,
            (Comparison::Less, true) | (Comparison::AtLeast, false) => Operator::Less,
            (Comparison::AtMost, true) | (Comparison::Greater, false) => Operator::AtMost,
            (Comparison::Greater, true) | (Comparison::AtMost, false) => Operator::Greater,
            (Comparison::AtLeast, true) | (Comparison::Less, false) => Operator::AtLeast,
        }
    }

    fn of_version(comparison: Comparison, wanted: bool) -> Self {
        match Self::of(comparison, wanted) {
            Operator::Equal => Operator::VersionEqual,
            Operator::NotEqual => Operator::VersionNotEqual,
            Operator::Less => Operator::VersionLess,
            Operator::AtMost => Operator::VersionAtMost,
            Operator::Greater => Operator::VersionGreater,
            _ => Operator::VersionAtLeast,
        }
    }
}

/// What keeps `node` from holding.
pub(super) fn unmet<'a>(node: &'a Node, source: &'a dyn AttributeSource) -> Vec<Unmet<'a>> {
    let mut found = Vec::new();
    collect(node, source, true, &mut found);
    found
}

/// Adds to `found` what keeps `node` from being `wanted`.
fn collect<'a>(node: &'a Node, source: &'a dyn AttributeSource, wanted: bool, found: &mut Vec<Unmet<'a>>) {
    if node.holds(source) == wanted {
        return;
    }
    match node {
        Node::Test(attribute, test) => {
            Wish { attribute: *attribute, actual: source.value(*attribute), length: false }.collect(test, wanted, found);
        }
        Node::Not(child) => collect(child, source, !wanted, found),
        Node::Never => found.push(Unmet::Never),
        Node::All(children) | Node::Any(children) => {
            let all = matches!(node, Node::All(_)) == wanted;
            let each = children.iter().map(|child| {
                let mut parts = Vec::new();
                collect(child, source, wanted, &mut parts);
                parts
            });
            if all { found.extend(each.flatten()) } else { one_of(each, found) }
        }
    }
}

/// Adds alternatives, as few and as flat as can be.
fn one_of<'a>(alternatives: impl Iterator<Item = Vec<Unmet<'a>>>, found: &mut Vec<Unmet<'a>>) {
    let mut possible: Vec<Vec<Unmet<'a>>> = Vec::new();
    for mut alternative in alternatives {
        match alternative.as_mut_slice() {
            parts if parts.iter().any(|part| matches!(part, Unmet::Never)) => {}
            [Unmet::OneOf(inner)] => possible.append(inner),
            _ => possible.push(alternative),
        }
    }
    match possible.len() {
        0 => found.push(Unmet::Never),
        1 => found.extend(possible.into_iter().flatten()),
        _ => found.push(Unmet::OneOf(possible)),
    }
}

/// A value that should pass a test.
#[derive(Clone, Copy)]
struct Wish<'a> {
    attribute: AttributeId,
    actual: ValueRef<'a>,
    length: bool,
}

impl<'a> Wish<'a> {
    fn collect(self, test: &'a Test, wanted: bool, found: &mut Vec<Unmet<'a>>) {
        if test.passes(self.actual) == wanted {
            return;
        }
        let either = |yes, no| if wanted { yes } else { no };
        let (operator, value) = match test {
            Test::Text(text) | Test::FoldedText(text) => (either(Operator::Equal, Operator::NotEqual), ValueRef::Str(text)),
            Test::Number(number) => (either(Operator::Equal, Operator::NotEqual), ValueRef::Number(*number)),
            Test::Flag(flag) => (either(Operator::Equal, Operator::NotEqual), ValueRef::Bool(*flag)),
            Test::Json(value) | Test::Same(value) => (either(Operator::Equal, Operator::NotEqual), value.into()),
            Test::Compare(comparison, value, _) => (Operator::of(*comparison, wanted), value.into()),
            Test::Version(comparison, version) => (Operator::of_version(*comparison, wanted), ValueRef::Str(version)),
            Test::Exists(expected) => (if *expected == wanted { Operator::Exists } else { Operator::Missing }, ValueRef::Null),
            Test::In(set) | Test::InFolded(set) => (either(Operator::In, Operator::NotIn), ValueRef::List(set.written())),
            Test::Size(inner) => match length(self.actual) {
                Some(length) => return Wish { actual: length, length: true, ..self }.collect(inner, wanted, found),
                None => (Operator::Kind, ValueRef::Str("array")),
            },
            Test::Element(inner) if wanted => match &**inner {
                // A list that should have one of these is what `In` says already.
                Test::In(set) => (Operator::In, ValueRef::List(set.written())),
                Test::Same(value) => (Operator::Contains, value.into()),
                _ => (Operator::Contains, ValueRef::Null),
            },
            Test::Every(tests) if wanted => return self.each_element(tests, found),
            Test::Element(_) | Test::ElementObject(..) | Test::Every(_) => {
                (either(Operator::Contains, Operator::NotContains), ValueRef::Null)
            }
            Test::Regex(pattern) => (either(Operator::Matches, Operator::NotMatches), (&pattern.source).into()),
            Test::Kind(kind) => (either(Operator::Kind, Operator::NotKind), ValueRef::Str(kind.name())),
            Test::All(tests) if wanted => return tests.iter().for_each(|test| self.collect(test, true, found)),
            Test::All(tests) => {
                let each = tests.iter().map(|test| {
                    let mut parts = Vec::new();
                    self.collect(test, false, &mut parts);
                    parts
                });
                return one_of(each, found);
            }
            Test::Not(inner) => return self.collect(inner, !wanted, found),
            Test::Never => return found.push(Unmet::Never),
        };
        found.push(Unmet::Need(Need { attribute: self.attribute, operator, wanted: value, actual: self.actual, length: self.length }));
    }

    /// What `$all` lacks, value by value.
    fn each_element(self, tests: &'a [Test], found: &mut Vec<Unmet<'a>>) {
        for test in tests.iter().filter(|test| !self.actual.elements().any(|element| test.passes(element))) {
            let wanted = match test {
                Test::Text(text) | Test::FoldedText(text) => ValueRef::Str(text),
                Test::Number(number) => ValueRef::Number(*number),
                Test::Flag(flag) => ValueRef::Bool(*flag),
                Test::Same(value) | Test::Json(value) => value.into(),
                _ => ValueRef::Null,
            };
            let Wish { attribute, actual, length } = self;
            found.push(Unmet::Need(Need { attribute, operator: Operator::Contains, wanted, actual, length }));
        }
    }
}
