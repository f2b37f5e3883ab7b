//! Full sets at a discount: bundles, mix and match.

use alloc::vec::Vec;

use super::shelf::{Shelf, Taken};
use super::{Cut, Turn};
use crate::domain::{AddAll, Arrange, Listed};
use crate::offers::offer::Bundle;
use crate::offers::{Pick, PriceBase, allocate_within};

impl Turn<'_> {
    pub(super) fn bundle(&self, terms: &Bundle) -> Vec<Cut> {
        let mut lines: Vec<usize> = (0..terms.sets.len()).flat_map(|part| self.live.set(part)).copied().listed();
        lines.arrange();
        lines.dedup();
        let mut shelf = Shelf::new(self, &lines, true);
        if terms.pick == Pick::Listed {
            shelf.in_line_order();
        }
        // The scarcest part is filled first.
        let supply = |part: usize| {
            let held = shelf.slots().iter().filter(|slot| self.live.set(part).contains(&slot.line));
            held.map(|slot| u64::from(slot.count)).sum::<u64>()
        };
        let mut parts: Vec<(u64, usize)> = (0..terms.sets.len()).map(|part| (supply(part), part)).listed();
        parts.arrange();
        let mut cuts = Vec::new();
        let mut times = terms.times;
        while times > 0 {
            // Of one part alone, all that is on the shelf is.
            let Some(set) = self.full_set(terms, &parts, &mut shelf, terms.sets.len() == 1) else { break };
            let sets = shelf.repeats(&set, times.saturating_sub(1)).saturating_add(1);
            let amounts = self.set_amounts(terms, &set, sets, &shelf);
            if amounts.iter().all(|(.., amount)| *amount == 0) {
                break;
            }
            shelf.take_again(&set, sets.saturating_sub(1));
            times = times.saturating_sub(sets);
            cuts.add_all(amounts.into_iter().filter_map(|(place, count, amount)| shelf.cut(place, count, self.claims_all(), amount)));
        }
        self.hold_to_lines(&mut cuts);
        cuts
    }

    /// The lines of part `part` of a set; those of the target where the effect has no parts.
    pub(in crate::offers) fn part_lines(&self, part: usize) -> &[usize] {
        if self.live.has_sets() { self.live.set(part) } else { &self.live.lines }
    }

    /// Takes full sets of `terms` from the shelf as long as they save something: each with how often it is taken.
    pub(in crate::offers) fn sets_from(&self, terms: &Bundle, shelf: &mut Shelf) -> Vec<(Taken, u32)> {
        let parts: Vec<(u64, usize)> = (0..terms.sets.len()).map(|part| (0, part)).listed();
        let mut sets = Vec::new();
        let mut times = terms.times;
        while times > 0 {
            let Some(set) = self.full_set(terms, &parts, shelf, false) else { break };
            if self.set_amounts(terms, &set, 1, shelf).iter().all(|(.., amount)| *amount == 0) {
                shelf.put_back(&set);
                break;
            }
            let again = shelf.repeats(&set, times.saturating_sub(1));
            shelf.take_again(&set, again);
            times = times.saturating_sub(again).saturating_sub(1);
            sets.push((set, again.saturating_add(1)));
        }
        sets
    }

    /// Takes one full set from the shelf; `only` says that all on it is of each part.
    fn full_set(&self, terms: &Bundle, parts: &[(u64, usize)], shelf: &mut Shelf, only: bool) -> Option<Taken> {
        let mut set = Taken::new();
        for (_, part) in parts {
            let lines = self.part_lines(*part);
            let wanted = terms.sets.get(*part)?.quantity;
            // Lines stand in ascending order.
            let taken = shelf.take(wanted, terms.pick == Pick::Cheapest, |line| only || lines.binary_search(&line).is_ok());
            let complete = taken.iter().map(|(_, count)| *count).sum::<u32>() == wanted;
            set.add_all(taken);
            if !complete {
                shelf.put_back(&set);
                return None;
            }
        }
        (!set.is_empty()).then_some(set)
    }

    /// What `sets` equal sets save: `(slot, pieces, amount)`.
    pub(in crate::offers) fn set_amounts(&self, terms: &Bundle, set: &[(usize, u32)], sets: u32, shelf: &Shelf) -> Vec<(usize, u32, i64)> {
        let pieces: Vec<(usize, u32, usize, i64)> = set
            .iter()
            .filter_map(|(place, count)| shelf.slot(*place).map(|slot| (*place, count.saturating_mul(sets), slot.line, slot.price)))
            .listed();
        if let Some(discounted) = terms.discounted {
            return self.discounted_pieces(terms, set, sets, discounted, shelf);
        }
        let value = |(_, count, line, price): &(usize, u32, usize, i64)| {
            let price = if self.effect.base == PriceBase::Original { self.case.unit_price(*line) } else { *price };
            price.saturating_mul((*count).into())
        };
        let values: Vec<i64> = pieces.iter().map(value).listed();
        let room = |(_, count, line, price): &(usize, u32, usize, i64)| {
            price.saturating_sub(self.floor(*line)).max(0).saturating_mul((*count).into())
        };
        let rooms: Vec<i64> = pieces.iter().map(room).listed();
        let one = values.iter().copied().fold(0, i64::saturating_add).checked_div(sets.into()).unwrap_or(0);
        let total = self.discount_on(one, terms.discount).saturating_mul(sets.into());
        let shares = allocate_within(total, &values, &rooms, self.case.book.stacking.odd_cents);
        pieces.into_iter().zip(shares).map(|((place, count, ..), share)| (place, count, share)).listed()
    }

    /// As [`Self::set_amounts`] where only some pieces of each set are discounted, each by itself.
    fn discounted_pieces(&self, terms: &Bundle, set: &[(usize, u32)], sets: u32, discounted: u32, shelf: &Shelf) -> Vec<(usize, u32, i64)> {
        let mut order: Vec<(i64, usize, u32)> =
            set.iter().filter_map(|(place, count)| shelf.slot(*place).map(|slot| (slot.price, *place, *count))).listed();
        match terms.pick {
            Pick::Best | Pick::Cheapest => order.arrange_by_key(|(price, place, _)| (*price, core::cmp::Reverse(*place))),
            Pick::Dearest => order.arrange_by_key(|(price, place, _)| (core::cmp::Reverse(*price), *place)),
            Pick::Listed => {}
        }
        let mut left = discounted;
        let mut amounts = Vec::new();
        for (price, place, count) in order {
            let Some(slot) = shelf.slot(place) else { continue };
            let part = count.min(left);
            left = left.saturating_sub(part);
            let each = self.off_piece(slot.line, price, terms.discount);
            let pieces = part.saturating_mul(sets);
            amounts.push((place, pieces, each.saturating_mul(pieces.into())));
            amounts.push((place, count.saturating_sub(part).saturating_mul(sets), 0));
        }
        amounts.retain(|(_, count, _)| *count > 0);
        amounts
    }
}
