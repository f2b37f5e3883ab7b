//! Where attributes come from.

use alloc::vec::Vec;

use super::{AttributeId, AttributeTable, ValueRef};
use crate::domain::{Listed, Value};

/// Anything that has attributes.
pub trait AttributeSource {
    /// The value of `id`; `Null` where there is none.
    fn value(&self, id: AttributeId) -> ValueRef<'_>;
}

/// A source without any attribute.
impl AttributeSource for () {
    fn value(&self, _: AttributeId) -> ValueRef<'_> {
        ValueRef::Null
    }
}

/// Attributes held by their number: owned values, and values borrowed from a document.
#[derive(Clone, Debug, Default)]
pub struct Attributes<'a> {
    slots: Vec<Slot<'a>>,
}

#[derive(Clone, Debug)]
enum Slot<'a> {
    Borrowed(ValueRef<'a>),
    Owned(Value),
}

impl Default for Slot<'_> {
    fn default() -> Self {
        Slot::Borrowed(ValueRef::Null)
    }
}

impl<'a> Attributes<'a> {
    /// Gives `id` a value of its own.
    pub fn set(&mut self, id: AttributeId, value: impl Into<Value>) {
        self.put(id, Slot::Owned(value.into()));
    }

    /// Gives `id` a borrowed value.
    pub fn set_ref(&mut self, id: AttributeId, value: ValueRef<'a>) {
        self.put(id, Slot::Borrowed(value));
    }

    /// Gives every attribute of `table` that stands under `prefix` what `object` has at the rest of its path:
    /// `member.address.city` with the prefix `member` is `object.address.city`. With an empty prefix the whole path is
    /// looked up. What `object` lacks keeps the value it had.
    pub fn bind(&mut self, table: &AttributeTable, prefix: &str, object: &'a Value) {
        let object = ValueRef::from(object);
        for (id, _) in table.iter() {
            let value = table.look_up(id, prefix, object);
            if !value.is_null() {
                self.put(id, Slot::Borrowed(value));
            }
        }
    }

    /// The same attributes, none borrowed.
    pub fn into_owned(self) -> Attributes<'static> {
        let own = |slot| match slot {
            Slot::Borrowed(value) => Slot::Owned(ValueRef::to_value(value)),
            Slot::Owned(value) => Slot::Owned(value),
        };
        Attributes { slots: self.slots.into_iter().map(own).listed() }
    }

    fn put(&mut self, id: AttributeId, slot: Slot<'a>) {
        if self.slots.len() <= id.index() {
            self.slots.resize_with(id.index().saturating_add(1), Slot::default);
        }
        if let Some(place) = self.slots.get_mut(id.index()) {
            *place = slot;
        }
    }
}

impl AttributeSource for Attributes<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        match self.slots.get(id.index()) {
            Some(Slot::Borrowed(value)) => *value,
            Some(Slot::Owned(value)) => value.into(),
            None => ValueRef::Null,
        }
    }
}

/// One source over another: the lower is asked for what the upper lacks.
#[derive(Clone, Copy)]
pub struct Layered<'a> {
    upper: &'a dyn AttributeSource,
    lower: &'a dyn AttributeSource,
}

impl<'a> Layered<'a> {
    /// `upper` over `lower`.
    pub fn new(upper: &'a dyn AttributeSource, lower: &'a dyn AttributeSource) -> Self {
        Layered { upper, lower }
    }
}

impl AttributeSource for Layered<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        match self.upper.value(id) {
            ValueRef::Null => self.lower.value(id),
            value => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_under_the_prefix_are_bound() {
        let object: Value = serde_json::from_str(r#"{"tier": "gold", "er": 1, "address": {"city": "Jena"}}"#).unwrap();
        let mut table = AttributeTable::default();
        let paths = ["member.tier", "memberer", "member", "tier", "member.address.city", "member.age"];
        let ids = paths.map(|path| table.intern(path));
        let mut attributes = Attributes::default();
        attributes.bind(&table, "member", &object);
        let texts = ids.map(|id| attributes.value(id).as_str());
        assert_eq!(texts, [Some("gold"), None, None, None, Some("Jena"), None]);
        assert!(matches!(attributes.value(ids[2]), ValueRef::Object(_)));
        assert!(attributes.value(AttributeId(99)).is_null());
    }

    #[test]
    fn the_upper_layer_wins_where_it_has_a_value() {
        let (mut upper, mut lower) = (Attributes::default(), Attributes::default());
        lower.set(AttributeId(0), 1.0);
        lower.set(AttributeId(1), 1.0);
        upper.set(AttributeId(1), 2.0);
        let both = Layered::new(&upper, &lower);
        let value = |id| both.value(AttributeId(id)).as_f64();
        assert_eq!((value(0), value(1), value(2)), (Some(1.0), Some(2.0), None));
    }
}
