//! A pool put in the order of a forest.

use alloc::vec::Vec;

use super::evidence::Evidence;
use super::part::{Part, Parts};
use super::ranker::{self, FEATURES, Forest, Ranking, Row};
use super::scoring::Scorer;
use super::strategy::Strategy;
use super::top_k::Scored;
use crate::domain::{Catalog, Item, Listed};

/// A forest at work on one request.
pub(super) struct Ranked<'a> {
    forest: &'a Forest,
    ranking: &'a Ranking,
    scorer: &'a Scorer<'a>,
    catalog: &'a Catalog,
    strategy: Strategy,
    /// What the weights make of each of the pool.
    parts: Vec<Parts>,
    /// The best score by weights: what the forest's certainty counts.
    unit: f64,
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
        let mut ranked = Ranked { forest, ranking, scorer, catalog, strategy, parts: Vec::new(), unit: f64::MIN_POSITIVE };
        ranked.parts.reserve_exact(pool.len());
        for scored in pool {
            let parts = scorer.parts(scored.item);
            ranked.unit = ranked.unit.max(ranked.learned(&parts));
            ranked.parts.push(parts);
        }
        ranked
    }

    /// Scores the pool that this was made for anew, best first.
    pub fn reorder(&self, pool: &mut [Scored]) {
        let rows: Vec<Row> = pool.iter().zip(&self.parts).map(|(scored, parts)| self.row(scored.item, parts)).listed();
        let mut sums = alloc::vec![0.0; rows.len()];
        self.forest.sums(rows.as_flattened(), FEATURES, &mut sums);
        for ((scored, parts), sum) in pool.iter_mut().zip(&self.parts).zip(sums) {
            scored.score = self.unit * ranker::likelihood(sum) + self.beside(parts);
        }
        pool.sort_unstable();
    }

    /// The parts of the score of `item`.
    pub fn parts(&self, item: Item) -> Parts {
        let mut parts = self.scorer.parts(item);
        let row = self.row(item, &parts);
        let shares = ranker::shares(self.forest, &row, self.unit * ranker::likelihood(self.forest.sum(&row)));
        for ((part, known), share) in Part::ALL.iter().zip(&mut parts).zip(shares) {
            *known = if self.strategy.is_learned(*part) { share } else { *known + share };
        }
        parts
    }

    /// The features of `item`, of which the weights make `parts`.
    pub fn row(&self, item: Item, parts: &Parts) -> Row {
        let nothing = Evidence::default();
        let evidence = self.scorer.table.get(item).unwrap_or(&nothing);
        let Scorer { knowledge, .. } = self.scorer;
        self.ranking.row(item, self.learned(parts), evidence, self.scorer.affinity(item), self.catalog, knowledge)
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
