//! What is assigned to arms: the attribute that names the unit.

use alloc::boxed::Box;

use super::bucketing::Bucketing;
use super::{Range, choose_variation};
use crate::domain::Value;
use crate::rules::{AttributeId, AttributeSource, AttributeTable, ValueRef};

/// An attribute by which units are told apart.
#[derive(Clone, Debug)]
pub(super) struct UnitAttribute {
    pub(super) name: Box<str>,
    id: AttributeId,
    /// The same name as a path, for attributes that the engine knows by path.
    path: Option<AttributeId>,
}

/// What paths of attributes begin with that the engine itself provides.
const PROVIDED: [&str; 4] = ["member.", "context.", "cart.", "now."];

impl UnitAttribute {
    /// The attribute called `name`, by default `id`.
    pub(super) fn new(name: Option<&str>, table: &mut AttributeTable) -> Self {
        let name = name.unwrap_or("id");
        let is_provided = PROVIDED.iter().any(|prefix| name.starts_with(prefix));
        UnitAttribute { name: name.into(), id: table.intern_key(name), path: is_provided.then(|| table.intern(name)) }
    }

    /// The unit, where it is known: empty, 0, `false` and `null` are not.
    pub(super) fn unit<'a>(&self, source: &'a dyn AttributeSource) -> Option<ValueRef<'a>> {
        let mut values = [Some(self.id), self.path].into_iter().flatten().map(|id| source.value(id));
        values.find(|value| value.is_truthy())
    }
}

/// The part of the units that a rule or an experiment is open to.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    attribute: UnitAttribute,
    bucketing: Bucketing,
    ranges: Box<[Range]>,
}

impl Filter {
    /// Reads `{"seed", "ranges", "attribute", "hashVersion"}`.
    pub(super) fn compile(wire: &Value, table: &mut AttributeTable) -> Self {
        let version = super::wire::number(wire, "hashVersion").unwrap_or(2.0);
        Filter {
            attribute: UnitAttribute::new(super::wire::text(wire, "attribute"), table),
            bucketing: Bucketing::new(super::wire::text(wire, "seed").unwrap_or_default(), version),
            ranges: wire.get("ranges").and_then(Value::as_array).unwrap_or_default().iter().map(super::wire::range).collect(),
        }
    }

    /// Whether the unit lies in one of the ranges.
    pub(super) fn lets_in(&self, source: &dyn AttributeSource) -> bool {
        let number = self.attribute.unit(source).and_then(|unit| unit.with_text(|unit| self.bucketing.bucket(unit)));
        number.is_some_and(|number| choose_variation(number, &self.ranges).is_some())
    }
}

/// A share of the units that only one experiment of several gets.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    bucketing: Bucketing,
    range: Range,
}

impl Namespace {
    /// Reads `[name, start, end]`.
    pub(super) fn compile(wire: &[Value]) -> Option<Self> {
        let [Value::String(name), start, end, ..] = wire else { return None };
        Some(Namespace { bucketing: Bucketing::new(&["__", name].concat(), 1.0), range: super::wire::range_of(start, end) })
    }

    pub(super) fn contains(&self, unit: &str) -> bool {
        self.bucketing.bucket(unit).is_some_and(|number| self.range.contains(number))
    }
}

/// Whether `unit` belongs to the part `range` of the namespace `name`.
///
/// ```
/// use regulars::experiments::{Range, in_namespace};
/// assert!(in_namespace("1", "namespace1", Range { start: 0.4, end: 1.0 }));
/// assert!(!in_namespace("1", "namespace1", Range { start: 0.0, end: 0.4 }));
/// ```
pub fn in_namespace(unit: &str, name: &str, range: Range) -> bool {
    Namespace { bucketing: Bucketing::new(&["__", name].concat(), 1.0), range }.contains(unit)
}
