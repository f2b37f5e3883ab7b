//! Reading wire structs from a [`Value`], the only form they are ever read from.

use core::slice;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};

use super::value::DEPTH_LIMIT;
use super::{Value, ValueError, ValueErrorKind};

/// Reads a `T` from `value`.
///
/// * Integers are taken from whole numbers only, no larger in amount than 2⁵³ - 1, and within their type's range.
/// * Unknown fields are ignored, unless `T` says otherwise; `null` is the `None` of an `Option`.
/// * Enums are read as serde writes them: a text for a variant without content, else an object with one key. Inside an
///   internally tagged or untagged enum, or below `flatten`, errors name the enum's place, not the field in it.
///
/// # Errors
///
/// What is wrong first, and where.
///
/// ```
/// use regulars::domain::{Value, from_value};
/// #[derive(serde::Deserialize)]
/// struct Window { from: i64 }
///
/// let value = Value::Array(vec![Value::Object(vec![("from".into(), "noon".into())])]);
/// let error = from_value::<Vec<Window>>(&value).err().unwrap();
/// assert_eq!(error.to_string(), "[0].from must be a number, not a text");
/// ```
pub fn from_value<'de, T: Deserialize<'de>>(value: &'de Value) -> Result<T, ValueError> {
    T::deserialize(Reader { value, depth: DEPTH_LIMIT })
}

/// Reads what stands under `key`; a default where nothing does.
///
/// # Errors
///
/// As [`from_value`], with `key` in the path.
pub fn field_or_default<'de, T: Deserialize<'de> + Default>(object: &'de Value, key: &str) -> Result<T, ValueError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => from_value(value).map_err(|error| error.in_field(key)),
    }
}

#[derive(Clone, Copy)]
struct Reader<'de> {
    value: &'de Value,
    depth: u32,
}

impl<'de> Reader<'de> {
    fn not(self, expected: &'static str) -> ValueError {
        ValueError::wrong_type(expected, self.value)
    }

    fn number(self) -> Result<f64, ValueError> {
        self.value.as_f64().ok_or_else(|| self.not("a number"))
    }

    /// A whole number that doubles hold exactly.
    fn whole(self) -> Result<i64, ValueError> {
        let number = self.number()?;
        whole(number).ok_or_else(|| {
            ValueError::new(if libm::trunc(number) == number { ValueErrorKind::OutOfRange } else { ValueErrorKind::NotWhole })
        })
    }

    fn integer<T: TryFrom<i64>>(self) -> Result<T, ValueError> {
        T::try_from(self.whole()?).map_err(|_| ValueError::new(ValueErrorKind::OutOfRange))
    }

    fn text(self) -> Result<&'de str, ValueError> {
        self.value.as_str().ok_or_else(|| self.not("a text"))
    }

    fn elements(self) -> Result<Elements<'de>, ValueError> {
        let elements = self.value.as_array().ok_or_else(|| self.not("a list"))?;
        Ok(Elements { rest: elements.iter(), index: 0, depth: self.deeper()? })
    }

    fn entries(self) -> Result<Entries<'de>, ValueError> {
        let entries = self.value.as_object().ok_or_else(|| self.not("an object"))?;
        Ok(Entries { rest: entries.iter(), entry: None, depth: self.deeper()? })
    }

    fn deeper(self) -> Result<u32, ValueError> {
        self.depth.checked_sub(1).ok_or_else(|| ValueError::new(ValueErrorKind::TooDeep))
    }
}

fn whole(number: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation)] // a whole number in range by the guard
    (libm::trunc(number) == number && libm::fabs(number) <= 9_007_199_254_740_991.0).then_some(number as i64)
}

macro_rules! integers {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
            visitor.$visit(self.integer()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            // Serde's buffers read an integer field from integers only. Minus zero is no integer.
            Value::Number(number) => match whole(*number) {
                Some(whole) if whole != 0 || number.is_sign_positive() => visitor.visit_i64(whole),
                _ => visitor.visit_f64(*number),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => visitor.visit_seq(self.elements()?),
            Value::Object(_) => visitor.visit_map(self.entries()?),
        }
    }

    integers! {
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32 deserialize_i64 visit_i64
        deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32 deserialize_u64 visit_u64
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_f64(self.number()?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_f64(self.number()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_bool(self.value.as_bool().ok_or_else(|| self.not("a truth value"))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_seq(self.elements()?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, ValueError> {
        let elements = self.elements()?;
        if elements.rest.len() != length {
            return Err(ValueError::new(ValueErrorKind::OutOfRange));
        }
        visitor.visit_seq(elements)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_map(self.entries()?)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_map(self.entries()?)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, ValueError> {
        match self.value {
            Value::String(name) => visitor.visit_enum(Variant { name, content: None }),
            Value::Object(entries) => match entries.as_slice() {
                [(name, value)] => {
                    let content = Some(Reader { value, depth: self.deeper()? });
                    visitor.visit_enum(Variant { name, content }).map_err(|error| error.in_field(name))
                }
                _ => Err(self.not("an object with one key")),
            },
            _ => Err(self.not("a text or an object with one key")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit unit_struct tuple_struct }
}

struct Elements<'de> {
    rest: slice::Iter<'de, Value>,
    index: usize,
    depth: u32,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = ValueError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ValueError> {
        let Some(value) = self.rest.next() else { return Ok(None) };
        let index = self.index;
        self.index = index.saturating_add(1);
        seed.deserialize(Reader { value, depth: self.depth }).map(Some).map_err(|error| error.at_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Entries<'de> {
    rest: slice::Iter<'de, (alloc::string::String, Value)>,
    entry: Option<&'de (alloc::string::String, Value)>,
    depth: u32,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ValueError> {
        self.entry = self.rest.next();
        let Some((key, _)) = self.entry else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some).map_err(|error: ValueError| error.in_field(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ValueError> {
        let Some((key, value)) = self.entry.take() else { return Err(ValueError::new(ValueErrorKind::MissingField)) };
        seed.deserialize(Reader { value, depth: self.depth }).map_err(|error| error.in_field(key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Variant<'de> {
    name: &'de str,
    content: Option<Reader<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ValueError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ValueError> {
        Ok((seed.deserialize(BorrowedStrDeserializer::<ValueError>::new(self.name))?, self))
    }
}

impl<'de> Variant<'de> {
    fn content(self) -> Result<Reader<'de>, ValueError> {
        self.content.ok_or_else(|| ValueError::missing_field("content"))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = ValueError;

    fn unit_variant(self) -> Result<(), ValueError> {
        match self.content {
            Some(content) if !content.value.is_null() => Err(content.not("null")),
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ValueError> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, ValueError> {
        self.content()?.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_map(self.content()?.entries()?)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn error<T: for<'de> Deserialize<'de>>(text: &str) -> String {
        from_value::<T>(&json(text)).err().unwrap().to_string()
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Offer {
        id: String,
        #[serde(default)]
        window: Option<Window>,
        #[serde(default)]
        kind: Kind,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Window {
        from: i64,
        #[serde(default)]
        days: Vec<u8>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        #[default]
        Plain,
        Steps(Vec<u32>),
        FreeGift {
            item: String,
        },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "type", rename_all = "kebab-case")]
    enum Tagged {
        Percent { rate: f64, limit: Option<u32> },
    }

    #[test]
    fn errors_name_the_field() {
        let read = error::<Vec<Offer>>;
        assert_eq!(read(r#"{"id": 1}"#), "must be a list, not an object");
        assert_eq!(read(r#"[{"id": "a"}, {"window": null}]"#), "[1].id is missing");
        assert_eq!(read(r#"[{"id": "a", "window": {"from": "x"}}]"#), "[0].window.from must be a number, not a text");
        assert_eq!(read(r#"[{"id": "a", "window": {"from": 1.5}}]"#), "[0].window.from must be a whole number");
        assert_eq!(read(r#"[{"id": "a", "window": {"from": 1e300}}]"#), "[0].window.from is out of range");
        assert_eq!(read(r#"[{"id": "a", "window": {"from": 1, "days": [0, 256]}}]"#), "[0].window.days[1] is out of range");
        assert_eq!(read(r#"[{"id": "a", "id": "b"}]"#), "[0].id is written twice");
        assert_eq!(read(r#"[{"id": "a", "kind": "odd"}]"#), "[0].kind must be one of `plain`, `steps`, `free-gift`, not `odd`");
        assert_eq!(read(r#"[{"id": "a", "kind": {"steps": [1, -1]}}]"#), "[0].kind.steps[1] is out of range");
        assert_eq!(read(r#"[{"id": "a", "kind": "steps"}]"#), "[0].kind.content is missing");
        assert_eq!(error::<BTreeMap<String, u8>>(r#"{"a": 1, "b": true}"#), "b must be a number, not a truth value");
        assert_eq!(error::<(u8, u8)>("[1]"), "is out of range");
        assert_eq!(error::<Tagged>(r#"{"type": "amount"}"#), "type must be one of `percent`, not `amount`");
    }

    #[test]
    fn nesting_beyond_the_limit_is_an_error() {
        let nested = |depth| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert_eq!(from_value::<Value>(&nested(129)).unwrap_err().kind(), &ValueErrorKind::TooDeep);
        assert!(from_value::<Value>(&nested(128)).is_ok());
    }

    #[test]
    fn everything_serde_derives_is_read() {
        let offers: Vec<Offer> = from_value(&json(
            r#"[{"id": "a", "unknown": [[[]]]},
                {"id": "b", "window": {"from": -3, "days": [6, 7]}, "kind": "plain"},
                {"id": "c", "window": null, "kind": {"steps": [1, 2]}},
                {"id": "d", "kind": {"free-gift": {"item": "x"}}}]"#,
        ))
        .unwrap();
        let kinds: Vec<&Kind> = offers.iter().map(|offer| &offer.kind).collect();
        assert_eq!(kinds, [&Kind::Plain, &Kind::Plain, &Kind::Steps(vec![1, 2]), &Kind::FreeGift { item: "x".into() }]);
        assert_eq!(offers[1].window, Some(Window { from: -3, days: vec![6, 7] }));
        let tagged: Tagged = from_value(&json(r#"{"type": "percent", "rate": 10, "limit": 3}"#)).unwrap();
        assert_eq!(tagged, Tagged::Percent { rate: 10.0, limit: Some(3) });
        assert_eq!(from_value::<&str>(&json(r#""borrowed""#)).unwrap(), "borrowed");
    }

    #[test]
    fn a_value_reads_as_itself() {
        let value = json(r#"{"a": [1, -2.5, true, null, "x", -0.0, 1e300], "b": {"c": {}}}"#);
        let read: Value = from_value(&value).unwrap();
        assert_eq!(read, value);
        let zero = read.get("a").and_then(Value::as_array).and_then(|list| list[5].as_f64()).unwrap();
        assert!(zero.is_sign_negative());
    }
}
