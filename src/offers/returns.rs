//! Giving back a part of an order.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::quote::{Quote, quote};
use super::{OddCents, OfferBook, QuoteInput, QuoteLine, Returns, Rounding, allocate, multiply_divide};
use crate::domain::{AddAll, Listed, Reason};

/// What giving lines back comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    /// Money back, in minor units.
    pub refund: i64,
    /// Points that were spent and come back.
    pub points_back: i64,
    /// Points that were earned and are taken back.
    pub points_taken: i64,
    /// What is left of the order; itself an order that more can be given back of.
    pub remaining: Quote,
    /// | code | facts | when |
    /// |---|---|---|
    /// | `kept` | | what is left keeps its discounts |
    /// | `re-evaluated` | | what is left was priced anew |
    /// | `offer-lost` | `offer`, `saved` | what is left does not reach the offer any more |
    /// | `nothing-to-refund` | `short` | the offers lost cost more than what is given back did |
    /// | `no-such-line` | `line` | the order has no such line, or fewer pieces of it: what there is is taken |
    pub reasons: Vec<Reason>,
}

/// What pieces of a line are given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Return {
    /// The line's place in the order.
    pub line: usize,
    /// Pieces.
    pub quantity: u32,
}

/// What `back` of `order` comes to, as the programme says.
///
/// Where offers are kept, each piece of a line gives back an equal part of what the line cost, in money and in points;
/// rounded so that giving back all of it in steps gives back exactly all of it. Where offers are re-evaluated, what is
/// left is priced anew under the offers that the order had (their time and limits are not asked again, only what the
/// cart must hold), and the refund is the difference, never below zero. `remaining_input` is the cart with the
/// quantities that [`kept_quantities`] gives.
pub fn returns(book: &OfferBook, order: &Quote, back: &[Return], remaining_input: &QuoteInput<'_>) -> Refund {
    let (quantities, mut reasons) = kept_quantities(order, back);
    let mut remaining = keep(order, &quantities);
    match book.stacking.returns {
        Returns::Keep => reasons.push(Reason::new("kept")),
        Returns::ReEvaluate => {
            let points: Vec<i64> = remaining.lines.iter().map(|line| line.points_value).listed();
            remaining = anew(book, order, &remaining, &points, remaining_input);
            reasons.push(Reason::new("re-evaluated"));
            let lost = order.applied.iter().filter(|applied| !remaining.applied.iter().any(|kept| kept.offer == applied.offer));
            reasons
                .add_all(lost.map(|applied| Reason::new("offer-lost").with("offer", applied.offer.as_str()).with("saved", applied.saving)));
        }
    }
    let difference = order.total.saturating_sub(remaining.total);
    if difference < 0 {
        reasons.push(Reason::new("nothing-to-refund").with("short", difference.saturating_neg()));
    }
    Refund {
        refund: difference.max(0),
        points_back: order.points.spent.saturating_sub(remaining.points.spent),
        points_taken: order.points.earned.saturating_sub(remaining.points.earned),
        remaining,
        reasons,
    }
}

/// How many pieces of each line of `order` are left after `back`, and what of it could not be taken as it was said.
pub fn kept_quantities(order: &Quote, back: &[Return]) -> (Vec<u32>, Vec<Reason>) {
    let mut quantities: Vec<u32> = order.lines.iter().map(|line| line.quantity).listed();
    let mut reasons = Vec::new();
    for given in back {
        let left = quantities.get_mut(given.line);
        if left.as_ref().is_none_or(|left| **left < given.quantity) {
            reasons.push(Reason::new("no-such-line").with("line", i64::try_from(given.line).unwrap_or(i64::MAX)));
        }
        if let Some(left) = left {
            *left = left.saturating_sub(given.quantity);
        }
    }
    (quantities, reasons)
}

/// `order` with `quantities` left of its lines, each at an equal part of what it cost.
fn keep(order: &Quote, quantities: &[u32]) -> Quote {
    let mut left = order.clone();
    let money_before = paid_by_goods(order);
    for (line, quantity) in left.lines.iter_mut().zip(quantities) {
        *line = part_of(line, *quantity);
    }
    left.subtotal = left.lines.iter().map(|line| line.subtotal).fold(0, i64::saturating_add);
    let lines = left.lines.iter().flat_map(|line| &line.discounts);
    let all = lines.chain(left.shipping.iter().flat_map(|method| &method.discounts));
    left.discount_total = all.map(|discount| discount.amount).fold(0, i64::saturating_add);
    for applied in &mut left.applied {
        let own = left.lines.iter().flat_map(|line| &line.discounts).chain(left.shipping.iter().flat_map(|method| &method.discounts));
        applied.saving =
            own.filter(|discount| discount.offer == applied.offer).map(|discount| discount.amount).fold(0, i64::saturating_add);
    }
    left.points.spent_value = left.lines.iter().map(|line| line.points_value).fold(0, i64::saturating_add);
    left.points.spent = multiply_divide(order.points.spent, left.points.spent_value, order.points.spent_value, Rounding::HalfUp);
    let money_after = paid_by_goods(&left);
    left.points.earned = multiply_divide(order.points.earned, money_after, money_before, Rounding::Down);
    left.tax = left.tax.saturating_sub(taxes(order).saturating_sub(taxes(&left)));
    left.total = order.total.saturating_sub(money_before.saturating_sub(money_after));
    if !order.prices_include_tax {
        left.total = left.total.saturating_sub(taxes(order).saturating_sub(taxes(&left)));
    }
    left
}

/// Money that the goods cost, without tax upon it.
fn paid_by_goods(quote: &Quote) -> i64 {
    quote.lines.iter().map(|line| line.total.saturating_sub(line.points_value)).fold(0, i64::saturating_add)
}

fn taxes(quote: &Quote) -> i64 {
    quote.lines.iter().map(|line| line.tax).fold(0, i64::saturating_add)
}

/// `line` with `quantity` pieces left.
fn part_of(line: &QuoteLine, quantity: u32) -> QuoteLine {
    let part = |amount: i64| multiply_divide(amount, quantity.into(), line.quantity.into(), Rounding::HalfUp);
    let (subtotal, total) = (line.unit_price.saturating_mul(quantity.into()), part(line.total));
    let weights: Vec<i64> = line.discounts.iter().map(|discount| discount.amount).listed();
    let amounts = allocate(subtotal.saturating_sub(total), &weights, OddCents::LargestRemainder);
    let mut left = QuoteLine { quantity, subtotal, total, points_value: part(line.points_value), tax: part(line.tax), ..line.clone() };
    left.discounts.iter_mut().zip(amounts).for_each(|(discount, amount)| discount.amount = amount);
    left.discounts.retain(|discount| discount.amount > 0);
    left.pieces = super::quote::equal_pieces(total, quantity);
    left
}

/// What is left, priced under the offers of `order`; `points` are paid on its lines as far as they still cost that.
fn anew(book: &OfferBook, order: &Quote, kept: &Quote, points: &[i64], input: &QuoteInput<'_>) -> Quote {
    let ids: Vec<String> = order.applied.iter().map(|applied| applied.offer.clone()).listed();
    let asked = QuoteInput { now: order.at, selection: super::Selection::Held(&ids), points: None, ..input.clone() };
    let mut anew = quote(book, &asked);
    for (line, value) in anew.lines.iter_mut().zip(points) {
        line.points_value = (*value).min(line.total);
    }
    anew.points = kept.points.clone();
    anew.points.spent_value = anew.lines.iter().map(|line| line.points_value).fold(0, i64::saturating_add);
    anew.points.spent = multiply_divide(order.points.spent, anew.points.spent_value, order.points.spent_value, Rounding::HalfUp);
    anew.total = anew.total.saturating_sub(anew.points.spent_value);
    anew.points.earned = multiply_divide(order.points.earned, paid_by_goods(&anew), paid_by_goods(order), Rounding::Down);
    anew
}
