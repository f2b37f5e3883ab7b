//! Items that the catalog itself says are alike: what can stand for an item that nobody bought yet.

use crate::domain::{Catalog, Item, Terms};
use crate::recommend::Knowledge;
use crate::recommend::evidence::EvidenceTable;
use crate::recommend::pulls::{Bond, Pull};

/// Turns what was learned of items that can stand for `anchors` into how likely they are taken instead: of the kind of an anchor what
/// sells most, all the more what is bought by the same members, of the same brand, with the same tags. Items of its category, and
/// learned ones of others, follow behind.
pub(in crate::recommend) fn gather(anchors: &[Item], catalog: &Catalog, knowledge: &Knowledge, table: &mut EvidenceTable) {
    let popularity = knowledge.popularity.as_slice();
    for item in catalog.all().filter(|item| !anchors.contains(item)) {
        let learned = table.pulls.get(Bond::Similar, item);
        let (mut best, mut likest) = (learned.anchor(), 0.0);
        for anchor in anchors {
            let likeness = likeness(catalog, *anchor, item);
            if likeness > likest {
                (best, likest) = (Some(*anchor), likeness);
            }
        }
        let sells = popularity.get(item.index()).map_or(0.0, |share| f64::from(*share) * knowledge.popularity_scale());
        let worth = if likest > 0.0 { likest * (sells + UNSOLD) * (1.0 + LEARNED * learned.sum) } else { OF_ANOTHER_CLASS * learned.sum };
        if worth > 0.0
            && let Some(anchor) = best
            && let Some(pull) = table.pulls.entry(Bond::Similar, item)
        {
            *pull = Pull::default();
            pull.add(anchor, worth);
        }
    }
}

/// What an item that nobody bought counts for beside the most popular one, which has 1.
const UNSOLD: f64 = 0.001;
/// How much learned nearness adds to what an item sells.
const LEARNED: f64 = 20.0;
/// What an item of the category counts for beside one of the kind.
const OF_ANOTHER_KIND: f64 = 0.01;
/// What learned nearness counts for where nothing else speaks for an item.
const OF_ANOTHER_CLASS: f64 = 0.02;

/// 1 for the same kind, or for the same category where `one` has no kind; else 0.01 for the same category, else nothing. Half as much
/// again for the same brand, and up to as much for the share of tags in common.
pub(in crate::recommend) fn likeness(catalog: &Catalog, one: Item, other: Item) -> f64 {
    let of = |column: &crate::domain::Column<u32>, item: Item| column.get(item.index()).unwrap_or(Terms::NONE);
    let same = |column| of(column, one) != Terms::NONE && of(column, one) == of(column, other);
    let class = if same(&catalog.items.kind) {
        1.0
    } else if !same(&catalog.items.category) {
        return 0.0;
    } else if of(&catalog.items.kind, one) == Terms::NONE {
        1.0
    } else {
        OF_ANOTHER_KIND
    };
    let brand = if same(&catalog.items.brand) { 0.5 } else { 0.0 };
    class * (1.0 + brand + 0.5 * tags_in_common(catalog.items.tags.get(one.index()), catalog.items.tags.get(other.index())))
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
        assert_eq!((likeness(&catalog, Item(0), Item(2)), likeness(&catalog, Item(2), Item(0))), (OF_ANOTHER_KIND, 1.0));
        assert_eq!(likeness(&catalog, Item(0), Item(1)), 1.0 + 0.5 + 0.5 * 0.5);

        // Of the kind comes first what sells; learned nearness makes up for selling less, and stands alone in another class.
        let knowledge = Knowledge { popularity: Column::owned(&[0.0, 0.0, 0.5, 0.5]), ..Knowledge::default() }.prepared(&catalog);
        let mut table = EvidenceTable::default();
        table.reset(4);
        table.pulls.entry(Bond::Similar, Item(3)).unwrap().add(Item(0), 0.5);
        table.pulls.entry(Bond::Similar, Item(1)).unwrap().add(Item(0), 0.5);
        gather(&[Item(0)], &catalog, &knowledge, &mut table);
        let sum = |item| table.pulls.get(Bond::Similar, Item(item)).sum;
        assert_eq!(
            (sum(1), sum(2), sum(3)),
            (1.75 * UNSOLD * (1.0 + LEARNED * 0.5), OF_ANOTHER_KIND * (1.0 + UNSOLD), OF_ANOTHER_CLASS * 0.5)
        );
        assert!(table.pulls.sums(Item(0)).is_none());
    }
}
