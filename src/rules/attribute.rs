//! Names of attributes, each with a number.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::ValueRef;
use crate::domain::Map;

/// Marks a path that is one key.
const KEY: &str = "\0";

/// The number of an attribute path in the [`AttributeTable`] that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub u32);

impl AttributeId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The attribute paths that a set of rules names: `member.tier`, `cart.subtotal`, `item.price`, `now.weekday`, or the
/// bare names of an experiment's payload. Numbers rise from 0 in the order of first use and never change.
#[derive(Clone, Debug, Default)]
pub struct AttributeTable {
    paths: Vec<Rc<str>>,
    ids: Map<Rc<str>, AttributeId>,
}

impl AttributeTable {
    /// The number of `path`, a new one where it was not named before.
    pub fn intern(&mut self, path: &str) -> AttributeId {
        if let Some(id) = self.find(path) {
            return id;
        }
        let id = AttributeId(u32::try_from(self.paths.len()).unwrap_or(u32::MAX));
        let path: Rc<str> = path.into();
        self.paths.push(path.clone());
        self.ids.insert(path, id);
        id
    }

    /// The number of the attribute that lies under the one key `key`, dots and all, as the units of experiments do: not a
    /// path into nested objects.
    pub fn intern_key(&mut self, key: &str) -> AttributeId {
        if key.contains('.') { self.intern(&[KEY, key].concat()) } else { self.intern(key) }
    }

    /// The number of `path`, where a rule names it.
    pub fn find(&self, path: &str) -> Option<AttributeId> {
        self.ids.get(path).copied()
    }

    /// The path that `id` stands for; empty for a number this table did not give.
    pub fn path(&self, id: AttributeId) -> &str {
        let path = self.paths.get(id.index()).map_or("", |path| path);
        path.strip_prefix(KEY).unwrap_or(path)
    }

    /// What attribute `id` is in `object`, which holds all attributes under `prefix`.
    pub(super) fn look_up<'a>(&self, id: AttributeId, prefix: &str, object: ValueRef<'a>) -> ValueRef<'a> {
        let path: &str = self.paths.get(id.index()).map_or("", |path| path);
        if prefix.is_empty() {
            return path.strip_prefix(KEY).map_or_else(|| object.at_path(path), |key| object.at_key(key));
        }
        match path.strip_prefix(prefix) {
            Some("") => object,
            Some(rest) => rest.strip_prefix('.').map_or(ValueRef::Null, |rest| object.at_path(rest)),
            None => ValueRef::Null,
        }
    }

    /// All attributes in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (AttributeId, &str)> {
        (0..).map(AttributeId).zip(self.paths.iter().map(|path| path.strip_prefix(KEY).unwrap_or(path)))
    }

    /// How many attributes are named.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_number() {
        let mut table = AttributeTable::default();
        assert_eq!(table.find("a"), None);
        let (a, b) = (table.intern("a"), table.intern("b"));
        assert_eq!(table.intern("a"), a);
        assert_eq!((table.path(b), table.len()), ("b", 2));
        assert_eq!(table.path(AttributeId(9)), "");
        assert_eq!(table.iter().collect::<Vec<_>>(), [(a, "a"), (b, "b")]);
    }

    #[test]
    fn a_key_with_dots_is_no_path() {
        let object: crate::domain::Value = serde_json::from_str(r#"{"a.b": 1, "a": {"b": 2}}"#).unwrap();
        let mut table = AttributeTable::default();
        let (key, path) = (table.intern_key("a.b"), table.intern("a.b"));
        let found = [key, path].map(|id| table.look_up(id, "", (&object).into()).as_f64());
        assert_eq!(found, [Some(1.0), Some(2.0)]);
        assert_eq!((table.path(key), table.path(path)), ("a.b", "a.b"));
        assert_eq!(table.intern_key("a"), table.intern("a"));
    }
}
