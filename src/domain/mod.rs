//! The words everything else speaks: values, time, reasons, the catalog's columns, the member.

mod arrange;
mod basket;
mod big;
mod catalog;
mod cbor;
mod column;
mod decimal;
mod digits;
mod fields;
mod find;
mod from_value;
mod json;
mod lacking;
mod letters;
mod listed;
mod map;
mod member;
mod powers;
mod reason;
mod text;
mod time;
mod value;
mod value_error;

pub use arrange::Arrange;
pub use basket::{Basket, BasketLine};
pub(crate) use big::Big;
pub use catalog::{AttributeColumn, Catalog, Item, ItemColumns, Lists, Terms};
pub use cbor::from_cbor;
#[cfg(not(target_arch = "wasm32"))]
pub use cbor::to_cbor;
pub use column::{AlignedBytes, Column, StringColumn};
pub(crate) use decimal::nearest;
pub use digits::{
    MOST_DIGITS, date_from, date_text, digits, digits_in, hex, month_day_from, push_digits, push_padded, whole_of, whole_text,
};
pub(crate) use fields::{Fields, Shape, choose, fill_fields, read_choice, read_fields, required};
pub use find::{pieces, place_of};
pub use from_value::{FromValue, Source, field_or_default, from_value, read_into};
pub use json::from_json;
pub use lacking::{OfExperiments, OfLoyalty, OfOffers};
pub use letters::{in_small, is_of_word, small};
pub use listed::{AddAll, Listed};
pub use map::Map;
pub use member::{Activity, LedgerEntry, Member, OfferUse, PointsLot, Tag, TierState, WalletCoupon};
pub use powers::{exp2, power};
pub use reason::{Fact, Reason};
pub use text::{Texts, Words, language};
pub use time::{DAY, HOUR, LocalTime, MINUTE, Zone, date_of, day_number};
pub use value::{DEPTH_LIMIT, Value};
pub use value_error::{ValueError, ValueErrorKind};
