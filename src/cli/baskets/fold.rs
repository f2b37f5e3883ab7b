//! Validations and training cases that are honest in time: what is to be found lies after everything that was learned from.

use regulars::domain::{Catalog, Item};
use regulars::recommend::{Forest, Knowledge, Request, Row, Scratch, Signals, Strategy, Weights, rows};

use super::details::Details;
use super::learn::{DAY, Learning, learn};
use super::{Histories, Household, flyers, predict};
use crate::evaluate::metrics::{Quality, quality};

/// Days of a fold, in which the baskets to be found lie.
const FOLD_DAYS: i64 = 30;
/// Days of flyers from which members' habits are known: half a year.
pub const FLYER_DAYS: i64 = 182;
/// Days ahead for which flyers are known when knowledge is made.
const AHEAD_DAYS: i64 = 60;
/// With fewer households than this a fold decides nothing.
pub const FEWEST_CASES: usize = 100;

/// Everything that training reads.
pub struct Source {
    /// The baskets.
    pub histories: Histories,
    /// What is known beside them.
    pub details: Details,
    /// How knowledge is learned.
    pub learning: Learning,
    /// Folds are each household's last baskets, wherever in time they lie.
    pub last_baskets: bool,
}

impl Source {
    /// Knowledge from `known`, in which everything was bought before day `until`.
    pub fn knowledge(&self, known: &Histories, until: i64, neighbours: usize) -> regulars::snapshot::wire::knowledge::KnowledgeWire {
        let mut wire = learn(known, until, Learning { neighbours, ..self.learning });
        let past = self.details.flyers(&wire.items, i64::MIN, until);
        wire.flyer_lift = flyers::lifts(known, wire.items.len(), &past, until);
        wire.flyers = self.details.flyers(&wire.items, until - FLYER_DAYS, until + AHEAD_DAYS);
        wire.ranker.mere_order = known.mere_order;
        wire
    }

    /// The fold `back` before the newest; `None` where it has too few households. Of each household the first `baskets` in
    /// 30 days are to be found from everything before these days and the household's own baskets before; with `last_baskets`
    /// each household's last one (the one before, ...) from those before it. Households need two baskets before.
    pub fn fold(&self, back: usize, baskets: usize, neighbours: usize) -> Option<Fold> {
        let histories = &self.histories;
        let (known, until, before) = if self.last_baskets {
            (histories.without_last(back + 1), histories.end(), i64::MAX)
        } else {
            let cutoff = histories.end() - FOLD_DAYS * (back as i64 + 1);
            (histories.before(cutoff), cutoff, cutoff + FOLD_DAYS)
        };
        let baskets = if self.last_baskets { 1 } else { baskets };
        let wire = self.knowledge(&known, until, neighbours);
        let catalog = self.details.catalog(&wire.items);
        let knowledge = regulars::snapshot::compile::knowledge::aligned(&wire, &catalog).unwrap_or_default();
        let mut cases = Vec::new();
        for (known, all) in known.households.iter().zip(&histories.households) {
            let first = known.baskets.len();
            let ahead = all.baskets[first..].iter().take_while(|(day, _)| *day < before).take(baskets);
            for (number, (day, wanted)) in (first..).zip(ahead).filter(|(number, _)| *number >= 2) {
                cases.push(Case::of(all, number, *day, wanted));
            }
        }
        (cases.len() >= FEWEST_CASES).then_some(Fold { catalog, knowledge, cases })
    }
}

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

impl Case {
    /// Basket `number` of `household` is to be found from those before.
    fn of(household: &Household, number: usize, day: i64, wanted: &[u32]) -> Self {
        let before = &household.baskets[..number];
        let bought = |item: &u32| before.iter().any(|(_, basket)| basket.binary_search(item).is_ok());
        let new = wanted.iter().copied().filter(|item| !bought(item)).collect();
        Case { signals: predict::signals_of(before, |item| Some(Item(item))), day, wanted: wanted.to_vec(), new }
    }

    /// What `strategy` has to find.
    fn wanted(&self, strategy: Strategy) -> &[u32] {
        if strategy == Strategy::Discover { &self.new } else { &self.wanted }
    }
}

impl Fold {
    /// How many baskets there are to be found.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// The quality of the lists of `strategy` with `weights` and a forest, for every `step`-th case. For
    /// [`Strategy::Discover`] only what was never bought before is wanted, and cases without any are left out.
    pub fn qualities(&self, strategy: Strategy, weights: Weights, forest: Option<&Forest>, step: usize) -> Vec<Quality> {
        let mut knowledge = Knowledge { weights: weights.within_range(), ..self.knowledge.clone() };
        let forest = forest.cloned().unwrap_or_default();
        match strategy {
            Strategy::Discover => knowledge.ranker.discover = forest,
            _ => knowledge.ranker.next_basket = forest,
        }
        let mut scratch = Scratch::default();
        let mut qualities = Vec::with_capacity(self.cases.len());
        for case in self.cases.iter().step_by(step.max(1)).filter(|case| !case.wanted(strategy).is_empty()) {
            let list = predict::predict(&self.catalog, &knowledge, &case.signals, strategy, case.day, 20, &mut scratch);
            qualities.push(quality(&list.iter().map(|item| item.0).collect::<Vec<_>>(), case.wanted(strategy)));
        }
        qualities
    }

    /// Tells `told` of every `step`-th case that has something to be found: the rows of its list, whether each was bought,
    /// and how many items are wanted.
    pub fn lists(&self, strategy: Strategy, weights: Weights, step: usize, mut told: impl FnMut(&[Row], &[bool], usize)) {
        let knowledge = Knowledge { weights: weights.within_range(), ..self.knowledge.clone() };
        let mut scratch = Scratch::default();
        for case in self.cases.iter().step_by(step.max(1)) {
            let wanted = case.wanted(strategy);
            if wanted.is_empty() {
                continue;
            }
            let request = Request::new(strategy, 0, case.day * DAY);
            let (items, rows): (Vec<Item>, Vec<Row>) =
                rows(&self.catalog, &knowledge, &case.signals, &request, &mut scratch).into_iter().unzip();
            let bought: Vec<bool> = items.iter().map(|item| wanted.binary_search(&item.0).is_ok()).collect();
            told(&rows, &bought, wanted.len());
        }
    }
}
