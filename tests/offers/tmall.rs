//! What Chinese malls do, as data: 跨店每满减 with the threshold before coupons, 单品券, 品类券, 店铺券, 运费券, 会员价, 预售尾款.

use serde_json::{Value, json};

use crate::shop::{NOW, quote, shop, value};

const DAY: i64 = 86_400_000;

/// 每满3000减500 across the shop, its threshold on the activity price.
fn across() -> Value {
    json!({"id": "across", "priority": -1, "class": "order", "effects": [{"kind": "each-full", "full": 3000, "amount": 500, "on": "order", "base": "before-coupons"}]})
}

fn coupon(id: &str, threshold: i64, amount: i64, goods: Value) -> Value {
    json!({"id": id, "activation": "wallet", "thresholds": [{"amount": threshold, "where": goods}],
        "effects": [{"kind": "amount", "amount": amount, "on": "order", "where": goods}]})
}

fn saved(offers: Value, cart: Value, wallet: &[&str]) -> (i64, Vec<(String, i64)>) {
    let mut engine = shop(offers, json!({"preset": "tmall"}));
    let wallet: Vec<Value> = wallet.iter().map(|offer| json!({"id": offer, "offer": offer, "receivedAt": NOW - DAY})).collect();
    engine.load_member(&value(&json!({"id": "m", "wallet": wallet})), NOW).unwrap();
    let quote = quote(&engine, cart, json!({"shipping": [{"method": "post", "price": 600}]}));
    (quote.total, quote.applied.iter().map(|applied| (applied.offer.clone(), applied.saving)).collect())
}

fn pairs(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs.iter().map(|(id, saving)| (id.to_string(), *saving)).collect()
}

#[test]
fn the_threshold_of_a_cross_shop_reduction_is_measured_before_coupons() {
    let offers = json!([across(), coupon("shop", 2000, 800, Value::Null)]);
    // 30.00 of wine and milk. The coupon leaves 22.00, and yet the reduction counts 30.00 full.
    let cart = json!([["wine", 1], ["milk", 1]]);
    assert_eq!(saved(offers.clone(), cart.clone(), &["shop"]), (1700 + 600, pairs(&[("shop", 800), ("across", 500)])));
    assert_eq!(saved(offers, cart, &[]).1, pairs(&[("across", 500)]));
}

#[test]
fn a_member_price_lowers_what_the_threshold_is_measured_on() {
    // 会员价: the milk at 9.00. The activity price is 29.00: a coupon from 30.00 is not reached, one from 29.00 is.
    let member_price = json!({"id": "member", "effects": [{"kind": "fixed-price", "price": 900, "where": {"item.id": "milk"}}]});
    let cart = json!([["wine", 1], ["milk", 1]]);
    let with = |threshold: i64| saved(json!([member_price, coupon("shop", threshold, 200, Value::Null)]), cart.clone(), &["shop"]).1;
    assert_eq!(with(2900), pairs(&[("member", 100), ("shop", 200)]));
    // Better without the member price, where that keeps a coupon that saves more.
    assert_eq!(with(3000), pairs(&[("shop", 200)]));
}

#[test]
fn each_full_counts_what_automatic_offers_leave_and_not_what_coupons_do() {
    let member_price = json!({"id": "member", "effects": [{"kind": "fixed-price", "price": 1900, "where": {"item.id": "wine"}}]});
    // Three wines: 60.00 would be twice full, the member price of 57.00 is once. A coupon takes nothing from that.
    let cart = json!([["wine", 3]]);
    assert_eq!(saved(json!([across()]), cart.clone(), &[]).1, pairs(&[("across", 1000)]));
    let both = json!([member_price, across(), coupon("shop", 5000, 2800, Value::Null)]);
    let only = json!({"preset": "tmall", "mode": "stack"});
    let mut engine = shop(both, only);
    let wallet = json!([{"offer": "shop", "receivedAt": NOW - DAY}]);
    engine.load_member(&value(&json!({"id": "m", "wallet": wallet})), NOW).unwrap();
    let applied = quote(&engine, cart, json!({})).applied;
    let applied: Vec<(String, i64)> = applied.iter().map(|applied| (applied.offer.clone(), applied.saving)).collect();
    assert_eq!(applied, pairs(&[("member", 300), ("shop", 2800), ("across", 500)]));
}

#[test]
fn coupons_of_an_item_of_a_category_of_the_shop_and_of_shipping_go_together() {
    let wine = json!({"item.id": "wine"});
    let dairy = json!({"item.category": "dairy"});
    let post = json!({"id": "post", "activation": "wallet", "effects": [{"kind": "amount", "amount": 500, "on": "shipping"}]});
    let offers = json!([
        across(),
        coupon("item", 2000, 300, wine),
        coupon("category", 900, 100, dairy),
        coupon("shop", 2500, 200, Value::Null),
        post
    ]);
    let (total, applied) = saved(offers, json!([["wine", 1], ["milk", 1]]), &["item", "category", "shop", "post"]);
    let mut ids: Vec<&str> = applied.iter().map(|(id, _)| id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["across", "category", "item", "post", "shop"]);
    assert_eq!(total, 3000 - 300 - 100 - 200 - 500 + 100);
}

#[test]
fn nothing_is_reduced_below_nothing() {
    let offers = json!([across(), coupon("shop", 2000, 2800, Value::Null)]);
    assert_eq!(saved(offers, json!([["wine", 1], ["milk", 1]]), &["shop"]), (600, pairs(&[("shop", 2800), ("across", 200)])));
}

/// 预售: a deposit of 3.00 was paid for the wine and counts for 6.00; the rest is paid in a window of its own. The deposit is
/// the line's floor, so no discount eats it.
#[test]
fn the_rest_of_a_presale_is_reduced_and_the_deposit_is_not() {
    let presale = |expands: i64, window: Value| json!({"id": "presale", "window": window, "effects": [{"kind": "amount", "amount": expands, "on": "units", "where": {"item.presale": true}}]});
    let rest = json!({"from": "2026-06-10", "until": "2026-06-12"});
    let ask = |offers: Value, now: i64| {
        let mut engine = shop(offers, json!({"preset": "tmall", "floorAttribute": "deposit"}));
        let wallet = json!([{"id": "c", "offer": "shop", "receivedAt": NOW - DAY}]);
        engine.load_member(&value(&json!({"id": "m", "wallet": wallet})), NOW).unwrap();
        let request = json!({"lines": [{"item": "wine", "quantity": 1, "attributes": {"presale": true, "deposit": 300}}], "now": now});
        engine.quote(&regulars::domain::from_value(&value(&request)).unwrap(), NOW).unwrap().total
    };
    let offers = json!([presale(300, rest.clone()), coupon("shop", 1500, 400, Value::Null)]);
    // 20.00 - 3.00 (the deposit counts twice) - 4.00 coupon = 13.00, of which 3.00 are paid: 10.00 remain.
    assert_eq!(ask(offers.clone(), NOW), 1300);
    // After the window the deposit no longer counts twice.
    assert_eq!(ask(offers, NOW + 2 * DAY), 1600);
    let huge = json!([presale(300, rest), coupon("shop", 1500, 9900, Value::Null)]);
    assert_eq!(ask(huge, NOW), 300);
}
