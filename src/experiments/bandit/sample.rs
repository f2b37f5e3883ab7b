//! Draws from what is believed of an arm: the same for the same seed on every machine.

use libm::{exp, log, sqrt};
use rand::Rng;

use super::Posterior;

/// A number in [0, 1), in steps of 2^-53.
pub(super) fn uniform(random: &mut impl Rng) -> f64 {
    #[allow(clippy::cast_precision_loss)] // 53 bits fit
    let number = (random.next_u64() >> 11) as f64;
    number / 9_007_199_254_740_992.0
}

/// A draw from a normal distribution with mean 0 and deviation 1 (Marsaglia's polar method; the second draw is left).
fn normal(random: &mut impl Rng) -> f64 {
    loop {
        let (x, y) = (2.0 * uniform(random) - 1.0, 2.0 * uniform(random) - 1.0);
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            return x * sqrt(-2.0 * log(square) / square);
        }
    }
}

/// The logarithm of a draw from a gamma distribution with scale 1 (Marsaglia and Tsang 2000). The logarithm, because
/// draws for a small shape are too small for a double.
fn ln_gamma_draw(random: &mut impl Rng, shape: f64) -> f64 {
    if shape < 1.0 {
        let boost = log(1.0 - uniform(random)) / shape;
        return ln_gamma_draw(random, shape + 1.0) + boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / sqrt(9.0 * d);
    loop {
        let x = normal(random);
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        if log(1.0 - uniform(random)) < 0.5 * x * x + d - d * v + d * log(v) {
            return log(d) + log(v);
        }
    }
}

impl Posterior {
    /// A draw of the mean reward.
    pub(super) fn draw(self, random: &mut impl Rng) -> f64 {
        match self {
            Posterior::Beta { alpha, beta } => {
                let (seen, missed) = (ln_gamma_draw(random, alpha), ln_gamma_draw(random, beta));
                1.0 / (1.0 + exp(missed - seen))
            }
            Posterior::Gaussian { mean, deviation, .. } => mean + deviation * normal(random),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    use super::*;

    /// Kolmogorov's distance between draws and the distribution.
    fn distance(posterior: Posterior, count: usize) -> f64 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(7);
        let mut draws: Vec<f64> = (0..count).map(|_| posterior.draw(&mut random)).collect();
        draws.sort_by(f64::total_cmp);
        let gap = |(place, draw): (usize, &f64)| (posterior.share_below(*draw, 1.0 - draw) - place as f64 / count as f64).abs();
        draws.iter().enumerate().map(gap).fold(0.0, f64::max)
    }

    #[test]
    fn draws_follow_the_distribution() {
        for (alpha, beta) in [(1.0, 1.0), (0.3, 0.7), (11.0, 91.0), (700.0, 300.0), (1.0, 5.0)] {
            let found = distance(Posterior::Beta { alpha, beta }, 20_000);
            assert!(found < 1.95 / (20_000.0_f64).sqrt(), "beta({alpha}, {beta}): {found}");
        }
        assert!(distance(Posterior::Gaussian { mean: 5.0, deviation: 0.1, noise: 1.0 }, 20_000) < 0.0138);
    }

    #[test]
    fn tiny_shapes_are_survived() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        for _ in 0..1000 {
            let draw = Posterior::Beta { alpha: 1e-9, beta: 1e-9 }.draw(&mut random);
            assert!((0.0..=1.0).contains(&draw));
        }
    }

    /// Draws never change: what was shown can be found out again from the seed.
    #[test]
    fn draws_are_pinned() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(42);
        let found = [uniform(&mut random), normal(&mut random), Posterior::Beta { alpha: 2.0, beta: 5.0 }.draw(&mut random)];
        assert_eq!(found, PINNED);
    }

    const PINNED: [f64; 3] = [0.8143051451229099, 0.6594419179480208, 0.2803019580130695];
}
