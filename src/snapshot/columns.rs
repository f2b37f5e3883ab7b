//! The catalog as columns of a container.
//!
//! | name | holds |
//! |---|---|
//! | `terms.ends`, `terms.text` | names of departments, categories, kinds, brands and tags, strictly ascending by bytes |
//! | `items.ids.ends`, `items.ids.text` | ids, strictly ascending by bytes |
//! | `items.title.<locale>.ends`, `.text` | titles |
//! | `items.price` | i64, minor units, not negative |
//! | `items.base-price` | i64, -1 where there is none |
//! | `items.base-price-at`, `items.reduced-at` | i64, milliseconds since 1970, 0 where not known |
//! | `items.stock` | i32, -1 where not counted |
//! | `items.added-at` | i64, milliseconds since 1970, 0 where not known |
//! | `items.department`, `.category`, `.kind`, `.brand` | u32, places in `terms`, 2³² - 1 for none |
//! | `items.tags.offsets`, `.values` | u32, lists of places in `terms` |
//! | `items.attributes.<name>` | u32, places in the list `<name>` of the document `attributes`, 2³² - 1 for none |
//!
//! Columns have one number an item, or are absent where no item says anything.

use alloc::string::String;
use alloc::vec::Vec;

use super::container::Container;
#[cfg(not(target_arch = "wasm32"))]
use super::container::Writer;
use super::{Part, SnapshotError};
#[cfg(not(target_arch = "wasm32"))]
use crate::domain::ValueError;
use crate::domain::{AttributeColumn, Catalog, ItemColumns, StringColumn, Terms, Value};

fn named(parts: &[&str]) -> String {
    parts.concat()
}

/// Reads the catalog, and checks all of it.
///
/// # Errors
///
/// `malformed-snapshot`.
pub fn read_catalog(container: &Container, locales: &[String]) -> Result<Catalog, SnapshotError> {
    let terms = ascending(container.texts("terms")?, "terms")?;
    let ids = ascending(container.texts("items.ids")?, "items.ids")?;
    let count = ids.len();
    let mut titles = Vec::new();
    for locale in locales {
        let name = named(&["items.title.", locale]);
        let texts = container.texts(&name)?;
        if texts.is_empty() {
            continue;
        }
        sound(texts.len() == count, &name)?;
        titles.push((locale.clone(), texts));
    }
    let price = container.column_of::<i64>("items.price", count)?;
    sound(price.len() == count && price.as_slice().iter().all(|price| *price >= 0), "items.price")?;
    let base_price = container.column_of::<i64>("items.base-price", count)?;
    sound(base_price.as_slice().iter().all(|price| *price >= -1), "items.base-price")?;
    let stock = container.column_of::<i32>("items.stock", count)?;
    sound(stock.as_slice().iter().all(|pieces| *pieces >= -1), "items.stock")?;
    let term = |name: &str| container.places(name, count, terms.len());
    let items = ItemColumns {
        titles,
        price,
        base_price,
        stock,
        base_price_at: container.column_of("items.base-price-at", count)?,
        reduced_at: container.column_of("items.reduced-at", count)?,
        added_at: container.column_of("items.added-at", count)?,
        department: term("items.department")?,
        category: term("items.category")?,
        kind: term("items.kind")?,
        brand: term("items.brand")?,
        tags: container.lists("items.tags", count, terms.len())?,
        attributes: read_attributes(container, count)?,
        ids,
    };
    Ok(Catalog { terms: Terms(terms), items })
}

fn sound(sound: bool, column: &str) -> Result<(), SnapshotError> {
    if sound { Ok(()) } else { Err(SnapshotError::Malformed(Part::Column(column.into()))) }
}

fn ascending(texts: StringColumn, name: &str) -> Result<StringColumn, SnapshotError> {
    sound(texts.is_ascending() && u32::try_from(texts.len()).is_ok_and(|count| count < Terms::NONE), name)?;
    Ok(texts)
}

fn read_attributes(container: &Container, items: usize) -> Result<Vec<AttributeColumn>, SnapshotError> {
    let unsound = || SnapshotError::Malformed(Part::Document("attributes".into()));
    let values = container.document("attributes")?;
    let Value::Object(lists) = values else {
        return if values.is_null() { Ok(Vec::new()) } else { Err(unsound()) };
    };
    if !lists.is_sorted_by(|one, other| one.0 < other.0) {
        return Err(unsound());
    }
    let mut columns = Vec::with_capacity(lists.len());
    for (name, values) in lists {
        let Value::Array(values) = values else { return Err(unsound()) };
        let column = named(&["items.attributes.", &name]);
        let places = container.places(&column, items, values.len())?;
        columns.push(AttributeColumn { name, places, values });
    }
    Ok(columns)
}

/// Writes the catalog.
///
/// # Errors
///
/// Where a value can't be written as CBOR.
#[cfg(not(target_arch = "wasm32"))]
pub fn write_catalog(catalog: &Catalog, writer: &mut Writer) -> Result<(), ValueError> {
    let items = &catalog.items;
    writer.texts("terms", &catalog.terms.0);
    writer.texts("items.ids", &items.ids);
    for (locale, texts) in &items.titles {
        writer.texts(&named(&["items.title.", locale]), texts);
    }
    writer.column("items.price", items.price.as_slice());
    writer.column("items.base-price", items.base_price.as_slice());
    writer.column("items.base-price-at", items.base_price_at.as_slice());
    writer.column("items.reduced-at", items.reduced_at.as_slice());
    writer.column("items.stock", items.stock.as_slice());
    writer.column("items.added-at", items.added_at.as_slice());
    writer.column("items.department", items.department.as_slice());
    writer.column("items.category", items.category.as_slice());
    writer.column("items.kind", items.kind.as_slice());
    writer.column("items.brand", items.brand.as_slice());
    writer.lists("items.tags", &items.tags);
    let mut values = Vec::with_capacity(items.attributes.len());
    for attribute in &items.attributes {
        writer.column(&named(&["items.attributes.", &attribute.name]), attribute.places.as_slice());
        values.push((attribute.name.clone(), Value::Array(attribute.values.clone())));
    }
    if values.is_empty() { Ok(()) } else { writer.document("attributes", &Value::Object(values)) }
}
