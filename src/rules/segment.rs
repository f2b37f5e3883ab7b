//! Named conditions that group members.

use alloc::vec::Vec;

use super::condition::Unmet;
use super::{AttributeId, AttributeSource, AttributeTable, Condition, Problem, ProblemKind, RuleContext, ValueRef};
use crate::domain::{AddAll, StringColumn, Terms, Value};

/// The attribute by which conditions ask for segments: `{"member.segments": {"$in": ["regulars"]}}`.
const ATTRIBUTE: &str = "member.segments";

/// Named conditions over `member.*` and `context.*`. A segment may ask whether earlier ones hold, never itself or a later
/// one, so that no cycle can arise.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    names: Terms,
    conditions: Vec<Condition>,
    problems: Vec<(usize, Problem)>,
    attribute: Option<AttributeId>,
}

/// The segments that hold for somebody, as a source: their names are the attribute `member.segments`.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    segments: &'a Segments,
    places: Vec<u32>,
}

impl Segments {
    /// Compiles segments in their order.
    pub fn compile<'v>(
        segments: impl IntoIterator<Item = (&'v str, &'v Value)>,
        table: &mut AttributeTable,
        context: &RuleContext<'_>,
    ) -> Self {
        let attribute = table.intern(ATTRIBUTE);
        let (mut names, mut conditions, mut problems): (Vec<&str>, Vec<Condition>, Vec<(usize, Problem)>) = Default::default();
        for (place, (name, wire)) in segments.into_iter().enumerate() {
            let condition = Condition::compile(wire, table, context);
            problems.add_all(condition.problems().iter().map(|problem| (place, problem.clone())));
            let unknown = condition.texts_wanted_of(attribute).into_iter().filter(|wanted| !names.contains(wanted));
            problems.add_all(unknown.map(|wanted| (place, Problem { path: wanted.into(), kind: ProblemKind::UnknownSegment })));
            conditions.push(condition);
            names.push(name);
        }
        Segments { names: Terms(StringColumn::owned(names)), conditions, problems, attribute: Some(attribute) }
    }

    /// What is wrong, with the place of the segment. For [`ProblemKind::UnknownSegment`] the path is the unknown name.
    pub fn problems(&self) -> &[(usize, Problem)] {
        &self.problems
    }

    /// Names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.0.iter()
    }

    /// The condition of the segment called `name`; of equal names the first.
    pub fn condition(&self, name: &str) -> Option<&Condition> {
        self.names().position(|known| known == name).and_then(|place| self.conditions.get(place))
    }

    /// The segments that hold for `source`.
    pub fn held(&self, source: &dyn AttributeSource) -> Held<'_> {
        let mut held = Held { segments: self, places: Vec::new() };
        for (place, condition) in (0_u32..).zip(&self.conditions) {
            let holds = condition.matches(&Over { held: &held, source });
            if holds {
                held.places.push(place);
            }
        }
        held
    }

    /// What keeps the segment called `name` from holding; `None` where there is no such segment.
    pub fn unmet<'a>(&'a self, name: &str, source: &'a dyn AttributeSource) -> Option<Vec<Unmet<'a>>> {
        self.condition(name).map(|condition| condition.unmet(source))
    }
}

impl Held<'_> {
    /// Names, in the order of the segments.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.places.iter().filter_map(|place| self.segments.names.name(*place))
    }

    /// Whether the segment called `name` holds.
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|held| held == name)
    }

    /// Places among the segments, ascending.
    pub fn places(&self) -> &[u32] {
        &self.places
    }
}

impl AttributeSource for Held<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        if self.segments.attribute == Some(id) { ValueRef::Terms(&self.segments.names, &self.places) } else { ValueRef::Null }
    }
}

struct Over<'a> {
    held: &'a Held<'a>,
    source: &'a dyn AttributeSource,
}

impl AttributeSource for Over<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        match self.held.value(id) {
            ValueRef::Null => self.source.value(id),
            segments => segments,
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::rules::{Attributes, NativeRegex};

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn segments(wires: &[(&'static str, Value)], table: &mut AttributeTable) -> Segments {
        Segments::compile(wires.iter().map(|(name, wire)| (*name, wire)), table, &RuleContext::new(&NativeRegex))
    }

    #[test]
    fn later_segments_and_itself_never_hold_yet() {
        let mut table = AttributeTable::default();
        let wires = [
            ("self", json(r#"{"member.segments": {"$in": ["self"]}}"#)),
            ("forward", json(r#"{"member.segments": {"$in": ["all"]}}"#)),
            ("all", json("{}")),
        ];
        let segments = segments(&wires, &mut table);
        assert_eq!(segments.held(&()).names().collect::<Vec<_>>(), ["all"]);
        let kinds: Vec<_> = segments.problems().iter().map(|(place, problem)| (*place, problem.path.as_str(), problem.kind)).collect();
        assert_eq!(kinds, [(0, "self", ProblemKind::UnknownSegment), (1, "all", ProblemKind::UnknownSegment)]);
    }

    #[test]
    fn segments_build_on_earlier_ones() {
        let mut table = AttributeTable::default();
        let wires = [
            ("buyers", json(r#"{"member.orders": {"$gte": 1}}"#)),
            ("regulars", json(r#"{"member.segments": {"$in": ["buyers"]}, "member.orders": {"$gte": 5}}"#)),
            ("web", json(r#"{"context.channel": "web"}"#)),
        ];
        let segments = segments(&wires, &mut table);
        assert!(segments.problems().is_empty());
        let mut member = Attributes::default();
        member.set(table.intern("member.orders"), 7.0);
        let held = segments.held(&member);
        assert_eq!(held.names().collect::<Vec<_>>(), ["buyers", "regulars"]);
        let offer = Condition::compile(&json(r#"{"member.segments": {"$in": ["regulars"]}}"#), &mut table, &RuleContext::new(&NativeRegex));
        assert!(offer.matches(&held) && !offer.matches(&member));
        assert_eq!(segments.unmet("web", &member).map(|unmet| unmet.len()), Some(1));
        assert!(segments.unmet("none", &member).is_none());
    }
}
