//! The shortest decimal digits of a number.
//!
//! The standard library can do it, but its formatting costs 6.6 kB of the compressed WebAssembly module, which formats
//! such numbers next to never. This is the plain algorithm of Steele and White in exact integers.

use core::cmp::Ordering;

use crate::domain::Big;

/// The most digits any number needs.
pub(super) const MOST_DIGITS: usize = 17;

/// Digits of a number: `0.d1 d2 d3 ... x 10^point`.
pub(super) struct Digits {
    pub(super) digits: [u8; MOST_DIGITS],
    pub(super) length: usize,
    pub(super) point: i32,
}

impl Digits {
    /// The fewest digits that read back as `number`, which is finite and above 0; of several as few the nearest.
    pub(super) fn of(number: f64) -> Self {
        let bits = number.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        let stored = u32::try_from(bits >> 52 & 0x7ff).unwrap_or(0);
        let mantissa = if stored == 0 { fraction } else { fraction | 1 << 52 };
        let exponent = i64::from(stored.max(1)).saturating_sub(1075);
        // All in halves of the distance to the next number; quarters where the number below is nearer.
        let is_edge = fraction == 0 && stored > 1;
        let up = u32::try_from(exponent.max(0)).unwrap_or(0);
        let down = u32::try_from(exponent.saturating_neg().max(0)).unwrap_or(0);
        let quarter = u32::from(is_edge);
        let mut state = State {
            rest: Big::of(mantissa).shifted(up.saturating_add(1).saturating_add(quarter)),
            unit: Big::of(1).shifted(down.saturating_add(1).saturating_add(quarter)),
            above: Big::of(1).shifted(up.saturating_add(quarter)),
            below: Big::of(1).shifted(up),
            is_even: mantissa & 1 == 0,
        };
        let point = state.scale(number);
        state.digits(point)
    }
}

/// `rest / unit` is what is left to write; anything between it less `below` and more `above` reads back as the number.
struct State {
    rest: Big,
    unit: Big,
    above: Big,
    below: Big,
    /// Whether the bounds themselves read back as the number too.
    is_even: bool,
}

impl State {
    /// Divides by the power of ten that leaves a number below 1 and at least 0.1; gives the exponent.
    fn scale(&mut self, number: f64) -> i32 {
        #[allow(clippy::cast_possible_truncation)] // between -324 and 309
        let guess = f64::ceil(libm::log10(number) - 1e-10) as i32;
        for _ in 0..guess.max(0) {
            self.unit.multiply(10);
        }
        for _ in guess.min(0)..0 {
            self.shift_digit();
        }
        // The guess may be too low by one.
        if self.reaches_unit() {
            self.unit.multiply(10);
            return guess.saturating_add(1);
        }
        guess
    }

    fn shift_digit(&mut self) {
        for big in [&mut self.rest, &mut self.above, &mut self.below] {
            big.multiply(10);
        }
    }

    /// Whether the unit lies among what reads back as the number, or below it.
    fn reaches_unit(&self) -> bool {
        match self.rest.plus(&self.above).compare(&self.unit) {
            Ordering::Greater => true,
            Ordering::Equal => self.is_even,
            Ordering::Less => false,
        }
    }

    fn digits(mut self, point: i32) -> Digits {
        let mut found = Digits { digits: [0; MOST_DIGITS], length: 0, point };
        for place in &mut found.digits {
            self.shift_digit();
            let mut digit = 0_u8;
            while self.rest.compare(&self.unit).is_ge() {
                self.rest.subtract(&self.unit);
                digit = digit.saturating_add(1);
            }
            let low = match self.rest.compare(&self.below) {
                Ordering::Less => true,
                Ordering::Equal => self.is_even,
                Ordering::Greater => false,
            };
            let high = self.reaches_unit();
            let is_upper = if low && high { self.rest.plus(&self.rest).compare(&self.unit).is_ge() } else { high };
            *place = b'0'.saturating_add(digit).saturating_add(u8::from(is_upper));
            found.length = found.length.saturating_add(1);
            if low || high {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    /// The same from the standard library.
    fn expected(number: f64) -> (String, i32) {
        let text = alloc::format!("{number:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap();
        (mantissa.replace('.', ""), exponent.parse::<i32>().unwrap() + 1)
    }

    fn found(number: f64) -> (String, i32) {
        let digits = Digits::of(number);
        (String::from_utf8(digits.digits[..digits.length].into()).unwrap(), digits.point)
    }

    #[test]
    fn edges() {
        let numbers = [
            5e-324,
            1e-323,
            f64::MIN_POSITIVE,
            2.225_073_858_507_201e-308,
            1e-7,
            0.1,
            0.3,
            1.0,
            9.5,
            1e21,
            1e22,
            1e23,
            2_f64.powi(80),
            f64::MAX,
        ];
        for number in numbers {
            assert_eq!(found(number), expected(number), "{number:e}");
        }
        for power in -1074..1024 {
            let number = libm::scalbn(1.0, power);
            assert_eq!(found(number), expected(number), "2^{power}");
        }
        for power in -323..309 {
            let number: f64 = alloc::format!("1e{power}").parse().unwrap();
            assert_eq!(found(number), expected(number), "1e{power}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn digits_are_those_of_the_standard_library(bits in 1_u64..0x7ff0_0000_0000_0000) {
            let number = f64::from_bits(bits);
            prop_assert_eq!(found(number), expected(number));
        }

        #[test]
        fn prices_too(whole in 0_u32..100_000, cents in 1_u32..10_000) {
            let number = f64::from(whole) + f64::from(cents) / 10_000.0;
            prop_assert_eq!(found(number), expected(number));
        }
    }
}
