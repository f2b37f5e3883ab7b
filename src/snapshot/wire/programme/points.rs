//! Points: wallets, earning, multipliers, expiry, redemption.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Per, Span, Texts, Window};
use crate::domain::{Value, read_fields};
pub use crate::loyalty::{EarningBase, ExpiryKind, RoundEach, RoundUp, Rounding, Stacking, WhenReached};

/// All about points.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Points {
    /// Wallets. The first is the one meant where none is named; a programme without any has one called `points`, whose
    /// points don't expire.
    pub wallets: Vec<Wallet>,
    /// What earns points. Rules add up.
    pub earning: Vec<Earning>,
    /// What makes a rule earn more.
    pub multipliers: Vec<Multiplier>,
    /// How several multipliers of one rule combine.
    pub stacking: Stacking,
    /// Points as a part of a price; absent where that is not possible.
    pub redemption: Option<Redemption>,
    /// Spent points that come back with a refund, whose lot ended meanwhile, live again if it ended no longer ago than
    /// this many days, and are lost otherwise.
    pub reinstatement_days: i32,
    /// How long reinstated points live, from the refund; the length of the reinstatement window where absent.
    pub reinstated_for: Option<Span>,
    /// How many days ahead of an expiry it is warned of; 30 where absent.
    pub warning_days: Option<i32>,
}

read_fields!(Points: wallets, earning, multipliers, stacking, redemption, reinstatement_days, reinstated_for, warning_days);

/// One kind of points.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Wallet {
    /// The wallet's id.
    pub id: String,
    /// Its name (points, growth value, miles, ...).
    pub titles: Texts,
    /// When lots end.
    pub expiry: Expiry,
    /// Expiry of tiers that have their own.
    pub expiry_by_tier: Vec<TierExpiry>,
    /// Whether the balance may go below nothing. Where it may not, a spend that is not covered is refused whole.
    pub negative: bool,
    /// Whether points can't be spent: growth values that only count for tiers.
    pub not_spendable: bool,
    /// Whether points can be given to another member.
    pub transferable: bool,
    /// Whether points can be given to a good cause.
    pub donatable: bool,
    /// How many points one can hold; earning beyond it is trimmed.
    pub max_balance: Option<i64>,
}

read_fields!(Wallet: id, titles, expiry, expiry_by_tier, negative, not_spendable, transferable, donatable, max_balance);

/// When the lots of some tiers end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct TierExpiry {
    /// The tiers.
    pub tiers: Vec<String>,
    /// Their expiry, by the tier held when the points were earned.
    pub expiry: Expiry,
}

read_fields!(TierExpiry: tiers, expiry);

/// When lots end. A lot can be spent up to, and not at, its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Expiry {
    /// Its kind.
    pub kind: ExpiryKind,
    /// For `rolling`, `sliding`; for `fixed`, the least that a lot lives.
    pub years: i32,
    /// As `years`.
    pub months: i32,
    /// As `years`.
    pub days: i32,
    /// Moves the end up to the end of the day, month, quarter or year. Where absent, `day`: points earned on 25 January
    /// for one month can be spent on the whole of 25 February.
    pub round_up: RoundUp,
    /// For `fixed`: the last days, `MM-DD` every year or `YYYY-MM-DD` once; up to 64.
    pub dates: Vec<String>,
    /// For `sliding`: the actions that begin the span anew; `purchase` where empty.
    pub actions: Vec<String>,
}

read_fields!(Expiry: kind, years, months, days, round_up, dates, actions);

/// Something that earns points.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Earning {
    /// The rule's id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// `purchase`, or the kind of an action: `check-in`, `review`, `share`, `referral`, `survey`, `activity`, ...
    pub on: String,
    /// Points earned: for each `per` minor units of a purchase, for each order where `per` is 0, for each action.
    pub points: i64,
    /// The minor units of a purchase that earn `points`; 0 for a fixed number an order.
    pub per: i64,
    /// Which amount counts.
    pub base: EarningBase,
    /// How a part of a point is rounded.
    pub rounding: Rounding,
    /// What is rounded: the order, or each line.
    pub round_each: RoundEach,
    /// Items that count: a condition over `item.*`; all where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub r#where: Value,
    /// When and for whom: a condition.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// When in time.
    pub window: Window,
    /// The wallet it goes to; the first where absent.
    pub wallet: Option<String>,
    /// From when the points can be spent.
    pub pending: Pending,
    /// The most that the rule earns.
    pub caps: Vec<Cap>,
    /// For an action done on consecutive days: more points when a streak reaches a length.
    pub streaks: Vec<StreakBonus>,
    /// Whether lines paid at a reduced price earn nothing.
    pub not_on_discounted: bool,
}

read_fields!(Earning:
    id, titles, on, points, per, base, rounding, round_each, r#where, when, window, wallet, pending, caps, streaks,
    not_on_discounted
);

/// From when earned points can be spent. Without any field: at once. With several: the latest of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Pending {
    /// So many days after they were earned, to the millisecond.
    pub days: i32,
    /// So many hours after they were earned.
    pub hours: i32,
    /// When this action about the same order has happened (`delivered`).
    pub event: Option<String>,
    /// From this date on.
    pub date: Option<String>,
}

read_fields!(Pending: days, hours, event, date);

/// The most that a rule earns over a stretch.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Cap {
    /// At most so many points.
    pub points: Option<i64>,
    /// At most so many times.
    pub count: Option<u32>,
    /// Over which stretch.
    pub per: Per,
    /// What happens to an earning that goes over.
    pub when_reached: WhenReached,
}

read_fields!(Cap: points, count, per, when_reached);

/// More points when an action was done on so many consecutive days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct StreakBonus {
    /// Days.
    pub days: u32,
    /// Points on top, on the day the streak reaches that length.
    pub points: i64,
    /// Whether it is earned again at each multiple of `days`.
    pub repeats: bool,
}

read_fields!(StreakBonus: days, points, repeats);

/// Makes earning rules earn more.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Multiplier {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// By how much, to three decimals; 2 doubles. At least 0.
    pub factor: f64,
    /// The earning rules it is for; all rules on purchases where empty.
    pub rules: Vec<String>,
    /// Items it is for: a condition over `item.*`; all where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub r#where: Value,
    /// When and for whom: a condition, e.g. `{"member.tier": "gold"}`, `{"now.weekday": 3}`,
    /// `{"now.days": {"$in": ["member-day"]}}`, `{"member.ageMonths": {"$gte": 12}}`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// When in time.
    pub window: Window,
}

read_fields!(Multiplier: id, titles, factor, rules, r#where, when, window);

/// Points as a part of a price.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Redemption {
    /// The wallet; the first where absent.
    pub wallet: Option<String>,
    /// So many points ...
    pub points: i64,
    /// ... are worth so many minor units. The worth of a number of points is rounded down.
    pub value: i64,
    /// Rates and limits of tiers that have their own; a field left out is as for all.
    pub by_tier: Vec<TierRate>,
    /// The least points an order; 0 for none.
    pub min: i64,
    /// The most points an order.
    pub max: Option<i64>,
    /// Points go in steps of this; 1 where 0.
    pub step: i64,
    /// The most of the order's price, in [0, 1]; the limit is rounded down.
    pub max_share: Option<f64>,
    /// The least price of an order that can be paid in part with points, in minor units.
    pub min_order: i64,
    /// The most points over a stretch.
    pub max_per: Option<Cap>,
    /// Whether points may not be used in an order that uses a coupon.
    pub not_with_coupons: bool,
    /// Items that can be paid with points: a condition over `item.*`; all where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub r#where: Value,
    /// When and for whom: a condition.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
}

read_fields!(Redemption: wallet, points, value, by_tier, min, max, step, max_share, min_order, max_per, not_with_coupons, r#where, when);

/// Rate and limits of some tiers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct TierRate {
    /// The tiers.
    pub tiers: Vec<String>,
    /// So many points ...
    pub points: Option<i64>,
    /// ... are worth so many minor units.
    pub value: Option<i64>,
    /// The least points an order.
    pub min: Option<i64>,
    /// The most points an order.
    pub max: Option<i64>,
    /// The most of the order's price, in [0, 1].
    pub max_share: Option<f64>,
}

read_fields!(TierRate: tiers, points, value, min, max, max_share);
