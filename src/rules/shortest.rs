//! The shortest decimal digits of a number.
//!
//! The standard library can do it, but its formatting costs 6.6 kB of the compressed WebAssembly module, which formats
//! such numbers next to never. This is the plain algorithm of Steele and White in exact integers.

use alloc::vec::Vec;
use core::cmp::Ordering;

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
        let guess = libm::ceil(libm::log10(number) - 1e-10) as i32;
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

/// A whole number of any size: 32 bits each, the lowest first, none above the highest that is not 0.
struct Big(Vec<u32>);

impl Big {
    #[allow(clippy::cast_possible_truncation)] // the lower half, then the upper
    fn of(number: u64) -> Self {
        let mut big = Big(alloc::vec![number as u32, (number >> 32) as u32]);
        big.trim();
        big
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// Times two to the power of `bits`.
    fn shifted(mut self, bits: u32) -> Self {
        self.multiply(1 << (bits % 32));
        let mut words = alloc::vec![0; (bits / 32) as usize];
        words.append(&mut self.0);
        Big(words)
    }

    #[allow(clippy::cast_possible_truncation)] // the lower half of a product, and what is carried
    fn multiply(&mut self, factor: u32) {
        let mut carry = 0_u64;
        for word in &mut self.0 {
            let product = u64::from(*word).wrapping_mul(factor.into()).wrapping_add(carry); // fits: (2^32 - 1)^2 + 2^32 - 1
            *word = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn plus(&self, other: &Big) -> Big {
        let mut carry = false;
        let mut words = Vec::with_capacity(self.0.len().max(other.0.len()).saturating_add(1));
        for place in 0..self.0.len().max(other.0.len()) {
            let word = |big: &Big| big.0.get(place).copied().unwrap_or(0);
            let (sum, first) = word(self).overflowing_add(word(other));
            let (sum, second) = sum.overflowing_add(carry.into());
            words.push(sum);
            carry = first || second;
        }
        if carry {
            words.push(1);
        }
        Big(words)
    }

    /// Takes off what is not more than this.
    fn subtract(&mut self, other: &Big) {
        let mut borrow = false;
        for (place, word) in self.0.iter_mut().enumerate() {
            let (less, first) = word.overflowing_sub(other.0.get(place).copied().unwrap_or(0));
            let (less, second) = less.overflowing_sub(borrow.into());
            *word = less;
            borrow = first || second;
        }
        self.trim();
    }

    fn compare(&self, other: &Big) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
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
