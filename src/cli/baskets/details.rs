//! What a retailer knows beside baskets: classes of items, and flyers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use regulars::domain::{Catalog, Column, ItemColumns, StringColumn, Terms};
use regulars::snapshot::wire::knowledge::FlyerWire;
use serde::{Deserialize, Serialize};

/// What is known of items and weeks. Items that baskets lack are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Classes of items, by id.
    pub items: BTreeMap<String, Classes>,
    /// Flyers, by their first days, which count as the baskets' days do.
    pub flyers: Vec<Flyer>,
}

/// The classes of an item, from the broadest; any may be missing.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Classes {
    /// The broadest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The one in the middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The finest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// What was in the flyer for some days, everywhere or nearly so.
#[derive(Clone, Debug, Deserialize)]
pub struct Flyer {
    /// The first day.
    pub from: i32,
    /// The day after the last.
    pub until: i32,
    /// How well each item is placed, from 1 to 9.
    pub items: BTreeMap<String, u8>,
}

impl Details {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let mut details: Details = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        details.flyers.sort_by_key(|flyer| flyer.from);
        let crossing = details.flyers.windows(2).find(|pair| pair[0].until > pair[1].from);
        if let Some([one, next]) = crossing {
            bail!("{}: the flyers of days {} and {} overlap", path.display(), one.from, next.from);
        }
        if let Some(flyer) = details.flyers.iter().find(|flyer| flyer.from >= flyer.until) {
            bail!("{}: the flyer of day {} ends before it begins", path.display(), flyer.from);
        }
        Ok(details)
    }

    /// The flyers over items with these ids (ascending) that end after `from` and begin before `until`.
    pub fn flyers(&self, ids: &[String], from: i64, until: i64) -> Vec<FlyerWire> {
        let wanted = self.flyers.iter().filter(|flyer| i64::from(flyer.until) > from && i64::from(flyer.from) < until);
        let wire = |flyer: &Flyer| {
            let placed = flyer.items.iter().filter_map(|(id, place)| Some((ids.binary_search(id).ok()? as u32, (*place).min(9))));
            let mut placed: Vec<(u32, u8)> = placed.filter(|(_, place)| *place > 0).collect();
            placed.sort_unstable();
            let (items, places) = placed.into_iter().unzip();
            FlyerWire { from: flyer.from, until: flyer.until, items, places }
        };
        wanted.map(wire).collect()
    }

    /// A catalog of items with these ids (ascending), that has their classes and nothing else.
    pub fn catalog(&self, ids: &[String]) -> Catalog {
        let of = |id: &String| {
            self.items.get(id).map_or([None; 3], |known| [&known.department, &known.category, &known.kind].map(Option::as_deref))
        };
        let mut terms: Vec<&str> = ids.iter().flat_map(of).flatten().collect();
        terms.sort_unstable();
        terms.dedup();
        let column = |level: usize| -> Column<u32> {
            let term =
                |id: &String| of(id)[level].and_then(|name| terms.binary_search(&name).ok()).map_or(Terms::NONE, |place| place as u32);
            Column::owned(&ids.iter().map(term).collect::<Vec<_>>())
        };
        let items = ItemColumns {
            ids: StringColumn::owned(ids),
            department: column(0),
            category: column(1),
            kind: column(2),
            ..ItemColumns::default()
        };
        Catalog { items, terms: Terms(StringColumn::owned(&terms)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> Details {
        serde_json::from_str(
            r#"{"items": {"a": {"kind": "milk", "category": "dairy"}, "c": {"kind": "milk"}},
                "flyers": [{"from": 0, "until": 7, "items": {"c": 9, "a": 1, "gone": 2}}, {"from": 7, "until": 14, "items": {}}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn what_is_not_known_has_no_class() {
        let catalog = details().catalog(&["a", "b", "c"].map(String::from));
        let kinds: Vec<Option<&str>> = catalog.items.kind.as_slice().iter().map(|term| catalog.terms.name(*term)).collect();
        assert_eq!(kinds, [Some("milk"), None, Some("milk")]);
        assert_eq!(catalog.items.department.as_slice(), [Terms::NONE; 3]);
    }

    #[test]
    fn flyers_name_items_by_place() {
        let flyers = details().flyers(&["a", "b", "c"].map(String::from), 0, 7);
        assert_eq!(flyers, [FlyerWire { from: 0, until: 7, items: vec![0, 2], places: vec![1, 9] }]);
    }
}
