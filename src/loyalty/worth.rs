//! What a member is worth to the shop, and where they stand in the life of a membership.

use alloc::string::String;
use alloc::vec::Vec;

use super::{MemberView, Span};
use crate::domain::{DAY, Listed, Zone, day_number};

/// Limits between the stages of a membership, in days. See [`Stage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Joined, or bought first, no longer ago than this: new.
    pub new_days: u32,
    /// No purchase for longer than this: slipping.
    pub slipping_days: u32,
    /// No purchase for longer than this: lapsed.
    pub lapsed_days: u32,
    /// Bought again after a lapse, no longer ago than this: won back.
    pub won_back_days: u32,
    /// Bought on at least so many days within `loyal_within` days: loyal.
    pub loyal_orders: u32,
    /// See `loyal_orders`.
    pub loyal_within: u32,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Lifecycle { new_days: 30, slipping_days: 60, lapsed_days: 180, won_back_days: 60, loyal_orders: 6, loyal_within: 180 }
    }
}

/// A stage of a membership. Looked at in this order; the first that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Never bought, and joined longer ago than a new member.
    Prospect,
    /// Joined, or bought first, a short time ago.
    New,
    /// Bought again after a lapse, a short time ago.
    WonBack,
    /// No purchase for very long.
    Lapsed,
    /// No purchase for long.
    Slipping,
    /// Buys often.
    Loyal,
    /// None of these.
    Active,
}

impl Stage {
    /// As rules and answers call it.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Prospect => "prospect",
            Stage::New => "new",
            Stage::WonBack => "won-back",
            Stage::Lapsed => "lapsed",
            Stage::Slipping => "slipping",
            Stage::Loyal => "loyal",
            Stage::Active => "active",
        }
    }
}

impl Lifecycle {
    /// The stage at `now`.
    pub fn stage(&self, view: &MemberView, zone: &Zone, now: i64) -> Stage {
        let bought: Vec<i64> = view.receipts.iter().map(|receipt| receipt.at).filter(|at| *at <= now).listed();
        let within = |at: i64, days: u32| now.saturating_sub(at).div_euclid(DAY) <= i64::from(days);
        let is_new = |at: &i64| *at <= now && within(*at, self.new_days);
        if view.joined.iter().chain(bought.first()).any(is_new) {
            return Stage::New;
        }
        let Some(last) = bought.last() else { return Stage::Prospect };
        let lapse = i64::from(self.lapsed_days).saturating_mul(DAY).saturating_add(DAY);
        let won_back = bought.windows(2).any(|pair| match pair {
            [before, after] => after.saturating_sub(*before) >= lapse && within(*after, self.won_back_days),
            _ => false,
        });
        if won_back && within(*last, self.lapsed_days) {
            return Stage::WonBack;
        }
        if !within(*last, self.lapsed_days) {
            return Stage::Lapsed;
        }
        if !within(*last, self.slipping_days) {
            return Stage::Slipping;
        }
        let (mut days, mut latest) = (0_u32, None);
        for at in bought.iter().filter(|at| within(**at, self.loyal_within)) {
            let day = Some(day_number(zone.local(*at).date));
            if latest != day {
                (days, latest) = (days.saturating_add(1), day);
            }
            if days >= self.loyal_orders {
                break;
            }
        }
        if days >= self.loyal_orders { Stage::Loyal } else { Stage::Active }
    }
}

/// How a member's value is measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueRules {
    /// Over how long.
    pub window: Span,
    /// Limits between scores, where there are scores.
    pub rfm: Option<RfmLimits>,
    /// How churn is estimated, where it is.
    pub churn: Option<Churn>,
}

/// Four ascending limits each between the scores 1 to 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RfmLimits {
    /// Days since the last purchase; at a limit scores better.
    pub recency_days: [i64; 4],
    /// Purchases; at a limit scores higher.
    pub frequency: [i64; 4],
    /// Minor units paid; at a limit scores higher.
    pub monetary: [i64; 4],
}

/// A logistic curve over the time since the last purchase in units of the member's own mean gap between purchases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Churn {
    /// At how many gaps the risk is one half.
    pub middle: f64,
    /// How fast it rises there.
    pub steepness: f64,
    /// The gap assumed of members with fewer than three purchases, in days.
    pub prior_days: f64,
}

/// What a member is worth.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worth {
    /// Whole days since the last purchase.
    pub recency_days: Option<i64>,
    /// Purchases within the window.
    pub frequency: u32,
    /// What they cost, in minor units.
    pub monetary: i64,
    /// Three digits from 1 to 5: recency, frequency, monetary value.
    pub rfm: Option<String>,
    /// In [0, 1].
    pub churn_risk: Option<f64>,
}

impl ValueRules {
    /// What the member of `view` is worth at `now`.
    pub fn worth(&self, view: &MemberView, zone: &Zone, now: i64) -> Worth {
        let mut worth = Worth::default();
        let (mut first, mut last, mut purchases) = (None, None, 0_i64);
        for receipt in view.receipts.iter().filter(|receipt| receipt.at <= now) {
            first = first.or(Some(receipt.at));
            last = Some(receipt.at);
            purchases = purchases.saturating_add(1);
        }
        let recent = view.receipts.iter().rev().skip_while(|receipt| receipt.at > now);
        for receipt in recent.take_while(|receipt| !self.window.is_over(zone, receipt.at, now)) {
            worth.frequency = worth.frequency.saturating_add(1);
            worth.monetary = worth.monetary.saturating_add(receipt.paid);
        }
        worth.recency_days = last.map(|last| now.saturating_sub(last).div_euclid(DAY));
        worth.rfm = self.rfm.zip(worth.recency_days).map(|(limits, days)| {
            let at_least = |limits: [i64; 4], value: i64| limits.iter().filter(|limit| value >= **limit).count().saturating_add(1);
            let recency = limits.recency_days.iter().filter(|limit| days <= **limit).count().saturating_add(1);
            let scores = [recency, at_least(limits.frequency, worth.frequency.into()), at_least(limits.monetary, worth.monetary)];
            scores.iter().filter_map(|score| char::from_digit(u32::try_from(*score).ok()?, 10)).collect()
        });
        worth.churn_risk = self.churn.zip(first.zip(last)).map(|(churn, (first, last))| churn.risk(first, last, purchases, now));
        worth
    }
}

impl Churn {
    #[allow(clippy::cast_precision_loss)] // times of honest size are exact
    fn risk(&self, first: i64, last: i64, purchases: i64, now: i64) -> f64 {
        let own = (last.saturating_sub(first) as f64) / (purchases.saturating_sub(1).max(1) as f64);
        let prior = self.prior_days * DAY as f64;
        let gap = if purchases >= 3 && own > 0.0 { own } else { prior };
        if gap <= 0.0 {
            return 1.0;
        }
        let gaps = now.saturating_sub(last) as f64 / gap;
        1.0 / (1.0 + libm::exp(-self.steepness * (gaps - self.middle)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Basket, BasketLine, Member};

    fn member(joined: Option<i64>, days: &[i64]) -> Member {
        let line = BasketLine { item: "i".into(), quantity: 1, paid: Some(500) };
        let basket =
            |day: &i64| Basket { id: alloc::format!("{day}"), at: day * DAY, lines: alloc::vec![line.clone()], ..Basket::default() };
        Member { joined_at: joined.map(|day| day * DAY), history: days.iter().map(basket).collect(), ..Member::default() }
    }

    fn stage(joined: Option<i64>, days: &[i64], now: i64) -> &'static str {
        let member = member(joined, days);
        Lifecycle::default().stage(&MemberView::new(&member, &[], &|_| None), &Zone::default(), now * DAY).name()
    }

    #[test]
    fn a_membership_goes_through_its_stages() {
        assert_eq!(stage(Some(0), &[], 30), "new");
        assert_eq!(stage(Some(0), &[], 31), "prospect");
        assert_eq!(stage(None, &[], 31), "prospect");
        assert_eq!(stage(Some(0), &[100], 130), "new");
        assert_eq!(stage(Some(0), &[100, 140], 200), "active");
        assert_eq!(stage(Some(0), &[100, 140], 201), "slipping");
        assert_eq!(stage(Some(0), &[100, 140], 320), "slipping");
        assert_eq!(stage(Some(0), &[100, 140], 321), "lapsed");
        assert_eq!(stage(Some(0), &[100, 140, 321], 381), "won-back");
        assert_eq!(stage(Some(0), &[100, 140, 321], 382), "slipping");
        assert_eq!(stage(Some(0), &[100, 140, 150, 160, 170, 180], 190), "loyal");
        assert_eq!(stage(Some(0), &[100, 140, 150, 160, 170], 190), "active");
    }

    #[test]
    fn purchases_ahead_of_now_do_not_count() {
        assert_eq!(stage(Some(0), &[100, 140, 500], 330), "lapsed");
    }

    fn worth(days: &[i64], now: i64) -> Worth {
        let rules = ValueRules {
            window: Span::of_months(12),
            rfm: Some(RfmLimits { recency_days: [7, 30, 90, 180], frequency: [2, 4, 8, 16], monetary: [1000, 2000, 4000, 8000] }),
            churn: Some(Churn { middle: 3.0, steepness: 1.5, prior_days: 30.0 }),
        };
        let member = member(Some(0), days);
        rules.worth(&MemberView::new(&member, &[], &|_| None), &Zone::default(), now * DAY)
    }

    #[test]
    fn value_is_scored_over_its_window() {
        assert_eq!(worth(&[], 10), Worth::default());
        let one = worth(&[0], 7);
        assert_eq!((one.recency_days, one.frequency, one.monetary, one.rfm.as_deref()), (Some(7), 1, 500, Some("511")));
        let old = worth(&[0, 10, 20, 30], 365 + 15);
        assert_eq!((old.frequency, old.monetary, old.rfm.as_deref()), (2, 1000, Some("122")));
    }

    #[test]
    fn the_risk_rises_with_the_members_own_gaps() {
        let at = |now| worth(&[0, 10, 20], now).churn_risk.unwrap();
        assert!((at(50) - 0.5).abs() < 1e-12, "half after three gaps");
        assert!(at(21) < at(40) && at(40) < at(200) && at(200) < 1.0);
        // Two purchases: the gap of 30 days is assumed.
        assert!((worth(&[0, 10], 100).churn_risk.unwrap() - 0.5).abs() < 1e-12);
    }
}
