//! Taxes, line by line.

use super::prepare::Case;
use super::quote::Quote;
use super::{Rate, Rounding};

/// Works out the tax in each line's total, or upon it where prices don't include tax; then it is added to what is to be
/// paid. Rounded for each line to the nearest, a half up.
pub(super) fn add_taxes(case: &Case<'_>, quote: &mut Quote) {
    let included = case.book.stacking.prices_include_tax;
    let tax = |total: i64, rate: Rate| if included { total.saturating_sub(rate.without(total)) } else { rate.of(total, Rounding::HalfUp) };
    for (line, input) in quote.lines.iter_mut().zip(&case.input.lines) {
        line.tax = tax(line.total, input.tax);
    }
    for (method, input) in quote.shipping.iter_mut().zip(&case.input.shipping) {
        method.tax = tax(method.total, input.tax);
    }
    let taxes = quote.lines.iter().map(|line| line.tax).chain(quote.shipping.iter().map(|method| method.tax));
    quote.tax = taxes.fold(0, i64::saturating_add);
    if !included {
        quote.total = quote.total.saturating_add(quote.tax);
    }
}
