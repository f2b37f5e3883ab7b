//! The stretch of time over which a tier's criteria are measured.

use serde::Serialize;

use super::span::{Span, add_months, first_of_months};
use super::stretch::{Stretch, anniversary, day_in_year};
use crate::domain::{Zone, read_choice};

/// Kinds of measurement periods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// The last so many months or days: a purchase counts from its instant for that long.
    Rolling,
    /// The whole membership.
    #[default]
    Lifetime,
}

read_choice!(PeriodKind: CalendarYear, CalendarHalf, CalendarQuarter, CalendarMonth, Anniversary, TierAnniversary, Rolling, Lifetime);

/// The stretch of time over which criteria are measured, compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// A year that begins on this month and day.
    Year(i8, i8),
    /// So many months of the calendar year: 1, 3 or 6.
    Months(i8),
    /// So many months from the day the member joined.
    Joined(i32),
    /// So many months from the day the member reached their tier.
    Tier(i32),
    /// What was done counts from its instant for this long.
    Rolling(Span),
    /// Everything counts.
    #[default]
    Lifetime,
}

/// Where counted periods begin.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anchors {
    /// When the member joined; where that is not known, their first purchase.
    pub joined: Option<i64>,
    /// Since when they have their tier.
    pub tier: Option<i64>,
}

impl Period {
    /// The period that holds `at`; of a rolling one, all time: [`Period::counts_for`] says how long a purchase counts.
    /// A period counted from an instant that is not known is a calendar year.
    pub fn around(&self, zone: &Zone, at: i64, anchors: Anchors) -> Stretch {
        let today = zone.local(at).date;
        let counted = |anchor: Option<i64>, months| match anchor {
            Some(anchor) => anniversary(zone, at, anchor, months),
            None => Period::Year(1, 1).around(zone, at, anchors),
        };
        match *self {
            Period::Year(month, day) => {
                let this = day_in_year(today.year(), month, day);
                let first = if this > today { day_in_year(today.year().saturating_sub(1), month, day) } else { this };
                Stretch::between(zone, first, day_in_year(first.year().saturating_add(1), month, day))
            }
            Period::Months(length) => {
                let first = first_of_months(today, length);
                Stretch::between(zone, first, add_months(first, length.into()))
            }
            Period::Joined(months) => counted(anchors.joined, months),
            Period::Tier(months) => counted(anchors.tier, months),
            Period::Rolling(_) | Period::Lifetime => Stretch::ALL,
        }
    }

    /// For how long a purchase counts, where the period is a rolling one.
    pub fn counts_for(&self) -> Option<Span> {
        match self {
            Period::Rolling(span) => Some(*span),
            _ => None,
        }
    }

    /// When a tier begins that was reached at `at` and starts with the next period: of periods without a boundary, with
    /// the next calendar month.
    pub fn next_start(&self, zone: &Zone, at: i64, anchors: Anchors) -> i64 {
        match self {
            Period::Rolling(_) | Period::Lifetime => Period::Months(1).around(zone, at, anchors).end,
            _ => self.around(zone, at, anchors).end,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::domain::{DAY, day_number};

    fn utc(year: i16, month: i8, day: i8) -> i64 {
        day_number(Date::constant(year, month, day)) * DAY
    }

    fn around(period: Period, at: i64) -> (i64, i64) {
        let anchors = Anchors { joined: Some(utc(2024, 5, 20)), tier: Some(utc(2025, 11, 30)) };
        let stretch = period.around(&Zone::default(), at, anchors);
        (stretch.start, stretch.end)
    }

    #[test]
    fn periods_hold_their_instant() {
        let at = utc(2026, 3, 10);
        assert_eq!(around(Period::Year(1, 1), at), (utc(2026, 1, 1), utc(2027, 1, 1)));
        assert_eq!(around(Period::Year(4, 1), at), (utc(2025, 4, 1), utc(2026, 4, 1)));
        assert_eq!(around(Period::Year(3, 10), at), (utc(2026, 3, 10), utc(2027, 3, 10)));
        assert_eq!(around(Period::Months(6), at), (utc(2026, 1, 1), utc(2026, 7, 1)));
        assert_eq!(around(Period::Months(1), at), (utc(2026, 3, 1), utc(2026, 4, 1)));
        assert_eq!(around(Period::Joined(12), at), (utc(2025, 5, 20), utc(2026, 5, 20)));
        assert_eq!(around(Period::Tier(3), at), (utc(2026, 2, 28), utc(2026, 5, 30)));
        assert_eq!(around(Period::Lifetime, at), (i64::MIN, i64::MAX));
    }

    #[test]
    fn a_leap_day_begins_years_at_the_last_of_february() {
        assert_eq!(around(Period::Year(2, 29), utc(2027, 2, 28)), (utc(2027, 2, 28), utc(2028, 2, 29)));
        assert_eq!(around(Period::Year(2, 29), utc(2028, 2, 28)), (utc(2027, 2, 28), utc(2028, 2, 29)));
    }

    #[test]
    fn a_period_counted_from_nothing_known_is_a_calendar_year() {
        let stretch = Period::Joined(12).around(&Zone::default(), utc(2026, 3, 10), Anchors::default());
        assert_eq!(stretch, Stretch { start: utc(2026, 1, 1), end: utc(2027, 1, 1) });
    }

    #[test]
    fn the_next_period_of_a_rolling_one_is_the_next_month() {
        let start = Period::Rolling(Span::of_months(12)).next_start(&Zone::default(), utc(2026, 3, 10), Anchors::default());
        assert_eq!(start, utc(2026, 4, 1));
        assert_eq!(Period::Months(1).next_start(&Zone::default(), utc(2026, 3, 10), Anchors::default()), utc(2026, 4, 1));
    }
}
