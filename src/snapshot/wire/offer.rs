//! Offers, as retailers write them.
//!
//! ```json
//! {"id": "spring", "titles": {"en": "20% off dairy, from 50.00", "zh-CN": "乳品满50元8折"},
//!  "thresholds": [{"amount": 5000}],
//!  "effects": [{"kind": "percent", "on": "lines", "percent": 20, "cap": 3000, "where": {"item.category": "DAIRY"}}],
//!  "window": {"from": "2026-03-01", "until": "2026-04-01"}, "limits": {"perMember": 2}}
//! ```
//!
//! Money is in minor units, percentages are numbers from 0 to 100 (four decimals count). A moment is a number of
//! milliseconds since 1970 UTC, or a text on the shop's clock: `2026-03-01` (its midnight) or `2026-03-01T09:30`.
//! Everything that has a start and an end includes the start and excludes the end.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::{Map, Value, read_choice, read_fields};
pub use crate::offers::{Activation, Class, Measure, Overrun, Period, Pick, PriceBase, Target, ThresholdBase};

/// One offer: who gets it, when, how often, what it gives, and what it goes together with.
///
/// Eligible means: activated, inside every window, every threshold and condition met, no limit used up.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Offer {
    /// Names the offer; unique.
    pub id: String,
    /// What it is called, by locale (`en`, `zh-CN`).
    pub titles: Map<String, String>,
    /// What it gives; all of it, in this order.
    pub effects: Vec<Effect>,
    /// How it becomes active; `code` where codes are named, else `automatic`.
    pub activation: Option<Activation>,
    /// Codes that activate it, in any case of letters.
    pub codes: Vec<String>,
    /// Codes with terms of their own; the offer's own terms hold as well.
    pub coupons: Vec<CouponCode>,
    /// Tiers it is for, by id; any where empty.
    pub tiers: Vec<String>,
    /// Condition over `member.*`, `cart.*`, `now.*` and `context.*`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// What the cart must hold; all of them.
    pub thresholds: Vec<Threshold>,
    /// When it can be used.
    pub window: Window,
    /// Recurring times inside the window.
    pub schedule: Schedule,
    /// When a coupon in a wallet can be used, counted from its receipt.
    pub receipt: Receipt,
    /// How often and for how much it can be used.
    pub limits: Limits,
    /// Where in the order it stands for combining; taken from its effects where absent: `shipping` where all are on
    /// shipping, `order` where one is on the order, else `product`.
    pub class: Option<Class>,
    /// The group of `stacking.groups` it belongs to.
    pub group: Option<String>,
    /// Tags for pairwise agreement.
    pub tags: Vec<String>,
    /// What it goes together with, in the place of the programme's class matrix. Both sides of a pair must agree.
    pub combines_with: Option<CombinesWith>,
    /// Of offers that come in turn, the higher comes first; of equals, the smaller id.
    pub priority: i32,
    /// Goes together with no other offer.
    pub exclusive: bool,
    /// Shared limits it takes part in (`stacking.pools`), with how much of each it takes: `{"order-coupons": 1}`.
    pub pools: Map<String, u32>,
    /// Whether points may be spent in the same order.
    pub with_points: Option<bool>,
    /// Leaves out goods whose price is already below their base price.
    pub skip_reduced: bool,
    /// No unit goes below this share of its price, in percent. The stricter of this and the item's own floor holds.
    pub floor_percent: Option<f64>,
}

read_fields!(Offer:
    id, titles, effects, activation, codes, coupons, tiers, when, thresholds, window, schedule, receipt, limits, class, group, tags,
    combines_with, priority, exclusive, pools, with_points, skip_reduced, floor_percent
);

/// A code with terms of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct CouponCode {
    /// The code.
    pub code: String,
    /// When it can be used.
    pub window: Window,
    /// Uses left for everyone together.
    pub uses_left: Option<u32>,
    /// Uses one member may have.
    pub per_member: Option<u32>,
}

read_fields!(CouponCode: code, window, uses_left, per_member);

/// From (included) until (excluded); open where absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Window {
    /// The first moment.
    #[cfg_attr(feature = "schema", schemars(with = "Option<super::schema::Moment>"))]
    pub from: Value,
    /// The first moment after it.
    #[cfg_attr(feature = "schema", schemars(with = "Option<super::schema::Moment>"))]
    pub until: Value,
}

read_fields!(Window: from, until);

/// Recurring times, on the shop's clock; all that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Schedule {
    /// 1 for Monday to 7 for Sunday; every day where empty.
    pub weekdays: Vec<u8>,
    /// Days of the month, 1 to 31; every day where empty.
    pub days_of_month: Vec<u8>,
    /// Hours of the day; one of them must hold.
    pub hours: Vec<Hours>,
    /// Irregular times; one of them must hold.
    pub dates: Vec<Window>,
}

read_fields!(Schedule: weekdays, days_of_month, hours, dates);

/// From (included) until (excluded), `HH:MM` on the shop's clock. Where `until` is not after `from` the span passes
/// midnight, and belongs to the day it begins on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Hours {
    /// The first minute.
    pub from: String,
    /// The first minute after it; `24:00` for the day's end.
    pub until: String,
}

read_fields!(Hours: from, until);

/// When a coupon can be used, counted from its receipt.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Receipt {
    /// Days to wait first; 0 means at once.
    pub wait_days: u32,
    /// Days it then holds; no end of its own where absent.
    pub valid_days: Option<u32>,
    /// Counts 24 hours from the instant of receipt, not the shop's calendar days. Of calendar days, the day of
    /// receipt is the first valid one where there is no wait.
    pub exact_hours: bool,
}

read_fields!(Receipt: wait_days, valid_days, exact_hours);

/// What the cart must hold: each of the amounts given.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Threshold {
    /// At least this much money, reached by equality.
    pub amount: Option<i64>,
    /// At least this many pieces.
    pub quantity: Option<u32>,
    /// At least this many different lines.
    pub lines: Option<u32>,
    /// Which goods count: a condition over `item.*`; all goods where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub r#where: Value,
    /// Which price counts; the programme's `thresholdBase` where absent.
    pub base: Option<ThresholdBase>,
    /// One line alone must reach it.
    pub per_line: bool,
}

read_fields!(Threshold: amount, quantity, lines, r#where, base, per_line);

/// How often and for how much an offer can be used. What is used up gives a reason, never an error.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Limits {
    /// Uses one member may have in all.
    pub per_member: Option<u32>,
    /// Uses one member may have in a period; all of them hold.
    pub per_period: Vec<PeriodLimit>,
    /// Uses left for everyone, as the server last said.
    pub uses_left: Option<u32>,
    /// Money left for everyone, as the server last said, in minor units.
    pub budget_left: Option<i64>,
    /// What happens when an order would overrun the budget.
    pub overrun: Overrun,
    /// The most it saves in one order, in minor units.
    pub max_saving: Option<i64>,
    /// A chain of uses, each releasing the next.
    pub chain: Option<Chain>,
}

read_fields!(Limits: per_member, per_period, uses_left, budget_left, overrun, max_saving, chain);

/// Uses in a period.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PeriodLimit {
    /// How many.
    pub uses: u32,
    /// In the running day, week (from Monday), month or year of the shop's calendar, or in the last `days` days.
    pub period: Period,
    /// For `period: days`: how many times 24 hours back.
    pub days: u32,
}

read_fields!(PeriodLimit: uses, period, days);

/// A chain of uses: the next can be had from `minDays` after the last, and is lost `maxDays` after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Chain {
    /// How many uses the chain has.
    pub uses: u32,
    /// Times 24 hours to wait after a use.
    pub min_days: u32,
    /// Times 24 hours after which the rest is lost; never where absent.
    pub max_days: Option<u32>,
}

read_fields!(Chain: uses, min_days, max_days);

/// What an offer goes together with.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct CombinesWith {
    /// Offers of these classes.
    pub classes: Vec<Class>,
    /// On the same line, `product` offers that carry one of these tags.
    pub tags: Vec<String>,
}

read_fields!(CombinesWith: classes, tags);

/// One thing an offer gives. `kind` says which of the other fields count:
///
/// | `kind` | gives | fields |
/// |---|---|---|
/// | `percent` | `percent` off | `cap` |
/// | `amount` | `amount` off, on each target | `cap` |
/// | `fixed-price` | each target costs `price`, where that is less | |
/// | `flash-price` | each unit costs `price`, while `stock` lasts | `stock`, `maxPieces` |
/// | `ladder` | the highest of `steps` reached by the target goods | `steps`, `by`, `cap` |
/// | `each-full` | for each full `full` of the target goods, `amount` off | `full`, `by`, `times`, `cap` |
/// | `nth-piece` | the n-th piece has its own discount ('second at half price') | `steps`, `by`, `cycle`, `maxPieces`, `pick` |
/// | `buy-get` | for each `buy` set, each piece of the `get` set has a discount (free where none is given) | `buy`, `get`, `times`, `sameLine`, `whole`, `pick` |
/// | `bundle` | for each full set of `sets`, a discount on the set, or on each of its `discounted` pieces | `sets`, `discounted`, `times`, `pick` |
/// | `gift` | items free of charge, put beside the order | `gifts`, `choose`, `worth` |
/// | `next-order-coupon` | a coupon of the offer `offer` once this order is paid | `offer`, `worth` |
///
/// A price is that of a piece on lines and units, and that of all together on the order. Pieces that count for a
/// `buy-get` or a `bundle` count for no other of these kinds.
///
/// Where a discount is called for, exactly one of `percent`, `amount` and `price` says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Effect {
    /// What it gives.
    pub kind: EffectKind,
    /// What it is counted on.
    pub on: Target,
    /// Which goods: a condition over `item.*`; all where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub r#where: Value,
    /// Which shipping methods, by id; all where empty.
    pub methods: Vec<String>,
    /// Off in percent, 0 to 100.
    pub percent: Option<f64>,
    /// Off in minor units.
    pub amount: Option<i64>,
    /// The price to pay, in minor units.
    pub price: Option<i64>,
    /// The most this effect saves, in minor units.
    pub cap: Option<i64>,
    /// At most so many pieces of each line.
    pub max_quantity: Option<u32>,
    /// At most so many pieces in all, the dearest first.
    pub max_pieces: Option<u32>,
    /// Which price it is counted on; the programme's where absent.
    pub base: Option<PriceBase>,
    /// For `ladder` and `nth-piece`.
    pub steps: Vec<Step>,
    /// What `ladder` and `each-full` measure. For `nth-piece`: pieces are numbered for each line (`line-quantity`), or over
    /// all matching goods.
    pub by: Measure,
    /// For `each-full`: how much (minor units, or pieces) is full.
    pub full: Option<i64>,
    /// At most so many times in one order.
    pub times: Option<u32>,
    /// For `nth-piece`: counts anew after so many pieces.
    pub cycle: Option<u32>,
    /// For `buy-get`: what must be bought.
    pub buy: Option<PieceSet>,
    /// For `buy-get`: what is then discounted; like `buy` where absent.
    pub get: Option<PieceSet>,
    /// For `buy-get`: both sets come from one line, each line by itself.
    pub same_line: bool,
    /// For `bundle`: the parts of a full set.
    pub sets: Vec<PieceSet>,
    /// For `buy-get`: nothing is given where the cart does not hold a whole `get` set.
    pub whole: bool,
    /// For `bundle`: only so many pieces of a full set are discounted, each by itself: the cheapest, or with
    /// `pick: dearest` the dearest. The set as a whole where absent.
    pub discounted: Option<u32>,
    /// Which pieces are discounted where there is a choice. For `bundle`, sets are formed from the dearest down (`best`,
    /// `dearest`), from the cheapest up (`cheapest`), or in the order of the lines (`listed`).
    pub pick: Pick,
    /// For `gift`.
    pub gifts: Vec<Gift>,
    /// For `gift`: how many of `gifts` the shopper may choose, the first ones where they don't; all where absent.
    pub choose: Option<u32>,
    /// For `flash-price`: pieces left at this price, as the server last said.
    pub stock: Option<u32>,
    /// For `next-order-coupon`: the offer that the coupon is for.
    pub offer: Option<String>,
    /// For `gift` and `next-order-coupon`: what they count for when combinations are compared, in minor units.
    pub worth: i64,
    /// Only at the member's n-th use of the offer, from 1; for chains.
    pub at_use: Option<u32>,
}

read_fields!(Effect:
    kind, on, r#where, methods, percent, amount, price, cap, max_quantity, max_pieces, base, steps, by, full, times, cycle, buy,
    get, same_line, sets, whole, discounted, pick, gifts, choose, stock, offer, worth, at_use
);

/// See [`Effect`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the table at `Effect` says what each gives
pub enum EffectKind {
    #[default]
    Percent,
    Amount,
    FixedPrice,
    FlashPrice,
    Ladder,
    EachFull,
    NthPiece,
    BuyGet,
    Bundle,
    Gift,
    NextOrderCoupon,
}

read_choice!(EffectKind: Percent, Amount, FixedPrice, FlashPrice, Ladder, EachFull, NthPiece, BuyGet, Bundle, Gift, NextOrderCoupon);

/// One step of a ladder, or the discount of one piece.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Step {
    /// From this much on (included): minor units or pieces; for `nth-piece` from this piece on, the first being 1.
    pub from: i64,
    /// Off in percent.
    pub percent: Option<f64>,
    /// Off in minor units.
    pub amount: Option<i64>,
    /// The price to pay.
    pub price: Option<i64>,
}

read_fields!(Step: from, percent, amount, price);

/// Some pieces of the cart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PieceSet {
    /// How many, at least 1.
    pub quantity: u32,
    /// Which goods: a condition over `item.*`; those of the effect where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub r#where: Value,
    /// For `buy`: instead of pieces, so much money's worth of the goods.
    pub amount: Option<i64>,
}

read_fields!(PieceSet: quantity, r#where, amount);

/// A free item.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Gift {
    /// The item's id.
    pub item: String,
    /// Pieces, at least 1.
    pub quantity: u32,
}

read_fields!(Gift: item, quantity);
