//! The pieces that sets are formed from, in the order they are taken. Equal pieces stand together: none is looked at
//! one by one.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{Cut, Place, Turn};
use crate::domain::{AddAll, Arrange};
use crate::offers::state::Run;
use crate::offers::{Claims, PriceBase};

/// Equal pieces of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::offers) struct Slot {
    /// The line.
    pub line: usize,
    /// The run of the line; `None` where it is not said which of its pieces they are.
    pub run: Option<usize>,
    /// What each costs now.
    pub price: i64,
    /// How many are left.
    pub count: u32,
}

/// Pieces, the dearest first; of equal prices those of the earlier line.
#[derive(Clone, Debug, Default)]
pub(in crate::offers) struct Shelf {
    slots: Vec<Slot>,
    /// No piece is left before this place, and none from `end` on.
    start: usize,
    end: usize,
}

/// Pieces taken from a shelf: `(slot, count)`.
pub(in crate::offers) type Taken = Vec<(usize, u32)>;

impl Turn<'_> {
    /// Whether discounted pieces count for no other set.
    pub(super) fn claims_all(&self) -> bool {
        self.case.book.stacking.claims == Claims::All
    }

    /// Holds cuts of pieces that are not named to what is left of their lines.
    pub(super) fn hold_to_lines(&self, cuts: &mut [Cut]) {
        let mut rooms: Vec<(usize, i64)> = Vec::new();
        for cut in cuts {
            let Place::Some { line, .. } = cut.place else { continue };
            let place = rooms.iter().position(|(known, _)| *known == line).unwrap_or_else(|| {
                rooms.push((line, self.capacity(line)));
                rooms.len().saturating_sub(1)
            });
            if let Some((_, room)) = rooms.get_mut(place) {
                cut.amount = cut.amount.min(*room);
                *room = room.saturating_sub(cut.amount);
            }
        }
    }
}

impl Shelf {
    /// The pieces of `lines`; for sets, only those that belong to none yet, and where prices before any offer count, at
    /// these: whichever of them earlier offers have reduced.
    pub fn new(turn: &Turn<'_>, lines: &[usize], for_sets: bool) -> Self {
        let mut slots = Vec::new();
        for line in lines.iter().copied() {
            let Some(state) = turn.state.lines.get(line) else { continue };
            if for_sets && matches!(turn.effect.base, PriceBase::Original | PriceBase::LineRemainder) {
                let count = state.unclaimed(turn.case.quantity(line));
                slots.push(Slot { line, run: None, price: turn.case.unit_price(line), count });
                continue;
            }
            let runs = state.runs(turn.case.quantity(line));
            let wanted = |run: &Run| !(for_sets && run.claimed);
            slots.add_all(runs.iter().filter(|(_, run)| wanted(run)).map(|(place, run)| Slot {
                line,
                run: Some(place),
                price: run.price,
                count: run.count,
            }));
        }
        slots.arrange_by_key(|slot| (Reverse(slot.price), slot.line, slot.run));
        let end = slots.len();
        Shelf { slots, start: 0, end }
    }

    /// The pieces in order.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Puts the pieces in the order of their lines.
    pub fn in_line_order(&mut self) {
        self.slots.arrange_by_key(|slot| (slot.line, slot.run));
    }

    /// Leaves at most `most` pieces of each line, the first in order.
    pub fn limit_lines(&mut self, most: u32) {
        let lines = self.slots.iter().map(|slot| slot.line).max().map_or(0, |line| line.saturating_add(1));
        let mut left = alloc::vec![most; lines];
        for slot in &mut self.slots {
            if let Some(left) = left.get_mut(slot.line) {
                slot.count = slot.count.min(*left);
                *left = left.saturating_sub(slot.count);
            }
        }
        self.slots.retain(|slot| slot.count > 0);
        (self.start, self.end) = (0, self.slots.len());
    }

    /// How many pieces are left.
    pub fn pieces(&self) -> u64 {
        self.slots.iter().map(|slot| u64::from(slot.count)).sum()
    }

    /// The slot at `place`.
    pub fn slot(&self, place: usize) -> Option<&Slot> {
        self.slots.get(place)
    }

    /// Takes up to `count` pieces that `lines` allows from the front, or from the back, and says which.
    pub fn take(&mut self, count: u32, from_back: bool, allowed: impl Fn(usize) -> bool) -> Taken {
        let mut taken = Vec::new();
        let mut left = count;
        let is_empty = |slot: Option<&Slot>| slot.is_some_and(|slot| slot.count == 0);
        while self.start < self.end && is_empty(self.slots.get(self.start)) {
            self.start = self.start.saturating_add(1);
        }
        while self.start < self.end && is_empty(self.slots.get(self.end.saturating_sub(1))) {
            self.end = self.end.saturating_sub(1);
        }
        for step in 0..self.end.saturating_sub(self.start) {
            let place = if from_back { self.end.saturating_sub(step).saturating_sub(1) } else { self.start.saturating_add(step) };
            let Some(slot) = self.slots.get_mut(place) else { continue };
            let part = slot.count.min(left);
            if part > 0 && allowed(slot.line) {
                slot.count = slot.count.saturating_sub(part);
                left = left.saturating_sub(part);
                taken.push((place, part));
            }
            if left == 0 {
                break;
            }
        }
        taken
    }

    /// Puts back what was taken.
    pub fn put_back(&mut self, taken: &[(usize, u32)]) {
        for (place, count) in taken {
            if let Some(slot) = self.slots.get_mut(*place) {
                slot.count = slot.count.saturating_add(*count);
                self.start = self.start.min(*place);
                self.end = self.end.max(place.saturating_add(1));
            }
        }
    }

    /// How often, of at most `times`, exactly `taken` can be taken once more.
    pub fn repeats(&self, taken: &[(usize, u32)], times: u32) -> u32 {
        let room = |place: usize| {
            let needed: u32 = taken.iter().filter(|(other, _)| *other == place).map(|(_, count)| *count).sum();
            self.slots.get(place).and_then(|slot| slot.count.checked_div(needed)).unwrap_or(u32::MAX)
        };
        taken.iter().map(|(place, _)| room(*place)).min().unwrap_or(0).min(times)
    }

    /// Takes `taken` another `times` times.
    pub fn take_again(&mut self, taken: &[(usize, u32)], times: u32) {
        for (place, count) in taken {
            if let Some(slot) = self.slots.get_mut(*place) {
                slot.count = slot.count.saturating_sub(count.saturating_mul(times));
            }
        }
    }

    /// A cut that takes `amount` off `count` pieces of slot `place` together.
    pub fn cut(&self, place: usize, count: u32, claim: bool, amount: i64) -> Option<Cut> {
        let slot = self.slots.get(place)?;
        let place = match slot.run {
            Some(run) => Place::Pieces { line: slot.line, run, count, claim },
            None => Place::Some { line: slot.line, count, claim },
        };
        Some(Cut { place, amount })
    }
}
