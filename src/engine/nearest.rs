//! `nearest`: the items around a point.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Engine, EngineError};
use crate::domain::{Listed, Reason, Value, read_fields};
use crate::recommend::{Scored, TopK, VectorQuery};

/// Asks for the items whose vectors point the way that one does.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NearestRequest {
    /// Items wanted at most.
    pub limit: u32,
    /// The point: as many numbers as the catalog's vectors have; missing ones are 0. Of any length.
    #[serde(default)]
    pub vector: Vec<f64>,
    /// In place of `vector`: the vector of this item.
    #[serde(default)]
    pub item: Option<String>,
    /// Condition on `item.*` that every item must meet.
    #[serde(default, rename = "where")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub filter: Value,
    /// Attributes that the condition sees as `context.<name>`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub context: Value,
    /// Milliseconds since 1970; the engine's clock where absent.
    #[serde(default)]
    pub now: Option<i64>,
}

read_fields!(NearestRequest: limit(required), vector, item, filter("where"), context, now);

/// Items, the nearest first; of equally near ones the smaller id.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NearestResult {
    /// The items.
    pub items: Vec<NearItem>,
    /// Why there is none: `no-vectors` (the catalog has none), `unknown-item` (`item`).
    pub notes: Vec<Reason>,
}

/// A near item.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct NearItem {
    /// Its id.
    pub id: String,
    /// The cosine, from -1 (the other way) to 1 (the same way), to about 0.01.
    pub score: f64,
}

/// Memory kept from one request to the next.
#[derive(Default)]
pub(super) struct Nearby {
    query: VectorQuery,
    bits: Vec<u32>,
    top: TopK,
    found: Vec<Scored>,
}

impl Engine {
    /// The items nearest to a point: every item of the catalog is looked at. Neither the member nor stock is.
    ///
    /// # Errors
    ///
    /// `no-catalog`; `malformed-request` where `where` is no condition.
    pub fn nearest(&mut self, request: &NearestRequest, clock: i64) -> Result<NearestResult, EngineError> {
        let snapshot = self.snapshot()?;
        let (catalog, vectors) = (&snapshot.catalog, &snapshot.knowledge.vectors);
        let now = self.now(request.now, clock);
        let filter = self.item_filter(&request.filter, &request.context, &snapshot, now)?;
        let mut result = NearestResult::default();
        let item = request.item.as_deref().map(|id| catalog.find(id).ok_or(id));
        let Nearby { query, bits, top, found } = &mut self.nearby;
        match item {
            _ if vectors.is_empty() => result.notes.push(Reason::new("no-vectors")),
            Some(Err(id)) => result.notes.push(Reason::new("unknown-item").with("item", id)),
            Some(Ok(item)) => query.set_item(vectors, item),
            None => query.set(vectors, request.vector.iter().copied()),
        }
        if result.notes.is_empty() {
            bits.clear();
            if let Some(filter) = &filter {
                bits.resize(catalog.len().div_ceil(32), 0);
                for item in catalog.all().filter(|item| filter.matches(catalog, *item)) {
                    if let Some(word) = bits.get_mut(item.index() >> 5) {
                        *word |= 1_u32.wrapping_shl(item.0);
                    }
                }
            }
            top.reset((request.limit as usize).min(catalog.len()));
            vectors.nearest(query, filter.as_ref().map(|_| &bits[..]), top, found);
            result.items = found.iter().map(|near| NearItem { id: catalog.id(near.item).into(), score: near.score }).listed();
        }
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::from_value;
    use crate::engine::testing::value;
    use crate::engine::{CatalogSource, RecommendRequest};
    use crate::rules::NativeRegex;
    use crate::snapshot::{is_binary, pack};

    fn catalog() -> Value {
        value(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": [
                  {"id": "apple", "price": 300, "category": "fruit"}, {"id": "bolt", "price": 20, "category": "iron"},
                  {"id": "nut", "price": 10, "category": "iron"}, {"id": "pear", "price": 350, "category": "fruit"},
                  {"id": "plum", "price": 90, "category": "fruit"}],
                "vectors": {"dimensions": 3, "items": ["apple", "bolt", "nut", "pear"],
                  "values": [3, 0.2, 0, 0, 1, 0.1, 0, 1, 0, 9, 1, 0]}}"#,
        )
    }

    fn engines() -> [Engine; 2] {
        let (bytes, _) = pack(&catalog(), &NativeRegex, None).unwrap();
        assert!(is_binary(&bytes));
        let json = catalog();
        [CatalogSource::Json(&json), CatalogSource::Binary(crate::domain::AlignedBytes::copy_of(&bytes))].map(|source| {
            let mut engine = Engine::new(1, Rc::new(NativeRegex));
            engine.load_catalog(source, &[], 0).unwrap();
            engine
        })
    }

    fn near(engine: &mut Engine, request: &str) -> Vec<String> {
        let result = engine.nearest(&from_value(&value(request)).unwrap(), 0).unwrap();
        result.items.into_iter().map(|item| item.id).chain(result.notes.into_iter().map(|note| note.code.into())).collect()
    }

    #[test]
    fn the_same_from_json_and_from_bytes() {
        for mut engine in engines() {
            let mut near = |request: &str| near(&mut engine, request).join(" ");
            assert_eq!(near(r#"{"limit": 2, "vector": [1]}"#), "apple pear");
            assert_eq!(near(r#"{"limit": 9, "item": "bolt"}"#), "bolt nut pear apple plum");
            assert_eq!(near(r#"{"limit": 9, "item": "bolt", "where": {"item.category": "fruit"}}"#), "pear apple plum");
            assert_eq!(near(r#"{"limit": 0, "vector": [1]}"#), "");
            assert_eq!(near(r#"{"limit": 2, "item": "gone"}"#), "unknown-item");
        }
    }

    #[test]
    fn a_catalog_without_vectors_says_so() {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        assert_eq!(engine.nearest(&NearestRequest::default(), 0).unwrap_err().code, "no-catalog");
        let Value::Object(mut entries) = catalog() else { panic!() };
        entries.retain(|(name, _)| name != "vectors");
        engine.load_catalog(CatalogSource::Json(&Value::Object(entries)), &[], 0).unwrap();
        assert_eq!(near(&mut engine, r#"{"limit": 2, "vector": [1]}"#), ["no-vectors"]);
    }

    #[test]
    fn similar_and_for_you_tell_of_what_is_near() {
        for mut engine in engines() {
            let member = value(r#"{"id": "m", "history": [{"id": "o", "at": 1, "lines": [{"item": "apple"}]}]}"#);
            engine.load_member(&member, 0).unwrap();
            let mut asked = |request: &str| {
                let request: RecommendRequest = from_value(&value(request)).unwrap();
                let items = engine.recommend(&request, 2).unwrap().items;
                items.iter().map(|item| alloc::format!("{} {}", item.id, item.reasons[0].code)).collect::<Vec<_>>().join(", ")
            };
            assert_eq!(asked(r#"{"strategy": "similar", "limit": 2, "item": "bolt"}"#), "nut similar-to, pear similar-to");
            assert_eq!(asked(r#"{"strategy": "for-you", "limit": 2}"#), "apple bought-before, pear similar-to");
            assert_eq!(asked(r#"{"strategy": "for-you", "limit": 2, "personalised": false}"#), "");
        }
    }
}
