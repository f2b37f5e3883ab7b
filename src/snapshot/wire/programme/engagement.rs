//! Rewards, tasks, draws, and how much of an action is believed.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Per, Quota, Texts, Window};
use crate::domain::{Value, read_fields};
pub use crate::loyalty::{Counts, TaskReward};

/// Something that points can be exchanged for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Reward {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// `goods`, `coupon`, `service`, `draw`, `donation`, ...: for the page.
    pub kind: String,
    /// Points it costs.
    pub cost: i64,
    /// What it costs some tiers.
    pub cost_by_tier: Vec<TierCost>,
    /// Minor units to be paid beside the points.
    pub price: i64,
    /// The wallet; the first where absent.
    pub wallet: Option<String>,
    /// The item, offer or draw that is had.
    pub item: Option<String>,
    /// See `item`.
    pub offer: Option<String>,
    /// See `item`.
    pub draw: Option<String>,
    /// Pieces left when the snapshot was made; not counted where absent.
    pub stock: Option<u32>,
    /// How often one member may have it. A use is an action `reward-redeemed` about the reward's id.
    pub quota: Option<Quota>,
    /// The tiers that may have it; all where empty.
    pub tiers: Vec<String>,
    /// This tier and those above it may have it.
    pub from_tier: Option<String>,
    /// When and for whom: a condition.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// When in time.
    pub window: Window,
}

read_fields!(Reward: id, titles, kind, cost, cost_by_tier, price, wallet, item, offer, draw, stock, quota, tiers, from_tier, when, window);

/// What a reward costs some tiers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct TierCost {
    /// The tiers.
    pub tiers: Vec<String>,
    /// Points.
    pub cost: i64,
}

read_fields!(TierCost: tiers, cost);

/// Something to do, with a reward.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// What counts: `purchase`, or the kind of an action.
    pub action: String,
    /// What is counted.
    pub counts: Counts,
    /// How much of it is needed.
    pub goal: i64,
    /// Items that count: a condition over `item.*`; all where absent. For purchases, and for actions about an item.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub r#where: Value,
    /// The stretch after which counting begins anew; an achievement, reached once, where `total`.
    pub per: Per,
    /// When and for whom: a condition.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// When in time.
    pub window: Window,
    /// What it brings.
    pub reward: TaskReward,
}

read_fields!(Task: id, titles, action, counts, goal, r#where, per, when, window, reward);

/// A draw. The server draws, the device shows. Refused unless its rules have a version and every prize has odds or a
/// number of pieces; and, where money is CNY, unless every prize is worth at most CNY 50,000 (Interim Provisions on
/// Regulating Promotion Acts, in force since 2020-12-01).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Draw {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// The version of the published rules.
    pub rules_version: String,
    /// The prizes.
    pub prizes: Vec<Prize>,
    /// Points a chance costs.
    pub cost: i64,
    /// The wallet; the first where absent.
    pub wallet: Option<String>,
    /// How often one member may try. A try is an action `draw-entered` about the draw's id.
    pub quota: Option<Quota>,
    /// When and for whom: a condition.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// When in time.
    pub window: Window,
}

read_fields!(Draw: id, titles, rules_version, prizes, cost, wallet, quota, when, window);

/// A prize of a [`Draw`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Prize {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// The chance of winning it at one try, in [0, 1].
    pub odds: Option<f64>,
    /// Pieces there are.
    pub stock: Option<u32>,
    /// What it is worth, in minor units.
    pub value: i64,
}

read_fields!(Prize: id, titles, odds, stock, value);

/// More of an action than this over a stretch is not believed: it earns nothing, and a flag goes out with the events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Velocity {
    /// The kind of action; `purchase` for orders.
    pub action: String,
    /// How many are believed.
    pub count: u32,
    /// Over how many seconds.
    pub seconds: u32,
}

read_fields!(Velocity: action, count, seconds);
