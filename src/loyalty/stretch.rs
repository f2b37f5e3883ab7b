//! Stretches of the calendar over which something is counted.

use jiff::civil::Date;
use serde::Serialize;

use super::span::{add_days, add_months, clamped, first_of_months};
use crate::domain::{Zone, read_choice};

/// A stretch of the calendar over which something is counted. Weeks begin on Monday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// One order.
    Order,
    /// One action.
    Action,
    /// A calendar day.
    Day,
    /// A calendar week, from Monday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
    /// A year that begins on the day the member joined (29 February: the last of February in other years).
    MembershipYear,
    /// The whole membership.
    #[default]
    Total,
}

read_choice!(Per: Order, Action, Day, Week, Month, Quarter, Year, MembershipYear, Total);

/// From `start` (inclusive) to `end` (exclusive), in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first instant.
    pub start: i64,
    /// The first instant after it.
    pub end: i64,
}

impl Stretch {
    /// All time.
    pub const ALL: Stretch = Stretch { start: i64::MIN, end: i64::MAX };

    /// Whether `at` lies in it.
    pub fn contains(&self, at: i64) -> bool {
        self.start <= at && at < self.end
    }

    /// The part of it up to and including `now`.
    #[must_use]
    pub fn up_to(self, now: i64) -> Self {
        Stretch { start: self.start, end: self.end.min(now.saturating_add(1)) }
    }

    pub(super) fn between(zone: &Zone, from: Date, to: Date) -> Self {
        Stretch { start: zone.instant(from, 0), end: zone.instant(to, 0) }
    }
}

impl Per {
    /// The stretch that holds instant `at`; `joined` is when the member joined, and a membership year without it is a
    /// calendar year. Of an order or an action it is the instant alone.
    pub fn around(self, zone: &Zone, at: i64, joined: Option<i64>) -> Stretch {
        let today = zone.local(at).date;
        let months = |length: i8| {
            let first = first_of_months(today, length);
            Stretch::between(zone, first, add_months(first, length.into()))
        };
        match self {
            Per::Order | Per::Action => Stretch { start: at, end: at.saturating_add(1) },
            Per::Day => Stretch::between(zone, today, add_days(today, 1)),
            Per::Week => {
                let monday = add_days(today, i32::from(today.weekday().to_monday_zero_offset()).saturating_neg());
                Stretch::between(zone, monday, add_days(monday, 7))
            }
            Per::Month => months(1),
            Per::Quarter => months(3),
            Per::Year => months(12),
            Per::MembershipYear => match joined {
                Some(joined) => anniversary(zone, at, joined, 12),
                None => months(12),
            },
            Per::Total => Stretch::ALL,
        }
    }
}

/// The stretch of `months` months, counted from the day of instant `anchor`, that holds `at`. Each begins on the
/// anchor's day of the month, or on the month's last where it lacks that day.
pub(super) fn anniversary(zone: &Zone, at: i64, anchor: i64, months: i32) -> Stretch {
    let months = months.max(1);
    let (today, first) = (zone.local(at).date, zone.local(anchor).date);
    let index = |date: Date| i32::from(date.year()).saturating_mul(12).saturating_add(i32::from(date.month()));
    let nth = |count: i32| add_months(first, count.saturating_mul(months));
    let mut count = index(today).saturating_sub(index(first)).div_euclid(months);
    if nth(count) > today {
        count = count.saturating_sub(1);
    }
    Stretch::between(zone, nth(count), nth(count.saturating_add(1)))
}

/// The day `month`-`day` in `year`, held to the month's last.
pub(super) fn day_in_year(year: i16, month: i8, day: i8) -> Date {
    clamped(year, month, day).unwrap_or(if year < 0 { Date::MIN } else { Date::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DAY, HOUR, day_number};

    fn utc(year: i16, month: i8, day: i8) -> i64 {
        day_number(Date::constant(year, month, day)) * DAY
    }

    fn around(per: Per, at: i64) -> (i64, i64) {
        let stretch = per.around(&Zone::default(), at, Some(utc(2020, 2, 29)));
        assert!(stretch.contains(at) && !stretch.contains(stretch.end));
        (stretch.start, stretch.end)
    }

    #[test]
    fn stretches_hold_their_instant() {
        let at = utc(2026, 3, 18) + 7 * HOUR; // a Wednesday
        assert_eq!(around(Per::Day, at), (utc(2026, 3, 18), utc(2026, 3, 19)));
        assert_eq!(around(Per::Week, at), (utc(2026, 3, 16), utc(2026, 3, 23)));
        assert_eq!(around(Per::Month, at), (utc(2026, 3, 1), utc(2026, 4, 1)));
        assert_eq!(around(Per::Quarter, at), (utc(2026, 1, 1), utc(2026, 4, 1)));
        assert_eq!(around(Per::Year, at), (utc(2026, 1, 1), utc(2027, 1, 1)));
        assert_eq!(around(Per::MembershipYear, at), (utc(2026, 2, 28), utc(2027, 2, 28)));
        assert_eq!(around(Per::Order, at), (at, at + 1));
    }

    #[test]
    fn a_membership_year_begins_on_its_day() {
        assert_eq!(around(Per::MembershipYear, utc(2026, 2, 28)), (utc(2026, 2, 28), utc(2027, 2, 28)));
        assert_eq!(around(Per::MembershipYear, utc(2026, 2, 28) - 1), (utc(2025, 2, 28), utc(2026, 2, 28)));
        assert_eq!(around(Per::MembershipYear, utc(2028, 2, 28)), (utc(2027, 2, 28), utc(2028, 2, 29)));
    }

    #[test]
    fn anniversaries_of_the_31st_fall_on_the_last_of_short_months() {
        let zone = Zone::default();
        let stretch = |at| anniversary(&zone, at, utc(2026, 1, 31), 1);
        assert_eq!(stretch(utc(2026, 2, 27)), Stretch { start: utc(2026, 1, 31), end: utc(2026, 2, 28) });
        assert_eq!(stretch(utc(2026, 2, 28)), Stretch { start: utc(2026, 2, 28), end: utc(2026, 3, 31) });
        assert_eq!(stretch(utc(2026, 1, 30)), Stretch { start: utc(2025, 12, 31), end: utc(2026, 1, 31) });
    }

    #[test]
    fn a_day_of_23_hours_is_one_stretch() {
        let zone = Zone { name: String::new(), offsets: alloc::vec![(0, -18_000), (1_772_953_200_000, -14_400)] };
        let day = Per::Day.around(&zone, 1_772_953_200_000, None);
        assert_eq!(day.end - day.start, 23 * HOUR);
    }

    #[test]
    fn extreme_instants_do_not_panic() {
        for per in [Per::Day, Per::Week, Per::Month, Per::Quarter, Per::Year, Per::MembershipYear, Per::Total] {
            for at in [i64::MIN, 0, i64::MAX] {
                per.around(&Zone::default(), at, Some(i64::MIN));
            }
        }
    }
}
