//! The highest step of a ladder that the goods reach.

use alloc::vec::Vec;

use super::{Cut, Place, Turn};
use crate::domain::Listed;
use crate::offers::offer::Discount;
use crate::offers::{Measure, PriceBase};

impl Turn<'_> {
    pub(super) fn ladder(&self, steps: &[(i64, Discount)], by: Measure) -> Vec<Cut> {
        let reached = |measured: i64| steps.iter().rev().find(|(from, _)| *from <= measured).map(|(_, discount)| *discount);
        if !matches!(by, Measure::LineAmount | Measure::LineQuantity) {
            return reached(self.measured(by)).map_or_else(Vec::new, |discount| self.off(discount));
        }
        let each_line = |line: usize| Some(self.off_line(line, reached(self.measured_line(line, by))?));
        let each_method = |method: usize| {
            let value = self.shipping_value(method);
            let amount = self.discount_on(value, reached(value)?).min(self.shipping_left(method));
            Some(Cut { place: Place::Shipping(method), amount })
        };
        let cuts: Vec<Option<Cut>> = if self.effect.is_shipping() {
            self.live.methods.iter().map(|method| each_method(*method)).listed()
        } else {
            self.live.lines.iter().map(|line| each_line(*line)).listed()
        };
        cuts.into_iter().flatten().filter(|cut| cut.amount > 0).listed()
    }

    /// What the target goods measure together.
    pub(super) fn measured(&self, by: Measure) -> i64 {
        self.live.lines.iter().map(|line| self.measured_line(*line, by)).fold(0, i64::saturating_add)
    }

    /// What `line` measures.
    pub(super) fn measured_line(&self, line: usize, by: Measure) -> i64 {
        match by {
            Measure::Quantity | Measure::LineQuantity => self.case.quantity(line).into(),
            Measure::Amount | Measure::LineAmount if self.effect.base == PriceBase::Original => self.case.subtotal(line),
            Measure::Amount | Measure::LineAmount => self.state.lines.get(line).map_or(0, |state| match self.effect.base {
                PriceBase::BeforeCoupons => state.activity,
                _ => state.left,
            }),
        }
    }
}
