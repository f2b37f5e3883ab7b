//! How offers go together, as data.
//!
//! Without any of it, the engine looks for the cheapest legal combination: every pair of offers goes together unless
//! one is exclusive or both stand in a group that lets one through; offers on goods come before those on the order,
//! those before shipping; each is counted on what the earlier ones have left.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::offer::{Class, PriceBase, ThresholdBase};

/// How offers go together. `preset` sets every field that is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    pub base: Option<PriceBase>,
    /// Which price thresholds are measured on.
    pub threshold_base: Option<ThresholdBase>,
    /// Who gets the cents that a division leaves over.
    pub odd_cents: Option<OddCents>,
    /// How a percentage of an amount becomes whole minor units.
    pub rounding: Option<Rounding>,
    /// Whether a percentage on lines is rounded for a piece and then multiplied, or for the line.
    pub round_per: Option<RoundPer>,
    /// Limits shared by several offers.
    pub pools: Vec<Pool>,
    /// No piece goes below this share of its price, in percent.
    pub floor_percent: Option<f64>,
    /// The free attribute of items (minor units) below which no piece of it may go.
    pub floor_attribute: Option<String>,
    /// What a return does to offers of the order.
    pub returns: Option<Returns>,
    /// Combinations looked at before the search answers with what it has. 200,000 where absent.
    pub search_budget: Option<u32>,
}

/// Known ways of stacking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// The cheapest legal combination.
    #[default]
    Best,
    /// Offers by priority, each tested again at its turn on the running total; an exclusive one applies alone.
    Sylius,
    /// In the order given, on what earlier offers have left; a discount is capped line by line.
    Medusa,
    /// Lines, then order, then shipping; each tested again at its turn; percentages rounded per piece.
    Vendure,
    /// One product discount a line unless tags agree, order and product discounts only where both sides allow it.
    Shopify,
    /// Item offers, then shop coupons, then cross-shop reductions with the threshold on the price before coupons.
    Tmall,
}

/// How a level chooses among what stands on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The legal selection that saves most.
    #[default]
    Best,
    /// Everything that is eligible at its turn.
    Stack,
    /// The first, in turn, that saves anything.
    ListOrder,
    /// The one that saves most; of equals the first.
    Highest,
    /// The one that saves least, but something.
    Lowest,
}

/// A group of offers, or of groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    /// Names the group; unique.
    pub id: String,
    /// How it chooses.
    pub mode: Option<Mode>,
    /// Whether it chooses once an order, for each line, or for each piece.
    pub scope: Scope,
    /// At most so many of its members apply.
    pub max: Option<u32>,
    /// If it applies, nothing outside it does.
    pub exclusive: bool,
    /// Of what stands on one level, the higher comes first; an offer beside a group counts with its own.
    pub priority: i32,
    /// Groups inside it.
    pub groups: Vec<Group>,
}

/// What a choice is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The order: members exclude each other as a whole.
    #[default]
    Order,
    /// The line: members may both apply, but not on one line.
    Line,
    /// The piece: members may both apply, and several times, but never twice to one piece.
    Unit,
}

/// What an exclusive offer does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Exclusive {
    /// It competes: alone, or not at all, whichever the mode prefers.
    #[default]
    Alone,
    /// The first eligible one by priority applies alone, whatever the others save.
    First,
    /// Offers after it do not apply; those before it do.
    Stop,
}

/// What comes first inside a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// Priority, then id.
    #[default]
    Priority,
    /// Fixed prices, percentages, then amounts; then priority and id. Favours the shopper on one base.
    PercentFirst,
    /// Fixed prices, amounts, then percentages; then priority and id.
    AmountFirst,
}

/// Who gets the minor units that a proportional division leaves over. The sum is exact under each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OddCents {
    /// One each to the largest remainders; of equals, the earlier line.
    #[default]
    LargestRemainder,
    /// One each to the lines in order, from the first.
    First,
    /// All to the last line.
    Last,
    /// All to the middle line (the later of two).
    Middle,
}

/// How a fraction becomes whole minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// To the nearest; a half away from zero.
    #[default]
    HalfUp,
    /// To the nearest; a half to the even neighbour.
    HalfEven,
    /// To the nearest; a half towards zero.
    HalfDown,
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

/// What a percentage on lines is rounded for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RoundPer {
    /// The line.
    #[default]
    Line,
    /// A piece; then multiplied.
    Unit,
}

/// A limit shared by several offers: 'at most 8 order coupons and 20 item coupons'.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Pool {
    /// Names the pool; unique.
    pub id: String,
    /// How much of it one order may take.
    pub max: u32,
}

/// What a return does to the offers of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// Each piece gives back what it really cost; the rest keeps its discounts.
    #[default]
    Keep,
    /// What is left is quoted anew; the refund is the difference, never below zero.
    ReEvaluate,
}
