//! What each kind of effect takes off.

use serde_json::json;

use crate::shop::{offers, quote, shop};

/// The saving of one effect on a cart, and each line's total.
fn effect(effect: serde_json::Value, lines: serde_json::Value) -> (i64, Vec<i64>) {
    let engine = shop(json!([{"id": "o", "effects": [effect]}]), json!(null));
    let quote = quote(&engine, lines, json!({"shipping": [{"method": "post", "price": 600}]}));
    let paid: i64 = quote.lines.iter().flat_map(|line| &line.pieces).map(|pieces| pieces.price * i64::from(pieces.quantity)).sum();
    assert_eq!(paid, quote.lines.iter().map(|line| line.total).sum::<i64>());
    assert_eq!(quote.total, quote.subtotal + 600 - quote.discount_total);
    (quote.discount_total, quote.lines.iter().map(|line| line.total).collect())
}

#[test]
fn percentages_and_amounts() {
    let cart = json!([["milk", 2], ["bread", 1]]);
    let dairy = json!({"item.category": "dairy"});
    assert_eq!(effect(json!({"kind": "percent", "percent": 20, "where": dairy}), cart.clone()), (400, vec![1600, 500]));
    assert_eq!(effect(json!({"kind": "percent", "percent": 20, "cap": 250}), cart.clone()), (250, vec![1800, 450]));
    assert_eq!(effect(json!({"kind": "amount", "amount": 300, "on": "units"}), cart.clone()), (900, vec![1400, 200]));
    assert_eq!(effect(json!({"kind": "amount", "amount": 300, "on": "lines"}), cart.clone()), (600, vec![1700, 200]));
    assert_eq!(effect(json!({"kind": "amount", "amount": 300, "on": "order"}), cart.clone()), (300, vec![1760, 440]));
    assert_eq!(effect(json!({"kind": "percent", "percent": 50, "on": "shipping"}), cart.clone()), (300, vec![2000, 500]));
    assert_eq!(effect(json!({"kind": "amount", "amount": 99999, "on": "order"}), cart), (2500, vec![0, 0]));
}

#[test]
fn prices() {
    let cart = json!([["milk", 3], ["bread", 1]]);
    assert_eq!(effect(json!({"kind": "fixed-price", "price": 700}), cart.clone()), (900, vec![2100, 500]));
    assert_eq!(effect(json!({"kind": "flash-price", "price": 400, "stock": 2}), cart.clone()), (1200, vec![1800, 500]));
    assert_eq!(effect(json!({"kind": "fixed-price", "price": 1500, "on": "order"}), cart), (2000, vec![1286, 214]));
}

#[test]
fn ladders_and_each_full() {
    let steps = json!([{"from": 2000, "percent": 10}, {"from": 3000, "percent": 20}]);
    assert_eq!(effect(json!({"kind": "ladder", "on": "order", "steps": steps}), json!([["milk", 1]])).0, 0);
    assert_eq!(effect(json!({"kind": "ladder", "on": "order", "steps": steps}), json!([["milk", 2]])).0, 200);
    assert_eq!(effect(json!({"kind": "ladder", "on": "order", "steps": steps}), json!([["milk", 3]])).0, 600);
    let by_pieces = json!({"kind": "ladder", "by": "quantity", "steps": [{"from": 3, "percent": 10}, {"from": 5, "percent": 30}]});
    assert_eq!(effect(by_pieces, json!([["bread", 5]])).0, 750);
    let full = json!({"kind": "each-full", "full": 1500, "amount": 200, "on": "order"});
    assert_eq!(effect(full, json!([["milk", 4], ["bread", 1]])), (600, vec![3467, 433]));
}

#[test]
fn pieces_and_sets() {
    let second_half = json!({"kind": "nth-piece", "cycle": 2, "steps": [{"from": 2, "percent": 50}]});
    assert_eq!(effect(second_half.clone(), json!([["milk", 3]])), (500, vec![2500]));
    assert_eq!(effect(second_half, json!([["milk", 1], ["wine", 1]])), (500, vec![500, 2000]));
    let two_and_one = json!({"kind": "buy-get", "buy": {"quantity": 2}, "get": {"quantity": 1}});
    assert_eq!(effect(two_and_one.clone(), json!([["milk", 2], ["bread", 1]])), (500, vec![2000, 0]));
    assert_eq!(effect(two_and_one.clone(), json!([["bread", 3], ["milk", 3]])), (1500, vec![1000, 2000]));
    assert_eq!(effect(two_and_one, json!([["bread", 6000]])), (1_000_000, vec![2_000_000]));
    let drink_with_bread = json!({"kind": "buy-get", "buy": {"quantity": 1, "where": {"item.id": "wine"}},
        "get": {"quantity": 2, "where": {"item.id": "bread"}, }, "percent": 40, "times": 1});
    assert_eq!(effect(drink_with_bread, json!([["wine", 2], ["bread", 3]])), (400, vec![4000, 1100]));
    let meal = json!({"kind": "bundle", "price": 2000, "sets": [{"quantity": 1, "where": {"item.id": "wine"}}, {"quantity": 1, "where": {"item.id": "bread"}}]});
    assert_eq!(effect(meal, json!([["wine", 3], ["bread", 2], ["milk", 1]])), (1000, vec![5200, 800, 1000]));
    let any_two = json!({"kind": "bundle", "price": 1200, "sets": [{"quantity": 2}]});
    assert_eq!(effect(any_two, json!([["wine", 1], ["milk", 1], ["bread", 2]])).0, 1800);
}

#[test]
fn what_is_missing_is_said() {
    let engine = shop(
        json!([
            {"id": "big", "thresholds": [{"amount": 5000}], "effects": [{"kind": "percent", "percent": 10, "on": "order"}]},
            {"id": "code", "codes": ["SAVE"], "effects": [{"kind": "amount", "amount": 100, "on": "order"}]},
            {"id": "gold", "tiers": ["gold"], "effects": [{"kind": "amount", "amount": 100, "on": "order"}]},
            {"id": "later", "window": {"from": "2026-06-11"}, "effects": [{"kind": "amount", "amount": 100, "on": "order"}]},
            {"id": "over", "window": {"until": "2026-06-10T12:00"}, "effects": [{"kind": "amount", "amount": 100, "on": "order"}]},
            {"id": "open", "effects": [{"kind": "amount", "amount": 100, "on": "order"}]}
        ]),
        json!(null),
    );
    let answer = serde_json::to_value(offers(&engine, json!([["milk", 4]]))).unwrap();
    let found: Vec<(&str, &str)> = answer["offers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|offer| (offer["id"].as_str().unwrap(), offer["status"].as_str().unwrap()))
        .collect();
    let expected =
        [("open", "eligible"), ("big", "nearly"), ("gold", "nearly"), ("later", "upcoming"), ("code", "ineligible"), ("over", "expired")];
    assert_eq!(found, expected);
    assert_eq!(answer["offers"][1]["missing"][0]["facts"]["missing"], 1000);
    let with_code = quote(&engine, json!([["milk", 4]]), json!({"codes": ["save ", "nonsense"]}));
    assert_eq!(with_code.discount_total, 200);
    assert_eq!(with_code.notes[0].code, "unknown-code");
}
