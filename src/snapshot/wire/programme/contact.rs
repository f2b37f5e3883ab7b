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

/// A tag that the device gives to members who meet a condition: shown to them with the source `device`, and theirs to
/// delete like any other.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct TagRule {
    /// The tag, as `member.tags` holds it.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// Who has it: a condition over `member.*` but for `member.segments`, `now.*`, `context.*`. Beside the usual facts there
    /// are `member.topCategories` and `member.topBrands` (lists: at least a tenth of what was bought in a year) and
    /// `member.priceBand` (`low`, `middle`, `high`).
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: domain::Value,
}

read_fields!(TagRule: id, titles, when);

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
    /// What is said without a message of that kind, at weight 1, on surfaces that do not interrupt: of `expiring-points`,
    /// `coupon-ends`, `tier-nudge`, `tier-keep`, `task`, `offer`, `buy-again` all where absent, none where empty.
    pub automatic: Option<Vec<String>>,
    /// Where a member reaches a person who can explain or change a decision: an address, a number.
    pub person: String,
    /// For how many days something that the member dismissed is not said again; 30 where absent.
    pub dismissed_days: Option<u32>,
}

read_fields!(Contact: quiet_hours, caps, interrupting, messages, automatic, person, dismissed_days);

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
    /// What it is, for the page. Some kinds also say whom it fits:
    ///
    /// | kind | said |
    /// |---|---|
    /// | `offer` | of `offer`, or of each offer that can be had |
    /// | `coupon-ends` | of each coupon held that ends within the programme's `warningDays` |
    /// | `expiring-points` | of points that end within that time |
    /// | `tier-nudge` | halfway to the next tier and beyond |
    /// | `tier-keep` | where the tier would be lost within 60 days |
    /// | `task` | of `task`, or of each task under way |
    /// | `buy-again` | of what it is time to buy again |
    /// | `welcome`, `care`, `win-back` | to new, slipping, lapsed members |
    /// | `content`, `activity`, `reminder`, others | to whom its audience says |
    pub kind: String,
    /// The tiers it is for; all where empty.
    pub tiers: Vec<String>,
    /// This tier and those above it.
    pub from_tier: Option<String>,
    /// Members of one of these segments; all where empty.
    pub segments: Vec<String>,
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
    /// The benefit it is about: said only while the member has it and some is left.
    pub benefit: Option<String>,
    /// The item or article it is about: not said where the member asked not to see it.
    pub item: Option<String>,
    /// Whether it reads traits, tags or history: not said where the member does not want that. True for messages with
    /// segments, for a stage of the membership, or with a condition over anything but `member.tier`, `now.*` and
    /// `context.*`, whatever is written here.
    pub personal: bool,
}

read_fields!(Message:
    id, titles, kind, tiers, from_tier, segments, when, window, surfaces, weight, quota, offer, task, benefit, item, personal
);
