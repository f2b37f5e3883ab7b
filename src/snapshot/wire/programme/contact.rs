//! Where a member stands in the life of a membership, and what may be said to them.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Quota, Span, Texts, Window};
use crate::domain;
use crate::domain::read_fields;

/// Stages of a membership. Looked at in this order, the first that fits: `prospect` (never bought, joined longer ago
/// than `newDays`), `new`, `won-back`, `lapsed`, `slipping`, `loyal`, `active`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Lifecycle {
    /// Joined, or bought first, no longer ago than this: `new`. 30 where absent.
    pub new_days: u32,
    /// No purchase for longer than this: `slipping`. 60 where absent.
    pub slipping_days: u32,
    /// No purchase for longer than this: `lapsed`. 180 where absent.
    pub lapsed_days: u32,
    /// Bought again after a lapse, no longer ago than this: `won-back`. 60 where absent.
    pub won_back_days: u32,
    /// Bought on at least so many days within `loyalWithin` days: `loyal`. 6 where absent.
    pub loyal_orders: u32,
    /// See `loyalOrders`. 180 where absent.
    pub loyal_within: u32,
}

read_fields!(Lifecycle: new_days, slipping_days, lapsed_days, won_back_days, loyal_orders, loyal_within);

impl Default for Lifecycle {
    fn default() -> Self {
        Lifecycle { new_days: 30, slipping_days: 60, lapsed_days: 180, won_back_days: 60, loyal_orders: 6, loyal_within: 180 }
    }
}

/// How a member's value is measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "schema", schemars(rename = "MemberValue"))]
pub struct Value {
    /// Over how long; 12 months where nothing is said.
    pub window: Span,
    /// Scores by recency, frequency and monetary value; without it there is none.
    pub rfm: Option<Rfm>,
    /// How the risk is estimated that a member does not come back; without it there is no estimate.
    pub churn: Option<Churn>,
}

read_fields!(Value: window, rfm, churn);

/// Limits between the scores 1 to 5: ascending lists of four. Frequency and monetary value at a limit score higher,
/// recency at a limit scores better.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Rfm {
    /// Days since the last purchase: at most the first limit scores 5, more than the last 1.
    pub recency_days: Vec<u32>,
    /// Purchases: fewer than the first limit scores 1, at least the last 5.
    pub frequency: Vec<u32>,
    /// Minor units paid: less than the first limit scores 1, at least the last 5.
    pub monetary: Vec<i64>,
}

read_fields!(Rfm: recency_days, frequency, monetary);

/// The risk that a member does not come back: a logistic curve over the time since the last purchase in units of the
/// member's own mean gap between purchases, 1 / (1 + exp(-steepness * (gaps - middle))).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Churn {
    /// At how many mean gaps the risk is one half; raising it makes the programme more patient. 3 where absent.
    pub middle: f64,
    /// How fast it rises there. 1.5 where absent.
    pub steepness: f64,
    /// The gap assumed of members with fewer than three purchases, in days. 30 where absent.
    pub prior_days: f64,
}

read_fields!(Churn: middle, steepness, prior_days);

impl Default for Churn {
    fn default() -> Self {
        Churn { middle: 3.0, steepness: 1.5, prior_days: 30.0 }
    }
}

/// What may be said, when, how often.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Contact {
    /// When nothing is said on surfaces that interrupt.
    pub quiet_hours: Option<QuietHours>,
    /// How much may be said over a stretch in all, on surfaces that interrupt.
    pub caps: Vec<Quota>,
    /// The surfaces that interrupt (`push`, `sms`, `popup`); others may be filled at any time.
    pub interrupting: Vec<String>,
    /// What can be said.
    pub messages: Vec<Message>,
}

read_fields!(Contact: quiet_hours, caps, interrupting, messages);

/// From `from` (inclusive) until `until` (exclusive) on the shop's clock, `HH:MM`; over midnight where `until` is not after
/// `from`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct QuietHours {
    /// Begin.
    pub from: String,
    /// End.
    pub until: String,
}

read_fields!(QuietHours: from, until);

/// Something that can be said to a member it fits.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its text.
    pub titles: Texts,
    /// `offer`, `reminder`, `content`, `activity`, `task`, `tier-nudge`, `expiring-points`, `welcome`, `care`,
    /// `win-back`, ...
    pub kind: String,
    /// Whom it fits, and when: a condition over `member.*`, `now.*`, `context.*`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: domain::Value,
    /// When in time.
    pub window: Window,
    /// The surfaces it can be shown on; all where empty.
    pub surfaces: Vec<String>,
    /// How much it matters, before urgency and fit; 1 where 0. Raising it moves the message up.
    pub weight: f64,
    /// How often one member may see it. A sight is an action `impression` about the message's id.
    pub quota: Option<Quota>,
    /// The offer it is about: said only where that offer is eligible or nearly so.
    pub offer: Option<String>,
    /// The task it is about: said only while that task is open.
    pub task: Option<String>,
    /// The item or article it is about.
    pub item: Option<String>,
    /// Whether it reads traits, tags or history: not said where the member does not want that. True for messages with
    /// a condition over anything but `member.tier`, `now.*` and `context.*`, whatever is written here.
    pub personal: bool,
}

read_fields!(Message: id, titles, kind, when, window, surfaces, weight, quota, offer, task, item, personal);
