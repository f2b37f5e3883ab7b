//! What criteria measure: amounts at instants, summed over periods.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::period::{Anchors, Period};
use super::{MemberView, Span};
use crate::domain::{AddAll, Arrange, Listed, Zone, date_of, day_number, read_choice};

/// What is measured, over the period, with what was given back taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Money paid, in minor units.
    #[default]
    Spend,
    /// Orders of which something was kept.
    Orders,
    /// Points earned, less those taken back.
    Points,
    /// Points held now, whatever the period.
    Balance,
    /// Actions: check-ins, reviews, shares, ...
    Engagement,
    /// Members brought in (`referral` actions).
    Referrals,
    /// Days since joining, whatever the period.
    MemberDays,
    /// Days on which something was bought.
    PurchaseDays,
}

read_choice!(Metric: Spend, Orders, Points, Balance, Engagement, Referrals, MemberDays, PurchaseDays);

/// One thing that a ladder measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meter {
    /// What.
    pub metric: Metric,
    /// For points and balance: the place of the wallet.
    pub wallet: usize,
    /// For engagement: the kinds of action; all but what happens to orders, benefits and messages where empty.
    pub actions: Vec<String>,
}

/// At which instant, and over which stretch, a criterion is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The period that holds this instant, up to and including it.
    At(i64),
    /// The period that ended at this instant, which is not part of it.
    Ended(i64),
    /// The period that ended at the first instant, and what came up to and including the second.
    Extended(i64, i64),
}

impl Frame {
    fn instant(self) -> i64 {
        match self {
            Frame::At(at) | Frame::Ended(at) | Frame::Extended(_, at) => at,
        }
    }
}

/// Amounts at instants.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Instants, ascending.
    at: Vec<i64>,
    /// Sums up to and including each; one more than there are instants, from 0.
    sums: Vec<i64>,
    /// For rolling spans: up to when (exclusive) each counts.
    leaves: Vec<(Span, Vec<i64>)>,
}

impl Series {
    fn new(mut amounts: Vec<(i64, i64)>, spans: &[Span], zone: &Zone) -> Self {
        amounts.arrange();
        let at: Vec<i64> = amounts.iter().map(|(at, _)| *at).listed();
        let mut sums = alloc::vec![0];
        sums.add_all(amounts.iter().scan(0_i64, |sum, (_, amount)| {
            *sum = sum.saturating_add(*amount);
            Some(*sum)
        }));
        let leaves = spans.iter().map(|span| (*span, at.iter().map(|at| span.after(zone, *at)).listed())).listed();
        Series { at, sums, leaves }
    }

    /// The sum from the place of `from` to the place of `to`.
    fn between(&self, from: usize, to: usize) -> i64 {
        let sum = |place| self.sums.get(place).copied().unwrap_or(0);
        if to <= from { 0 } else { sum(to).saturating_sub(sum(from)) }
    }

    fn before(&self, instant: i64) -> usize {
        self.at.partition_point(|at| *at < instant)
    }

    fn left_by(&self, span: &Span, instant: i64) -> usize {
        let leaves = self.leaves.iter().find(|(known, _)| known == span);
        leaves.map_or(0, |(_, leaves)| leaves.partition_point(|leave| *leave <= instant))
    }

    /// The sum over `period` in `frame`.
    fn sum(&self, period: &Period, frame: Frame, zone: &Zone, anchors: Anchors) -> i64 {
        let (inside, end, aged) = match frame {
            Frame::At(at) => (at, at.saturating_add(1), at),
            Frame::Ended(at) => (at.saturating_sub(1), at, at),
            Frame::Extended(ended, at) => (ended.saturating_sub(1), at.saturating_add(1), ended),
        };
        let first = match period {
            Period::Rolling(span) => self.left_by(span, aged),
            _ => self.before(period.around(zone, inside, anchors).start),
        };
        self.between(first, self.before(end))
    }

    fn last_up_to(&self, at: i64) -> i64 {
        self.between(0, self.before(at.saturating_add(1)))
    }
}

/// Everything a ladder measures of one member.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    series: Vec<(Metric, Series)>,
    began: Option<i64>,
}

/// What a wallet's ledger tells criteria: amounts earned at instants, and changes of the balance at instants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WalletMeasure {
    /// Points earned, and below zero those taken back, each at the instant of the earning.
    pub earned: Vec<(i64, i64)>,
    /// Changes of what can be spent.
    pub changes: Vec<(i64, i64)>,
}

impl Measures {
    /// Measures `view` with each of `meters`, which are asked over the rolling `spans`; `wallets` in their order.
    pub fn new(meters: &[Meter], spans: &[Span], view: &MemberView, wallets: &[WalletMeasure], zone: &Zone) -> Self {
        let amounts = |meter: &Meter| -> Vec<(i64, i64)> {
            let wallet = wallets.get(meter.wallet);
            match meter.metric {
                Metric::Spend => view.receipts.iter().map(|receipt| (receipt.at, receipt.paid)).listed(),
                Metric::Orders => view.receipts.iter().map(|receipt| (receipt.at, 1)).listed(),
                Metric::Points => wallet.map(|wallet| wallet.earned.clone()).unwrap_or_default(),
                Metric::Balance => wallet.map(|wallet| wallet.changes.clone()).unwrap_or_default(),
                Metric::Engagement => {
                    let counts = |kind: &str| {
                        if meter.actions.is_empty() { !is_passive(kind) } else { meter.actions.iter().any(|wanted| wanted == kind) }
                    };
                    view.activities.iter().filter(|activity| counts(&activity.kind)).map(|activity| (activity.at, 1)).listed()
                }
                Metric::Referrals => view.times("referral").map(|at| (at, 1)).listed(),
                Metric::PurchaseDays => {
                    let mut days: Vec<(i64, i64)> =
                        view.receipts.iter().map(|receipt| (day_number(zone.local(receipt.at).date), receipt.at)).listed();
                    days.dedup_by_key(|(day, _)| *day);
                    days.into_iter().map(|(_, at)| (at, 1)).listed()
                }
                Metric::MemberDays => Vec::new(),
            }
        };
        let series = meters.iter().map(|meter| (meter.metric, Series::new(amounts(meter), spans, zone))).listed();
        Measures { series, began: view.began() }
    }

    /// What meter `meter` shows over `period` in `frame`.
    pub fn value(&self, meter: usize, period: &Period, frame: Frame, zone: &Zone, anchors: Anchors) -> i64 {
        let Some((metric, series)) = self.series.get(meter) else { return 0 };
        match metric {
            Metric::MemberDays => self.member_days(zone, frame.instant()),
            Metric::Balance => series.last_up_to(frame.instant()),
            _ => series.sum(period, frame, zone, anchors),
        }
    }

    /// When the membership began.
    pub fn began(&self) -> Option<i64> {
        self.began
    }

    /// The midnight on which the membership is `days` days old.
    pub fn day_of_membership(&self, days: i64, zone: &Zone) -> Option<i64> {
        let began = day_number(zone.local(self.began?).date);
        Some(zone.instant(date_of(began.saturating_add(days)), 0))
    }

    /// The instants at which something may rise: ascending, each once.
    pub fn rises(&self) -> Vec<i64> {
        let mut all: Vec<i64> = self.series.iter().flat_map(|(_, series)| series.at.iter().copied()).listed();
        all.arrange();
        all.dedup();
        all
    }

    /// The instants at which something may fall because it no longer counts: ascending, each once.
    pub fn falls(&self) -> Vec<i64> {
        let leaves = self.series.iter().flat_map(|(_, series)| series.leaves.iter().flat_map(|(_, leaves)| leaves.iter().copied()));
        let spent = self.series.iter().filter(|(metric, _)| *metric == Metric::Balance).flat_map(|(_, series)| series.at.iter().copied());
        let mut all: Vec<i64> = leaves.chain(spent).listed();
        all.arrange();
        all.dedup();
        all
    }

    /// The first instant after `now` at which anything falls out of a rolling span; the end of time where nothing does.
    pub fn next_fall(&self, now: i64) -> i64 {
        let mut next = i64::MAX;
        for (_, series) in &self.series {
            for (_, leaves) in &series.leaves {
                for at in leaves {
                    next = if *at > now { next.min(*at) } else { next };
                }
            }
        }
        next
    }

    fn member_days(&self, zone: &Zone, at: i64) -> i64 {
        let day = |at| day_number(zone.local(at).date);
        self.began.map_or(0, |began| day(at).saturating_sub(day(began)).max(0))
    }
}

/// Whether an activity is nothing the member did for the shop: what happened to an order, a use of a benefit, a sight.
fn is_passive(kind: &str) -> bool {
    matches!(kind, "delivered" | "returned" | "benefit-used" | "reward-redeemed" | "draw-entered" | "impression" | "dismiss" | "view")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Activity, Basket, BasketLine, DAY, Member};

    fn member(purchases: &[(i64, i64)]) -> Member {
        let basket = |(at, paid): &(i64, i64)| Basket {
            id: alloc::format!("{at}"),
            at: *at,
            lines: alloc::vec![BasketLine { item: "i".into(), quantity: 1, paid: Some(*paid) }],
            ..Basket::default()
        };
        Member { history: purchases.iter().map(basket).collect(), ..Member::default() }
    }

    fn value(member: &Member, metric: Metric, period: Period, frame: Frame) -> i64 {
        let zone = Zone::default();
        let view = MemberView::new(member, &[], &|_| None);
        let spans: Vec<Span> = period.counts_for().into_iter().collect();
        let measures = Measures::new(&[Meter { metric, ..Meter::default() }], &spans, &view, &[], &zone);
        measures.value(0, &period, frame, &zone, Anchors::default())
    }

    #[test]
    fn a_purchase_counts_from_its_instant_up_to_and_not_at_its_end() {
        let member = member(&[(10 * DAY, 500)]);
        let spend = |at| value(&member, Metric::Spend, Period::Rolling(Span::of_days(30)), Frame::At(at));
        assert_eq!((spend(10 * DAY - 1), spend(10 * DAY), spend(40 * DAY - 1), spend(40 * DAY)), (0, 500, 500, 0));
    }

    #[test]
    fn a_calendar_month_ends_before_its_end() {
        let member = member(&[(0, 1), (31 * DAY - 1, 10), (31 * DAY, 100)]);
        let spend = |frame| value(&member, Metric::Spend, Period::Months(1), frame);
        assert_eq!(spend(Frame::At(31 * DAY - 1)), 11);
        assert_eq!(spend(Frame::At(31 * DAY)), 100);
        assert_eq!(spend(Frame::Ended(31 * DAY)), 11);
        assert_eq!(spend(Frame::Extended(31 * DAY, 31 * DAY)), 111);
    }

    #[test]
    fn two_purchases_of_a_day_are_one_purchase_day() {
        let member = member(&[(0, 1), (5, 10), (DAY, 100)]);
        assert_eq!(value(&member, Metric::PurchaseDays, Period::Lifetime, Frame::At(9 * DAY)), 2);
        assert_eq!(value(&member, Metric::Orders, Period::Lifetime, Frame::At(9 * DAY)), 3);
        assert_eq!(value(&member, Metric::MemberDays, Period::Lifetime, Frame::At(9 * DAY)), 9);
    }

    #[test]
    fn what_happens_to_a_member_is_no_engagement() {
        let activity = |kind: &str| Activity { kind: kind.into(), ..Activity::default() };
        let member = Member { activities: ["review", "impression", "referral"].map(activity).into(), ..Member::default() };
        assert_eq!(value(&member, Metric::Engagement, Period::Lifetime, Frame::At(0)), 2);
        assert_eq!(value(&member, Metric::Referrals, Period::Lifetime, Frame::At(0)), 1);
    }
}
