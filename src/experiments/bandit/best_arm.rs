//! How likely each arm is to be the best.

use alloc::vec::Vec;

use libm::{cosh, exp, sinh};

use super::Posterior;
use crate::domain::{AddAll, Arrange, Listed};

/// Steps of the quadrature on either side of the middle of a panel, each 1/8 wide.
const STEPS: i32 = 28;
const STEP: f64 = 0.125;
/// Where panels begin and end, in deviations around the mean of each arm.
const CUTS: [f64; 9] = [-9.0, -5.0, -2.5, -1.0, 0.0, 1.0, 2.5, 5.0, 9.0];

/// The probability of each arm to have the highest mean reward, which is how often Thompson sampling shows it. Found by
/// quadrature, to about 1e-10; the sum is 1. Empty for no arm.
///
/// ```
/// use regulars::experiments::{Posterior, best_arm_probabilities};
/// let arms = [Posterior::Beta { alpha: 1.0, beta: 1.0 }, Posterior::Beta { alpha: 5.0, beta: 2.0 }];
/// let best = best_arm_probabilities(&arms);
/// assert!((best[1] - 5.0 / 7.0).abs() < 1e-10);
/// ```
pub fn best_arm_probabilities(arms: &[Posterior]) -> Vec<f64> {
    let mut cuts: Vec<f64> = arms.iter().flat_map(|arm| CUTS.iter().map(move |cut| arm.mean() + cut * arm.deviation())).listed();
    if arms.iter().any(|arm| matches!(arm, Posterior::Beta { .. })) {
        cuts.add_all([0.0, 1.0]);
    }
    if arms.iter().all(|arm| matches!(arm, Posterior::Beta { .. })) {
        cuts.iter_mut().for_each(|cut| *cut = cut.clamp(0.0, 1.0));
    }
    cuts.arrange_by(f64::total_cmp);
    cuts.dedup();
    let mut best = alloc::vec![0.0; arms.len()];
    for panel in cuts.windows(2) {
        if let [start, end] = panel {
            add_panel(arms, *start, *end, &mut best);
        }
    }
    let total: f64 = best.iter().sum();
    if total > 0.0 {
        best.iter_mut().for_each(|share| *share /= total);
    }
    best
}

/// Adds what lies between `start` and `end`. The quadrature (tanh-sinh) places its points so densely at the ends that a
/// density without bound there does no harm.
fn add_panel(arms: &[Posterior], start: f64, end: f64, best: &mut [f64]) {
    let mut below = Vec::with_capacity(arms.len());
    for step in (-STEPS..=STEPS).map(f64::from) {
        let t = step * STEP;
        let stretched = core::f64::consts::FRAC_PI_2 * sinh(t);
        // How far along the panel, from its start and from its end.
        let (along, left) = (1.0 / (1.0 + exp(-2.0 * stretched)), 1.0 / (1.0 + exp(2.0 * stretched)));
        let (x, rest) = (start + (end - start) * along, (1.0 - end) + (end - start) * left);
        let weight = (end - start) * STEP * core::f64::consts::PI * cosh(t) * along * left;
        below.clear();
        below.add_all(arms.iter().map(|arm| arm.share_below(x, rest)));
        for (place, (arm, share)) in arms.iter().zip(best.iter_mut()).enumerate() {
            let density = arm.density(x, rest);
            if density > 0.0 {
                let others = below.iter().enumerate().filter(|(other, _)| *other != place);
                *share += weight * density * others.map(|(_, below)| below).product::<f64>();
            }
        }
    }
}

/// The weights of arms when each is shown at least with probability `floor`: `floor + (1 - arms * floor) * weight`. A
/// floor above `1 / arms` counts as that, below 0 as 0.
pub fn with_floor(weights: &[f64], floor: f64) -> Vec<f64> {
    #[allow(clippy::cast_precision_loss)] // arms are few
    let arms = weights.len() as f64;
    let floor = floor.clamp(0.0, 1.0 / arms.max(1.0));
    weights.iter().map(|weight| floor + (1.0 - arms * floor) * weight).listed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beta(alpha: f64, beta: f64) -> Posterior {
        Posterior::Beta { alpha, beta }
    }

    fn gaussian(mean: f64, deviation: f64) -> Posterior {
        Posterior::Gaussian { mean, deviation, noise: 1.0 }
    }

    #[test]
    fn no_arm_and_one_arm() {
        assert!(best_arm_probabilities(&[]).is_empty());
        assert_eq!(best_arm_probabilities(&[beta(3.0, 4.0)]), [1.0]);
    }

    #[test]
    fn equal_arms_are_equally_likely() {
        for arm in [beta(0.5, 0.5), beta(0.1, 3.0), beta(900.0, 100.0), gaussian(-4.0, 1e-6), gaussian(1e6, 3.0)] {
            for share in best_arm_probabilities(&[arm; 4]) {
                assert!((share - 0.25).abs() < 1e-9, "{arm:?}: {share}");
            }
        }
    }

    #[test]
    fn two_normal_arms_have_a_closed_form() {
        for (first, second) in [((0.0, 1.0), (1.0, 2.0)), ((5.0, 0.001), (5.001, 10.0)), ((0.0, 1.0), (30.0, 1.0))] {
            let (a, b) = (gaussian(first.0, first.1), gaussian(second.0, second.1));
            let distance = (first.0 - second.0) / libm::hypot(first.1, second.1);
            let expected = crate::experiments::normal_share(distance);
            let found = best_arm_probabilities(&[a, b])[0];
            assert!((found - expected).abs() < 1e-10, "{found} instead of {expected}");
        }
    }

    #[test]
    fn the_floor_holds() {
        assert_eq!(with_floor(&[1.0, 0.0], 0.01), [0.99, 0.01]);
        assert_eq!(with_floor(&[1.0, 0.0], 0.9), [0.5, 0.5]);
        assert_eq!(with_floor(&[1.0, 0.0], -1.0), [1.0, 0.0]);
        assert!(with_floor(&[], 0.5).is_empty());
    }
}
