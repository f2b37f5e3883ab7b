//! Items to columns.

use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::terms::TermsBuilder;
use crate::domain::{
    AddAll, Arrange, AttributeColumn, Catalog, Column, ItemColumns, Listed, Lists, Map, Reason, StringColumn, Terms, Value, ValueError,
    ValueErrorKind, from_value,
};
use crate::snapshot::Warnings;
use crate::snapshot::wire::catalog::ItemWire;

/// How many items a catalog can hold.
pub const MOST_ITEMS: usize = 10_000_000;

/// The catalog made of the list `items`.
///
/// An item that can't be read is left out with a warning. Of items with the same id the last counts. Titles are kept
/// for `locales`; a title without locale is for the first.
///
/// # Errors
///
/// Where `items` is no list, or too long a one.
pub fn compile_items(items: &Value, locales: &[String], warnings: &mut Warnings) -> Result<Catalog, ValueError> {
    let list: &[Value] = if items.is_null() { &[] } else { items.as_array().ok_or_else(|| ValueError::wrong_type("a list", items))? };
    if list.len() > MOST_ITEMS {
        return Err(ValueError::new(ValueErrorKind::OutOfRange));
    }
    let wires = read(list, warnings);
    let mut terms = TermsBuilder::default();
    for wire in &wires {
        for name in [wire.department, wire.category, wire.kind, wire.brand].into_iter().flatten().chain(wire.tags.iter().copied()) {
            terms.add(name);
        }
    }
    terms.number();
    let term = |name: Option<&str>| name.map_or(Terms::NONE, |name| terms.term(name));
    let items = ItemColumns {
        ids: StringColumn::owned(wires.iter().map(|wire| wire.id)),
        titles: titles(&wires, locales),
        price: column(&wires, -1, |wire| wire.price),
        base_price: column(&wires, -1, |wire| wire.base_price.unwrap_or(-1)),
        base_price_at: column(&wires, 0, |wire| wire.base_price_at.unwrap_or(0)),
        reduced_at: column(&wires, 0, |wire| wire.reduced_at.unwrap_or(0)),
        stock: column(&wires, -1, |wire| wire.stock.unwrap_or(-1)),
        added_at: column(&wires, 0, |wire| wire.added_at.unwrap_or(0)),
        department: column(&wires, Terms::NONE, |wire| term(wire.department)),
        category: column(&wires, Terms::NONE, |wire| term(wire.category)),
        kind: column(&wires, Terms::NONE, |wire| term(wire.kind)),
        brand: column(&wires, Terms::NONE, |wire| term(wire.brand)),
        tags: tags(&wires, &terms),
        attributes: attributes(&wires),
    };
    Ok(Catalog { terms: terms.build(), items })
}

/// Sound items by ascending id.
fn read<'v>(list: &'v [Value], warnings: &mut Warnings) -> Vec<ItemWire<'v>> {
    let mut wires = Vec::with_capacity(list.len());
    for (index, value) in list.iter().enumerate() {
        match from_value::<ItemWire<'v>>(value).and_then(sound) {
            Ok(wire) => wires.push(wire),
            Err(error) => {
                warnings.disabled("item-disabled", "item", value.get("id").and_then(Value::as_str), index, &error.at_index(index));
            }
        }
    }
    // Stable: of items with the same id the last one written comes last.
    wires.arrange_by(|one, other| one.id.cmp(other.id));
    let mut kept: Vec<ItemWire<'v>> = Vec::with_capacity(wires.len());
    for wire in wires {
        match kept.last_mut() {
            Some(last) if last.id == wire.id => {
                warnings.push(Reason::new("item-duplicate").with("item", wire.id));
                *last = wire;
            }
            _ => kept.push(wire),
        }
    }
    kept
}

fn sound(wire: ItemWire<'_>) -> Result<ItemWire<'_>, ValueError> {
    let wrong = |name| Err(ValueError::new(ValueErrorKind::OutOfRange).in_field(name));
    if wire.id.is_empty() {
        return Err(ValueError::invalid("must not be empty").in_field("id"));
    }
    if wire.price < 0 {
        return wrong("price");
    }
    if wire.base_price.is_some_and(|price| price < 0) {
        return wrong("basePrice");
    }
    if wire.stock.is_some_and(|pieces| pieces < 0) {
        return wrong("stock");
    }
    Ok(wire)
}

/// One number an item; nothing where all are `nothing`.
fn column<T: bytemuck::Pod + PartialEq>(wires: &[ItemWire<'_>], nothing: T, number: impl Fn(&ItemWire<'_>) -> T) -> Column<T> {
    let numbers: Vec<T> = wires.iter().map(number).listed();
    if numbers.iter().all(|number| *number == nothing) { Column::default() } else { Column::owned(&numbers) }
}

fn titles(wires: &[ItemWire<'_>], locales: &[String]) -> Vec<(String, StringColumn)> {
    let mut columns = Vec::new();
    for (place, locale) in locales.iter().enumerate() {
        let texts = || wires.iter().map(|wire| wire.title.text(locale, place == 0).unwrap_or_default());
        if texts().any(|text| !text.is_empty()) {
            columns.push((locale.clone(), StringColumn::owned(texts())));
        }
    }
    columns
}

fn tags(wires: &[ItemWire<'_>], terms: &TermsBuilder<'_>) -> Lists {
    if wires.iter().all(|wire| wire.tags.is_empty()) {
        return Lists::default();
    }
    let mut offsets = Vec::with_capacity(wires.len().saturating_add(1));
    let mut values: Vec<u32> = Vec::new();
    offsets.push(0);
    for wire in wires {
        let mut list: Vec<u32> = wire.tags.iter().map(|tag| terms.term(tag)).listed();
        list.arrange();
        list.dedup();
        values.add_all(list);
        offsets.push(u32::try_from(values.len()).unwrap_or(u32::MAX));
    }
    Lists { offsets: Column::owned(&offsets), values: Column::owned(&values) }
}

fn attributes(wires: &[ItemWire<'_>]) -> Vec<AttributeColumn> {
    let mut by_name: Map<&str, Vec<(&Value, usize)>> = Map::new();
    for (place, wire) in wires.iter().enumerate() {
        for (name, value) in &wire.attributes {
            if !value.is_null() {
                by_name.get_or_insert_with(name.as_str(), Vec::new).into_iter().for_each(|entries| entries.push((value, place)));
            }
        }
    }
    by_name
        .into_iter()
        .map(|(name, mut entries)| {
            entries.arrange_by(|one, other| compare(one.0, other.0));
            let mut places = alloc::vec![Terms::NONE; wires.len()];
            let mut values: Vec<Value> = Vec::new();
            for (value, place) in entries {
                if values.last().is_none_or(|last| compare(last, value) != Ordering::Equal) {
                    values.push(value.clone());
                }
                if let Some(slot) = places.get_mut(place) {
                    *slot = u32::try_from(values.len().saturating_sub(1)).unwrap_or(Terms::NONE);
                }
            }
            AttributeColumn { name: name.into(), places: Column::owned(&places), values }
        })
        .listed()
}

/// A total order in which only values that are written the same are equal.
fn compare(one: &Value, other: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    };
    match (one, other) {
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Number(one), Value::Number(other)) => one.total_cmp(other),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Array(one), Value::Array(other)) => {
            one.iter().zip(other).map(|(one, other)| compare(one, other)).find(|order| order.is_ne()).unwrap_or(one.len().cmp(&other.len()))
        }
        (Value::Object(one), Value::Object(other)) => one
            .iter()
            .zip(other)
            .map(|((one_key, one), (other_key, other))| one_key.cmp(other_key).then_with(|| compare(one, other)))
            .find(|order| order.is_ne())
            .unwrap_or(one.len().cmp(&other.len())),
        _ => rank(one).cmp(&rank(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Item;

    fn compile(json: &str) -> (Catalog, Vec<Reason>) {
        let mut warnings = Warnings::default();
        let locales = ["en".into(), "zh-CN".into()];
        let catalog = compile_items(&serde_json::from_str(json).unwrap(), &locales, &mut warnings).unwrap();
        (catalog, warnings.into_reasons())
    }

    #[test]
    fn a_bad_item_is_left_out_and_named() {
        let (catalog, warnings) = compile(
            r#"[{"id": "a", "price": 100}, {"id": "b", "price": "x"}, {"price": 1}, 7,
                {"id": "c", "price": -1}, {"id": "d", "price": 1, "tags": ["x", 3]}, {"id": "", "price": 1}]"#,
        );
        assert_eq!(catalog.len(), 1);
        let told: Vec<(Option<&str>, &str)> = warnings
            .iter()
            .map(|warning| {
                let text = |name: &str| match warning.fact(name) {
                    Some(crate::domain::Fact::Text(text)) => Some(text.as_str()),
                    _ => None,
                };
                (text("item"), text("path").unwrap())
            })
            .collect();
        let expected = [
            (Some("b"), "[1].price"),
            (None, "[2].id"),
            (None, "[3]"),
            (Some("c"), "[4].price"),
            (Some("d"), "[5].tags[1]"),
            (Some(""), "[6].id"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn of_two_items_with_one_id_the_last_counts() {
        let (catalog, warnings) = compile(r#"[{"id": "a", "price": 1}, {"id": "b", "price": 5}, {"id": "a", "price": 2}]"#);
        assert_eq!((catalog.len(), catalog.price(Item(0))), (2, Some(2)));
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].code, "item-duplicate");
    }

    #[test]
    fn columns_that_say_nothing_are_empty() {
        let (catalog, _) = compile(r#"[{"id": "a", "price": 1}]"#);
        let items = &catalog.items;
        assert!(items.titles.is_empty() && items.stock.is_empty() && items.category.is_empty() && items.tags.offsets.is_empty());
        let (empty, _) = compile("[]");
        assert!(empty.is_empty() && empty.terms.0.is_empty());
    }

    #[test]
    fn items_become_columns_in_the_order_of_their_ids() {
        let (catalog, warnings) = compile(
            r#"[{"id": "b", "title": {"zh-CN": "牛奶", "en": "Milk"}, "price": 1200, "basePrice": 1500, "stock": 3,
                 "category": "dairy", "brand": "farm", "tags": ["new", "bio", "new"], "attributes": {"fat": 3.5, "sizes": [1, 2]}},
                {"id": "a", "title": "Bread", "price": 300, "category": "bakery", "tags": ["bio"],
                 "attributes": {"fat": 3.5, "x": null}}]"#,
        );
        assert!(warnings.is_empty());
        assert_eq!(catalog.items.ids.iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(catalog.terms.0.iter().collect::<Vec<_>>(), ["bakery", "bio", "dairy", "farm", "new"]);
        let titles: Vec<(&str, Vec<&str>)> =
            catalog.items.titles.iter().map(|(locale, texts)| (locale.as_str(), texts.iter().collect())).collect();
        assert_eq!(titles, [("en", vec!["Bread", "Milk"]), ("zh-CN", vec!["", "牛奶"])]);
        assert_eq!(catalog.items.base_price.as_slice(), [-1, 1500]);
        assert_eq!(catalog.items.stock.as_slice(), [-1, 3]);
        assert_eq!(catalog.items.category.as_slice(), [0, 2]);
        assert_eq!(catalog.items.brand.as_slice(), [Terms::NONE, 3]);
        assert_eq!((catalog.items.tags.get(0), catalog.items.tags.get(1)), (&[1][..], &[1, 4][..]));
        assert_eq!(catalog.attribute(Item(0), "fat"), Some(&Value::Number(3.5)));
        assert_eq!(catalog.attribute(Item(0), "sizes"), None);
        assert_eq!(catalog.attribute(Item(1), "sizes").and_then(Value::as_array).map(<[Value]>::len), Some(2));
        assert_eq!(catalog.items.attributes[0].values.len(), 1);
    }
}
