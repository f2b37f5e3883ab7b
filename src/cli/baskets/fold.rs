//! A validation that is honest in time: what is to be found lies after everything that was learned from.

use regulars::domain::{Catalog, Item};
use regulars::recommend::{Knowledge, Scratch, Signals, Strategy, Weights};

use super::learn::{Learning, learn};
use super::{Histories, predict};
use crate::evaluate::metrics::{Quality, quality};

/// Days at the end of the data in which baskets to be found lie.
const VALIDATION_DAYS: i64 = 30;

/// How many such validations, each from 30 days (or one basket) earlier, where the data reaches back so far.
const FOLDS: i64 = 3;
/// With fewer households than this in a validation it decides nothing.
const FEWEST_CASES: usize = 100;

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
    /// The validations that the data supports, newest first; none where it is too small. Of each, the first basket of each
    /// household in 30 days is to be found from everything before these days; with mere order, each household's last basket
    /// (the one before, ...) from those before it. Only households with two baskets before count.
    pub fn all(histories: &Histories, learning: Learning) -> Vec<Fold> {
        let folds = (0..FOLDS).map(|back| {
            let cutoff = histories.end() - VALIDATION_DAYS * (back + 1);
            let (known, until) = match histories.mere_order {
                true => (histories.without_last(back as usize + 1), histories.end()),
                false => (histories.before(cutoff), cutoff),
            };
            Fold::of(&known, &histories.before(if histories.mere_order { i64::MAX } else { cutoff + VALIDATION_DAYS }), until, learning)
        });
        folds.filter(|fold| fold.cases.len() >= FEWEST_CASES).collect()
    }

    /// Everything in `known` was bought before `until`; what comes next in `all` is to be found.
    fn of(known: &Histories, all: &Histories, until: i64, learning: Learning) -> Self {
        let wire = learn(known, until, learning);
        let catalog = predict::bare_catalog(&wire.items);
        let knowledge = regulars::snapshot::compile::knowledge::aligned(&wire, &catalog).unwrap_or_default();
        let items: Vec<Option<Item>> = (0..wire.items.len() as u32).map(|place| Some(Item(place))).collect();
        let mut cases = Vec::new();
        for (before, all) in known.households.iter().zip(&all.households) {
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
