//! What was learned from all members' baskets, aligned with the catalog's items.

use super::Weights;
use crate::domain::{Catalog, Column, Item, Lists, Terms};

/// For each item its nearest others, best first.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// Places of the neighbours in the catalog.
    pub lists: Lists,
    /// How near, in (0, 1], parallel to the lists' values.
    pub scores: Column<f32>,
}

impl Neighbours {
    /// The neighbours of `item` and how near each is.
    pub fn of(&self, item: Item) -> impl Iterator<Item = (Item, f64)> + '_ {
        let range = self.lists.range(item.index());
        let places = self.lists.values.as_slice().get(range.clone()).unwrap_or_default();
        let scores = self.scores.as_slice().get(range).unwrap_or_default();
        places.iter().zip(scores).map(|(place, score)| (Item(*place), f64::from(*score)))
    }

    /// Whether there are neighbours of any item.
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// Whether the lists are those of `items` items, name only items that are there, and all scores are in (0, 1].
    pub fn is_sound(&self, items: usize) -> bool {
        self.lists.is_sound(items)
            && self.lists.values.len() == self.scores.len()
            && self.lists.values.as_slice().iter().all(|place| (*place as usize) < items)
            && self.scores.as_slice().iter().all(|score| *score > 0.0 && *score <= 1.0)
    }
}

/// What was learned from all members' baskets, aligned with the catalog's items: each column has one entry an item, or
/// is empty where nothing was learned, which reads as zeros. The meaning of each column is that of the field of the
/// same name of [`KnowledgeWire`](crate::snapshot::wire::knowledge::KnowledgeWire).
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Nothing after this instant (milliseconds since 1970) was used.
    pub until: i64,
    /// Share of baskets expected to contain the item.
    pub popularity: Column<f32>,
    /// Share of the baskets of the last 28 days that contain it.
    pub recent: Column<f32>,
    /// How the last 28 days differ from before, relative.
    pub trend: Column<f32>,
    /// Typical days between two purchases by the same member; 0 where not known.
    pub rhythm_days: Column<f32>,
    /// How far these days spread, relative.
    pub rhythm_spread: Column<f32>,
    /// Share of buyers who buy again.
    pub repeat_rate: Column<f32>,
    /// How many members bought it.
    pub buyers: Column<u32>,
    /// Items in the same basket.
    pub bought_together: Neighbours,
    /// Items bought after it.
    pub in_sequence: Neighbours,
    /// Items that can stand for it.
    pub similar: Neighbours,
    /// What each signal counts for.
    pub weights: Weights,
    shape: Shape,
}

/// What scores are measured against; follows from the columns and the catalog.
#[derive(Clone, Debug, Default)]
struct Shape {
    /// 1 over the popularity of the most popular item, 0 where there is none.
    popularity_scale: f64,
    /// The same for `recent`.
    recent_scale: f64,
    /// Share of all popularity that falls on a term: of kinds, categories, departments.
    expected: [alloc::vec::Vec<f64>; 3],
}

/// The classes of items, from the finest.
pub(super) const LEVELS: [fn(&Catalog) -> &Column<u32>; 3] =
    [|catalog| &catalog.items.kind, |catalog| &catalog.items.category, |catalog| &catalog.items.department];

impl Knowledge {
    /// Whether every column is empty or has an entry for each of `items` items, all numbers are finite, and neighbours
    /// are items that are there.
    pub fn is_sound(&self, items: usize) -> bool {
        let floats = [&self.popularity, &self.recent, &self.trend, &self.rhythm_days, &self.rhythm_spread, &self.repeat_rate];
        floats.iter().all(|column| column.is_empty() || column.len() == items)
            && floats.iter().all(|column| column.as_slice().iter().all(|number| number.is_finite()))
            && (self.buyers.is_empty() || self.buyers.len() == items)
            && [&self.bought_together, &self.in_sequence, &self.similar].iter().all(|neighbours| neighbours.is_sound(items))
    }

    /// The same knowledge, ready for requests over `catalog`: what scores are measured against is worked out once.
    #[must_use]
    pub fn prepared(mut self, catalog: &Catalog) -> Self {
        self.weights = self.weights.within_range();
        self.shape = Shape {
            popularity_scale: inverse_of_greatest(&self.popularity),
            recent_scale: inverse_of_greatest(&self.recent),
            expected: LEVELS.map(|level| self.shares_of_terms(level(catalog), catalog.terms.0.len())),
        };
        self
    }

    /// Popularity of `item`, 1 being that of the most popular.
    pub fn relative_popularity(&self, item: Item) -> f64 {
        self.popularity.get(item.index()).map_or(0.0, |share| f64::from(share) * self.shape.popularity_scale)
    }

    /// How much more `item` is bought than before, in [-1, 3], times the root of how much it is bought now, 1 being the
    /// most bought: what sells little hardly has a trend.
    pub fn rising(&self, item: Item) -> f64 {
        let trend = f64::from(self.trend.get(item.index()).unwrap_or(0.0)).clamp(-1.0, 3.0);
        let recent = f64::from(self.recent.get(item.index()).unwrap_or(0.0)) * self.shape.recent_scale;
        if recent > 0.0 { trend * recent.sqrt() } else { 0.0 }
    }

    /// Share of all popularity that falls on `term` of the class `level` (a place in [`LEVELS`]).
    pub(super) fn expected_share(&self, level: usize, term: u32) -> f64 {
        self.shape.expected.get(level).and_then(|shares| shares.get(term as usize)).copied().unwrap_or(0.0)
    }

    fn shares_of_terms(&self, column: &Column<u32>, terms: usize) -> alloc::vec::Vec<f64> {
        if column.is_empty() {
            return alloc::vec::Vec::new();
        }
        let mut shares = alloc::vec![0.0; terms];
        let mut total = 0.0;
        for (term, popularity) in column.as_slice().iter().zip(self.popularity.as_slice()) {
            if *term != Terms::NONE
                && let Some(share) = shares.get_mut(*term as usize)
            {
                *share += f64::from(*popularity);
                total += f64::from(*popularity);
            }
        }
        if total > 0.0 {
            for share in &mut shares {
                *share /= total;
            }
        }
        shares
    }
}

fn inverse_of_greatest(column: &Column<f32>) -> f64 {
    let greatest = column.as_slice().iter().copied().fold(0.0, f32::max);
    if greatest > 0.0 { 1.0 / f64::from(greatest) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemColumns, StringColumn};

    #[test]
    fn wrong_lengths_and_wild_numbers_are_unsound() {
        assert!(Knowledge::default().is_sound(2));
        assert!(!Knowledge { popularity: Column::owned(&[0.5]), ..Knowledge::default() }.is_sound(2));
        assert!(!Knowledge { trend: Column::owned(&[0.5, f32::NAN]), ..Knowledge::default() }.is_sound(2));
        let neighbours = |place: u32, score: f32| Knowledge {
            similar: Neighbours {
                lists: Lists { offsets: Column::owned(&[0, 1, 1]), values: Column::owned(&[place]) },
                scores: Column::owned(&[score]),
            },
            ..Knowledge::default()
        };
        assert!(neighbours(1, 0.5).is_sound(2));
        assert!(!neighbours(2, 0.5).is_sound(2));
        assert!(!neighbours(1, 1.5).is_sound(2));
        assert!(!neighbours(1, 0.5).is_sound(3));
    }

    #[test]
    fn popularity_is_measured_against_the_most_popular() {
        let catalog = Catalog { items: ItemColumns { ids: StringColumn::owned(["a", "b"]), ..Default::default() }, ..Default::default() };
        let knowledge = Knowledge { popularity: Column::owned(&[0.25, 0.125]), ..Knowledge::default() }.prepared(&catalog);
        assert_eq!((knowledge.relative_popularity(Item(0)), knowledge.relative_popularity(Item(1))), (1.0, 0.5));
        assert_eq!(knowledge.relative_popularity(Item(7)), 0.0);
        assert_eq!(Knowledge::default().prepared(&catalog).relative_popularity(Item(0)), 0.0);
    }
}
