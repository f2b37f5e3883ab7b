//! The learned ranker: trained on folds, kept where it gains on a validation that it did not see.

use regulars::recommend::{COMPANIONS, FEATURES, Feature, Forest, POOL, Row, Strategy, Weights};

use super::boost::{Boosting, Lists, boost};
use super::fold::{Asked, Place, Source};
use super::forest::{Bins, bytes};
use super::steps::Steps;

/// How large the ranker may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// Trees of 15 leaves, at most 25 kB.
    Full,
    /// One turn a tree, at most 2 kB.
    Tiny,
    /// No ranker: weights alone.
    None,
}

/// Most rows that are learned from; more cases are thinned out evenly. A row takes a byte a feature, and 33 bytes of sums.
const MOST_ROWS: usize = 1_500_000;
/// Cases that thresholds are chosen on.
const SAMPLE: usize = 1_200;

const FULL: Boosting =
    Boosting { trees: 320, leaves: 15, rate: 0.05, rows_in_leaf: 600, damping: 50.0, lists: 0.5, features: 0.6, order: 0.9 };
/// A leaf needs at most this share of the rows.
const LEAF_SHARE: u32 = 2_000;
const FULL_BINS: usize = 40;
const FULL_BYTES: usize = 25_000;

const TINY: Boosting = Boosting { trees: 600, leaves: 2, rate: 0.15, features: 0.8, ..FULL };
const TINY_BINS: usize = 32;
const TINY_FEATURES: usize = 24;
const TINY_BYTES: usize = 2_000;

/// Rows of lists, binned.
pub struct Binned {
    lists: Lists,
    bins: Vec<Bins>,
}

impl Binned {
    /// The lists of `strategy` in the folds at `places`; `told` hears after each fold.
    pub fn of(source: &Source, places: &[Place], lists: (Strategy, Asked), weights: Weights, size: Size, mut told: impl FnMut()) -> Self {
        let (strategy, asked) = lists;
        let most = if size == Size::Tiny { TINY_BINS } else { FULL_BINS };
        let mut seen: Vec<[Vec<f32>; 2]> = vec![[Vec::new(), Vec::new()]; FEATURES];
        let cases: usize = places.iter().map(|place| source.cases(*place)).sum();
        for place in [0, places.len() / 2, places.len().saturating_sub(1)] {
            let Some(fold) = places.get(place).and_then(|place| source.fold(*place, asked)) else { continue };
            fold.lists(strategy, weights, 0, (3 * fold.len()).div_ceil(SAMPLE), |rows, bought, _| {
                for (number, (row, bought)) in rows.iter().zip(bought).enumerate() {
                    // A third of what was not bought is enough to know how it lies.
                    if *bought || number % 3 == 0 {
                        seen.iter_mut().zip(row).for_each(|(seen, value)| seen[usize::from(*bought)].push(*value));
                    }
                }
            });
        }
        let bins: Vec<Bins> = seen.into_iter().map(|[others, bought]| Bins::of([others, bought], most)).collect();
        let mut lists = Lists { bins: vec![Vec::new(); FEATURES], starts: vec![0], ..Lists::default() };
        lists.counts = bins.iter().map(|bins| bins.0.len() + 1).collect();
        let pool = if asked.companions > 0 { POOL + COMPANIONS } else { POOL };
        let step = (cases * pool).div_ceil(MOST_ROWS).max(1);
        for (number, place) in places.iter().enumerate() {
            if let Some(fold) = source.fold(*place, asked) {
                fold.lists(strategy, weights, number % step, step, |rows, bought, wanted| {
                    push(&mut lists, &bins, rows, bought, wanted);
                });
            }
            told();
        }
        Binned { lists, bins }
    }

    /// How many lists and rows there are.
    pub fn size(&self) -> (usize, usize) {
        (self.lists.wanted.len(), self.lists.bought.len())
    }

    /// Learns without the features whose parts `left_out` names; `told` hears of each tree.
    pub fn learn(&mut self, size: Size, left_out: &[usize], told: impl FnMut(usize)) -> Vec<u8> {
        let counts = self.lists.counts.clone();
        for feature in left_out {
            self.lists.counts[*feature] = 1;
        }
        let learned = match size {
            Size::None => Vec::new(),
            Size::Full => self.full(told),
            Size::Tiny => self.tiny(told),
        };
        self.lists.counts = counts;
        learned
    }

    /// `how`, with leaves of fewer rows where there are few.
    fn suited(&self, how: Boosting) -> Boosting {
        let rows = self.lists.bought.len() as u32;
        Boosting { rows_in_leaf: how.rows_in_leaf.min((rows / LEAF_SHARE).max(20)), ..how }
    }

    fn full(&self, told: impl FnMut(usize)) -> Vec<u8> {
        let mut boosted = boost(&self.lists, self.suited(FULL), told);
        loop {
            let learned = bytes(&boosted, &self.bins);
            if learned.len() <= FULL_BYTES || boosted.trees.pop().is_none() {
                return learned;
            }
        }
    }

    /// One step function a feature, of the features that matter most: learned as trees of one turn, and added up.
    fn tiny(&mut self, told: impl FnMut(usize)) -> Vec<u8> {
        let first = boost(&self.lists, self.suited(Boosting { trees: 40, rate: 0.2, ..FULL }), |_| {});
        let mut gains = vec![(0.0, 0); FEATURES];
        for (feature, gain) in gains.iter_mut().enumerate() {
            gain.1 = feature;
        }
        for split in first.trees.iter().flat_map(|tree| &tree.splits) {
            gains[split.feature].0 += split.gain;
        }
        gains.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        for (_, feature) in &gains[TINY_FEATURES..] {
            self.lists.counts[*feature] = 1;
        }
        let boosted = boost(&self.lists, self.suited(TINY), told);
        let mut steps = Steps::of(&boosted);
        loop {
            let learned = bytes(&steps.trees(boosted.bias), &self.bins);
            if learned.len() <= TINY_BYTES || !steps.merge() {
                return learned;
            }
        }
    }
}

fn push(lists: &mut Lists, bins: &[Bins], rows: &[Row], bought: &[bool], wanted: usize) {
    for row in rows {
        for ((column, bins), value) in lists.bins.iter_mut().zip(bins).zip(row) {
            column.push(bins.bin(*value));
        }
    }
    lists.bought.extend(bought);
    lists.starts.push(lists.bought.len());
    lists.wanted.push(wanted);
}

/// Features of a source of information, by name: what the ranker is worth without it is its value.
pub const SOURCES: [(&str, &[Feature]); 4] = [
    (
        "flyer",
        &[
            Feature::Flyer,
            Feature::FlyerLift,
            Feature::FlyerDecay,
            Feature::FlyerSales,
            Feature::OnFlyer,
            Feature::FlyerHabit,
            Feature::FlyerDue,
            Feature::FlyerShare,
            Feature::Siblings,
            Feature::Lift,
        ],
    ),
    (
        "kind and category",
        &[
            Feature::KindDecay,
            Feature::KindShare,
            Feature::KindDue,
            Feature::KindSince,
            Feature::KindBaskets,
            Feature::KindItems,
            Feature::CategoryDecay,
            Feature::CategorySince,
            Feature::Affinity,
        ],
    ),
    (
        "weekday, gap and size",
        &[Feature::Weekday, Feature::WeekdaySize, Feature::Gap, Feature::GapDue, Feature::GapSize, Feature::Alike, Feature::Size],
    ),
    (
        "popularity and its trend",
        &[Feature::Popularity, Feature::Recent, Feature::Week, Feature::WeekTrend, Feature::RepeatRate, Feature::Rebuy],
    ),
];

/// The forest in bytes that were just written.
pub fn read(bytes: &[u8]) -> Option<Forest> {
    Forest::read(bytes, FEATURES)
}
