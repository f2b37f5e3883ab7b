//! How likely an arm is to be the better one.

use super::super::{Posterior, best_arm_probabilities, normal_share};
use super::Difference;

/// How likely the success rate of `treatment` is the higher: both `(successes, units)`, with a beta prior of `prior`
/// successes and misses, `(1, 1)` for none preferred. Found by quadrature.
pub fn chance_to_win_rate(control: (f64, f64), treatment: (f64, f64), prior: (f64, f64)) -> f64 {
    let belief = |(successes, units): (f64, f64)| Posterior::Beta { alpha: prior.0 + successes, beta: prior.1 + (units - successes) };
    best_arm_probabilities(&[control, treatment].map(belief)).last().copied().unwrap_or(0.5)
}

/// How likely a true difference is above 0, given an estimate, where nothing is expected before (a flat prior).
pub fn chance_to_win(difference: &Difference) -> f64 {
    normal_share(difference.estimate / difference.error)
}
