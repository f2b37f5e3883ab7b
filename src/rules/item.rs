//! Catalog items as a source of attributes.

use alloc::string::String;
use alloc::vec::Vec;

use super::{AttributeId, AttributeSource, AttributeTable, Condition, ValueRef};
use crate::domain::{Catalog, Column, Item, Listed, Terms};

/// Which column of a catalog answers which attribute. Made once for a catalog and a table; attributes that the table
/// learns later are missing.
///
/// | attribute | value |
/// |---|---|
/// | `item.id` | text |
/// | `item.price`, `item.basePrice` | minor units; missing where there is none |
/// | `item.stock` | pieces; missing where not counted |
/// | `item.addedAt` | milliseconds since 1970; missing where not known |
/// | `item.department`, `item.category`, `item.kind`, `item.brand` | text |
/// | `item.tags` | list of texts |
/// | `item.<name>` | the free attribute `name`, and what lies inside of it: `item.nutrition.sugar` |
#[derive(Clone, Debug, Default)]
pub struct ItemBinding {
    fields: Vec<Option<Field>>,
}

#[derive(Clone, Debug)]
enum Field {
    Id,
    Price,
    BasePrice,
    Stock,
    AddedAt,
    Department,
    Category,
    Kind,
    Brand,
    Tags,
    TagCount,
    /// A free attribute's column, and the path inside its values.
    Attribute(usize, Option<String>),
}

impl ItemBinding {
    /// Binds the attributes that `table` names under `item.` to columns of `catalog`.
    pub fn new(table: &AttributeTable, catalog: &Catalog) -> Self {
        let mut fields: Vec<Option<Field>> =
            table.iter().map(|(_, path)| path.strip_prefix("item.").and_then(|name| Field::named(name, catalog))).listed();
        let used = fields.iter().rposition(Option::is_some).map_or(0, |last| last.saturating_add(1));
        fields.truncate(used);
        ItemBinding { fields }
    }

    /// `item` as a source.
    pub fn item<'a>(&'a self, catalog: &'a Catalog, item: Item) -> ItemAttributes<'a> {
        ItemAttributes { binding: self, catalog, item }
    }

    fn field(&self, attribute: AttributeId) -> Option<&Field> {
        self.fields.get(attribute.index()).and_then(Option::as_ref)
    }

    /// The places of the items of `catalog` that meet `condition`, ascending, where that says which items it can be: only these are
    /// asked. `None` where any could meet it.
    pub fn named(&self, catalog: &Catalog, condition: &Condition) -> Option<Vec<u32>> {
        let is_id = |attribute: &&AttributeId| matches!(self.field(**attribute), Some(Field::Id));
        let ids = condition.attributes().iter().filter(is_id).find_map(|id| condition.texts_needed_of(*id))?;
        let meets = |item: &Item| condition.matches(&self.item(catalog, *item));
        let mut items: Vec<u32> = ids.into_iter().filter_map(|id| catalog.find(id)).filter(meets).map(|item| item.0).listed();
        items.sort_unstable(); // there may be thousands
        items.dedup();
        Some(items)
    }

    /// The places of the items of `catalog` that meet `condition`, ascending. Unless it names items, all are asked; of a condition on
    /// a class (a category, a brand) each class once.
    pub fn meeting(&self, catalog: &Catalog, condition: &Condition) -> Vec<u32> {
        if let Some(named) = self.named(catalog, condition) {
            return named;
        }
        let meets = |item: &Item| condition.matches(&self.item(catalog, *item));
        let class = match condition.attributes() {
            [attribute] => self.field(*attribute).and_then(|field| field.class(catalog)),
            _ => None,
        };
        let mut known: Vec<Option<bool>> = Vec::new();
        let meets_by_class = |item: &Item| {
            let Some(term) = class.and_then(|class| class.get(item.index())) else { return meets(item) };
            let place = if term == Terms::NONE { 0 } else { (term as usize).saturating_add(1) };
            if known.len() <= place {
                known.resize(place.saturating_add(1), None);
            }
            known.get_mut(place).map_or_else(|| meets(item), |known| *known.get_or_insert_with(|| meets(item)))
        };
        catalog.all().filter(meets_by_class).map(|item| item.0).listed()
    }
}

impl Field {
    /// The column of classes, where it is one.
    fn class<'a>(&self, catalog: &'a Catalog) -> Option<&'a Column<u32>> {
        match self {
            Field::Department => Some(&catalog.items.department),
            Field::Category => Some(&catalog.items.category),
            Field::Kind => Some(&catalog.items.kind),
            Field::Brand => Some(&catalog.items.brand),
            _ => None,
        }
    }

    fn named(name: &str, catalog: &Catalog) -> Option<Self> {
        Some(match name {
            "id" => Field::Id,
            "price" => Field::Price,
            "basePrice" => Field::BasePrice,
            "stock" => Field::Stock,
            "addedAt" => Field::AddedAt,
            "department" => Field::Department,
            "category" => Field::Category,
            "kind" => Field::Kind,
            "brand" => Field::Brand,
            "tags" => Field::Tags,
            "tags.length" => Field::TagCount,
            _ => {
                let columns = &catalog.items.attributes;
                let column = |name: &str| columns.iter().position(|column| column.name == name);
                let whole = column(name).map(|place| Field::Attribute(place, None));
                let inside = || {
                    let (outer, path) = name.split_once('.')?;
                    Some(Field::Attribute(column(outer)?, Some(path.into())))
                };
                return whole.or_else(inside);
            }
        })
    }
}

/// One catalog item as a source of attributes.
#[derive(Clone, Copy, Debug)]
pub struct ItemAttributes<'a> {
    binding: &'a ItemBinding,
    catalog: &'a Catalog,
    item: Item,
}

impl ItemAttributes<'_> {
    fn term(&self, column: &Column<u32>) -> ValueRef<'_> {
        let name = column.get(self.item.index()).filter(|term| *term != Terms::NONE).and_then(|term| self.catalog.terms.name(term));
        name.map_or(ValueRef::Null, ValueRef::Str)
    }

    fn number(&self, number: Option<impl TryInto<i64>>) -> ValueRef<'_> {
        #[allow(clippy::cast_precision_loss)] // numbers of the rule language are doubles; money and times stay below 2^53
        number.and_then(|number| number.try_into().ok()).map_or(ValueRef::Null, |number: i64| ValueRef::Number(number as f64))
    }
}

impl AttributeSource for ItemAttributes<'_> {
    fn value(&self, id: AttributeId) -> ValueRef<'_> {
        let Some(field) = self.binding.field(id) else { return ValueRef::Null };
        let (columns, place) = (&self.catalog.items, self.item.index());
        match field {
            Field::Id => columns.ids.get(place).map_or(ValueRef::Null, ValueRef::Str),
            Field::Price => self.number(columns.price.get(place)),
            Field::BasePrice => self.number(columns.base_price.get(place).filter(|price| *price >= 0)),
            Field::Stock => self.number(columns.stock.get(place).filter(|pieces| *pieces >= 0)),
            Field::AddedAt => self.number(columns.added_at.get(place).filter(|at| *at != 0)),
            Field::Department => self.term(&columns.department),
            Field::Category => self.term(&columns.category),
            Field::Kind => self.term(&columns.kind),
            Field::Brand => self.term(&columns.brand),
            Field::Tags => ValueRef::Terms(&self.catalog.terms, columns.tags.get(place)),
            Field::TagCount => self.number(Some(columns.tags.get(place).len())),
            Field::Attribute(column, path) => {
                let Some(column) = columns.attributes.get(*column) else { return ValueRef::Null };
                let value =
                    column.places.get(place).and_then(|value| column.values.get(value as usize)).map_or(ValueRef::Null, ValueRef::from);
                path.as_ref().map_or(value, |path| value.at_path(path))
            }
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::domain::{AttributeColumn, ItemColumns, Lists, StringColumn, Value};
    use crate::rules::{NativeRegex, RuleContext};

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn catalog() -> Catalog {
        let none = Terms::NONE;
        Catalog {
            terms: Terms(StringColumn::owned(["bread", "dairy", "organic", "vegan"])),
            items: ItemColumns {
                ids: StringColumn::owned(["i1", "i2"]),
                price: Column::owned(&[250, 900]),
                base_price: Column::owned(&[300, -1]),
                stock: Column::owned(&[-1, 0]),
                category: Column::owned(&[1, none]),
                tags: Lists { offsets: Column::owned(&[0, 2, 2]), values: Column::owned(&[3, 2]) },
                attributes: alloc::vec![AttributeColumn {
                    name: "food".into(),
                    places: Column::owned(&[0, none]),
                    values: alloc::vec![json(r#"{"sugar": 4}"#)],
                }],
                ..ItemColumns::default()
            },
        }
    }

    #[test]
    fn conditions_read_columns() {
        let catalog = catalog();
        let cases = [
            (r#"{"item.price": {"$lt": 250}}"#, [false, false]),
            (r#"{"item.unknown": {"$exists": true}}"#, [false, false]),
            (r#"{"item.brand": {"$exists": true}}"#, [false, false]),
            (r#"{"item.price": {"$lt": 900}}"#, [true, false]),
            (r#"{"item.basePrice": {"$exists": true}}"#, [true, false]),
            (r#"{"item.stock": 0}"#, [true, true]), // missing counts as 0 when compared with a number
            (r#"{"item.stock": {"$eq": 0}}"#, [false, true]),
            (r#"{"item.category": "dairy"}"#, [true, false]),
            (r#"{"item.tags": {"$in": ["vegan"]}}"#, [true, false]),
            (r#"{"item.tags": ["vegan", "organic"]}"#, [true, false]),
            (r#"{"item.tags": {"$size": 0}}"#, [false, true]),
            (r#"{"item.tags.length": {"$eq": 2}}"#, [true, false]),
            (r#"{"item.food.sugar": {"$gt": 3}}"#, [true, false]),
            (r#"{"item.id": {"$regex": "2$"}}"#, [false, true]),
        ];
        for (text, expected) in cases {
            let mut table = AttributeTable::default();
            let condition = Condition::compile(&json(text), &mut table, &RuleContext::new(&NativeRegex));
            let binding = ItemBinding::new(&table, &catalog);
            let found = [0, 1].map(|place| condition.matches(&binding.item(&catalog, Item(place))));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn items_are_found_as_if_each_was_asked() {
        let catalog = catalog();
        let conditions = [
            r#"{}"#,
            r#"{"item.id": "i2"}"#,
            r#"{"item.id": {"$in": ["i2", "i1", "i2", "elsewhere", 7, null]}}"#,
            r#"{"item.id": {"$in": ["i2", "i1"]}, "item.price": {"$gt": 300}}"#,
            r#"{"item.id": {"$in": ["i2", "i1"], "$ne": "i1"}}"#,
            r#"{"item.id": {"$nin": ["i2"]}}"#,
            r#"{"item.id": {"$not": {"$in": ["i2"]}}}"#,
            r#"{"$or": [{"item.id": "i2"}, {"item.category": "dairy"}]}"#,
            r#"{"$not": {"item.id": {"$in": ["i2"]}}}"#,
            r#"{"item.id": {"$ini": ["I2"]}}"#,
            r#"{"item.category": {"$in": ["dairy", "bread"]}}"#,
            r#"{"item.category": {"$exists": false}}"#,
            r#"{"item.category": {"$ne": "dairy"}}"#,
            r#"{"item.category": "dairy", "item.price": {"$gt": 300}}"#,
            r#"{"item.brand": null}"#,
        ];
        for text in conditions {
            let mut table = AttributeTable::default();
            let condition = Condition::compile(&json(text), &mut table, &RuleContext::new(&NativeRegex));
            let binding = ItemBinding::new(&table, &catalog);
            let each = catalog.all().filter(|item| condition.matches(&binding.item(&catalog, *item))).map(|item| item.0);
            assert_eq!(binding.meeting(&catalog, &condition), each.collect::<Vec<_>>(), "{text}");
        }
    }
}
