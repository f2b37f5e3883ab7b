//! Intervals and p-values that stay right however often one looks.

use libm::{exp, log, sqrt};

/// How wide a confidence sequence is where: tightest around `units` units in all, for the error rate `alpha`
/// (Waudby-Smith and others, arXiv 2103.06476).
pub fn tuning(units: f64, alpha: f64) -> f64 {
    let doubt = -2.0 * log(alpha);
    sqrt((doubt + log(doubt + 1.0)) / units)
}

/// Half the width of the asymptotic confidence sequence around an estimate with standard error `error` from `count` units:
/// at every look at once it covers the truth with probability `1 - alpha`, for large counts. `units` is where it is
/// tightest; GrowthBook takes 5,000.
pub fn sequential_half_width(error: f64, count: f64, units: f64, alpha: f64) -> f64 {
    let rho = tuning(units, alpha);
    let grown = count * rho * rho;
    error * sqrt(count) * sqrt(2.0 * (grown + 1.0) / (count * grown) * log(sqrt(grown + 1.0) / alpha))
}

/// The p-value that goes with [`sequential_half_width`]: it may be looked at as often as one likes.
pub fn sequential_value(estimate: f64, error: f64, count: f64, units: f64, alpha: f64) -> f64 {
    let rho = tuning(units, alpha);
    let grown = count * rho * rho;
    let squared = estimate * estimate / (error * error);
    let evidence = exp(grown * squared / (2.0 * (grown + 1.0))) / sqrt(grown + 1.0);
    (1.0 / evidence).min(1.0)
}

/// The likelihood ratio of the mixture sequential test (Johari, Pekelis and Walsh, arXiv 1512.04922) for a difference of
/// means `delta` after `count` units in each arm, where `variance` is the sum of both arms' variances of single units, and
/// true differences are expected around 0 with the variance `spread`.
pub fn mixture_ratio(delta: f64, variance: f64, count: f64, spread: f64) -> f64 {
    let total = variance + count * spread;
    sqrt(variance / total) * exp(count * count * spread * delta * delta / (2.0 * variance * total))
}

/// The p-value of one look of that test. The always-valid p-value is the least over all looks so far.
pub fn mixture_value(delta: f64, variance: f64, count: f64, spread: f64) -> f64 {
    (1.0 / mixture_ratio(delta, variance, count, spread)).min(1.0)
}
