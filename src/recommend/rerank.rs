//! From a pool to a list: what was picked takes some score from what is like it, caps and pins of the retailer are heeded.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::merchandising::{Caps, Pin};
use super::top_k::Scored;
use super::{Strategy, Weights};
use crate::domain::{Catalog, Item, Terms};

/// Which share of its score a candidate loses for each picked item that is like it, by what they have in common.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    /// The title, in the catalog's first locale: what a shopper can't tell apart.
    pub title: f64,
    /// The kind.
    pub kind: f64,
    /// The category alone.
    pub category: f64,
}

impl Losses {
    pub fn new(weights: &Weights, strategy: Strategy) -> Self {
        let diversity = weights.diversity * strategy.factors().diversity;
        match strategy {
            Strategy::Similar => Losses { title: weights.variety, ..Losses::default() },
            Strategy::Session | Strategy::BoughtTogether => {
                Losses { title: 0.0, kind: weights.variety.max(diversity), category: 0.5 * diversity }
            }
            _ => Losses { title: 0.0, kind: diversity, category: 0.5 * diversity },
        }
    }

    /// How many candidates a list of `limit` is picked from.
    pub fn pool(&self, limit: usize) -> usize {
        if self.title + self.kind + self.category > 0.0 { limit.saturating_mul(4).saturating_add(50) } else { limit }
    }
}

/// Picks `limit` of `pool` (best first), one after the other, each time the one whose score is greatest after its losses for
/// the picked items that are like it; those that a cap has no room for are passed over, and pinned items stand at their places. The scores given are
/// those after the loss; they never rise along the list.
pub(super) fn arrange(
    catalog: &Catalog,
    pool: &[Scored],
    limit: usize,
    losses: Losses,
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
        let now = Scored { score: after_loss(catalog, full, picked, losses), ..*full };
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

fn after_loss(catalog: &Catalog, candidate: &Scored, picked: &[Scored], losses: Losses) -> f64 {
    let mut score = candidate.score;
    for other in picked {
        score *= 1.0
            - if same(&catalog.items.kind, candidate.item, other.item) {
                losses.kind
            } else if same(&catalog.items.category, candidate.item, other.item) {
                losses.category
            } else {
                0.0
            };
        if losses.title > 0.0 && is_namesake(catalog, candidate.item, other.item) {
            score *= 1.0 - losses.title;
        }
    }
    score
}

/// Whether two items have one title.
fn is_namesake(catalog: &Catalog, one: Item, other: Item) -> bool {
    let title = |item: Item| catalog.items.titles.first().and_then(|(_, titles)| titles.get(item.index()));
    title(one).is_some_and(|known| !known.is_empty() && title(other) == Some(known))
}

fn same(column: &crate::domain::Column<u32>, one: Item, other: Item) -> bool {
    let term = column.get(one.index()).unwrap_or(Terms::NONE);
    term != Terms::NONE && column.get(other.index()) == Some(term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Column, ItemColumns, StringColumn};
    use crate::recommend::Strategy as Lists;
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
        let losses = Losses { title: 0.0, kind: diversity, category: 0.5 * diversity };
        arrange(catalog, pool, limit, losses, &[], &mut Caps::new(catalog, &[]), picked);
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
    fn of_items_with_one_title_the_second_comes_later_where_that_counts() {
        let mut catalog = catalog(&[1, 1, 1, 2], &[Terms::NONE; 4]);
        catalog.items.titles = alloc::vec![("en".into(), StringColumn::owned(["Soda", "Soda", "Cola", ""]))];
        let order = |losses: Losses| {
            let mut picked = Vec::new();
            arrange(&catalog, &pool_of(&[4.0, 3.0, 2.0, 1.0]), 4, losses, &[], &mut Caps::new(&catalog, &[]), &mut picked);
            picked.iter().map(|scored| (scored.item.0, scored.score)).collect::<Vec<_>>()
        };
        let losses = |strategy| Losses::new(&Weights { variety: 0.5, ..Weights::default() }, strategy);
        assert_eq!(order(losses(Lists::Similar)), [(0, 4.0), (2, 2.0), (1, 1.5), (3, 1.0)]);
        assert_eq!(order(losses(Lists::Session)), [(0, 4.0), (1, 1.5), (3, 1.0), (2, 0.5)]);
        assert_eq!(order(losses(Lists::Discover)), [(0, 4.0), (1, 3.0), (2, 2.0), (3, 1.0)]);
        assert_eq!((losses(Lists::Session).pool(5), losses(Lists::Discover).pool(5)), (70, 5));
    }

    #[test]
    fn pinned_items_stand_at_their_places_and_scores_never_rise() {
        let catalog = catalog(&[Terms::NONE; 6], &[Terms::NONE; 6]);
        let pool = pool_of(&[3.0, 2.0, 1.0]);
        let pin = |place, item, score| Pin { rule: 0, place, scored: Scored { score, tie: 0, item: Item(item) } };
        let list = |limit, pins: &[Pin]| {
            let mut picked = Vec::new();
            arrange(&catalog, &pool, limit, Losses::default(), pins, &mut Caps::new(&catalog, &[]), &mut picked);
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
        arrange(&catalog, &pool_of(&[5.0, 4.0, 3.0, 2.0, 1.0]), 4, Losses::default(), &[], &mut caps, &mut picked);
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
