//! How offers go together, as data.
//!
//! Without any of it, the engine looks for the cheapest legal combination: every pair of offers goes together unless
//! one is exclusive or both stand in a group that lets one through; offers on goods come before those on the order,
//! those before shipping; each is counted on what the earlier ones have left.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::read_fields;
pub use crate::offers::{
    Claims, Class, Exclusive, Mode, OddCents, Preset, PriceBase, Returns, Rounding, Scope, SpreadBy, ThresholdBase, Within,
};

/// How offers go together. `preset` sets every field that is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Stacking {
    /// Where fields that are absent come from.
    pub preset: Preset,
    /// How the outermost level chooses.
    pub mode: Option<Mode>,
    /// Groups of offers; an offer names its own in `group`. Offers without a group stand on the outermost level.
    pub groups: Vec<Group>,
    /// Pairs of classes that go together, `["product", "order"]`; also of one class with itself. All where absent.
    pub classes: Option<Vec<(Class, Class)>>,
    /// Pairs of classes that may not meet on one line, though they may in one order.
    pub apart_on_line: Option<Vec<(Class, Class)>>,
    /// What an exclusive offer does.
    pub exclusive: Option<Exclusive>,
    /// The order in which classes are applied; those left out come last.
    pub sequence: Option<Vec<Class>>,
    /// Inside a class, what comes first.
    pub within: Option<Within>,
    /// Which price discounts are counted on.
    pub base: Base,
    /// Which price thresholds are measured on.
    pub threshold_base: Option<ThresholdBase>,
    /// Who gets the cents that a division leaves over.
    pub odd_cents: Option<OddCents>,
    /// What an order's discount is spread over its lines in proportion to.
    pub spread_by: Option<SpreadBy>,
    /// Which pieces of a buy-get or a bundle count for no other.
    pub claims: Option<Claims>,
    /// Whether prices include tax; they do where absent.
    pub prices_include_tax: Option<bool>,
    /// The free attribute of items that says their tax in percent; no tax where absent.
    pub tax_attribute: Option<String>,
    /// How a percentage of an amount becomes whole minor units.
    pub rounding: Option<Rounding>,
    /// Limits shared by several offers.
    pub pools: Vec<Pool>,
    /// No piece goes below this share of its price, in percent.
    pub floor_percent: Option<f64>,
    /// The free attribute of items (minor units) below which no piece of it may go.
    pub floor_attribute: Option<String>,
    /// What a return does to offers of the order.
    pub returns: Option<Returns>,
    /// Combinations looked at before the search answers with what it has. Where absent, from 100 to 5,000: the fewer, the
    /// more offers and lines there are, so that an answer takes some milliseconds.
    pub search_budget: Option<u32>,
}

read_fields!(Stacking:
    preset, mode, groups, classes, apart_on_line, exclusive, sequence, within, base, threshold_base, odd_cents, spread_by, claims,
    prices_include_tax, tax_attribute, rounding, pools, floor_percent, floor_attribute, returns, search_budget
);

/// Which price discounts are counted on, for offers of each class; `running` where absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Base {
    /// For offers on some goods.
    pub product: Option<PriceBase>,
    /// For offers on the order.
    pub order: Option<PriceBase>,
    /// For offers on shipping.
    pub shipping: Option<PriceBase>,
}

read_fields!(Base: product, order, shipping);

/// A group of offers, or of groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// Names the group; unique.
    pub id: String,
    /// How it chooses.
    pub mode: Option<Mode>,
    /// Whether it chooses once an order, for each line, or for each piece.
    pub scope: Scope,
    /// At most so many of its members apply: with `mode: best` one where absent, with `mode: stack` any number.
    pub max: Option<u32>,
    /// If it applies, nothing outside it does.
    pub exclusive: bool,
    /// Of what stands on one level, the higher comes first; an offer beside a group counts with its own.
    pub priority: i32,
    /// Groups inside it.
    pub groups: Vec<Group>,
}

read_fields!(Group: id, mode, scope, max, exclusive, priority, groups);

/// A limit shared by several offers: 'at most 8 order coupons and 20 item coupons'.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Pool {
    /// Names the pool; unique.
    pub id: String,
    /// How much of it one order may take.
    pub max: u32,
}

read_fields!(Pool: id, max);
