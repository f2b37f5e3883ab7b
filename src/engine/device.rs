//! What this device knows beyond what the server pushed: events and their effects.

use alloc::string::String;
use alloc::vec::Vec;

use super::{MemberEvent, Outbox, Privacy, exposure};
use crate::domain::{AddAll, Basket, Map, Member, OfferUse, WalletCoupon};
use crate::experiments::{SlotState, StickyBuckets};

/// Events remembered for their effect on answers; older ones only matter to the server.
const REMEMBERED: usize = 2_000;
/// Exposures remembered so that they count once.
const MOST_EXPOSED: usize = 1_000;

/// What this device knows beyond what the server pushed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Device {
    /// Names this device in batch ids; drawn once by the host.
    pub id: u64,
    /// The member whose doings the events tell; empty before one is known.
    pub member: String,
    /// The sequence of the next event.
    pub sequence: u64,
    /// Latest events, oldest first.
    pub events: Vec<MemberEvent>,
    /// Events that wait for the server.
    pub outbox: Outbox,
    /// What the member allows.
    pub privacy: Privacy,
    /// Tags that the member deleted.
    pub forgotten: Vec<String>,
    /// Exposures counted already, oldest first.
    pub exposed: Vec<String>,
    /// Arms that stick.
    pub sticky: StickyBuckets,
    /// What happened to slots, by their keys.
    pub slots: Map<String, SlotState>,
    /// What to add to the device's clock to get the server's, in milliseconds.
    pub clock_offset: i64,
    /// What the engine's clock showed when something happened last.
    pub latest: i64,
    /// How often `privacy` was decided: of two that differ, the one decided more often is the later.
    pub decisions: u64,
}

impl Device {
    /// Takes an event: numbers it, remembers it for the next answers, and queues it for the server where the member
    /// allows it. An event with the same `id` field as one remembered counts once, and so does an exposure of the same
    /// unit, experiment and arm; one that is not believed is kept beside, for the server.
    pub fn track(&mut self, event: MemberEvent) {
        match exposure::key_of(&event).filter(|_| event.kind == "exposure") {
            Some(key) => self.expose(key, event),
            None => self.take(event),
        }
    }

    fn take(&mut self, mut event: MemberEvent) {
        if event.is_believed()
            && let Some(id) = event.text("id")
            && self.events.iter().any(|known| known.kind == event.kind && known.text("id") == Some(id))
        {
            return;
        }
        event.sequence = self.sequence;
        self.sequence = self.sequence.saturating_add(1);
        if self.privacy.may_send(&event) {
            self.outbox.push(event.clone());
        }
        if self.privacy.may_remember(&event) {
            self.events.push(event);
        }
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        let old = self.events.len().saturating_sub(REMEMBERED);
        self.events.drain(..old);
    }

    /// Takes the event of an exposure, once for each `key`, which becomes its `id`: tabs that expose at the same instant
    /// count once on the server.
    pub fn expose(&mut self, key: String, mut event: MemberEvent) {
        if self.exposed.contains(&key) || !self.privacy.may_send(&event) {
            return;
        }
        if event.field("id").is_none() {
            event.fields.push(("id".into(), key.as_str().into()));
        }
        self.exposed.push(key);
        self.forget_oldest_exposed();
        self.take(event);
    }

    fn forget_oldest_exposed(&mut self) {
        let old = self.exposed.len().saturating_sub(MOST_EXPOSED);
        self.exposed.drain(..old);
    }

    /// `member` is here. Where that is another than before, what happened no longer counts for answers, and deleted
    /// tags and settings were the other's; what waits for the server still goes there. What happened before anybody
    /// was known counts for the first who is.
    pub fn sign_in(&mut self, member: &str) {
        if self.member == member {
            return;
        }
        let first = self.member.is_empty();
        if !first {
            self.outbox.seal(self.id, &self.member);
            self.events.clear();
            self.forgotten.clear();
            self.privacy = Privacy::default();
            self.decisions = 0;
        }
        self.member = member.into();
    }

    /// Nobody is here any more: everything that concerned a person is gone, what waited for the server included.
    pub fn sign_out(&mut self) {
        *self = Device { id: self.id, sequence: self.sequence, clock_offset: self.clock_offset, ..Device::default() };
    }

    /// The member decided: what is no longer allowed is not kept any longer, here and on its way.
    pub fn decided(&mut self) {
        self.decisions = self.decisions.saturating_add(1);
        self.keep_what_is_allowed();
    }

    fn keep_what_is_allowed(&mut self) {
        let privacy = &self.privacy;
        self.outbox.retain(|event| privacy.may_send(event));
        self.events.retain(|event| privacy.may_remember(event));
    }

    /// Learns what `other`, another engine of this device, knows of the same member: what happened, which arms stick,
    /// what was counted, the later decision on privacy. What waits for the server stays the other's business. Learning
    /// the same twice changes nothing.
    pub fn learn(&mut self, other: &Device) {
        if self.member.is_empty() {
            self.member.clone_from(&other.member);
        }
        if !other.member.is_empty() && other.member != self.member {
            return;
        }
        let same = |one: &MemberEvent, two: &MemberEvent| {
            (one.at, &one.kind, &one.item, &one.fields) == (two.at, &two.kind, &two.item, &two.fields)
        };
        self.latest = self.latest.max(other.latest);
        for event in &other.events {
            if self.events.iter().all(|known| !same(known, event)) {
                // Kept in the order of time; of those at one instant the newly learned last.
                let place = self.events.partition_point(|known| known.at <= event.at);
                self.events.insert(place, event.clone());
            }
        }
        self.forget_oldest();
        for key in &other.exposed {
            if !self.exposed.contains(key) {
                self.exposed.push(key.clone());
            }
        }
        self.forget_oldest_exposed();
        if cfg!(feature = "experiments") {
            for (key, slot) in other.slots.iter() {
                if self.slots.get(key).is_none() {
                    self.slots.insert(key.clone(), slot.clone());
                }
            }
            other.sticky.iter().for_each(|document| self.sticky.insert(document.clone()));
        }
        for tag in &other.forgotten {
            if !self.forgotten.contains(tag) {
                self.forgotten.push(tag.clone());
            }
        }
        if other.decisions > self.decisions {
            self.privacy.clone_from(&other.privacy);
            self.decisions = other.decisions;
            self.keep_what_is_allowed();
        }
    }

    /// Learns what `other` knew, which is gone, and takes over what it had for the server: batches under their own ids.
    pub fn adopt(&mut self, mut other: Device) {
        other.outbox.seal(other.id, &other.member);
        self.learn(&other);
        self.outbox.adopt(other.outbox);
        // What the one that is gone had not heard of: a refusal made since.
        self.keep_what_is_allowed();
    }

    /// Forgets the effects of events up to instant `through`, which the server has put into the profile.
    pub fn absorbed_through(&mut self, through: i64) {
        self.events.retain(|event| event.at > through);
    }

    /// `member` with what happened here since: purchases in the history (an order that the profile already has counts
    /// once) less what was given back, what was done beside, coupons got and offers used, items dismissed. What is not
    /// believed does not count.
    pub fn overlay(&self, mut member: Member) -> Member {
        for event in self.events.iter().filter(|event| event.is_believed()) {
            if let Some(basket) = event.basket()
                && !member.history.iter().any(|known| known.id == basket.id)
            {
                let place = member.history.partition_point(|known| known.at <= basket.at);
                member.history.insert(place, basket);
            }
            if let Some((order, lines)) = event.returned()
                && let Some(basket) = member.history.iter_mut().find(|known| known.id == order)
            {
                lines.into_iter().for_each(|(item, pieces)| give_back(basket, item, pieces));
            }
            member.activities.add_all(event.activity());
            if let Some(used) = event.offer_use() {
                take_from_wallet(&mut member.wallet, &used);
                member.uses.push(used);
            }
            if let Some(coupon) = event.claimed()
                && !member.wallet.iter().any(|known| known.offer == coupon.offer && known.received_at >= coupon.received_at)
            {
                member.wallet.push(coupon);
            }
            if event.kind == "dismiss"
                && let Some(item) = &event.item
            {
                member.excluded.push(item.clone());
            }
        }
        member
    }
}

/// Takes one use off the coupon that `used` was paid with: of those with a number of uses, the one that ends first.
fn take_from_wallet(wallet: &mut [WalletCoupon], used: &OfferUse) {
    let meant = wallet.iter_mut().filter(|coupon| {
        coupon.offer == used.offer && coupon.uses_left.is_some_and(|left| left > 0) && (used.code.is_none() || used.code == coupon.code)
    });
    if let Some(coupon) = meant.min_by_key(|coupon| coupon.expires_at.unwrap_or(i64::MAX)) {
        coupon.uses_left = coupon.uses_left.map(|left| left.saturating_sub(1));
    }
}

/// Takes `pieces` of `item` out of `basket`, with an equal part of what they cost.
fn give_back(basket: &mut Basket, item: &str, mut pieces: u32) {
    for line in basket.lines.iter_mut().filter(|line| line.item == item) {
        let gone = line.quantity.min(pieces);
        let kept = line.quantity.saturating_sub(gone);
        line.paid = line.paid.map(|paid| {
            // Wholes and rest one by one, so that no product goes beyond 64 bits.
            let (magnitude, quantity) = (paid.unsigned_abs(), line.quantity.into());
            let (wholes, rest) = (magnitude.checked_div(quantity).unwrap_or(0), magnitude.checked_rem(quantity).unwrap_or(0));
            let of_rest = rest.wrapping_mul(kept.into()).checked_div(quantity).unwrap_or(0);
            let share = wholes.wrapping_mul(kept.into()).wrapping_add(of_rest);
            let share = i64::try_from(share).unwrap_or(i64::MAX);
            if paid < 0 { share.wrapping_neg() } else { share }
        });
        line.quantity = kept;
        pieces = pieces.saturating_sub(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(text: &str) -> MemberEvent {
        MemberEvent::from_value(serde_json::from_str(text).unwrap(), 10).unwrap()
    }

    #[test]
    fn the_same_event_twice_counts_once() {
        let mut device = Device::default();
        device.track(event(r#"{"type": "check-in", "id": "a"}"#));
        device.track(event(r#"{"type": "check-in", "id": "a"}"#));
        assert_eq!((device.events.len(), device.outbox.len()), (1, 1));
    }

    #[test]
    fn an_order_that_the_profile_has_counts_once() {
        let mut device = Device::default();
        device.track(event(r#"{"type": "purchase", "order": "o", "item": "a"}"#));
        let member = Member { history: alloc::vec![Basket { id: "o".into(), at: 10, ..Basket::default() }], ..Member::default() };
        assert_eq!(device.overlay(member.clone()), member);
        assert_eq!(device.overlay(Member::default()).history.len(), 1);
    }

    fn with(id: u64, texts: &[&str]) -> Device {
        let mut device = Device { id, member: "m".into(), ..Device::default() };
        texts.iter().for_each(|text| device.track(event(text)));
        device
    }

    fn refuse(device: &mut Device, purposes: &str) {
        let settings = crate::engine::PrivacySettings { personalised: None, purposes: serde_json::from_str(purposes).unwrap() };
        device.privacy.apply(&settings).unwrap();
        device.decided();
    }

    #[test]
    fn what_another_members_tab_knows_is_not_learned() {
        let mut device = with(1, &[]);
        let mut other = with(2, &[r#"{"type": "view", "item": "a"}"#]);
        other.member = "n".into();
        device.learn(&other);
        assert!(device.events.is_empty());
        device.adopt(other);
        assert!(device.events.is_empty());
        assert_eq!(device.outbox.drain(1, "m", 9).member, "n");
    }

    #[test]
    fn tabs_learn_from_each_other_once_and_send_nothing_twice() {
        let mut one = with(1, &[r#"{"type": "view", "item": "a", "at": 3}"#]);
        let mut two = with(2, &[r#"{"type": "view", "item": "b", "at": 2}"#]);
        two.expose("arm".into(), event(r#"{"type": "exposure", "at": 4}"#));
        one.learn(&two);
        one.learn(&two);
        assert_eq!(one.events.iter().map(|event| event.at).collect::<Vec<_>>(), [2, 3, 4]);
        one.expose("arm".into(), event(r#"{"type": "exposure", "at": 5}"#));
        assert_eq!(one.outbox.len(), 1);
        one.adopt(two.clone());
        one.adopt(two);
        assert_eq!((one.events.len(), one.outbox.len()), (3, 3));
    }

    #[test]
    fn the_later_decision_on_privacy_counts_in_every_tab() {
        let mut one = with(1, &[]);
        let mut two = with(2, &[r#"{"type": "view", "item": "b"}"#]);
        refuse(&mut one, r#"{"analytics": false}"#);
        two.learn(&one);
        assert!(two.outbox.is_empty() && !two.privacy.allows("analytics"));
        refuse(&mut two, r#"{"analytics": true}"#);
        one.learn(&two);
        assert!(one.privacy.allows("analytics"));
        two.learn(&one);
        assert!(two.privacy.allows("analytics"));
    }

    #[test]
    fn a_refused_purpose_keeps_nothing() {
        let mut device = with(1, &[r#"{"type": "view", "item": "a"}"#, r#"{"type": "purchase", "item": "a"}"#]);
        refuse(&mut device, r#"{"analytics": false, "personalisation": false}"#);
        assert_eq!((device.events.len(), device.outbox.len()), (1, 1));
        device.track(event(r#"{"type": "view", "item": "b"}"#));
        device.track(event(r#"{"type": "open-mail", "purpose": "advertising"}"#));
        assert_eq!((device.events.len(), device.outbox.len()), (2, 2));
        refuse(&mut device, r#"{"advertising": false}"#);
        assert_eq!((device.events.len(), device.outbox.len()), (1, 1));
    }

    #[test]
    fn nothing_of_a_person_is_left_after_signing_out() {
        let mut device = with(1, &[r#"{"type": "purchase", "item": "a"}"#]);
        device.forgotten.push("fashion".into());
        device.expose("arm".into(), event(r#"{"type": "exposure"}"#));
        device.sign_out();
        assert_eq!(device, Device { id: 1, sequence: 2, ..Device::default() });
    }

    #[test]
    fn what_the_server_has_absorbed_is_no_overlay_but_still_sent() {
        let mut device = Device::default();
        device.track(event(r#"{"type": "dismiss", "item": "a"}"#));
        assert_eq!(device.overlay(Member::default()).excluded, ["a"]);
        device.absorbed_through(10);
        assert!(device.overlay(Member::default()).excluded.is_empty());
        assert_eq!(device.outbox.len(), 1);
    }

    #[test]
    fn what_is_given_back_leaves_the_history_at_once() {
        let mut device = Device::default();
        device.track(event(
            r#"{"type": "purchase", "order": "o", "lines": [{"item": "a", "quantity": 3, "paid": 900}, {"item": "b", "paid": 50}]}"#,
        ));
        device.track(event(r#"{"type": "return", "order": "o", "lines": [{"item": "a", "quantity": 2}, {"item": "b"}]}"#));
        device.track(event(r#"{"type": "return", "order": "none", "item": "a"}"#));
        let lines = device.overlay(Member::default()).history.remove(0).lines;
        let left: Vec<_> = lines.iter().map(|line| (line.quantity, line.paid)).collect();
        assert_eq!(left, [(1, Some(300)), (0, Some(0))]);
    }

    #[test]
    fn what_is_not_believed_is_sent_and_does_not_count() {
        let mut device = Device::default();
        device.track(event(r#"{"type": "share", "id": "a"}"#));
        device.track(event(r#"{"type": "share", "id": "a"}"#).flagged(&["duplicate"]));
        device.track(event(r#"{"type": "share", "id": "b"}"#).flagged(&["velocity"]));
        assert_eq!((device.overlay(Member::default()).activities.len(), device.outbox.len()), (1, 3));
    }
}
