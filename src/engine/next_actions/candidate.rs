//! What messages become for one member: a message about offers becomes one for each that can be had.

use alloc::string::String;
use alloc::vec::Vec;

use super::NextAction;
use crate::domain::{DAY, Listed, Member, Reason};
use crate::engine::calendar::coupon_life;
use crate::engine::growth::TaskShown;
use crate::engine::seen::{Known, Seen};
use crate::loyalty::{Ledger, Message, Standing, Topic};
use crate::offers::{OfferStatus, Status};

/// Offers that one message about offers becomes at most.
const MOST_OFFERS: usize = 5;
/// From which part of the way on a tier is within reach.
const WITHIN_REACH: f64 = 0.5;
/// How far ahead a tier that would be lost is told of.
const KEEP_AHEAD: i64 = DAY * 60;

/// What candidates are made from.
pub(super) struct Sources<'a> {
    pub seen: Seen<'a>,
    pub known: Known<'a>,
    /// The whole member: for what they refused, and what was shown to them.
    pub member: &'a Member,
    pub standing: &'a Standing,
    pub ledgers: &'a [Ledger],
    pub offers: &'a [OfferStatus],
    pub tasks: Vec<TaskShown>,
    pub reminders: &'a [(String, Vec<Reason>)],
    /// Whether the member allows the purpose `marketing`.
    pub marketing: bool,
    /// `None` without personalisation.
    pub stage: Option<&'static str>,
}

/// One thing that could be said.
pub(super) struct Candidate<'a> {
    pub id: String,
    pub message: &'a Message,
    pub offer: Option<String>,
    pub task: Option<String>,
    pub item: Option<String>,
    pub ends_at: Option<i64>,
    /// How near what it is about is, in [0, 1]; `None` where that means nothing.
    pub nearness: Option<f64>,
    /// What it is worth beside its weight: 1 is neutral.
    pub worth: f64,
    pub reasons: Vec<Reason>,
    /// What holds it back.
    pub held: Vec<Reason>,
    pub score: f64,
}

impl<'a> Candidate<'a> {
    fn new(message: &'a Message) -> Self {
        Candidate {
            id: message.id.clone(),
            message,
            offer: message.offer.clone(),
            task: message.task.clone(),
            item: message.item.clone(),
            ends_at: message.audience.window.1,
            nearness: None,
            worth: 1.0,
            reasons: Vec::new(),
            held: Vec::new(),
            score: 0.0,
        }
    }

    /// The one of several that is about `subject`.
    fn about(message: &'a Message, subject: &str) -> Self {
        Candidate { id: [&message.id, ":", subject].concat(), ..Candidate::new(message) }
    }

    fn holding(message: &'a Message, reason: Reason) -> Vec<Self> {
        alloc::vec![Candidate { held: alloc::vec![reason], ..Candidate::new(message) }]
    }

    pub fn into_action(self) -> NextAction {
        let held = !self.held.is_empty();
        NextAction {
            id: self.id,
            kind: self.message.kind.clone(),
            score: if held { 0.0 } else { self.score },
            message: self.message.id.clone(),
            offer: self.offer,
            task: self.task,
            benefit: self.message.benefit.clone(),
            item: self.item,
            ends_at: self.ends_at,
            held,
            reasons: if held { self.held } else { self.reasons },
        }
    }
}

impl<'a> Sources<'a> {
    /// What `message` becomes: at least one, held back where there is nothing to say.
    pub fn candidates(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        let all = match message.topic {
            Topic::Offer => self.offers(message),
            Topic::CouponEnds => self.coupons(message),
            Topic::PointsEnd => self.points(message),
            Topic::TierNudge => self.nudge(message),
            Topic::TierKeep => self.keep(message),
            Topic::Task => self.tasks(message),
            Topic::BuyAgain => self.again(message),
            Topic::Stage(stage) => self.stage(message, stage),
            Topic::Free => alloc::vec![Candidate::new(message)],
        };
        if all.is_empty() { Candidate::holding(message, Reason::new("nothing-to-say")) } else { all }
    }

    fn offers(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        if message.offer.is_some() {
            return alloc::vec![Candidate::new(message)];
        }
        let can_be = self.offers.iter().filter(|status| can_be_had(status)).take(MOST_OFFERS);
        can_be.map(|status| Candidate { offer: Some(status.id.clone()), ..Candidate::about(message, &status.id) }).listed()
    }

    fn coupons(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        let (now, until) = (self.seen.now, self.warned_until());
        let mut all: Vec<Candidate<'a>> = Vec::new();
        for coupon in &self.member.wallet {
            let (start, end) = coupon_life(self.seen.snapshot, coupon);
            let Some(end) = end.filter(|end| now < *end && *end <= until && start.is_none_or(|start| start <= now)) else { continue };
            if coupon.uses_left == Some(0) || !self.offers.iter().any(|status| status.id == coupon.offer && can_be_had(status)) {
                continue;
            }
            let subject = coupon.code.as_deref().map_or(coupon.offer.clone(), |code| [&coupon.offer, ":", code].concat());
            let reason = Reason::new("coupon-ends").with("offer", coupon.offer.as_str()).with("at", end);
            all.push(Candidate {
                offer: Some(coupon.offer.clone()),
                ends_at: Some(end),
                reasons: alloc::vec![reason],
                ..Candidate::about(message, &subject)
            });
        }
        all
    }

    fn points(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        let wallets = self.seen.programme().wallets.iter().zip(self.ledgers).filter(|(wallet, _)| !wallet.not_spendable);
        let ending = wallets.filter_map(|(wallet, ledger)| {
            let first = self.seen.expiring(ledger).into_iter().next()?;
            let reason = Reason::new("points-expire").with("amount", first.amount).with("wallet", wallet.id.as_str()).with("at", first.at);
            Some(Candidate { ends_at: Some(first.at), reasons: alloc::vec![reason], ..Candidate::about(message, &wallet.id) })
        });
        ending.listed()
    }

    fn nudge(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        let next = self.standing.next.as_ref().filter(|next| next.starts_at.is_none());
        let within = next.map(|next| (next, nearness(&next.missing))).filter(|(_, near)| *near >= WITHIN_REACH);
        let nudge = within.map(|(next, near)| {
            let reasons = core::iter::once(Reason::new("next-tier").with("tier", next.id.as_str())).chain(next.missing.iter().cloned());
            let by = next.missing.iter().filter_map(|reason| reason.integer("by")).min();
            Candidate { nearness: Some(near), ends_at: by, reasons: reasons.listed(), ..Candidate::about(message, &next.id) }
        });
        nudge.into_iter().listed()
    }

    fn keep(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        let soon = self.seen.now.saturating_add(KEEP_AHEAD);
        let at_stake = self.standing.keep.as_ref().filter(|keep| !keep.missing.is_empty() && keep.by <= soon);
        let keep = at_stake.map(|keep| {
            let tier = self.seen.tier_id(self.standing.tier);
            let reason = Reason::new("keep-tier").with("tier", tier.as_str()).with("by", keep.by);
            let reasons = core::iter::once(reason).chain(keep.missing.iter().cloned()).listed();
            Candidate { nearness: Some(nearness(&keep.missing)), ends_at: Some(keep.by), reasons, ..Candidate::about(message, &tier) }
        });
        keep.into_iter().listed()
    }

    fn tasks(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        if message.task.is_some() {
            return alloc::vec![Candidate::new(message)];
        }
        let under_way = self.tasks.iter().filter(|task| is_open(task) && task.have > 0);
        under_way.map(|task| Candidate { task: Some(task.id.clone()), ..Candidate::about(message, &task.id) }).listed()
    }

    fn again(&self, message: &'a Message) -> Vec<Candidate<'a>> {
        let due = self.reminders.iter().map(|(item, reasons)| Candidate {
            item: Some(item.clone()),
            reasons: reasons.clone(),
            ..Candidate::about(message, item)
        });
        due.listed()
    }

    fn stage(&self, message: &'a Message, needed: &'static str) -> Vec<Candidate<'a>> {
        let reason = Reason::new("for-stage").with("stage", needed);
        match self.stage {
            // Why it is not said then is told once for all that is personal.
            None => alloc::vec![Candidate::new(message)],
            Some(stage) if stage == needed => alloc::vec![Candidate { reasons: alloc::vec![reason], ..Candidate::new(message) }],
            Some(stage) => Candidate::holding(message, Reason::new("other-stage").with("stage", stage).with("needed", needed)),
        }
    }

    /// Up to when an end is warned of.
    fn warned_until(&self) -> i64 {
        self.seen.now.saturating_add(i64::from(self.seen.programme().warning_days).saturating_mul(DAY))
    }
}

/// Whether the offer can be had, or could be with more in the cart.
pub(super) fn can_be_had(status: &OfferStatus) -> bool {
    let by_buying = |reason: &Reason| matches!(&*reason.code, "below-amount" | "below-quantity" | "below-lines" | "no-matching-goods");
    status.status == Status::Eligible || status.status == Status::Nearly && status.missing.iter().all(by_buying)
}

/// Whether there is something left to do.
pub(super) fn is_open(task: &TaskShown) -> bool {
    !task.done && task.reasons.is_empty()
}

/// How much of the way is gone, in [0, 1], where `missing` is what is left of it: the least of what must all be reached, and
/// of alternatives the most.
#[allow(clippy::cast_precision_loss)] // a share
pub(super) fn nearness(missing: &[Reason]) -> f64 {
    let share = |reason: &Reason| {
        let (have, need) = (reason.integer("have").unwrap_or(0), reason.integer("need").unwrap_or(0));
        if need > 0 { (have.max(0) as f64 / need as f64).min(1.0) } else { 0.0 }
    };
    let mut near = missing.iter().filter(|reason| reason.integer("group").is_none()).map(share).fold(1.0, f64::min);
    let mut groups: Vec<i64> = missing.iter().filter_map(|reason| reason.integer("group")).listed();
    groups.dedup();
    for group in groups {
        let options = missing.iter().filter(|reason| reason.integer("group") == Some(group));
        let mut best = 0.0_f64;
        for option in options.clone().filter_map(|reason| reason.integer("option")) {
            let of_option = options.clone().filter(|reason| reason.integer("option") == Some(option));
            best = best.max(of_option.map(share).fold(1.0, f64::min));
        }
        near = near.min(best);
    }
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_count_by_the_nearest_and_the_rest_by_the_farthest() {
        let reason = |have: i64, choice: Option<(u32, u32)>| {
            let reason = Reason::new("missing-spend").with("have", have).with("need", 100_i64);
            match choice {
                Some((group, option)) => reason.with("group", group).with("option", option),
                None => reason,
            }
        };
        assert!((nearness(&[]) - 1.0).abs() < 1e-12);
        assert!((nearness(&[reason(80, None), reason(60, None)]) - 0.6).abs() < 1e-12);
        let options = [reason(90, Some((0, 0))), reason(70, Some((0, 0))), reason(40, Some((0, 1))), reason(95, None)];
        assert!((nearness(&options) - 0.7).abs() < 1e-12);
        assert!(nearness(&[Reason::new("x")]) < 1e-12);
    }
}
