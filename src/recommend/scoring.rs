//! The score of an item: the sum of its parts.

use super::candidates::affinity::Affinity;
use super::candidates::history::{days_between, dueness, fading, interval};
use super::evidence::{Evidence, EvidenceTable};
use super::part::{PARTS, Part, Parts};
use super::{Knowledge, Weights};
use crate::domain::{Catalog, Item};

/// Everything a score is made from.
pub(super) struct Scorer<'a> {
    pub knowledge: &'a Knowledge,
    pub weights: &'a Weights,
    pub table: &'a EvidenceTable,
    pub affinity: &'a Affinity,
    pub strengths: Parts,
    pub now: i64,
    columns: Columns<'a>,
}

/// The columns that are read for every item of the catalog.
struct Columns<'a> {
    classes: [&'a [u32]; 3],
    added_at: &'a [i64],
    popularity: &'a [f32],
    popularity_scale: f64,
    trend: &'a [f32],
    recent: &'a [f32],
    /// How many half-lives of novelty a millisecond is, hardly less.
    half_lives: f64,
}

/// What a bound is multiplied with, so that no rounding of sums brings it below what it bounds.
const ROUNDED: f64 = 1.0 + 1e-9;

/// Of a day.
#[allow(clippy::cast_precision_loss)] // few
const MILLISECONDS: f64 = crate::domain::DAY as f64;

/// 1, halved as often as `times` says, at most as often as a double can be: the part after the point does not count.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a cast of a double saturates
fn halved(times: f64) -> f64 {
    f64::from_bits(1023_u64.saturating_sub((times as u64).min(1000)) << 52)
}

/// A purchase interval and where the member stands in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Due {
    /// The usual days between purchases.
    pub every_days: f64,
    /// Days since the last purchase.
    pub since_days: f64,
    /// From 0 to 1.
    pub dueness: f64,
}

impl<'a> Scorer<'a> {
    pub fn new(
        catalog: &'a Catalog,
        knowledge: &'a Knowledge,
        weights: &'a Weights,
        table: &'a EvidenceTable,
        affinity: &'a Affinity,
        strengths: Parts,
        now: i64,
    ) -> Self {
        let items = &catalog.items;
        let columns = Columns {
            classes: [items.kind.as_slice(), items.category.as_slice(), items.department.as_slice()],
            added_at: items.added_at.as_slice(),
            popularity: knowledge.popularity.as_slice(),
            popularity_scale: knowledge.popularity_scale(),
            trend: knowledge.trend.as_slice(),
            recent: knowledge.recent.as_slice(),
            half_lives: 1.0 / (ROUNDED * MILLISECONDS * weights.novelty_half_life_days),
        };
        Scorer { knowledge, weights, table, affinity, strengths, now, columns }
    }

    /// The parts of the score of `item`, each its value times its strength.
    pub fn parts(&self, item: Item) -> Parts {
        let mut parts = [0.0; PARTS];
        self.add_up(item, self.table.get(item), Some(&mut parts));
        parts
    }

    /// The score of `item`, of which `evidence` is known: the sum of its parts, in their order.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn score(&self, item: Item, evidence: Option<&Evidence>) -> f64 {
        self.add_up(item, evidence, None)
    }

    /// What the score of `item`, of which no evidence is known, is not above: most items need no more to be passed over.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn bound(&self, item: Item) -> f64 {
        let index = item.index();
        let of = |part: Part| part.of(&self.strengths);
        let popularity = self.popularity(index);
        let lift = if self.wants(Part::Category) { of(Part::Category) * self.affinity(item) } else { 0.0 };
        let mut most = popularity.max(0.0) * (of(Part::Popularity) + lift);
        if let Some([together, sequence, similar]) = self.table.pulls.sums(item) {
            most += of(Part::Together) * together + of(Part::Sequence) * sequence + of(Part::Similar) * similar;
        }
        if self.wants(Part::Novelty) {
            most += of(Part::Novelty) * self.most_novelty(item);
        }
        if self.wants(Part::Rating) && self.affinity.any_rating() {
            most += 0.5 * of(Part::Rating);
        }
        let trend = if self.wants(Part::Trend) { of(Part::Trend) * self.rising(index) } else { 0.0 };
        // The trend may be below 0.
        most * ROUNDED + trend + trend.abs() * (ROUNDED - 1.0)
    }

    /// How much more the member buys from the classes of `item` than others do.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn affinity(&self, item: Item) -> f64 {
        self.affinity.lift(&self.columns.classes, item.index())
    }

    /// Adds up the parts in the order of [`Part::ALL`], and writes each that is not 0 into `parts`. Scores and reasons both come
    /// from here.
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn add_up(&self, item: Item, evidence: Option<&Evidence>, mut parts: Option<&mut Parts>) -> f64 {
        let index = item.index();
        let mut sum = 0.0;
        let mut put = |part: Part, value: f64| {
            let share = part.of(&self.strengths) * value;
            sum += share;
            if let Some(place) = parts.as_deref_mut().and_then(|parts| parts.get_mut(part as usize)) {
                *place = share;
            }
        };
        if let Some(evidence) = evidence.filter(|evidence| evidence.times > 0) {
            put(Part::Frequency, evidence.frequency);
            if self.wants(Part::Due)
                && let Some(due) = self.due(item, evidence)
            {
                put(Part::Due, evidence.frequency * (2.0 * due.dueness - 1.0));
            }
        }
        if let Some([together, sequence, similar]) = self.table.pulls.sums(item) {
            put(Part::Together, together);
            put(Part::Sequence, sequence);
            put(Part::Similar, similar);
        }
        let popularity = self.popularity(index);
        if self.wants(Part::Category) && popularity > 0.0 {
            put(Part::Category, popularity * self.affinity(item));
        }
        put(Part::Popularity, popularity);
        if self.wants(Part::Trend) {
            put(Part::Trend, self.rising(index));
        }
        if self.wants(Part::Novelty) {
            put(Part::Novelty, self.novelty(item));
        }
        if let Some(evidence) = evidence {
            put(Part::Session, evidence.session);
        }
        if self.wants(Part::Rating) && self.affinity.any_rating() {
            let own = evidence.map_or(0.0, |evidence| evidence.rating);
            put(Part::Rating, own + 0.5 * self.affinity.kind_rating(self.columns.classes.first().copied().unwrap_or_default(), index));
        }
        if let Some(evidence) = evidence {
            put(Part::Query, evidence.relevance);
        }
        sum
    }

    /// 1 for the most popular item.
    fn popularity(&self, index: usize) -> f64 {
        self.columns.popularity.get(index).map_or(0.0, |share| f64::from(*share) * self.columns.popularity_scale)
    }

    fn rising(&self, index: usize) -> f64 {
        let known = |column: &[f32]| column.get(index).copied().unwrap_or(0.0);
        self.knowledge.rising_by(known(self.columns.trend), known(self.columns.recent))
    }

    fn wants(&self, part: Part) -> bool {
        part.of(&self.strengths) > 0.0
    }

    /// How new `item` is, from 1 (today) towards 0; 0 where that is not known, or it is still to come.
    #[inline]
    pub fn novelty(&self, item: Item) -> f64 {
        match self.columns.added_at.get(item.index()) {
            Some(added) if *added > 0 && *added <= self.now => fading(days_between(*added, self.now), self.weights.novelty_half_life_days),
            _ => 0.0,
        }
    }

    /// A bound of [`novelty`](Self::novelty) that takes no exponential function: at most twice as much.
    fn most_novelty(&self, item: Item) -> f64 {
        let added = self.columns.added_at.get(item.index()).copied().unwrap_or(0);
        #[allow(clippy::cast_precision_loss)] // a span of time
        let age = self.now.saturating_sub(added) as f64;
        if added > 0 { halved(age * self.columns.half_lives) } else { 0.0 }
    }

    /// The finest class of `item` from which the member buys more than others.
    pub fn favoured_class(&self, item: Item) -> Option<u32> {
        self.affinity.favoured(&self.columns.classes, item.index())
    }

    /// Where the member stands between two purchases of `item`; `None` where no interval is known.
    pub fn due(&self, item: Item, evidence: &Evidence) -> Option<Due> {
        if evidence.times == 0 {
            return None;
        }
        let known = |column: &crate::domain::Column<f32>| f64::from(column.get(item.index()).unwrap_or(0.0));
        let every_days = interval(evidence, known(&self.knowledge.rhythm_days))?;
        let since_days = days_between(evidence.last_at, self.now);
        Some(Due { every_days, since_days, dueness: dueness(since_days, every_days, known(&self.knowledge.rhythm_spread)) })
    }
}
