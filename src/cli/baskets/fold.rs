//! A validation that is honest in time: what is to be found lies after everything that was learned from.

use regulars::domain::{Catalog, Item};
use regulars::recommend::{Knowledge, Scratch, Signals, Strategy, Weights};

use super::learn::{Learning, learn};
use super::{Histories, predict};
use crate::evaluate::metrics::{Quality, quality};

/// Days at the end of the data in which baskets to be found lie.
const VALIDATION_DAYS: i64 = 30;

/// Knowledge from before a day, and households with what they bought next.
pub struct Fold {
    catalog: Catalog,
    knowledge: Knowledge,
    cases: Vec<Case>,
}

struct Case {
    signals: Signals,
    day: i64,
    wanted: Vec<u32>,
    /// Those of `wanted` that were never bought before.
    new: Vec<u32>,
}

impl Fold {
    /// The first basket of each household in the last 30 days is to be found from everything before these days; with mere
    /// order, each household's last basket from all but the last ones. Only households with two baskets before count.
    pub fn last(histories: &Histories, learning: Learning) -> Self {
        let cutoff = histories.end() - VALIDATION_DAYS;
        let known = if histories.mere_order { without_last(histories) } else { histories.before(cutoff) };
        let until = if histories.mere_order { known.end() } else { cutoff };
        let wire = learn(&known, until, learning);
        let catalog = predict::bare_catalog(&wire.items);
        let knowledge = regulars::snapshot::compile::knowledge::aligned(&wire, &catalog).unwrap_or_default();
        let items: Vec<Option<Item>> = (0..wire.items.len() as u32).map(|place| Some(Item(place))).collect();
        let mut cases = Vec::new();
        for (before, all) in known.households.iter().zip(&histories.households) {
            let Some((day, wanted)) = all.baskets.get(before.baskets.len()).filter(|_| before.baskets.len() >= 2) else { continue };
            let bought = |item: &u32| before.baskets.iter().any(|(_, basket)| basket.binary_search(item).is_ok());
            let new = wanted.iter().copied().filter(|item| !bought(item)).collect();
            cases.push(Case { signals: predict::signals(before, &items), day: *day, wanted: wanted.clone(), new });
        }
        Fold { catalog, knowledge, cases }
    }

    /// How many households there are.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// The quality of the lists of `strategy` with `weights`, household by household. For [`Strategy::Discover`] only what
    /// was never bought before is wanted, and households that bought nothing new are left out.
    pub fn qualities(&self, strategy: Strategy, weights: Weights) -> Vec<Quality> {
        let knowledge = Knowledge { weights: weights.within_range(), ..self.knowledge.clone() };
        let mut scratch = Scratch::default();
        let mut qualities = Vec::with_capacity(self.cases.len());
        for case in &self.cases {
            let wanted = if strategy == Strategy::Discover { &case.new } else { &case.wanted };
            if wanted.is_empty() {
                continue;
            }
            let list = predict::predict(&self.catalog, &knowledge, &case.signals, strategy, case.day, 20, &mut scratch);
            qualities.push(quality(&list.iter().map(|item| item.0).collect::<Vec<_>>(), wanted));
        }
        qualities
    }
}

fn without_last(histories: &Histories) -> Histories {
    let mut known = histories.before(i64::MAX);
    for household in &mut known.households {
        household.baskets.pop();
    }
    known
}
