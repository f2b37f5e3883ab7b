//! For how long an answer about a member's standing holds.

use super::{Ladder, Track};
use crate::domain::{Zone, date_of, day_number};
use crate::loyalty::measure::Metric;
use crate::loyalty::{Ledger, MemberView};

/// The instants and horizons for which a [`super::Standing`], and the ledgers it was found with, stay what they are while the
/// facts do: nothing begins, ends or falls out of a period in between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calm {
    /// From this instant on ...
    pub from: i64,
    /// ... up to this one (exclusive).
    pub until: i64,
    /// For horizons after this one ...
    pub after: i64,
    /// ... up to this one (inclusive).
    pub up_to: i64,
}

impl Calm {
    /// Whether the answer holds at `now`. Up to a horizon that is past nothing lies ahead, whatever was foreseen.
    pub fn holds(&self, now: i64, horizon: i64) -> bool {
        let near = horizon <= now || self.after < horizon && horizon <= self.up_to;
        self.from <= now && now < self.until && near
    }

    /// Holds only as long as `ledgers`, replayed at its first instant for a member of these facts, stay what they are.
    #[must_use]
    pub fn of_ledgers(mut self, ladder: &Ladder, view: &MemberView, ledgers: &[Ledger]) -> Self {
        let now = self.from;
        for end in ledgers.iter().filter_map(|ledger| ledger.lots.first()?.expires_at) {
            self.end_at(end);
        }
        // Confirmed lots count as earned now where nothing says when.
        let undated = !view.lots.is_empty() && view.lots_at.is_none_or(|at| at > now);
        // What lies ahead, of a clock that goes wrong, may come at any time.
        if undated && ladder.meters.iter().any(|meter| meter.metric == Metric::Balance) || !view.is_past(now) {
            self.end_at(now.saturating_add(1));
        }
        self
    }

    #[inline(never)]
    pub(super) fn new(track: &Track, view: &MemberView, zone: &Zone, now: i64) -> Self {
        let mut calm = Calm { from: now, until: i64::MAX, after: now, up_to: i64::MAX };
        // Periods end at midnight, and days of membership are counted in days; where clocks are moved a day may come twice.
        calm.end_at(zone.instant(date_of(day_number(zone.local(now).date).saturating_add(1)), 0));
        for (from, _) in &zone.offsets {
            calm.end_at(*from);
        }
        calm.end_at(track.next_instant().unwrap_or(i64::MAX));
        calm.end_at(track.measures.next_fall(now));
        for tier in view.tier.into_iter().chain(view.grants) {
            for at in [tier.since, tier.until, track.ladder.lapse_of(tier, zone)].into_iter().flatten() {
                calm.end_at(at);
            }
        }
        calm
    }

    /// Holds no longer than up to `at`, where that is still to come.
    #[inline(never)]
    pub(super) fn end_at(&mut self, at: i64) {
        if at > self.from {
            self.until = self.until.min(at);
        }
    }
}
