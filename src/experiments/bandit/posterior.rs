//! What is believed of an arm.

use super::super::distribution::{beta_density, beta_share, normal_density, normal_share};

/// What is believed of the mean reward of an arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Posterior {
    /// Of rewards in [0, 1], such as a click or none: a beta distribution.
    Beta {
        /// Reward seen, plus what the prior counts for; above 0.
        alpha: f64,
        /// Reward missed, plus what the prior counts for; above 0.
        beta: f64,
    },
    /// Of any reward, such as money spent: a normal distribution.
    Gaussian {
        /// The likeliest mean.
        mean: f64,
        /// How far the mean may be off; above 0.
        deviation: f64,
        /// The deviation of single rewards around the mean; above 0.
        noise: f64,
    },
}

impl Posterior {
    /// Whether the numbers are what they should be.
    pub(super) fn is_sound(self) -> bool {
        let above_0 = |number: f64| number > 0.0 && number.is_finite();
        match self {
            Posterior::Beta { alpha, beta } => above_0(alpha) && above_0(beta),
            Posterior::Gaussian { mean, deviation, noise } => mean.is_finite() && above_0(deviation) && above_0(noise),
        }
    }

    /// What is believed after `count` more rewards whose sum is `sum`. For [`Posterior::Beta`] the sum counts as lying
    /// between 0 and `count`.
    #[must_use]
    pub fn updated(self, count: f64, sum: f64) -> Self {
        match self {
            Posterior::Beta { alpha, beta } => {
                let sum = sum.clamp(0.0, count.max(0.0));
                Posterior::Beta { alpha: alpha + sum, beta: beta + (count - sum) }
            }
            Posterior::Gaussian { mean, deviation, noise } => {
                let (before, one) = (1.0 / (deviation * deviation), 1.0 / (noise * noise));
                let precision = before + count * one;
                Posterior::Gaussian { mean: (mean * before + sum * one) / precision, deviation: 1.0 / f64::sqrt(precision), noise }
            }
        }
    }

    /// The likeliest mean reward on average.
    pub fn mean(self) -> f64 {
        match self {
            Posterior::Beta { alpha, beta } => alpha / (alpha + beta),
            Posterior::Gaussian { mean, .. } => mean,
        }
    }

    /// How far the mean reward may be off.
    pub fn deviation(self) -> f64 {
        match self {
            Posterior::Beta { alpha, beta } => {
                let total = alpha + beta;
                f64::sqrt(alpha * beta / (total + 1.0)) / total
            }
            Posterior::Gaussian { deviation, .. } => deviation,
        }
    }

    /// The density at `x`, given `1 - x` too.
    pub(super) fn density(self, x: f64, rest: f64) -> f64 {
        match self {
            Posterior::Beta { alpha, beta } => beta_density(alpha, beta, x, rest),
            Posterior::Gaussian { mean, deviation, .. } => normal_density((x - mean) / deviation) / deviation,
        }
    }

    /// The share below `x`, given `1 - x` too.
    pub(super) fn share_below(self, x: f64, rest: f64) -> f64 {
        match self {
            Posterior::Beta { alpha, beta } => beta_share(alpha, beta, x, rest),
            Posterior::Gaussian { mean, deviation, .. } => normal_share((x - mean) / deviation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsound_numbers_are_seen() {
        for (alpha, beta) in [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)] {
            assert!(!Posterior::Beta { alpha, beta }.is_sound());
        }
        assert!(!Posterior::Gaussian { mean: 0.0, deviation: 0.0, noise: 1.0 }.is_sound());
        assert!(Posterior::Gaussian { mean: -3.0, deviation: 1.0, noise: 1.0 }.is_sound());
    }

    #[test]
    fn rewards_one_by_one_or_together_lead_to_the_same_belief() {
        let rewards = [3.0, -1.0, 4.5, 0.0];
        let prior = Posterior::Gaussian { mean: 1.0, deviation: 2.0, noise: 3.0 };
        let one_by_one = rewards.iter().fold(prior, |belief, reward| belief.updated(1.0, *reward));
        let together = prior.updated(4.0, 6.5);
        assert!((one_by_one.mean() - together.mean()).abs() < 1e-12 && (one_by_one.deviation() - together.deviation()).abs() < 1e-12);
        assert_eq!(Posterior::Beta { alpha: 1.0, beta: 1.0 }.updated(10.0, 3.0), Posterior::Beta { alpha: 4.0, beta: 8.0 });
        assert_eq!(Posterior::Beta { alpha: 1.0, beta: 1.0 }.updated(2.0, 9.0), Posterior::Beta { alpha: 3.0, beta: 1.0 });
    }
}
