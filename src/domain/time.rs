//! Instants in milliseconds and the shop's own clock.
//!
//! The device carries no zone database: a snapshot carries the offsets that its shop's zone can meet during the
//! snapshot's life.

use alloc::string::String;
use alloc::vec::Vec;

use jiff::civil::Date;

/// Milliseconds of a minute.
pub const MINUTE: i64 = 60_000;
/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;
/// Milliseconds of a day of 24 hours.
pub const DAY: i64 = 86_400_000;

/// A shop's time zone, as its offsets from UTC.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Zone {
    /// The IANA name, for people.
    pub name: String,
    /// `(from, offset)`: from the instant `from` (milliseconds) on, local time is UTC plus `offset` seconds; ascending.
    /// The first offset also holds before its instant. Empty means UTC.
    pub offsets: Vec<(i64, i32)>,
}

/// An instant on the shop's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The calendar day.
    pub date: Date,
    /// Milliseconds since the day's midnight on the clock's face, 0 to 86,399,999.
    pub millisecond: i64,
}

impl LocalTime {
    /// 1 for Monday to 7 for Sunday.
    pub fn weekday(&self) -> u8 {
        self.date.weekday().to_monday_one_offset().unsigned_abs()
    }

    /// 0 to 23.
    pub fn hour(&self) -> i64 {
        self.millisecond.div_euclid(HOUR)
    }

    /// Minutes since midnight on the clock's face, 0 to 1439.
    pub fn minute_of_day(&self) -> i64 {
        self.millisecond.div_euclid(MINUTE)
    }
}

impl Zone {
    /// Seconds to add to UTC at instant `at`.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn offset_at(&self, at: i64) -> i32 {
        let after = self.offsets.partition_point(|(from, _)| *from <= at);
        self.offsets.get(after.saturating_sub(1)).map_or(0, |(_, offset)| *offset)
    }

    /// What the shop's clock shows at instant `at`. Instants outside the years -9999 to 9999 show the nearest day.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn local(&self, at: i64) -> LocalTime {
        let local = at.saturating_add(i64::from(self.offset_at(at)).saturating_mul(1000));
        LocalTime { date: date_of(local.div_euclid(DAY)), millisecond: local.rem_euclid(DAY) }
    }

    /// The instant at which the shop's clock shows `millisecond` of `date`. A time that the clock skips gives the
    /// instant as if it had not been moved yet; of a time that it shows twice, the first.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn instant(&self, date: Date, millisecond: i64) -> i64 {
        let face = day_number(date).saturating_mul(DAY).saturating_add(millisecond);
        let guess = |offset: i32| face.saturating_sub(i64::from(offset).saturating_mul(1000));
        // Where the clock was not moved within a day, which one look tells, there is one answer.
        let known = self.offsets.partition_point(|(from, _)| *from <= face.saturating_add(DAY));
        let (from, after) = self.offsets.get(known.saturating_sub(1)).copied().unwrap_or((i64::MIN, 0));
        if known <= 1 || from <= face.saturating_sub(DAY) {
            return guess(after);
        }
        let before = self.offset_at(face.saturating_sub(DAY));
        let first = guess(before);
        if self.offset_at(first) == before || self.offset_at(guess(after)) != after { first } else { guess(after) }
    }

    /// Midnight that begins the shop's day that contains instant `at`.
    pub fn start_of_day(&self, at: i64) -> i64 {
        self.instant(self.local(at).date, 0)
    }
}

/// Days since 1970-01-01.
///
/// Every lot, receipt and day of a calendar asks for this and for [`date_of`]. Both are the counting of C. Neri and L.
/// Schneider, Euclidean affine functions and their application to calendar algorithms (2022): in centuries from 1 March, so that
/// what a leap year adds comes last, and in 32 bits, whose divisions by constants hosts make cheap.
#[cfg_attr(regulars_fast, optimize(speed))]
pub fn day_number(date: Date) -> i64 {
    let (month, day) = (date.month().unsigned_abs().into(), u32::from(date.day().unsigned_abs()));
    let late: u32 = if month < 3 { 1 } else { 0 };
    let year = i32::from(date.year()).wrapping_add(YEARS_BEFORE).cast_unsigned().wrapping_sub(late);
    let month = late.wrapping_mul(12).wrapping_add(month);
    let century = year / 100;
    let of_years = (year.wrapping_mul(1461) / 4).wrapping_sub(century).wrapping_add(century / 4);
    let of_months = month.wrapping_mul(979).wrapping_sub(2919) / 32;
    i64::from(of_years.wrapping_add(of_months).wrapping_add(day).wrapping_sub(1)).wrapping_sub(DAYS_BEFORE)
}

/// The day `number` days after 1970-01-01, held to the calendar's range.
#[cfg_attr(regulars_fast, optimize(speed))]
pub fn date_of(number: i64) -> Date {
    let nearest = if number < 0 { Date::MIN } else { Date::MAX };
    let Some(days) = u32::try_from(number.saturating_add(DAYS_BEFORE)).ok().filter(|days| *days <= FAR) else { return nearest };
    let quarters = days.wrapping_mul(4).wrapping_add(3);
    let (century, of_century) = (quarters / DAYS_OF_ERA, quarters % DAYS_OF_ERA / 4);
    let product = u64::from(of_century.wrapping_mul(4).wrapping_add(3)).wrapping_mul(2_939_745);
    let (year, part) = ((product >> 32) as u32, product as u32);
    let of_year = part / 2_939_745 / 4;
    let year = century.wrapping_mul(100).wrapping_add(year);
    let months = of_year.wrapping_mul(2141).wrapping_add(197_913);
    let (month, day) = (months >> 16, (months & 0xffff) / 2141);
    let late: u32 = if of_year >= 306 { 1 } else { 0 };
    let year = year.wrapping_add(late).cast_signed().wrapping_sub(YEARS_BEFORE);
    let month = month.wrapping_sub(late.wrapping_mul(12));
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day.wrapping_add(1)));
    let date = if let (Ok(year), Ok(month), Ok(day)) = parts { Date::new(year, month, day).ok() } else { None };
    date.unwrap_or(nearest)
}

/// Days of 400 years.
const DAYS_OF_ERA: u32 = 146_097;
/// Years are counted from so many before the year 0, so that none of the calendar's is below 0: eras of 400 years.
const YEARS_BEFORE: i32 = 400 * 26;
/// Days from 1 March of that year to 1970-01-01.
const DAYS_BEFORE: i64 = 719_468 + DAYS_OF_ERA as i64 * 26;
/// Beyond the calendar's range, and far from where sums would overflow.
const FAR: u32 = 20_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// New York around 2026: winter -5 h, summer -4 h from 8 March 07:00 UTC, winter again from 1 November 06:00 UTC.
    fn new_york() -> Zone {
        Zone {
            name: "America/New_York".into(),
            offsets: alloc::vec![(0, -18_000), (1_772_953_200_000, -14_400), (1_793_512_800_000, -18_000)],
        }
    }

    #[test]
    fn no_offsets_means_utc() {
        let local = Zone::default().local(DAY * 2 + HOUR);
        assert_eq!((local.date, local.hour()), (Date::constant(1970, 1, 3), 1));
        assert_eq!(local.weekday(), 6);
    }

    #[test]
    fn a_day_in_spring_has_23_hours_and_one_in_autumn_25() {
        let zone = new_york();
        let start = |month, day| zone.instant(Date::constant(2026, month, day), 0);
        assert_eq!(start(3, 9) - start(3, 8), 23 * HOUR);
        assert_eq!(start(11, 2) - start(11, 1), 25 * HOUR);
        assert_eq!(start(7, 2) - start(7, 1), DAY);
    }

    #[test]
    fn skipped_and_doubled_times_are_settled() {
        let zone = new_york();
        let spring = zone.instant(Date::constant(2026, 3, 8), 2 * HOUR + 30 * MINUTE);
        assert_eq!(zone.local(spring).minute_of_day(), 3 * 60 + 30);
        let autumn = zone.instant(Date::constant(2026, 11, 1), HOUR + 30 * MINUTE);
        assert_eq!(zone.offset_at(autumn), -14_400);
    }

    #[test]
    fn every_day_begins_at_midnight() {
        let zone = new_york();
        for hours in 0..24 * 400 {
            let at = 1_767_225_600_000 + hours * HOUR;
            assert_eq!(zone.local(zone.start_of_day(at)).millisecond, 0);
            assert_eq!(zone.local(zone.start_of_day(at)).date, zone.local(at).date);
        }
    }

    #[test]
    fn days_are_counted_as_the_calendar_counts_them() {
        let mut date = Date::constant(-9999, 1, 1);
        let first = day_number(date);
        let epoch = Date::constant(1970, 1, 1);
        assert_eq!((day_number(epoch), date_of(0)), (0, epoch));
        assert_eq!(first, -i64::from(epoch.since((jiff::Unit::Day, date)).unwrap().get_days()));
        for number in first.. {
            assert_eq!((day_number(date), date_of(number)), (number, date));
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        assert_eq!((date, date_of(day_number(date) + 1)), (Date::MAX, Date::MAX));
        assert_eq!((date_of(first - 1), date_of(i64::MIN), date_of(i64::MAX)), (Date::MIN, Date::MIN, Date::MAX));
    }

    #[test]
    fn extreme_instants_do_not_panic() {
        for at in [i64::MIN, -1, 0, i64::MAX] {
            new_york().start_of_day(at);
        }
    }
}
