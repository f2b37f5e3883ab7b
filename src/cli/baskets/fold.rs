//! Validations and training cases that are honest in time: what is to be found lies after everything that was learned from.

use regulars::domain::{Catalog, Item};
use regulars::recommend::{Forest, Knowledge, Request, Row, Scratch, Signals, Strategy, Weights, rows};

use super::details::Details;
use super::learn::{DAY, Learning, learn};
use super::{Histories, Household, flyers, predict};
use crate::evaluate::metrics::{Quality, quality};

/// Days of a fold, in which the baskets to be found lie.
const FOLD_DAYS: i64 = 30;
/// Days that the newest fold to learn from has at least, and days from one to the next.
const LEARNED_DAYS: i64 = 14;
const WEEK: i64 = 7;
/// Folds to learn from.
const MOST_FOLDS: usize = 20;
/// Cases from which on no further fold of last baskets is added.
const LAST_CASES: usize = 15_000;
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
    /// What lists of `strategy` ask of each item: neighbours only lists of new things do.
    pub fn asked(&self, strategy: Strategy) -> Asked {
        let neighbours = if strategy == Strategy::Discover { self.learning.neighbours } else { 0 };
        Asked { neighbours, companions: self.learning.companions }
    }

    /// Knowledge from `known`, in which everything was bought before day `until`.
    pub fn knowledge(&self, known: &Histories, until: i64, asked: Asked) -> regulars::snapshot::wire::knowledge::KnowledgeWire {
        let mut wire = learn(known, until, Learning { neighbours: asked.neighbours, companions: asked.companions, ..self.learning });
        let past = self.details.flyers(&wire.items, i64::MIN, until);
        wire.flyer_lift = flyers::lifts(known, wire.items.len(), &past, until);
        wire.flyers = self.details.flyers(&wire.items, until - FLYER_DAYS, until + AHEAD_DAYS);
        wire.ranker.mere_order = known.mere_order;
        wire
    }

    /// All of it in bytes, to know it again by.
    ///
    /// # Errors
    /// None that is known of.
    #[cfg(feature = "train")]
    pub fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        let households = self.histories.households.iter().map(|household| (&household.key, &household.baskets));
        Ok(minicbor_serde::to_vec((&self.histories.items, households.collect::<Vec<_>>(), &self.details.items))?)
    }

    /// Where validation `back` before the newest lies.
    pub fn validation(&self, back: usize) -> Place {
        if self.last_baskets { Place::Last(back) } else { Place::days(self.histories.end() - FOLD_DAYS * back as i64, FOLD_DAYS) }
    }

    /// Folds to learn from, newest first, in which nothing was bought that `validation` is to find. Where neighbours have to be
    /// learned for each, every third. Of last baskets only the newest folds, until there are enough cases: the further back, the
    /// fewer households have such a basket, and the longer ago it was.
    pub fn earlier(&self, validation: Option<Place>, strategy: Strategy) -> Vec<Place> {
        let count = (0..MOST_FOLDS).step_by(if self.asked(strategy).neighbours > 0 { 3 } else { 1 });
        match validation {
            _ if self.last_baskets => {
                let first = if let Some(Place::Last(back)) = validation { back + 1 } else { 0 };
                let mut cases = 0;
                let enough = |place: &Place| {
                    let full = cases >= LAST_CASES;
                    cases += self.cases(*place);
                    !full
                };
                count.map(|back| Place::Last(first + back)).take_while(enough).collect()
            }
            Some(Place::Days { cutoff, .. }) => count.map(|back| Place::learned(cutoff, back as i64)).collect(),
            _ => count.map(|back| Place::learned(self.histories.end(), back as i64)).collect(),
        }
    }

    /// How many baskets there are to be found in the fold at `place`.
    pub fn cases(&self, place: Place) -> usize {
        self.histories.households.iter().filter(|household| place.wanted(household).is_some()).count()
    }

    /// The fold at `place`; `None` where it has too few households. Of each household the first basket in its days is to be found
    /// from everything before these days and the household's own baskets before; or its last one (the one before, ...) from
    /// those before it. Households need two baskets before.
    pub fn fold(&self, place: Place, asked: Asked) -> Option<Fold> {
        let histories = &self.histories;
        let wanted = |household| Some((household, place.wanted(household)?));
        let wanted: Vec<(&Household, usize)> = histories.households.iter().filter_map(wanted).collect();
        if wanted.len() < FEWEST_CASES {
            return None;
        }
        let (known, until) = match place {
            Place::Last(back) => (histories.without_last(back + 1), histories.end()),
            Place::Days { cutoff, .. } => (histories.before(cutoff), cutoff),
        };
        let wire = self.knowledge(&known, until, asked);
        let catalog = self.details.catalog(&wire.items);
        let knowledge = regulars::snapshot::compile::knowledge::aligned(&wire, &catalog).unwrap_or_default();
        let cases = wanted.into_iter().map(|(household, number)| Case::of(household, number)).collect();
        Some(Fold { catalog, knowledge, cases })
    }
}

/// How many others each item knows of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In each of the lists that weights count.
    pub neighbours: usize,
    /// Bought by the same members: a feature of the ranker.
    pub companions: usize,
}

/// Where a fold lies.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// The first basket of each household from `cutoff` on and before `before`.
    Days {
        /// Everything before it is known.
        cutoff: i64,
        /// The day after the last of the fold.
        before: i64,
    },
    /// The basket of each household that lies so many before its last.
    Last(usize),
}

impl Place {
    fn days(before: i64, days: i64) -> Self {
        Place::Days { cutoff: before - days, before }
    }

    /// Which basket of `household` is to be found, where there is one after two others.
    fn wanted(self, household: &Household) -> Option<usize> {
        let baskets = &household.baskets;
        let number = match self {
            Place::Last(back) => baskets.len().checked_sub(back + 1)?,
            Place::Days { cutoff, before } => {
                let number = baskets.partition_point(|(day, _)| *day < cutoff);
                baskets.get(number).filter(|(day, _)| *day < before).map(|_| number)?
            }
        };
        (number >= 2).then_some(number)
    }

    /// The `back`-th fold to learn from before day `end`: one a week.
    fn learned(end: i64, back: i64) -> Self {
        let cutoff = end - LEARNED_DAYS - WEEK * back;
        Place::Days { cutoff, before: end.min(cutoff + FOLD_DAYS) }
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
    fn of(household: &Household, number: usize) -> Self {
        let (day, wanted) = &household.baskets[number];
        let before = &household.baskets[..number];
        let bought = |item: &u32| before.iter().any(|(_, basket)| basket.binary_search(item).is_ok());
        let new = wanted.iter().copied().filter(|item| !bought(item)).collect();
        Case { signals: predict::signals_of(before, |item| Some(Item(item))), day: *day, wanted: wanted.clone(), new }
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

    /// Tells `told` of every `step`-th case from `first` on that has something to be found: the rows of its list, whether each
    /// was bought, and how many items are wanted.
    pub fn lists(&self, strategy: Strategy, weights: Weights, first: usize, step: usize, mut told: impl FnMut(&[Row], &[bool], usize)) {
        let knowledge = Knowledge { weights: weights.within_range(), ..self.knowledge.clone() };
        let mut scratch = Scratch::default();
        for case in self.cases.iter().skip(first).step_by(step.max(1)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baskets::Id;
    use crate::baskets::ranker::{Binned, Size, read};

    /// 150 households that shop every third day; each has items of its own that return at its own rhythm.
    fn source() -> Source {
        let basket = |household: i64, nth: i64| {
            let mut items: Vec<u32> = (0..12_i64)
                .filter(|item| (nth + item) % (2 + (household + item) % 5) == 0)
                .map(|item| ((household * 3 + item) % 40) as u32)
                .collect();
            items.push(40);
            items.sort_unstable();
            items.dedup();
            items
        };
        let household = |number: i64| Household {
            key: number.to_string(),
            baskets: (0..40).map(|nth| (nth * 3 + number % 3, basket(number, nth))).collect(),
        };
        let histories =
            Histories { items: (10..51).map(Id::Number).collect(), households: (0..150).map(household).collect(), mere_order: false };
        Source {
            histories,
            details: Details::default(),
            learning: Learning { half_life: 30.0, neighbours: 5, companions: 5 },
            last_baskets: false,
        }
    }

    #[test]
    fn lists_are_in_the_order_of_the_rows_that_training_saw_and_training_repeats_itself() {
        let source = source();
        let places = source.earlier(Some(source.validation(0)), Strategy::NextBasket);
        let learned = || {
            Binned::of(
                &source,
                &places[..3],
                (Strategy::NextBasket, source.asked(Strategy::NextBasket)),
                Weights::default(),
                Size::Full,
                || {},
            )
            .learn(Size::Full, &[], |_| {})
        };
        let bytes = learned();
        assert_eq!(bytes, learned());
        let forest = read(&bytes).unwrap();
        assert!(!forest.is_empty());
        let mut fold = source.fold(source.validation(0), Asked { companions: 5, ..Asked::default() }).unwrap();
        fold.knowledge.weights = Weights::default();
        let ranked = Knowledge {
            ranker: regulars::recommend::RankerSettings { next_basket: forest.clone(), ..fold.knowledge.ranker.clone() },
            ..fold.knowledge.clone()
        };
        let mut scratch = Scratch::default();
        for case in fold.cases.iter().step_by(10) {
            let request = Request::new(Strategy::NextBasket, 0, case.day * DAY);
            let seen = rows(&fold.catalog, &fold.knowledge, &case.signals, &request, &mut scratch);
            let sum_of = |item: &Item| seen.iter().find(|(known, _)| known == item).map(|(_, row)| forest.sum(row)).unwrap();
            let list = predict::predict(&fold.catalog, &ranked, &case.signals, Strategy::NextBasket, case.day, 10, &mut scratch);
            let mut sums: Vec<f64> = seen.iter().map(|(_, row)| forest.sum(row)).collect();
            sums.sort_by(|one, other| other.total_cmp(one));
            assert_eq!(list.len(), 10);
            for (item, sum) in list.iter().zip(sums) {
                assert!((sum_of(item) - sum).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn what_is_learned_from_ends_before_what_is_to_be_found() {
        let source = source();
        let Place::Days { cutoff, .. } = source.validation(0) else { panic!() };
        for place in source.earlier(Some(source.validation(0)), Strategy::NextBasket) {
            assert!(matches!(place, Place::Days { cutoff: from, before } if from < before && before <= cutoff));
        }
        let last = Source { last_baskets: true, ..self::source() };
        let earlier = |source: &Source| source.earlier(Some(source.validation(0)), Strategy::NextBasket);
        assert!(earlier(&last).iter().all(|place| matches!(place, Place::Last(back) if *back > 0)));
        assert_eq!(earlier(&last).len(), MOST_FOLDS);
        // Where many households have few baskets, the newest folds are enough.
        let household = |number: i64| Household { key: number.to_string(), baskets: (0..8).map(|nth| (nth, vec![0])).collect() };
        let many = Histories { households: (0..8_000).map(household).collect(), ..self::source().histories };
        let many = earlier(&Source { histories: many, ..last });
        assert!(matches!(many[..], [Place::Last(1), Place::Last(2)]), "{many:?}");
    }
}
