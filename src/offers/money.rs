//! Shares of money, with the rounding stated.

use core::cmp::Ordering::{Equal, Greater};

use super::Rounding;

/// A share in millionths, 0 to 1,000,000: percentages to four decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(i64);

impl Rate {
    /// The whole.
    pub const WHOLE: Rate = Rate(Self::MILLION);
    const MILLION: i64 = 1_000_000;

    /// From a percentage. `None` unless it is from 0 to 100. Decimals beyond the fourth are rounded.
    pub fn percent(percent: f64) -> Option<Rate> {
        #[allow(clippy::cast_possible_truncation)] // at most a million by the guard
        (0.0..=100.0).contains(&percent).then(|| Rate(libm::round(percent * 10_000.0) as i64))
    }

    /// What `gross` is without this share upon it, to the nearest, a half up.
    pub fn without(self, gross: i64) -> i64 {
        multiply_divide(gross, Self::MILLION, Self::MILLION.saturating_add(self.0), Rounding::HalfUp)
    }

    /// `net` with this share upon it, to the nearest, a half up.
    pub fn upon(self, net: i64) -> i64 {
        net.saturating_add(self.of(net, Rounding::HalfUp))
    }

    /// The share as a percentage.
    #[allow(clippy::cast_precision_loss)] // at most a million
    pub fn to_percent(self) -> f64 {
        self.0 as f64 / 10_000.0
    }

    /// As a number from 0 to 1.
    #[allow(clippy::cast_precision_loss)] // at most a million
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// This share of `amount`.
    pub fn of(self, amount: i64, rounding: Rounding) -> i64 {
        multiply_divide(amount, self.0, Self::MILLION, rounding)
    }
}

/// `amount * numerator / denominator`, rounded and held to the range of `i64`; 0 where the denominator is not positive.
pub fn multiply_divide(amount: i64, numerator: i64, denominator: i64, rounding: Rounding) -> i64 {
    if denominator <= 0 {
        return 0;
    }
    let (floor, rest) = match amount.checked_mul(numerator) {
        Some(product) => (product.div_euclid(denominator), product.rem_euclid(denominator)),
        None => {
            let product = i128::from(amount).saturating_mul(i128::from(numerator));
            let (floor, rest) = (product.div_euclid(denominator.into()), product.rem_euclid(denominator.into()));
            (i64::try_from(floor).unwrap_or(if floor < 0 { i64::MIN } else { i64::MAX }), i64::try_from(rest).unwrap_or(0))
        }
    };
    if rest == 0 {
        return floor;
    }
    let half = rest.cmp(&denominator.saturating_sub(rest));
    let up = match rounding {
        Rounding::Down => floor < 0,
        Rounding::Up => floor >= 0,
        Rounding::HalfUp => half == Greater || (half == Equal && floor >= 0),
        Rounding::HalfDown => half == Greater || (half == Equal && floor < 0),
        Rounding::HalfEven => half == Greater || (half == Equal && floor & 1 == 1),
    };
    if up { floor.saturating_add(1) } else { floor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Rounding::{Down, HalfDown, HalfEven, HalfUp, Up};

    #[test]
    fn percentages_outside_their_range_are_none() {
        for percent in [-0.1, 100.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Rate::percent(percent), None);
        }
        assert_eq!(Rate::percent(100.0), Some(Rate::WHOLE));
        assert_eq!(Rate::percent(33.33).map(Rate::to_percent), Some(33.33));
    }

    #[test]
    fn fractions_are_rounded_as_asked() {
        let halves = |rounding| [-5, -3, -1, 1, 3, 5].map(|amount| multiply_divide(amount, 1, 2, rounding));
        assert_eq!(halves(HalfUp), [-3, -2, -1, 1, 2, 3]);
        assert_eq!(halves(HalfDown), [-2, -1, 0, 0, 1, 2]);
        assert_eq!(halves(HalfEven), [-2, -2, 0, 0, 2, 2]);
        assert_eq!(halves(Down), [-2, -1, 0, 0, 1, 2]);
        assert_eq!(halves(Up), [-3, -2, -1, 1, 2, 3]);
        assert_eq!([-7, -5, 5, 7].map(|amount| multiply_divide(amount, 1, 3, HalfUp)), [-2, -2, 2, 2]);
    }

    #[test]
    fn large_products_and_bad_denominators_are_held() {
        assert_eq!(multiply_divide(i64::MAX, 1_000_000, 1_000_000, HalfUp), i64::MAX);
        assert_eq!(multiply_divide(i64::MAX, i64::MAX, 1, HalfUp), i64::MAX);
        assert_eq!(multiply_divide(i64::MIN, i64::MAX, 1, HalfUp), i64::MIN);
        assert_eq!(multiply_divide(5, 5, 0, HalfUp), 0);
        assert_eq!(Rate::WHOLE.of(i64::MAX, HalfUp), i64::MAX);
    }
}
