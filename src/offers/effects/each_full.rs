//! 'Each full 300 takes 50 off', as often as it fits.

use alloc::vec::Vec;

use super::{Cut, Place, Turn};
use crate::domain::Listed;
use crate::offers::Measure;

impl Turn<'_> {
    pub(super) fn each_full(&self, full: i64, less: i64, by: Measure, times: u32) -> Vec<Cut> {
        let off = |measured: i64| measured.checked_div(full).unwrap_or(0).clamp(0, times.into()).saturating_mul(less);
        if self.effect.is_shipping() {
            let values: Vec<i64> = self.live.methods.iter().map(|method| self.shipping_value(*method)).listed();
            return self.spread_over_shipping(off(self.measured(by)), &values);
        }
        if matches!(by, Measure::LineAmount | Measure::LineQuantity) {
            let cuts = self.live.lines.iter().map(|line| {
                let amount = off(self.measured_line(*line, by)).min(self.capacity(*line));
                Cut { place: Place::Line(*line), amount }
            });
            return cuts.filter(|cut| cut.amount > 0).listed();
        }
        let values: Vec<i64> = self.live.lines.iter().map(|line| self.line_value(*line)).listed();
        self.spread(off(self.measured(by)), &values)
    }
}
