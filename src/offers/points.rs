//! Paying a part with points.

use alloc::vec::Vec;

use super::quote::Quote;
use super::{OddCents, PointsPayment, Rounding, allocate, multiply_divide};
use crate::domain::Reason;

/// Lets points pay for the goods of `quote`: the most that is asked for, held, allowed and of use.
///
/// | code | facts | when |
/// |---|---|---|
/// | `points-balance` | `balance` | there are no more |
/// | `points-maximum` | `maximum` | one order takes no more |
/// | `points-share` | `percent` | they may pay no larger share |
/// | `points-minimum` | `minimum` | fewer can't be spent at once, so none are |
pub(super) fn pay_with_points(payment: Option<&PointsPayment>, odd_cents: OddCents, quote: &mut Quote) {
    let Some(payment) = payment.filter(|payment| payment.wanted > 0 && payment.points > 0 && payment.value > 0) else { return };
    let goods = quote.lines.iter().map(|line| line.total).fold(0, i64::saturating_add);
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
    let totals: Vec<i64> = quote.lines.iter().map(|line| line.total).collect();
    for (line, share) in quote.lines.iter_mut().zip(allocate(value, &totals, odd_cents)) {
        line.points_value = share;
    }
    quote.points.spent = points;
    quote.points.spent_value = value;
    quote.total = quote.total.saturating_sub(value);
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
        pay_with_points(Some(&payment), OddCents::default(), &mut quote);
        assert_eq!(quote.lines.iter().map(|line| line.points_value).sum::<i64>(), quote.points.spent_value);
        (
            quote.points.spent,
            quote.points.spent_value,
            quote.total,
            quote.points.reasons.iter().map(|reason| reason.code.clone().into_owned()).collect(),
        )
    }

    const PLAIN: PointsPayment =
        PointsPayment { wanted: i64::MAX, balance: 100_000, points: 100, value: 1, minimum: 0, maximum: None, step: 1, share: Rate::WHOLE };

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
