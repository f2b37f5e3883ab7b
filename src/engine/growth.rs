//! `growth`: tasks, streaks, achievements, draws, rewards, and what earns points.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::catalog::Surroundings;
use super::expected::Expected;
use super::seen::{Goods, Known, Seen, price};
use super::{Engine, EngineError, GrowthRequest};
use crate::domain::{Listed, Reason};
use crate::loyalty::{Barrier, Counts, Draw, Earning, Ledger, Occasion, Per, QuotaLeft, Reward, Task, TaskReward, earned_by};

/// What there is to do, to win and to have for points.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct Growth {
    /// Tasks, streaks and achievements that are open to the member or done, in the programme's order.
    pub tasks: Vec<TaskShown>,
    /// Badges of what was achieved.
    pub badges: Vec<String>,
    /// Draws with their published odds. The server draws; nothing here is a result but what it sent.
    pub draws: Vec<DrawShown>,
    /// What points can be exchanged for.
    pub rewards: Vec<RewardShown>,
    /// What earns points.
    pub earning: Vec<EarningShown>,
    /// `no-programme`; why a draw is refused ([`Draw::refusal`](crate::loyalty::Draw::refusal)).
    pub notes: Vec<Reason>,
}

/// A task, and how far the member is.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct TaskShown {
    /// Its id.
    pub id: String,
    /// `task`, `streak`, or `achievement` (reached once and kept).
    pub kind: &'static str,
    /// What counts: `purchase`, or the kind of an action.
    pub action: String,
    /// What was done.
    pub have: i64,
    /// What is needed.
    pub need: i64,
    /// In [0, 1].
    pub progress: f64,
    /// Whether the goal was reached.
    pub done: bool,
    /// When, in milliseconds since 1970.
    pub done_at: Option<i64>,
    /// Whether the server gave the reward: a movement of points that names the task as its rule, or an action `task-rewarded`
    /// about it.
    pub rewarded: bool,
    /// Whether the streak breaks unless something is done today.
    pub at_stake: bool,
    /// When counting begins anew, or the task ends; `null` where neither.
    pub ends_at: Option<i64>,
    /// What it brings.
    pub reward: TaskReward,
    /// `not-started` with `at` where it is to come.
    pub reasons: Vec<Reason>,
}

/// A draw with its published rules.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct DrawShown {
    /// Its id.
    pub id: String,
    /// The version of its published rules.
    pub rules_version: String,
    /// Its prizes.
    pub prizes: Vec<PrizeShown>,
    /// Whether the member can try now.
    pub open: bool,
    /// Points a try costs.
    pub cost: i64,
    /// The wallet.
    pub wallet: String,
    /// Tries, and what is left of them; `null` where they have no limit.
    pub quota: Option<QuotaLeft>,
    /// When it ends (exclusive).
    pub ends_at: Option<i64>,
    /// What stands in the way: those of [`RewardShown`].
    pub reasons: Vec<Reason>,
    /// What the server drew for the member, latest first.
    pub results: Vec<DrawResult>,
}

/// A prize.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct PrizeShown {
    /// Its id.
    pub id: String,
    /// The chance of winning it at one try, in [0, 1].
    pub odds: Option<f64>,
    /// Pieces there are.
    pub stock: Option<u32>,
    /// What it is worth, in minor units.
    pub value: i64,
}

/// What the server drew.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct DrawResult {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The prize; nothing where `null`.
    pub prize: Option<String>,
}

/// Something that points can be exchanged for.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct RewardShown {
    /// Its id.
    pub id: String,
    /// `goods`, `coupon`, `service`, `draw`, `donation`, ...
    pub kind: String,
    /// Points it costs this member.
    pub cost: i64,
    /// The wallet.
    pub wallet: String,
    /// Minor units to be paid beside.
    pub price: i64,
    /// Whether the member can have it now.
    pub open: bool,
    /// Pieces left when the snapshot was made; not counted where `null`.
    pub stock: Option<u32>,
    /// How often, and what is left of that; `null` where it has no limit.
    pub quota: Option<QuotaLeft>,
    /// When it ends (exclusive).
    pub ends_at: Option<i64>,
    /// The item that is had.
    pub item: Option<String>,
    /// The offer of which a coupon is had.
    pub offer: Option<String>,
    /// The draw of which a chance is had.
    pub draw: Option<String>,
    /// What stands in the way.
    ///
    /// | code | facts |
    /// |---|---|
    /// | `not-enough-points` | `have`, `need`, `missing` |
    /// | `needs-tier` | `needed` |
    /// | `needs-segment`, `condition` | |
    /// | `not-started`, `ended` | `at` |
    /// | `sold-out` | |
    /// | `quota-used` | `count`, and `resetsAt` where it begins anew |
    /// | `not-spendable` | |
    pub reasons: Vec<Reason>,
}

/// Something that earns points.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct EarningShown {
    /// The rule's id.
    pub id: String,
    /// `purchase`, or the kind of an action.
    pub on: String,
    /// Points: for each `per` minor units, or for each order or action where `per` is 0.
    pub points: i64,
    /// See `points`.
    pub per: i64,
    /// The wallet it goes to.
    pub wallet: String,
    /// Times left under the tightest cap; `null` where there is none.
    pub times_left: Option<u32>,
    /// Points left under the tightest cap; `null` where there is none.
    pub points_left: Option<i64>,
}

impl Engine {
    /// What there is to do, to win and to have for points. Without personalisation what needs a trait or a segment is left
    /// out; the member's own progress is a fact of the contract.
    ///
    /// # Errors
    /// `no-catalog`, `no-member`.
    pub fn growth(&self, request: &GrowthRequest, clock: i64) -> Result<Growth, EngineError> {
        let snapshot = self.snapshot()?;
        self.member()?;
        let now = self.now(request.now, clock);
        let view = self.view(Some(&snapshot));
        let surroundings =
            Surroundings { context: Some(&request.context), store: request.store.as_deref(), channel: request.channel.as_deref() };
        let seen = Seen { snapshot: &snapshot, view: &view, now, horizon: now, kept: Some(&self.kept) };
        let (attributes, stood) = self.standing_at(seen, surroundings);
        let ledgers = &*stood.ledgers;
        let segments = self.segments_of(&snapshot, &attributes);
        let known = Known { attributes: &attributes, segments: &segments, tier: stood.standing.tier };
        let mut growth = Growth {
            tasks: seen.tasks(known),
            draws: seen.draws(known, ledgers),
            rewards: seen.rewards(known, ledgers),
            earning: seen.earning(known, &self.expected(&snapshot, &view, &attributes, now)),
            notes: seen.programme().refused_draws.clone(),
            badges: Vec::new(),
        };
        growth.badges = growth.tasks.iter().filter(|task| task.done).filter_map(|task| task.reward.badge.clone()).listed();
        if seen.programme().is_empty() {
            growth.notes.push(Reason::new("no-programme"));
        }
        let tasks = growth.tasks.iter_mut().flat_map(|task| &mut task.reasons);
        let draws = growth.draws.iter_mut().flat_map(|draw| &mut draw.reasons);
        let rewards = growth.rewards.iter_mut().flat_map(|reward| &mut reward.reasons);
        self.put_into_words(tasks.chain(draws).chain(rewards).chain(&mut growth.notes));
        Ok(growth)
    }
}

impl Seen<'_> {
    /// The tasks that are open to the member, to come, or done.
    pub fn tasks(&self, known: Known<'_>) -> Vec<TaskShown> {
        let goods = Goods::new(self.snapshot);
        self.programme().tasks.iter().filter_map(|task| self.task(task, known, &goods)).listed()
    }

    fn task(&self, task: &Task, known: Known<'_>, goods: &Goods<'_>) -> Option<TaskShown> {
        let barrier = task.audience.barrier(known.person(), self.now);
        let reasons = match barrier {
            None => Vec::new(),
            Some(Barrier::NotStarted(_)) => barrier.iter().map(|barrier| barrier.reason(&|place| self.tier_id(place))).listed(),
            // What was achieved stays, also where the task is over.
            Some(Barrier::Ended(_)) if task.per == Per::Total => Vec::new(),
            Some(_) => return None,
        };
        let progress =
            task.progress(self.view, &|item, condition| goods.meets(item, condition), &price(self.snapshot), self.zone(), self.now);
        let done = progress.done_at.is_some();
        if !done && matches!(barrier, Some(Barrier::Ended(_))) {
            return None;
        }
        let stretch = task.per.around(self.zone(), self.now, self.view.joined).up_to(self.now);
        let paid = earned_by(self.view, &task.id, stretch).1 > 0;
        #[allow(clippy::cast_precision_loss)] // a share
        let share = progress.have.max(0) as f64 / task.goal.max(1) as f64;
        Some(TaskShown {
            id: task.id.clone(),
            kind: match (task.counts, task.per) {
                (Counts::Streak, _) => "streak",
                (_, Per::Total) => "achievement",
                _ => "task",
            },
            action: task.action.clone(),
            have: if done { progress.have.max(task.goal) } else { progress.have },
            need: task.goal,
            progress: if done { 1.0 } else { share.min(1.0) },
            done,
            done_at: progress.done_at,
            rewarded: done && (paid || self.view.uses("task-rewarded", &task.id, stretch) > 0),
            at_stake: progress.at_stake,
            ends_at: progress.resets_at,
            reward: task.reward.clone(),
            reasons,
        })
    }

    /// The draws that the member could take part in.
    pub fn draws(&self, known: Known<'_>, ledgers: &[Ledger]) -> Vec<DrawShown> {
        self.programme().draws.iter().map(|draw| self.draw(draw, known, ledgers)).listed()
    }

    fn draw(&self, draw: &Draw, known: Known<'_>, ledgers: &[Ledger]) -> DrawShown {
        let quota = draw.quota.map(|quota| quota.left(self.view, "draw-entered", &draw.id, self.zone(), self.now));
        let mut reasons: Vec<Reason> = self.barrier_reasons(draw.audience.barrier(known.person(), self.now));
        self.what_else(quota, draw.cost, draw.wallet, ledgers, &mut reasons);
        let results = self.view.activities.iter().rev().filter(|activity| activity.kind == "draw-result" && activity.at <= self.now);
        let prize =
            |prize: &crate::loyalty::Prize| PrizeShown { id: prize.id.clone(), odds: prize.odds, stock: prize.stock, value: prize.value };
        DrawShown {
            id: draw.id.clone(),
            rules_version: draw.rules_version.clone(),
            prizes: draw.prizes.iter().map(prize).listed(),
            open: reasons.is_empty(),
            cost: draw.cost,
            wallet: self.wallet_id(draw.wallet),
            quota,
            ends_at: draw.audience.window.1,
            reasons,
            results: results
                .filter(|activity| activity.subject.as_ref() == Some(&draw.id))
                .map(|activity| DrawResult { at: activity.at, prize: activity.result.clone() })
                .listed(),
        }
    }

    /// What points can be exchanged for, and what stands in the way.
    pub fn rewards(&self, known: Known<'_>, ledgers: &[Ledger]) -> Vec<RewardShown> {
        self.programme().rewards.iter().map(|reward| self.reward(reward, known, ledgers)).listed()
    }

    fn reward(&self, reward: &Reward, known: Known<'_>, ledgers: &[Ledger]) -> RewardShown {
        let quota = reward.quota.map(|quota| quota.left(self.view, "reward-redeemed", &reward.id, self.zone(), self.now));
        let cost = reward.cost_of(known.tier);
        let mut reasons = self.barrier_reasons(reward.audience.barrier(known.person(), self.now));
        if reward.stock == Some(0) {
            reasons.push(Reason::new("sold-out"));
        }
        self.what_else(quota, cost, reward.wallet, ledgers, &mut reasons);
        RewardShown {
            id: reward.id.clone(),
            kind: reward.kind.clone(),
            cost,
            wallet: self.wallet_id(reward.wallet),
            price: reward.price,
            open: reasons.is_empty(),
            stock: reward.stock,
            quota,
            ends_at: reward.audience.window.1,
            item: reward.item.clone(),
            offer: reward.offer.clone(),
            draw: reward.draw.clone(),
            reasons,
        }
    }

    fn barrier_reasons(&self, barrier: Option<Barrier>) -> Vec<Reason> {
        barrier.iter().map(|barrier| barrier.reason(&|place| self.tier_id(place))).listed()
    }

    /// Quotas and points.
    fn what_else(&self, quota: Option<QuotaLeft>, cost: i64, wallet: usize, ledgers: &[Ledger], reasons: &mut Vec<Reason>) {
        if let Some(quota) = quota.filter(|quota| quota.left == 0) {
            let reason = Reason::new("quota-used").with("count", quota.count);
            reasons.push(match quota.resets_at {
                Some(at) => reason.with("resetsAt", at),
                None => reason,
            });
        }
        if cost > 0 && self.programme().wallets.get(wallet).is_some_and(|wallet| wallet.not_spendable) {
            reasons.push(Reason::new("not-spendable"));
        }
        let have = ledgers.get(wallet).map_or(0, |ledger| ledger.balance(self.now));
        if have < cost {
            let missing = cost.saturating_sub(have);
            reasons.push(Reason::new("not-enough-points").with("have", have).with("need", cost).with("missing", missing));
        }
    }

    fn wallet_id(&self, place: usize) -> String {
        self.programme().wallets.get(place).map_or("", |wallet| &wallet.id).to_string()
    }

    fn earning(&self, known: Known<'_>, expected: &Expected) -> Vec<EarningShown> {
        let before = |id: &str, stretch| expected.with_earned(self.view, id, stretch);
        let at = Occasion { member: known.attributes, view: self.view, before: &before, zone: self.zone(), now: self.now };
        let rules = self.programme().earning.rules.iter();
        let open = rules.filter(|rule| {
            let (from, until) = rule.window;
            from.is_none_or(|from| from <= self.now) && until.is_none_or(|until| self.now < until) && rule.when.matches(known.attributes)
        });
        let shown = |rule: &Earning| {
            let caps: Vec<_> = rule.caps.iter().map(|cap| rule.left_of(cap, &at)).listed();
            EarningShown {
                id: rule.id.clone(),
                on: rule.on.clone(),
                points: rule.points,
                per: rule.per,
                wallet: self.wallet_id(rule.wallet),
                times_left: caps.iter().filter_map(|(_, times)| *times).min(),
                points_left: caps.iter().filter_map(|(points, _)| *points).min(),
            }
        };
        open.map(shown).listed()
    }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::{DAY, HOUR, from_value};
    use crate::engine::CatalogSource;
    use crate::engine::testing::value;
    use crate::rules::NativeRegex;

    /// Noon of a Tuesday, 2026-03-17.
    const NOON: i64 = 1_773_748_800_000;

    fn engine(member: &str) -> Engine {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog = value(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"},
                "items": [{"id": "mask", "price": 5000, "category": "care"}, {"id": "tee", "price": 3000, "category": "wear"}],
                "programme": {"id": "club", "tiers": [{"id": "base"}, {"id": "gold", "access": "invited"}],
                  "points": {"wallets": [{"id": "points"}, {"id": "growth", "notSpendable": true}],
                    "earning": [{"id": "sign", "on": "check-in", "points": 5, "caps": [{"count": 1, "per": "day"}],
                                 "streaks": [{"days": 3, "points": 20}]},
                                {"id": "base", "on": "purchase", "points": 1, "per": 100, "pending": {"event": "delivered"}}]},
                  "tasks": [{"id": "week", "action": "check-in", "counts": "streak", "goal": 3, "reward": {"points": 30, "badge": "regular"}},
                            {"id": "care", "action": "purchase", "counts": "spend", "goal": 10000, "per": "month",
                             "where": {"item.category": "care"}, "reward": {"offer": "o"}},
                            {"id": "next", "action": "share", "goal": 1, "window": {"from": "2026-05-01"}},
                            {"id": "gold", "action": "share", "goal": 1, "when": {"member.tier": "gold"}}, {"id": "none", "goal": 0}],
                  "rewards": [{"id": "cup", "kind": "goods", "cost": 100, "costByTier": [{"tiers": ["gold"], "cost": 80}], "stock": 3,
                               "quota": {"count": 1, "per": "month"}},
                              {"id": "gone", "cost": 10, "stock": 0}, {"id": "vip", "cost": 10, "fromTier": "gold"},
                              {"id": "bad", "cost": 1, "wallet": "growth"}],
                  "draws": [{"id": "wheel", "rulesVersion": "3", "cost": 50, "quota": {"count": 2, "per": "day"},
                             "prizes": [{"id": "tv", "odds": 0.001, "stock": 1, "value": 300000}, {"id": "none", "odds": 0.999}]},
                            {"id": "secret", "rulesVersion": "1", "prizes": [{"id": "car"}]}]}}"#,
        );
        let warnings = engine.load_catalog(CatalogSource::Json(&catalog), &[], 0).unwrap().warnings;
        let codes: Vec<_> = warnings.iter().map(|warning| &*warning.code).collect();
        assert_eq!(codes, ["signature-not-checked", "programme-part-disabled", "draw-without-odds"]);
        engine.load_member(&value(member), NOON).unwrap();
        engine
    }

    const MEMBER: &str = r#"{"id": "m", "points": [{"amount": 90}], "pointsAt": 1773144000000,
        "history": [{"id": "o", "at": 1773144000000, "lines": [{"item": "mask", "paid": 7000}, {"item": "tee", "paid": 3000}]}],
        "activities": [{"id": "1", "at": 1773575000000, "kind": "check-in"}, {"id": "2", "at": 1773661400000, "kind": "check-in"},
                       {"id": "d", "at": 1773144000000, "kind": "draw-result", "subject": "wheel", "result": "tv"}]}"#;

    fn ask(engine: &Engine, now: i64) -> Growth {
        engine.growth(&from_value(&value("{}")).unwrap(), now).unwrap()
    }

    fn codes(reasons: &[Reason]) -> Vec<&str> {
        reasons.iter().map(|reason| &*reason.code).collect()
    }

    #[test]
    fn tasks_show_progress_and_what_is_at_stake() {
        let mut engine = engine(MEMBER);
        let growth = ask(&engine, NOON);
        let tasks: Vec<_> = growth.tasks.iter().map(|task| (task.id.as_str(), task.kind, task.have, task.need, task.at_stake)).collect();
        assert_eq!(tasks, [("week", "streak", 2, 3, true), ("care", "task", 7000, 10000, false), ("next", "achievement", 0, 1, false)]);
        assert_eq!((codes(&growth.tasks[2].reasons), growth.badges.len()), (alloc::vec!["not-started"], 0));
        engine.track(value(r#"{"type": "check-in"}"#), NOON).unwrap();
        let growth = ask(&engine, NOON);
        assert_eq!((growth.tasks[0].done, growth.tasks[0].rewarded, growth.tasks[0].done_at), (true, false, Some(NOON)));
        assert_eq!(growth.badges, ["regular"]);
        engine.track(value(r#"{"type": "return", "order": "o", "item": "mask"}"#), NOON).unwrap();
        assert_eq!(ask(&engine, NOON).tasks[1].have, 0);
        // A badge stays when the streak is long over.
        assert_eq!(ask(&engine, NOON + 40 * DAY).badges, ["regular"]);
    }

    #[test]
    fn a_task_is_rewarded_where_the_ledger_says_so() {
        let ledger =
            r#""pointsAt": 1773144000000, "ledger": [{"id": "r", "at": 1773700000000, "kind": "earn", "amount": 30, "rule": "week"}]"#;
        let member = MEMBER.replace(r#""pointsAt": 1773144000000"#, ledger);
        let mut engine = engine(&member);
        engine.track(value(r#"{"type": "check-in"}"#), NOON).unwrap();
        assert!(ask(&engine, NOON).tasks[0].rewarded);
    }

    #[test]
    fn draws_are_shown_with_their_odds_or_refused_and_results_come_from_the_server() {
        let mut engine = engine(MEMBER);
        let growth = ask(&engine, NOON);
        assert_eq!((growth.draws.len(), codes(&growth.notes)), (1, alloc::vec!["draw-without-odds"]));
        let wheel = &growth.draws[0];
        assert_eq!((wheel.rules_version.as_str(), wheel.prizes[0].odds, wheel.open), ("3", Some(0.001), true));
        assert_eq!((wheel.results[0].prize.as_deref(), wheel.quota.unwrap().left), (Some("tv"), 2));
        for hour in [0, 1] {
            engine.track(value(r#"{"type": "draw-entered", "draw": "wheel"}"#), NOON + hour * HOUR).unwrap();
        }
        let wheel = &ask(&engine, NOON + HOUR).draws[0];
        assert_eq!((wheel.open, codes(&wheel.reasons), wheel.results.len()), (false, alloc::vec!["quota-used"], 1));
        assert!(ask(&engine, NOON + DAY).draws[0].open);
    }

    #[test]
    fn rewards_say_what_stands_in_the_way() {
        let growth = ask(&engine(MEMBER), NOON);
        let ways: Vec<_> = growth.rewards.iter().map(|reward| (reward.id.as_str(), codes(&reward.reasons))).collect();
        let expected = [
            ("cup", alloc::vec!["not-enough-points"]),
            ("gone", alloc::vec!["sold-out"]),
            ("vip", alloc::vec!["needs-tier"]),
            ("bad", alloc::vec!["not-spendable", "not-enough-points"]),
        ];
        assert_eq!(ways, expected);
        assert_eq!(growth.rewards[0].reasons[0].integer("missing"), Some(10));
        let golden = MEMBER.replace(r#""id": "m""#, r#""id": "m", "grants": [{"id": "gold"}]"#);
        let growth = ask(&engine(&golden), NOON);
        assert_eq!((growth.rewards[0].open, growth.rewards[0].cost, growth.rewards[2].open), (true, 80, true));
        assert!(growth.tasks.iter().any(|task| task.id == "gold"));
    }

    #[test]
    fn what_happens_here_is_expected_and_never_granted() {
        let mut engine = engine(MEMBER);
        let membership = |engine: &Engine, now| engine.membership(&from_value(&value("{}")).unwrap(), now).unwrap();
        assert_eq!(ask(&engine, NOON).earning[0].times_left, Some(1));
        engine.track(value(r#"{"type": "check-in"}"#), NOON).unwrap();
        let after = membership(&engine, NOON);
        // Five, and twenty for the third day in a row.
        assert_eq!((after.points.balance, after.points.expected), (90, 25));
        assert_eq!(ask(&engine, NOON).earning[0].times_left, Some(0));
        engine.track(value(r#"{"type": "check-in"}"#), NOON + HOUR).unwrap();
        assert_eq!(membership(&engine, NOON + HOUR).points.expected, 25);
        engine.track(value(r#"{"type": "purchase", "order": "p", "item": "mask", "paid": 5000}"#), NOON + HOUR).unwrap();
        let after = membership(&engine, NOON + HOUR).points;
        assert_eq!((after.expected, after.reasons.last().unwrap().fact("event").is_some()), (75, true));
        let confirmed = MEMBER.replace(r#""id": "m""#, r#""id": "m", "version": 2, "eventsThrough": 1773752400000"#);
        engine.load_member(&value(&confirmed), NOON).unwrap();
        assert_eq!(membership(&engine, NOON + HOUR).points.expected, 0);
    }
}
