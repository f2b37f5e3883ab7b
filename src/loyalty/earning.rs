//! What an order would earn.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::span::Span;
use super::stretch::{Per, Stretch};
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

/// From when earned points can be spent: the latest of what is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// So long after they were earned.
    pub span: Span,
    /// When this action about the same order has happened.
    pub event: Option<String>,
    /// From this instant on.
    pub date: Option<i64>,
}

impl Pending {
    /// Whether points can be spent at once.
    pub fn is_none(&self) -> bool {
        *self == Pending::default()
    }

    /// From when points earned at `at` for `source` can be spent; `i64::MAX` while the event has not happened at `now`.
    pub fn available(&self, at: i64, source: Option<&str>, view: &MemberView, zone: &Zone, now: i64) -> i64 {
        let waited = self.span.after(zone, at).max(self.date.unwrap_or(i64::MIN));
        let Some(event) = &self.event else { return waited };
        let about = |activity: &&&crate::domain::Activity| {
            activity.kind == *event && activity.at <= now && source.is_some() && activity.subject.as_deref() == source
        };
        view.activities.iter().find(about).map_or(i64::MAX, |activity| waited.max(activity.at))
    }
}

/// More points when an action was done on so many consecutive days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreakBonus {
    /// Days.
    pub days: u32,
    /// Points on top, on the day the streak reaches that length.
    pub points: i64,
    /// Whether it is earned again at each multiple of `days`.
    pub repeats: bool,
}

/// A rule by which purchases or actions earn points.
#[derive(Clone, Debug, Default)]
pub struct Earning {
    /// Its id.
    pub id: String,
    /// `purchase`, or the kind of an action.
    pub on: String,
    /// Points for each `per` minor units of a purchase, for each order where `per` is 0, for each action.
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
    /// The place of the wallet it goes to.
    pub wallet: usize,
    /// From when the points can be spent.
    pub pending: Pending,
    /// The most it earns.
    pub caps: Vec<Cap>,
    /// For an action: more points when a streak of days reaches a length, shortest first.
    pub streaks: Vec<StreakBonus>,
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

/// What one rule earns.
#[derive(Clone, Copy, Debug)]
pub struct Earned<'a> {
    /// The rule.
    pub rule: &'a Earning,
    /// Points that its caps let through.
    pub points: i64,
    /// Points that they do not.
    pub capped: i64,
}

/// What was earned before, for caps: points and how often, by the id of a rule and a stretch.
pub type EarnedBefore<'a> = &'a dyn Fn(&str, Stretch) -> (i64, u32);

/// What the ledger of `view` says was earned by the rule `id` over a stretch.
pub fn earned_by(view: &MemberView, id: &str, stretch: Stretch) -> (i64, u32) {
    let (mut points, mut times) = (0_i64, 0_u32);
    for entry in view.ledger.iter().filter(|entry| entry.kind == "earn" && entry.rule.as_deref() == Some(id) && stretch.contains(entry.at))
    {
        (points, times) = (points.saturating_add(entry.amount), times.saturating_add(1));
    }
    (points, times)
}

/// Where and when something is earned.
#[derive(Clone, Copy)]
pub struct Occasion<'a> {
    /// What conditions read of the member.
    pub member: &'a dyn AttributeSource,
    /// The member's facts.
    pub view: &'a MemberView<'a>,
    /// What was earned before.
    pub before: EarnedBefore<'a>,
    /// The shop's clock.
    pub zone: &'a Zone,
    /// When, in milliseconds since 1970.
    pub now: i64,
}

impl Earned<'_> {
    /// What there is to say of it: `earns` with `rule`, `points`, and `availableAt` or `event` where they have to wait;
    /// `earning-capped` with `rule` and the `points` left out.
    pub fn reasons(&self, source: Option<&str>, at: &Occasion<'_>) -> impl Iterator<Item = Reason> {
        let earns = (self.points > 0).then(|| {
            let reason = Reason::new("earns").with("rule", self.rule.id.as_str()).with("points", self.points);
            let available = self.rule.pending.available(at.now, source, at.view, at.zone, at.now);
            match &self.rule.pending.event {
                Some(event) if available == i64::MAX => reason.with("event", event.as_str()),
                _ if available > at.now => reason.with("availableAt", available),
                _ => reason,
            }
        });
        let capped = self.capped > 0;
        earns
            .into_iter()
            .chain(capped.then(|| Reason::new("earning-capped").with("rule", self.rule.id.as_str()).with("points", self.capped)))
    }
}

impl EarningRules {
    /// What an order of `lines` would earn, by rule; rules that earn nothing and lose nothing to a cap are left out.
    pub fn by_purchase(&self, lines: &[EarningLine], at: &Occasion<'_>) -> Vec<Earned<'_>> {
        self.by_kind("purchase", at, |rule| self.by(rule, lines, at.member, at.now))
    }

    /// What an action of `kind` would earn. `streak` is the number of consecutive days on which it was done, this one the
    /// last; 0 where it was done on this day before.
    pub fn by_action(&self, kind: &str, streak: u32, at: &Occasion<'_>) -> Vec<Earned<'_>> {
        let points = |rule: &Earning| {
            let bonus = rule.streaks.iter().filter(|bonus| bonus.is_due(streak)).fold(0_i64, |sum, bonus| sum.saturating_add(bonus.points));
            let points = i128::from(rule.points.max(0).saturating_add(bonus));
            rounded(points.saturating_mul(self.factor(rule, None, at.member, at.now)), WHOLE, rule.rounding)
        };
        if kind == "purchase" { Vec::new() } else { self.by_kind(kind, at, points) }
    }

    fn by_kind(&self, kind: &str, at: &Occasion<'_>, points: impl Fn(&Earning) -> i64) -> Vec<Earned<'_>> {
        let mut all = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.on == kind && is_open(rule.window, at.now) && rule.when.matches(at.member)) {
            let earned = points(rule);
            let allowed = rule.allowed(earned, at);
            if earned > 0 {
                all.push(Earned { rule, points: allowed, capped: earned.saturating_sub(allowed) });
            }
        }
        all
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
            (i128::from(amount.max(0)), self.factor(rule, Some(line), member, now))
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

    /// The factor of a line, or, without one, of an action, in thousandths.
    fn factor(&self, rule: &Earning, line: Option<&EarningLine>, member: &dyn AttributeSource, now: i64) -> i128 {
        let applies = |multiplier: &&Multiplier| {
            let meant = if multiplier.rules.is_empty() { line.is_some() } else { multiplier.rules.contains(&rule.id) };
            let goods = || line.is_none_or(|line| multiplier.goods.matches(&Layered::new(line.goods, member)));
            meant && is_open(multiplier.window, now) && multiplier.when.matches(member) && goods()
        };
        let factors = self.multipliers.iter().filter(applies).map(|multiplier| i128::from(multiplier.thousandths.max(0)));
        match self.stacking {
            Stacking::Highest => factors.max().unwrap_or(WHOLE),
            Stacking::Add => factors.fold(WHOLE, |sum, factor| sum.saturating_add(factor).saturating_sub(WHOLE)).max(0),
            Stacking::Multiply => factors.fold(WHOLE, |product, factor| product.saturating_mul(factor).checked_div(WHOLE).unwrap_or(0)),
        }
    }
}

impl StreakBonus {
    fn is_due(&self, streak: u32) -> bool {
        let again = self.repeats && streak.checked_rem(self.days) == Some(0);
        streak > 0 && (streak == self.days || again)
    }
}

impl Earning {
    /// What of `points` the caps let through, with what was earned by this rule already.
    fn allowed(&self, points: i64, at: &Occasion<'_>) -> i64 {
        self.caps.iter().fold(points, |points, cap| {
            let (left, times_left) = self.left_of(cap, at);
            if times_left == Some(0) || (points > left.unwrap_or(i64::MAX) && cap.when_reached == WhenReached::Refuse) {
                return 0;
            }
            points.min(left.unwrap_or(i64::MAX))
        })
    }

    /// Points and times that a cap of this rule leaves; `None` where it does not limit them.
    pub fn left_of(&self, cap: &Cap, at: &Occasion<'_>) -> (Option<i64>, Option<u32>) {
        let single = matches!(cap.per, Per::Order | Per::Action);
        let stretch = cap.per.around(at.zone, at.now, at.view.joined);
        let (points, times) = if single { (0, 0) } else { (at.before)(&self.id, stretch) };
        (cap.points.map(|most| most.saturating_sub(points).max(0)), cap.count.map(|most| most.saturating_sub(times)))
    }

    /// Whether a cap lets nothing through any more.
    pub fn is_used_up(&self, at: &Occasion<'_>) -> bool {
        self.caps.iter().any(|cap| matches!(self.left_of(cap, at), (Some(0), _) | (_, Some(0))))
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
        Earning { id: "base".into(), on: "purchase".into(), points: 1, per: 100, ..Earning::default() }
    }

    fn earn(rules: &EarningRules, amounts: &[(i64, i64, i64)], member: &Member) -> i64 {
        let lines: Vec<_> =
            amounts.iter().map(|(before, after, paid)| EarningLine { before: *before, after: *after, paid: *paid, goods: &() }).collect();
        let view = MemberView::new(member, &[], &|_| None);
        let before = |id: &str, stretch| earned_by(&view, id, stretch);
        let at = Occasion { member: &(), view: &view, before: &before, zone: &Zone::default(), now: 5 };
        rules.by_purchase(&lines, &at).iter().map(|earned| earned.points).sum()
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

    #[test]
    fn a_streak_brings_its_bonus_on_the_day_it_reaches_a_length() {
        let streak = |days, points, repeats| StreakBonus { days, points, repeats };
        let rule = Earning {
            on: "check-in".into(),
            points: 5,
            per: 0,
            streaks: alloc::vec![streak(3, 10, false), streak(7, 50, true)],
            caps: alloc::vec![Cap { points: None, count: Some(1), per: Per::Day, when_reached: WhenReached::Trim }],
            ..rule()
        };
        let double = Multiplier { thousandths: 2000, rules: alloc::vec!["other".into()], ..Multiplier::default() };
        let everything = Multiplier { thousandths: 3000, ..Multiplier::default() };
        let rules = EarningRules { rules: alloc::vec![rule], multipliers: alloc::vec![double, everything], ..EarningRules::default() };
        let view = MemberView::default();
        let earned = |kind: &str, streak, times| {
            let before = move |_: &str, _: Stretch| (0, times);
            let at = Occasion { member: &(), view: &view, before: &before, zone: &Zone::default(), now: 5 };
            rules.by_action(kind, streak, &at).iter().map(|earned| (earned.points, earned.capped)).collect::<Vec<_>>()
        };
        assert_eq!([0, 1, 3, 6, 7, 14].map(|streak| earned("check-in", streak, 0)[0].0), [5, 5, 15, 5, 55, 55]);
        assert_eq!(earned("check-in", 1, 1), [(0, 5)]);
        assert!(earned("share", 1, 0).is_empty() && earned("purchase", 1, 0).is_empty());
    }

    #[test]
    fn waiting_points_are_told_apart() {
        let view = MemberView::default();
        let before = |_: &str, _: Stretch| (0, 0);
        let at = Occasion { member: &(), view: &view, before: &before, zone: &Zone::default(), now: 5 };
        let facts = |pending| {
            let rule = Earning { pending, ..rule() };
            let earned = Earned { rule: &rule, points: 7, capped: 2 };
            let reasons: Vec<Reason> = earned.reasons(Some("o"), &at).collect();
            assert_eq!((reasons.len(), reasons[1].integer("points")), (2, Some(2)));
            (reasons[0].integer("availableAt"), reasons[0].fact("event").is_some())
        };
        assert_eq!(facts(Pending::default()), (None, false));
        assert_eq!(facts(Pending { span: Span { hours: 1, ..Span::default() }, ..Pending::default() }), (Some(3_600_005), false));
        assert_eq!(facts(Pending { event: Some("delivered".into()), ..Pending::default() }), (None, true));
    }

    proptest::proptest! {
        /// However orders come, a day never brings more than its cap, in points and in times; and what is refused leaves room.
        #[test]
        fn no_day_brings_more_than_its_caps(orders in proptest::collection::vec((0_i64..3, 0_i64..4_000), 0..20), points in 1_i64..40, count in 1_u32..5, refuses: bool) {
            let when_reached = if refuses { WhenReached::Refuse } else { WhenReached::Trim };
            let cap = Cap { points: Some(points), count: Some(count), per: Per::Day, when_reached };
            let rules = EarningRules { rules: alloc::vec![Earning { caps: alloc::vec![cap], ..rule() }], ..EarningRules::default() };
            let mut member = Member::default();
            let mut orders = orders;
            orders.sort_by_key(|(day, _)| *day);
            for (place, (day, paid)) in orders.iter().enumerate() {
                let now = day * crate::domain::DAY + i64::try_from(place).unwrap();
                let view = MemberView::new(&member, &[], &|_| None);
                let before = |id: &str, stretch| earned_by(&view, id, stretch);
                let at = Occasion { member: &(), view: &view, before: &before, zone: &Zone::default(), now };
                let line = EarningLine { before: *paid, after: *paid, paid: *paid, goods: &() };
                let earned: i64 = rules.by_purchase(&[line], &at).iter().map(|earned| earned.points).sum();
                let known: Vec<i64> = member.ledger.iter().filter(|entry| entry.at / crate::domain::DAY == *day).map(|entry| entry.amount).collect();
                let (so_far, times) = (known.iter().sum::<i64>(), u32::try_from(known.len()).unwrap());
                let wanted = paid / 100;
                let left = if times >= count { 0 } else { points - so_far };
                let expected = if wanted > left && refuses { 0 } else { wanted.min(left) };
                proptest::prop_assert_eq!(earned, expected);
                if earned > 0 {
                    let id = alloc::format!("e{place}");
                    member.ledger.push(LedgerEntry { id, at: now, kind: "earn".into(), amount: earned, rule: Some("base".into()), ..LedgerEntry::default() });
                }
            }
        }
    }
}
