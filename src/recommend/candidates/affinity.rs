//! From which classes of items the member buys more than others do.

use alloc::vec::Vec;

use crate::domain::{Catalog, Item, Terms};
use crate::recommend::Knowledge;
use crate::recommend::evidence::EvidenceTable;
use crate::recommend::knowledge::LEVELS;

/// For each class, how much more the member buys from it than its popularity would have it; and the ratings of kinds.
#[derive(Clone, Debug, Default)]
pub(in crate::recommend) struct Affinity {
    lifts: [Vec<f64>; 3],
    bought: Vec<f64>,
    ratings: Vec<f64>,
    any_rating: bool,
}

/// How many purchases of the member's own the habits of all members are worth.
const PRIOR_PURCHASES: f64 = 10.0;

impl Affinity {
    /// Works out lifts from the purchases gathered so far. With a total of `T` (faded) purchases, `n` of them in a class
    /// on which a share `e` of all popularity falls, its lift is `(n + 10 e) / (T + 10) / e`: 1 without a history.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn gather(&mut self, catalog: &Catalog, knowledge: &Knowledge, table: &EvidenceTable) {
        let terms = catalog.terms.0.len();
        for (level, (column, lifts)) in LEVELS.iter().zip(&mut self.lifts).enumerate() {
            let column = column(catalog).as_slice();
            lifts.clear();
            if column.is_empty() {
                continue;
            }
            self.bought.clear();
            self.bought.resize(terms, 0.0);
            let mut total = 0.0;
            for (item, evidence) in table.rows().iter().filter(|(_, evidence)| evidence.times > 0) {
                let term = column.get(item.index()).copied().unwrap_or(Terms::NONE);
                if let Some(bought) = self.bought.get_mut(term as usize) {
                    *bought += evidence.frequency;
                    total += evidence.frequency;
                }
            }
            lifts.resize(terms, 0.0);
            let mut expected = knowledge.expected_shares(level).iter();
            let mut bought = self.bought.iter();
            for lift in lifts {
                let (Some(expected), Some(bought)) = (expected.next(), bought.next()) else { break };
                if *expected > 0.0 {
                    *lift = (bought + PRIOR_PURCHASES * expected) / (total + PRIOR_PURCHASES) / expected;
                }
            }
        }
    }

    /// Forgets lifts: each is 1.
    pub fn clear(&mut self) {
        self.lifts.iter_mut().for_each(Vec::clear);
    }

    /// The mean lift of the classes of `item`; 1 where it has none.
    #[inline(always)]
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn lift(&self, columns: &[&[u32]; 3], item: usize) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for level in 0..LEVELS.len() {
            let (Some(column), Some(lifts)) = (columns.get(level), self.lifts.get(level)) else { break };
            if let Some(lift) = column.get(item).and_then(|term| lifts.get(*term as usize)) {
                sum += lift;
                count += 1.0;
            }
        }
        if count > 0.0 { sum / count } else { 1.0 }
    }

    /// The finest class of `item` whose lift is above 1.
    pub fn favoured(&self, columns: &[&[u32]; 3], item: usize) -> Option<u32> {
        let mut terms = columns.iter().zip(&self.lifts).filter_map(|(column, lifts)| {
            let term = column.get(item)?;
            (*lifts.get(*term as usize)? > 1.0).then_some(*term)
        });
        terms.next()
    }

    /// Sets the ratings of kinds from those of items: the sum, held to [-1, 1].
    pub fn gather_ratings(&mut self, catalog: &Catalog, ratings: &[(Item, f64)]) {
        self.any_rating = !ratings.is_empty();
        self.ratings.clear();
        if !self.any_rating {
            return;
        }
        self.ratings.resize(catalog.terms.0.len(), 0.0);
        for (item, rating) in ratings {
            let kind = catalog.items.kind.get(item.index()).unwrap_or(Terms::NONE);
            if let Some(known) = self.ratings.get_mut(kind as usize) {
                *known = (*known + rating).clamp(-1.0, 1.0);
            }
        }
    }

    /// Whether anything was rated.
    pub fn any_rating(&self) -> bool {
        self.any_rating
    }

    /// The rating of the kind of `item`.
    pub fn kind_rating(&self, kinds: &[u32], item: usize) -> f64 {
        kinds.get(item).and_then(|kind| self.ratings.get(*kind as usize)).copied().unwrap_or(0.0)
    }
}
