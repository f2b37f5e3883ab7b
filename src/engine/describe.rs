//! What people read of items, tiers and offers: a page needs it beside the answers, which name things by their ids.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::words::LocalWords;
use super::{Engine, EngineError};
use crate::domain::{Catalog, Item, Listed, Reason, Terms, Value, Words, day_number};
use crate::snapshot::Info;

/// What a catalog says of an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct ItemInfo {
    /// Its id.
    pub id: String,
    /// Its title in the engine's locale, or the nearest there is.
    pub title: Option<String>,
    /// Price now, in minor units.
    pub price: i64,
    /// Price struck through, in minor units; `null` where there is none, or it may not be told: `priceReasons` says why.
    pub base_price: Option<i64>,
    /// When it was charged last, in milliseconds since 1970.
    pub base_price_at: Option<i64>,
    /// What there is to say of the base price, where the catalog has `basePriceDays`.
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `base-price` | `amount`, `at`, `from`, `days` | it was the lowest price of so many days before the reduction |
    /// | `base-price-undated` | | it is not told: the catalog does not say when it was charged |
    /// | `base-price-outside` | `at`, `from`, `days` | it is not told: it was not charged in the days before the reduction |
    pub price_reasons: Vec<Reason>,
    /// Whether it can be had.
    pub in_stock: bool,
    /// The broadest class.
    pub department: Option<String>,
    /// The class in the middle.
    pub category: Option<String>,
    /// The finest class.
    pub kind: Option<String>,
    /// The brand.
    pub brand: Option<String>,
    /// Free attributes.
    #[cfg_attr(target_os = "unknown", tsify(type = "Record<string, unknown>"))]
    pub attributes: Value,
}

impl Engine {
    /// What the catalog says of the items called `ids`, in their order. Ids that it does not have are left out.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn items(&self, ids: &[String]) -> Result<Vec<ItemInfo>, EngineError> {
        let snapshot = self.snapshot()?;
        let catalog = &snapshot.catalog;
        let locale = self.locale.as_deref().or_else(|| snapshot.info.locales.first().map(String::as_str)).unwrap_or_default();
        let mut items: Vec<ItemInfo> =
            ids.iter().filter_map(|id| catalog.find(id)).map(|item| describe(catalog, item, locale, &snapshot.info)).listed();
        self.put_into_words(items.iter_mut().flat_map(|item| &mut item.price_reasons));
        Ok(items)
    }

    /// What people call the `kind` (`item`, `tier`, `offer`, `benefit`, `term`, ...) with this id, in the engine's
    /// locale or the nearest there is; `None` where the snapshot has no name for it.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn name_of(&self, kind: &str, id: &str) -> Result<Option<String>, EngineError> {
        let snapshot = self.snapshot()?;
        let locale = self.locale.as_deref().or_else(|| snapshot.info.locales.first().map(String::as_str)).unwrap_or_default();
        Ok(LocalWords { snapshot: &snapshot, locale, host: None }.name(kind, id))
    }
}

/// The base price as far as it may be told, and what there is to say of it.
fn base_price(catalog: &Catalog, item: Item, info: &Info) -> (Option<i64>, Vec<Reason>) {
    let columns = &catalog.items;
    let base = columns.base_price.get(item.index()).filter(|price| *price >= 0);
    let (Some(amount), Some(days)) = (base, info.base_price_days) else { return (base, Vec::new()) };
    if catalog.price(item).is_none_or(|price| price >= amount) {
        return (base, Vec::new());
    }
    let Some(at) = columns.base_price_at.get(item.index()).filter(|at| *at != 0) else {
        return (None, alloc::vec![Reason::new("base-price-undated")]);
    };
    let from = columns.reduced_at.get(item.index()).filter(|from| *from != 0).unwrap_or(info.issued_at);
    let day = |at| day_number(info.zone.local(at).date);
    // A price charged up to the very instant of the reduction was charged before it.
    let lawful = at <= from && day(from).saturating_sub(day(at)) <= i64::from(days);
    let reason = Reason::new(if lawful { "base-price" } else { "base-price-outside" });
    let reason = if lawful { reason.with("amount", amount) } else { reason };
    (base.filter(|_| lawful), alloc::vec![reason.with("at", at).with("from", from).with("days", days)])
}

fn describe(catalog: &Catalog, item: Item, locale: &str, info: &Info) -> ItemInfo {
    let columns = &catalog.items;
    let term = |column: &crate::domain::Column<u32>| {
        let term = column.get(item.index()).filter(|term| *term != Terms::NONE)?;
        catalog.terms.name(term).map(ToString::to_string)
    };
    let attribute = |name: &str| catalog.attribute(item, name).map(|value| (name.to_string(), value.clone()));
    let (base_price, price_reasons) = base_price(catalog, item, info);
    ItemInfo {
        id: catalog.id(item).into(),
        title: catalog.title(item, locale).map(ToString::to_string),
        price: catalog.price(item).unwrap_or(0),
        base_price,
        base_price_at: columns.base_price_at.get(item.index()).filter(|at| *at != 0),
        price_reasons,
        in_stock: catalog.in_stock(item),
        department: term(&columns.department),
        category: term(&columns.category),
        kind: term(&columns.kind),
        brand: term(&columns.brand),
        attributes: Value::Object(columns.attributes.iter().filter_map(|column| attribute(&column.name)).listed()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CatalogSource;

    fn engine() -> Engine {
        let small: Value = serde_json::from_str(include_str!("../../tests/vectors/snapshot/small.json")).unwrap();
        let mut engine = Engine::new(1, alloc::rc::Rc::new(crate::rules::NativeRegex));
        engine.load_catalog(CatalogSource::Json(&small), &[], 0).unwrap();
        engine
    }

    #[test]
    fn before_a_catalog_there_is_nothing_to_say() {
        let engine = Engine::new(1, alloc::rc::Rc::new(crate::rules::NativeRegex));
        assert_eq!(engine.items(&[]).unwrap_err().code, "no-catalog");
        assert_eq!(engine.name_of("tier", "gold").unwrap_err().code, "no-catalog");
    }

    #[test]
    fn unknown_ids_are_left_out_and_order_is_kept() {
        let engine = engine();
        let ids: Vec<String> = engine.snapshot().unwrap().catalog.items.ids.iter().map(ToString::to_string).collect();
        let mut asked = ids.clone();
        asked.reverse();
        asked.insert(0, "no such item".into());
        let found: Vec<String> = engine.items(&asked).unwrap().into_iter().map(|item| item.id).collect();
        asked.remove(0);
        assert_eq!(found, asked);
        assert!(!found.is_empty());
        assert_eq!(engine.name_of("tier", "no such tier").unwrap(), None);
    }
}
