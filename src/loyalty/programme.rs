//! A membership programme, compiled.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Day, EarningRules, Ladder, Ledger, MemberView, Wallet};
use crate::domain::Zone;
use crate::rules::{AttributeSource, Condition};

/// Something that membership brings.
#[derive(Clone, Debug, Default)]
pub struct Benefit {
    /// Its id.
    pub id: String,
    /// Places of the tiers that have it; all where empty.
    pub tiers: Vec<usize>,
    /// Members of one of these segments have it; all where empty.
    pub segments: Vec<String>,
    /// Who has it, beside that.
    pub when: Condition,
    /// From when (inclusive) until when (exclusive) there is it.
    pub window: (Option<i64>, Option<i64>),
}

/// Points as a part of a price.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Whether points may not be used in an order that uses a coupon.
    pub not_with_coupons: bool,
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
    /// What purchases earn.
    pub earning: EarningRules,
    /// Points as a part of a price.
    pub redemption: Option<Redemption>,
    /// Days that come round.
    pub days: Vec<Day>,
    /// How many days ahead an expiry is warned of.
    pub warning_days: i32,
}

impl Programme {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.ladder.tiers.is_empty() && self.id.is_empty()
    }

    /// The ledger of each wallet at `now`. `tier` is the tier that the server last confirmed, for wallets whose expiry
    /// differs by tier.
    pub fn ledgers(&self, view: &MemberView, zone: &Zone, now: i64) -> Vec<Ledger> {
        let tier = view.tier.map(|tier| tier.id.as_str());
        self.wallets.iter().enumerate().map(|(place, wallet)| wallet.ledger(place == 0, view, tier, zone, now)).collect()
    }

    /// Ids of the benefits that a member of tier `tier` has at `now`. `segments` are those the member is in.
    pub fn benefits_of(&self, tier: usize, segments: &[String], member: &dyn AttributeSource, now: i64) -> Vec<String> {
        let has = |benefit: &&Benefit| {
            let (from, until) = benefit.window;
            (benefit.tiers.is_empty() || benefit.tiers.contains(&tier))
                && (benefit.segments.is_empty() || benefit.segments.iter().any(|wanted| segments.contains(wanted)))
                && from.is_none_or(|from| from <= now)
                && until.is_none_or(|until| now < until)
                && benefit.when.matches(member)
        };
        self.benefits.iter().filter(has).map(|benefit| benefit.id.clone()).collect()
    }
}
