//! A pool put in the order of a forest.

use super::evidence::Evidence;
use super::part::{Part, Parts};
use super::ranker::{self, Forest, Ranking, Row};
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
        let mut ranked = Ranked { forest, ranking, scorer, catalog, strategy, unit: 0.0 };
        ranked.unit = pool.iter().map(|scored| ranked.learned(&scorer.parts(scored.item))).fold(f64::MIN_POSITIVE, f64::max);
        ranked
    }

    /// Scores the pool anew, best first.
    pub fn reorder(&self, pool: &mut [Scored]) {
        for scored in pool.iter_mut() {
            let parts = self.scorer.parts(scored.item);
            let row = self.row(scored.item, &parts);
            scored.score = self.unit * ranker::likelihood(self.forest, &row) + self.beside(&parts);
        }
        pool.sort_unstable();
    }

    /// The parts of the score of `item`.
    pub fn parts(&self, item: Item) -> Parts {
        let mut parts = self.scorer.parts(item);
        let row = self.row(item, &parts);
        let shares = ranker::shares(self.forest, &row, self.unit * ranker::likelihood(self.forest, &row));
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
