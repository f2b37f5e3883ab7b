//! Terms of one offer: floors, stock, goods that are reduced already, budgets, uses, coupons for later.

use regulars::domain::from_value;
use serde_json::{Value, json};

use crate::shop::{NOW, offers, quote, shop, value};

const DAY: i64 = 86_400_000;

fn off(percent: u32, more: Value) -> Value {
    let mut offer = json!({"id": "o", "effects": [{"kind": "percent", "percent": percent}]});
    offer.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    offer
}

fn totals(offer: Value, stacking: Value, cart: Value) -> Vec<i64> {
    quote(&shop(json!([offer]), stacking), cart, json!({})).lines.iter().map(|line| line.total).collect()
}

#[test]
fn no_piece_goes_below_its_floor() {
    let cart = json!([["milk", 2], ["bread", 1]]);
    // The milk may not cost less than 9.00.
    assert_eq!(totals(off(50, json!({})), json!({"floorAttribute": "floorPrice"}), cart.clone()), [1800, 250]);
    // Nothing less than 80 % of its price; the stricter floor holds.
    assert_eq!(totals(off(50, json!({})), json!({"floorPercent": 80}), cart.clone()), [1600, 400]);
    assert_eq!(totals(off(50, json!({})), json!({"floorPercent": 80, "floorAttribute": "floorPrice"}), cart.clone()), [1800, 400]);
    assert_eq!(totals(off(50, json!({"floorPercent": 95})), json!({"floorPercent": 80}), cart.clone()), [1900, 475]);
    // What an amount cannot take off a line goes to the others, and never below theirs.
    let amount = json!({"id": "o", "effects": [{"kind": "amount", "amount": 500, "on": "order"}]});
    assert_eq!(totals(amount.clone(), json!({"floorAttribute": "floorPrice"}), cart.clone()), [1800, 200]);
    let much = json!({"id": "o", "effects": [{"kind": "amount", "amount": 5000, "on": "order"}]});
    assert_eq!(totals(much, json!({"floorPercent": 50}), cart), [1000, 250]);
}

#[test]
fn a_flash_price_holds_in_its_window_while_stock_lasts() {
    let flash = |stock: u32| {
        json!({"id": "o", "window": {"from": "2026-06-10T12:00", "until": "2026-06-10T14:00"},
        "effects": [{"kind": "flash-price", "price": 600, "stock": stock, "where": {"item.id": "milk"}}]})
    };
    let at = |stock: u32, now: i64| quote(&shop(json!([flash(stock)]), json!({})), json!([["milk", 3]]), json!({"now": now})).total;
    assert_eq!(at(9, NOW), 1800);
    assert_eq!(at(2, NOW), 2200);
    assert_eq!(at(9, NOW - 1), 3000);
    assert_eq!(at(9, NOW + 2 * 3_600_000 - 1), 1800);
    assert_eq!(at(9, NOW + 2 * 3_600_000), 3000);
    let gone = quote(&shop(json!([flash(0)]), json!({})), json!([["milk", 3]]), json!({}));
    assert_eq!((gone.total, gone.rejected[0].reasons[0].code.as_ref()), (3000, "stock-gone"));
}

#[test]
fn goods_reduced_already_are_left_out_where_the_offer_says_so() {
    let cart = json!([["soap", 1], ["bread", 1]]);
    assert_eq!(totals(off(10, json!({"skipReduced": true})), json!({}), cart.clone()), [300, 450]);
    assert_eq!(totals(off(10, json!({})), json!({}), cart), [270, 450]);
}

#[test]
fn a_budget_that_runs_out_is_trimmed_or_refused() {
    let cart = json!([["milk", 2], ["bread", 2]]);
    let with = |overrun: &str| totals(off(50, json!({"limits": {"budgetLeft": 600, "overrun": overrun}})), json!({}), cart.clone());
    // 15.00 would be saved, 6.00 are left: shared out, refused as a whole, or line by line.
    assert_eq!(with("trim"), [1600, 800]);
    assert_eq!(with("refuse"), [2000, 1000]);
    assert_eq!(with("refuse-line"), [2000, 500]);
    assert_eq!(totals(off(50, json!({"limits": {"maxSaving": 300}})), json!({}), cart), [1800, 900]);
}

#[test]
fn uses_count_from_the_profile_and_from_this_device() {
    let offer = off(10, json!({"limits": {"perMember": 2}}));
    let mut engine = shop(json!([offer]), json!({}));
    engine.load_member(&value(&json!({"id": "m", "uses": [{"offer": "o", "at": NOW - DAY}]})), NOW).unwrap();
    let cart = || json!([["milk", 1]]);
    assert_eq!(quote(&engine, cart(), json!({})).total, 900);
    engine.track(value(&json!({"type": "offer-used", "offer": "o"})), NOW).unwrap();
    let refused = quote(&engine, cart(), json!({}));
    assert_eq!((refused.total, refused.rejected[0].reasons[0].code.as_ref()), (1000, "limit-member"));
    assert_eq!(serde_json::to_value(offers(&engine, cart()).offers[0].status).unwrap(), "used");
}

#[test]
fn an_order_gives_a_coupon_for_the_next_one() {
    let gives =
        json!({"id": "gives", "thresholds": [{"amount": 1500}], "effects": [{"kind": "next-order-coupon", "offer": "next", "worth": 200}]});
    let next = json!({"id": "next", "activation": "wallet", "receipt": {"waitDays": 1, "validDays": 30}, "effects": [{"kind": "amount", "amount": 200, "on": "order"}]});
    let mut engine = shop(json!([gives, next]), json!({}));
    engine.load_member(&value(&json!({"id": "m"})), NOW).unwrap();
    let first = quote(&engine, json!([["milk", 2]]), json!({}));
    let given: Vec<(&str, &str)> = first.coupons.iter().map(|coupon| (coupon.offer.as_str(), coupon.coupon.as_str())).collect();
    assert_eq!((first.total, given), (2000, vec![("gives", "next")]));
    assert_eq!(quote(&engine, json!([["milk", 1]]), json!({})).coupons.len(), 0);
    // Once the order is paid the coupon is in the wallet; it waits a day, and is good for one order.
    engine.track(value(&json!({"type": "offer-claimed", "offer": "next"})), NOW).unwrap();
    let after = |days: i64| quote(&engine, json!([["milk", 1]]), json!({"now": NOW + days * DAY})).total;
    assert_eq!((after(0), after(1), after(30), after(31)), (1000, 800, 800, 1000));
    let later = NOW + 2 * DAY;
    engine.track(value(&json!({"type": "offer-used", "offer": "next", "at": later})), later).unwrap();
    let again = quote(&engine, json!([["milk", 1]]), json!({"now": later}));
    let why = again.rejected.iter().find(|rejected| rejected.offer == "next").map(|rejected| rejected.reasons[0].code.as_ref());
    assert_eq!((again.total, why), (1000, Some("not-in-wallet")));
}

#[test]
fn coupons_of_the_profile_are_used_up_here_and_one_that_it_has_is_not_got_twice() {
    let coupon = json!({"id": "o", "activation": "wallet", "effects": [{"kind": "amount", "amount": 100, "on": "order"}]});
    let mut engine = shop(json!([coupon]), json!({}));
    let wallet = json!([{"offer": "o", "receivedAt": NOW, "usesLeft": 2}]);
    engine.load_member(&value(&json!({"id": "m", "wallet": wallet})), NOW).unwrap();
    // The profile tells of a coupon got no earlier than this: it is the same one.
    engine.track(value(&json!({"type": "offer-claimed", "offer": "o", "at": NOW - 5})), NOW).unwrap();
    let saves = |engine: &regulars::engine::Engine| quote(engine, json!([["milk", 1]]), json!({})).discount_total;
    for left in [100, 100, 0] {
        assert_eq!(saves(&engine), left);
        engine.track(value(&json!({"type": "offer-used", "offer": "o"})), NOW).unwrap();
    }
    engine.track(value(&json!({"type": "offer-claimed", "offer": "o", "at": NOW + 5})), NOW + 5).unwrap();
    assert_eq!(quote(&engine, json!([["milk", 1]]), json!({"now": NOW + 5})).discount_total, 100);
}

#[test]
fn a_chain_releases_its_uses_one_after_the_other() {
    let chain = json!({"id": "o", "limits": {"chain": {"uses": 3, "minDays": 1, "maxDays": 7}},
        "effects": [{"kind": "amount", "amount": 100, "on": "order", "atUse": 1}, {"kind": "amount", "amount": 200, "on": "order", "atUse": 2},
            {"kind": "amount", "amount": 300, "on": "order", "atUse": 3}]});
    let after = |uses: &[i64], now: i64| {
        let mut engine = shop(json!([chain]), json!({}));
        let uses: Vec<Value> = uses.iter().map(|at| json!({"offer": "o", "at": at})).collect();
        engine.load_member(&value(&json!({"id": "m", "uses": uses})), NOW).unwrap();
        quote(&engine, json!([["milk", 1]]), json!({"now": now})).discount_total
    };
    assert_eq!(after(&[], NOW), 100);
    assert_eq!(after(&[NOW], NOW + DAY - 1), 0);
    assert_eq!(after(&[NOW], NOW + DAY), 200);
    assert_eq!(after(&[NOW - DAY, NOW], NOW + DAY), 300);
    assert_eq!(after(&[NOW], NOW + 7 * DAY), 0);
    assert_eq!(after(&[NOW - 2 * DAY, NOW - DAY, NOW], NOW + DAY), 0);
}

#[test]
fn fairness_names_the_published_rule_of_each_difference_of_price() {
    let first = json!({"id": "first-order", "when": {"member.orders": 0}, "effects": [{"kind": "amount", "amount": 300, "on": "order"}]});
    let mut engine = shop(json!([first]), json!({}));
    engine.load_member(&value(&json!({"id": "m", "attributes": {"phone": "dear"}})), NOW).unwrap();
    let vary = json!({"lines": [{"item": "milk", "quantity": 1}], "now": NOW, "vary": [{"phone": "cheap"}, {"area": "rich"}, {}]});
    let fair = engine.fairness(&value(&vary), NOW).unwrap();
    assert!(fair.equal, "{:?}", fair.differences);
    let request = json!({"lines": [{"item": "milk", "quantity": 1}], "now": NOW});
    assert_eq!(engine.quote(&from_value(&value(&request)).unwrap(), NOW).unwrap().total, 700);
}
