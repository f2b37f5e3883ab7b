//! The JSON form of a snapshot: what stands at its top, and its items.
//!
//! The sections `knowledge`, `programme`, `offers`, `segments`, `features` and `texts` have wire structs of their own,
//! beside this file.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

use crate::domain::{FromValue, Listed, Map, Source, Value, ValueError, read_fields};

/// The `format` written today. Readers take 1 to this one and refuse what is newer.
pub const FORMAT: u32 = 1;

/// What stands at the top of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HeadWire {
    /// Version of this form: 1.
    pub format: u32,
    /// Names this snapshot, for logs and answers.
    pub id: String,
    /// The shop it is for. Members and snapshots of different shops are not mixed.
    #[serde(default)]
    pub shop: String,
    /// Rises with each snapshot of a shop; a device refuses one that is below the one it uses.
    pub version: u64,
    /// When it was made, in milliseconds since 1970.
    pub issued_at: i64,
    /// When devices stop taking it (exclusive), in milliseconds since 1970; never where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// The currency of all amounts.
    pub currency: CurrencyWire,
    /// The shop's time zone; UTC where absent.
    #[serde(default)]
    pub zone: ZoneWire,
    /// A price may only be struck through where it was the lowest of so many days before the reduction: 7 by China's
    /// Provisions on Regulating Promotion Acts, 30 by the EU's Directive 98/6/EC. Not asked where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_price_days: Option<u32>,
    /// The locales of titles and texts, the one to fall back to first.
    #[serde(default = "undetermined")]
    pub locales: Vec<String>,
}

read_fields!(HeadWire:
    format(required), id(required), shop, version(required), issued_at(required), expires_at, currency(required), zone,
    base_price_days, locales(undetermined)
);

fn undetermined() -> Vec<String> {
    alloc::vec!["und".into()]
}

/// A currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CurrencyWire {
    /// ISO 4217: `CNY`, `USD`, `JPY`.
    pub code: String,
    /// How many decimals a minor unit is: 2 for CNY and USD, 0 for JPY. At most 4.
    #[serde(default = "two")]
    pub minor_units: u8,
}

read_fields!(CurrencyWire: code(required), minor_units(two));

fn two() -> u8 {
    2
}

/// A shop's time zone.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ZoneWire {
    /// The IANA name: `Asia/Shanghai`.
    pub name: String,
    /// `[from, offset]`: from the instant `from` (milliseconds since 1970) on, local time is UTC plus `offset` seconds;
    /// ascending. `regulars pack` fills it in from the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offsets: Vec<(i64, i32)>,
}

read_fields!(ZoneWire: name(required), offsets);

/// One item of the catalog.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemWire<'a> {
    /// Its id; items that stand for variants (size, colour) each have their own.
    pub id: &'a str,
    /// What people read: one text, or one for each locale.
    #[serde(default, skip_serializing_if = "LocalTextWire::is_empty")]
    pub title: LocalTextWire<'a>,
    /// Price now, in minor units.
    pub price: i64,
    /// Price struck through, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_price: Option<i64>,
    /// When `basePrice` was charged last, in milliseconds since 1970. Where the catalog has `basePriceDays`, a base price
    /// is only told with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_price_at: Option<i64>,
    /// Since when the lower price holds, in milliseconds since 1970; since the catalog was made where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduced_at: Option<i64>,
    /// Pieces at hand; not counted where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<i32>,
    /// When it came in, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_at: Option<i64>,
    /// The broadest class: `grocery`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<&'a str>,
    /// The class in the middle: `dairy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<&'a str>,
    /// The finest class, whose members can stand for each other: `yoghurt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
    /// The brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<&'a str>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<&'a str>,
    /// Free attributes, seen by rules as `item.<name>`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Map<String, serde_json::Value>"))]
    pub attributes: Map<String, Value>,
}

read_fields!(ItemWire<'v>:
    id(required), title, price(required), base_price, base_price_at, reduced_at, stock, added_at, department, category, kind, brand,
    tags, attributes
);

/// A text for all locales, or one for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalTextWire<'a> {
    /// For the first locale, to which the others fall back.
    One(&'a str),
    /// Locale and text.
    PerLocale(Vec<(&'a str, &'a str)>),
}

impl Default for LocalTextWire<'_> {
    fn default() -> Self {
        LocalTextWire::PerLocale(Vec::new())
    }
}

impl<'a> LocalTextWire<'a> {
    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        matches!(self, LocalTextWire::PerLocale(texts) if texts.is_empty())
    }

    /// The text for `locale`, which is the `first` or not.
    pub fn text(&self, locale: &str, first: bool) -> Option<&'a str> {
        match self {
            LocalTextWire::One(text) => first.then_some(text),
            LocalTextWire::PerLocale(texts) => texts.iter().rev().find(|(known, _)| *known == locale).map(|(_, text)| *text),
        }
    }
}

impl Serialize for LocalTextWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            LocalTextWire::One(text) => serializer.serialize_str(text),
            LocalTextWire::PerLocale(texts) => serializer.collect_map(texts.iter().copied()),
        }
    }
}

impl<'v> FromValue<'v> for LocalTextWire<'v> {
    fn blank() -> Self {
        Self::default()
    }

    fn fill(&mut self, source: Source<'v>) -> Result<(), ValueError> {
        *self = match source.value() {
            Value::String(text) => LocalTextWire::One(text),
            Value::Object(entries) => {
                let text = |(locale, text): &'v (String, Value)| match text.as_str() {
                    Some(text) => Ok((locale.as_str(), text)),
                    None => Err(ValueError::wrong_type("a text", text).in_field(locale)),
                };
                LocalTextWire::PerLocale(entries.iter().map(text).listed_until_error()?)
            }
            _ => return Err(source.not("a text, or an object of locales and texts")),
        };
        Ok(())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for LocalTextWire<'_> {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "LocalText".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "anyOf": [{ "type": "string" }, { "type": "object", "additionalProperties": { "type": "string" } }]
        })
    }
}
