//! Numbers read and written as JavaScript does.

use super::shortest::Digits;
use crate::domain::{MOST_DIGITS, digits_in, nearest};

/// The longest text of a number: sign, 17 digits, point, 4 zeros and an exponent fit.
const LONGEST: usize = 32;

/// The text JavaScript gives a number (`String(number)`), without an allocation.
#[derive(Clone, Copy, Debug)]
pub struct NumberText {
    bytes: [u8; LONGEST],
    length: usize,
}

impl NumberText {
    /// The text of `number`: the fewest digits that read back as the same number, with an exponent from 1e21 on and
    /// below 1e-6.
    ///
    /// ```
    /// use regulars::rules::NumberText;
    /// assert_eq!(NumberText::of(1e21).as_str(), "1e+21");
    /// assert_eq!(NumberText::of(-0.0).as_str(), "0");
    /// assert_eq!(NumberText::of(0.1 + 0.2).as_str(), "0.30000000000000004");
    /// ```
    pub fn of(number: f64) -> Self {
        let mut text = NumberText { bytes: [0; LONGEST], length: 0 };
        if number.is_nan() {
            text.push_all(b"NaN");
        } else if number == 0.0 {
            text.push(b'0');
        } else {
            if number < 0.0 {
                text.push(b'-');
            }
            let size = f64::abs(number);
            if size.is_infinite() {
                text.push_all(b"Infinity");
            } else if size <= MAX_SAFE && f64::trunc(size) == size {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole and in range by the test
                text.push_whole(size as u64);
            } else {
                text.push_shortest(size);
            }
        }
        text
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length = self.length.saturating_add(1);
        }
    }

    fn push_all(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.push(*byte));
    }

    fn push_whole(&mut self, number: u64) {
        self.push_all(digits_in(number, &mut [0; MOST_DIGITS]));
    }

    /// Lays out the shortest digits as the language's `Number::toString` says.
    fn push_shortest(&mut self, size: f64) {
        let Digits { digits, length, point } = Digits::of(size);
        let digits = digits.get(..length).unwrap_or_default();
        let count = i32::try_from(length).unwrap_or(0);
        let (before, after) = digits.split_at_checked(usize::try_from(point).unwrap_or(0)).unwrap_or((digits, &[]));
        match point {
            1..=21 => {
                self.push_all(before);
                (count..point).for_each(|_| self.push(b'0'));
                if !after.is_empty() {
                    self.push(b'.');
                    self.push_all(after);
                }
            }
            -5..=0 => {
                self.push_all(b"0.");
                (point..0).for_each(|_| self.push(b'0'));
                self.push_all(digits);
            }
            _ => {
                let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, &[]));
                self.push_all(first);
                if !rest.is_empty() {
                    self.push(b'.');
                    self.push_all(rest);
                }
                let exponent = point.saturating_sub(1);
                self.push(b'e');
                self.push(if exponent < 0 { b'-' } else { b'+' });
                self.push_whole(exponent.unsigned_abs().into());
            }
        }
    }
}

/// The largest whole number up to which a double holds every whole number.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// `Number(text)`: the number a text stands for, 0 for blank, NaN for what is no number.
pub(super) fn parse(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    let (head, rest) = text.split_at_checked(2).unwrap_or(("", text));
    match head {
        "" if rest.is_empty() => 0.0,
        "0x" | "0X" => whole(rest, 16),
        "0o" | "0O" => whole(rest, 8),
        "0b" | "0B" => whole(rest, 2),
        _ => decimal(text),
    }
}

fn whole(digits: &str, radix: u32) -> f64 {
    if digits.is_empty() {
        return f64::NAN;
    }
    digits
        .chars()
        .try_fold(0.0, |sum, digit| digit.to_digit(radix).map(|digit| sum * f64::from(radix) + f64::from(digit)))
        .unwrap_or(f64::NAN)
}

fn decimal(text: &str) -> f64 {
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ => nearest(text),
    }
}

/// White space and line terminators of the language, which differ from Unicode's white space by two.
fn is_space(character: char) -> bool {
    character == '\u{feff}' || (character.is_whitespace() && character != '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_nan() {
        for text in ["x", "1x", "inf", "nan", "infinity", "0x", "-0x1", "1e", ".", "e5", "1,5", "1_000", "\u{85}1", "--1"] {
            assert!(parse(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn numbers_are_read() {
        let cases: [(&str, f64); 10] = [
            ("", 0.0),
            (" \u{feff}\n", 0.0),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("1.", 1.0),
            (".5", 0.5),
            ("+1e3", 1000.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e999", f64::INFINITY),
            (" 8 ", 8.0),
        ];
        for (text, number) in cases {
            assert_eq!(parse(text), number, "{text}");
        }
    }

    /// Expected texts from Node.
    #[test]
    fn numbers_are_written() {
        let cases: [(f64, &str); 16] = [
            (0.0, "0"),
            (-1.0, "-1"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (9_007_199_254_740_994.0, "9007199254740994"),
            (1e20, "100000000000000000000"),
            (1.5e20, "150000000000000000000"),
            (1e21, "1e+21"),
            (1.25e25, "1.25e+25"),
            (0.5, "0.5"),
            (123.456, "123.456"),
            (0.000_001, "0.000001"),
            (0.000_001_5, "0.0000015"),
            (1e-7, "1e-7"),
            (-1.5e-9, "-1.5e-9"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
        ];
        for (number, text) in cases {
            assert_eq!(NumberText::of(number).as_str(), text);
        }
        assert_eq!(NumberText::of(f64::NAN).as_str(), "NaN");
        assert_eq!(NumberText::of(f64::NEG_INFINITY).as_str(), "-Infinity");
    }
}
