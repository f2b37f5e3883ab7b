//! A small map.

use alloc::string::String;
use alloc::vec::Vec;
use core::borrow::Borrow;

use serde::{Serialize, Serializer};

use super::{FromValue, Source, ValueError};

/// A map by ascending key for up to a few thousand entries: a sorted list. The standard library's maps are faster where
/// there are many more, and cost the WebAssembly module several times the code for each type they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map<K, V>(Vec<(K, V)>);

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map(Vec::new())
    }
}

impl<K: Ord, V> Map<K, V> {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    /// What stands under `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    /// Puts `value` under `key`; gives what stood there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => self.0.get_mut(place).map(|(_, slot)| core::mem::replace(slot, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// What stands under `key`, made by `value` where nothing does.
    pub fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> Option<&mut V> {
        let place = match self.place(&key) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, (key, value()));
                place
            }
        };
        self.0.get_mut(place).map(|(_, value)| value)
    }
}

impl<K, V> Map<K, V> {
    /// Keys and values by ascending key.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + ExactSizeIterator {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Keys, ascending.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// Values by ascending key.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Values by ascending key, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        let mut map = Map::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Ord, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = alloc::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = &'a (K, V);
    type IntoIter = core::slice::Iter<'a, (K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'v, V: FromValue<'v>> FromValue<'v> for Map<String, V> {
    fn blank() -> Self {
        Map(Vec::new())
    }

    fn fill(&mut self, source: Source<'v>) -> Result<(), ValueError> {
        self.clear();
        for (key, value) in source.entries()? {
            let inside = source.inside(value)?;
            self.insert(key.clone(), V::blank());
            if let Ok(place) = self.place(key.as_str())
                && let Some((_, slot)) = self.0.get_mut(place)
            {
                slot.fill(inside).map_err(|error| error.in_field(key))?;
            }
        }
        Ok(())
    }
}

impl<K: Serialize, V: Serialize> Serialize for Map<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(feature = "schema")]
impl<V: schemars::JsonSchema> schemars::JsonSchema for Map<String, V> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        alloc::collections::BTreeMap::<String, V>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        alloc::collections::BTreeMap::<String, V>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::super::from_value;
    use super::*;

    #[test]
    fn keys_ascend_and_the_last_of_two_values_counts() {
        let map: Map<&str, u8> = [("b", 1), ("a", 2), ("c", 3), ("b", 4)].into_iter().collect();
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&"a", &2), (&"b", &4), (&"c", &3)]);
        assert_eq!((map.get("b"), map.get("d")), (Some(&4), None));
    }

    #[test]
    fn what_is_not_there_is_made_once() {
        let mut map = Map::new();
        for key in ["b", "a", "b"] {
            *map.get_or_insert_with(key, || 10).unwrap() += 1;
        }
        assert_eq!(map, Map::from([("a", 11), ("b", 12)]));
    }

    #[test]
    fn objects_are_read() {
        let json = |text: &str| serde_json::from_str(text).unwrap();
        let map: Map<String, u8> = from_value(&json(r#"{"b": 1, "a": 2, "b": 3}"#)).unwrap();
        assert_eq!(map, Map::from([("a".into(), 2), ("b".into(), 3)]));
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"a":2,"b":3}"#);
        let error = from_value::<Map<String, u8>>(&json(r#"{"a": 1, "b": true}"#)).unwrap_err();
        assert_eq!(error.to_string(), "b must be a number, not a truth value");
    }
}
