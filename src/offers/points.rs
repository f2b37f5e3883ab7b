//! Paying a part with points.

use alloc::vec::Vec;

use super::quote::Quote;
use super::{Activation, OfferBook, PointsPayment, Rounding, allocate, multiply_divide};
use crate::domain::{Listed, Reason};

/// Lets points pay for the goods of `quote`: the most that is asked for, held, allowed and of use.
///
/// | code | facts | when |
/// |---|---|---|
/// | `points-balance` | `balance` | there are no more |
/// | `points-maximum` | `maximum` | one order takes no more |
/// | `points-share` | `percent` | they may pay no larger share |
/// | `points-minimum` | `minimum` | fewer can't be spent at once, so none are |
/// | `points-min-order` | `needed`, `actual`, `missing` | the goods must cost more, so none are |
/// | `points-not-with-coupons` | `offer` | points don't go with the coupon or code that is used |
/// | `points-not-with-offer` | `offer` | that offer lets no points be spent beside it |
pub(super) fn pay_with_points(book: &OfferBook, payment: Option<&PointsPayment>, quote: &mut Quote) {
    let Some(payment) = payment.filter(|payment| payment.wanted > 0 && payment.points > 0 && payment.value > 0) else { return };
    if let Some(reason) = refusal(book, payment, quote) {
        quote.points.reasons = alloc::vec![reason];
        return;
    }
    let pays = |place: usize| payment.unpayable.binary_search(&place).is_err();
    let totals: Vec<i64> = quote.lines.iter().enumerate().map(|(place, line)| if pays(place) { line.total } else { 0 }).listed();
    let goods = totals.iter().copied().fold(0, i64::saturating_add);
    let payable = payment.share.of(goods, Rounding::Down);
    // The fewest points that pay all that points may pay; no more are of use.
    let useful = multiply_divide(payable, payment.points, payment.value, Rounding::Up);
    let within_share = if worth(payment, useful) > payable { useful.saturating_sub(1) } else { useful };
    let mut points = payment.wanted;
    for (limit, reason) in [
        (payment.balance.max(0), Reason::new("points-balance").with("balance", payment.balance)),
        (payment.maximum.unwrap_or(i64::MAX), Reason::new("points-maximum").with("maximum", payment.maximum.unwrap_or(0))),
        (within_share, Reason::new("points-share").with("percent", payment.share.to_percent())),
    ] {
        if limit < points {
            points = limit;
            quote.points.reasons = alloc::vec![reason];
        }
    }
    points = points.saturating_sub(points.checked_rem(payment.step.max(1)).unwrap_or(0));
    if points < payment.minimum.max(1) {
        quote.points.reasons = alloc::vec![Reason::new("points-minimum").with("minimum", payment.minimum.max(1))];
        return;
    }
    let value = worth(payment, points);
    for (line, share) in quote.lines.iter_mut().zip(allocate(value, &totals, book.stacking.odd_cents)) {
        line.points_value = share;
    }
    quote.points.spent = points;
    quote.points.spent_value = value;
    quote.total = quote.total.saturating_sub(value);
}

/// Why no points can be used in this order.
fn refusal(book: &OfferBook, payment: &PointsPayment, quote: &Quote) -> Option<Reason> {
    if payment.refusal.is_some() {
        return payment.refusal.clone();
    }
    for applied in &quote.applied {
        let offer = book.find(&applied.offer).and_then(|place| book.offers.get(place));
        let is_coupon = offer.and_then(|offer| offer.activation).is_some_and(|activation| activation != Activation::Automatic);
        if payment.not_with_coupons && is_coupon {
            return Some(Reason::new("points-not-with-coupons").with("offer", applied.offer.as_str()));
        }
        if offer.is_some_and(|offer| !offer.with_points) {
            return Some(Reason::new("points-not-with-offer").with("offer", applied.offer.as_str()));
        }
    }
    let goods = quote.lines.iter().map(|line| line.total).fold(0, i64::saturating_add);
    let missing = payment.min_order.saturating_sub(goods);
    let reason = || Reason::new("points-min-order").with("needed", payment.min_order).with("actual", goods).with("missing", missing);
    (missing > 0).then(reason)
}

fn worth(payment: &PointsPayment, points: i64) -> i64 {
    multiply_divide(points, payment.value, payment.points, Rounding::Down)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offers::{QuoteLine, Rate};

    fn pay(payment: PointsPayment) -> (i64, i64, i64, Vec<alloc::string::String>) {
        let line = |total| QuoteLine { total, ..QuoteLine::default() };
        let mut quote = Quote { lines: alloc::vec![line(1000), line(500)], total: 1500, ..Quote::default() };
        pay_with_points(&OfferBook::default(), Some(&payment), &mut quote);
        assert_eq!(quote.lines.iter().map(|line| line.points_value).sum::<i64>(), quote.points.spent_value);
        (
            quote.points.spent,
            quote.points.spent_value,
            quote.total,
            quote.points.reasons.iter().map(|reason| reason.code.clone().into_owned()).collect(),
        )
    }

    const PLAIN: PointsPayment = PointsPayment {
        wanted: i64::MAX,
        balance: 100_000,
        points: 100,
        value: 1,
        minimum: 0,
        maximum: None,
        step: 1,
        share: Rate::WHOLE,
        min_order: 0,
        not_with_coupons: false,
        unpayable: Vec::new(),
        refusal: None,
    };

    #[test]
    fn points_pay_only_what_they_may() {
        assert_eq!(pay(PointsPayment { min_order: 1501, ..PLAIN }), (0, 0, 1500, alloc::vec!["points-min-order".into()]));
        assert_eq!(pay(PointsPayment { min_order: 1500, ..PLAIN }).1, 1000);
        assert_eq!(pay(PointsPayment { unpayable: alloc::vec![0], ..PLAIN }), (50_000, 500, 1000, alloc::vec!["points-share".into()]));
        assert_eq!(pay(PointsPayment { unpayable: alloc::vec![0, 1], ..PLAIN }).0, 0);
        assert_eq!(pay(PointsPayment { refusal: Some(Reason::new("condition")), ..PLAIN }).3, ["condition"]);
    }

    #[test]
    fn points_do_not_go_with_some_offers() {
        use crate::offers::{Applied, Offer};
        let offer = |id: &str, activation, with_points| Offer { id: id.into(), activation, with_points, ..Offer::default() };
        let offers = alloc::vec![offer("coupon", Some(Activation::Wallet), true), offer("sale", None, true), offer("special", None, false)];
        let book = OfferBook { offers, ..OfferBook::default() };
        let with = |offer: &str, not_with_coupons| {
            let line = QuoteLine { total: 1000, ..QuoteLine::default() };
            let applied = Applied { offer: offer.into(), ..Applied::default() };
            let mut quote = Quote { lines: alloc::vec![line], applied: alloc::vec![applied], total: 1000, ..Quote::default() };
            pay_with_points(&book, Some(&PointsPayment { not_with_coupons, wanted: 300, ..PLAIN }), &mut quote);
            quote.points.reasons.first().map(|reason| reason.code.clone().into_owned())
        };
        assert_eq!(with("coupon", true).as_deref(), Some("points-not-with-coupons"));
        assert_eq!((with("coupon", false), with("sale", true)), (None, None));
        assert_eq!(with("special", false).as_deref(), Some("points-not-with-offer"));
    }

    #[test]
    fn nothing_is_spent_below_the_minimum_or_without_points() {
        assert_eq!(pay(PointsPayment { balance: 0, ..PLAIN }), (0, 0, 1500, alloc::vec!["points-minimum".into()]));
        assert_eq!(pay(PointsPayment { balance: 900, minimum: 1000, ..PLAIN }).0, 0);
        assert_eq!(pay(PointsPayment { wanted: 0, ..PLAIN }), (0, 0, 1500, Vec::new()));
    }

    #[test]
    fn each_limit_is_named() {
        let share = Rate::percent(50.0).unwrap();
        assert_eq!(pay(PointsPayment { share, ..PLAIN }), (75_000, 750, 750, alloc::vec!["points-share".into()]));
        assert_eq!(pay(PointsPayment { maximum: Some(5050), step: 100, ..PLAIN }), (5000, 50, 1450, alloc::vec!["points-maximum".into()]));
        assert_eq!(pay(PointsPayment { wanted: 300, ..PLAIN }), (300, 3, 1497, Vec::new()));
    }

    #[test]
    fn no_point_is_spent_that_pays_nothing() {
        // Two points are worth three cents: 1000 points pay the 1500 whole.
        assert_eq!(pay(PointsPayment { points: 2, value: 3, ..PLAIN }).0, 1000);
        assert_eq!(pay(PointsPayment { points: 1, value: 7, ..PLAIN }), (214, 1498, 2, alloc::vec!["points-share".into()]));
    }
}
