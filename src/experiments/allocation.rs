//! From a number in [0, 1) to an arm.

use crate::domain::Listed;
use alloc::vec::Vec;

/// Numbers from `start` (included) to `end` (excluded).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// The first number.
    pub start: f64,
    /// The first number after it.
    pub end: f64,
}

impl Range {
    /// Whether `number` lies in it.
    pub fn contains(self, number: f64) -> bool {
        number >= self.start && number < self.end
    }
}

/// The same weight for each of `arms` arms.
pub fn equal_weights(arms: usize) -> Vec<f64> {
    #[allow(clippy::cast_precision_loss)] // arms are few
    let weight = 1.0 / arms as f64;
    alloc::vec![weight; arms]
}

/// The range of each of `arms` arms. An arm begins where the weights before it end and takes `coverage` of its own
/// weight, so that raising the coverage never moves anybody from one arm to another. Coverage is held to [0, 1]. Weights
/// that are not one for each arm, or whose sum is not between 0.99 and 1.01, count as equal.
///
/// ```
/// use regulars::experiments::{Range, bucket_ranges};
/// assert_eq!(bucket_ranges(2, 0.5, Some(&[0.4, 0.6])), [Range { start: 0.0, end: 0.2 }, Range { start: 0.4, end: 0.7 }]);
/// ```
pub fn bucket_ranges(arms: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<Range> {
    let coverage = coverage.clamp(0.0, 1.0);
    let total: f64 = weights.unwrap_or_default().iter().sum();
    let is_whole = total.is_nan() || (0.99..=1.01).contains(&total); // what is no number is let through, as in the reference
    let equal;
    let weights = match weights.filter(|weights| weights.len() == arms && is_whole) {
        Some(weights) => weights,
        None => {
            equal = equal_weights(arms);
            &equal
        }
    };
    let mut start = 0.0;
    let range = |weight: &f64| {
        let range = Range { start, end: start + coverage * weight };
        start += weight;
        range
    };
    weights.iter().map(range).listed()
}

/// The arm in whose range `number` lies; of several the first.
pub fn choose_variation(number: f64, ranges: &[Range]) -> Option<usize> {
    ranges.iter().position(|range| range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_belong_to_nobody() {
        let ranges = bucket_ranges(2, 0.5, None);
        assert_eq!(choose_variation(0.25, &ranges), None);
        assert_eq!(choose_variation(0.999, &ranges), None);
        assert_eq!(choose_variation(0.5, &[]), None);
        assert_eq!(choose_variation(0.5, &ranges), Some(1));
    }

    #[test]
    fn weights_that_do_not_fit_count_as_equal() {
        let equal = bucket_ranges(2, 1.0, None);
        for weights in [&[0.5][..], &[0.2, 0.2, 0.6], &[0.7, 0.6], &[0.4, 0.1], &[]] {
            assert_eq!(bucket_ranges(2, 1.0, Some(weights)), equal);
        }
        assert_eq!(bucket_ranges(0, 1.0, None), []);
        assert_eq!(bucket_ranges(2, -1.0, None), bucket_ranges(2, 0.0, None));
    }
}
