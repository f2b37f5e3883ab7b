//! What membership brings: benefits, days, partners.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::points::Cap;
use super::{Quota, Texts, Window};
use crate::domain::{Value, read_fields};
pub use crate::loyalty::{FitKind, Precedence};

/// Something that membership brings. Whoever meets all that is given has it: tier, segment, condition, time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Benefit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// `member-price`, `gift`, `free-returns`, `free-shipping`, `early-access`, `exclusive`, `adviser`, `service`, ...:
    /// for the page, which draws each kind its own way.
    pub kind: String,
    /// The tiers that have it.
    pub tiers: Vec<String>,
    /// This tier and those above it have it.
    pub from_tier: Option<String>,
    /// Members of one of these segments have it.
    pub segments: Vec<String>,
    /// A condition, e.g. `{"now.days": {"$in": ["birthday"]}}`, `{"context.market": "jp"}`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// When in time.
    pub window: Window,
    /// How often; without limit where absent. A use is an action `benefit-used` about the benefit's id.
    pub quota: Option<Quota>,
    /// How often members of some tiers have it instead.
    pub quota_by_tier: Vec<TierQuota>,
    /// Offers that it consists of.
    pub offers: Vec<String>,
    /// The partner that gives it.
    pub partner: Option<String>,
}

read_fields!(Benefit:
    id, titles, kind, tiers, from_tier, segments, when, window, quota, quota_by_tier, offers, partner
);

/// How often members of some tiers have a benefit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct TierQuota {
    /// The tiers.
    pub tiers: Vec<String>,
    /// How often.
    pub quota: Quota,
}

read_fields!(TierQuota: tiers, quota);

/// A day, or several, that come round: exactly one of the ways to say when is used, in the order they stand here.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Day {
    /// Its id, as `now.days` holds it.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// The member's birthday (29 February: the last of February in other years).
    pub birthday: bool,
    /// The day of the year the member joined.
    pub anniversary: bool,
    /// Every year on this day, `MM-DD`.
    pub every_year: Option<String>,
    /// Every month on this day, 1 to 31, held to the month's last.
    pub day_of_month: Option<u8>,
    /// Every week on this day, 1 for Monday to 7 for Sunday.
    pub weekday: Option<u8>,
    /// On these dates.
    pub dates: Vec<String>,
    /// Begins so many days before.
    pub days_before: u16,
    /// Ends so many days after.
    pub days_after: u16,
}

read_fields!(Day: id, titles, birthday, anniversary, every_year, day_of_month, weekday, dates, days_before, days_after);

/// A partner whose points, offers and benefits members can use.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Partner {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// Whose members' it is: a condition, e.g. `{"member.cards": {"$in": ["bank"]}}`; everybody's where absent.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// Exchange of the partner's points and one's own.
    pub conversions: Vec<Conversion>,
    /// Offers that come from the partner.
    pub offers: Vec<String>,
    /// What wins where an offer of the partner and one's own can't be used together.
    pub precedence: Precedence,
}

read_fields!(Partner: id, titles, when, conversions, offers, precedence);

/// Exchange of points of one kind for another. The server does it; the movements it makes name it as their `rule`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Conversion {
    /// Its id.
    pub id: String,
    /// The wallet the points leave; a name that is no wallet of the programme is the partner's.
    pub from: String,
    /// The wallet they come to.
    pub to: String,
    /// So many points that leave ...
    pub give: i64,
    /// ... make so many that come, rounded down.
    pub get: i64,
    /// The least points that leave.
    pub min: i64,
    /// Points leave in steps of this; 1 where 0.
    pub step: i64,
    /// The most over a stretch, in points that leave.
    pub caps: Vec<Cap>,
}

read_fields!(Conversion: id, from, to, give, get, min, step, caps);

/// How an attribute of items suits a trait of members: `member` and `item` name the two, which suit where they have a value
/// in common (each a value or a list); or `when` is a condition over both. Where either is missing, nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct FitRule {
    /// Its id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// `must`: items that don't suit are left out. `must-not`: items that do are (a contraindication). `prefer`: items that
    /// do come before others.
    pub rule: FitKind,
    /// The trait, without `member.`.
    pub member: Option<String>,
    /// The attribute, without `item.`.
    pub item: Option<String>,
    /// A condition over `member.*` and `item.*`, instead of the two, or beside them.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
    /// For `prefer`: by which part the score rises; 0.2 where 0.
    pub weight: f64,
}

read_fields!(FitRule: id, titles, rule, member, item, when, weight);
