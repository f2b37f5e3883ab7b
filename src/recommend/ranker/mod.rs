//! The learned ranker: the best by weights are put in a new order by a [`Forest`] over [`Feature`]s.

mod companions;
mod features;
mod flyers;
mod forest;
mod habits;
#[cfg_attr(regulars_kernel, allow(dead_code))]
mod leaves;

use companions::Companions;
pub use features::{FEATURES, Feature, Row};
pub use flyers::Flyers;
pub use forest::Forest;
use habits::Habits;
pub use leaves::MOST_FEATURES;

pub(super) use features::part_of;

use super::Knowledge;
use super::part::{PARTS, Parts};
use crate::domain::{Catalog, Item};
use features::Today;

/// How many of the best by weights are ranked: what training saw. What lies further down hardly comes among the first ten.
pub const POOL: usize = 80;

/// How many more are ranked because members with the same items buy them, whatever the weights say.
pub const COMPANIONS: usize = 20;

/// What members with the same items buy.
pub const COMPANION_FEATURES: [Feature; 2] = [Feature::Companions, Feature::CompanionShare];

/// The forests of a snapshot, and what features need to know beside columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RankerSettings {
    /// Times only say the order of baskets: there are no weekdays.
    pub mere_order: bool,
    /// For lists of what is bought next, and of what is bought again.
    pub next_basket: Forest,
    /// For lists of what was never bought.
    pub discover: Forest,
    /// For offers, by [`OFFER_FEATURES`](super::OFFER_FEATURES).
    pub offers: Forest,
}

/// Memory of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranking {
    habits: Habits,
    companions: Companions,
    today: Today,
}

impl Ranking {
    /// Counts the member's history, and looks up the flyer of the day.
    pub fn gather(&mut self, catalog: &Catalog, knowledge: &Knowledge, signals: &super::Signals, now: i64) {
        self.habits.gather(catalog, knowledge, signals, now);
        self.today.set(catalog, knowledge, now);
    }

    /// Asks what members with the same items buy; [`gather`](Self::gather) comes before.
    pub fn gather_companions(&mut self, catalog: &Catalog, knowledge: &Knowledge) {
        self.companions.gather(&self.habits, knowledge, catalog.len());
    }

    /// What members with the same items buy, and how much speaks for each; in no order that means anything.
    pub fn companions(&self) -> impl Iterator<Item = (Item, f64)> + '_ {
        self.companions.all().iter().map(|companion| (companion.item, companion.near))
    }

    /// The features of `item`, of which `pulls` is said by [`Bond`](super::pulls::Bond).
    pub fn row(&self, item: Item, score: f64, pulls: [f64; 3], affinity: f64, catalog: &Catalog, knowledge: &Knowledge) -> Row {
        features::row(item, score, pulls, affinity, self, catalog, knowledge)
    }
}

impl Forest {
    /// Whether it asks what members with the same items buy.
    pub fn asks_companions(&self) -> bool {
        COMPANION_FEATURES.iter().any(|feature| self.asks(*feature as usize))
    }
}

/// How likely a forest whose [`sum`](Forest::sum) this is holds an item to be bought, in (0, 1), of no meaning but its order.
pub(super) fn likelihood(sum: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-sum))
}

/// `likelihood`, shared among the parts whose features spoke for the item, as they spoke.
pub(super) fn shares(forest: &Forest, row: &Row, likelihood: f64) -> Parts {
    let mut moved = [0.0; PARTS];
    forest.contributions(row, |feature, by| {
        if let Some(slot) = moved.get_mut(part_of(feature) as usize) {
            *slot += by;
        }
    });
    let speaking: f64 = moved.iter().filter(|by| **by > 0.0).sum();
    moved.map(|by| if by > 0.0 { likelihood * by / speaking } else { 0.0 })
}
