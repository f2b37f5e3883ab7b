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
        };
        Scorer { knowledge, weights, table, affinity, strengths, now, columns }
    }

    /// The parts of the score of `item`, each its value times its strength.
    pub fn parts(&self, item: Item) -> Parts {
        let strength = |part: Part| part.of(&self.strengths);
        let index = item.index();
        let mut parts = [0.0; PARTS];
        let mut put = |part: Part, value: f64| {
            if let Some(place) = parts.get_mut(part as usize) {
                *place = strength(part) * value;
            }
        };
        if let Some(evidence) = self.table.get(item) {
            put(Part::Frequency, evidence.frequency);
            if strength(Part::Due) > 0.0
                && let Some(due) = self.due(item, evidence)
            {
                put(Part::Due, evidence.frequency * (2.0 * due.dueness - 1.0));
            }
            put(Part::Together, evidence.together.sum);
            put(Part::Sequence, evidence.sequence.sum);
            put(Part::Similar, evidence.similar.sum);
            put(Part::Session, evidence.session);
            put(Part::Query, evidence.relevance);
        }
        let popularity = self.knowledge.relative_popularity(item);
        put(Part::Popularity, popularity);
        if strength(Part::Category) > 0.0 && popularity > 0.0 {
            put(Part::Category, popularity * self.affinity.lift(&self.columns.classes, index));
        }
        if strength(Part::Trend) > 0.0 {
            put(Part::Trend, self.knowledge.rising(item));
        }
        if strength(Part::Novelty) > 0.0 {
            put(Part::Novelty, self.novelty(item));
        }
        if strength(Part::Rating) > 0.0 {
            let own = self.table.get(item).map_or(0.0, |evidence| evidence.rating);
            put(Part::Rating, own + 0.5 * self.affinity.kind_rating(self.columns.classes.first().copied().unwrap_or_default(), index));
        }
        parts
    }

    /// The sum of `parts`, in their order.
    pub fn sum(parts: &Parts) -> f64 {
        parts.iter().fold(0.0, |sum, part| sum + part)
    }

    /// How new `item` is, from 1 (today) towards 0; 0 where that is not known, or it is still to come.
    pub fn novelty(&self, item: Item) -> f64 {
        match self.columns.added_at.get(item.index()) {
            Some(added) if *added > 0 && *added <= self.now => fading(days_between(*added, self.now), self.weights.novelty_half_life_days),
            _ => 0.0,
        }
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
