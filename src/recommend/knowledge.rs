//! What was learned from all members' baskets, aligned with the catalog's items.

use alloc::vec::Vec;

use super::{Flyers, RankerSettings, Vectors, Weights};
use crate::domain::{Catalog, Column, Item, Lists, Terms, exp2};

/// For each item its nearest others, best first.
#[derive(Clone, Debug, Default)]
pub struct Neighbours {
    /// Places of the neighbours in the catalog.
    pub lists: Lists,
    /// How near, as [`Nearness`] steps, parallel to the lists' values.
    pub steps: Column<u8>,
}

impl Neighbours {
    /// The columns, to ask for many items.
    pub fn read(&self) -> Near<'_> {
        let Lists { offsets, values } = &self.lists;
        Near { offsets: offsets.as_slice(), places: values.as_slice(), steps: self.steps.as_slice() }
    }

    /// Whether the lists are those of `items` items, and name only items that are there.
    pub fn is_sound(&self, items: usize) -> bool {
        self.lists.is_sound(items)
            && self.lists.values.len() == self.steps.len()
            && self.lists.values.as_slice().iter().all(|place| (*place as usize) < items)
    }
}

/// [`Neighbours`], read.
pub struct Near<'a> {
    offsets: &'a [u32],
    places: &'a [u32],
    steps: &'a [u8],
}

impl Near<'_> {
    /// Tells `visit` the neighbours of `item` and the step of each.
    #[inline(always)]
    pub fn each(&self, item: Item, mut visit: impl FnMut(Item, u8)) {
        let Some([start, end]) = self.offsets.get(item.index()..).and_then(|offsets| offsets.first_chunk()) else { return };
        let range = *start as usize..*end as usize;
        let places = self.places.get(range.clone()).unwrap_or_default();
        let mut steps = self.steps.get(range).unwrap_or_default().iter();
        for place in places {
            let Some(step) = steps.next() else { return };
            visit(Item(*place), *step);
        }
    }
}

/// How near two items are, in one byte: step `s` stands for `2^((s - 255) / 24)`, from 0.0006 to 1, each step 2.9 % above
/// the one before.
#[derive(Clone, Debug)]
pub struct Nearness([f64; 256]);

impl Default for Nearness {
    fn default() -> Self {
        let mut table = [0.0; 256];
        for (step, value) in table.iter_mut().zip(0_u8..=255) {
            *step = exp2((f64::from(value) - 255.0) / STEPS_AN_OCTAVE);
        }
        Nearness(table)
    }
}

impl Nearness {
    /// What `step` stands for, in (0, 1].
    #[inline(always)]
    pub fn of(&self, step: u8) -> f64 {
        self.0.get(usize::from(step)).copied().unwrap_or(0.0)
    }

    /// The step nearest to `score`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a cast of a double saturates
    pub fn step(score: f64) -> u8 {
        libm::round(255.0 + STEPS_AN_OCTAVE * libm::log2(score)) as u8
    }
}

const STEPS_AN_OCTAVE: f64 = 24.0;

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
    /// Share of the baskets of the last 7 days that contain it.
    pub week: Column<f32>,
    /// Of the baskets of its buyers after the first that held it, the share that held it again.
    pub rebuy: Column<f32>,
    /// How much more it sells while it is in the flyer; 1 where nothing is known.
    pub flyer_lift: Column<f32>,
    /// Flyers of the past and of the snapshot's life.
    pub flyers: Flyers,
    /// Items in the same basket.
    pub bought_together: Neighbours,
    /// Items bought after it.
    pub in_sequence: Neighbours,
    /// Items that can stand for it.
    pub similar: Neighbours,
    /// Items that the same members buy, where the ranker asks for them.
    pub companions: Neighbours,
    /// Items as points, where the catalog has them so.
    pub vectors: Vectors,
    /// What each signal counts for.
    pub weights: Weights,
    /// The learned ranker.
    pub ranker: RankerSettings,
    /// Filled in by [`Knowledge::prepared`].
    pub scales: Scales,
}

/// What scores are measured against; follows from the columns and the catalog.
#[derive(Clone, Debug, Default)]
pub struct Scales {
    /// 1 over the popularity of the most popular item, 0 where there is none.
    popularity_scale: f64,
    /// The same for `recent`.
    recent_scale: f64,
    /// Share of all popularity that falls on a term: of kinds, categories, departments.
    expected: [Vec<f64>; 3],
    nearness: Nearness,
}

/// The classes of items, from the finest.
pub(super) const LEVELS: [fn(&Catalog) -> &Column<u32>; 3] =
    [|catalog| &catalog.items.kind, |catalog| &catalog.items.category, |catalog| &catalog.items.department];

impl Knowledge {
    /// Whether every column is empty or has an entry for each of `items` items, all numbers are finite, and neighbours
    /// are items that are there.
    pub fn is_sound(&self, items: usize) -> bool {
        let floats = [
            &self.popularity,
            &self.recent,
            &self.trend,
            &self.rhythm_days,
            &self.rhythm_spread,
            &self.repeat_rate,
            &self.week,
            &self.rebuy,
            &self.flyer_lift,
        ];
        floats.iter().all(|column| column.is_empty() || column.len() == items)
            && floats.iter().all(|column| column.as_slice().iter().all(|number| number.is_finite()))
            && (self.buyers.is_empty() || self.buyers.len() == items)
            && self.flyers.is_sound(items)
            && self.vectors.is_sound(items)
            && [&self.bought_together, &self.in_sequence, &self.similar, &self.companions]
                .iter()
                .all(|neighbours| neighbours.is_sound(items))
    }

    /// The same knowledge, ready for requests over `catalog`: what scores are measured against is worked out once.
    #[must_use]
    pub fn prepared(mut self, catalog: &Catalog) -> Self {
        self.weights = self.weights.within_range();
        self.scales = Scales {
            popularity_scale: inverse_of_greatest(&self.popularity),
            recent_scale: inverse_of_greatest(&self.recent),
            nearness: Nearness::default(),
            expected: LEVELS.map(|level| self.shares_of_terms(level(catalog), catalog.terms.0.len())),
        };
        self
    }

    /// What popularity is multiplied with so that the most popular item has 1.
    pub(super) fn popularity_scale(&self) -> f64 {
        self.scales.popularity_scale
    }

    /// How much more `item` is bought than before, in [-1, 3], times the root of how much it is bought now, 1 being the
    /// most bought: what sells little hardly has a trend.
    pub fn rising(&self, item: Item) -> f64 {
        self.rising_by(self.trend.get(item.index()).unwrap_or(0.0), self.recent.get(item.index()).unwrap_or(0.0))
    }

    /// The same of an item that has this in the columns `trend` and `recent`.
    #[inline(always)]
    pub(super) fn rising_by(&self, trend: f32, recent: f32) -> f64 {
        let recent = f64::from(recent) * self.scales.recent_scale;
        if recent > 0.0 { f64::from(trend).clamp(-1.0, 3.0) * recent.sqrt() } else { 0.0 }
    }

    /// How near a step stands for.
    #[inline(always)]
    pub(super) fn nearness(&self, step: u8) -> f64 {
        self.scales.nearness.of(step)
    }

    /// Share of all popularity that falls on each term of the class `level` (a place in [`LEVELS`]).
    pub(super) fn expected_shares(&self, level: usize) -> &[f64] {
        self.scales.expected.get(level).map_or(&[], Vec::as_slice)
    }

    #[cfg_attr(regulars_fast, optimize(speed))]
    fn shares_of_terms(&self, column: &Column<u32>, terms: usize) -> Vec<f64> {
        if column.is_empty() {
            return Vec::new();
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
        let neighbours = |place: u32, steps: &[u8]| Knowledge {
            similar: Neighbours {
                lists: Lists { offsets: Column::owned(&[0, 1, 1]), values: Column::owned(&[place]) },
                steps: Column::owned(steps),
            },
            ..Knowledge::default()
        };
        assert!(neighbours(1, &[9]).is_sound(2));
        assert!(!neighbours(2, &[9]).is_sound(2));
        assert!(!neighbours(1, &[9, 9]).is_sound(2));
        assert!(!neighbours(1, &[9]).is_sound(3));
    }

    #[test]
    fn a_step_stands_for_what_is_within_two_percent() {
        let nearness = Nearness::default();
        assert_eq!((nearness.of(255), Nearness::step(1.0), Nearness::step(0.0), Nearness::step(9.0)), (1.0, 255, 0, 255));
        for thousandth in 1..=1000 {
            let score = f64::from(thousandth) / 1000.0;
            assert!((nearness.of(Nearness::step(score)) / score - 1.0).abs() < 0.02, "{score}");
        }
    }

    #[test]
    fn popularity_is_measured_against_the_most_popular() {
        let catalog = Catalog { items: ItemColumns { ids: StringColumn::owned(["a", "b"]), ..Default::default() }, ..Default::default() };
        let knowledge = Knowledge { popularity: Column::owned(&[0.25, 0.125]), ..Knowledge::default() }.prepared(&catalog);
        assert_eq!(knowledge.popularity_scale(), 4.0);
        assert_eq!(Knowledge::default().prepared(&catalog).popularity_scale(), 0.0);
    }
}
