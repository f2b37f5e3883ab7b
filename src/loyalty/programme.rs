//! A membership programme, compiled.

use alloc::string::String;
use alloc::vec::Vec;

use super::{
    Benefit, Cap, Contact, Day, Draw, EarningRules, FitRule, Holder, Ladder, Ledger, LedgerRules, Lifecycle, Partner, Person, Reward, Span,
    Task, ValueRules, Velocity, Wallet,
};
use crate::domain::{Listed, Reason};
use crate::rules::Condition;

/// Points as a part of a price.
#[derive(Clone, Debug, Default)]
pub struct Redemption {
    /// The place of the wallet.
    pub wallet: usize,
    /// So many points ...
    pub points: i64,
    /// ... are worth so many minor units.
    pub value: i64,
    /// The fewest points an order.
    pub min: i64,
    /// The most points an order.
    pub max: Option<i64>,
    /// Points go in steps of this.
    pub step: i64,
    /// The most of the order's price, in [0, 1].
    pub max_share: Option<f64>,
    /// The least that the goods must cost, in minor units.
    pub min_order: i64,
    /// The most points over a stretch.
    pub max_per: Option<Cap>,
    /// Whether points may not be used in an order that uses a coupon.
    pub not_with_coupons: bool,
    /// Items that can be paid with points.
    pub goods: Condition,
    /// When and for whom.
    pub when: Condition,
    /// Rates and limits of tiers that have their own, with the ids of the tiers.
    pub by_tier: Vec<(Vec<String>, Redemption)>,
}

impl Redemption {
    /// Rate and limits for members of tier `tier`.
    pub fn of(&self, tier: Option<&str>) -> &Redemption {
        let own = |(tiers, _): &&(Vec<String>, Redemption)| tier.is_some_and(|tier| tiers.iter().any(|known| known == tier));
        self.by_tier.iter().find(own).map_or(self, |(_, own)| own)
    }
}

/// A membership programme, compiled.
#[derive(Clone, Debug, Default)]
pub struct Programme {
    /// Its id.
    pub id: String,
    /// The version of its rules, as members are told it.
    pub version: String,
    /// Its tiers.
    pub ladder: Ladder,
    /// Its wallets; never empty. The first is meant where none is named.
    pub wallets: Vec<Wallet>,
    /// What it brings.
    pub benefits: Vec<Benefit>,
    /// What purchases and actions earn.
    pub earning: EarningRules,
    /// Whether conditions of earning ask what time it is.
    pub is_timely: bool,
    /// Points as a part of a price.
    pub redemption: Option<Redemption>,
    /// What else points can be exchanged for.
    pub rewards: Vec<Reward>,
    /// Days that come round.
    pub days: Vec<Day>,
    /// Tasks, streaks and achievements.
    pub tasks: Vec<Task>,
    /// Draws whose rules are published.
    pub draws: Vec<Draw>,
    /// Why the other draws are not shown.
    pub refused_draws: Vec<Reason>,
    /// Partners.
    pub partners: Vec<Partner>,
    /// Limits between the stages of a membership.
    pub lifecycle: Lifecycle,
    /// How a member's value is measured.
    pub value: ValueRules,
    /// Tags worked out on the device: each with the condition under which a member has it.
    pub tags: Vec<(String, Condition)>,
    /// What may be said, when, how often.
    pub contact: Contact,
    /// How items suit members.
    pub fit: Vec<FitRule>,
    /// How much of an action is believed.
    pub velocity: Vec<Velocity>,
    /// How many days ahead an expiry is warned of.
    pub warning_days: i32,
    /// Spent points that come back, and whose lot ended no longer ago than this many days, live again.
    pub reinstatement_days: i32,
    /// How long they then live.
    pub reinstated_for: Option<Span>,
}

impl Programme {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.ladder.tiers.is_empty() && self.id.is_empty()
    }

    /// The ledger of each wallet.
    pub fn ledgers(&self, holder: Holder<'_>) -> Vec<Ledger> {
        (0..self.wallets.len()).filter_map(|place| self.ledger(place, holder)).listed()
    }

    /// The ledger of the wallet at `place`.
    pub fn ledger(&self, place: usize, holder: Holder<'_>) -> Option<Ledger> {
        let rules =
            LedgerRules { earning: &self.earning.rules, reinstatement_days: self.reinstatement_days, reinstated_for: self.reinstated_for };
        self.wallets.get(place).map(|wallet| wallet.ledger(place == 0, rules, holder))
    }

    /// The benefits that `person` has at `now`.
    pub fn benefits_of<'p>(&'p self, person: Person<'p>, now: i64) -> impl Iterator<Item = &'p Benefit> {
        self.benefits.iter().filter(move |benefit| benefit.has(person, now))
    }
}
