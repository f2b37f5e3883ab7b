//! The membership programme as a merchandiser writes it: tiers, points, benefits, days, tasks, draws, partners and
//! what may be said to whom. One JSON document of the snapshot, named `programme`.
//!
//! Read leniently: unknown fields are ignored, every field but ids has a default, and an entry of a list that makes no
//! sense is left out with a warning that names it. Amounts of money are minor units of the catalogue's currency, points
//! are integers, rates lie in [0, 1]. Dates are civil dates on the shop's clock: `2026-06-18`, or `2026-06-18T20:00`
//! where a time matters; `MM-DD` means every year. Windows include their start and exclude their end; a window that
//! that runs until a date without a time excludes that whole day: `2026-07-01` makes 30 June the last one.
//!
//! Conditions are GrowthBook's, over `member.*`, `cart.*`, `item.*`, `now.*` and `context.*`; this module adds
//! `member.tier`, `member.ageDays`, `member.ageMonths`, `member.lifecycle`, `member.rfm`, `member.churnRisk` and `now.days`
//! (ids of the [`Day`]s that are on).
//!
//! ```json
//! {
//!   "id": "club", "version": "2026-01",
//!   "titles": {"zh-CN": "会员俱乐部", "en": "The Club"},
//!   "tiers": [
//!     {"id": "member", "titles": {"zh-CN": "普通会员", "en": "Member"}},
//!     {"id": "silver", "titles": {"zh-CN": "银卡", "en": "Silver"}, "criteria": {"metric": "spend", "atLeast": 100000}},
//!     {"id": "gold", "titles": {"zh-CN": "金卡", "en": "Gold"},
//!      "criteria": {"any": [{"metric": "spend", "atLeast": 500000}, {"metric": "orders", "atLeast": 40}]}}
//!   ],
//!   "tierPolicy": {"period": {"kind": "rolling", "months": 12}, "upgrade": "at-once", "downgrade": "one-step",
//!                  "grace": {"days": 30}},
//!   "points": {
//!     "wallets": [{"id": "points", "expiry": {"kind": "rolling", "months": 12, "roundUp": "month-end"}}],
//!     "earning": [{"id": "base", "on": "purchase", "points": 1, "per": 100, "pending": {"days": 7}},
//!                 {"id": "sign-in", "on": "check-in", "points": 5, "caps": [{"count": 1, "per": "day"}]}],
//!     "multipliers": [{"id": "gold-double", "factor": 2, "when": {"member.tier": "gold"}}],
//!     "redemption": {"points": 100, "value": 100, "min": 100, "step": 100, "maxShare": 0.5}
//!   },
//!   "benefits": [{"id": "free-returns", "titles": {"en": "Free returns"}, "fromTier": "silver",
//!                 "quota": {"count": 4, "per": "year"}}],
//!   "days": [{"id": "member-day", "titles": {"en": "Member day"}, "dayOfMonth": 18}]
//! }
//! ```

mod contact;
mod engagement;
mod merchandising;
mod points;
mod privileges;
mod tiers;

pub use contact::{Churn, Contact, Lifecycle, Message, QuietHours, Rfm, TagRule, Value as MemberValue};
pub use engagement::{Counts, Draw, Prize, Reward, Task, TaskReward, TierCost, Velocity};
pub use merchandising::{Class, MerchandisingAct, MerchandisingRule};
pub use points::{
    Cap, Earning, EarningBase, Expiry, ExpiryKind, Multiplier, Pending, Points, Redemption, RoundEach, RoundUp, Rounding, Stacking,
    StreakBonus, TierExpiry, TierRate, Wallet, WhenReached,
};
pub use privileges::{Benefit, Conversion, Day, FitKind, FitRule, Partner, Precedence, TierQuota};
pub use tiers::{Access, Criteria, Downgrade, Metric, Period, PeriodKind, Tier, TierPolicy, Upgrade, Validity, ValidityKind};

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::{Map, Value, read_fields};
pub use crate::loyalty::{Per, Span};

/// Text per locale (`zh-CN`, `en`, ...).
pub type Texts = Map<String, String>;

/// The membership programme.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Programme {
    /// The programme's id.
    pub id: String,
    /// The version of its rules, as members are told it.
    pub version: String,
    /// Its name.
    pub titles: Texts,
    /// Tiers, lowest first. The first is every member's, and needs no criteria.
    pub tiers: Vec<Tier>,
    /// How tiers are measured, reached, kept and lost.
    pub tier_policy: TierPolicy,
    /// Wallets, earning, redemption.
    pub points: Points,
    /// What points can be exchanged for, beside a part of a price.
    pub rewards: Vec<Reward>,
    /// What membership brings.
    pub benefits: Vec<Benefit>,
    /// Birthday, member day, festivals.
    pub days: Vec<Day>,
    /// Tasks, streaks and achievements.
    pub tasks: Vec<Task>,
    /// Draws. One without published odds or stock and a rules version is refused.
    pub draws: Vec<Draw>,
    /// Partners.
    pub partners: Vec<Partner>,
    /// Stages of a membership, by days without a purchase.
    pub lifecycle: Lifecycle,
    /// How recency, frequency and monetary value are scored.
    pub value: contact::Value,
    /// Tags worked out on the device.
    pub tags: Vec<TagRule>,
    /// What may be said, when, how often.
    pub contact: Contact,
    /// How items suit members: skin, size, what to avoid.
    pub fit: Vec<FitRule>,
    /// Rules for recommended lists: pinned, boosted, buried, hidden items, caps.
    pub merchandising: Vec<MerchandisingRule>,
    /// Weights of recommendations in the place of those that were trained, by their names ([`Weights`](crate::recommend::Weights)):
    /// `{"diversity": 0.2}`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub weights: Value,
    /// How much of an action is too much to believe.
    pub velocity: Vec<Velocity>,
    /// Keys of features that prices may depend on, published as such: rules read them as `feature.<key>`.
    pub published_features: Vec<String>,
}

read_fields!(Programme:
    id, version, titles, tiers, tier_policy, points, rewards, benefits, days, tasks, draws, partners, lifecycle, value, tags, contact, fit,
    merchandising, weights, velocity, published_features
);

/// From `from` (inclusive) until `until` (exclusive); an end left out is open. A moment is a number of milliseconds since
/// 1970 UTC, or a text on the shop's clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Window {
    /// The first moment.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub from: Value,
    /// The first moment after it.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub until: Value,
}

read_fields!(Window: from, until);

/// How much of something one member may have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Quota {
    /// How many times.
    pub count: u32,
    /// Over which stretch.
    pub per: Per,
}

read_fields!(Quota: count, per);

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of this module's documentation.
    fn read(text: &str) -> Programme {
        crate::domain::from_value(&serde_json::from_str(text).unwrap()).unwrap()
    }

    fn example() -> String {
        let text = include_str!("programme.rs").split("```").nth(1).unwrap();
        text.lines().skip(1).map(|line| line.trim_start_matches("//!")).collect()
    }

    #[test]
    fn unknown_fields_and_missing_ones_are_no_error() {
        let programme = read(r#"{"id": "x", "unheardOf": [1, 2]}"#);
        assert_eq!(programme, Programme { id: "x".into(), ..Programme::default() });
    }

    #[test]
    fn the_documented_example_reads() {
        let programme = read(&example());
        assert_eq!(programme.tiers.len(), 3);
        assert_eq!(programme.tiers[2].criteria.as_ref().unwrap().any[1].metric, Some(Metric::Orders));
        assert_eq!(programme.points.redemption.as_ref().unwrap().max_share, Some(0.5));
        assert_eq!(programme.days[0].day_of_month, Some(18));
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let programme = read(&example());
        let text = serde_json::to_string(&programme).unwrap();
        assert_eq!(read(&text), programme);
    }
}
