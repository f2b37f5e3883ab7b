//! The number that a decimal text stands for.
//!
//! The standard library can do it, but its table of powers of five alone costs 10 kB of the compressed WebAssembly module,
//! which reads such numbers next to never: JSON numbers come as numbers. What a product of two doubles does not give
//! exactly is worked out in exact integers.

use alloc::vec::Vec;

use super::big::Big;

/// More digits than this never decide which double is the nearest; that there are any others than zeros may.
const MOST_DIGITS: usize = 800;
/// Digits that a double surely holds exactly.
const EXACT_DIGITS: usize = 15;
/// The greatest power of ten that a double holds exactly.
const EXACT_POWER: i32 = 22;

/// The double nearest to `text`, of two as near the even one; NaN for what is no decimal: an optional sign, digits with
/// an optional point among them, an optional exponent.
pub(crate) fn nearest(text: &str) -> f64 {
    let (text, sign) = match text.as_bytes() {
        [b'-', rest @ ..] => (rest, -1.0),
        [b'+', rest @ ..] => (rest, 1.0),
        all => (all, 1.0),
    };
    Decimal::read(text).map_or(f64::NAN, |decimal| sign * decimal.nearest())
}

/// `0.d1 d2 d3 ... x 10^point`, the first and the last digit not 0.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    fn read(text: &[u8]) -> Option<Self> {
        let (mut digits, mut point) = (Vec::new(), 0_i32);
        let (mut any, mut fraction, mut more) = (false, false, false);
        let mut rest = text.iter();
        let mut exponent = None;
        for byte in rest.by_ref() {
            match byte {
                b'0'..=b'9' => {
                    any = true;
                    let leads = digits.is_empty() && *byte == b'0';
                    if digits.len() == MOST_DIGITS {
                        more |= *byte != b'0';
                    } else if !leads {
                        digits.push(byte.wrapping_sub(b'0'));
                    }
                    point = point.saturating_add(i32::from(!fraction && !leads)).saturating_sub(i32::from(fraction && leads));
                }
                b'.' if !fraction => fraction = true,
                b'e' | b'E' => {
                    exponent = Some(whole(rest.as_slice())?);
                    break;
                }
                _ => return None,
            }
        }
        if more && let Some(last) = digits.last_mut() {
            *last |= 1; // what follows makes it a little more, which tells it from a half
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        any.then(|| Decimal { digits, point: point.saturating_add(exponent.unwrap_or(0)) })
    }

    fn nearest(&self) -> f64 {
        let count = i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        let power = self.point.saturating_sub(count);
        match self.point {
            _ if count == 0 => 0.0,
            310.. => f64::INFINITY,
            ..-330 => 0.0,
            _ if self.digits.len() <= EXACT_DIGITS && power.abs() <= EXACT_POWER => {
                let whole = self.digits.iter().fold(0.0, |whole, digit| whole * 10.0 + f64::from(*digit));
                let scale = (0..power.abs()).fold(1.0, |scale, _| scale * 10.0);
                if power < 0 { whole / scale } else { whole * scale }
            }
            _ => self.exactly(power),
        }
    }

    /// The nearest by dividing in whole numbers.
    fn exactly(&self, power: i32) -> f64 {
        let mut above = Big::of(0);
        for digit in &self.digits {
            above.multiply(10);
            above.add((*digit).into());
        }
        let mut below = Big::of(1);
        for _ in 0..power.unsigned_abs() {
            if power < 0 { below.multiply(10) } else { above.multiply(10) }
        }
        // The quotient times 2^scale has 56 or 57 bits, or, where doubles thin out, two below their last.
        let signed = |bits: u32| i32::try_from(bits).unwrap_or(i32::MAX);
        let scale = 56_i32.saturating_sub(signed(above.bits())).saturating_add(signed(below.bits())).min(1076);
        above = above.shifted(scale.max(0).unsigned_abs());
        below = below.shifted(scale.min(0).unsigned_abs());
        let mut quotient = 0_u64;
        for place in (0..58).rev() {
            let part = below.clone().shifted(place);
            if above.compare(&part).is_ge() {
                above.subtract(&part);
                quotient |= 1_u64.wrapping_shl(place);
            }
        }
        // What is left makes the last bit a little more, which tells it from a half.
        quotient |= u64::from(above.bits() > 0);
        let length = 64_i32.saturating_sub(signed(quotient.leading_zeros()));
        let dropped = length.saturating_sub(53).max(scale.saturating_sub(1074));
        let unit = 1_u64.wrapping_shl(dropped.unsigned_abs());
        let (kept, rest, half) = (quotient.wrapping_shr(dropped.unsigned_abs()), quotient & unit.wrapping_sub(1), unit / 2);
        let up = rest > half || (rest == half && kept & 1 == 1);
        #[allow(clippy::cast_precision_loss)] // at most 2^53
        let mantissa = kept.saturating_add(up.into()) as f64;
        libm::scalbn(mantissa, dropped.saturating_sub(scale))
    }
}

/// An exponent; one of many digits is as good as a great one.
fn whole(text: &[u8]) -> Option<i32> {
    let (digits, negative) = match text {
        [b'-', rest @ ..] => (rest, true),
        [b'+', rest @ ..] => (rest, false),
        all => (all, false),
    };
    if digits.is_empty() {
        return None;
    }
    let mut whole = 0_i32;
    for digit in digits {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        whole = whole.saturating_mul(10).saturating_add(digit.into()).min(100_000_000);
    }
    Some(if negative { whole.saturating_neg() } else { whole })
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    fn same(text: &str) {
        let expected: f64 = text.parse().unwrap_or(f64::NAN);
        let found = nearest(text);
        assert!(found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan()), "{text}: {found:e}, not {expected:e}");
    }

    #[test]
    fn hard_cases_are_read_as_the_standard_library_reads_them() {
        let texts = "0 -0 1 .5 5. -.5e1 1e22 1e23 123456789012345678 9007199254740993 9007199254740992.5 9007199254740993.00000001 \
            1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 1e309 1e99999999999 2.2250738585072014e-308 \
            2.2250738585072011e-308 2.225073858507201e-308 4.9e-324 2.4703282292062327e-324 2.4703282292062328e-324 1e-400 \
            0e999999999999 0.000000000000000000000000000000000000001e40 6.631236846766476e-316 3.2378839133029012895883e-319 \
            1.00000000000000011102230246251565404236316680908203125 1.00000000000000011102230246251565404236316680908203124 \
            1.00000000000000011102230246251565404236316680908203126 10000000000000000000000000000000000000000e-40 00012.500";
        texts.split_whitespace().for_each(same);
        same(&format!("1.00000000000000011102230246251565404236316680908203125{}1", "0".repeat(900)));
        same(&format!("{}e-1000", "9".repeat(1300)));
        same(&format!("0.{}1e1000", "0".repeat(999)));
    }

    #[test]
    fn what_is_no_decimal_is_no_number() {
        for text in ["", ".", "-", "+", "e5", ".e5", "1e", "1e+", "1.2.3", "1-", "--1", "1e5.0", "1e5e5", "inf", "nan", "0x10", " 1"] {
            assert!(nearest(text).is_nan(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_double_reads_back(bits: u64) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            same(&format!("{number:e}"));
            same(&format!("{number:.3e}"));
        }

        #[test]
        fn decimals_are_read_as_the_standard_library_reads_them(text in "[+-]?[0-9]{0,25}\\.?[0-9]{0,25}(e[+-]?[0-9]{1,3})?") {
            same(&text);
        }

        #[test]
        fn halves_between_two_doubles_go_to_the_even_one(mantissa in 0_u64..1 << 52, exponent in 1_u64..60) {
            // The exact half, written out, and the numbers just beside it.
            let number = f64::from_bits((1023 + exponent) << 52 | mantissa);
            let above = f64::from_bits(number.to_bits() + 1);
            let whole = number as u128 * 1024 + ((above - number) * 512.0) as u128;
            let text: String = format!("{whole}");
            for ending in ["", "1", "01"] {
                same(&format!("{text}.{}{ending}", "0".repeat(30)));
            }
        }
    }
}
