//! Days that come round: birthday, member day, festivals.

use alloc::string::String;
use alloc::vec::Vec;

use jiff::civil::Date;

use super::span::{add_days, add_months, clamped, first_of_months};
use super::view::MemberView;
use crate::domain::{Arrange, Zone, date_of, day_number};

/// When a [`Day`] comes round.
#[derive(Clone, Debug, PartialEq)]
pub enum Recurrence {
    /// The member's birthday (29 February: the last of February in other years).
    Birthday,
    /// The day of the year the member joined.
    Anniversary,
    /// This month and day of every year, held to the month's last.
    EveryYear(i8, i8),
    /// This day of every month, held to the month's last.
    DayOfMonth(i8),
    /// This day of every week, 1 for Monday to 7 for Sunday.
    Weekday(i8),
    /// These days.
    Dates(Vec<Date>),
}

/// A day, or several, that come round.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// Its id, as `now.days` holds it.
    pub id: String,
    /// When it comes round.
    pub recurrence: Recurrence,
    /// Begins so many days before.
    pub before: u16,
    /// Ends so many days after.
    pub after: u16,
}

impl Day {
    /// Whether it is on at `now`, on the shop's clock.
    pub fn is_on(&self, view: &MemberView, zone: &Zone, now: i64) -> bool {
        let today = zone.local(now).date;
        // A day is on where one of the days around today is it.
        let window = i32::from(self.after).saturating_neg()..=i32::from(self.before);
        match &self.recurrence {
            Recurrence::Dates(dates) => dates.iter().any(|date| {
                let away = day_number(*date).saturating_sub(day_number(today));
                window.contains(&i32::try_from(away).unwrap_or(i32::MAX))
            }),
            _ => window.into_iter().take(800).any(|away| self.falls_on(add_days(today, away), view, zone)),
        }
    }

    /// The instants after `now` and before `horizon` at which it begins, ascending.
    pub fn starts(&self, view: &MemberView, zone: &Zone, now: i64, horizon: i64) -> Vec<i64> {
        let before = i64::from(self.before);
        let (first, last) = (day_number(zone.local(now).date), day_number(zone.local(horizon).date).saturating_add(before));
        let mut starts = Vec::new();
        let mut add = |number: i64| {
            let at = zone.instant(date_of(number.saturating_sub(before)), 0);
            if at > now && at < horizon {
                starts.push(at);
            }
        };
        match &self.recurrence {
            Recurrence::Dates(dates) => dates.iter().for_each(|date| add(day_number(*date))),
            Recurrence::Weekday(day) => {
                let away = i64::from(*day).saturating_sub(date_of(first).weekday().to_monday_one_offset().into()).rem_euclid(7);
                (first.saturating_add(away)..=last).step_by(7).for_each(&mut add);
            }
            _ => {
                let mut month = first_of_months(date_of(first), 1);
                while day_number(month) <= last {
                    let date = self.in_month(month, view, zone).map(day_number);
                    date.filter(|number| (first..=last).contains(number)).into_iter().for_each(&mut add);
                    let next = add_months(month, 1);
                    if next <= month {
                        break;
                    }
                    month = next;
                }
            }
        }
        starts.arrange();
        starts
    }

    fn falls_on(&self, date: Date, view: &MemberView, zone: &Zone) -> bool {
        match &self.recurrence {
            Recurrence::Weekday(day) => date.weekday().to_monday_one_offset() == *day,
            Recurrence::Dates(dates) => dates.contains(&date),
            _ => self.in_month(date, view, zone) == Some(date),
        }
    }

    /// The date in the month of `of` on which a day falls that comes round once a month or once a year.
    fn in_month(&self, of: Date, view: &MemberView, zone: &Zone) -> Option<Date> {
        let (month, day) = match &self.recurrence {
            Recurrence::Birthday => view.birthday?,
            Recurrence::Anniversary => {
                let joined = zone.local(view.joined?).date;
                (of.year() > joined.year()).then_some((joined.month(), joined.day()))?
            }
            Recurrence::EveryYear(month, day) => (*month, *day),
            Recurrence::DayOfMonth(day) => (of.month(), *day),
            Recurrence::Weekday(_) | Recurrence::Dates(_) => return None,
        };
        clamped(of.year(), month, day).filter(|_| month == of.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DAY, Member};

    fn is_on(recurrence: Recurrence, before: u16, after: u16, date: Date) -> bool {
        let member = Member { birthday: Some("02-29".into()), joined_at: Some(0), ..Member::default() };
        let day = Day { id: String::new(), recurrence, before, after };
        day.is_on(&MemberView::new(&member, &[], &|_| None), &Zone::default(), day_number(date) * DAY + 5)
    }

    #[test]
    fn days_come_round() {
        let date = Date::constant;
        assert!(!is_on(Recurrence::Birthday, 0, 0, date(2026, 3, 1)));
        assert!(is_on(Recurrence::Birthday, 0, 0, date(2026, 2, 28)));
        assert!(is_on(Recurrence::Birthday, 3, 1, date(2026, 2, 25)) && is_on(Recurrence::Birthday, 3, 1, date(2026, 3, 1)));
        assert!(!is_on(Recurrence::Birthday, 3, 1, date(2026, 2, 24)) && !is_on(Recurrence::Birthday, 3, 1, date(2026, 3, 2)));
        assert!(!is_on(Recurrence::Anniversary, 0, 0, date(1970, 1, 1)));
        assert!(is_on(Recurrence::Anniversary, 0, 0, date(1971, 1, 1)));
        assert!(is_on(Recurrence::DayOfMonth(31), 0, 0, date(2026, 4, 30)));
        assert!(is_on(Recurrence::Weekday(7), 0, 0, date(2026, 3, 1)));
        assert!(is_on(Recurrence::Dates(alloc::vec![date(2018, 2, 16)]), 7, 0, date(2018, 2, 9)));
    }

    #[test]
    fn what_begins_is_what_falls_on_the_days_ahead() {
        let member = Member { birthday: Some("02-29".into()), joined_at: Some(30 * DAY), ..Member::default() };
        let (view, zone) = (MemberView::new(&member, &[], &|_| None), Zone::default());
        let round = [
            Recurrence::Birthday,
            Recurrence::Anniversary,
            Recurrence::EveryYear(4, 31),
            Recurrence::DayOfMonth(30),
            Recurrence::Weekday(3),
        ];
        for (before, recurrence) in (0_u16..).zip(round) {
            let day = Day { id: String::new(), recurrence, before, after: 0 };
            for now in [0, 58, 364] {
                let expected: Vec<i64> = (now + 1..now + 800)
                    .filter(|start| day.falls_on(date_of(start + i64::from(before)), &view, &zone))
                    .map(|start| start * DAY)
                    .collect();
                assert_eq!(day.starts(&view, &zone, now * DAY, (now + 800) * DAY), expected, "{day:?} from {now}");
            }
        }
    }

    #[test]
    fn days_begin_after_now_and_before_the_horizon() {
        let starts = |recurrence, before, now: i64, horizon: i64| {
            let member = Member { birthday: Some("01-10".into()), ..Member::default() };
            let day = Day { id: String::new(), recurrence, before, after: 0 };
            let starts = day.starts(&MemberView::new(&member, &[], &|_| None), &Zone::default(), now * DAY, horizon * DAY);
            starts.into_iter().map(|at| at / DAY).collect::<Vec<_>>()
        };
        assert_eq!(starts(Recurrence::DayOfMonth(1), 0, 0, 60), [31, 59]);
        assert_eq!(starts(Recurrence::Birthday, 3, 0, 10), [6]);
        assert_eq!(starts(Recurrence::Birthday, 0, 9, 365 + 10), [374]);
        assert!(starts(Recurrence::Birthday, 3, 6, 10).is_empty());
        let dates = alloc::vec![Date::constant(1970, 2, 1), Date::constant(1970, 1, 15), Date::constant(1970, 1, 1)];
        assert_eq!(starts(Recurrence::Dates(dates), 1, 0, 90), [13, 30]);
    }
}
