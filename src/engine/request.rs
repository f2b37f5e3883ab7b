//! What callers ask, in the form that JavaScript and JSON write it.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::{Value, read_fields};

/// Asks for recommendations.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RecommendRequest {
    /// `for-you`, `next-basket`, `buy-again`, `discover`, `bought-together`, `similar`, `trending`, `new-arrivals`, `session`, ...
    #[cfg_attr(
        target_os = "unknown",
        tsify(
            type = "'for-you' | 'next-basket' | 'buy-again' | 'discover' | 'bought-together' | 'similar' | 'trending' | 'new-arrivals' | 'session' | (string & {})"
        )
    )]
    pub strategy: String,
    /// Items wanted at most.
    pub limit: u32,
    /// Milliseconds since 1970; the engine's clock where absent.
    #[serde(default)]
    pub now: Option<i64>,
    /// Anchor of `similar` and `bought-together`.
    #[serde(default)]
    pub item: Option<String>,
    /// What is in the cart.
    #[serde(default)]
    pub cart: Vec<CartLine>,
    /// Words searched for.
    #[serde(default)]
    pub query: Option<String>,
    /// Attributes seen by rules as `context.<name>`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub context: Value,
    /// Condition on `item.*` that every item must meet.
    #[serde(default, rename = "where")]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub filter: Value,
    /// Where the answer will be shown.
    #[serde(default)]
    pub placement: Option<String>,
    /// `false` makes this one answer neutral; it cannot turn on what the member switched off.
    #[serde(default)]
    pub personalised: Option<bool>,
    /// `true` gives a neutral list beside the personal one, from the same call.
    #[serde(default)]
    pub with_neutral: bool,
    /// Weights in the place of the snapshot's, by their names: `{"diversity": 0.3, "longTail": 0.2}`. What each does, its range
    /// and its default is documented with the snapshot's schema (`knowledge.weights`).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "Record<string, number>"))]
    pub weights: Value,
    /// Seed of exploration; the same seed gives the same answer.
    #[serde(default)]
    pub seed: Option<u64>,
}

read_fields!(RecommendRequest:
    strategy(required), limit(required), now, item, cart, query, context, filter("where"), placement, personalised, with_neutral, weights, seed
);

/// A line of a cart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CartLine {
    /// The item's id.
    pub item: String,
    /// Pieces, at least 1.
    pub quantity: u32,
    /// Price of a piece in minor units; the catalog's where absent.
    #[serde(default)]
    pub unit_price: Option<i64>,
    /// Attributes of this line that rules see as `item.<name>`, over the catalog's.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub attributes: Value,
}

read_fields!(CartLine: item(required), quantity(required), unit_price, attributes);

/// Asks for the offers and where each stands.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct OffersRequest {
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
    /// What is in the cart.
    pub cart: Vec<CartLine>,
    /// Codes the shopper gave.
    pub codes: Vec<String>,
    /// Offers wanted at most; all where absent.
    pub limit: Option<u32>,
    /// The store.
    pub store: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// Attributes seen by rules as `context.<name>`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub context: Value,
}

read_fields!(OffersRequest: now, cart, codes, limit, store, channel, context);

/// Asks for the price of a cart.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct QuoteRequest {
    /// The lines.
    pub lines: Vec<CartLine>,
    /// Codes the shopper gave.
    pub codes: Vec<String>,
    /// `"best"` (also where absent), or the ids of the offers to apply, in this order.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "'best' | string[]"))]
    pub offers: Value,
    /// Nudges wanted at most, 3 where absent. Each is tried by quoting a changed cart: 0 saves that time.
    pub nudges: Option<u32>,
    /// Points to pay with: a number, or `"max"`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "number | 'max'"))]
    pub points: Value,
    /// Ways of shipping chosen, with their prices.
    pub shipping: Vec<ShippingLine>,
    /// The store.
    pub store: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
    /// Attributes seen by rules as `context.<name>`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub context: Value,
}

read_fields!(QuoteRequest: lines, codes, offers, nudges, points, shipping, store, channel, now, context);

/// A way of shipping.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ShippingLine {
    /// Its name.
    pub method: String,
    /// Its price in minor units.
    pub price: i64,
    /// Its tax in percent; none where absent.
    #[serde(default)]
    pub tax: Option<f64>,
}

read_fields!(ShippingLine: method(required), price(required), tax);

/// Asks for the membership.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct MembershipRequest {
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
    /// How far the calendar looks ahead; 90 where absent, 1,000 at most.
    pub horizon_days: Option<u32>,
    /// What is in the cart: what buying it would do.
    pub cart: Vec<CartLine>,
    /// The store.
    pub store: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// Attributes seen by rules as `context.<name>`: the market of local benefits.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub context: Value,
}

read_fields!(MembershipRequest: now, horizon_days, cart, store, channel, context);

/// Asks for tasks, draws, rewards, and what else there is to earn.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct GrowthRequest {
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
    /// The store.
    pub store: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// Attributes seen by rules as `context.<name>`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub context: Value,
}

read_fields!(GrowthRequest: now, store, channel, context);

/// Asks what is known of the member's ways.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct PortraitRequest {
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
}

read_fields!(PortraitRequest: now);

/// Asks what to say next.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NextActionsRequest {
    /// Where it will be shown: `home`, `push`, `popup`, ...
    pub surface: String,
    /// Messages wanted at most.
    pub limit: u32,
    /// Milliseconds since 1970; the engine's clock where absent.
    #[serde(default)]
    pub now: Option<i64>,
    /// What is in the cart; where absent, the one that `add-to-cart` and `remove-from-cart` events left is not asked.
    #[serde(default)]
    pub cart: Vec<CartLine>,
    /// The store.
    #[serde(default)]
    pub store: Option<String>,
    /// The channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// Attributes seen by rules as `context.<name>`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub context: Value,
    /// Whether what is held back is told as well, with why, behind what can be said.
    #[serde(default)]
    pub explain: bool,
}

read_fields!(NextActionsRequest: surface(required), limit(required), now, cart, store, channel, context, explain);

/// Asks which stores are near.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct StoresRequest {
    /// Where the shopper is; used for this answer, and kept nowhere.
    pub position: Option<Position>,
    /// Items wanted: the answer says what each store has of them.
    pub items: Vec<String>,
    /// Only stores that are open.
    pub open: bool,
    /// Only stores that have all of `items`.
    pub in_stock: bool,
    /// Only stores within so many metres.
    pub within: Option<i64>,
    /// Stores wanted at most; all where absent.
    pub limit: Option<u32>,
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
}

read_fields!(StoresRequest: position, items, open, in_stock, within, limit, now);

/// A place on earth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// Degrees north of the equator, -90 to 90.
    pub latitude: f64,
    /// Degrees east of Greenwich, -180 to 180.
    pub longitude: f64,
}

read_fields!(Position: latitude(required), longitude(required));

/// Asks for a feature or an experiment.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ExperimentRequest {
    /// Attributes beside the member's.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub attributes: Value,
    /// The page's address.
    pub url: Option<String>,
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
    /// Forced variations and feature values, for testing.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "object"))]
    pub overrides: Value,
    /// Only looks, for debugging: nothing counts as exposure.
    pub peek: bool,
    /// Where false, nobody is in any experiment but by override; true where absent.
    pub enabled: Option<bool>,
    /// Only arms set by hand count, for testing.
    pub qa_mode: bool,
    /// Whether who was given an arm keeps it although weights change; true where absent.
    pub sticky: Option<bool>,
}

read_fields!(ExperimentRequest: attributes, url, now, overrides, peek, enabled, qa_mode, sticky);

/// Asks what a slot shows.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct SlotRequest {
    /// Decides the draw; one of this device's own, another for each decision, where absent.
    pub seed: Option<u32>,
    /// Only looks: nothing counts as an impression, and no arm is kept.
    pub peek: bool,
    /// Milliseconds since 1970; the engine's clock where absent.
    pub now: Option<i64>,
}

read_fields!(SlotRequest: seed, peek, now);

/// What the member allows.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct PrivacySettings {
    /// Whether answers may read traits, tags and history; unchanged where absent.
    pub personalised: Option<bool>,
    /// Purposes allowed or refused, by name; unchanged where absent. Without `analytics` events that only measure stay on the
    /// device; without `marketing` only what would be lost (points, coupons, a tier) is said by `nextActions`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    #[cfg_attr(target_os = "unknown", tsify(type = "Record<string, boolean>"))]
    pub purposes: Value,
}

read_fields!(PrivacySettings: personalised, purposes);
