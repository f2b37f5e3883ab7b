//! The catalog's items, from products, prices and first sales.

use anyhow::Result;

use super::words::{Product, Words};
use crate::duckdb::{Database, Row};
use regulars::domain::{Map, Value};
use regulars::snapshot::wire::catalog::{ItemWire, LocalTextWire};

/// `items.json`, and what is not in it.
pub struct Items {
    /// The file's content: a JSON array, one item a line.
    pub text: Vec<u8>,
    /// Items that have no price.
    pub unpriced: i64,
}

const COLUMNS: &str = "SELECT items.id, prices.price, prices.base, items.added_at,
                              products.department, products.category, products.kind, products.type, products.size,
                              products.brand, products.manufacturer, products.title, products.title_en, products.title_zh
                       FROM items
                       JOIN products ON products.id = items.id
                       JOIN prices ON prices.item = items.item
                       ORDER BY items.item";

/// The items as JSON.
pub fn json(database: &Database, words: &Words) -> Result<Items> {
    let mut items = Items { text: b"[".to_vec(), unpriced: 0 };
    database.each(COLUMNS, |row| {
        let Some(price) = row.integer(1)? else {
            items.unpriced += 1;
            return Ok(());
        };
        items.text.extend_from_slice(if items.text.len() == 1 { b"\n" } else { b",\n" });
        write(row, price, words, &mut items.text)
    })?;
    items.text.extend_from_slice(b"\n]\n");
    Ok(items)
}

fn write(row: &Row, price: i64, words: &Words, into: &mut Vec<u8>) -> Result<()> {
    let (category, kind, size, brand) = (row.text(5)?, row.text(6)?, row.text(8)?, row.text(9)?);
    let named = [("und", row.text(11)?), ("en", row.text(12)?), ("zh-CN", row.text(13)?)];
    let mut titles: Vec<(String, String)> =
        named.into_iter().filter_map(|(locale, title)| Some((locale.to_owned(), title?.to_owned()))).collect();
    if titles.is_empty() {
        titles = words.titles(&Product { kind, type_name: row.text(7)?, category, size, brand });
    }
    let title = match titles.as_slice() {
        [(locale, text)] if locale == "und" => LocalTextWire::One(text),
        several => LocalTextWire::PerLocale(several.iter().map(|(locale, text)| (locale.as_str(), text.as_str())).collect()),
    };
    let attributes = [("size", size), ("manufacturer", row.text(10)?)];
    let attributes: Map<String, Value> =
        attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?)))).collect();
    let item = ItemWire {
        id: row.text(0)?.unwrap_or_default(),
        title,
        price,
        base_price: row.integer(2)?,
        stock: None,
        base_price_at: None,
        reduced_at: None,
        added_at: row.integer(3)?,
        department: row.text(4)?,
        category,
        kind,
        brand,
        tags: Vec::new(),
        attributes,
    };
    Ok(serde_json::to_writer(into, &item)?)
}
