//! Wallets of points, and when their lots end.

use alloc::string::String;
use alloc::vec::Vec;

use jiff::civil::Date;
use serde::Serialize;

use super::span::{RoundUp, Span, add_days, clamped};
use super::view::MemberView;
use crate::domain::{Arrange, Listed, Zone, read_choice};

/// Kinds of [`Expiry`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryKind {
    /// Never.
    #[default]
    None,
    /// So long after they were earned.
    Rolling,
    /// On the next of some dates.
    Fixed,
    /// So long after the member last did something.
    Sliding,
}

read_choice!(ExpiryKind: None, Rolling, Fixed, Sliding);

/// A last day on which points can be spent: every year, or once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastDay {
    /// This month and day of every year; a day that the month lacks is its last.
    Yearly(i8, i8),
    /// This day.
    Once(Date),
}

/// When lots end. A lot can be spent up to, and not at, its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expiry {
    /// How the end is found.
    pub kind: ExpiryKind,
    /// How long a lot lives; for fixed dates, at least.
    pub lives: Span,
    /// Where the end is moved up to.
    pub round_up: RoundUp,
    /// For fixed dates: the last days.
    pub last_days: Vec<LastDay>,
    /// For a sliding end: the actions that begin the span anew.
    pub actions: Vec<String>,
}

/// One kind of points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wallet {
    /// Its id.
    pub id: String,
    /// When lots end.
    pub expiry: Expiry,
    /// Expiry of tiers that have their own.
    pub expiry_by_tier: Vec<(Vec<String>, Expiry)>,
    /// Whether the balance may go below nothing.
    pub negative: bool,
    /// Whether points can't be spent: they only count for tiers.
    pub not_spendable: bool,
    /// Whether points can be given to another member.
    pub transferable: bool,
    /// Whether points can be given to a good cause.
    pub donatable: bool,
    /// How many points one can hold; earning beyond it is trimmed.
    pub max_balance: Option<i64>,
}

impl Wallet {
    /// The expiry of lots earned at tier `tier`.
    pub fn expiry_of(&self, tier: Option<&str>) -> &Expiry {
        let own = |(tiers, _): &&(Vec<String>, Expiry)| tier.is_some_and(|tier| tiers.iter().any(|known| known == tier));
        self.expiry_by_tier.iter().find(own).map_or(&self.expiry, |(_, expiry)| expiry)
    }
}

impl Expiry {
    /// When a lot earned at `at` ends (exclusive); `None` where it never does. A sliding end is the one that follows from
    /// what the member did so far.
    pub fn end_of(&self, at: i64, view: &MemberView, zone: &Zone, now: i64) -> Option<i64> {
        let round = |end: i64| self.round_up.or(RoundUp::DayEnd).apply(zone, end);
        match self.kind {
            ExpiryKind::None => None,
            ExpiryKind::Rolling => Some(round(self.lives.after(zone, at))),
            ExpiryKind::Sliding => Some(self.slid(at, view, zone, now)),
            ExpiryKind::Fixed => {
                let least = self.lives.after(zone, at);
                let first = zone.local(least).date;
                let ends = self.last_days.iter().filter_map(|day| day.next(first)).map(|day| zone.instant(add_days(day, 1), 0));
                ends.filter(|end| *end > least).min()
            }
        }
    }

    /// Each action that begins the span anew does so only before the end it would move.
    fn slid(&self, at: i64, view: &MemberView, zone: &Zone, now: i64) -> i64 {
        let end_after = |from: i64| self.round_up.or(RoundUp::DayEnd).apply(zone, self.lives.after(zone, from));
        let mut times: Vec<i64> = if self.actions.is_empty() {
            view.times("purchase").listed()
        } else {
            self.actions.iter().flat_map(|kind| view.times(kind).listed()).listed()
        };
        times.arrange();
        times
            .into_iter()
            .filter(|time| *time > at && *time <= now)
            .fold(end_after(at), |end, time| if time < end { end.max(end_after(time)) } else { end })
    }
}

impl LastDay {
    /// The first such day that is not before `from`.
    fn next(self, from: Date) -> Option<Date> {
        match self {
            LastDay::Once(day) => (day >= from).then_some(day),
            LastDay::Yearly(month, day) => {
                let this = clamped(from.year(), month, day)?;
                if this >= from { Some(this) } else { clamped(from.year().checked_add(1)?, month, day) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Activity, DAY, Member, day_number};

    fn utc(year: i16, month: i8, day: i8) -> i64 {
        day_number(Date::constant(year, month, day)) * DAY
    }

    fn end(expiry: &Expiry, at: i64) -> Option<i64> {
        expiry.end_of(at, &MemberView::default(), &Zone::default(), at)
    }

    #[test]
    fn points_of_a_month_can_be_spent_on_the_whole_of_its_last_day() {
        let expiry = Expiry { kind: ExpiryKind::Rolling, lives: Span::of_months(1), ..Expiry::default() };
        assert_eq!(end(&expiry, utc(2026, 1, 25) + 5), Some(utc(2026, 2, 26)));
        let month_end = Expiry { round_up: RoundUp::MonthEnd, ..expiry };
        assert_eq!(end(&month_end, utc(2026, 1, 31)), Some(utc(2026, 3, 1)));
        assert_eq!(end(&Expiry::default(), 0), None);
    }

    #[test]
    fn fixed_dates_come_round_every_year_after_the_least_life() {
        let last_days = alloc::vec![LastDay::Yearly(6, 30), LastDay::Yearly(12, 31)];
        let expiry = Expiry { kind: ExpiryKind::Fixed, lives: Span::of_months(3), last_days, ..Expiry::default() };
        assert_eq!(end(&expiry, utc(2026, 3, 1)), Some(utc(2026, 7, 1)));
        assert_eq!(end(&expiry, utc(2026, 4, 1)), Some(utc(2027, 1, 1)));
        let once = Expiry { last_days: alloc::vec![LastDay::Once(Date::constant(2025, 1, 1))], ..expiry };
        assert_eq!(end(&once, utc(2026, 4, 1)), None);
    }

    #[test]
    fn what_a_member_does_moves_a_sliding_end_unless_it_came_too_late() {
        let visit = |at| Activity { kind: "check-in".into(), at, ..Activity::default() };
        let member = Member { activities: [utc(2026, 1, 20), utc(2026, 4, 1)].map(visit).into(), ..Member::default() };
        let view = MemberView::new(&member, &[], &|_| None);
        let expiry =
            Expiry { kind: ExpiryKind::Sliding, lives: Span::of_days(30), actions: alloc::vec!["check-in".into()], ..Expiry::default() };
        let now = utc(2026, 5, 1);
        assert_eq!(expiry.end_of(utc(2026, 1, 1), &view, &Zone::default(), now), Some(utc(2026, 2, 20)));
        assert_eq!(expiry.end_of(utc(2026, 1, 1), &view, &Zone::default(), utc(2026, 1, 2)), Some(utc(2026, 2, 1)));
    }
}
