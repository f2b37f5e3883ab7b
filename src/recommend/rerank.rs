//! From a pool to a list: what was picked takes some score from what is like it, caps and pins of the retailer are heeded.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::merchandising::{Caps, Pin};
use super::top_k::Scored;
use crate::domain::{Catalog, Item, Terms};

/// How many candidates a list of `limit` is picked from.
pub(super) fn pool(limit: usize, diversity: f64) -> usize {
    if diversity > 0.0 { limit.saturating_mul(4).saturating_add(50) } else { limit }
}

/// Picks `limit` of `pool` (best first), one after the other, each time the one whose score is greatest after it lost
/// the share `diversity` for each picked item of its kind, and half that share for each other picked item of its
/// category; those that a cap has no room for are passed over, and pinned items stand at their places. The scores given are
/// those after the loss; they never rise along the list.
pub(super) fn arrange(
    catalog: &Catalog,
    pool: &[Scored],
    limit: usize,
    diversity: f64,
    pins: &[Pin],
    caps: &mut Caps,
    picked: &mut Vec<Scored>,
) {
    picked.clear();
    // Losses only grow, and caps only fill up: a candidate whose loss is up to date and that is still the best is the best of all.
    let mut waiting: BinaryHeap<Reverse<(Scored, usize)>> = pool.iter().zip(0..).map(|(scored, place)| Reverse((*scored, place))).collect();
    let mut left = pins.to_vec();
    while picked.len() < limit {
        let place = picked.len().saturating_add(1);
        // A place that two rules want goes to the first; the other takes the next. A list that ends early ends with its pins.
        let due = left.iter().position(|pin| pin.place <= place || waiting.is_empty());
        if let Some(due) = due {
            let pin = left.remove(due);
            caps.takes(pin.scored.item, true);
            picked.push(pin.scored);
            continue;
        }
        let Some(Reverse((known, place))) = waiting.pop() else { break };
        let Some(full) = pool.get(place) else { continue };
        let now = Scored { score: after_loss(catalog, full, picked, diversity), ..*full };
        if waiting.peek().is_some_and(|Reverse((next, _))| now > *next) && now != known {
            waiting.push(Reverse((now, place)));
        } else if caps.takes(now.item, false) {
            picked.push(now);
        }
    }
    level(pins, picked);
}

/// Gives pinned items scores between those around them.
fn level(pins: &[Pin], picked: &mut [Scored]) {
    let mut below = 0.0;
    let is_pinned = |item: Item| pins.iter().any(|pin| pin.scored.item == item);
    for scored in picked.iter_mut().rev().filter(|_| !pins.is_empty()) {
        if is_pinned(scored.item) {
            scored.score = scored.score.max(below);
        }
        below = scored.score;
    }
    let mut above = f64::INFINITY;
    for scored in picked.iter_mut().filter(|_| !pins.is_empty()) {
        scored.score = scored.score.min(above);
        above = scored.score;
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

    fn diversify(catalog: &Catalog, pool: &[Scored], limit: usize, diversity: f64, picked: &mut Vec<Scored>) {
        arrange(catalog, pool, limit, diversity, &[], &mut Caps::new(catalog, &[]), picked);
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

    #[test]
    fn pinned_items_stand_at_their_places_and_scores_never_rise() {
        let catalog = catalog(&[Terms::NONE; 6], &[Terms::NONE; 6]);
        let pool = pool_of(&[3.0, 2.0, 1.0]);
        let pin = |place, item, score| Pin { rule: 0, place, scored: Scored { score, tie: 0, item: Item(item) } };
        let list = |limit, pins: &[Pin]| {
            let mut picked = Vec::new();
            arrange(&catalog, &pool, limit, 0.0, pins, &mut Caps::new(&catalog, &[]), &mut picked);
            picked.iter().map(|scored| (scored.item.0, scored.score)).collect::<Vec<_>>()
        };
        assert_eq!(list(3, &[pin(1, 5, 0.0)]), [(5, 3.0), (0, 3.0), (1, 2.0)]);
        assert_eq!(
            list(3, &[pin(2, 5, 9.0), pin(2, 4, 0.5)]),
            [(0, 3.0), (5, 3.0), (4, 2.0)][..2].iter().copied().chain([(4, 0.5)]).collect::<Vec<_>>()
        );
        assert_eq!(list(9, &[pin(7, 5, 0.1)]), [(0, 3.0), (1, 2.0), (2, 1.0), (5, 0.1)]);
        assert_eq!(list(2, &[pin(7, 5, 0.1)]), [(0, 3.0), (1, 2.0)]);
    }

    #[test]
    fn what_a_cap_has_no_room_for_is_passed_over() {
        use crate::recommend::{Act, Class, ItemSet, Ruling};
        let catalog = catalog(&[1, 1, 2, 1, 2], &[Terms::NONE; 5]);
        let all = ItemSet::of(&catalog, |_| true);
        let rulings = [Ruling { id: "one", act: Act::Cap(1, Some(Class::Kind)), items: &all }];
        let mut caps = Caps::new(&catalog, &rulings);
        let mut picked = Vec::new();
        arrange(&catalog, &pool_of(&[5.0, 4.0, 3.0, 2.0, 1.0]), 4, 0.0, &[], &mut caps, &mut picked);
        assert_eq!(picked.iter().map(|scored| scored.item.0).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(caps.passed_over, 3);
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
