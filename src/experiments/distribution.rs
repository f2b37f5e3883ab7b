//! Distribution functions that bandits and reports need.

use libm::{erfc, exp, fabs, lgamma, log, log1p, sqrt};

/// The density of the normal distribution with mean 0 and deviation 1.
pub(super) fn normal_density(x: f64) -> f64 {
    exp(-0.5 * x * x) / sqrt(core::f64::consts::TAU)
}

/// The share of the normal distribution with mean 0 and deviation 1 below `x`, to about 1e-15.
///
/// ```
/// use regulars::experiments::normal_share;
/// assert!((normal_share(1.959963984540054) - 0.975).abs() < 1e-15);
/// ```
pub fn normal_share(x: f64) -> f64 {
    0.5 * erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
}

/// The density of the beta distribution at `x`, given `1 - x` as `rest`, which may be more exact than the difference.
pub(super) fn beta_density(alpha: f64, beta: f64, x: f64, rest: f64) -> f64 {
    if x <= 0.0 || rest <= 0.0 {
        return 0.0;
    }
    exp((alpha - 1.0) * log(x) + (beta - 1.0) * log(rest) - ln_beta(alpha, beta))
}

/// The logarithm of the beta function. Of large arguments the logarithms of the gamma function nearly cancel: there their
/// difference is taken term by term from Stirling's series.
fn ln_beta(alpha: f64, beta: f64) -> f64 {
    let (small, large) = if alpha < beta { (alpha, beta) } else { (beta, alpha) };
    if large < LARGE {
        return lgamma(alpha) + lgamma(beta) - lgamma(alpha + beta);
    }
    let total = small + large;
    let shared = -(large - 0.5) * log1p(small / large) + stirling(large) - stirling(total);
    if small < LARGE {
        return shared + lgamma(small) - small * log(total) + small;
    }
    shared + 0.5 * log(core::f64::consts::TAU / small) + small * log(small / total) + stirling(small)
}

/// From here on Stirling's series is exact.
const LARGE: f64 = 12.0;

/// What `(x - 1/2) ln x - x + ln(2 pi) / 2` lacks of the logarithm of the gamma function.
fn stirling(x: f64) -> f64 {
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let tail = 1.0 / 1260.0 + square * (-1.0 / 1680.0 + square * (1.0 / 1188.0 - square * 691.0 / 360_360.0));
    inverse * (1.0 / 12.0 + square * (-1.0 / 360.0 + square * tail))
}

/// The share of the beta distribution below `x` (the regularised incomplete beta function), to about 1e-13 while `alpha`
/// and `beta` are below a few thousand, 1e-10 at a million. `rest` is `1 - x`.
pub(super) fn beta_share(alpha: f64, beta: f64, x: f64, rest: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    // The continued fraction converges fast below the mean; above it, the other end is taken.
    if x < (alpha + 1.0) / (alpha + beta + 2.0) {
        beta_front(alpha, beta, x, rest) * beta_fraction(alpha, beta, x) / alpha
    } else {
        1.0 - beta_front(alpha, beta, x, rest) * beta_fraction(beta, alpha, rest) / beta
    }
}

fn beta_front(alpha: f64, beta: f64, x: f64, rest: f64) -> f64 {
    let ln_rest = if x < 0.5 { log1p(-x) } else { log(rest) };
    let ln_x = if rest < 0.5 { log1p(-rest) } else { log(x) };
    exp(alpha * ln_x + beta * ln_rest - ln_beta(alpha, beta))
}

/// Terms after which a continued fraction or a series is given up; far more than any needs.
const MOST_TERMS: u32 = 10_000;
const TINY: f64 = 1e-300;

fn beta_fraction(alpha: f64, beta: f64, x: f64) -> f64 {
    let term = |step: f64, odd: bool| {
        if odd {
            -(alpha + step) * (alpha + beta + step) * x / ((alpha + 2.0 * step) * (alpha + 2.0 * step + 1.0))
        } else {
            step * (beta - step) * x / ((alpha + 2.0 * step - 1.0) * (alpha + 2.0 * step))
        }
    };
    let mut fraction = Fraction { numerator: 1.0, ..Fraction::one_over(1.0 + term(0.0, true)) };
    for step in (1..MOST_TERMS).map(f64::from) {
        fraction.extend(term(step, false), 1.0);
        if fraction.extend(term(step, true), 1.0) {
            break;
        }
    }
    fraction.value
}

/// A continued fraction, evaluated from the front (Lentz).
struct Fraction {
    value: f64,
    numerator: f64,
    denominator: f64,
}

impl Fraction {
    /// `1 / b`, to be extended below.
    fn one_over(b: f64) -> Self {
        let denominator = 1.0 / clear(b);
        Fraction { value: denominator, numerator: 1.0 / TINY, denominator }
    }

    /// Adds `+ a / b` at the end; whether that changed nothing any more.
    fn extend(&mut self, a: f64, b: f64) -> bool {
        self.denominator = 1.0 / clear(b + a * self.denominator);
        self.numerator = clear(b + a / self.numerator);
        let change = self.numerator * self.denominator;
        self.value *= change;
        fabs(change - 1.0) < 1e-16
    }
}

fn clear(value: f64) -> f64 {
    if fabs(value) < TINY { TINY } else { value }
}

/// The share of the gamma distribution with `shape` and scale 1 above `x`; relatively exact far out, where it is tiny.
#[cfg(any(feature = "cli", test))]
pub(super) fn gamma_share_above(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let front = exp(shape * log(x) - x - lgamma(shape));
    if x < shape + 1.0 {
        let (mut term, mut sum, mut step) = (1.0 / shape, 1.0 / shape, shape);
        for _ in 0..MOST_TERMS {
            step += 1.0;
            term *= x / step;
            sum += term;
            if term < sum * 1e-17 {
                break;
            }
        }
        return 1.0 - front * sum;
    }
    let mut fraction = Fraction::one_over(x + 1.0 - shape);
    for step in (1..MOST_TERMS).map(f64::from) {
        if fraction.extend(-step * (step - shape), x + 2.0 * step + 1.0 - shape) {
            break;
        }
    }
    front * fraction.value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, relative: f64) {
        assert!(fabs(found - expected) <= relative * fabs(expected), "{found} instead of {expected}");
    }

    /// Expected values from SciPy 1.17: `betainc`, `gammaincc`, `norm.cdf`.
    #[test]
    fn shares_are_exact() {
        for (alpha, beta, x, expected) in BETA {
            close(beta_share(alpha, beta, x, 1.0 - x), expected, 1e-12);
        }
        close(beta_share(50_001.0, 950_001.0, 0.0501, 1.0 - 0.0501), 0.6757296703227671, 1e-10);
        for (shape, x, expected) in GAMMA {
            close(gamma_share_above(shape, x), expected, 1e-12);
        }
        for (x, expected) in [(-8.0, 6.220960574271786e-16), (0.0, 0.5), (1.5, 0.9331927987311419)] {
            close(normal_share(x), expected, 1e-13);
        }
    }

    #[test]
    fn both_ways_to_the_beta_function_meet() {
        for (alpha, beta) in [(12.0, 0.5), (12.0, 11.9), (12.0, 30.0), (200.0, 1.5), (200.0, 200.0)] {
            let plain = lgamma(alpha) + lgamma(beta) - lgamma(alpha + beta);
            assert!(fabs(ln_beta(alpha, beta) - plain) < 1e-12 * fabs(plain).max(1.0), "{alpha} {beta}");
        }
    }

    #[test]
    fn ends_are_reached() {
        assert_eq!((beta_share(2.0, 3.0, 0.0, 1.0), beta_share(2.0, 3.0, 1.0, 0.0)), (0.0, 1.0));
        assert_eq!(gamma_share_above(3.0, 0.0), 1.0);
    }

    const BETA: [(f64, f64, f64, f64); 8] = [
        (0.5, 0.5, 0.1, 0.20483276469913345),
        (1.0, 1.0, 0.25, 0.25),
        (2.0, 3.0, 0.4, 0.5247999999999999),
        (11.0, 91.0, 0.1, 0.4300310224159569),
        (16.0, 86.0, 0.3, 0.9996692980302093),
        (121.0, 881.0, 0.1, 0.01773112197053758),
        (1001.0, 901.0, 0.55, 0.9809913060016698),
        (0.3, 5.0, 0.001, 0.2223522916185071),
    ];

    const GAMMA: [(f64, f64, f64); 6] = [
        (0.5, 0.001, 0.9643294082703201),
        (0.5, 11.38718442094718, 1.8217928726191858e-06),
        (1.0, 0.001, 0.999000499833375),
        (1.0, 153.125, 3.152517155144993e-67),
        (2.5, 2.0, 0.5494159513527802),
        (50.0, 70.0, 0.0051405024585059085),
    ];
}
