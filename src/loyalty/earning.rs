//! What an order would earn.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::stretch::Per;
use super::view::MemberView;
use crate::domain::{Reason, Zone, read_choice};
use crate::rules::{AttributeSource, Condition, Layered};

/// Which amount of a purchase earns points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EarningBase {
    /// What the lines cost before any discount.
    BeforeDiscount,
    /// What they cost after discounts, before points are used to pay.
    AfterDiscount,
    /// What is really paid: after discounts and points.
    #[default]
    Paid,
}

read_choice!(EarningBase: BeforeDiscount, AfterDiscount, Paid);

/// How a part of a point is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Left out.
    #[default]
    Down,
    /// To the nearest point, a half up.
    HalfUp,
    /// Made whole.
    Up,
}

read_choice!(Rounding: Down, HalfUp, Up);

/// What is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RoundEach {
    /// The sum of the order.
    #[default]
    Order,
    /// Each line.
    Line,
}

read_choice!(RoundEach: Order, Line);

/// What happens to an earning that goes over a cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WhenReached {
    /// What lies below the cap is earned.
    #[default]
    Trim,
    /// Nothing is earned.
    Refuse,
}

read_choice!(WhenReached: Trim, Refuse);

/// How several multipliers of one rule combine on a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Stacking {
    /// The highest alone.
    #[default]
    Highest,
    /// Their bonuses add up: two times 2 makes 3.
    Add,
    /// They multiply: two times 2 makes 4.
    Multiply,
}

read_choice!(Stacking: Highest, Add, Multiply);

/// The most that a rule earns over a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// At most so many points.
    pub points: Option<i64>,
    /// At most so many times.
    pub count: Option<u32>,
    /// Over which stretch.
    pub per: Per,
    /// What happens to an earning that goes over.
    pub when_reached: WhenReached,
}

/// A rule by which purchases earn points.
#[derive(Clone, Debug, Default)]
pub struct Earning {
    /// Its id.
    pub id: String,
    /// Points for each `per` minor units, or for each order where `per` is 0.
    pub points: i64,
    /// Minor units that earn `points`.
    pub per: i64,
    /// Which amount counts.
    pub base: EarningBase,
    /// How a part of a point is rounded.
    pub rounding: Rounding,
    /// What is rounded.
    pub round_each: RoundEach,
    /// Items that count.
    pub goods: Condition,
    /// When and for whom.
    pub when: Condition,
    /// From when (inclusive) until when (exclusive).
    pub window: (Option<i64>, Option<i64>),
    /// The most it earns.
    pub caps: Vec<Cap>,
    /// Whether lines at a reduced price earn nothing.
    pub not_on_discounted: bool,
}

/// Makes rules earn more.
#[derive(Clone, Debug, Default)]
pub struct Multiplier {
    /// Its id.
    pub id: String,
    /// By how much, in thousandths.
    pub thousandths: i64,
    /// Ids of the rules it is for; all on purchases where empty.
    pub rules: Vec<String>,
    /// Items it is for.
    pub goods: Condition,
    /// When and for whom.
    pub when: Condition,
    /// From when (inclusive) until when (exclusive).
    pub window: (Option<i64>, Option<i64>),
}

/// A line of the order.
#[derive(Clone, Copy)]
pub struct EarningLine<'a> {
    /// Before any discount, in minor units.
    pub before: i64,
    /// After discounts.
    pub after: i64,
    /// What is really paid: after discounts and points.
    pub paid: i64,
    /// What rules read of the goods.
    pub goods: &'a dyn AttributeSource,
}

/// All about earning with purchases.
#[derive(Clone, Debug, Default)]
pub struct EarningRules {
    /// The rules; they add up.
    pub rules: Vec<Earning>,
    /// What makes them earn more.
    pub multipliers: Vec<Multiplier>,
    /// How multipliers combine.
    pub stacking: Stacking,
}

const WHOLE: i128 = 1000;

impl EarningRules {
    /// The points that an order of `lines` at `now` would earn, with a reason a rule: `earns` with `rule` and `points`,
    /// `earning-capped` with `rule` and `points` left out.
    pub fn preview(
        &self,
        lines: &[EarningLine],
        member: &dyn AttributeSource,
        view: &MemberView,
        zone: &Zone,
        now: i64,
    ) -> (i64, Vec<Reason>) {
        let mut total = 0_i64;
        let mut reasons = Vec::new();
        for rule in self.rules.iter().filter(|rule| is_open(rule.window, now) && rule.when.matches(member)) {
            let earned = self.by(rule, lines, member, now);
            let allowed = rule.allowed(earned, view, zone, now);
            if allowed > 0 {
                reasons.push(Reason::new("earns").with("rule", rule.id.as_str()).with("points", allowed));
            }
            if allowed < earned {
                reasons.push(Reason::new("earning-capped").with("rule", rule.id.as_str()).with("points", earned.saturating_sub(allowed)));
            }
            total = total.saturating_add(allowed);
        }
        (total, reasons)
    }

    fn by(&self, rule: &Earning, lines: &[EarningLine], member: &dyn AttributeSource, now: i64) -> i64 {
        let counts = |line: &&EarningLine| {
            !(rule.not_on_discounted && line.after < line.before) && rule.goods.matches(&Layered::new(line.goods, member))
        };
        let weighted = lines.iter().filter(counts).map(|line| {
            let amount = match rule.base {
                EarningBase::BeforeDiscount => line.before,
                EarningBase::AfterDiscount => line.after,
                EarningBase::Paid => line.paid,
            };
            (i128::from(amount.max(0)), self.factor(rule, line, member, now))
        });
        let points = i128::from(rule.points.max(0));
        if rule.per <= 0 {
            let highest = weighted.map(|(_, factor)| factor).max();
            return highest.map_or(0, |factor| rounded(points.saturating_mul(factor), WHOLE, rule.rounding));
        }
        let divisor = i128::from(rule.per).saturating_mul(WHOLE);
        let dividends = weighted.map(|(amount, factor)| amount.saturating_mul(factor).saturating_mul(points));
        match rule.round_each {
            RoundEach::Order => rounded(dividends.fold(0, i128::saturating_add), divisor, rule.rounding),
            RoundEach::Line => dividends.fold(0, |sum, dividend| sum.saturating_add(rounded(dividend, divisor, rule.rounding))),
        }
    }

    /// The factor of a line, in thousandths.
    fn factor(&self, rule: &Earning, line: &EarningLine, member: &dyn AttributeSource, now: i64) -> i128 {
        let applies = |multiplier: &&Multiplier| {
            (multiplier.rules.is_empty() || multiplier.rules.contains(&rule.id))
                && is_open(multiplier.window, now)
                && multiplier.when.matches(member)
                && multiplier.goods.matches(&Layered::new(line.goods, member))
        };
        let factors = self.multipliers.iter().filter(applies).map(|multiplier| i128::from(multiplier.thousandths.max(0)));
        match self.stacking {
            Stacking::Highest => factors.max().unwrap_or(WHOLE),
            Stacking::Add => factors.fold(WHOLE, |sum, factor| sum.saturating_add(factor).saturating_sub(WHOLE)).max(0),
            Stacking::Multiply => factors.fold(WHOLE, |product, factor| product.saturating_mul(factor).checked_div(WHOLE).unwrap_or(0)),
        }
    }
}

impl Earning {
    /// What of `points` the caps let through, with what the ledger says was earned by this rule already.
    fn allowed(&self, points: i64, view: &MemberView, zone: &Zone, now: i64) -> i64 {
        self.caps.iter().fold(points, |points, cap| {
            let stretch = cap.per.around(zone, now, view.joined);
            let single = matches!(cap.per, Per::Order | Per::Action);
            let earned =
                || view.ledger.iter().filter(|entry| !single && entry.rule.as_ref() == Some(&self.id) && stretch.contains(entry.at));
            let before = earned().fold(0_i64, |sum, entry| sum.saturating_add(entry.amount));
            let left = cap.points.map_or(i64::MAX, |most| most.saturating_sub(before).max(0));
            let times = u32::try_from(earned().count()).unwrap_or(u32::MAX);
            if cap.count.is_some_and(|most| times >= most) || (points > left && cap.when_reached == WhenReached::Refuse) {
                return 0;
            }
            points.min(left)
        })
    }
}

fn is_open((from, until): (Option<i64>, Option<i64>), now: i64) -> bool {
    from.is_none_or(|from| from <= now) && until.is_none_or(|until| now < until)
}

fn rounded(dividend: i128, divisor: i128, rounding: Rounding) -> i64 {
    let added = match rounding {
        Rounding::Down => 0,
        Rounding::HalfUp => divisor.saturating_div(2),
        Rounding::Up => divisor.saturating_sub(1),
    };
    i64::try_from(dividend.saturating_add(added).checked_div(divisor).unwrap_or(0)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LedgerEntry, Member};

    fn rule() -> Earning {
        Earning { id: "base".into(), points: 1, per: 100, ..Earning::default() }
    }

    fn earn(rules: &EarningRules, amounts: &[(i64, i64, i64)], member: &Member) -> i64 {
        let lines: Vec<_> =
            amounts.iter().map(|(before, after, paid)| EarningLine { before: *before, after: *after, paid: *paid, goods: &() }).collect();
        rules.preview(&lines, &(), &MemberView::new(member, &[], &|_| None), &Zone::default(), 5).0
    }

    #[test]
    fn the_base_and_the_rounding_decide() {
        let with = |rule: Earning| {
            earn(
                &EarningRules { rules: alloc::vec![rule], ..EarningRules::default() },
                &[(1000, 560, 360), (99, 99, 99)],
                &Member::default(),
            )
        };
        assert_eq!(with(rule()), 4);
        assert_eq!(with(Earning { base: EarningBase::AfterDiscount, ..rule() }), 6);
        assert_eq!(with(Earning { base: EarningBase::BeforeDiscount, rounding: Rounding::Up, ..rule() }), 11);
        assert_eq!(with(Earning { round_each: RoundEach::Line, ..rule() }), 3);
        assert_eq!(with(Earning { rounding: Rounding::HalfUp, ..rule() }), 5);
        assert_eq!(with(Earning { per: 0, points: 7, ..rule() }), 7);
        assert_eq!(with(Earning { not_on_discounted: true, rounding: Rounding::Up, ..rule() }), 1);
    }

    #[test]
    fn multipliers_combine_as_said() {
        let by = |thousandths| Multiplier { thousandths, ..Multiplier::default() };
        let with = |stacking| {
            let rules = EarningRules { rules: alloc::vec![rule()], multipliers: alloc::vec![by(2000), by(1500)], stacking };
            earn(&rules, &[(1000, 1000, 1000)], &Member::default())
        };
        assert_eq!((with(Stacking::Highest), with(Stacking::Add), with(Stacking::Multiply)), (20, 25, 30));
    }

    #[test]
    fn caps_count_what_was_earned_before() {
        let cap = |when_reached| Cap { points: Some(15), count: None, per: Per::Day, when_reached };
        let entry =
            LedgerEntry { id: "e".into(), at: 1, kind: "earn".into(), amount: 9, rule: Some("base".into()), ..LedgerEntry::default() };
        let member = Member { ledger: alloc::vec![entry], ..Member::default() };
        let with = |when_reached| {
            let rules =
                EarningRules { rules: alloc::vec![Earning { caps: alloc::vec![cap(when_reached)], ..rule() }], ..EarningRules::default() };
            earn(&rules, &[(1000, 1000, 1000)], &member)
        };
        assert_eq!((with(WhenReached::Trim), with(WhenReached::Refuse)), (6, 0));
    }
}
