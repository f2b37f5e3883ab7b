//! The catalog's items, a column a property.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Column, StringColumn, Value, language};

/// The place of an item in the catalog's columns. Items are stored by ascending id, so that a smaller place means a
/// smaller id: ties everywhere are broken by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item(pub u32);

impl Item {
    /// The place as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names used by many items (categories, brands, tags), ascending, each stored once.
#[derive(Clone, Debug, Default)]
pub struct Terms(pub StringColumn);

impl Terms {
    /// Stands in a column for 'no term'.
    pub const NONE: u32 = u32::MAX;

    /// The name of `term`.
    pub fn name(&self, term: u32) -> Option<&str> {
        self.0.get(term as usize)
    }

    /// The term called `name`.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.0.find(name)
    }
}

/// A list of numbers for each item: list `i` lies between `offsets[i]` and `offsets[i + 1]` of `values`.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// One more than there are lists, rising from 0; empty where no item has a list.
    pub offsets: Column<u32>,
    /// All lists, one after the other.
    pub values: Column<u32>,
}

impl Lists {
    /// The range of list `index` in `values`, and in columns parallel to it.
    pub fn range(&self, index: usize) -> core::ops::Range<usize> {
        let start = self.offsets.get(index).unwrap_or(0) as usize;
        let end = self.offsets.get(index.saturating_add(1)).unwrap_or(0) as usize;
        start..end.max(start)
    }

    /// List `index`; empty where there is none.
    pub fn get(&self, index: usize) -> &[u32] {
        self.values.as_slice().get(self.range(index)).unwrap_or_default()
    }

    /// Whether offsets rise from 0 to the length of `values` over `lists` lists, or nothing is stored.
    pub fn is_sound(&self, lists: usize) -> bool {
        let offsets = self.offsets.as_slice();
        match (offsets.first(), offsets.last()) {
            (Some(0), Some(last)) => offsets.len() == lists.saturating_add(1) && *last as usize == self.values.len() && offsets.is_sorted(),
            (None, None) => self.values.is_empty(),
            _ => false,
        }
    }
}

/// A free attribute of items: for each item the place of its value among `values`, or [`Terms::NONE`].
#[derive(Clone, Debug, Default)]
pub struct AttributeColumn {
    /// As rules name it: `item.<name>`.
    pub name: String,
    /// A place in `values` for each item.
    pub places: Column<u32>,
    /// The distinct values.
    pub values: Vec<Value>,
}

/// What is known of each item, a column a property; all have the length of `ids`, or are empty where the catalog does
/// not say.
#[derive(Clone, Debug, Default)]
pub struct ItemColumns {
    /// Ids, strictly ascending by bytes.
    pub ids: StringColumn,
    /// Titles, per locale (`zh-CN`, `en`, ...), in the order of the catalog's locales.
    pub titles: Vec<(String, StringColumn)>,
    /// Price now, in minor units.
    pub price: Column<i64>,
    /// Price struck through, in minor units; -1 where there is none.
    pub base_price: Column<i64>,
    /// When the base price was charged last, in milliseconds since 1970; 0 where not known.
    pub base_price_at: Column<i64>,
    /// Since when the lower price holds, in milliseconds since 1970; 0 where not known.
    pub reduced_at: Column<i64>,
    /// Pieces at hand; -1 where not counted.
    pub stock: Column<i32>,
    /// When the item came in, in milliseconds since 1970; 0 where not known.
    pub added_at: Column<i64>,
    /// Term of the department.
    pub department: Column<u32>,
    /// Term of the category.
    pub category: Column<u32>,
    /// Term of the kind of product: the finest class, whose members can stand for each other.
    pub kind: Column<u32>,
    /// Term of the brand.
    pub brand: Column<u32>,
    /// Terms of tags.
    pub tags: Lists,
    /// Free attributes, by ascending name.
    pub attributes: Vec<AttributeColumn>,
}

/// The catalog: items and the terms they use.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Names of departments, categories, kinds, brands and tags.
    pub terms: Terms,
    /// One entry an item.
    pub items: ItemColumns,
}

impl Catalog {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.ids.is_empty()
    }

    /// The item called `id`.
    pub fn find(&self, id: &str) -> Option<Item> {
        self.items.ids.find(id).map(Item)
    }

    /// The id of `item`.
    pub fn id(&self, item: Item) -> &str {
        self.items.ids.get(item.index()).unwrap_or_default()
    }

    /// The title of `item` for `locale`: of the locale itself, else of one with the same language (`zh` for `zh-CN`),
    /// else of the first locale that has one.
    pub fn title(&self, item: Item, locale: &str) -> Option<&str> {
        let titles = &self.items.titles;
        let exact = titles.iter().filter(|(tag, _)| tag.eq_ignore_ascii_case(locale));
        let alike = titles.iter().filter(|(tag, _)| language(tag).eq_ignore_ascii_case(language(locale)));
        let mut nearest = exact.chain(alike).chain(titles);
        nearest.find_map(|(_, column)| column.get(item.index()).filter(|text| !text.is_empty()))
    }

    /// All items in order.
    pub fn all(&self) -> impl Iterator<Item = Item> + use<> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(Item)
    }

    /// The price of `item` in minor units.
    pub fn price(&self, item: Item) -> Option<i64> {
        self.items.price.get(item.index())
    }

    /// Whether `item` can be had: stock is not counted, or there is some.
    pub fn in_stock(&self, item: Item) -> bool {
        self.items.stock.get(item.index()).is_none_or(|pieces| pieces != 0)
    }

    /// The free attribute `name` of `item`.
    pub fn attribute(&self, item: Item, name: &str) -> Option<&Value> {
        let columns = &self.items.attributes;
        let column = columns.binary_search_by(|column| column.name.as_str().cmp(name)).ok().and_then(|place| columns.get(place))?;
        column.values.get(column.places.get(item.index())? as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_fall_or_overrun_are_unsound() {
        let lists = |offsets: &[u32], values: &[u32]| Lists { offsets: Column::owned(offsets), values: Column::owned(values) };
        assert!(!lists(&[0, 2, 1], &[7]).is_sound(2));
        assert!(!lists(&[0, 1], &[7, 8]).is_sound(1));
        assert!(!lists(&[0, 1], &[7]).is_sound(2));
        assert!(lists(&[0, 1, 1], &[7]).is_sound(2));
        assert_eq!(lists(&[0, 1, 1], &[7]).get(0), [7]);
        assert!(lists(&[0, 1, 1], &[7]).get(9).is_empty());
    }

    #[test]
    fn ids_are_found_by_bisection() {
        let catalog =
            Catalog { items: ItemColumns { ids: StringColumn::owned(["a", "b", "d"]), ..Default::default() }, ..Default::default() };
        assert_eq!(catalog.find("c"), None);
        assert_eq!(catalog.find(""), None);
        assert_eq!(catalog.find("e"), None);
        assert_eq!(catalog.find("d"), Some(Item(2)));
    }
}
