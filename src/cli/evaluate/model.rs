//! What was trained, read for evaluation.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use regulars::domain::{Catalog, Column, StringColumn, Terms, from_cbor, from_value};
use regulars::recommend::Knowledge;
use regulars::snapshot::compile::knowledge::aligned;
use regulars::snapshot::wire::knowledge::KnowledgeWire;

use crate::baskets::details::{Classes, Details};

/// A trained model over its own items.
pub struct Model {
    /// Its items, with their classes.
    pub catalog: Catalog,
    /// What was learned.
    pub knowledge: Knowledge,
    /// The same as it was written.
    wire: KnowledgeWire,
    classes: BTreeMap<String, Classes>,
}

impl Model {
    /// Reads `knowledge.cbor`, and `classes.json` where there is one, of `directory`; `brands` is a JSON object of items and their
    /// brands.
    ///
    /// # Errors
    /// What is wrong, by file.
    pub fn read(directory: &Path, brands: Option<&Path>) -> Result<Self> {
        let path = directory.join("knowledge.cbor");
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let document = from_cbor(&bytes).map_err(|error| anyhow!("{}: {error}", path.display()))?;
        let wire: KnowledgeWire = from_value(&document).map_err(|error| anyhow!("{}: {error}", path.display()))?;
        let classes: BTreeMap<String, Classes> = json_or_nothing(&directory.join("classes.json"))?;
        let mut catalog = Details { items: classes.clone(), ..Details::default() }.catalog(&wire.items);
        let knowledge = aligned(&wire, &catalog).map_err(|error| anyhow!("{}: {} {}", path.display(), error.path(), error.message()))?;
        if let Some(path) = brands {
            let brands: BTreeMap<String, String> = serde_json::from_slice(&fs::read(path).with_context(|| path.display().to_string())?)
                .with_context(|| path.display().to_string())?;
            set_brands(&mut catalog, &brands);
        }
        Ok(Model { catalog, knowledge, wire, classes })
    }

    /// Bytes of the learned rankers: of what is bought next, of what was never bought.
    pub fn ranker_bytes(&self) -> [usize; 2] {
        [self.wire.ranker.next_basket.len(), self.wire.ranker.discover.len()]
    }

    /// The JSON form of a snapshot with these items and this knowledge, as a page loads it.
    ///
    /// # Errors
    /// Where it can't be written as JSON.
    pub fn snapshot(&self) -> Result<String> {
        let item = |id: &String| {
            let mut item = serde_json::json!({ "id": id, "price": 0 });
            if let (Some(classes), Some(object)) = (self.classes.get(id), item.as_object_mut()) {
                for (name, class) in [("department", &classes.department), ("category", &classes.category), ("kind", &classes.kind)] {
                    if let Some(class) = class {
                        object.insert(name.into(), class.as_str().into());
                    }
                }
            }
            item
        };
        let items: Vec<serde_json::Value> = self.wire.items.iter().map(item).collect();
        let head = serde_json::json!({"format": 1, "id": "evaluation", "version": 1, "issuedAt": 0, "currency": {"code": "XXX"},
            "items": items, "knowledge": serde_json::to_value(&self.wire)?});
        Ok(serde_json::to_string(&head)?)
    }
}

fn json_or_nothing<T: serde::de::DeserializeOwned + Default>(path: &Path) -> Result<T> {
    if !path.exists() {
        return Ok(T::default());
    }
    serde_json::from_slice(&fs::read(path)?).with_context(|| path.display().to_string())
}

/// Adds brands as terms behind those that are there.
fn set_brands(catalog: &mut Catalog, brands: &BTreeMap<String, String>) {
    let mut terms: Vec<String> = (0_u32..).map_while(|term| catalog.terms.name(term).map(String::from)).collect();
    let mut names: Vec<&String> = brands.values().collect();
    names.sort_unstable();
    names.dedup();
    let first = terms.len();
    terms.extend(names.iter().map(|name| (*name).clone()));
    let term = |id: &str| {
        let name = brands.get(id)?;
        u32::try_from(first + names.binary_search(&name).ok()?).ok()
    };
    catalog.items.brand = Column::owned(&catalog.items.ids.iter().map(|id| term(id).unwrap_or(Terms::NONE)).collect::<Vec<_>>());
    catalog.terms = Terms(StringColumn::owned(&terms));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brands_come_behind_the_other_names() {
        let details: Details = serde_json::from_str(r#"{"items": {"a": {"kind": "milk"}}}"#).unwrap();
        let mut catalog = details.catalog(&["a", "b", "c"].map(String::from));
        set_brands(&mut catalog, &[("a", "Private"), ("c", "National")].map(|(id, brand)| (id.into(), brand.into())).into());
        let named =
            |column: &Column<u32>| column.as_slice().iter().map(|term| catalog.terms.name(*term).map(String::from)).collect::<Vec<_>>();
        assert_eq!(named(&catalog.items.brand), [Some("Private".into()), None, Some("National".into())]);
        assert_eq!(named(&catalog.items.kind), [Some("milk".into()), None, None]);
    }
}
