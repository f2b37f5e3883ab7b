//! Calendar spans and where ends are moved up to.

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::{DAY, HOUR, Zone, date_of, day_number, read_choice, read_fields};

/// A calendar span. Applied years and months first, then days, then hours; a day that the month lacks becomes its last
/// (31 January + 1 month = 28 or 29 February). Negative parts count as 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Span {
    /// Years.
    pub years: i32,
    /// Months.
    pub months: i32,
    /// Days on the shop's clock.
    pub days: i32,
    /// Hours.
    pub hours: i32,
}

read_fields!(Span: years, months, days, hours);

impl Span {
    /// So many months.
    pub fn of_months(months: i32) -> Self {
        Span { months, ..Span::default() }
    }

    /// So many days.
    pub fn of_days(days: i32) -> Self {
        Span { days, ..Span::default() }
    }

    /// Whether it has no length.
    pub fn is_zero(&self) -> bool {
        [self.years, self.months, self.days, self.hours].iter().all(|part| *part <= 0)
    }

    /// The instant that lies this span after `at`, at the same time of the day where no hours are given.
    ///
    /// ```
    /// use regulars::domain::Zone;
    /// use regulars::loyalty::Span;
    /// let january_31 = 30 * 86_400_000;
    /// let february_28 = 58 * 86_400_000;
    /// assert_eq!(Span::of_months(1).after(&Zone::default(), january_31), february_28);
    /// ```
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn after(&self, zone: &Zone, at: i64) -> i64 {
        let local = zone.local(at);
        let months = self.years.max(0).saturating_mul(12).saturating_add(self.months.max(0));
        let date = add_days(add_months(local.date, months), self.days.max(0));
        let moved = if date == local.date { at } else { zone.instant(date, local.millisecond) };
        moved.saturating_add(i64::from(self.hours.max(0)).saturating_mul(HOUR))
    }

    /// Whether this span after `at` is over at `now`. The calendar is asked only where that is a matter of days.
    pub fn is_over(&self, zone: &Zone, at: i64, now: i64) -> bool {
        let months = i64::from(self.years.max(0)).saturating_mul(12).saturating_add(self.months.max(0).into());
        let days = i64::from(self.days.max(0));
        if at.unsigned_abs().max(now.unsigned_abs()) < FAR {
            let rest = days.saturating_mul(DAY).saturating_add(i64::from(self.hours.max(0)).saturating_mul(HOUR));
            let away = now.saturating_sub(at).saturating_sub(rest).saturating_sub(months.saturating_mul(MONTH));
            if away.unsigned_abs() > DOUBT {
                return away > 0;
            }
        }
        self.after(zone, at) <= now
    }
}

/// A month of the calendar's 400 years, on average.
const MONTH: i64 = DAY * 146_097 / 4_800;
/// Months of any length, leap years and clocks that are moved make less of a difference.
const DOUBT: u64 = 12 * DAY.unsigned_abs();
/// The year 5138, and as far back: the calendar reaches further.
const FAR: u64 = 100_000_000_000_000;

/// Where an end is moved up to: the midnight that ends the day, month, quarter or year it lies in. An end that is itself
/// a midnight lies in the day that begins with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RoundUp {
    /// The default of where it is used: `day-end` for points, `exact` for tiers.
    #[default]
    Auto,
    /// To the millisecond.
    Exact,
    /// To the end of the day.
    DayEnd,
    /// To the end of the month.
    MonthEnd,
    /// To the end of the quarter.
    QuarterEnd,
    /// To the end of the half of the year.
    HalfEnd,
    /// To the end of the year.
    YearEnd,
}

read_choice!(RoundUp: Auto, Exact, DayEnd, MonthEnd, QuarterEnd, HalfEnd, YearEnd);

impl RoundUp {
    /// This, or `default` where it is `auto`.
    pub fn or(self, default: RoundUp) -> RoundUp {
        if self == RoundUp::Auto { default } else { self }
    }

    /// Where the end `at` is moved up to. `auto` moves nothing.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn apply(self, zone: &Zone, at: i64) -> i64 {
        let date = zone.local(at).date;
        let next = match self {
            RoundUp::Auto | RoundUp::Exact => return at,
            RoundUp::DayEnd => add_days(date, 1),
            RoundUp::MonthEnd => add_months(first_of_months(date, 1), 1),
            RoundUp::QuarterEnd => add_months(first_of_months(date, 3), 3),
            RoundUp::HalfEnd => add_months(first_of_months(date, 6), 6),
            RoundUp::YearEnd => add_months(first_of_months(date, 12), 12),
        };
        zone.instant(next, 0)
    }
}

/// `date` so many months later (or earlier), on the same day of the month or the month's last.
#[cfg_attr(regulars_fast, optimize(speed))]
pub(super) fn add_months(date: Date, months: i32) -> Date {
    let from_zero = i64::from(date.year()).saturating_mul(12).saturating_add(i64::from(date.month())).saturating_sub(1);
    let total = from_zero.saturating_add(i64::from(months));
    let year = i16::try_from(total.div_euclid(12)).ok();
    let month = i8::try_from(total.rem_euclid(12).saturating_add(1)).unwrap_or(1);
    year.and_then(|year| clamped(year, month, date.day())).unwrap_or(if months < 0 { Date::MIN } else { Date::MAX })
}

/// Day `day` of a month, or the month's last.
pub(super) fn clamped(year: i16, month: i8, day: i8) -> Option<Date> {
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, day.clamp(1, first.days_in_month())).ok()
}

/// `date` so many days later, or earlier.
pub(super) fn add_days(date: Date, days: i32) -> Date {
    if days == 0 {
        return date;
    }
    date_of(day_number(date).saturating_add(days.into()))
}

/// The first day of the stretch of `length` months, counted from January, that holds `date`.
pub(super) fn first_of_months(date: Date, length: i8) -> Date {
    let past = date.month().saturating_sub(1).checked_rem(length).unwrap_or(0);
    Date::new(date.year(), date.month().saturating_sub(past), 1).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(year: i16, month: i8, day: i8) -> i64 {
        day_number(Date::constant(year, month, day)) * DAY
    }

    fn new_york() -> Zone {
        Zone {
            name: "America/New_York".into(),
            offsets: alloc::vec![(0, -18_000), (1_772_953_200_000, -14_400), (1_793_512_800_000, -18_000)],
        }
    }

    #[test]
    fn negative_parts_count_as_nothing() {
        assert_eq!(Span { months: -3, days: -1, ..Span::default() }.after(&Zone::default(), 77), 77);
        assert!(Span { months: -3, ..Span::default() }.is_zero());
    }

    proptest! {
        #[test]
        fn what_is_over_is_what_ends_by_then(
            at in -100_100_000_000_000_i64..100_100_000_000_000, years in 0..1_100, months in -1..30, days in 0..1_000, hours in 0..100,
            away in -20_i64..20, exact: bool,
        ) {
            let span = Span { years: if years > 20 && years < 900 { 0 } else { years }, months, days, hours };
            let end = span.after(&new_york(), at);
            let now = if exact { end + away.signum() } else { end + away * DAY };
            prop_assert_eq!(span.is_over(&new_york(), at, now), end <= now);
            prop_assert_eq!(Span::default().is_over(&new_york(), at, now), at <= now);
        }
    }

    #[test]
    fn a_day_that_the_month_lacks_becomes_its_last() {
        let zone = Zone::default();
        assert_eq!(Span::of_months(1).after(&zone, utc(2027, 1, 31)), utc(2027, 2, 28));
        assert_eq!(Span::of_months(1).after(&zone, utc(2028, 1, 31)), utc(2028, 2, 29));
        assert_eq!(Span { years: 1, ..Span::default() }.after(&zone, utc(2028, 2, 29)), utc(2029, 2, 28));
        assert_eq!(Span { months: 1, days: 1, ..Span::default() }.after(&zone, utc(2027, 1, 31)), utc(2027, 3, 1));
    }

    #[test]
    fn a_month_keeps_the_time_of_day_over_a_change_of_clocks() {
        let zone = new_york();
        let noon = zone.instant(Date::constant(2026, 2, 20), 12 * HOUR);
        assert_eq!(Span::of_months(1).after(&zone, noon), noon + 28 * DAY - HOUR);
        assert_eq!(Span { hours: 24, ..Span::default() }.after(&zone, noon), noon + DAY);
    }

    #[test]
    fn ends_move_up_to_the_midnight_after() {
        let zone = Zone::default();
        let end = utc(2021, 7, 6) + 5 * HOUR;
        assert_eq!(RoundUp::Exact.apply(&zone, end), end);
        assert_eq!(RoundUp::DayEnd.apply(&zone, end), utc(2021, 7, 7));
        assert_eq!(RoundUp::DayEnd.apply(&zone, utc(2021, 7, 6)), utc(2021, 7, 7));
        assert_eq!(RoundUp::MonthEnd.apply(&zone, end), utc(2021, 8, 1));
        assert_eq!(RoundUp::MonthEnd.apply(&zone, utc(2021, 12, 31)), utc(2022, 1, 1));
        assert_eq!(RoundUp::QuarterEnd.apply(&zone, end), utc(2021, 10, 1));
        assert_eq!(RoundUp::YearEnd.apply(&zone, end), utc(2022, 1, 1));
    }

    #[test]
    fn extreme_spans_stay_in_the_calendar() {
        let span = Span { years: i32::MAX, months: i32::MAX, days: i32::MAX, hours: i32::MAX };
        for at in [i64::MIN, 0, i64::MAX] {
            span.after(&new_york(), at);
            RoundUp::YearEnd.apply(&new_york(), at);
        }
    }
}
