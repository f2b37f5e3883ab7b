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
            Test::Every(tests) if tests.is_empty() => (either(Operator::Kind, Operator::NotKind), ValueRef::Str("array")),
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

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::*;
    use crate::domain::Value;
    use crate::rules::{AttributeTable, Attributes, Condition, NativeRegex, RuleContext};

    /// What is unmet, written as `path operator wanted (actual)`, alternatives in brackets.
    fn unmet(condition: &str, attributes: &str) -> String {
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let (wire, attributes, mut table) = (parse(condition), parse(attributes), AttributeTable::default());
        let condition = Condition::compile(&wire, &mut table, &RuleContext::new(&NativeRegex));
        let mut source = Attributes::default();
        source.bind(&table, "", &attributes);
        written(&condition.unmet(&source), &table)
    }

    fn written(unmet: &[Unmet<'_>], table: &AttributeTable) -> String {
        let json = |value: ValueRef<'_>| serde_json::to_string(&value.to_value()).unwrap();
        let one = |unmet: &Unmet<'_>| match unmet {
            Unmet::Never => "never".into(),
            Unmet::OneOf(alternatives) => {
                format!("[{}]", alternatives.iter().map(|parts| written(parts, table)).collect::<Vec<_>>().join(" | "))
            }
            Unmet::Need(need) => {
                let length = if need.length { ".length" } else { "" };
                let path = table.path(need.attribute);
                format!("{path}{length} {} {} ({})", need.operator.name(), json(need.wanted), json(need.actual))
            }
        };
        unmet.iter().map(one).collect::<Vec<_>>().join(" & ")
    }

    #[test]
    fn a_condition_that_matches_lacks_nothing() {
        assert_eq!(unmet("{}", "{}"), "");
        assert_eq!(unmet(r#"{"a": {"$gte": 5}}"#, r#"{"a": 5}"#), "");
    }

    #[test]
    fn only_what_fails_is_named() {
        let condition = r#"{"cart.subtotal": {"$gte": 5000, "$lt": 9000}, "member.tier": {"$in": ["gold", "platinum"]}, "ok": 1}"#;
        assert_eq!(
            unmet(condition, r#"{"cart": {"subtotal": 3800}, "member": {"tier": "silver"}, "ok": 1}"#),
            r#"cart.subtotal $gte 5000 (3800) & member.tier $in ["gold","platinum"] ("silver")"#
        );
    }

    #[test]
    fn alternatives_are_flat() {
        let condition = r#"{"$or": [{"a": 1, "b": 1}, {"$or": [{"c": 1}, {"d": {"$not": {"$exists": true}}}]}, {"x": {"$bogus": 1}}]}"#;
        assert_eq!(unmet(condition, r#"{"a": 1, "c": 2, "d": 3}"#), "[b $eq 1 (null) | c $eq 1 (2) | d $notExists null (3)]");
        assert_eq!(unmet(r#"{"$or": [{"a": 1}, {"x": {"$bogus": 1}}]}"#, "{}"), "a $eq 1 (null)");
        assert_eq!(unmet(r#"{"$or": [{"x": {"$bogus": 1}}]}"#, "{}"), "never");
    }

    #[test]
    fn negations_turn_the_operator() {
        assert_eq!(unmet(r#"{"$not": {"a": {"$gte": 5}}}"#, r#"{"a": 7}"#), "a $lt 5 (7)");
        assert_eq!(unmet(r#"{"$nor": [{"a": {"$in": [1]}}, {"b": 2}]}"#, r#"{"a": 1, "b": 2}"#), "a $nin [1] (1) & b $ne 2 (2)");
        assert_eq!(unmet(r#"{"$not": {"a": 1, "b": 2}}"#, r#"{"a": 1, "b": 2}"#), "[a $ne 1 (1) | b $ne 2 (2)]");
        assert_eq!(unmet(r#"{"v": {"$not": {"$vlt": "2.0.0"}}}"#, r#"{"v": "1.9.0"}"#), r#"v $vgte "2.0.0" ("1.9.0")"#);
    }

    #[test]
    fn lists_say_what_they_lack() {
        assert_eq!(unmet(r#"{"t": {"$all": ["a", "b"]}}"#, r#"{"t": ["b"]}"#), r#"t $elemMatch "a" (["b"])"#);
        assert_eq!(unmet(r#"{"t": {"$all": []}}"#, "{}"), r#"t $type "array" (null)"#);
        assert_eq!(unmet(r#"{"t": {"$size": {"$gte": 3}}}"#, r#"{"t": ["b"]}"#), "t.length $gte 3 (1)");
        assert_eq!(unmet(r#"{"t": {"$elemMatch": {"$in": ["x"]}}}"#, r#"{"t": ["b"]}"#), r#"t $in ["x"] (["b"])"#);
    }

    #[test]
    fn distances_are_signed() {
        let need = |operator, wanted, actual| Need { attribute: AttributeId(0), operator, wanted, actual, length: false };
        let number = ValueRef::Number;
        assert_eq!(need(Operator::In, number(3.0), number(1.0)).missing(), None);
        assert_eq!(need(Operator::AtLeast, ValueRef::Str("x"), number(1.0)).missing(), None);
        assert_eq!(need(Operator::AtLeast, number(5000.0), ValueRef::Null).missing(), Some(5000.0));
        assert_eq!(need(Operator::Less, number(5.0), number(7.0)).missing(), Some(-2.0));
    }
}
