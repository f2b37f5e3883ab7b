//! How a struct with named fields, and a choice among names, are read from a [`Value`](super::Value).
//!
//! Write the type as usual, with `Serialize` and serde's attributes (they make the written form and the JSON Schema), and
//! beside it name its fields once more:
//!
//! ```ignore
//! #[derive(Clone, Debug, Default, PartialEq, Serialize)]
//! #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
//! #[serde(rename_all = "camelCase")]
//! pub struct Gift {
//!     pub item_id: String,
//!     #[serde(default = "one")]
//!     pub quantity: u32,
//!     #[serde(default, rename = "where")]
//!     pub filter: Value,
//!     #[serde(default)]
//!     pub kind: GiftKind,
//! }
//!
//! read_fields!(Gift: item_id(required), quantity(one), filter("where"), kind);
//!
//! fn one() -> u32 {
//!     1
//! }
//!
//! #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
//! #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
//! #[serde(rename_all = "kebab-case")]
//! pub enum GiftKind {
//!     #[default]
//!     FreeChoice,
//!     Fixed,
//! }
//!
//! read_choice!(GiftKind: FreeChoice, Fixed);
//! ```
//!
//! * `item_id` is read from `itemId`. A bare field may be left out and is then as in the struct's `Default`; `required`
//!   may not; with a function's name the field is then what the function gives; a text is the field's name in JSON, in
//!   snake case. All must agree with serde's attributes, which the test `schema_and_reader_agree` checks.
//! * The compiler tells of a field that is not named. What is never read is left out by `..` at the end.
//! * A struct that borrows: `read_fields!(Item<'v>: id(required))`.
//! * `FreeChoice` is read from `free-choice`. All variants are named; the first is the blank one.
//! * All readers together cost the module 42 kB, some 70 bytes a field; serde's derived ones cost 220 kB more. Nothing else should implement
//!   [`FromValue`](super::FromValue) without need.

use alloc::string::String;

use super::from_value::{FromValue, Source};
use super::{ValueError, ValueErrorKind};

/// What a struct's reader knows of its fields.
pub struct Shape {
    /// Their names as in Rust, each followed by a space.
    pub names: &'static str,
    /// A bit for each that may not be left out, the first the lowest.
    pub required: u64,
}

/// A struct that is read field by field.
pub trait Fields<'v> {
    /// Its fields.
    fn shape(&self) -> &'static Shape;

    /// The field at `place`, counted from 0.
    fn field(&mut self, place: usize) -> Option<&mut dyn FromValue<'v>>;
}

/// Makes a struct's reader: see the top of this file.
macro_rules! read_fields {
    ($name:ident $(<$life:lifetime>)?: $($field:ident $(($how:tt))?),* $(,)? $(.. $($rest:lifetime)?)?) => {
        impl<'v> $crate::domain::FromValue<'v> for $name $(<$life>)? {
            fn blank() -> Self {
                Self::default()
            }

            fn fill(&mut self, source: $crate::domain::Source<'v>) -> Result<(), $crate::domain::ValueError> {
                $($($crate::domain::read_fields!(@default self $field $how);)?)*
                $crate::domain::fill_fields(self, source)
            }
        }

        impl<'v> $crate::domain::Fields<'v> for $name $(<$life>)? {
            fn shape(&self) -> &'static $crate::domain::Shape {
                static SHAPE: $crate::domain::Shape = $crate::domain::Shape {
                    names: concat!($($crate::domain::read_fields!(@name $field $($how)?), " "),*),
                    required: $crate::domain::required(&[$($crate::domain::read_fields!(@required $($how)?)),*]),
                };
                &SHAPE
            }

            fn field(&mut self, place: usize) -> Option<&mut dyn $crate::domain::FromValue<'v>> {
                let $name { $($field,)* $(.. $($rest)?)? } = self;
                let mut at = place;
                $(
                    if at == 0 {
                        return Some($field);
                    }
                    at = at.wrapping_sub(1);
                )*
                let _ = at;
                None
            }
        }
    };
    (@default $this:ident $field:ident required) => {};
    (@default $this:ident $field:ident $name:literal) => {};
    (@default $this:ident $field:ident $default:ident) => { $this.$field = $default() };
    (@name r#where) => { "where" };
    (@name $field:ident $name:literal) => { $name };
    (@name $field:ident $($how:ident)?) => { stringify!($field) };
    (@required required) => { true };
    (@required $($how:tt)?) => { false };
}

/// Makes a choice's reader: see the top of this file.
macro_rules! read_choice {
    ($name:ident: $first:ident $(, $variant:ident)* $(,)?) => {
        impl $crate::domain::FromValue<'_> for $name {
            fn blank() -> Self {
                $name::$first
            }

            fn fill(&mut self, source: $crate::domain::Source<'_>) -> Result<(), $crate::domain::ValueError> {
                static ALL: &[$name] = &[$name::$first $(, $name::$variant)*];
                // The compiler tells of a variant that is not named.
                const _: fn($name) = |any| match any { $name::$first $(| $name::$variant)* => {} };
                let place = $crate::domain::choose(concat!(stringify!($first), " " $(, stringify!($variant), " ")*), source)?;
                if let Some(chosen) = ALL.get(place) {
                    *self = *chosen;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use {read_choice, read_fields};

/// The bits of the fields that may not be left out.
pub const fn required(fields: &[bool]) -> u64 {
    assert!(fields.len() <= 64, "more fields than a word has bits");
    let mut bits = 0_u64;
    let mut rest = fields;
    while let [before @ .., last] = rest {
        bits = bits.wrapping_shl(1) | *last as u64;
        rest = before;
    }
    bits
}

/// Fills a struct from an object.
///
/// # Errors
///
/// What is wrong first, and where.
#[inline(never)]
pub fn fill_fields<'v>(target: &mut dyn Fields<'v>, source: Source<'v>) -> Result<(), ValueError> {
    let shape = target.shape();
    let mut seen = 0_u64;
    for (key, value) in source.entries()? {
        let Some(place) = place_of(shape.names, key) else { continue };
        let bit = 1_u64.wrapping_shl(place);
        if seen & bit != 0 {
            return Err(ValueError::new(ValueErrorKind::DuplicateField).in_field(key));
        }
        seen |= bit;
        if let Some(field) = target.field(place as usize) {
            field.fill(source.inside(value)?).map_err(|error| error.in_field(key))?;
        }
    }
    let missing = shape.required & !seen;
    if missing == 0 {
        return Ok(());
    }
    let name = shape.names.split(' ').nth(missing.trailing_zeros() as usize).unwrap_or_default();
    Err(ValueError::new(ValueErrorKind::MissingField).in_field(&spelling(name)))
}

/// The place among `names` of the one that a text names.
///
/// # Errors
///
/// `wrong-type`, `unknown-variant`.
#[inline(never)]
pub fn choose(names: &'static str, source: Source<'_>) -> Result<usize, ValueError> {
    let given = source.text()?;
    if let Some(place) = place_of(names, given) {
        return Ok(place as usize);
    }
    let mut expected = String::new();
    for name in names.trim_ascii_end().split(' ') {
        expected.push_str(if expected.is_empty() { "`" } else { ", `" });
        expected.push_str(&spelling(name));
        expected.push('`');
    }
    Err(ValueError::new(ValueErrorKind::UnknownVariant { found: given.into(), expected }))
}

/// The place among `names`, each followed by a space, of the one that is spelled `key`.
fn place_of(names: &str, key: &str) -> Option<u32> {
    let mut place = 0_u32;
    let mut spelled = Spelling::default();
    let mut rest = key.bytes();
    let mut same = true;
    for byte in names.bytes() {
        if byte == b' ' {
            if same && rest.len() == 0 {
                return Some(place);
            }
            place = place.wrapping_add(1);
            (spelled, rest, same) = (Spelling::default(), key.bytes(), true);
        } else if same {
            same = spelled.of(byte, &mut |byte| rest.next() == Some(byte));
        }
    }
    None
}

/// A name as JSON has it.
fn spelling(name: &str) -> String {
    let mut text = String::new();
    let mut spelled = Spelling::default();
    for byte in name.bytes() {
        spelled.of(byte, &mut |byte| {
            text.push(char::from(byte));
            true
        });
    }
    text
}

/// Spells a Rust name as JSON does: `base_price` as `basePrice`, `BaseName` as `base-name`.
#[derive(Default)]
struct Spelling {
    began: bool,
    word: bool,
}

impl Spelling {
    /// Gives on what the next byte of the name becomes, until `take` wants no more.
    fn of(&mut self, byte: u8, take: &mut dyn FnMut(u8) -> bool) -> bool {
        let began = core::mem::replace(&mut self.began, true);
        let word = core::mem::take(&mut self.word);
        match byte {
            b'_' => {
                self.word = true;
                true
            }
            b'A'..=b'Z' => (!began || take(b'-')) && take(byte.to_ascii_lowercase()),
            _ => take(if word { byte.to_ascii_uppercase() } else { byte }),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::{Value, from_value};
    use super::*;

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn error<T: for<'v> FromValue<'v>>(text: &str) -> String {
        from_value::<T>(&json(text)).err().unwrap().to_string()
    }

    #[derive(Debug, Default, PartialEq)]
    struct Offer {
        id: String,
        r#where: Value,
        valid_window: Option<Window>,
        kind: Kind,
        filter: u8,
        first: Window,
        never_read: u8,
    }

    read_fields!(Offer: id(required), r#where, valid_window, kind, filter("min_price"), first, ..);

    #[derive(Debug, Default, PartialEq)]
    struct Window {
        from: i64,
        days: Vec<u8>,
    }

    read_fields!(Window: from(required), days(monday));

    fn monday() -> Vec<u8> {
        vec![1]
    }

    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    enum Kind {
        #[default]
        Plain,
        FreeGift,
    }

    read_choice!(Kind: Plain, FreeGift);

    #[derive(Default)]
    struct Borrowed<'v> {
        id: &'v str,
    }

    read_fields!(Borrowed<'v>: id(required));

    #[test]
    fn errors_name_the_field() {
        let read = error::<Vec<Offer>>;
        assert_eq!(read(r#"{"id": 1}"#), "must be a list, not an object");
        assert_eq!(read("[[]]"), "[0] must be an object, not a list");
        assert_eq!(read(r#"[{"id": "a"}, {"validWindow": null}]"#), "[1].id is missing");
        assert_eq!(read(r#"[{"id": "a", "validWindow": {"from": "x"}}]"#), "[0].validWindow.from must be a number, not a text");
        assert_eq!(read(r#"[{"id": "a", "validWindow": {"from": 1.5}}]"#), "[0].validWindow.from must be a whole number");
        assert_eq!(read(r#"[{"id": "a", "validWindow": {"from": 1, "days": [0, 256]}}]"#), "[0].validWindow.days[1] is out of range");
        assert_eq!(read(r#"[{"id": "a", "id": "b"}]"#), "[0].id is written twice");
        assert_eq!(read(r#"[{"id": "a", "kind": "odd"}]"#), "[0].kind must be one of `plain`, `free-gift`, not `odd`");
        assert_eq!(read(r#"[{"id": "a", "kind": null}]"#), "[0].kind must be a text, not null");
    }

    #[test]
    fn what_is_left_out_is_as_the_type_says() {
        let offers: Vec<Offer> = from_value(&json(
            r#"[{"id": "a", "unknown": [[[]]], "neverRead": 4, "valid_window": 3},
                {"id": "b", "validWindow": {"from": -3}, "kind": "free-gift", "where": true, "minPrice": 7},
                {"id": "c", "validWindow": {"days": [], "from": 2}, "first": {"from": 3}}]"#,
        ))
        .unwrap();
        assert_eq!(offers[0], Offer { id: "a".into(), ..Offer::default() });
        let window = Some(Window { from: -3, days: vec![1] });
        let second =
            Offer { id: "b".into(), r#where: Value::Bool(true), valid_window: window, kind: Kind::FreeGift, filter: 7, ..Offer::default() };
        assert_eq!(offers[1], second);
        assert_eq!(offers[2].valid_window, Some(Window { from: 2, days: vec![] }));
        assert_eq!(from_value::<Borrowed<'_>>(&json(r#"{"id": "x"}"#)).unwrap().id, "x");
    }

    #[test]
    fn a_name_must_fit_to_its_end() {
        let places = |key: &str| place_of("id where base_price BaseName ", key);
        assert_eq!(["id", "where", "basePrice", "base-name"].map(places), [Some(0), Some(1), Some(2), Some(3)]);
        for key in ["", "i", "idd", "base", "base_price", "BaseName", "baseprice", "base-", "id ", "r#where"] {
            assert_eq!(places(key), None, "{key}");
        }
    }
}
