//! When an offer can be used. A start is included, an end is excluded.

use alloc::vec::Vec;

use crate::domain::{Arrange, DAY, Listed, LocalTime, Zone, date_of, day_number};

/// Days looked ahead for the next time a schedule opens.
const LOOK_AHEAD: i64 = 400;

/// Where an instant stands to the times at which an offer can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// Usable, until then.
    Open(Option<i64>),
    /// Not yet; from then on, where that is known.
    Opens(Option<i64>),
    /// Over, since then.
    Ended(i64),
}

impl Timing {
    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Timing) -> Timing {
        use Timing::{Ended, Open, Opens};
        match (self, other) {
            (Ended(left), Ended(right)) => Ended(left.min(right)),
            (Ended(at), _) | (_, Ended(at)) => Ended(at),
            (Opens(left), Opens(right)) => Opens(left.zip(right).map(|(left, right)| left.max(right))),
            (Opens(at), Open(_)) | (Open(_), Opens(at)) => Opens(at),
            (Open(left), Open(right)) => Open([left, right].into_iter().flatten().min()),
        }
    }
}

/// From (included) until (excluded), in milliseconds since 1970; open where absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub from: Option<i64>,
    /// The first instant after it.
    pub until: Option<i64>,
}

impl Window {
    /// Where `now` stands to it.
    pub fn timing(&self, now: i64) -> Timing {
        match (self.from, self.until) {
            (_, Some(until)) if until <= now => Timing::Ended(until),
            (Some(from), _) if from > now => Timing::Opens(Some(from)),
            (_, until) => Timing::Open(until),
        }
    }
}

/// Recurring times on the shop's clock. What is empty or zero does not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// Bit 1 for Monday to bit 7 for Sunday.
    pub weekdays: u8,
    /// Bits 1 to 31.
    pub days_of_month: u32,
    /// Minutes of the day from (included) until (excluded). Where the end is not after the start, the span passes
    /// midnight and belongs to the day it begins on.
    pub hours: Vec<(u16, u16)>,
    /// Irregular times.
    pub dates: Vec<Window>,
}

impl Schedule {
    /// Where `now` stands to it. The end of an open time is that of its hours and of its irregular time, not of its day.
    pub fn timing(&self, now: i64, zone: &Zone) -> Timing {
        if *self == Schedule::default() {
            return Timing::Open(None);
        }
        match self.open_until(now, zone) {
            Some(until) => Timing::Open(until),
            None => match self.next_opening(now, zone) {
                Some(at) => Timing::Opens(Some(at)),
                None => match self.dates.iter().map(|window| window.until).max() {
                    Some(Some(last)) if last <= now => Timing::Ended(last),
                    _ => Timing::Opens(None),
                },
            },
        }
    }

    /// Until when it is open, where it is.
    fn open_until(&self, now: i64, zone: &Zone) -> Option<Option<i64>> {
        let dates = if self.dates.is_empty() {
            None
        } else {
            let ends = self.dates.iter().filter_map(|window| match window.timing(now) {
                Timing::Open(until) => Some(until.unwrap_or(i64::MAX)),
                _ => None,
            });
            Some(ends.max()?).filter(|until| *until != i64::MAX)
        };
        let local = zone.local(now);
        if self.hours.is_empty() {
            return self.day_allowed(&local, 0).then_some(dates);
        }
        let minute = local.minute_of_day();
        let ends = self.hours.iter().filter_map(|(from, until)| {
            let (from, until) = (i64::from(*from), i64::from(*until));
            let wraps = until <= from;
            let today = minute >= from && (minute < until || wraps) && self.day_allowed(&local, 0);
            let yesterday = wraps && minute < until && self.day_allowed(&local, -1);
            let end_day = if today && wraps { 1 } else { 0 };
            (today || yesterday).then(|| instant(&local, end_day, until, zone))
        });
        let hours = ends.max()?;
        Some(Some(dates.map_or(hours, |dates| dates.min(hours))))
    }

    /// Whether the day `offset` days from `local` is one of its days.
    fn day_allowed(&self, local: &LocalTime, offset: i64) -> bool {
        let date = date_of(day_number(local.date).saturating_add(offset));
        let weekday = u32::from(date.weekday().to_monday_one_offset().unsigned_abs());
        let day = u32::from(date.day().unsigned_abs());
        (self.weekdays == 0 || u32::from(self.weekdays) >> weekday & 1 == 1)
            && (self.days_of_month == 0 || self.days_of_month >> day & 1 == 1)
    }

    /// When it opens next, looked for over 400 days.
    fn next_opening(&self, now: i64, zone: &Zone) -> Option<i64> {
        let local = zone.local(now);
        let mut dates: Vec<i64> = self.dates.iter().filter_map(|window| window.from).filter(|from| *from > now).listed();
        dates.arrange();
        let mut earliest_date = dates.iter().copied().find(|at| self.open_until(*at, zone).is_some());
        let mut found = None;
        for offset in 0..=LOOK_AHEAD {
            let starts = self.hours.iter().map(|(from, _)| i64::from(*from)).chain(self.hours.is_empty().then_some(0));
            let opening = starts
                .map(|minute| instant(&local, offset, minute, zone))
                .filter(|at| *at > now && self.open_until(*at, zone).is_some())
                .min();
            if opening.is_some() {
                found = opening;
                break;
            }
            // An irregular time that begins in the middle of hours is an opening of its own.
            if earliest_date.is_some_and(|at| at <= instant(&local, offset, 24 * 60, zone)) {
                found = earliest_date.take();
                break;
            }
        }
        [found, earliest_date].into_iter().flatten().min()
    }
}

/// The instant at `minute` of the day `offset` days from `local`.
fn instant(local: &LocalTime, offset: i64, minute: i64, zone: &Zone) -> i64 {
    let day = day_number(local.date).saturating_add(offset).saturating_add(minute.div_euclid(24 * 60));
    zone.instant(date_of(day), minute.rem_euclid(24 * 60).saturating_mul(crate::domain::MINUTE))
}

/// When a coupon can be used, counted from its receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Days to wait.
    pub wait_days: u32,
    /// Days it then holds.
    pub valid_days: Option<u32>,
    /// Counts 24 hours from the instant, not the shop's calendar days.
    pub exact_hours: bool,
}

impl Receipt {
    /// The window of a coupon received at instant `received`.
    pub fn window(&self, received: i64, zone: &Zone) -> Window {
        let after = |days: i64| {
            if self.exact_hours {
                received.saturating_add(days.saturating_mul(DAY))
            } else {
                zone.instant(date_of(day_number(zone.local(received).date).saturating_add(days)), 0)
            }
        };
        let wait = i64::from(self.wait_days);
        let from = if wait == 0 { received } else { after(wait) };
        Window { from: Some(from), until: self.valid_days.map(|days| after(wait.saturating_add(i64::from(days)))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{HOUR, MINUTE};
    use jiff::civil::Date;

    /// New York around 2026: summer time from 8 March 07:00 UTC to 1 November 06:00 UTC.
    fn new_york() -> Zone {
        Zone {
            name: "America/New_York".into(),
            offsets: alloc::vec![(0, -18_000), (1_772_953_200_000, -14_400), (1_793_512_800_000, -18_000)],
        }
    }

    fn at(month: i8, day: i8, hour: i64, minute: i64) -> i64 {
        new_york().instant(Date::constant(2026, month, day), hour * HOUR + minute * MINUTE)
    }

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let window = Window { from: Some(10), until: Some(20) };
        assert_eq!(window.timing(9), Timing::Opens(Some(10)));
        assert_eq!(window.timing(20), Timing::Ended(20));
        assert_eq!(window.timing(10), Timing::Open(Some(20)));
        assert_eq!(window.timing(19), Timing::Open(Some(20)));
        assert_eq!(Window::default().timing(0), Timing::Open(None));
    }

    #[test]
    fn hours_past_midnight_belong_to_the_day_they_begin_on() {
        let zone = new_york();
        let friday_night = Schedule { weekdays: 1 << 5, hours: alloc::vec![(22 * 60, 2 * 60)], ..Schedule::default() };
        // 6 March 2026 is a Friday.
        assert_eq!(friday_night.timing(at(3, 6, 21, 59), &zone), Timing::Opens(Some(at(3, 6, 22, 0))));
        assert_eq!(friday_night.timing(at(3, 6, 1, 0), &zone), Timing::Opens(Some(at(3, 6, 22, 0))));
        assert_eq!(friday_night.timing(at(3, 7, 2, 0), &zone), Timing::Opens(Some(at(3, 13, 22, 0))));
        assert_eq!(friday_night.timing(at(3, 6, 22, 0), &zone), Timing::Open(Some(at(3, 7, 2, 0))));
        assert_eq!(friday_night.timing(at(3, 7, 1, 59), &zone), Timing::Open(Some(at(3, 7, 2, 0))));
    }

    #[test]
    fn hours_follow_the_shops_clock_across_daylight_saving() {
        let zone = new_york();
        let morning = Schedule { hours: alloc::vec![(9 * 60, 10 * 60)], ..Schedule::default() };
        let (before, after) = (at(3, 7, 9, 0), at(3, 8, 9, 0));
        assert_eq!(after - before, 23 * HOUR);
        assert_eq!(morning.timing(before + HOUR, &zone), Timing::Opens(Some(after)));
        assert_eq!(morning.timing(after, &zone), Timing::Open(Some(after + HOUR)));
    }

    #[test]
    fn irregular_dates_open_and_end() {
        let zone = new_york();
        let dates = alloc::vec![
            Window { from: Some(at(6, 1, 0, 0)), until: Some(at(6, 3, 0, 0)) },
            Window { from: Some(at(6, 18, 0, 0)), until: Some(at(6, 19, 0, 0)) },
        ];
        let schedule = Schedule { dates, ..Schedule::default() };
        assert_eq!(schedule.timing(at(6, 3, 0, 0), &zone), Timing::Opens(Some(at(6, 18, 0, 0))));
        assert_eq!(schedule.timing(at(6, 19, 0, 0), &zone), Timing::Ended(at(6, 19, 0, 0)));
        assert_eq!(schedule.timing(at(6, 1, 0, 0), &zone), Timing::Open(Some(at(6, 3, 0, 0))));
        let noon = Schedule { hours: alloc::vec![(12 * 60, 13 * 60)], ..schedule };
        assert_eq!(noon.timing(at(6, 2, 13, 0), &zone), Timing::Opens(Some(at(6, 18, 12, 0))));
    }

    #[test]
    fn days_of_the_month_recur() {
        let zone = new_york();
        let member_day = Schedule { days_of_month: 1 << 28, ..Schedule::default() };
        assert_eq!(member_day.timing(at(6, 27, 23, 59), &zone), Timing::Opens(Some(at(6, 28, 0, 0))));
        assert_eq!(member_day.timing(at(6, 29, 0, 0), &zone), Timing::Opens(Some(at(7, 28, 0, 0))));
        assert_eq!(member_day.timing(at(6, 28, 23, 59), &zone), Timing::Open(None));
        let never = Schedule { weekdays: 1, ..Schedule::default() };
        assert_eq!(never.timing(at(6, 28, 0, 0), &zone), Timing::Opens(None));
    }

    #[test]
    fn receipt_counts_calendar_days_unless_told_otherwise() {
        let zone = new_york();
        let received = at(3, 7, 15, 0);
        let days = Receipt { wait_days: 1, valid_days: Some(2), exact_hours: false };
        assert_eq!(days.window(received, &zone), Window { from: Some(at(3, 8, 0, 0)), until: Some(at(3, 10, 0, 0)) });
        let at_once = Receipt { valid_days: Some(1), ..Receipt::default() };
        assert_eq!(at_once.window(received, &zone), Window { from: Some(received), until: Some(at(3, 8, 0, 0)) });
        let hours = Receipt { exact_hours: true, ..days };
        assert_eq!(hours.window(received, &zone), Window { from: Some(received + DAY), until: Some(received + 3 * DAY) });
    }
}
