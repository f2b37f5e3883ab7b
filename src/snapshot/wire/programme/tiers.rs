//! Tiers: what they take, how long they last, how they are lost.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Span, Texts};
use crate::domain::{Value, read_fields};
pub use crate::loyalty::{Access, Downgrade, Metric, PeriodKind, Upgrade, ValidityKind};

/// One tier.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

read_fields!(Tier: id, titles, access, criteria, keep, never_lost, price, lasts, when);

/// One criterion (`metric` and `atLeast`), or several joined by `all` or `any`. Where more than one of them is given,
/// each must be met.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

read_fields!(Criteria: all, any, metric, at_least, wallet, actions, period);

/// The stretch of time over which a metric is measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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

read_fields!(Period: kind, months, days, starts_on);

/// How tiers are measured, reached, kept and lost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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

read_fields!(TierPolicy: period, upgrade, validity, downgrade, grace, round_up);

/// How long a tier lasts before it is looked at again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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

read_fields!(Validity: kind, years, months, days);
