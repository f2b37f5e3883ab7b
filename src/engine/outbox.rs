//! Events that wait for the server.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::MemberEvent;

/// Events that travel together. The server takes a batch once by its id: the same batch sent again has the same id and
/// the same events.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct EventBatch {
    /// `<device>-<sequence of its first event>`.
    pub id: String,
    /// In the order they happened.
    pub events: Vec<MemberEvent>,
    /// Events lost on this device for want of room since the batch before.
    pub dropped: u64,
}

/// Events kept at most; then the oldest of the lowest value goes first.
pub const CAPACITY: usize = 10_000;
/// Batches handed out and not yet confirmed that are remembered at most.
const MOST_IN_FLIGHT: usize = 64;

/// Events that wait for the server, and batches on their way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    pub(super) waiting: VecDeque<MemberEvent>,
    pub(super) returned: VecDeque<EventBatch>,
    pub(super) in_flight: VecDeque<EventBatch>,
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
        self.waiting.push_back(event);
        if self.waiting.len() > CAPACITY {
            let lowest = self.waiting.iter().enumerate().min_by_key(|(place, event)| (value_of(&event.kind), *place));
            if let Some((place, _)) = lowest {
                self.waiting.remove(place);
                self.dropped = self.dropped.saturating_add(1);
            }
        }
    }

    /// Events that wait, those of returned batches included.
    pub fn len(&self) -> usize {
        self.returned.iter().fold(self.waiting.len(), |sum, batch| sum.saturating_add(batch.events.len()))
    }

    /// All events that wait or are on their way, batch by batch.
    pub fn events(&self) -> impl Iterator<Item = &MemberEvent> {
        self.in_flight.iter().chain(&self.returned).flat_map(|batch| &batch.events).chain(&self.waiting)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.returned.is_empty()
    }

    /// The next batch: one that came back first, else at most `limit` waiting events. Empty where nothing waits.
    pub fn drain(&mut self, device: u64, limit: usize) -> EventBatch {
        let batch = match self.returned.pop_front() {
            Some(batch) => batch,
            None => {
                let count = self.waiting.len().min(limit.max(1));
                let events: Vec<_> = self.waiting.drain(..count).collect();
                let Some(first) = events.first() else { return EventBatch::default() };
                let id = alloc::format!("{device:016x}-{}", first.sequence);
                EventBatch { id, events, dropped: core::mem::take(&mut self.dropped) }
            }
        };
        self.in_flight.push_back(batch.clone());
        if self.in_flight.len() > MOST_IN_FLIGHT {
            self.in_flight.pop_front();
        }
        batch
    }

    /// The batch called `id` was not taken: it is the next to be drained, unchanged. Without effect where it is not on
    /// its way.
    pub fn give_back(&mut self, id: &str) {
        if let Some(batch) = self.take(id) {
            self.returned.push_back(batch);
        }
    }

    /// The batch called `id` was taken by the server.
    pub fn confirm(&mut self, id: &str) {
        self.take(id);
        self.returned.retain(|batch| batch.id != id);
    }

    /// After a restart: what was on its way may not have arrived, and is sent again under the same ids.
    pub fn recover(&mut self) {
        self.returned.extend(self.in_flight.drain(..));
    }

    fn take(&mut self, id: &str) -> Option<EventBatch> {
        let place = self.in_flight.iter().position(|batch| batch.id == id)?;
        self.in_flight.remove(place)
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
        assert_eq!(outbox.drain(1, 10), EventBatch::default());
        outbox.give_back("");
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_returned_batch_is_sent_again_unchanged() {
        let mut outbox = filled(5);
        let first = outbox.drain(1, 2);
        outbox.give_back(&first.id);
        outbox.give_back(&first.id);
        assert_eq!(outbox.len(), 5);
        assert_eq!(outbox.drain(1, 5), first);
        assert_eq!(outbox.drain(1, 5).events.len(), 3);
    }

    #[test]
    fn what_was_on_its_way_is_recovered_unless_confirmed() {
        let mut outbox = filled(4);
        let first = outbox.drain(1, 2);
        let second = outbox.drain(1, 2);
        outbox.confirm(&first.id);
        outbox.recover();
        assert_eq!(outbox.drain(1, 10), second);
        assert!(outbox.is_empty());
    }

    #[test]
    fn the_least_valuable_and_oldest_goes_first_and_is_counted() {
        let mut outbox = Outbox::default();
        outbox.push(event(0, "purchase"));
        outbox.push(event(1, "impression"));
        (2..CAPACITY as u64 + 2).for_each(|sequence| outbox.push(event(sequence, "view")));
        let batch = outbox.drain(1, 2);
        assert_eq!((batch.dropped, batch.events[0].sequence, batch.events[1].sequence), (2, 0, 3));
    }
}
