//! Asking an engine for everything, and what every answer must keep.

use regulars::domain::{Value, from_value};
use regulars::engine::{CartLine, Engine, MembershipRequest, OffersRequest, QuoteRequest, RecommendRequest};
use regulars::offers::Quote;

use crate::CLOCK;

const STRATEGIES: [&str; 8] = ["for-you", "next-basket", "buy-again", "discover", "bought-together", "similar", "trending", "new-arrivals"];

/// Answers `{"recommend", "quote", "offers", "membership"}`, each twice; what is absent or malformed is not asked.
pub fn answer(engine: &mut Engine, requests: &Value) {
    let part = |name| requests.get(name).unwrap_or(&Value::Null);
    if let Ok(request) = from_value(part("recommend")) {
        recommend(engine, &request);
    }
    if let Ok(request) = from_value::<QuoteRequest>(part("quote")) {
        let first = engine.quote(&request, CLOCK);
        assert_eq!(first, engine.quote(&request, CLOCK));
        first.iter().for_each(adds_up);
    }
    if let Ok(request) = from_value::<OffersRequest>(part("offers")) {
        assert_eq!(engine.offers(&request, CLOCK), engine.offers(&request, CLOCK));
    }
    if let Ok(request) = from_value::<MembershipRequest>(part("membership")) {
        assert_eq!(format!("{:?}", engine.membership(&request, CLOCK)), format!("{:?}", engine.membership(&request, CLOCK)));
    }
}

/// Answers what a page asks, of the first items of whatever catalog is loaded: one piece, a few, and as many as can be.
pub fn answer_usual(engine: &mut Engine) {
    let ids: Vec<String> =
        engine.snapshot().map(|snapshot| snapshot.catalog.items.ids.iter().take(3).map(String::from).collect()).unwrap_or_default();
    let cart =
        |quantity: u32| -> Vec<CartLine> { ids.iter().map(|id| CartLine { item: id.clone(), quantity, ..CartLine::default() }).collect() };
    for strategy in STRATEGIES {
        let item = ids.first().cloned();
        recommend(engine, &RecommendRequest { strategy: strategy.into(), limit: 3, item, cart: cart(1), ..RecommendRequest::default() });
    }
    for quantity in [1, 7, u32::MAX] {
        let points = Value::String("max".into());
        let request = QuoteRequest { lines: cart(quantity), points, ..QuoteRequest::default() };
        engine.quote(&request, CLOCK).iter().for_each(adds_up);
    }
    let _ = engine.offers(&OffersRequest { cart: cart(2), ..OffersRequest::default() }, CLOCK);
    let _ = engine.membership(&MembershipRequest { cart: cart(2), ..MembershipRequest::default() }, CLOCK);
    let _ = (engine.tags(CLOCK), engine.segments(CLOCK), engine.items(&ids));
    let _ = engine.export_data(CLOCK);
}

fn recommend(engine: &mut Engine, request: &RecommendRequest) {
    let first = engine.recommend(request, CLOCK);
    assert_eq!(first, engine.recommend(request, CLOCK));
    if let Ok(answer) = first {
        assert!(answer.items.len() <= request.limit as usize);
        assert!(answer.items.is_sorted_by(|one, next| one.score >= next.score), "falling, and no NaN");
    }
}

/// What holds of every quote whose amounts are not at the end of what 64 bits hold.
fn adds_up(quote: &Quote) {
    if quote.subtotal > 1 << 52 || quote.shipping.iter().any(|way| way.price > 1 << 52) {
        return;
    }
    for line in &quote.lines {
        let off: i64 = line.discounts.iter().map(|discount| discount.amount).sum();
        let paid: i64 = line.pieces.iter().map(|pieces| pieces.price * i64::from(pieces.quantity)).sum();
        assert!(line.total >= 0 && line.discounts.iter().all(|discount| discount.amount >= 0));
        assert_eq!((line.subtotal - off, paid), (line.total, line.total), "{line:?}");
    }
    let goods: i64 = quote.lines.iter().map(|line| line.subtotal).sum();
    let off: i64 = quote
        .lines
        .iter()
        .flat_map(|line| &line.discounts)
        .chain(quote.shipping.iter().flat_map(|way| &way.discounts))
        .map(|discount| discount.amount)
        .sum();
    assert_eq!((goods, off), (quote.subtotal, quote.discount_total));
    assert!(quote.total >= 0 && quote.gap >= 0);
}
