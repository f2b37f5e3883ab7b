//! The price of a cart, and how it came about.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::apply::{Entry, What};
use super::combine::{Choice, Combiner};
use super::eligibility::same_code;
use super::nudges::nudges;
use super::points::pay_with_points;
use super::prepare::Case;
use super::rejected::{Rejected, rejected};
use super::state::{LineState, State};
use super::tax::add_taxes;
use super::{OfferBook, QuoteInput};
use crate::domain::{Arrange, Listed, Reason, read_fields};

/// The price of a cart, and how it came about. Amounts are in minor units, discounts positive.
///
/// It can be read back from its JSON form, but for its reasons: what was ordered is given back from that.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// When it was made, in milliseconds since 1970.
    pub at: i64,
    /// In the order of the request.
    pub lines: Vec<QuoteLine>,
    /// In the order of the request.
    pub shipping: Vec<QuoteShipping>,
    /// Items beside the order, free of charge.
    pub gifts: Vec<QuoteGift>,
    /// Offers of which a coupon is given once the order is paid.
    pub coupons: Vec<QuoteCoupon>,
    /// The goods before discounts.
    pub subtotal: i64,
    /// All discounts, shipping's too.
    pub discount_total: i64,
    /// The tax in all that is to be paid.
    pub tax: i64,
    /// Whether the prices above include tax.
    pub prices_include_tax: bool,
    /// What is to be paid: goods and shipping, less discounts, with tax, less what points pay.
    pub total: i64,
    /// Points earned and spent.
    pub points: PointsPaid,
    /// Offers applied, in the order they were.
    pub applied: Vec<Applied>,
    /// Every other offer: why not, and what it would have saved.
    pub rejected: Vec<Rejected>,
    /// Whether no legal combination is cheaper: proved by the search, or because the programme leaves no choice.
    pub optimal: bool,
    /// What a better combination could save more at most; 0 where `optimal`.
    pub gap: i64,
    /// What to do next so that offers save more, the most worthwhile first; each was tried by quoting the changed cart,
    /// which costs exactly `total` then:
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `spend-more` | `amount`, `saves`, `total`, `offer`, `item` | spending `amount` more (before offers) on goods like `item` saves `saves` more in all |
    /// | `add-pieces` | `item`, `quantity`, `amount`, `saves`, `total`, `offer` | so many pieces more of the item, which cost `amount` before offers, save `saves` more in all |
    /// | `add-item` | `item`, `quantity`, `amount`, `saves`, `total`, `offer` | as `add-pieces`, of an item that is not in the cart: the member's own of those that the offer asks for, else the most popular |
    /// | `wait` | `at`, `saves`, `total`, `offer` | the same cart saves `saves` more at `at` |
    /// | `rise` | `tier`, `saves`, `total`, `offer` | the same cart saves `saves` more for members of `tier` |
    ///
    /// `total` is what the changed cart costs, before points and tax upon it; `offer` is the one that the step is for.
    pub nudges: Vec<Reason>,
    /// What was remarkable about the request: `unknown-code` with `code`.
    pub notes: Vec<Reason>,
}

read_fields!(Quote:
    at, lines, shipping, gifts, coupons, subtotal, discount_total, tax, prices_include_tax, total, points, applied, optimal, gap, ..
);

/// A line's price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QuoteLine {
    /// The item's id.
    pub item: String,
    /// Pieces.
    pub quantity: u32,
    /// Price of a piece before discounts.
    pub unit_price: i64,
    /// Price of the line before discounts.
    pub subtotal: i64,
    /// What each offer takes off, in the order they were applied.
    pub discounts: Vec<LineDiscount>,
    /// `subtotal` less `discounts`.
    pub total: i64,
    /// What pieces cost after discounts, the dearest first; the counts add up to `quantity`, the prices to `total`.
    pub pieces: Vec<PaidPieces>,
    /// What of `total` points pay.
    pub points_value: i64,
    /// The tax in `total`, or upon it where prices don't include tax.
    pub tax: i64,
}

read_fields!(QuoteLine: item, quantity, unit_price, subtotal, discounts, total, pieces, points_value, tax);

/// What an offer takes off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct LineDiscount {
    /// The offer's id.
    pub offer: String,
    /// How much.
    pub amount: i64,
}

read_fields!(LineDiscount: offer, amount);

/// Pieces that cost the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct PaidPieces {
    /// How many.
    pub quantity: u32,
    /// What each costs.
    pub price: i64,
}

read_fields!(PaidPieces: quantity, price);

/// Shipping's price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct QuoteShipping {
    /// The way's id.
    pub method: String,
    /// Before discounts.
    pub price: i64,
    /// What each offer takes off.
    pub discounts: Vec<LineDiscount>,
    /// `price` less `discounts`.
    pub total: i64,
    /// The tax in `total`, or upon it where prices don't include tax.
    pub tax: i64,
}

read_fields!(QuoteShipping: method, price, discounts, total, tax);

/// A free item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct QuoteGift {
    /// The item's id.
    pub item: String,
    /// Pieces.
    pub quantity: u32,
    /// The offer that gives it.
    pub offer: String,
}

read_fields!(QuoteGift: item, quantity, offer);

/// A coupon for a later order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct QuoteCoupon {
    /// The offer that the coupon is for.
    pub coupon: String,
    /// The offer that gives it.
    pub offer: String,
}

read_fields!(QuoteCoupon: coupon, offer);

/// Points earned and spent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PointsPaid {
    /// Points that the order earns: the caller's to fill in, from the lines' totals less `pointsValue`.
    pub earned: i64,
    /// Points spent.
    pub spent: i64,
    /// What they pay.
    pub spent_value: i64,
    /// Why not more: the codes of points that pay, and `points-not-with-offer` with `offer`, which points may not be spent
    /// beside.
    pub reasons: Vec<Reason>,
}

read_fields!(PointsPaid: earned, spent, spent_value, ..);

/// An offer that was applied.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Applied {
    /// The offer's id.
    pub offer: String,
    /// What it saves.
    pub saving: i64,
    /// What it gave and why it could: `saves` with `amount`, `gift` with `item` and `quantity`, `coupon` with `offer`,
    /// `reached-amount` or `reached-quantity` with `needed` and `actual` for each threshold, `code` with `code`, `tier` with `tier`, `over-budget` with
    /// `left` and `amount` for each line that would have overrun the budget.
    pub reasons: Vec<Reason>,
}

read_fields!(Applied: offer, saving, ..);

/// Prices the cart of `input` under the offers of `book`.
pub fn quote(book: &OfferBook, input: &QuoteInput<'_>) -> Quote {
    let case = Case::new(book, input);
    let choice = Combiner::new(&case).choose();
    let mut quote = priced(&case, &choice);
    quote.rejected = rejected(&case, &choice);
    quote.nudges = nudges(&case, &choice, input.nudges);
    quote
}

/// The price under `choice`, without what was left out.
pub(super) fn priced(case: &Case<'_>, choice: &Choice) -> Quote {
    let state = choice.state.clone().unwrap_or_else(|| State::new(case));
    let mut quote = Quote {
        at: case.input.now,
        prices_include_tax: case.book.stacking.prices_include_tax,
        lines: lines(case, &state),
        shipping: shipping(case, &state),
        subtotal: case.subtotals().iter().copied().fold(0, i64::saturating_add),
        discount_total: choice.gain.saving,
        total: state.total(),
        optimal: !choice.cut_off,
        gap: choice.gap,
        ..Quote::default()
    };
    for entry in &choice.entries {
        write(case, entry, &mut quote);
    }
    for line in &mut quote.lines {
        line.discounts = merged(core::mem::take(&mut line.discounts));
    }
    for method in &mut quote.shipping {
        method.discounts = merged(core::mem::take(&mut method.discounts));
    }
    quote.applied = choice.applied.iter().filter_map(|live| applied(case, *live, &choice.entries)).listed();
    quote.notes = unknown_codes(case);
    add_taxes(case, &mut quote);
    pay_with_points(case.book, case.input.points.as_ref(), &mut quote);
    quote
}

fn lines(case: &Case<'_>, state: &State) -> Vec<QuoteLine> {
    let line = |(place, (line, left)): (usize, (&super::Line<'_>, &LineState))| {
        let mut pieces: Vec<PaidPieces> =
            left.runs(line.quantity).iter().map(|(_, run)| PaidPieces { quantity: run.count, price: run.price }).listed();
        pieces.arrange_by_key(|pieces| core::cmp::Reverse(pieces.price));
        pieces.dedup_by(|next, first| {
            let same = next.price == first.price;
            if same {
                first.quantity = first.quantity.saturating_add(next.quantity);
            }
            same
        });
        QuoteLine {
            item: line.item.into(),
            quantity: line.quantity,
            unit_price: case.unit_price(place),
            subtotal: case.subtotal(place),
            total: left.left,
            pieces,
            ..QuoteLine::default()
        }
    };
    case.input.lines.iter().zip(&state.lines).enumerate().map(line).listed()
}

/// Equal pieces that cost `total` together, the odd cents on the first.
pub(super) fn equal_pieces(total: i64, quantity: u32) -> Vec<PaidPieces> {
    let runs = LineState::new(total);
    runs.runs(quantity).iter().map(|(_, run)| PaidPieces { quantity: run.count, price: run.price }).listed()
}

fn shipping(case: &Case<'_>, state: &State) -> Vec<QuoteShipping> {
    let methods = case.input.shipping.iter().zip(&state.shipping).enumerate();
    let priced = methods.map(|(place, (shipping, left))| QuoteShipping {
        method: shipping.method.clone(),
        price: case.shipping_price(place),
        total: *left,
        ..QuoteShipping::default()
    });
    priced.listed()
}

fn write(case: &Case<'_>, entry: &Entry, quote: &mut Quote) {
    let Some(offer) = case.book.offers.get(entry.offer) else { return };
    let discount = |amount: i64| LineDiscount { offer: offer.id.clone(), amount };
    match &entry.what {
        What::Line(line, amount) => {
            if let Some(line) = quote.lines.get_mut(*line) {
                line.discounts.push(discount(*amount));
            }
        }
        What::Shipping(method, amount) => {
            if let Some(method) = quote.shipping.get_mut(*method) {
                method.discounts.push(discount(*amount));
            }
        }
        What::Gift(item, quantity) => quote.gifts.push(QuoteGift { item: item.clone(), quantity: *quantity, offer: offer.id.clone() }),
        What::OverBudget(_) => {}
        What::Coupon(coupon) => quote.coupons.push(QuoteCoupon { coupon: coupon.clone(), offer: offer.id.clone() }),
    }
}

/// One entry an offer, in the order of their first.
fn merged(discounts: Vec<LineDiscount>) -> Vec<LineDiscount> {
    let mut merged: Vec<LineDiscount> = Vec::new();
    for discount in discounts {
        match merged.iter_mut().find(|known| known.offer == discount.offer) {
            Some(known) => known.amount = known.amount.saturating_add(discount.amount),
            None => merged.push(discount),
        }
    }
    merged
}

fn applied(case: &Case<'_>, live: usize, entries: &[Entry]) -> Option<Applied> {
    let live = case.live.get(live)?;
    let offer = case.offer(live)?;
    let own = || entries.iter().filter(|entry| entry.offer == live.place);
    let saving = own().map(|entry| entry.what.saving()).fold(0, i64::saturating_add);
    let mut reasons = Vec::new();
    if saving > 0 {
        reasons.push(Reason::new("saves").with("amount", saving));
    }
    for entry in own() {
        match &entry.what {
            What::Gift(item, quantity) => reasons.push(Reason::new("gift").with("item", item.as_str()).with("quantity", *quantity)),
            What::Coupon(coupon) => reasons.push(Reason::new("coupon").with("offer", coupon.as_str())),
            What::OverBudget(amount) => reasons.push(over_budget(offer, *amount)),
            What::Line(..) | What::Shipping(..) => {}
        }
    }
    for threshold in &offer.thresholds {
        if let Some(needed) = threshold.amount {
            reasons.push(Reason::new("reached-amount").with("needed", needed).with("actual", case.subtotal_of(threshold.goods)));
        }
        if let Some(needed) = threshold.quantity {
            reasons.push(Reason::new("reached-quantity").with("needed", needed).with("actual", case.quantity_of(threshold.goods)));
        }
    }
    if let Some(code) = case.input.codes.iter().find(|given| offer.codes.iter().any(|code| same_code(given, &code.code))) {
        reasons.push(Reason::new("code").with("code", code.trim()));
    }
    if let Some(tier) = case.input.tier.filter(|_| !offer.tiers.is_empty()) {
        reasons.push(Reason::new("tier").with("tier", tier));
    }
    Some(Applied { offer: offer.id.clone(), saving, reasons })
}

pub(super) fn over_budget(offer: &super::Offer, amount: i64) -> Reason {
    Reason::new("over-budget").with("left", offer.limits.budget_left.unwrap_or(0)).with("amount", amount)
}

fn unknown_codes(case: &Case<'_>) -> Vec<Reason> {
    let known = |given: &str| {
        let offers = case.book.offers.iter().flat_map(|offer| &offer.codes).any(|code| same_code(given, &code.code));
        let held = || case.input.wallet.iter().filter_map(|coupon| coupon.code.as_deref()).any(|code| code == given.trim());
        offers || held()
    };
    let unknown = case.input.codes.iter().filter(|given| !given.trim().is_empty() && !known(given));
    unknown.map(|code| Reason::new("unknown-code").with("code", code.trim())).listed()
}
