//! Answers as JSON text, which every host turns into objects faster than calls into it could make them.

use alloc::string::String;
use core::fmt;

use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

use crate::domain::push_digits;
use crate::rules::NumberText;

/// `value` as JSON: integers are numbers, what is missing is `null`, and so is what is no finite number. `None` where an
/// integer is beyond 2^53 - 1, which would not arrive as it is.
///
/// Nothing here can fail on the way, so that no type written costs the WebAssembly module a path for errors.
///
/// ```
/// use regulars::domain::PointsLot;
/// let lot = PointsLot { amount: 30, wallet: Some("\"A\"".into()), ..PointsLot::default() };
/// assert_eq!(regulars::engine::to_json(&lot).unwrap(), r#"{"amount":30,"wallet":"\"A\""}"#);
/// assert_eq!(regulars::engine::to_json(&i64::MAX), None);
/// ```
pub fn to_json(value: &(impl Serialize + ?Sized)) -> Option<String> {
    let mut text = Json { text: String::with_capacity(ROOM), beyond: false };
    match value.serialize(&mut text) {
        Ok(()) => (!text.beyond).then_some(text.text),
        Err(never) => match never {},
    }
}

/// Bytes made room for at first: most answers are no longer.
const ROOM: usize = 2048;

struct Json {
    text: String,
    /// Whether an integer was beyond what a double holds.
    beyond: bool,
}

/// What never happens.
#[derive(Debug)]
enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl core::error::Error for Never {}

impl serde::ser::Error for Never {
    fn custom<T: fmt::Display>(_: T) -> Self {
        // Only for what JSON has no form for: no type of an answer.
        std::process::abort()
    }
}

impl Json {
    #[inline(never)]
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    #[inline(never)]
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        let mut from = 0;
        for (place, byte) in text.as_bytes().iter().enumerate() {
            if *byte > 0x1f && *byte != b'"' && *byte != b'\\' {
                continue;
            }
            self.text.push_str(text.get(from..place).unwrap_or_default());
            self.text.push('\\');
            if *byte > 0x1f {
                self.text.push(char::from(*byte));
            } else {
                self.text.push_str("u00");
                for digit in [byte >> 4, byte & 15] {
                    self.text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
                }
            }
            from = place.saturating_add(1);
        }
        self.text.push_str(text.get(from..).unwrap_or_default());
        self.text.push('"');
    }

    /// A comma, unless this is the first of a list or an object.
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn comma(&mut self) {
        if !matches!(self.text.as_bytes().last(), Some(b'[' | b'{')) {
            self.text.push(',');
        }
    }

    /// The name of a field, which is written as it is in the source: nothing in it is escaped.
    #[inline(never)]
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn key(&mut self, key: &'static str) {
        self.comma();
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
    }

    #[inline(never)]
    fn element(&mut self) {
        self.comma();
    }

    #[inline(never)]
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn whole(&mut self, number: i64) {
        let magnitude = number.unsigned_abs();
        self.beyond |= magnitude > 9_007_199_254_740_991;
        if number < 0 {
            self.text.push('-');
        }
        push_digits(&mut self.text, magnitude);
    }
}

macro_rules! wholes {
    ($($method:ident $type:ident)*) => {$(
        fn $method(self, number: $type) -> Result<(), Never> {
            self.whole(i64::try_from(number).unwrap_or(i64::MAX));
            Ok(())
        }
    )*};
}

impl<'a> Serializer for &'a mut Json {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Inside<'a>;
    type SerializeTuple = Inside<'a>;
    type SerializeTupleStruct = Inside<'a>;
    type SerializeTupleVariant = Inside<'a>;
    type SerializeMap = Inside<'a>;
    type SerializeStruct = Inside<'a>;
    type SerializeStructVariant = Inside<'a>;

    wholes! {
        serialize_i8 i8 serialize_i16 i16 serialize_i32 i32 serialize_i64 i64
        serialize_u8 u8 serialize_u16 u16 serialize_u32 u32 serialize_u64 u64
    }

    fn serialize_bool(self, flag: bool) -> Result<(), Never> {
        self.push(if flag { "true" } else { "false" });
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Result<(), Never> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Never> {
        if number == 0.0 && number.is_sign_negative() {
            self.push("-0");
        } else if number.is_finite() {
            self.push(NumberText::of(number).as_str());
        } else {
            self.push("null");
        }
        Ok(())
    }

    fn serialize_char(self, character: char) -> Result<(), Never> {
        self.serialize_str(character.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Never> {
        self.quoted(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Never> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<(), Never> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Never> {
        self.push("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Never> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.push("{");
        self.key(variant);
        value.serialize(&mut *self)?;
        self.push("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'a>, Never> {
        self.push("[");
        Ok(Inside { json: self, end: "]" })
    }

    fn serialize_tuple(self, length: usize) -> Result<Inside<'a>, Never> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Inside<'a>, Never> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Inside<'a>, Never> {
        self.push("{");
        self.key(variant);
        self.push("[");
        Ok(Inside { json: self, end: "]}" })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'a>, Never> {
        self.push("{");
        Ok(Inside { json: self, end: "}" })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>, Never> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Inside<'a>, Never> {
        self.push("{");
        self.key(variant);
        self.push("{");
        Ok(Inside { json: self, end: "}}" })
    }
}

/// A list or an object that is being written.
struct Inside<'a> {
    json: &'a mut Json,
    end: &'static str,
}

impl SerializeSeq for Inside<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.json.element();
        value.serialize(&mut *self.json)
    }

    fn end(self) -> Result<(), Never> {
        self.json.push(self.end);
        Ok(())
    }
}

impl SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Never;

    /// Keys are texts.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        self.json.element();
        key.serialize(&mut *self.json)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.json.push(":");
        value.serialize(&mut *self.json)
    }

    fn end(self) -> Result<(), Never> {
        self.json.push(self.end);
        Ok(())
    }
}

macro_rules! lists {
    ($($form:ident $method:ident)*) => {$(
        impl $form for Inside<'_> {
            type Ok = ();
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                SerializeSeq::serialize_element(self, value)
            }

            fn end(self) -> Result<(), Never> {
                SerializeSeq::end(self)
            }
        }
    )*};
}

lists! { SerializeTuple serialize_element SerializeTupleStruct serialize_field SerializeTupleVariant serialize_field }

macro_rules! objects {
    ($($form:ident)*) => {$(
        impl $form for Inside<'_> {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Never> {
                self.json.key(key);
                value.serialize(&mut *self.json)
            }

            fn end(self) -> Result<(), Never> {
                SerializeSeq::end(self)
            }
        }
    )*};
}

objects! { SerializeStruct SerializeStructVariant }

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::Value;

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    enum Form {
        Plain,
        Inner(u8),
        Pair(u8, char),
        Fields { left_over: Option<()>, list: Vec<Form> },
    }

    #[derive(Serialize)]
    struct Whole {
        forms: Vec<Form>,
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<u8>,
        map: BTreeMap<String, f32>,
        nothing: (),
        empty: [u8; 0],
    }

    fn json(value: &impl Serialize) -> serde_json::Value {
        serde_json::from_str(&to_json(value).unwrap()).unwrap()
    }

    #[test]
    fn every_form_is_as_serde_says() {
        let inner = Form::Fields { left_over: None, list: vec![Form::Plain, Form::Inner(3), Form::Pair(4, '"')] };
        let map = BTreeMap::from([("a".into(), 0.5), ("\u{1}\n\\\"é会".into(), -1.5)]);
        let whole = Whole { forms: vec![inner, Form::Plain], absent: None, map, nothing: (), empty: [] };
        assert_eq!(json(&whole), serde_json::to_value(&whole).unwrap());
    }

    #[test]
    fn what_javascript_cannot_hold() {
        assert_eq!(to_json(&9_007_199_254_740_992_i64), None);
        assert_eq!(to_json(&[u64::MAX]), None);
        assert_eq!(to_json(&-9_007_199_254_740_991_i64).unwrap(), "-9007199254740991");
        assert_eq!(to_json(&[f64::NAN, f64::INFINITY, -0.0, 1e21, 0.1 + 0.2]).unwrap(), "[null,null,-0,1e+21,0.30000000000000004]");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            // What serde_json reads without an error in the last place.
            any::<i32>().prop_map(|eighths| Value::Number(f64::from(eighths) / 8.0)),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                prop::collection::btree_map(any::<String>(), inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(value in values()) {
            let read: Value = serde_json::from_str(&to_json(&value).unwrap()).unwrap();
            prop_assert_eq!(read, value);
        }
    }
}
