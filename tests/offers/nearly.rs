//! `nearly` for every condition that buying, adding, rising or waiting meets: what is missing is said, and adding it helps.

use serde_json::{Value, json};

use crate::shop::{NOW, offers, quote, shop, value};

const DAY: i64 = 86_400_000;

/// Status of the one offer, with the first thing that is missing: code, needed, actual, missing.
fn stands(offer: Value, cart: Value) -> (String, String, [Option<i64>; 3]) {
    stands_for(&json!({"id": "m"}), offer, cart)
}

fn stands_for(member: &Value, mut offer: Value, cart: Value) -> (String, String, [Option<i64>; 3]) {
    offer["id"] = json!("o");
    let mut engine = shop(json!([offer]), json!(null));
    engine.load_member(&value(member), NOW).unwrap();
    let shown = offers(&engine, cart).offers.remove(0);
    let status = serde_json::to_value(shown.status).unwrap().as_str().unwrap().to_string();
    let missing = shown.missing.first();
    let facts = ["needed", "actual", "missing"].map(|fact| missing.and_then(|reason| reason.integer(fact)));
    (status, missing.map_or(String::new(), |reason| reason.code.to_string()), facts)
}

fn nearly(code: &str, needed: i64, actual: i64) -> (String, String, [Option<i64>; 3]) {
    ("nearly".into(), code.into(), [Some(needed), Some(actual), Some(needed - actual)])
}

fn off(terms: Value) -> Value {
    let mut offer = json!({"effects": [{"kind": "percent", "percent": 10}]});
    offer.as_object_mut().unwrap().extend(terms.as_object().cloned().unwrap());
    offer
}

fn gives(effect: Value) -> Value {
    json!({"effects": [effect]})
}

#[test]
fn thresholds_say_what_is_missing() {
    let cart = json!([["milk", 2], ["bread", 1]]);
    assert_eq!(stands(off(json!({"thresholds": [{"amount": 3000}]})), cart.clone()), nearly("below-amount", 3000, 2500));
    assert_eq!(stands(off(json!({"thresholds": [{"quantity": 5}]})), cart.clone()), nearly("below-quantity", 5, 3));
    assert_eq!(stands(off(json!({"thresholds": [{"lines": 3}]})), cart.clone()), nearly("below-lines", 3, 2));
    let dairy = json!({"item.category": "dairy"});
    assert_eq!(stands(off(json!({"thresholds": [{"amount": 2100, "where": dairy}]})), cart.clone()), nearly("below-amount", 2100, 2000));
    assert_eq!(stands(off(json!({"thresholds": [{"quantity": 3, "perLine": true}]})), cart), nearly("below-quantity", 3, 2));
}

#[test]
fn sets_and_steps_say_what_is_missing() {
    let bread = json!({"item.id": "bread"});
    let wine = json!({"item.id": "wine"});
    let cases = [
        (json!({"kind": "buy-get", "buy": {"quantity": 2}, "get": {"quantity": 1}}), json!([["milk", 2]]), nearly("below-quantity", 3, 2)),
        (
            json!({"kind": "buy-get", "buy": {"quantity": 2}, "get": {"quantity": 2}, "whole": true}),
            json!([["milk", 3]]),
            nearly("below-quantity", 4, 3),
        ),
        (
            json!({"kind": "buy-get", "buy": {"quantity": 2, "where": bread}, "get": {"quantity": 1, "where": wine}}),
            json!([["bread", 1], ["wine", 1]]),
            nearly("below-quantity", 2, 1),
        ),
        (
            json!({"kind": "buy-get", "buy": {"quantity": 1, "where": bread}, "get": {"quantity": 1, "where": wine}}),
            json!([["bread", 1]]),
            nearly("below-quantity", 1, 0),
        ),
        (
            json!({"kind": "buy-get", "buy": {"quantity": 1, "amount": 4000, "where": bread}, "get": {"quantity": 1, "where": wine}}),
            json!([["bread", 3], ["wine", 1]]),
            nearly("below-amount", 4000, 1500),
        ),
        (
            json!({"kind": "buy-get", "sameLine": true, "buy": {"quantity": 2}, "get": {"quantity": 1}}),
            json!([["milk", 2], ["bread", 2]]),
            nearly("below-quantity", 3, 2),
        ),
        (
            json!({"kind": "bundle", "price": 2000, "sets": [{"quantity": 1, "where": wine}, {"quantity": 2, "where": bread}]}),
            json!([["wine", 1], ["bread", 1]]),
            nearly("below-quantity", 2, 1),
        ),
        (
            json!({"kind": "bundle", "percent": 20, "sets": [{"quantity": 1}, {"quantity": 2}]}),
            json!([["wine", 1], ["bread", 1]]),
            nearly("below-quantity", 3, 2),
        ),
        (
            json!({"kind": "ladder", "on": "order", "steps": [{"from": 2000, "percent": 10}, {"from": 3000, "percent": 20}]}),
            json!([["milk", 1]]),
            nearly("below-amount", 2000, 1000),
        ),
        (
            json!({"kind": "ladder", "by": "quantity", "steps": [{"from": 3, "percent": 10}]}),
            json!([["milk", 1], ["bread", 1]]),
            nearly("below-quantity", 3, 2),
        ),
        (
            json!({"kind": "ladder", "by": "line-quantity", "steps": [{"from": 3, "percent": 10}]}),
            json!([["milk", 2], ["bread", 1]]),
            nearly("below-quantity", 3, 2),
        ),
        (
            json!({"kind": "each-full", "full": 3000, "amount": 300, "on": "order"}),
            json!([["milk", 2], ["bread", 1]]),
            nearly("below-amount", 3000, 2500),
        ),
        (
            json!({"kind": "nth-piece", "cycle": 2, "steps": [{"from": 2, "percent": 50}]}),
            json!([["milk", 1]]),
            nearly("below-quantity", 2, 1),
        ),
        (
            json!({"kind": "nth-piece", "by": "line-quantity", "steps": [{"from": 2, "percent": 50}]}),
            json!([["milk", 1], ["bread", 1]]),
            nearly("below-quantity", 2, 1),
        ),
    ];
    for (effect, cart, expected) in cases {
        assert_eq!(stands(gives(effect.clone()), cart.clone()), expected, "{effect} on {cart}");
        // The quote says the same of the offer it leaves out.
        let engine = shop(json!([{"id": "o", "effects": [effect]}]), json!(null));
        let rejected = quote(&engine, cart.clone(), json!({})).rejected;
        assert_eq!((rejected[0].reasons[0].code.as_ref(), rejected[0].reasons[0].integer("missing")), (expected.1.as_str(), expected.2[2]));
    }
}

#[test]
fn what_is_missing_is_enough() {
    // One piece of the goods more than the offers above lack makes them save something.
    let two_and_one = || json!([{"id": "o", "effects": [{"kind": "buy-get", "buy": {"quantity": 2}, "get": {"quantity": 1}}]}]);
    for pieces in 1..3 {
        let (status, _, [_, _, missing]) = stands(two_and_one()[0].clone(), json!([["milk", pieces]]));
        assert_eq!(status, "nearly");
        let enough = i64::from(pieces) + missing.unwrap();
        assert!(quote(&shop(two_and_one(), json!(null)), json!([["milk", enough]]), json!({})).discount_total > 0);
        assert_eq!(stands(two_and_one()[0].clone(), json!([["milk", enough]])).0, "eligible");
    }
}

#[test]
fn conditions_say_what_is_missing() {
    let cart = json!([["milk", 2]]);
    let asks = |when: Value| stands(off(json!({"when": when})), cart.clone());
    for (attribute, wanted, missing) in
        [("cart.subtotal", 2500, 500), ("cart.quantity", 4, 2), ("cart.lines", 2, 1), ("member.orders", 3, 3), ("member.spent", 900, 900)]
    {
        let (status, code, facts) = asks(json!({attribute: {"$gte": wanted}}));
        assert_eq!((status.as_str(), code.as_str(), facts[2]), ("nearly", "condition", Some(missing)), "{attribute}");
    }
    assert_eq!(asks(json!({"member.tier": "gold"})).0, "nearly");
    assert_eq!(stands(off(json!({"tiers": ["gold"]})), cart.clone()).1, "needs-tier");
    assert_eq!(
        stands(off(json!({"effects": [{"kind": "percent", "percent": 10, "where": {"item.id": "wine"}}]})), cart.clone()).1,
        "no-matching-goods"
    );
}

#[test]
fn waiting_is_told_with_its_moment_where_it_is_known() {
    let cart = json!([["milk", 1]]);
    let member = json!({"id": "m", "joinedAt": NOW - 3 * DAY, "birthday": "08-20",
        "history": [{"id": "1", "at": NOW - 10 * DAY, "lines": [{"item": "milk", "quantity": 1, "paid": 1000}]}],
        "uses": [{"offer": "o", "at": NOW - DAY}], "wallet": [{"offer": "o", "id": "c", "receivedAt": NOW - DAY}]});
    let upcoming = |terms: Value| {
        let mut offer = off(terms);
        offer["id"] = json!("o");
        let mut engine = shop(json!([offer]), json!(null));
        engine.load_member(&value(&member), NOW).unwrap();
        let shown = offers(&engine, cart.clone()).offers.remove(0);
        (serde_json::to_value(shown.status).unwrap(), shown.missing[0].code.to_string(), shown.missing[0].integer("at"))
    };
    let midnight = NOW - DAY / 2;
    let is = |code: &str, at: Option<i64>| (json!("upcoming"), code.to_string(), at);
    assert_eq!(upcoming(json!({"window": {"from": "2026-06-12"}})), is("not-started", Some(midnight + 2 * DAY)));
    assert_eq!(upcoming(json!({"schedule": {"weekdays": [5]}})), is("closed-now", Some(midnight + 2 * DAY)));
    assert_eq!(upcoming(json!({"schedule": {"daysOfMonth": [28]}})), is("closed-now", Some(midnight + 18 * DAY)));
    assert_eq!(
        upcoming(json!({"activation": "wallet", "receipt": {"waitDays": 3, "validDays": 2}})),
        is("wait-after-receipt", Some(midnight + 2 * DAY))
    );
    assert_eq!(upcoming(json!({"limits": {"perPeriod": [{"uses": 1, "period": "week"}]}})), is("limit-period", Some(midnight + 5 * DAY)));
    assert_eq!(upcoming(json!({"limits": {"chain": {"uses": 3, "minDays": 4}}})), is("chain-pause", Some(NOW + 3 * DAY)));
    assert_eq!(upcoming(json!({"when": {"member.memberDays": {"$gte": 30}}})), is("condition", Some(NOW + 27 * DAY)));
    assert_eq!(upcoming(json!({"when": {"member.daysSinceOrder": {"$gte": 30}}})), is("condition", Some(NOW + 20 * DAY)));
    assert_eq!(upcoming(json!({"when": {"now.hour": {"$gte": 20}}})), is("condition", None));
    assert_eq!(upcoming(json!({"when": {"member.birthdayMonth": true}})), is("condition", None));
}

#[test]
fn what_neither_buying_nor_waiting_brings_is_not_nearly() {
    let cart = json!([["milk", 1]]);
    let status = |terms: Value| stands(off(terms), cart.clone()).0;
    assert_eq!(status(json!({"when": {"member.student": true}})), "ineligible");
    assert_eq!(status(json!({"when": {"member.birthdayMonth": true}})), "ineligible", "no birthday is known");
    assert_eq!(status(json!({"when": {"context.store": "north"}})), "ineligible");
    assert_eq!(status(json!({"when": {"now.date": {"$lt": "2026-06-01"}}})), "expired");
    assert_eq!(status(json!({"window": {"until": "2026-06-10"}})), "expired");
    assert_eq!(status(json!({"limits": {"usesLeft": 0}})), "used");
    assert_eq!(status(json!({"limits": {"budgetLeft": 0}})), "used");
    assert_eq!(stands(gives(json!({"kind": "flash-price", "price": 700, "stock": 0})), cart.clone()).0, "used");
}
