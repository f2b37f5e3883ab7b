//! Quantiles of the normal and of Student's distribution.

use libm::{exp, fabs, lgamma, log, log1p, sqrt};

use super::super::distribution::{beta_share, normal_density, normal_share};

/// The number below which the share `probability` of the normal distribution lies, to about 1e-14; infinite for 0 and 1.
///
/// ```
/// use regulars::experiments::statistics::normal_quantile;
/// assert!((normal_quantile(0.975) - 1.959963984540054).abs() < 1e-14);
/// ```
pub fn normal_quantile(probability: f64) -> f64 {
    if probability <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if probability >= 1.0 {
        return f64::INFINITY;
    }
    if probability > 0.5 {
        return -lower_quantile(1.0 - probability);
    }
    lower_quantile(probability)
}

/// For the lower half: Abramowitz and Stegun 26.2.23 to begin with, then Newton's steps on the logarithm of the share,
/// which is nearly a parabola.
fn lower_quantile(probability: f64) -> f64 {
    let t = sqrt(-2.0 * log(probability));
    let mut x = -(t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308))));
    for _ in 0..8 {
        let share = normal_share(x);
        let step = (log(share) - log(probability)) * share / normal_density(x);
        x -= step;
        if fabs(step) < 1e-15 * fabs(x) {
            break;
        }
    }
    x
}

/// The share of Student's distribution beyond `t` on both sides: the two-sided p-value.
pub fn student_tails(t: f64, freedom: f64) -> f64 {
    let (x, rest) = (freedom / (freedom + t * t), t * t / (freedom + t * t));
    beta_share(freedom / 2.0, 0.5, x, rest)
}

/// The number below which the share `probability`, at least 0.5, of Student's distribution lies.
pub fn student_quantile(probability: f64, freedom: f64) -> f64 {
    let ln_front = lgamma((freedom + 1.0) / 2.0) - lgamma(freedom / 2.0) - 0.5 * log(freedom * core::f64::consts::PI);
    let mut t = normal_quantile(probability);
    for _ in 0..60 {
        let density = exp(ln_front - (freedom + 1.0) / 2.0 * log1p(t * t / freedom));
        let above = student_tails(t, freedom) / 2.0;
        let step = (above - (1.0 - probability)) / density;
        t += step.clamp(-t.max(1.0), t.max(1.0)); // heavy tails throw Newton's method far off at first
        if fabs(step) < 1e-14 * fabs(t) {
            break;
        }
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!(fabs(found - expected) <= 1e-12 * fabs(expected).max(1e-3), "{found} instead of {expected}");
    }

    /// Expected values from SciPy 1.17: `norm.ppf`, `t.ppf`, `t.sf`.
    #[test]
    fn quantiles_are_exact() {
        assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        close(normal_quantile(0.5), 0.0);
        for (probability, expected) in [
            (1e-300, -37.0470962993612),
            (1e-10, -6.361340902404056),
            (0.025, -1.9599639845400545),
            (0.3, -0.5244005127080409),
            (0.9, 1.2815515655446004),
            (0.995, 2.5758293035489004),
            (0.999999, 4.753424308817087),
        ] {
            close(normal_quantile(probability), expected);
        }
        for (probability, freedom, expected) in [
            (0.975, 1.5, 6.016663104427929),
            (0.975, 3.0, 3.1824463052837078),
            (0.995, 36.2, 2.7186505268429704),
            (0.95, 6377.3, 1.6450925982823392),
            (0.9, 100.0, 1.290074761346516),
            (0.5001, 5.0, 0.0002634305560701236),
        ] {
            close(student_quantile(probability, freedom), expected);
        }
        for (t, freedom, expected) in [
            (0.1, 3.0, 0.9266523488008059),
            (1.805246859955697, 6377.3, 0.07108320451029086),
            (12.0, 40.0, 7.82417130425598e-15),
            (2.5, 1.5, 0.16980650261469604),
        ] {
            close(student_tails(t, freedom), expected);
        }
    }
}
