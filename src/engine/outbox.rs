//! Events that wait for the server.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::MemberEvent;
use crate::domain::{Listed, digits, hex};

/// Events that travel together. The server takes a batch once by its id: the same batch sent again has the same id and
/// the same events. An event is named by `device` and its `sequence`, whatever batch carries it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct EventBatch {
    /// `<device>-<sequence of its first event>-<sequence of its last>`.
    pub id: String,
    /// Names the engine that counted these events: 16 hexadecimal digits, drawn at random, nobody's identity.
    pub device: String,
    /// The member whose doings they are; empty where nobody was known.
    pub member: String,
    /// In the order they happened.
    pub events: Vec<MemberEvent>,
    /// Events lost on this device for want of room since the batch before.
    pub dropped: u64,
}

/// Events kept, and [`SURPLUS`] more at most; then the oldest of the lowest value go first.
pub const CAPACITY: usize = 10_000;
/// So many are let in above [`CAPACITY`] before they are dropped together: to find what to drop means to look at everything.
pub const SURPLUS: usize = 100;
/// Batches handed out and not yet confirmed that are remembered at most.
const MOST_IN_FLIGHT: usize = 64;
/// Events of a batch that is closed before anybody asks for it.
const SEALED_AT_ONCE: usize = 200;

/// Events that wait for the server, and batches on their way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    pub(super) waiting: Vec<MemberEvent>,
    /// Closed batches that wait: they came back, or belong to another member or another engine of this device.
    pub(super) sealed: Vec<EventBatch>,
    pub(super) in_flight: Vec<EventBatch>,
    pub(super) dropped: u64,
}

/// What losing an event would cost: purchases and what concerns offers most, impressions least.
fn value_of(kind: &str) -> u8 {
    match kind {
        "purchase" | "offer-used" | "offer-claimed" | "return" => 3,
        "add-to-cart" | "remove-from-cart" | "dismiss" | "rate" | "check-in" | "share" | "review" | "exposure" => 2,
        "impression" => 0,
        _ => 1,
    }
}

impl Outbox {
    /// Adds an event. Where there is no room, the oldest event of the lowest value is dropped, and counted.
    pub fn push(&mut self, event: MemberEvent) {
        self.waiting.push(event);
        self.make_room();
    }

    /// Events that wait, those of closed batches included.
    pub fn len(&self) -> usize {
        self.sealed.iter().fold(self.waiting.len(), |sum, batch| sum.saturating_add(batch.events.len()))
    }

    /// All events that wait or are on their way, batch by batch.
    pub fn events(&self) -> impl Iterator<Item = &MemberEvent> {
        self.in_flight.iter().chain(&self.sealed).flat_map(|batch| &batch.events).chain(&self.waiting)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.sealed.is_empty()
    }

    /// Events lost for want of room that no batch has told yet.
    pub fn dropped(&self) -> u64 {
        self.sealed.iter().fold(self.dropped, |sum, batch| sum.saturating_add(batch.dropped))
    }

    /// The next batch: a closed one first, else at most `limit` waiting events. Empty where nothing waits.
    pub fn drain(&mut self, device: u64, member: &str, limit: usize) -> EventBatch {
        let closed = if self.sealed.is_empty() { self.close(device, member, limit) } else { Some(self.sealed.remove(0)) };
        let Some(batch) = closed else { return EventBatch::default() };
        self.in_flight.push(batch.clone());
        if self.in_flight.len() > MOST_IN_FLIGHT {
            self.in_flight.remove(0);
        }
        batch
    }

    /// The batch called `id` was not taken: it is the next to be drained, unchanged. Without effect where it is not on
    /// its way.
    pub fn give_back(&mut self, id: &str) {
        if let Some(batch) = self.take(id) {
            self.sealed.insert(0, batch);
        }
    }

    /// The batch called `id` was taken by the server.
    pub fn confirm(&mut self, id: &str) {
        self.take(id);
        self.sealed.retain(|batch| batch.id != id);
    }

    /// Closes what waits into batches of `device` and `member`, so that later events don't mix with it.
    pub fn seal(&mut self, device: u64, member: &str) {
        while let Some(batch) = self.close(device, member, SEALED_AT_ONCE) {
            self.sealed.push(batch);
        }
    }

    /// After a restart: what was on its way may not have arrived, and is sent again under the same ids.
    pub fn recover(&mut self) {
        self.in_flight.append(&mut self.sealed);
        core::mem::swap(&mut self.in_flight, &mut self.sealed);
    }

    /// Takes over the closed batches of `other`, each once.
    pub fn adopt(&mut self, other: Outbox) {
        for batches in [other.in_flight, other.sealed] {
            for batch in batches {
                if ![&self.sealed, &self.in_flight].into_iter().flatten().any(|known| known.id == batch.id) {
                    self.sealed.push(batch);
                }
            }
        }
        self.dropped = self.dropped.saturating_add(other.dropped);
        self.make_room();
    }

    /// Drops waiting events that `kept` refuses; they don't count as lost.
    pub fn retain(&mut self, kept: impl Fn(&MemberEvent) -> bool) {
        self.waiting.retain(&kept);
        for batch in &mut self.sealed {
            batch.events.retain(&kept);
        }
        self.sealed.retain(|batch| !batch.events.is_empty());
    }

    fn close(&mut self, device: u64, member: &str, limit: usize) -> Option<EventBatch> {
        let count = self.waiting.len().min(limit.max(1));
        let events: Vec<_> = self.waiting.drain(..count).listed();
        let (first, last) = (events.first()?.sequence, events.last()?.sequence);
        let device = hex(device);
        let id = [&device, "-", &digits(first), "-", &digits(last)].concat();
        Some(EventBatch { id, device, member: member.into(), events, dropped: core::mem::take(&mut self.dropped) })
    }

    /// Drops the oldest events of the lowest value until no more than [`CAPACITY`] wait, as soon as [`SURPLUS`] more do. A
    /// closed batch may lose some too: where the server had already taken it, nothing is lost, and where not, it takes
    /// what is left.
    fn make_room(&mut self) {
        let surplus = self.len().saturating_sub(CAPACITY);
        if surplus <= SURPLUS {
            return;
        }
        let mut counts = [0_usize; 4];
        for event in self.sealed.iter().flat_map(|batch| &batch.events).chain(&self.waiting) {
            if let Some(count) = counts.get_mut(usize::from(value_of(&event.kind))) {
                *count = count.saturating_add(1);
            }
        }
        let mut left = surplus;
        for count in &mut counts {
            *count = left.min(*count);
            left = left.saturating_sub(*count);
        }
        // From here on: how many of each value are still to go.
        let mut kept = |event: &MemberEvent| match counts.get_mut(usize::from(value_of(&event.kind))) {
            Some(to_go) if *to_go > 0 => {
                *to_go = to_go.saturating_sub(1);
                false
            }
            _ => true,
        };
        self.sealed.iter_mut().for_each(|batch| batch.events.retain(&mut kept));
        self.waiting.retain(&mut kept);
        self.dropped = self.dropped.saturating_add(u64::try_from(surplus).unwrap_or(u64::MAX));
        let told = self.sealed.iter().filter(|batch| batch.events.is_empty()).fold(0_u64, |sum, batch| sum.saturating_add(batch.dropped));
        self.dropped = self.dropped.saturating_add(told);
        self.sealed.retain(|batch| !batch.events.is_empty());
    }

    fn take(&mut self, id: &str) -> Option<EventBatch> {
        let place = self.in_flight.iter().position(|batch| batch.id == id)?;
        Some(self.in_flight.remove(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(sequence: u64, kind: &str) -> MemberEvent {
        MemberEvent { sequence, kind: kind.into(), ..MemberEvent::default() }
    }

    fn filled(count: u64) -> Outbox {
        let mut outbox = Outbox::default();
        (0..count).for_each(|sequence| outbox.push(event(sequence, "view")));
        outbox
    }

    #[test]
    fn an_empty_outbox_gives_an_empty_batch() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.drain(1, "m", 10), EventBatch::default());
        outbox.give_back("");
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_returned_batch_is_sent_again_unchanged() {
        let mut outbox = filled(5);
        let first = outbox.drain(1, "m", 2);
        outbox.give_back(&first.id);
        outbox.give_back(&first.id);
        assert_eq!(outbox.len(), 5);
        assert_eq!(outbox.drain(1, "m", 5), first);
        assert_eq!(outbox.drain(1, "m", 5).events.len(), 3);
    }

    #[test]
    fn what_was_on_its_way_is_recovered_unless_confirmed() {
        let mut outbox = filled(4);
        let first = outbox.drain(1, "m", 2);
        let second = outbox.drain(1, "m", 2);
        outbox.confirm(&first.id);
        outbox.recover();
        assert_eq!(outbox.drain(1, "m", 10), second);
        assert!(outbox.is_empty());
    }

    #[test]
    fn the_least_valuable_and_oldest_goes_first_and_is_counted() {
        let mut outbox = Outbox::default();
        outbox.push(event(0, "purchase"));
        outbox.push(event(1, "impression"));
        let full = (CAPACITY + SURPLUS) as u64;
        (2..full).for_each(|sequence| outbox.push(event(sequence, "view")));
        assert_eq!((outbox.len(), outbox.dropped()), (CAPACITY + SURPLUS, 0));
        outbox.push(event(full, "view"));
        assert_eq!((outbox.len(), outbox.dropped()), (CAPACITY, SURPLUS as u64 + 1));
        let batch = outbox.drain(1, "m", 2);
        assert_eq!((batch.dropped, batch.events[0].sequence, batch.events[1].sequence), (SURPLUS as u64 + 1, 0, SURPLUS as u64 + 2));
    }

    #[test]
    fn a_batch_says_whose_it_is_and_members_never_mix() {
        let mut outbox = filled(3);
        outbox.seal(1, "one");
        outbox.push(event(3, "view"));
        let (first, second) = (outbox.drain(1, "two", 10), outbox.drain(1, "two", 10));
        assert_eq!((first.id.as_str(), first.member.as_str()), ("0000000000000001-0-2", "one"));
        assert_eq!((second.id.as_str(), second.member.as_str()), ("0000000000000001-3-3", "two"));
    }

    #[test]
    fn the_same_events_formed_anew_with_one_more_are_another_batch() {
        let (mut before, mut after) = (filled(2), filled(3));
        assert_ne!(before.drain(1, "m", 10).id, after.drain(1, "m", 10).id);
    }

    #[test]
    fn batches_left_by_another_engine_are_taken_over_once() {
        let mut left = filled(2);
        left.seal(7, "m");
        let mut outbox = Outbox::default();
        outbox.adopt(left.clone());
        outbox.adopt(left.clone());
        assert_eq!(outbox.len(), 2);
        outbox.drain(1, "m", 10);
        outbox.adopt(left);
        assert!(outbox.is_empty());
    }

    #[test]
    fn closed_batches_lose_their_least_valuable_too() {
        let mut outbox = Outbox::default();
        outbox.push(event(0, "impression"));
        outbox.push(event(1, "purchase"));
        outbox.seal(1, "m");
        (2..=(CAPACITY + SURPLUS) as u64).for_each(|sequence| outbox.push(event(sequence, "view")));
        assert_eq!((outbox.len(), outbox.dropped()), (CAPACITY, SURPLUS as u64 + 1));
        assert_eq!(outbox.drain(1, "m", 10).events[0].kind, "purchase");
    }

    #[test]
    fn what_is_no_longer_allowed_goes_and_does_not_count_as_lost() {
        let mut outbox = filled(3);
        outbox.seal(1, "m");
        outbox.push(event(3, "purchase"));
        outbox.retain(|event| event.kind == "purchase");
        assert_eq!((outbox.len(), outbox.dropped()), (1, 0));
    }
}
