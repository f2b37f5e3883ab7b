//! What holds a candidate back.

use alloc::vec::Vec;

use super::candidate::{Candidate, Sources, can_be_had, is_open};
use crate::domain::{AddAll, DAY, Listed, Reason};
use crate::loyalty::{QuotaLeft, Topic};
use crate::offers::Status;

/// What a surface that interrupts lets through.
#[derive(Default)]
pub(super) struct Surface {
    /// Why nothing is said.
    pub reason: Option<Reason>,
    /// How many messages more; `None` where there is no cap.
    pub left: Option<usize>,
}

impl Sources<'_> {
    /// What a surface that interrupts lets through now.
    pub fn surface(&self) -> Surface {
        let (seen, contact) = (&self.seen, &self.seen.programme().contact);
        if let Some(until) = contact.quiet_until(seen.zone(), seen.now) {
            return Surface { reason: Some(Reason::new("quiet-hours").with("until", until)), left: Some(0) };
        }
        let Some(quota) = contact.left(seen.view, seen.zone(), seen.now) else { return Surface::default() };
        let reason = (quota.left == 0).then(|| used_up("cap-reached", quota));
        Surface { reason, left: usize::try_from(quota.left).ok() }
    }

    /// Puts down what holds `candidate` back; `surface` is what holds everything back on this surface.
    pub fn hold_back(&self, candidate: &mut Candidate<'_>, surface: Option<&Reason>) {
        let message = candidate.message;
        let now = self.seen.now;
        candidate.held.add_all(surface.cloned());
        if message.personal && self.stage.is_none() {
            candidate.held.push(Reason::new("not-personalised"));
        }
        if !self.marketing && !matches!(message.topic, Topic::PointsEnd | Topic::CouponEnds | Topic::TierKeep) {
            candidate.held.push(Reason::new("purpose-refused").with("purpose", "marketing"));
        }
        let barrier = message.audience.barrier(self.known.person(), now);
        candidate.held.add_all(barrier.map(|barrier| barrier.reason(&|place| self.seen.tier_id(place))));
        if let Some(quota) = self.quota(candidate).filter(|quota| quota.left == 0) {
            candidate.held.push(used_up("quota-used", quota));
        }
        if let Some(until) = self.dismissed_until(candidate).filter(|until| now < *until) {
            candidate.held.push(Reason::new("dismissed").with("until", until));
        }
        let about = self.about(candidate);
        candidate.held.add_all(about);
    }

    /// What is left of the message's quota: a sight names the candidate, or the message.
    fn quota(&self, candidate: &Candidate<'_>) -> Option<QuotaLeft> {
        let quota = candidate.message.quota?;
        let left = |id: &str| quota.left(self.seen.view, "impression", id, self.seen.zone(), self.seen.now);
        let own = left(&candidate.id);
        if candidate.id == candidate.message.id {
            return Some(own);
        }
        let of_message = left(&candidate.message.id);
        Some(QuotaLeft { used: own.used.saturating_add(of_message.used), left: own.left.saturating_sub(of_message.used), ..own })
    }

    fn dismissed_until(&self, candidate: &Candidate<'_>) -> Option<i64> {
        let names = |subject: &str| subject == candidate.id || subject == candidate.message.id;
        let dismissals = self.seen.view.activities.iter().filter(|activity| activity.kind == "dismiss" && activity.at <= self.seen.now);
        let last = dismissals.filter(|activity| activity.subject.as_deref().is_some_and(names)).map(|activity| activity.at).max();
        last.map(|at| at.saturating_add(i64::from(self.seen.programme().contact.dismissed_days).saturating_mul(DAY)))
    }

    /// What holds it back because of what it is about; what speaks for it goes to its reasons.
    fn about(&self, candidate: &mut Candidate<'_>) -> Vec<Reason> {
        let mut held = Vec::new();
        if let Some(offer) = &candidate.offer {
            match self.offers.iter().find(|status| status.id == *offer).filter(|status| can_be_had(status)) {
                None => held.push(Reason::new("offer-not-for-you").with("offer", offer.as_str())),
                Some(status) => {
                    candidate.ends_at = [candidate.ends_at, status.ends_at].into_iter().flatten().min();
                    candidate.worth *= if status.status == Status::Eligible { 1.0 + status.score.min(1.0) } else { 0.7 };
                    let saving = status.saving.filter(|saving| *saving > 0);
                    candidate.reasons.add_all(saving.map(|amount| Reason::new("saves").with("amount", amount)));
                    let lacking = status.missing.iter().filter(|reason| reason.code.starts_with("below-"));
                    candidate.reasons.add_all(lacking.cloned());
                }
            }
        }
        if let Some(task) = &candidate.task {
            match self.tasks.iter().find(|known| known.id == *task).filter(|task| is_open(task)) {
                None => held.push(Reason::new("task-not-open").with("task", task.as_str())),
                Some(known) => {
                    candidate.nearness = Some(known.progress);
                    candidate.ends_at = [candidate.ends_at, known.ends_at].into_iter().flatten().min();
                    let progress =
                        Reason::new("task-progress").with("task", task.as_str()).with("have", known.have).with("need", known.need);
                    candidate.reasons.push(progress);
                    candidate.reasons.add_all(known.at_stake.then(|| Reason::new("task-at-stake").with("task", task.as_str())));
                }
            }
        }
        if let Some(benefit) = &candidate.message.benefit {
            let held_benefit = self.seen.programme().benefits.iter().find(|known| known.id == *benefit);
            let left = held_benefit
                .filter(|known| known.has(self.known.person(), self.seen.now))
                .map(|known| known.left(self.known.tier, self.seen.view, self.seen.zone(), self.seen.now).map(|quota| quota.left));
            match left {
                None | Some(Some(0)) => held.push(Reason::new("benefit-not-held").with("benefit", benefit.as_str())),
                Some(None) => {}
                Some(Some(left)) => {
                    candidate.reasons.push(Reason::new("benefit-left").with("benefit", benefit.as_str()).with("left", left))
                }
            }
        }
        if let Some(item) = &candidate.item {
            if self.member.excluded.contains(item) {
                held.push(Reason::new("item-excluded").with("item", item.as_str()));
            }
            let catalog = &self.seen.snapshot.catalog;
            if catalog.find(item).is_some_and(|place| !catalog.in_stock(place)) && candidate.message.topic != Topic::Free {
                held.push(Reason::new("item-out-of-stock").with("item", item.as_str()));
            }
        }
        held
    }
}

fn used_up(code: &'static str, quota: QuotaLeft) -> Reason {
    let reason = Reason::new(code).with("count", quota.count);
    match quota.resets_at {
        Some(at) => reason.with("resetsAt", at),
        None => reason,
    }
}

/// Of candidates in the order of their scores that are about the same, holds back all but the first.
pub(super) fn say_once(candidates: &mut [Candidate<'_>]) {
    let mut said: Vec<(u8, alloc::string::String, alloc::string::String)> = Vec::new();
    for candidate in candidates.iter_mut().filter(|candidate| candidate.held.is_empty()) {
        let about = [(0, &candidate.offer), (1, &candidate.task), (2, &candidate.item)];
        let about: Vec<_> = about.into_iter().filter_map(|(what, id)| Some((what, id.clone()?))).listed();
        let same = said.iter().find(|(what, id, _)| about.iter().any(|(other, subject)| other == what && subject == id));
        if let Some((_, _, by)) = same {
            candidate.held.push(Reason::new("said-better").with("by", by.as_str()));
            continue;
        }
        said.add_all(about.into_iter().map(|(what, id)| (what, id, candidate.id.clone())));
    }
}
