//! Values as CBOR (RFC 8949), the form of documents inside snapshots and of saved state.

use alloc::string::String;
use alloc::vec::Vec;

use super::{DEPTH_LIMIT, Value, ValueError, ValueErrorKind};

/// `value` as CBOR. Objects keep the order of their keys; absent options and units are `null`.
///
/// # Errors
///
/// Where `value` refuses to be serialised; [`Value`] and derived types don't.
#[cfg(not(target_arch = "wasm32"))]
pub fn to_cbor<T: serde::Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, ValueError> {
    let mut bytes = Vec::new();
    let mut serializer = minicbor_serde::Serializer::new(&mut bytes);
    serializer.serialize_unit_as_null(true);
    value.serialize(&mut serializer).map_err(|_| ValueError::invalid("can not be written"))?;
    Ok(bytes)
}

/// The value that `bytes` hold, and nothing after it.
///
/// Understood is what JSON has: null (and undefined), truth values, integers, floating-point numbers of 32 and 64 bits,
/// texts, lists, and objects with texts as keys, of definite or indefinite length. Byte strings, tags and floats of 16
/// bits are refused.
///
/// # Errors
///
/// `too-deep` beyond [`DEPTH_LIMIT`], else `invalid-value`.
pub fn from_cbor(bytes: &[u8]) -> Result<Value, ValueError> {
    let mut reader = Reader { rest: bytes };
    let value = reader.value(DEPTH_LIMIT)?;
    if reader.rest.is_empty() { Ok(value) } else { Err(unsound()) }
}

const TEXT: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
const OTHER: u8 = 7;
/// What stands where a length would: it ends with a break.
const INDEFINITE: u8 = 31;

/// Reads what little of CBOR there is to read: a fifth of what a library of all of it adds to the module.
struct Reader<'b> {
    rest: &'b [u8],
}

/// What an item begins with: its major type, the five bits after it, and the number that these say or that follows them.
#[derive(Clone, Copy)]
struct Head {
    major: u8,
    bits: u8,
    number: u64,
}

fn unsound() -> ValueError {
    ValueError::invalid("is no sound CBOR")
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: u64) -> Result<&'b [u8], ValueError> {
        let split = usize::try_from(count).ok().and_then(|count| self.rest.split_at_checked(count));
        let (taken, rest) = split.ok_or_else(unsound)?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline(never)]
    fn head(&mut self) -> Result<Head, ValueError> {
        let first = self.take(1)?.first().copied().unwrap_or(0);
        let (major, bits) = (first >> 5, first & 31);
        let number = match bits {
            0..=23 => bits.into(),
            24..=27 => {
                let bytes = self.take(1 << (bits & 3))?;
                bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
            }
            INDEFINITE if (TEXT..=MAP).contains(&major) => 0,
            _ => return Err(unsound()),
        };
        Ok(Head { major, bits, number })
    }

    #[allow(clippy::cast_precision_loss)] // JavaScript's numbers are doubles: that is the type's meaning
    fn value(&mut self, depth: u32) -> Result<Value, ValueError> {
        let head = self.head()?;
        Ok(match (head.major, head.bits) {
            (0, _) => Value::Number(head.number as f64),
            (1, _) => Value::Number(!i64::try_from(head.number).map_err(|_| unsound())? as f64),
            (TEXT, _) => Value::String(self.text(head)?),
            (LIST, _) => {
                let (depth, mut rest) = (deeper(depth)?, head);
                let mut elements = Vec::new();
                while self.more(&mut rest) {
                    elements.push(self.value(depth)?);
                }
                Value::Array(elements)
            }
            (MAP, _) => {
                let (depth, mut rest) = (deeper(depth)?, head);
                let mut entries = Vec::new();
                while self.more(&mut rest) {
                    let key = self.head()?;
                    let key = self.text(key)?;
                    entries.push((key, self.value(depth)?));
                }
                Value::Object(entries)
            }
            (OTHER, 20) => Value::Bool(false),
            (OTHER, 21) => Value::Bool(true),
            (OTHER, 22 | 23) => Value::Null,
            (OTHER, 26) => {
                let bits = u32::try_from(head.number).map_err(|_| unsound())?;
                Value::Number(f32::from_bits(bits).into())
            }
            (OTHER, 27) => Value::Number(f64::from_bits(head.number)),
            _ => return Err(unsound()),
        })
    }

    /// Whether an element follows: one of the `rest`, or, in a list of indefinite length, one before the break.
    fn more(&mut self, rest: &mut Head) -> bool {
        if rest.bits != INDEFINITE {
            let some = rest.number > 0;
            rest.number = rest.number.saturating_sub(1);
            return some;
        }
        match self.rest.strip_prefix(&[0xff]) {
            Some(after) => {
                self.rest = after;
                false
            }
            None => true,
        }
    }

    /// The text that `head` begins: of parts, where its length is indefinite.
    fn text(&mut self, head: Head) -> Result<String, ValueError> {
        if head.major != TEXT {
            return Err(unsound());
        }
        if head.bits != INDEFINITE {
            return core::str::from_utf8(self.take(head.number)?).map(String::from).map_err(|_| unsound());
        }
        let (mut text, mut rest) = (String::new(), head);
        while self.more(&mut rest) {
            let part = self.head()?;
            if part.bits == INDEFINITE {
                return Err(unsound());
            }
            text.push_str(&self.text(part)?);
        }
        Ok(text)
    }
}

fn deeper(depth: u32) -> Result<u32, ValueError> {
    depth.checked_sub(1).ok_or_else(|| ValueError::new(ValueErrorKind::TooDeep))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_refused() {
        let refused: [&[u8]; 15] = [
            b"",                                     // nothing
            b"\x01\x01",                             // two values
            b"\x43abc",                              // bytes
            b"\xc1\x01",                             // a tag
            b"\xf9\x3c\x00",                         // half precision
            b"\x82\x01",                             // a list that ends early
            b"\xa1\x01\x01",                         // a key that is no text
            b"\x61\xff",                             // no UTF-8
            b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", // a list of 2^64 - 1 elements
            b"\xff",                                 // a break without a beginning
            b"\x9f\x01",                             // a list without an end
            b"\x7f\x7f\xff\xff",                     // a text of parts inside another
            b"\x1f",                                 // an integer of indefinite length
            b"\x1c",                                 // reserved
            b"\xf8\x20",                             // a simple value that means nothing
        ];
        for bytes in refused {
            assert!(from_cbor(bytes).is_err(), "{bytes:x?}");
        }
        assert_eq!(from_cbor(&[0x81; 1000]).unwrap_err().kind(), &ValueErrorKind::TooDeep);
    }

    #[test]
    fn indefinite_lengths_are_read() {
        let value = from_cbor(b"\xbf\x61a\x9f\x01\x20\xff\x7f\x61b\x61c\xff\xf7\xff").unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"a":[1,-1],"bc":null}"#);
    }

    #[test]
    fn numbers_are_read_as_the_library_reads_them() {
        let numbers: [&[u8]; 10] = [
            b"\x17",
            b"\x18\xff",
            b"\x19\x01\x00",
            b"\x1a\xff\xff\xff\xff",
            b"\x1b\x00\x20\x00\x00\x00\x00\x00\x00",
            b"\x38\xff",
            b"\x3b\x7f\xff\xff\xff\xff\xff\xff\xff",
            b"\xfa\x47\xc3\x50\x00",
            b"\xfb\xc0\x10\x66\x66\x66\x66\x66\x66",
            b"\x18\x05",
        ];
        for bytes in numbers {
            assert_eq!(from_cbor(bytes).unwrap(), minicbor_serde::from_slice::<Value>(bytes).unwrap(), "{bytes:x?}");
        }
        assert!(from_cbor(b"\x3b\x80\x00\x00\x00\x00\x00\x00\x00").is_err());
    }

    #[test]
    fn values_survive_a_round_trip() {
        let text = r#"{"a":[1,-2.5,true,null,"x",9007199254740991,-3,1e300],"b":{"c":{},"d":[]}}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(from_cbor(&to_cbor(&value).unwrap()).unwrap(), value);
    }
}
