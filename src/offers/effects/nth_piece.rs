//! A discount for each piece by its number: 'the second at half price'.

use alloc::vec::Vec;

use super::shelf::Shelf;
use super::{Cut, Turn};
use crate::domain::{AddAll, Listed};
use crate::offers::offer::Discount;
use crate::offers::{Measure, Pick};

impl Turn<'_> {
    pub(super) fn nth_piece(&self, steps: &[(i64, Discount)], by: Measure, cycle: Option<u32>, pick: Pick) -> Vec<Cut> {
        let mut cuts = Vec::new();
        if matches!(by, Measure::LineAmount | Measure::LineQuantity) {
            for line in &self.live.lines {
                self.number_pieces(core::slice::from_ref(line), steps, cycle, pick, &mut cuts);
            }
        } else {
            self.number_pieces(&self.live.lines, steps, cycle, pick, &mut cuts);
        }
        cuts
    }

    fn number_pieces(&self, lines: &[usize], steps: &[(i64, Discount)], cycle: Option<u32>, pick: Pick, cuts: &mut Vec<Cut>) {
        let mut shelf = Shelf::new(self, lines, false);
        if pick == Pick::Listed {
            shelf.in_line_order();
        }
        shelf.limit_lines(self.effect.max_quantity.unwrap_or(u32::MAX));
        let numbered = shelf.pieces().min(self.effect.max_pieces.unwrap_or(u32::MAX).into());
        let mut cut = |place: usize, count: u64, discount: Discount| {
            let (Some(slot), Ok(count)) = (shelf.slot(place), u32::try_from(count)) else { return };
            let amount = self.off_piece(slot.line, slot.price, discount).saturating_mul(count.into());
            if amount > 0 {
                cuts.add_all(shelf.cut(place, count, false, amount));
            }
        };
        match pick {
            Pick::Best | Pick::Listed => {
                let mut before: u64 = 0;
                for (place, slot) in shelf.slots().iter().enumerate() {
                    let end = before.saturating_add(slot.count.into()).min(numbered);
                    for step in 0..steps.len() {
                        let Some((_, discount)) = steps.get(step) else { continue };
                        let count = up_to(end, steps, step, cycle).saturating_sub(up_to(before, steps, step, cycle));
                        cut(place, count, *discount);
                    }
                    before = end;
                }
            }
            Pick::Cheapest | Pick::Dearest => {
                // The last step first, on the pieces that come first in this order.
                let length = shelf.slots().len();
                let order: Vec<usize> = if pick == Pick::Dearest { (0..length).listed() } else { (0..length).rev().listed() };
                let mut rooms: Vec<(usize, u64)> =
                    order.into_iter().filter_map(|place| shelf.slot(place).map(|slot| (place, slot.count.into()))).listed();
                for step in (0..steps.len()).rev() {
                    let Some((_, discount)) = steps.get(step) else { continue };
                    let mut count = up_to(numbered, steps, step, cycle);
                    for (place, room) in &mut rooms {
                        let part = count.min(*room);
                        cut(*place, part, *discount);
                        *room = room.saturating_sub(part);
                        count = count.saturating_sub(part);
                    }
                }
            }
        }
    }
}

/// How many of the pieces 1 to `last` stand on step `step`.
fn up_to(last: u64, steps: &[(i64, Discount)], step: usize, cycle: Option<u32>) -> u64 {
    let start = |step: usize| steps.get(step).map_or(u64::MAX, |(from, _)| u64::try_from(*from).unwrap_or(1).max(1));
    let (from, until) = (start(step), start(step.saturating_add(1)));
    let within = |last: u64| last.saturating_add(1).min(until).saturating_sub(from);
    match cycle.map(u64::from).filter(|cycle| *cycle > 0) {
        None => within(last),
        Some(cycle) => {
            let full = last.checked_div(cycle).unwrap_or(0).saturating_mul(within(cycle));
            full.saturating_add(within(last.checked_rem(cycle).unwrap_or(0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_without_looking_at_each_piece() {
        let steps = [(1, Discount::Amount(0)), (2, Discount::Amount(1)), (4, Discount::Amount(2))];
        for cycle in [None, Some(1), Some(2), Some(5), Some(7)] {
            for last in 0..40_u64 {
                let mut counts = [0; 3];
                for number in 1..=last {
                    let number = cycle.map_or(number, |cycle| (number - 1) % u64::from(cycle) + 1);
                    counts[if number >= 4 {
                        2
                    } else if number >= 2 {
                        1
                    } else {
                        0
                    }] += 1;
                }
                assert_eq!([0, 1, 2].map(|step| up_to(last, &steps, step, cycle)), counts, "{cycle:?} {last}");
            }
        }
    }
}
