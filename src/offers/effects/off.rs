//! A discount on lines, pieces, the order, or shipping.

use alloc::vec::Vec;

use super::shelf::Shelf;
use super::{Cut, Place, Turn};
use crate::domain::{AddAll, Arrange, Listed};
use crate::offers::offer::Discount;
use crate::offers::{PriceBase, Rounding, SpreadBy, Target, allocate_within, multiply_divide};

impl Turn<'_> {
    /// `discount` on the effect's target.
    pub(super) fn off(&self, discount: Discount) -> Vec<Cut> {
        match self.effect.target {
            Target::Order => self.off_together(discount),
            Target::Units => self.off_pieces(discount),
            Target::Lines if self.effect.max_pieces.is_some() || matches!(discount, Discount::Price(_)) => self.off_pieces(discount),
            Target::Lines => {
                let cuts = self.live.lines.iter().map(|line| self.off_line(*line, discount));
                cuts.filter(|cut| cut.amount > 0).listed()
            }
            Target::Shipping => {
                let cuts = self.live.methods.iter().map(|method| {
                    let left = self.shipping_left(*method);
                    let amount = self.discount_on(self.shipping_value(*method), discount).min(left);
                    Cut { place: Place::Shipping(*method), amount }
                });
                cuts.filter(|cut| cut.amount > 0).listed()
            }
            Target::ShippingTotal => {
                let values: Vec<i64> = self.live.methods.iter().map(|method| self.shipping_value(*method)).listed();
                let total = values.iter().copied().fold(0, i64::saturating_add);
                self.spread_over_shipping(self.discount_on(total, discount), &values)
            }
        }
    }

    /// `discount` on line `line` by itself.
    pub(super) fn off_line(&self, line: usize, discount: Discount) -> Cut {
        let amount = self.discount_on(self.line_value(line), discount).min(self.capacity(line));
        Cut { place: Place::Line(line), amount }
    }

    /// `discount` on all target goods together, spread over their lines.
    fn off_together(&self, discount: Discount) -> Vec<Cut> {
        let values: Vec<i64> = self.live.lines.iter().map(|line| self.line_value(*line)).listed();
        let total = values.iter().copied().fold(0, i64::saturating_add);
        self.spread(self.discount_on(total, discount), &values)
    }

    /// `amount` spread over the target lines in proportion to `values`.
    pub(super) fn spread(&self, amount: i64, values: &[i64]) -> Vec<Cut> {
        let capacities: Vec<i64> = self.live.lines.iter().map(|line| self.capacity(*line)).listed();
        let stacking = &self.case.book.stacking;
        let gross: Vec<i64>;
        let values = if stacking.spread_by == SpreadBy::Gross && !stacking.prices_include_tax {
            gross = self.live.lines.iter().zip(values).map(|(line, value)| self.case.tax(*line).upon(*value)).listed();
            &gross
        } else {
            values
        };
        let shares = allocate_within(amount, values, &capacities, self.case.book.stacking.odd_cents);
        let cuts = self.live.lines.iter().zip(shares).map(|(line, amount)| Cut { place: Place::Line(*line), amount });
        cuts.filter(|cut| cut.amount > 0).listed()
    }

    /// `amount` spread over the target's ways of shipping in proportion to `values`.
    pub(super) fn spread_over_shipping(&self, amount: i64, values: &[i64]) -> Vec<Cut> {
        let capacities: Vec<i64> = self.live.methods.iter().map(|method| self.shipping_left(*method)).listed();
        let shares = allocate_within(amount, values, &capacities, self.case.book.stacking.odd_cents);
        let cuts = self.live.methods.iter().zip(shares).map(|(method, amount)| Cut { place: Place::Shipping(*method), amount });
        cuts.filter(|cut| cut.amount > 0).listed()
    }

    /// `discount` on each target piece by itself.
    fn off_pieces(&self, discount: Discount) -> Vec<Cut> {
        let limited = self.effect.max_quantity.is_some() || self.effect.max_pieces.is_some();
        let mut cuts = Vec::new();
        if !limited {
            for line in self.live.lines.iter().copied() {
                self.off_each_piece(line, discount, &mut cuts);
            }
            return cuts;
        }
        let mut shelf = Shelf::new(self, &self.live.lines, false);
        shelf.limit_lines(self.effect.max_quantity.unwrap_or(u32::MAX));
        let mut left = self.effect.max_pieces.unwrap_or(u32::MAX);
        for slot in shelf.slots() {
            let count = slot.count.min(left);
            left = left.saturating_sub(count);
            let amount = self.off_piece(slot.line, slot.price, discount).saturating_mul(count.into());
            if let (true, Some(run)) = (amount > 0, slot.run) {
                cuts.push(Cut { place: Place::Pieces { line: slot.line, run, count, claim: false }, amount });
            }
        }
        cuts
    }

    /// `discount` on each piece of `line`. A line whose pieces cost the same is cut as a whole, so that they still do.
    fn off_each_piece(&self, line: usize, discount: Discount, cuts: &mut Vec<Cut>) {
        let (Some(state), quantity) = (self.state.lines.get(line), self.case.quantity(line)) else { return };
        let pieces = state.runs(quantity);
        let each = pieces
            .iter()
            .map(|(run, piece)| (run, piece.count, self.off_piece(line, piece.price, discount).saturating_mul(piece.count.into())));
        if state.is_even() {
            let amount = each.map(|(.., amount)| amount).fold(0, i64::saturating_add);
            cuts.push(Cut { place: Place::Line(line), amount });
        } else {
            cuts.add_all(each.map(|(run, count, amount)| Cut { place: Place::Pieces { line, run, count, claim: false }, amount }));
        }
        cuts.retain(|cut| cut.amount > 0);
    }

    /// What `discount` takes off one piece of `line` that costs `price` now.
    pub(super) fn off_piece(&self, line: usize, price: i64, discount: Discount) -> i64 {
        let value = match self.effect.base {
            PriceBase::Original => self.case.unit_price(line),
            PriceBase::BeforeCoupons => {
                let activity = self.state.lines.get(line).map_or(0, |state| state.activity);
                activity.checked_div(self.case.quantity(line).into()).unwrap_or(0)
            }
            _ => price,
        };
        let room = price.saturating_sub(self.floor(line)).max(0);
        self.discount_on(value, discount).min(room)
    }

    /// What `discount` takes off `value`; never below 0.
    pub(in crate::offers) fn discount_on(&self, value: i64, discount: Discount) -> i64 {
        match discount {
            Discount::Percent(rate) => rate.of(value, self.case.book.stacking.rounding),
            Discount::Amount(amount) => amount.min(value),
            Discount::Price(price) => value.saturating_sub(price),
        }
        .max(0)
    }

    /// What the effect sees of `line`'s price.
    pub(super) fn line_value(&self, line: usize) -> i64 {
        let Some(state) = self.state.lines.get(line) else { return 0 };
        let quantity = self.case.quantity(line);
        let counted = self.effect.max_quantity.unwrap_or(u32::MAX).min(quantity);
        let original = self.case.unit_price(line).saturating_mul(counted.into());
        match self.effect.base {
            PriceBase::Running if counted == quantity => state.left,
            PriceBase::Running => {
                let mut prices: Vec<(i64, u32)> = state.runs(quantity).iter().map(|(_, run)| (run.price, run.count)).listed();
                prices.arrange_by(|left, right| right.cmp(left));
                let mut left = counted;
                let mut value: i64 = 0;
                for (price, count) in prices {
                    let taken = count.min(left);
                    left = left.saturating_sub(taken);
                    value = value.saturating_add(price.saturating_mul(taken.into()));
                }
                value
            }
            PriceBase::Original => original,
            PriceBase::BeforeCoupons => multiply_divide(state.activity, counted.into(), quantity.max(1).into(), Rounding::Down),
            PriceBase::LineRemainder => {
                let reduced = self.case.subtotal(line).saturating_sub(state.left);
                original.saturating_sub(reduced).clamp(0, state.left.max(0))
            }
        }
    }

    /// What can be taken off `line`.
    pub(super) fn capacity(&self, line: usize) -> i64 {
        self.state.lines.get(line).map_or(0, |state| state.capacity(self.case.quantity(line), self.floor(line)))
    }

    pub(super) fn floor(&self, line: usize) -> i64 {
        self.floors.get(line).copied().unwrap_or(0)
    }

    pub(super) fn shipping_left(&self, method: usize) -> i64 {
        self.state.shipping.get(method).copied().unwrap_or(0)
    }

    pub(super) fn shipping_value(&self, method: usize) -> i64 {
        match self.effect.base {
            PriceBase::Original => self.case.shipping_price(method),
            _ => self.shipping_left(method),
        }
    }
}
