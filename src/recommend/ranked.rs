//! A pool put in the order of a forest.

use alloc::vec::Vec;

use super::part::{Part, Parts};
use super::ranker::{self, FEATURES, Forest, Ranking, Row};
use super::scoring::Scorer;
use super::strategy::Strategy;
use super::top_k::Scored;
use crate::domain::{Catalog, Item};

/// A forest at work on one request.
pub(super) struct Ranked<'a> {
    forest: &'a Forest,
    ranking: &'a Ranking,
    scorer: &'a Scorer<'a>,
    catalog: &'a Catalog,
    strategy: Strategy,
    /// What is known of each of the pool, and what the forest says of each row.
    known: Vec<Known>,
    rows: Vec<Row>,
    sums: Vec<f64>,
    /// The best score by weights: what the forest's certainty counts.
    unit: f64,
}

/// An item, and what the weights make of it.
struct Known {
    item: Item,
    parts: Parts,
}

impl<'a> Ranked<'a> {
    /// For a pool scored by weights.
    pub fn new(
        forest: &'a Forest,
        ranking: &'a Ranking,
        scorer: &'a Scorer<'a>,
        catalog: &'a Catalog,
        strategy: Strategy,
        pool: &[Scored],
    ) -> Self {
        let (known, rows, sums) = (Vec::new(), Vec::new(), Vec::new());
        let mut ranked = Ranked { forest, ranking, scorer, catalog, strategy, known, rows, sums, unit: f64::MIN_POSITIVE };
        for scored in pool {
            let parts = scorer.parts(scored.item);
            ranked.unit = ranked.unit.max(ranked.learned(&parts));
            ranked.rows.push(ranked.row(scored.item, &parts));
            ranked.known.push(Known { item: scored.item, parts });
        }
        ranked.sums.resize(ranked.rows.len(), 0.0);
        forest.sums(ranked.rows.as_flattened(), FEATURES, &mut ranked.sums);
        ranked
    }

    /// Scores the pool that this was made for anew, best first.
    pub fn reorder(&self, pool: &mut [Scored]) {
        for ((scored, known), sum) in pool.iter_mut().zip(&self.known).zip(&self.sums) {
            scored.score = self.unit * ranker::likelihood(*sum) + self.beside(&known.parts);
        }
        pool.sort_unstable();
    }

    /// The parts of the score of `item`.
    pub fn parts(&self, item: Item) -> Parts {
        // What rules of the retailer pin need not be of the pool.
        let place = self.known.iter().position(|known| known.item == item);
        let found = place.and_then(|place| Some((self.known.get(place)?.parts, *self.rows.get(place)?, *self.sums.get(place)?)));
        let (mut parts, row, sum) = found.unwrap_or_else(|| {
            let parts = self.scorer.parts(item);
            let row = self.row(item, &parts);
            (parts, row, self.forest.sum(&row))
        });
        let shares = ranker::shares(self.forest, &row, self.unit * ranker::likelihood(sum));
        for ((part, known), share) in Part::ALL.iter().zip(&mut parts).zip(shares) {
            *known = if self.strategy.is_learned(*part) { share } else { *known + share };
        }
        parts
    }

    /// The features of each of the pool.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn rows(&self) -> impl Iterator<Item = (Item, Row)> {
        self.known.iter().zip(&self.rows).map(|(known, row)| (known.item, *row))
    }

    /// The features of `item`, of which the weights make `parts`.
    fn row(&self, item: Item, parts: &Parts) -> Row {
        let pulls = self.scorer.table.pulls.sums(item).unwrap_or_default();
        let Scorer { knowledge, .. } = self.scorer;
        self.ranking.row(item, self.learned(parts), pulls, self.scorer.affinity(item), self.catalog, knowledge)
    }

    /// What the forest knows as the score by weights.
    fn learned(&self, parts: &Parts) -> f64 {
        self.sum(parts, true)
    }

    /// What counts beside the forest.
    fn beside(&self, parts: &Parts) -> f64 {
        self.sum(parts, false)
    }

    fn sum(&self, parts: &Parts, learned: bool) -> f64 {
        Part::ALL.iter().filter(|part| self.strategy.is_learned(**part) == learned).map(|part| part.of(parts)).sum()
    }
}
