//! How often and for how much an offer can be used.

use alloc::vec::Vec;

use super::{Overrun, Period, Timing};
use crate::domain::{DAY, Listed, Reason, Zone, date_of, day_number};

/// How often and for how much an offer can be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Uses one member may have in all.
    pub per_member: Option<u32>,
    /// Uses one member may have in a period; all of them hold.
    pub per_period: Vec<PeriodLimit>,
    /// Uses left for everyone.
    pub uses_left: Option<u32>,
    /// Money left for everyone.
    pub budget_left: Option<i64>,
    /// What happens when an order would overrun the budget.
    pub overrun: Overrun,
    /// The most it saves in one order.
    pub max_saving: Option<i64>,
    /// A chain of uses.
    pub chain: Option<Chain>,
}

/// Uses in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodLimit {
    /// How many.
    pub uses: u32,
    /// The period.
    pub period: Period,
    /// For [`Period::Days`]: how many times 24 hours back.
    pub days: u32,
}

/// A chain of uses, each releasing the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// How many uses it has.
    pub uses: u32,
    /// Times 24 hours to wait after a use.
    pub min_days: u32,
    /// Times 24 hours after which the rest is lost.
    pub max_days: Option<u32>,
}

/// What stands in the way of one use more, as far as limits go.
#[derive(Clone, Debug, PartialEq)]
pub enum LimitState {
    /// Nothing; until then, where a chain ends.
    Free(Option<i64>),
    /// A pause: free again from then on.
    Paused(i64, Reason),
    /// Used up for good, as far as this snapshot knows.
    UsedUp(Reason),
}

impl Limits {
    /// The most one order may save, of its own limit and the budget.
    pub fn saving_limit(&self) -> i64 {
        let budget = self.budget_left.filter(|_| self.overrun == Overrun::Trim);
        [self.max_saving, budget].into_iter().flatten().min().unwrap_or(i64::MAX).max(0)
    }

    /// Whether one use more is free at `now`, after uses at the instants `uses` (ascending).
    pub fn state(&self, uses: &[i64], now: i64, zone: &Zone) -> LimitState {
        let used = u32::try_from(uses.len()).unwrap_or(u32::MAX);
        if self.uses_left == Some(0) {
            return LimitState::UsedUp(Reason::new("limit-total"));
        }
        if self.budget_left.is_some_and(|left| left <= 0) {
            return LimitState::UsedUp(Reason::new("budget-spent"));
        }
        if let Some(limit) = self.per_member.filter(|limit| used >= *limit) {
            return LimitState::UsedUp(Reason::new("limit-member").with("limit", limit).with("used", used));
        }
        let mut free = LimitState::Free(None);
        if let Some(chain) = &self.chain {
            match chain.timing(uses, now) {
                Timing::Open(until) => free = LimitState::Free(until),
                Timing::Opens(at) => {
                    let at = at.unwrap_or(i64::MAX);
                    return LimitState::Paused(at, Reason::new("chain-pause").with("at", at).with("used", used));
                }
                Timing::Ended(_) => return LimitState::UsedUp(Reason::new("chain-ended").with("uses", chain.uses).with("used", used)),
            }
        }
        let full = self.per_period.iter().filter_map(|limit| limit.free_again(uses, now, zone).map(|at| (at, limit)));
        match full.max_by_key(|(at, _)| *at) {
            Some((at, limit)) => {
                let reason = Reason::new("limit-period").with("limit", limit.uses).with("period", limit.period.name()).with("at", at);
                LimitState::Paused(at, reason)
            }
            None => free,
        }
    }
}

impl Chain {
    fn timing(&self, uses: &[i64], now: i64) -> Timing {
        let Some(last) = uses.last() else { return Timing::Open(None) };
        let after = |days: u32| last.saturating_add(i64::from(days).saturating_mul(DAY));
        if uses.len() >= self.uses as usize {
            return Timing::Ended(*last);
        }
        let window = super::Window { from: Some(after(self.min_days)), until: self.max_days.map(after) };
        window.timing(now)
    }
}

impl PeriodLimit {
    /// When a use is free again; `None` where one is free now.
    fn free_again(&self, uses: &[i64], now: i64, zone: &Zone) -> Option<i64> {
        let (start, next) = self.bounds(now, zone);
        let inside: Vec<i64> = uses.iter().copied().filter(|at| *at >= start).listed();
        if inside.len() < self.uses as usize {
            return None;
        }
        Some(match self.period {
            Period::Days => {
                // The oldest use that has to leave the sliding period.
                let surplus = inside.len().saturating_sub(self.uses as usize);
                inside.get(surplus).map_or(i64::MAX, |at| at.saturating_add(i64::from(self.days).saturating_mul(DAY)))
            }
            _ => next,
        })
    }

    /// The first instant of the running period and of the next one.
    fn bounds(&self, now: i64, zone: &Zone) -> (i64, i64) {
        let date = zone.local(now).date;
        let number = day_number(date);
        let midnight = |number: i64| zone.instant(date_of(number), 0);
        let month = |date: jiff::civil::Date| date.first_of_month();
        match self.period {
            Period::Day => (midnight(number), midnight(number.saturating_add(1))),
            Period::Week => {
                let monday = number.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()));
                (midnight(monday), midnight(monday.saturating_add(7)))
            }
            Period::Month => {
                let next = day_number(date.last_of_month()).saturating_add(1);
                (zone.instant(month(date), 0), midnight(next))
            }
            Period::Year => {
                let next = day_number(date.last_of_year()).saturating_add(1);
                (zone.instant(date.first_of_year(), 0), midnight(next))
            }
            Period::Days => (now.saturating_sub(i64::from(self.days).saturating_mul(DAY)).saturating_add(1), now),
        }
    }
}

impl Period {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Week => "week",
            Period::Month => "month",
            Period::Year => "year",
            Period::Days => "days",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    fn at(month: i8, day: i8, hour: i64) -> i64 {
        Zone::default().instant(Date::constant(2026, month, day), hour * crate::domain::HOUR)
    }

    fn code(limits: &Limits, uses: &[i64], now: i64) -> Option<(String, Option<i64>)> {
        match limits.state(uses, now, &Zone::default()) {
            LimitState::Free(_) => None,
            LimitState::Paused(at, reason) => Some((reason.code.into(), Some(at))),
            LimitState::UsedUp(reason) => Some((reason.code.into(), None)),
        }
    }

    use alloc::string::String;

    #[test]
    fn used_up_limits_say_which() {
        let now = at(6, 10, 12);
        let limits = Limits { per_member: Some(2), ..Limits::default() };
        assert_eq!(code(&limits, &[1, 2], now), Some(("limit-member".into(), None)));
        assert_eq!(code(&Limits { uses_left: Some(0), ..Limits::default() }, &[], now), Some(("limit-total".into(), None)));
        assert_eq!(code(&Limits { budget_left: Some(0), ..Limits::default() }, &[], now), Some(("budget-spent".into(), None)));
        assert_eq!(code(&limits, &[1], now), None);
    }

    #[test]
    fn a_period_frees_its_uses_at_its_end() {
        let limit = |period, days| Limits { per_period: alloc::vec![PeriodLimit { uses: 1, period, days }], ..Limits::default() };
        let now = at(6, 10, 12); // a Wednesday
        let full = |at: i64| Some(("limit-period".into(), Some(at)));
        assert_eq!(code(&limit(Period::Day, 0), &[at(6, 10, 0)], now), full(at(6, 11, 0)));
        assert_eq!(code(&limit(Period::Week, 0), &[at(6, 8, 0)], now), full(at(6, 15, 0)));
        assert_eq!(code(&limit(Period::Month, 0), &[at(6, 1, 0)], now), full(at(7, 1, 0)));
        assert_eq!(code(&limit(Period::Year, 0), &[at(1, 1, 0)], now), full(Zone::default().instant(Date::constant(2027, 1, 1), 0)));
        assert_eq!(code(&limit(Period::Days, 3), &[now - 3 * DAY + 1], now), full(now + 1));
        assert_eq!(code(&limit(Period::Day, 0), &[at(6, 9, 23)], now), None);
        assert_eq!(code(&limit(Period::Week, 0), &[at(6, 7, 23)], now), None);
        assert_eq!(code(&limit(Period::Days, 3), &[now - 3 * DAY], now), None);
    }

    #[test]
    fn a_chain_pauses_and_ends() {
        let limits = Limits { chain: Some(Chain { uses: 3, min_days: 1, max_days: Some(7) }), ..Limits::default() };
        let now = at(6, 10, 12);
        assert_eq!(code(&limits, &[now - DAY + 1], now), Some(("chain-pause".into(), Some(now + 1))));
        assert_eq!(code(&limits, &[now - 7 * DAY], now), Some(("chain-ended".into(), None)));
        assert_eq!(code(&limits, &[1, 2, now - DAY], now), Some(("chain-ended".into(), None)));
        assert_eq!(limits.state(&[now - DAY], now, &Zone::default()), LimitState::Free(Some(now + 6 * DAY)));
        assert_eq!(code(&limits, &[], now), None);
    }
}
