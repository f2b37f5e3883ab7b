//! Tiers: what they take, how long they last, how they are lost.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Span, Texts};
use crate::domain::Value;

/// One tier.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Tier {
    /// The tier's id.
    pub id: String,
    /// Its name.
    pub titles: Texts,
    /// How one comes to it.
    pub access: Access,
    /// What it takes to reach it; absent for the first tier, and for tiers that are given or bought.
    pub criteria: Option<Criteria>,
    /// What it takes to keep it, where that is less than what it takes to reach it.
    pub keep: Option<Criteria>,
    /// Once reached, never lost.
    pub never_lost: bool,
    /// Price of a paid tier, in minor units.
    pub price: Option<i64>,
    /// How long a paid or trial tier lasts, where the server does not say.
    pub lasts: Option<Span>,
    /// Who may have it at all: a condition over `member.*`.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Value"))]
    pub when: Value,
}

/// How one comes to a tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// By meeting its criteria.
    #[default]
    Criteria,
    /// By invitation: the server says who.
    Invited,
    /// By paying for it.
    Paid,
    /// For a trial.
    Trial,
}

/// One criterion (`metric` and `atLeast`), or several joined by `all` or `any`. Where more than one of them is given,
/// each must be met.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Criteria {
    /// Each of these must be met.
    pub all: Vec<Criteria>,
    /// One of these must be met.
    pub any: Vec<Criteria>,
    /// What is measured.
    pub metric: Option<Metric>,
    /// How much of it is needed (inclusive): minor units, orders, points, actions, members referred, days.
    pub at_least: i64,
    /// For `points` and `balance`: the wallet; the first where absent.
    pub wallet: Option<String>,
    /// For `engagement`: the kinds of action that count; all where empty.
    pub actions: Vec<String>,
    /// Measured over this period instead of the policy's.
    pub period: Option<Period>,
}

/// What is measured, over the period, with what was given back taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Money paid, in minor units.
    Spend,
    /// Orders of which something was kept.
    Orders,
    /// Points earned, less those taken back.
    Points,
    /// Points held now, whatever the period.
    Balance,
    /// Actions: check-ins, reviews, shares, ...
    Engagement,
    /// Members brought in (`referral` actions).
    Referrals,
    /// Days since joining, whatever the period.
    MemberDays,
    /// Days on which something was bought.
    PurchaseDays,
}

/// The stretch of time over which a metric is measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Period {
    /// Its kind.
    pub kind: PeriodKind,
    /// For `rolling`: months back from now, the day of the month held to the month's last. Also the length of an
    /// `anniversary` period, 12 where absent.
    pub months: Option<i32>,
    /// For `rolling`: days back from now, on the shop's clock.
    pub days: Option<i32>,
    /// For `calendar-year`: the day its year begins, `MM-DD`; `01-01` where absent.
    pub starts_on: Option<String>,
}

/// Kinds of [`Period`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PeriodKind {
    /// A year, from 1 January or from `startsOn`.
    CalendarYear,
    /// January to June, July to December.
    CalendarHalf,
    /// A quarter of the calendar year.
    CalendarQuarter,
    /// A calendar month.
    CalendarMonth,
    /// Periods counted from the day the member joined (29 February: the last of February in other years).
    Anniversary,
    /// Periods counted from the day the member reached the tier they have.
    TierAnniversary,
    /// The last so many months or days.
    Rolling,
    /// The whole membership.
    #[default]
    Lifetime,
}

/// How tiers are measured, reached, kept and lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct TierPolicy {
    /// The period over which criteria are measured.
    pub period: Period,
    /// When a tier that was reached begins.
    pub upgrade: Upgrade,
    /// How long a tier lasts before it is looked at again.
    pub validity: Validity,
    /// What happens when it is looked at and is not deserved any more.
    pub downgrade: Downgrade,
    /// How long the tier is kept after that; what is done in this time counts towards keeping it.
    pub grace: Span,
    /// Whether the end of validity and grace moves up to the end of the month, quarter or year.
    pub round_up: super::RoundUp,
}

/// When a tier that was reached begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Upgrade {
    /// With the purchase or action that reached it.
    #[default]
    AtOnce,
    /// With the next calendar or anniversary period; of a rolling or lifetime period, with the next calendar month.
    NextPeriod,
}

/// How long a tier lasts before it is looked at again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Validity {
    /// Its kind.
    pub kind: ValidityKind,
    /// For `span`: years.
    pub years: i32,
    /// For `span`: months.
    pub months: i32,
    /// For `span`: days.
    pub days: i32,
}

/// Kinds of [`Validity`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ValidityKind {
    /// `period-end` for calendar and anniversary periods, `while-met` for rolling ones, `forever` for a lifetime.
    #[default]
    Auto,
    /// To the end of the period; then the period that ended decides on the next one.
    PeriodEnd,
    /// For a span from the day it was reached or renewed; then the period up to that day decides.
    Span,
    /// As long as the criteria are met, looked at whenever something falls out of the period.
    WhileMet,
    /// For good.
    Forever,
}

/// What happens when a tier is not deserved any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Downgrade {
    /// The tier is kept.
    None,
    /// One tier down, then looked at again when that one's validity ends.
    OneStep,
    /// Down to the tier that is deserved.
    #[default]
    ReEvaluate,
}
