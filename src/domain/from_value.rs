//! Reading typed data from a [`Value`], the only form it is ever read from.
//!
//! Structs and choices get their readers from the macros in `fields.rs`, beside their definitions.

use alloc::string::String;
use alloc::vec::Vec;

use super::value::DEPTH_LIMIT;
use super::{Value, ValueError, ValueErrorKind};

/// Reads a `T` from `value`.
///
/// * Integers are taken from whole numbers only, no larger in amount than 2⁵³ - 1, and within their type's range.
/// * Unknown fields are ignored; `null` is the `None` of an `Option`; a field that is written twice is an error.
///
/// # Errors
///
/// What is wrong first, and where.
///
/// ```
/// use regulars::domain::{Basket, Value, from_value};
///
/// let basket = Value::Object(vec![("at".into(), "noon".into())]);
/// let error = from_value::<Vec<Basket>>(&Value::Array(vec![basket])).err().unwrap();
/// assert_eq!(error.to_string(), "[0].at must be a number, not a text");
/// ```
pub fn from_value<'v, T: FromValue<'v>>(value: &'v Value) -> Result<T, ValueError> {
    let mut read = T::blank();
    read.fill(Source { value, depth: DEPTH_LIMIT })?;
    Ok(read)
}

/// Reads `value` over what `read` is: of a struct only the fields that are written change.
///
/// # Errors
///
/// As [`from_value`]; `read` is of no use then.
pub fn read_into<'v, T: FromValue<'v> + ?Sized>(read: &mut T, value: &'v Value) -> Result<(), ValueError> {
    read.fill(Source { value, depth: DEPTH_LIMIT })
}

/// Reads what stands under `key`; a default where nothing does.
///
/// # Errors
///
/// As [`from_value`], with `key` in the path.
pub fn field_or_default<'v, T: FromValue<'v> + Default>(object: &'v Value, key: &str) -> Result<T, ValueError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => from_value(value).map_err(|error| error.in_field(key)),
    }
}

/// What can be read from a [`Value`].
///
/// Reading fills in place: an object first has all its defaults, then each field that is written. So there is one small
/// reader a type, which struct readers call through a table, and nothing to clean up where one fails: that is what keeps
/// a hundred wire structs small in the WebAssembly module.
pub trait FromValue<'v> {
    /// What reading begins with: what a field that may be left out is then.
    fn blank() -> Self
    where
        Self: Sized;

    /// Takes on what `source` says. After an error, `self` is of no use.
    ///
    /// # Errors
    ///
    /// What is wrong first, and where.
    fn fill(&mut self, source: Source<'v>) -> Result<(), ValueError>;
}

/// A value that is read, and how deep lists and objects may still be nested in it.
#[derive(Clone, Copy)]
pub struct Source<'v> {
    value: &'v Value,
    depth: u32,
}

impl<'v> Source<'v> {
    /// What is read.
    pub fn value(self) -> &'v Value {
        self.value
    }

    /// A value inside of it.
    ///
    /// # Errors
    ///
    /// `too-deep`.
    pub fn inside(self, value: &'v Value) -> Result<Self, ValueError> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Source { value, depth }),
            None => Err(ValueError::new(ValueErrorKind::TooDeep)),
        }
    }

    /// The text.
    ///
    /// # Errors
    ///
    /// `wrong-type`, as for the others.
    pub fn text(self) -> Result<&'v str, ValueError> {
        self.value.as_str().ok_or_else(|| self.not("a text"))
    }

    pub(super) fn entries(self) -> Result<&'v [(String, Value)], ValueError> {
        self.value.as_object().ok_or_else(|| self.not("an object"))
    }

    fn elements(self) -> Result<&'v [Value], ValueError> {
        self.value.as_array().ok_or_else(|| self.not("a list"))
    }

    fn number(self) -> Result<f64, ValueError> {
        self.value.as_f64().ok_or_else(|| self.not("a number"))
    }

    /// A whole number that doubles hold exactly, from `low` to `high`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // exact up to 2^53, by the guard
    fn whole(self, low: i64, high: i64) -> Result<i64, ValueError> {
        let number = self.number()?;
        if f64::abs(number) <= 9_007_199_254_740_991.0 {
            let whole = number as i64;
            if whole as f64 != number {
                return Err(ValueError::new(ValueErrorKind::NotWhole));
            }
            if low <= whole && whole <= high {
                return Ok(whole);
            }
        }
        Err(ValueError::new(if number.is_finite() { ValueErrorKind::OutOfRange } else { ValueErrorKind::NotWhole }))
    }

    /// The error of a value that should be `expected`: `a list`, `a text`.
    pub fn not(self, expected: &'static str) -> ValueError {
        ValueError::wrong_type(expected, self.value)
    }
}

macro_rules! integers {
    ($($type:ident $low:expr, $high:expr;)+) => {$(
        impl FromValue<'_> for $type {
            fn blank() -> Self {
                0
            }

            #[inline(never)]
            fn fill(&mut self, source: Source<'_>) -> Result<(), ValueError> {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range
                let number = source.whole($low, $high)? as $type;
                *self = number;
                Ok(())
            }
        }
    )+};
}

integers! {
    i64 i64::MIN, i64::MAX;
    u64 0, i64::MAX;
    i32 -0x8000_0000, 0x7fff_ffff;
    u32 0, 0xffff_ffff;
    u16 0, 0xffff;
    u8 0, 0xff;
}

impl FromValue<'_> for f64 {
    fn blank() -> Self {
        0.0
    }

    fn fill(&mut self, source: Source<'_>) -> Result<(), ValueError> {
        *self = source.number()?;
        Ok(())
    }
}

impl FromValue<'_> for f32 {
    fn blank() -> Self {
        0.0
    }

    fn fill(&mut self, source: Source<'_>) -> Result<(), ValueError> {
        #[allow(clippy::cast_possible_truncation)] // what is lost of the precision is not wanted
        let number = source.number()? as f32;
        *self = number;
        Ok(())
    }
}

impl FromValue<'_> for bool {
    fn blank() -> Self {
        false
    }

    fn fill(&mut self, source: Source<'_>) -> Result<(), ValueError> {
        *self = source.value.as_bool().ok_or_else(|| source.not("a truth value"))?;
        Ok(())
    }
}

impl FromValue<'_> for String {
    fn blank() -> Self {
        String::new()
    }

    fn fill(&mut self, source: Source<'_>) -> Result<(), ValueError> {
        *self = source.text()?.into();
        Ok(())
    }
}

impl<'v> FromValue<'v> for &'v str {
    fn blank() -> Self {
        ""
    }

    fn fill(&mut self, source: Source<'v>) -> Result<(), ValueError> {
        *self = source.text()?;
        Ok(())
    }
}

impl FromValue<'_> for Value {
    fn blank() -> Self {
        Value::Null
    }

    fn fill(&mut self, source: Source<'_>) -> Result<(), ValueError> {
        let fits = is_within(source.value, source.depth);
        *self = source.value.clone();
        if fits { Ok(()) } else { Err(ValueError::new(ValueErrorKind::TooDeep)) }
    }
}

/// Whether lists and objects are nested at most `depth` deep.
fn is_within(value: &Value, depth: u32) -> bool {
    let inside = |value: &Value| depth > 0 && is_within(value, depth.wrapping_sub(1));
    match value {
        Value::Array(elements) => depth > 0 && elements.iter().all(inside),
        Value::Object(entries) => depth > 0 && entries.iter().all(|(_, value)| inside(value)),
        _ => true,
    }
}

impl<'v, T: FromValue<'v>> FromValue<'v> for Option<T> {
    fn blank() -> Self {
        None
    }

    fn fill(&mut self, source: Source<'v>) -> Result<(), ValueError> {
        if source.value.is_null() {
            *self = None;
            return Ok(());
        }
        self.insert(T::blank()).fill(source)
    }
}

impl<'v, T: FromValue<'v>> FromValue<'v> for Vec<T> {
    fn blank() -> Self {
        Vec::new()
    }

    fn fill(&mut self, source: Source<'v>) -> Result<(), ValueError> {
        let elements = source.elements()?;
        self.clear();
        self.reserve_exact(elements.len());
        fill_list(self, elements, source)
    }
}

/// A list that grows by a blank element at a time.
trait List<'v> {
    fn add(&mut self) -> Option<&mut dyn FromValue<'v>>;
}

impl<'v, T: FromValue<'v>> List<'v> for Vec<T> {
    fn add(&mut self) -> Option<&mut dyn FromValue<'v>> {
        self.push(T::blank());
        match self.last_mut() {
            Some(last) => Some(last),
            None => None,
        }
    }
}

#[inline(never)]
fn fill_list<'v>(list: &mut dyn List<'v>, elements: &'v [Value], source: Source<'v>) -> Result<(), ValueError> {
    for (index, element) in elements.iter().enumerate() {
        let inside = source.inside(element)?;
        if let Some(place) = list.add() {
            place.fill(inside).map_err(|error| error.at_index(index))?;
        }
    }
    Ok(())
}

impl<'v, A: FromValue<'v>, B: FromValue<'v>> FromValue<'v> for (A, B) {
    fn blank() -> Self {
        (A::blank(), B::blank())
    }

    fn fill(&mut self, source: Source<'v>) -> Result<(), ValueError> {
        fill_pair(&mut self.0, &mut self.1, source)
    }
}

#[inline(never)]
fn fill_pair<'v>(first: &mut dyn FromValue<'v>, second: &mut dyn FromValue<'v>, source: Source<'v>) -> Result<(), ValueError> {
    let [one, other] = source.elements()? else { return Err(ValueError::new(ValueErrorKind::OutOfRange)) };
    first.fill(source.inside(one)?).map_err(|error| error.at_index(0))?;
    second.fill(source.inside(other)?).map_err(|error| error.at_index(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn error<T: for<'v> FromValue<'v>>(text: &str) -> String {
        from_value::<T>(&json(text)).err().unwrap().to_string()
    }

    #[test]
    fn errors_name_the_place() {
        assert_eq!(error::<(u8, u8)>("[1]"), "is out of range");
        assert_eq!(error::<Vec<(u8, String)>>(r#"[[1, "x"], [1, 2]]"#), "[1][1] must be a text, not a number");
        assert_eq!(error::<Vec<u8>>(r#"{"0": 1}"#), "must be a list, not an object");
        assert_eq!(error::<bool>("null"), "must be a truth value, not null");
    }

    #[test]
    fn whole_numbers_within_their_range_only() {
        assert_eq!(error::<i64>("1.5"), "must be a whole number");
        assert_eq!(error::<i64>("9007199254740992"), "is out of range");
        assert_eq!(error::<i64>("1e300"), "is out of range");
        assert_eq!(error::<u8>("256"), "is out of range");
        assert_eq!(error::<u64>("-1"), "is out of range");
        assert_eq!(error::<i32>("2147483648"), "is out of range");
        assert_eq!(from_value::<i32>(&json("-2147483648")).unwrap(), i32::MIN);
        assert_eq!(from_value::<u32>(&json("4294967295")).unwrap(), u32::MAX);
        assert_eq!(from_value::<i64>(&json("-9007199254740991")).unwrap(), -9_007_199_254_740_991);
        assert_eq!(from_value::<i64>(&Value::Number(f64::NAN)).unwrap_err().kind(), &ValueErrorKind::NotWhole);
    }

    #[test]
    fn nesting_beyond_the_limit_is_an_error() {
        let nested = |depth| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert_eq!(from_value::<Value>(&nested(129)).unwrap_err().kind(), &ValueErrorKind::TooDeep);
        assert!(from_value::<Value>(&nested(128)).is_ok());
        assert_eq!(from_value::<Vec<Vec<Value>>>(&nested(129)).unwrap_err().kind(), &ValueErrorKind::TooDeep);
        assert!(from_value::<Vec<Vec<Value>>>(&nested(128)).is_ok());
    }

    #[test]
    fn null_is_nothing_where_there_may_be_nothing() {
        assert_eq!(from_value::<Option<Vec<Option<u8>>>>(&json("[1, null]")).unwrap(), Some(vec![Some(1), None]));
        assert_eq!(from_value::<Option<String>>(&json("null")).unwrap(), None);
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
