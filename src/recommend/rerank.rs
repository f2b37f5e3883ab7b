//! Variety: what was picked takes some score from what is like it.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::top_k::Scored;
use crate::domain::{Catalog, Item, Terms};

/// How many candidates a list of `limit` is picked from.
pub(super) fn pool(limit: usize, diversity: f64) -> usize {
    if diversity > 0.0 { limit.saturating_mul(4).saturating_add(50) } else { limit }
}

/// Picks `limit` of `pool` (best first), one after the other, each time the one whose score is greatest after it lost
/// the share `diversity` for each picked item of its kind, and half that share for each other picked item of its
/// category. The scores given are those after the loss; they never rise along the list.
pub(super) fn diversify(catalog: &Catalog, pool: &[Scored], limit: usize, diversity: f64, picked: &mut Vec<Scored>) {
    picked.clear();
    if diversity <= 0.0 {
        picked.extend(pool.iter().take(limit));
        return;
    }
    // Losses only grow: a candidate whose loss is up to date and that is still the best is the best of all.
    let mut waiting: BinaryHeap<Reverse<(Scored, usize)>> = pool.iter().zip(0..).map(|(scored, place)| Reverse((*scored, place))).collect();
    while picked.len() < limit
        && let Some(Reverse((known, place))) = waiting.pop()
    {
        let Some(full) = pool.get(place) else { continue };
        let now = Scored { score: after_loss(catalog, full, picked, diversity), ..*full };
        if waiting.peek().is_none_or(|Reverse((next, _))| now <= *next) || now == known {
            picked.push(now);
        } else {
            waiting.push(Reverse((now, place)));
        }
    }
}

fn after_loss(catalog: &Catalog, candidate: &Scored, picked: &[Scored], diversity: f64) -> f64 {
    let mut score = candidate.score;
    for other in picked {
        if same(&catalog.items.kind, candidate.item, other.item) {
            score *= 1.0 - diversity;
        } else if same(&catalog.items.category, candidate.item, other.item) {
            score *= 1.0 - 0.5 * diversity;
        }
    }
    score
}

fn same(column: &crate::domain::Column<u32>, one: Item, other: Item) -> bool {
    let term = column.get(one.index()).unwrap_or(Terms::NONE);
    term != Terms::NONE && column.get(other.index()) == Some(term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Column, ItemColumns, StringColumn};
    use proptest::prelude::*;

    fn catalog(kinds: &[u32], categories: &[u32]) -> Catalog {
        let ids = (0..kinds.len()).map(|place| alloc::format!("{place:04}"));
        let items = ItemColumns {
            ids: StringColumn::owned(ids),
            kind: Column::owned(kinds),
            category: Column::owned(categories),
            ..ItemColumns::default()
        };
        Catalog { items, ..Catalog::default() }
    }

    fn pool_of(scores: &[f64]) -> Vec<Scored> {
        let mut pool: Vec<Scored> = (0..).zip(scores).map(|(place, score)| Scored { score: *score, tie: 0, item: Item(place) }).collect();
        pool.sort();
        pool
    }

    #[test]
    fn without_classes_nothing_changes() {
        let mut picked = Vec::new();
        let catalog = catalog(&[Terms::NONE; 3], &[Terms::NONE; 3]);
        diversify(&catalog, &pool_of(&[3.0, 2.0, 1.0]), 2, 0.9, &mut picked);
        assert_eq!(picked, pool_of(&[3.0, 2.0]));
    }

    #[test]
    fn a_second_of_the_same_kind_comes_later() {
        let mut picked = Vec::new();
        diversify(&catalog(&[1, 1, 2], &[7, 7, 8]), &pool_of(&[3.0, 2.0, 1.5]), 3, 0.5, &mut picked);
        let order: Vec<(u32, f64)> = picked.iter().map(|scored| (scored.item.0, scored.score)).collect();
        assert_eq!(order, [(0, 3.0), (2, 1.5), (1, 1.0)]);
    }

    proptest! {
        /// The lazy picking equals looking at every candidate each time.
        #[test]
        fn equals_the_slow_way(
            rows in proptest::collection::vec((0_u8..20, 0_u32..4, 0_u32..3), 1..40),
            limit in 0_usize..20,
            diversity in 0.05_f64..1.0,
        ) {
            let kinds: Vec<u32> = rows.iter().map(|row| row.1).collect();
            let categories: Vec<u32> = rows.iter().map(|row| row.2).collect();
            let catalog = catalog(&kinds, &categories);
            let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.0) / 4.0).collect();
            let pool = pool_of(&scores);
            let mut picked = Vec::new();
            diversify(&catalog, &pool, limit, diversity, &mut picked);

            let mut left = pool.clone();
            let mut slow: Vec<Scored> = Vec::new();
            while slow.len() < limit && !left.is_empty() {
                let mut best: Option<(usize, Scored)> = None;
                for (place, candidate) in left.iter().enumerate() {
                    let mut score = candidate.score;
                    for other in &slow {
                        if kinds[candidate.item.index()] == kinds[other.item.index()] {
                            score *= 1.0 - diversity;
                        } else if categories[candidate.item.index()] == categories[other.item.index()] {
                            score *= 1.0 - 0.5 * diversity;
                        }
                    }
                    let better = best.is_none_or(|(_, known)| score > known.score || (score == known.score && candidate.item < known.item));
                    if better {
                        best = Some((place, Scored { score, ..*candidate }));
                    }
                }
                let (place, scored) = best.unwrap();
                left.remove(place);
                slow.push(scored);
            }
            prop_assert_eq!(picked, slow);
        }
    }
}
