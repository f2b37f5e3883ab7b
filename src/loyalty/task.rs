//! Tasks, streaks and achievements: something to do, with a reward.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Audience, MemberView, Per, Stretch};
use crate::domain::{AddAll, BasketLine, Zone, day_number, read_choice, read_fields};
use crate::rules::Condition;

/// What a task counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Each time.
    #[default]
    Times,
    /// Days on which it was done.
    Days,
    /// Consecutive days up to today or yesterday.
    Streak,
    /// For purchases: minor units paid.
    Spend,
    /// Different items.
    Items,
}

read_choice!(Counts: Times, Days, Streak, Spend, Items);

/// What a task brings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase", default)]
pub struct TaskReward {
    /// Points.
    pub points: i64,
    /// Their wallet; the first where absent.
    pub wallet: Option<String>,
    /// A coupon of this offer.
    pub offer: Option<String>,
    /// A chance in this draw.
    pub draw: Option<String>,
    /// A badge.
    pub badge: Option<String>,
}

read_fields!(TaskReward: points, wallet, offer, draw, badge);

/// Something to do, with a reward.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// What counts: `purchase`, or the kind of an action.
    pub action: String,
    /// What is counted.
    pub counts: Counts,
    /// How much of it is needed.
    pub goal: i64,
    /// Items that count.
    pub goods: Condition,
    /// The stretch after which counting begins anew.
    pub per: Per,
    /// For whom and when.
    pub audience: Audience,
    /// What it brings.
    pub reward: TaskReward,
}

/// How far a member is with a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What was done.
    pub have: i64,
    /// When the goal was reached, in milliseconds since 1970.
    pub done_at: Option<i64>,
    /// When counting begins anew.
    pub resets_at: Option<i64>,
    /// For a streak: whether it breaks unless something is done today.
    pub at_stake: bool,
}

/// One thing that counts: when, which item it is about, how much it is.
#[derive(Clone, Copy)]
struct Deed<'a> {
    at: i64,
    item: &'a str,
    amount: i64,
}

impl Task {
    /// How far the member of `view` is at `now`. `goods` tells whether an item meets a condition over `item.*`; `price` the
    /// price of an item whose line does not say what was paid. Purchases of which nothing that counts was kept do not
    /// count.
    pub fn progress(
        &self,
        view: &MemberView,
        goods: &dyn Fn(&str, &Condition) -> bool,
        price: &dyn Fn(&str) -> Option<i64>,
        zone: &Zone,
        now: i64,
    ) -> Progress {
        let stretch = self.stretch(view, zone, now);
        let deeds = self.deeds(view, stretch.up_to(now), goods, price);
        let resets_at = Some(stretch.end).filter(|end| *end != i64::MAX);
        let mut progress = Progress { resets_at, ..Progress::default() };
        let day = |at: i64| day_number(zone.local(at).date);
        let (mut have, mut last_day, mut items) = (0_i64, i64::MIN, Vec::new());
        for deed in &deeds {
            let is_new_day = day(deed.at) != last_day;
            have = match self.counts {
                Counts::Times => have.saturating_add(1),
                Counts::Days => have.saturating_add(is_new_day.into()),
                Counts::Streak if !is_new_day => have,
                Counts::Streak if day(deed.at) == last_day.saturating_add(1) => have.saturating_add(1),
                Counts::Streak => 1,
                Counts::Spend => have.saturating_add(deed.amount),
                Counts::Items if items.contains(&deed.item) => have,
                Counts::Items => {
                    items.push(deed.item);
                    have.saturating_add(1)
                }
            };
            last_day = day(deed.at);
            if have >= self.goal && progress.done_at.is_none() {
                progress.done_at = Some(deed.at);
            }
        }
        if self.counts == Counts::Streak && progress.done_at.is_none() {
            let today = day(now);
            if last_day < today.saturating_sub(1) {
                have = 0;
            }
            progress.at_stake = have > 0 && last_day < today;
        }
        progress.have = have;
        progress
    }

    /// What counts of the stretch that holds `now`, and of the task's own time.
    fn stretch(&self, view: &MemberView, zone: &Zone, now: i64) -> Stretch {
        let (from, until) = self.audience.window;
        let stretch = self.per.around(zone, now, view.joined);
        Stretch { start: stretch.start.max(from.unwrap_or(i64::MIN)), end: stretch.end.min(until.unwrap_or(i64::MAX)) }
    }

    fn deeds<'v>(
        &self,
        view: &'v MemberView,
        stretch: Stretch,
        goods: &dyn Fn(&str, &Condition) -> bool,
        price: &dyn Fn(&str) -> Option<i64>,
    ) -> Vec<Deed<'v>> {
        let counts = |item: &str| self.goods.is_empty() || goods(item, &self.goods);
        let mut deeds = Vec::new();
        if self.action != "purchase" {
            for activity in view.activities.iter().filter(|activity| activity.kind == self.action && stretch.contains(activity.at)) {
                let item = activity.subject.as_deref().unwrap_or_default();
                if counts(item) {
                    deeds.push(Deed { at: activity.at, item, amount: 0 });
                }
            }
            return deeds;
        }
        for receipt in view.receipts.iter().filter(|receipt| stretch.contains(receipt.at)) {
            let lines = receipt.basket.lines.iter().filter(|line| line.quantity > 0 && counts(&line.item));
            let paid = |line: &BasketLine| line.paid.unwrap_or_else(|| price(&line.item).unwrap_or(0).saturating_mul(line.quantity.into()));
            let of_line = lines.map(|line| Deed { at: receipt.at, item: &line.item, amount: paid(line) });
            match self.counts {
                Counts::Spend | Counts::Items => deeds.add_all(of_line),
                _ => deeds.add_all(of_line.take(1)),
            }
        }
        deeds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Activity, Basket, DAY, Member};

    fn task(counts: Counts, goal: i64, per: Per, action: &str) -> Task {
        Task { id: "t".into(), action: action.into(), counts, goal, per, ..Task::default() }
    }

    fn progress(task: &Task, member: &Member, now: i64) -> Progress {
        task.progress(&MemberView::new(member, &[], &|_| None), &|item, _| item == "a", &|_| Some(70), &Zone::default(), now)
    }

    fn visits(days: &[i64]) -> Member {
        let visit = |day: &i64| Activity { at: day * DAY + 5, kind: "check-in".into(), ..Activity::default() };
        Member { activities: days.iter().map(visit).collect(), ..Member::default() }
    }

    #[test]
    fn a_streak_lives_until_the_day_after_its_last() {
        let seven = task(Counts::Streak, 7, Per::Total, "check-in");
        let member = visits(&[1, 2, 4, 5, 5, 6]);
        let at = |day: i64| {
            let progress = progress(&seven, &member, day * DAY + DAY / 2);
            (progress.have, progress.at_stake)
        };
        assert_eq!((at(6), at(7), at(8)), ((3, false), (3, true), (0, false)));
    }

    #[test]
    fn a_goal_reached_stays_reached() {
        let three = task(Counts::Streak, 3, Per::Total, "check-in");
        let done = progress(&three, &visits(&[1, 2, 3, 9]), 20 * DAY);
        assert_eq!(done.done_at, Some(3 * DAY + 5));
        let monthly = task(Counts::Times, 2, Per::Month, "check-in");
        let anew = progress(&monthly, &visits(&[1, 2, 33]), 40 * DAY);
        assert_eq!((anew.have, anew.done_at, anew.resets_at), (1, None, Some(59 * DAY)));
    }

    #[test]
    fn purchases_are_counted_as_asked() {
        let line = |item: &str, quantity, paid| BasketLine { item: item.into(), quantity, paid };
        let basket = |id: &str, day: i64, lines| Basket { id: id.into(), at: day * DAY, lines, ..Basket::default() };
        let history = alloc::vec![
            basket("x", 1, alloc::vec![line("a", 1, Some(100)), line("b", 2, None)]),
            basket("y", 1, alloc::vec![line("a", 1, Some(50))]),
            basket("z", 2, alloc::vec![line("a", 0, Some(0)), line("c", 1, Some(9))]),
        ];
        let member = Member { history, ..Member::default() };
        let have = |counts| progress(&task(counts, 100, Per::Total, "purchase"), &member, 9 * DAY).have;
        assert_eq!([Counts::Times, Counts::Days, Counts::Spend, Counts::Items].map(have), [3, 2, 299, 3]);
        let mut table = crate::rules::AttributeTable::default();
        let only: crate::domain::Value = serde_json::from_str(r#"{"item.id": "a"}"#).unwrap();
        let goods = Condition::compile(&only, &mut table, &crate::rules::RuleContext::new(&crate::rules::NativeRegex));
        let filtered =
            |counts| progress(&Task { goods: goods.clone(), ..task(counts, 100, Per::Total, "purchase") }, &member, 9 * DAY).have;
        assert_eq!([Counts::Times, Counts::Spend, Counts::Items].map(filtered), [2, 150, 1]);
    }

    #[test]
    fn only_the_tasks_own_time_counts() {
        let mut task = task(Counts::Times, 5, Per::Total, "check-in");
        task.audience.window = (Some(2 * DAY), Some(4 * DAY));
        let progress = progress(&task, &visits(&[1, 2, 3, 4]), 9 * DAY);
        assert_eq!((progress.have, progress.resets_at), (2, Some(4 * DAY)));
    }
}
