//! What was bought at one time.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::read_fields;

/// What a member bought at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Basket {
    /// Names the order, so that the same one that comes twice counts once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// When, in milliseconds since 1970, UTC.
    pub at: i64,
    /// The store, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// The channel (`web`, `app`, `mini-program`, `store`, ...), where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The lines.
    pub lines: Vec<BasketLine>,
}

read_fields!(Basket: id, at(required), store, channel, lines(required));

/// One line of a [`Basket`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BasketLine {
    /// The item's id.
    pub item: String,
    /// Pieces, less those given back.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub quantity: u32,
    /// What the line really cost, in minor units, less what was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<i64>,
}

read_fields!(BasketLine: item(required), quantity(one), paid);

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde's signature
fn is_one(quantity: &u32) -> bool {
    *quantity == 1
}
