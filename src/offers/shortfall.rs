//! What a cart lacks for an offer that takes part and yet can save nothing: pieces of a set, the first step of a ladder.

use alloc::vec::Vec;

use super::Measure;
use super::offer::{Kind, Offer};
use super::prepare::{Case, LiveEffect, LiveOffer};
use crate::domain::Reason;

/// `below-quantity` and `below-amount`, with `needed`, `actual` and `missing`, for each set or step of `live` that the cart
/// does not fill.
pub(super) fn shortfall(case: &Case<'_>, live: &LiveOffer) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let Some(offer) = case.offer(live) else { return reasons };
    if !gives_beside(offer) {
        for (effect, goods) in offer.effects.iter().zip(&live.effects) {
            lacks(case, &effect.kind, goods, &mut reasons);
        }
    }
    reasons
}

fn gives_beside(offer: &Offer) -> bool {
    offer.effects.iter().any(super::Effect::is_beside_the_order)
}

fn lacks(case: &Case<'_>, kind: &Kind, goods: &LiveEffect, reasons: &mut Vec<Reason>) {
    let measured = |lines: &[usize], by: Measure| {
        let of = |line: &usize| match by {
            Measure::Amount | Measure::LineAmount => case.subtotal(*line),
            Measure::Quantity | Measure::LineQuantity => case.quantity(*line).into(),
        };
        let each = lines.iter().map(of);
        if matches!(by, Measure::LineAmount | Measure::LineQuantity) { each.max().unwrap_or(0) } else { each.fold(0, i64::saturating_add) }
    };
    let pieces = |lines: &[usize]| measured(lines, Measure::Quantity);
    let mut short = |by: Measure, needed: i64, actual: i64| {
        if actual < needed {
            let code = if matches!(by, Measure::Amount | Measure::LineAmount) { "below-amount" } else { "below-quantity" };
            let missing = needed.saturating_sub(actual);
            reasons.push(Reason::new(code).with("needed", needed).with("actual", actual).with("missing", missing));
        }
    };
    match kind {
        Kind::Ladder { steps, by } => {
            let actual = measured(&goods.lines, *by);
            if let Some((from, _)) = steps.iter().find(|(from, _)| *from > actual) {
                short(*by, *from, actual);
            }
        }
        Kind::EachFull { full, by, .. } => short(*by, *full, measured(&goods.lines, *by)),
        Kind::NthPiece { steps, by, .. } => {
            let by = if matches!(by, Measure::LineAmount | Measure::LineQuantity) { Measure::LineQuantity } else { Measure::Quantity };
            let actual = measured(&goods.lines, by);
            if let Some((from, _)) = steps.iter().find(|(from, _)| *from > actual) {
                short(by, *from, actual);
            }
        }
        Kind::BuyGet(terms) => {
            let (buy, get) = (goods.set(0), goods.set(1));
            let wanted = i64::from(if terms.whole { terms.get.quantity } else { 1 });
            let both = i64::from(terms.buy.quantity).saturating_add(wanted);
            match terms.buy.amount {
                Some(amount) => short(Measure::Amount, amount, measured(buy, Measure::Amount)),
                None if terms.same_line => return short(Measure::LineQuantity, both, measured(get, Measure::LineQuantity)),
                None if buy == get => return short(Measure::Quantity, both, pieces(get)),
                None => short(Measure::Quantity, terms.buy.quantity.into(), pieces(buy)),
            }
            short(Measure::Quantity, wanted, pieces(get));
        }
        Kind::Bundle(terms) => {
            let mut whole = 0;
            for (part, set) in terms.sets.iter().enumerate() {
                short(Measure::Quantity, set.quantity.into(), pieces(goods.set(part)));
                whole = i64::saturating_add(whole, set.quantity.into());
            }
            // Parts that ask for the same goods share them.
            let held = pieces(&goods.all_lines());
            if reasons.is_empty() && held < whole {
                let missing = whole.saturating_sub(held);
                reasons.push(Reason::new("below-quantity").with("needed", whole).with("actual", held).with("missing", missing));
            }
        }
        Kind::Off(_) | Kind::Gift { .. } | Kind::NextOrderCoupon { .. } => {}
    }
}
