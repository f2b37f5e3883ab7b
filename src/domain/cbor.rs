//! Values as CBOR (RFC 8949), the form of documents inside snapshots and of saved state.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::Decoder;
use minicbor::data::Type;
use serde::Serialize;

use super::{DEPTH_LIMIT, Value, ValueError, ValueErrorKind};

/// `value` as CBOR. Objects keep the order of their keys; absent options and units are `null`.
///
/// # Errors
///
/// Where `value` refuses to be serialised; [`Value`] and derived types don't.
pub fn to_cbor<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, ValueError> {
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
    let mut decoder = Decoder::new(bytes);
    let value = read(&mut decoder, DEPTH_LIMIT)?;
    if decoder.position() == bytes.len() { Ok(value) } else { Err(unsound()) }
}

fn unsound() -> ValueError {
    ValueError::invalid("is no sound CBOR")
}

#[allow(clippy::cast_precision_loss)] // JavaScript's numbers are doubles: that is the type's meaning
fn read(decoder: &mut Decoder<'_>, depth: u32) -> Result<Value, ValueError> {
    Ok(match decoder.datatype().map_err(|_| unsound())? {
        Type::Null => {
            decoder.null().map_err(|_| unsound())?;
            Value::Null
        }
        Type::Undefined => {
            decoder.undefined().map_err(|_| unsound())?;
            Value::Null
        }
        Type::Bool => Value::Bool(decoder.bool().map_err(|_| unsound())?),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => Value::Number(decoder.u64().map_err(|_| unsound())? as f64),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => Value::Number(decoder.i64().map_err(|_| unsound())? as f64),
        Type::F32 => Value::Number(f64::from(decoder.f32().map_err(|_| unsound())?)),
        Type::F64 => Value::Number(decoder.f64().map_err(|_| unsound())?),
        Type::String | Type::StringIndef => Value::String(text(decoder)?),
        Type::Array | Type::ArrayIndef => {
            let depth = deeper(depth)?;
            let mut rest = decoder.array().map_err(|_| unsound())?;
            let mut elements = Vec::new();
            while more(decoder, &mut rest)? {
                elements.push(read(decoder, depth)?);
            }
            Value::Array(elements)
        }
        Type::Map | Type::MapIndef => {
            let depth = deeper(depth)?;
            let mut rest = decoder.map().map_err(|_| unsound())?;
            let mut entries = Vec::new();
            while more(decoder, &mut rest)? {
                let key = text(decoder)?;
                entries.push((key, read(decoder, depth)?));
            }
            Value::Object(entries)
        }
        _ => return Err(unsound()),
    })
}

fn deeper(depth: u32) -> Result<u32, ValueError> {
    depth.checked_sub(1).ok_or_else(|| ValueError::new(ValueErrorKind::TooDeep))
}

/// Whether an element follows: one of the `rest`, or, in a list of indefinite length, one before the break.
fn more(decoder: &mut Decoder<'_>, rest: &mut Option<u64>) -> Result<bool, ValueError> {
    match rest {
        Some(count) => {
            let some = *count > 0;
            *count = count.saturating_sub(1);
            Ok(some)
        }
        None if decoder.datatype().map_err(|_| unsound())? == Type::Break => {
            decoder.set_position(decoder.position().saturating_add(1));
            Ok(false)
        }
        None => Ok(true),
    }
}

fn text(decoder: &mut Decoder<'_>) -> Result<String, ValueError> {
    if decoder.datatype().map_err(|_| unsound())? == Type::String {
        return Ok(decoder.str().map_err(|_| unsound())?.into());
    }
    let mut text = String::new();
    for part in decoder.str_iter().map_err(|_| unsound())? {
        text.push_str(part.map_err(|_| unsound())?);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_refused() {
        let refused: [&[u8]; 9] = [
            b"",                                     // nothing
            b"\x01\x01",                             // two values
            b"\x43abc",                              // bytes
            b"\xc1\x01",                             // a tag
            b"\xf9\x3c\x00",                         // half precision
            b"\x82\x01",                             // a list that ends early
            b"\xa1\x01\x01",                         // a key that is no text
            b"\x61\xff",                             // no UTF-8
            b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", // a list of 2^64 - 1 elements
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
    fn values_survive_a_round_trip() {
        let text = r#"{"a":[1,-2.5,true,null,"x",9007199254740991,-3,1e300],"b":{"c":{},"d":[]}}"#;
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(from_cbor(&to_cbor(&value).unwrap()).unwrap(), value);
    }
}
