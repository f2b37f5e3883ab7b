//! Items that the catalog itself says are alike: what can stand for an item that nobody bought yet.

use crate::domain::{Catalog, Item, Terms};
use crate::recommend::evidence::EvidenceTable;

/// Adds to each item of the kind or category of `anchor` how alike the catalog makes them.
pub(in crate::recommend) fn gather(anchor: Item, catalog: &Catalog, table: &mut EvidenceTable) {
    for item in catalog.all().filter(|item| *item != anchor) {
        let likeness = likeness(catalog, anchor, item);
        if likeness > 0.0
            && let Some(evidence) = table.entry(item)
        {
            evidence.similar.add(anchor, likeness);
        }
    }
}

/// 0.2 for the same kind, else 0.05 for the same category, else nothing; then 0.02 more for the same brand and up to
/// 0.05 for the share of tags in common.
pub(in crate::recommend) fn likeness(catalog: &Catalog, one: Item, other: Item) -> f64 {
    let same = |column: &crate::domain::Column<u32>| {
        let term = column.get(one.index()).unwrap_or(Terms::NONE);
        term != Terms::NONE && column.get(other.index()) == Some(term)
    };
    let class = if same(&catalog.items.kind) {
        0.2
    } else if same(&catalog.items.category) {
        0.05
    } else {
        return 0.0;
    };
    let brand = if same(&catalog.items.brand) { 0.02 } else { 0.0 };
    class + brand + 0.05 * tags_in_common(catalog.items.tags.get(one.index()), catalog.items.tags.get(other.index()))
}

/// Tags that both have over tags that either has, both lists without repeats.
fn tags_in_common(one: &[u32], other: &[u32]) -> f64 {
    let count = |length: usize| u32::try_from(length).map_or(f64::MAX, f64::from);
    let common = count(one.iter().filter(|tag| other.contains(tag)).count());
    let either = count(one.len()) + count(other.len()) - common;
    if either > 0.0 { common / either } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Column, ItemColumns, Lists, StringColumn};

    #[test]
    fn only_the_same_category_is_alike_and_kind_brand_and_tags_add() {
        let catalog = Catalog {
            terms: Terms(StringColumn::owned(["a", "b", "c", "d", "e"])),
            items: ItemColumns {
                ids: StringColumn::owned(["0", "1", "2", "3"]),
                category: Column::owned(&[0, 0, 0, 1]),
                kind: Column::owned(&[2, 2, Terms::NONE, Terms::NONE]),
                brand: Column::owned(&[3, 3, 4, 3]),
                tags: Lists { offsets: Column::owned(&[0, 2, 3, 3, 3]), values: Column::owned(&[0, 1, 1]) },
                ..ItemColumns::default()
            },
        };
        assert_eq!(likeness(&catalog, Item(0), Item(3)), 0.0);
        assert_eq!(likeness(&catalog, Item(2), Item(3)), 0.0);
        assert_eq!(likeness(&catalog, Item(0), Item(2)), 0.05);
        assert_eq!(likeness(&catalog, Item(0), Item(1)), 0.2 + 0.02 + 0.05 * 0.5);
    }
}
