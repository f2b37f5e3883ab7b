//! Names of attributes, each with a number.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;

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
    ids: BTreeMap<Rc<str>, AttributeId>,
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

    /// The number of `path`, where a rule names it.
    pub fn find(&self, path: &str) -> Option<AttributeId> {
        self.ids.get(path).copied()
    }

    /// The path that `id` stands for; empty for a number this table did not give.
    pub fn path(&self, id: AttributeId) -> &str {
        self.paths.get(id.index()).map_or("", |path| path)
    }

    /// All attributes in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (AttributeId, &str)> {
        (0..).map(AttributeId).zip(self.paths.iter().map(|path| &**path))
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
}
