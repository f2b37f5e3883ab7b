//! What will happen: every lot that ends, tier dates, coupons, days, offers that begin.

use alloc::vec::Vec;

use serde::Serialize;

use super::seen::{Known, Seen};
use crate::domain::{Arrange, Member, Reason, WalletCoupon};
use crate::loyalty::{Change, Ledger, MemberView, Recurrence, Standing};
use crate::offers::{Activation, Offer, Timing};
use crate::snapshot::Snapshot;

/// Something that will happen.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Ahead {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What.
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `points-expire`, `points-available` | `amount`, `wallet`, `at` | points end, or can be spent from then on: all of a wallet at that instant |
    /// | `tier-rises`, `tier-falls`, `tier-renewed`, `tier-grace` | `tier`, `at` | what the tier does if the member does nothing more |
    /// | `tier-ends` | `tier`, `at` | a tier that was given, bought or tried ends |
    /// | `coupon-starts`, `coupon-ends` | `offer`, `at`, and `code` where it has one | a coupon held |
    /// | `offer-starts`, `offer-ends` | `offer`, `at` | an offer that needs no code, for the member's tier: a flash sale opens |
    /// | `birthday` | `day`, `at` | the member's birthday, where it may be read |
    /// | `day` | `day`, `at` | another day of the programme begins: member day, festival |
    /// | `benefit-ends` | `benefit`, `at` | a benefit that the member has |
    pub event: Reason,
}

/// The most entries of days that come round, a day.
const MOST_OF_A_DAY: usize = 60;

/// Collects what lies between now and the horizon.
struct Calendar {
    now: i64,
    horizon: i64,
    ahead: Vec<Ahead>,
}

impl Calendar {
    fn holds(&self, at: i64) -> bool {
        at > self.now && at < self.horizon
    }

    /// Adds what happens at `at`, which is made only where that lies ahead.
    fn add(&mut self, at: i64, event: &dyn Fn() -> Reason) {
        if self.holds(at) {
            self.ahead.push(Ahead { at, event: event().with("at", at) });
        }
    }
}

impl Seen<'_> {
    /// Everything that will happen up to the horizon, by time. `member` is the whole member, `visible` what may be read.
    pub fn calendar(
        &self,
        standing: &Standing,
        ledgers: &[Ledger],
        known: Known<'_>,
        member: &Member,
        visible: &MemberView<'_>,
    ) -> Vec<Ahead> {
        let mut calendar = Calendar { now: self.now, horizon: self.horizon, ahead: Vec::new() };
        self.points_ahead(ledgers, &mut calendar);
        self.tiers_ahead(standing, &mut calendar);
        for coupon in &member.wallet {
            coupon_ahead(self.snapshot, coupon, &mut calendar);
        }
        for offer in &self.snapshot.offers().offers {
            if self.is_open_to(offer, known) {
                offer_ahead(self.snapshot, offer, &mut calendar);
            }
        }
        self.days_ahead(visible, &mut calendar);
        for benefit in self.programme().benefits_of(known.person(), self.now) {
            if let Some(until) = benefit.audience.window.1 {
                calendar.add(until, &|| Reason::new("benefit-ends").with("benefit", benefit.id.as_str()));
            }
        }
        calendar.ahead.arrange_by_key(|ahead| ahead.at);
        calendar.ahead
    }

    fn points_ahead(&self, ledgers: &[Ledger], calendar: &mut Calendar) {
        for (wallet, ledger) in self.programme().wallets.iter().zip(ledgers) {
            let mut sums: Vec<(i64, &'static str, i64)> = Vec::new();
            for lot in &ledger.lots {
                for (at, code) in [(lot.expires_at.unwrap_or(i64::MAX), "points-expire"), (lot.available_at, "points-available")] {
                    match sums.iter_mut().rev().find(|known| (known.0, known.1) == (at, code)) {
                        Some(known) => known.2 = known.2.saturating_add(lot.amount),
                        None if calendar.holds(at) => sums.push((at, code, lot.amount)),
                        None => {}
                    }
                }
            }
            for (at, code, amount) in sums {
                calendar.add(at, &|| Reason::new(code).with("amount", amount).with("wallet", wallet.id.as_str()));
            }
        }
    }

    fn tiers_ahead(&self, standing: &Standing, calendar: &mut Calendar) {
        let granted = standing.reasons.iter().any(|reason| reason.code == "tier-granted");
        if let Some(until) = standing.until.filter(|_| granted) {
            calendar.add(until, &|| Reason::new("tier-ends").with("tier", self.tier_id(standing.tier)));
        }
        for step in &standing.ahead {
            // Below a tier that was given, what was earned changes nothing before that ends.
            if granted && standing.until.is_none_or(|until| step.at < until) && step.to <= standing.tier {
                continue;
            }
            let code = match step.change {
                Change::Rise => "tier-rises",
                Change::Renewal => "tier-renewed",
                Change::Grace => "tier-grace",
                Change::Fall => "tier-falls",
            };
            calendar.add(step.at, &|| Reason::new(code).with("tier", self.tier_id(step.to)));
        }
    }

    fn days_ahead(&self, visible: &MemberView<'_>, calendar: &mut Calendar) {
        for day in &self.programme().days {
            let code = if day.recurrence == Recurrence::Birthday { "birthday" } else { "day" };
            for at in day.starts(visible, self.zone(), self.now, self.horizon).into_iter().take(MOST_OF_A_DAY) {
                calendar.add(at, &|| Reason::new(code).with("day", day.id.as_str()));
            }
        }
    }

    /// Whether the member need not hold or know anything for the offer. Conditions over the cart and the hour are not asked:
    /// they may hold when it opens.
    fn is_open_to(&self, offer: &Offer, known: Known<'_>) -> bool {
        let tier = self.programme().ladder.id(known.tier);
        let lasting = |path: &str| path.starts_with("member.") || path.starts_with("context.");
        let paths = || offer.when.attributes().iter().map(|id| self.snapshot.attributes().path(*id));
        offer.activation.unwrap_or(Activation::Automatic) == Activation::Automatic
            && (offer.tiers.is_empty() || offer.tiers.iter().any(|wanted| wanted == tier))
            && (!paths().all(lasting) || offer.when.matches(known.attributes))
    }
}

/// When a coupon can first be used and when it ends.
pub(super) fn coupon_life(snapshot: &Snapshot, coupon: &WalletCoupon) -> (Option<i64>, Option<i64>) {
    let offer = snapshot.offers().find(&coupon.offer).and_then(|place| snapshot.offers().offers.get(place));
    let window = offer.map(|offer| offer.window).unwrap_or_default();
    let receipt = offer.zip(coupon.received_at).map(|(offer, at)| offer.receipt.window(at, &snapshot.info.zone)).unwrap_or_default();
    let start = [window.from, receipt.from].into_iter().flatten().max();
    (start, [window.until, receipt.until, coupon.expires_at].into_iter().flatten().min())
}

fn coupon_ahead(snapshot: &Snapshot, coupon: &WalletCoupon, calendar: &mut Calendar) {
    if coupon.uses_left == Some(0) {
        return;
    }
    let event = |code| {
        let reason = Reason::new(code).with("offer", coupon.offer.as_str());
        coupon.code.iter().fold(reason, |reason, code| reason.with("code", code.as_str()))
    };
    let (start, end) = coupon_life(snapshot, coupon);
    if let Some(start) = start {
        calendar.add(start, &|| event("coupon-starts"));
    }
    if let Some(end) = end {
        calendar.add(end, &|| event("coupon-ends"));
    }
}

fn offer_ahead(snapshot: &Snapshot, offer: &Offer, calendar: &mut Calendar) {
    let event = |code| Reason::new(code).with("offer", offer.id.as_str());
    let timing = offer.window.timing(calendar.now).and(offer.schedule.timing(calendar.now, &snapshot.info.zone));
    if let Timing::Opens(Some(at)) = timing {
        calendar.add(at, &|| event("offer-starts"));
    }
    if let Some(until) = offer.window.until {
        calendar.add(until, &|| event("offer-ends"));
    }
}
