//! Values from JSON text (RFC 8259).

use alloc::string::String;
use alloc::vec::Vec;

use super::{DEPTH_LIMIT, Value, ValueError, ValueErrorKind, digits, nearest};

/// Digits that a whole number may have to be exact in a double, whatever they are.
const EXACT_DIGITS: usize = 15;

/// The value that `text` holds, and nothing after it. Of a key that occurs twice both entries are kept; half of a pair of
/// surrogates is read as U+FFFD; a number beyond what a double holds is an infinity.
///
/// # Errors
///
/// `too-deep` beyond [`DEPTH_LIMIT`], else `invalid-value` with the place.
///
/// ```
/// use regulars::domain::{Value, from_json};
/// assert_eq!(from_json("[1.5, \"\\u00e9\"]").unwrap(), Value::Array(vec![1.5.into(), "é".into()]));
/// assert_eq!(from_json("[1,]").unwrap_err().to_string(), "is no sound JSON at byte 3");
/// ```
pub fn from_json(text: &str) -> Result<Value, ValueError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(DEPTH_LIMIT)?;
    reader.space();
    if reader.at == text.len() { Ok(value) } else { Err(reader.unsound()) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    #[inline(never)]
    fn unsound(&self) -> ValueError {
        ValueError::invalid(["is no sound JSON at byte ", &digits(self.at as u64)].concat())
    }

    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn step(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    fn space(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.step();
        }
    }

    /// Takes `byte`, where it is next.
    fn takes(&mut self, byte: u8) -> bool {
        let taken = self.peek() == byte;
        self.at = self.at.wrapping_add(taken.into());
        taken
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, ValueError> {
        if !self.text.as_bytes().get(self.at..).unwrap_or_default().starts_with(word.as_bytes()) {
            return Err(self.unsound());
        }
        self.at = self.at.wrapping_add(word.len());
        Ok(value)
    }

    fn value(&mut self, depth: u32) -> Result<Value, ValueError> {
        self.space();
        match self.peek() {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.string().map(Value::String),
            b'[' => {
                let mut elements = Vec::new();
                self.inside(b']', depth, &mut |reader, depth| {
                    elements.push(reader.value(depth)?);
                    Ok(())
                })?;
                Ok(Value::Array(elements))
            }
            b'{' => {
                let mut entries = Vec::new();
                self.inside(b'}', depth, &mut |reader, depth| {
                    reader.space();
                    let key = reader.string()?;
                    reader.space();
                    if !reader.takes(b':') {
                        return Err(reader.unsound());
                    }
                    entries.push((key, reader.value(depth)?));
                    Ok(())
                })?;
                Ok(Value::Object(entries))
            }
            _ => self.number().map(Value::Number),
        }
    }

    /// Reads what stands between commas up to `end`.
    fn inside(&mut self, end: u8, depth: u32, read: &mut dyn FnMut(&mut Self, u32) -> Result<(), ValueError>) -> Result<(), ValueError> {
        let depth = depth.checked_sub(1).ok_or_else(|| ValueError::new(ValueErrorKind::TooDeep))?;
        self.step();
        self.space();
        if self.takes(end) {
            return Ok(());
        }
        loop {
            read(self, depth)?;
            self.space();
            if self.takes(end) {
                return Ok(());
            }
            if !self.takes(b',') {
                return Err(self.unsound());
            }
        }
    }

    fn digits(&mut self) -> Result<usize, ValueError> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.step();
        }
        if self.at == start { Err(self.unsound()) } else { Ok(self.at.wrapping_sub(start)) }
    }

    fn number(&mut self) -> Result<f64, ValueError> {
        let start = self.at;
        let negative = self.takes(b'-');
        let first = self.at;
        let leading_zero = self.peek() == b'0';
        let count = self.digits()?;
        if leading_zero && count > 1 {
            self.at = first;
            return Err(self.unsound());
        }
        let digits = self.text.as_bytes().get(first..self.at).unwrap_or_default();
        let mut is_whole = count <= EXACT_DIGITS;
        if self.takes(b'.') {
            is_whole = false;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            is_whole = false;
            self.step();
            if matches!(self.peek(), b'+' | b'-') {
                self.step();
            }
            self.digits()?;
        }
        if is_whole {
            let whole = digits.iter().fold(0.0, |whole, digit| whole * 10.0 + f64::from(digit.wrapping_sub(b'0')));
            return Ok(if negative { -whole } else { whole });
        }
        Ok(nearest(self.text.get(start..self.at).unwrap_or_default()))
    }

    fn string(&mut self) -> Result<String, ValueError> {
        if !self.takes(b'"') {
            return Err(self.unsound());
        }
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | 0..=0x1f) {
                self.step();
            }
            text.push_str(self.text.get(start..self.at).unwrap_or_default());
            match self.peek() {
                b'"' => {
                    self.step();
                    return Ok(text);
                }
                b'\\' => {
                    self.step();
                    text.push(self.escaped()?);
                }
                _ => return Err(self.unsound()),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, ValueError> {
        let byte = self.peek();
        let plain = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.step();
                let unit = self.unit()?;
                let before = self.at;
                if (0xd800..0xdc00).contains(&unit) && self.takes(b'\\') && self.takes(b'u') {
                    let low = self.unit()?;
                    if (0xdc00..0xe000).contains(&low) {
                        let high = unit.wrapping_sub(0xd800).wrapping_mul(0x400);
                        let code = high.wrapping_add(low.wrapping_sub(0xdc00)).wrapping_add(0x1_0000);
                        return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                }
                self.at = before;
                return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ => return Err(self.unsound()),
        };
        self.step();
        Ok(plain)
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, ValueError> {
        let mut unit = 0_u32;
        for _ in 0..4 {
            let digit = char::from(self.peek()).to_digit(16).ok_or_else(|| self.unsound())?;
            unit = unit.wrapping_mul(16).wrapping_add(digit);
            self.step();
        }
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_json_is_refused() {
        let refused = [
            "",
            " ",
            "nul",
            "nullx",
            "tru",
            "01",
            "-",
            "-a",
            "1.",
            ".5",
            "1e",
            "1e+",
            "+1",
            "0x1",
            "NaN",
            "Infinity",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,]",
            "[1 2]",
            "{",
            "{}}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "\"",
            "\"\\",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\n\"",
            "\"\0\"",
            "\u{feff}1",
            "1 1",
            "[1]]",
            "// x",
            "\"a\" b",
        ];
        for text in refused {
            assert!(from_json(text).is_err(), "{text:?}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn escapes_and_surrogates() {
        let read = |text: &str| from_json(text).unwrap();
        assert_eq!(read(r#""\"\\\/\b\f\n\r\té会""#), "\"\\/\u{8}\u{c}\n\r\té会".into());
        assert_eq!(read(r#""\ud83d\ude00\ud83dx\ude00\ud83d""#), "😀\u{fffd}x\u{fffd}\u{fffd}".into());
        assert_eq!(read(r#""\ud83d\ud83d\ude00""#), "\u{fffd}😀".into());
    }

    #[test]
    fn numbers_are_doubles() {
        let read = |text: &str| from_json(text).unwrap().as_f64().unwrap();
        for text in ["0", "-0", "123456789012345", "-1234567890123456789", "9007199254740993", "0.1", "1e23", "-2.5E-3", "1e400", "5e-324"]
        {
            assert_eq!(read(text).to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
    }

    #[test]
    fn nesting_that_would_exhaust_the_stack_is_refused() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(from_json(&"[".repeat(1_000_000)).unwrap_err().kind(), &ValueErrorKind::TooDeep);
        assert!(from_json(&nested(DEPTH_LIMIT as usize)).is_ok());
    }

    #[test]
    fn both_of_two_equal_keys_are_kept() {
        let value = from_json(r#" { "a" : 1 , "a" : [ ] , "b":{} } "#).unwrap();
        assert_eq!(value.as_object().unwrap().len(), 3);
        assert_eq!(value.get("a"), Some(&Value::Array(Vec::new())));
    }

    /// The same, but for the last places of numbers: serde_json rounds some of them otherwise.
    fn alike(one: &Value, other: &Value) -> bool {
        match (one, other) {
            (Value::Number(one), Value::Number(other)) => one == other || (one - other).abs() <= one.abs() * 1e-15,
            (Value::Array(one), Value::Array(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
            }
            (Value::Object(one), Value::Object(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.0 == other.0 && alike(&one.1, &other.1))
            }
            _ => one == other,
        }
    }

    proptest! {
        #[test]
        fn text_is_read_as_serde_json_reads_it(text in r#"([\[\]{}:,"a1\\ .e-]|"a"|null|\\u00e9|[0-9]{1,4}){0,12}"#) {
            match (serde_json::from_str::<Value>(&text), from_json(&text)) {
                (Ok(expected), Ok(read)) => prop_assert!(alike(&read, &expected), "{:?} is not {:?}", read, expected),
                // What no double holds is an infinity here, as it is to the host.
                (Err(error), read) => prop_assert!(read.is_err() || error.to_string().starts_with("number out of range")),
                (Ok(expected), Err(error)) => prop_assert!(false, "{:?} is refused: {}", expected, error),
            }
        }
    }
}
