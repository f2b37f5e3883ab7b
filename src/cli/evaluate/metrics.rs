//! How good ranked lists are, as the field measures it.

use serde::Serialize;

/// The quality of one list.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Share of the wanted items among the first ten.
    pub recall_at_10: f64,
    /// Discounted gain of the first ten over that of the best possible ten.
    pub ndcg_at_10: f64,
    /// Whether any of the first ten is wanted.
    pub hit_at_10: f64,
    /// Share of the wanted items among the first twenty.
    pub recall_at_20: f64,
}

/// The quality of `ranked` (best first, none twice) where `wanted` (ascending, not empty) was bought.
pub fn quality(ranked: &[u32], wanted: &[u32]) -> Quality {
    let hit = |item: &u32| wanted.binary_search(item).is_ok();
    let hits = |most: usize| ranked.iter().take(most).filter(|item| hit(item)).count() as f64;
    let discount = |place: usize| 1.0 / libm::log2(place as f64 + 2.0);
    let gain: f64 = ranked.iter().take(10).enumerate().filter(|(_, item)| hit(item)).map(|(place, _)| discount(place)).sum();
    let ideal: f64 = (0..wanted.len().min(10)).map(discount).sum();
    Quality {
        recall_at_10: hits(10) / wanted.len() as f64,
        ndcg_at_10: gain / ideal,
        hit_at_10: f64::from(u8::from(hits(10) > 0.0)),
        recall_at_20: hits(20) / wanted.len() as f64,
    }
}

impl Quality {
    /// The four numbers in their order.
    pub fn row(self) -> [f64; 4] {
        [self.recall_at_10, self.ndcg_at_10, self.hit_at_10, self.recall_at_20]
    }
}

/// Whether `ranked` has `wanted` among its first ten, one over its place then, and the same of the first twenty.
pub fn found_at(ranked: &[u32], wanted: u32) -> [f64; 4] {
    let place = ranked.iter().position(|item| *item == wanted).map_or(f64::INFINITY, |place| place as f64 + 1.0);
    let within = |most: f64| if place <= most { (1.0, 1.0 / place) } else { (0.0, 0.0) };
    let ((hit_at_10, mrr_at_10), (hit_at_20, mrr_at_20)) = (within(10.0), within(20.0));
    [hit_at_10, mrr_at_10, hit_at_20, mrr_at_20]
}

/// A mean with the 95 % interval of its sampling error.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Where it lies with 95 % confidence, by the normal approximation.
    pub interval: [f64; 2],
}

impl Mean {
    /// The mean of `values`; zeros where there is none.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count().max(1) as f64;
        let mean = values.clone().sum::<f64>() / count;
        let variance = values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0).max(1.0);
        let margin = 1.96 * (variance / count).sqrt();
        Mean { mean, interval: [mean - margin, mean + margin] }
    }
}

impl std::fmt::Display for Mean {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:.4} [{:.4}, {:.4}]", self.mean, self.interval[0], self.interval[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found_is_nothing() {
        assert_eq!(quality(&[], &[3]), Quality::default());
        assert_eq!(quality(&[1, 2], &[3]), Quality::default());
    }

    #[test]
    fn one_item_is_found_at_its_place() {
        let ranked: Vec<u32> = (0..20).collect();
        assert_eq!(found_at(&ranked, 1), [1.0, 0.5, 1.0, 0.5]);
        assert_eq!(found_at(&ranked, 15), [0.0, 0.0, 1.0, 1.0 / 16.0]);
        assert_eq!(found_at(&ranked, 99), [0.0; 4]);
    }

    #[test]
    fn the_second_place_is_discounted() {
        let found = quality(&[1, 3], &[3, 4]);
        let ideal = 1.0 + 1.0 / 3.0_f64.log2();
        assert_eq!((found.recall_at_10, found.hit_at_10), (0.5, 1.0));
        assert!((found.ndcg_at_10 - (1.0 / 3.0_f64.log2()) / ideal).abs() < 1e-12);
    }

    #[test]
    fn the_ideal_is_cut_at_ten() {
        let ranked: Vec<u32> = (0..10).collect();
        let wanted: Vec<u32> = (0..40).collect();
        assert_eq!(quality(&ranked, &wanted).ndcg_at_10, 1.0);
        assert_eq!(quality(&ranked, &wanted).recall_at_10, 0.25);
    }
}
