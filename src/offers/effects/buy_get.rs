//! Buy some, get some: free, or at a discount.

use alloc::vec::Vec;

use super::shelf::{Shelf, Taken};
use super::{Cut, Turn};
use crate::domain::{AddAll, Arrange, Listed};
use crate::offers::Pick;
use crate::offers::offer::BuyGet;

impl Turn<'_> {
    pub(super) fn buy_get(&self, terms: &BuyGet) -> Vec<Cut> {
        let mut cuts = Vec::new();
        let (buy, get) = (self.live.set(0), self.live.set(1));
        if terms.same_line {
            for line in buy.iter().filter(|line| get.contains(line)) {
                let one = core::slice::from_ref(line);
                self.buy_get_from(terms, one, one, &mut cuts);
            }
        } else {
            self.buy_get_from(terms, buy, get, &mut cuts);
        }
        self.hold_to_lines(&mut cuts);
        cuts
    }

    fn buy_get_from(&self, terms: &BuyGet, buy: &[usize], get: &[usize], cuts: &mut Vec<Cut>) {
        let mut lines: Vec<usize> = buy.iter().chain(get).copied().listed();
        lines.arrange();
        lines.dedup();
        let mut shelf = Shelf::new(self, &lines, true);
        if terms.pick == Pick::Listed {
            shelf.in_line_order();
        }
        let mut times = terms.times;
        if let Some(amount) = terms.buy.amount {
            let spent = buy.iter().filter_map(|line| self.state.lines.get(*line)).map(|state| state.left).fold(0, i64::saturating_add);
            times = times.min(u32::try_from(spent.checked_div(amount).unwrap_or(0)).unwrap_or(u32::MAX));
        }
        while times > 0 {
            let (bought, got) = self.one_set(terms, buy, get, &mut shelf);
            let got_count: u32 = got.iter().map(|(_, count)| *count).sum();
            if got_count == 0 || (terms.whole && got_count < terms.get.quantity) {
                break;
            }
            let both: Taken = bought.iter().chain(&got).copied().listed();
            let again = if got_count < terms.get.quantity { 0 } else { shelf.repeats(&both, times.saturating_sub(1)) };
            shelf.take_again(&both, again);
            let sets = again.saturating_add(1);
            times = times.saturating_sub(sets);
            cuts.add_all(bought.iter().filter_map(|(place, count)| shelf.cut(*place, count.saturating_mul(sets), true, 0)));
            cuts.add_all(got.iter().filter_map(|(place, count)| {
                let slot = shelf.slot(*place)?;
                let count = count.saturating_mul(sets);
                let amount = self.off_piece(slot.line, slot.price, terms.discount).saturating_mul(count.into());
                shelf.cut(*place, count, self.claims_all(), amount)
            }));
        }
    }

    /// Takes one set from the shelf: what is bought, what is got. Nothing is got where there is not enough.
    fn one_set(&self, terms: &BuyGet, buy: &[usize], get: &[usize], shelf: &mut Shelf) -> (Taken, Taken) {
        // Lines stand in ascending order.
        let one_shelf = buy == get;
        let may_buy = |line: usize| one_shelf || buy.binary_search(&line).is_ok();
        let may_get = |line: usize| one_shelf || get.binary_search(&line).is_ok();
        let wanted = if terms.buy.amount.is_some() { 0 } else { terms.buy.quantity };
        // The discounted pieces come from the end of the shelf that is not paid from; of one shelf, from the front down.
        let get_from_back = terms.pick == Pick::Cheapest;
        let buy_from_back = match terms.pick {
            Pick::Best => !one_shelf,
            Pick::Cheapest | Pick::Listed => false,
            Pick::Dearest => true,
        };
        // What only the buy set takes is taken first, to leave more for the other.
        let mut bought = if one_shelf { Taken::new() } else { shelf.take(wanted, buy_from_back, |line| may_buy(line) && !may_get(line)) };
        let taken: u32 = bought.iter().map(|(_, count)| *count).sum();
        bought.add_all(shelf.take(wanted.saturating_sub(taken), buy_from_back, |line| may_buy(line) && may_get(line)));
        if bought.iter().map(|(_, count)| *count).sum::<u32>() < wanted {
            shelf.put_back(&bought);
            return (Taken::new(), Taken::new());
        }
        let got = shelf.take(terms.get.quantity, get_from_back, may_get);
        (bought, got)
    }
}
