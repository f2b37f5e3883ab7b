//! How offers go together, as data: classes, tags, groups, exclusives, bases, odd cents.

use serde_json::{Value, json};

use crate::shop::{quote, shop};

type Savings = Vec<(String, i64)>;

/// What each offer saves, by id, and the last reason of each that is left out.
fn apply(offers: Value, stacking: Value, cart: Value) -> (Savings, Vec<(String, String)>) {
    let quote = quote(&shop(offers, stacking), cart, json!({"codes": ["CODE"], "shipping": [{"method": "post", "price": 600}]}));
    let mut applied: Savings = quote.applied.iter().map(|applied| (applied.offer.clone(), applied.saving)).collect();
    applied.sort();
    let rejected = quote.rejected.iter().map(|rejected| (rejected.offer.clone(), rejected.reasons.last().unwrap().code.to_string()));
    (applied, rejected.collect())
}

fn saved(pairs: &[(&str, i64)]) -> Savings {
    pairs.iter().map(|(id, saving)| (id.to_string(), *saving)).collect()
}

fn percent(id: &str, percent: u32, on: &str, more: Value) -> Value {
    let mut offer = json!({"id": id, "effects": [{"kind": "percent", "percent": percent, "on": on}]});
    offer.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    offer
}

#[test]
fn classes_go_together_only_in_the_pairs_that_are_named() {
    let offers = json!([
        percent("goods", 10, "lines", json!({})),
        percent("order", 20, "order", json!({})),
        percent("post", 100, "shipping", json!({}))
    ]);
    let cart = json!([["milk", 1]]);
    let all = apply(offers.clone(), json!({}), cart.clone()).0;
    assert_eq!(all, saved(&[("goods", 100), ("order", 180), ("post", 600)]));
    let (some, out) = apply(offers.clone(), json!({"classes": [["order", "shipping"]]}), cart.clone());
    assert_eq!(some, saved(&[("order", 200), ("post", 600)]));
    assert_eq!(out, [("goods".to_string(), "class-conflict".to_string())]);
    let none = apply(offers, json!({"classes": []}), cart).0;
    assert_eq!(none, saved(&[("post", 600)]));
}

#[test]
fn an_offers_own_word_replaces_the_matrix_and_both_sides_must_agree() {
    let with = |goods: Value, order: Value| {
        let offers = json!([
            percent("goods", 10, "lines", json!({"combinesWith": goods})),
            percent("order", 5, "order", json!({"combinesWith": order}))
        ]);
        apply(offers, json!({}), json!([["milk", 1]])).0
    };
    let (product, order) = (json!({"classes": ["product"]}), json!({"classes": ["order"]}));
    assert_eq!(with(order.clone(), product.clone()), saved(&[("goods", 100), ("order", 45)]));
    assert_eq!(with(order.clone(), order), saved(&[("goods", 100)]));
    assert_eq!(with(Value::Null, product.clone()), saved(&[("goods", 100), ("order", 45)]));
    assert_eq!(with(Value::Null, json!({"classes": []})), saved(&[("goods", 100)]));
}

#[test]
fn product_offers_meet_on_a_line_only_where_every_pair_of_tags_agrees() {
    let one = |id: &str, off: u32, tags: Value, wants: Value| {
        percent(id, off, "lines", json!({"tags": tags, "combinesWith": {"classes": ["product"], "tags": wants}}))
    };
    let run = |offers: Value| apply(offers, json!({"preset": "shopify"}), json!([["milk", 1]])).0;
    // Both name a tag of the other.
    assert_eq!(
        run(json!([one("a", 10, json!(["x"]), json!(["y"])), one("b", 20, json!(["y"]), json!(["x"]))])),
        saved(&[("a", 100), ("b", 180)])
    );
    // Only one does.
    assert_eq!(run(json!([one("a", 10, json!(["x"]), json!(["y"])), one("b", 20, json!(["y"]), json!(["z"]))])), saved(&[("b", 200)]));
    // Two pairs of three agree: the third may not join either.
    let a = one("a", 30, json!(["x"]), json!(["y"]));
    let b = one("b", 10, json!(["y"]), json!(["x", "z"]));
    let c = one("c", 20, json!(["z"]), json!(["y"]));
    assert_eq!(run(json!([a, b, c])), saved(&[("a", 300), ("b", 70)]));
    // On different lines no agreement is needed.
    let on = |mut offer: Value, item: &str| {
        offer["effects"][0]["where"] = json!({"item.id": item});
        offer
    };
    let apart = json!([on(one("a", 10, json!([]), json!([])), "milk"), on(one("b", 20, json!([]), json!([])), "bread")]);
    assert_eq!(apply(apart, json!({"preset": "shopify"}), json!([["milk", 1], ["bread", 1]])).0, saved(&[("a", 100), ("b", 100)]));
}

#[test]
fn classes_may_go_together_in_an_order_and_yet_not_on_a_line() {
    let offers = json!([
        percent("goods", 30, "lines", json!({"effects": [{"kind": "percent", "percent": 30, "where": {"item.id": "milk"}}]})),
        percent("order", 20, "order", json!({}))
    ]);
    let (applied, _) = apply(offers, json!({"apartOnLine": [["product", "order"]]}), json!([["milk", 1], ["bread", 1]]));
    // The milk keeps its 30 %; the order's 20 % are on the bread alone.
    assert_eq!(applied, saved(&[("goods", 300), ("order", 100)]));
}

#[test]
fn nested_groups_choose_each_in_its_own_way() {
    let cart = json!([["milk", 1]]);
    let offers = json!([
        percent("s1", 10, "lines", json!({"group": "stacked", "priority": 2})),
        percent("s2", 10, "lines", json!({"group": "stacked", "priority": 1})),
        percent("h1", 5, "order", json!({"group": "high"})),
        percent("h2", 15, "order", json!({"group": "high"})),
        percent("l1", 5, "order", json!({"group": "low"})),
        percent("l2", 15, "order", json!({"group": "low"})),
        percent("f1", 1, "order", json!({"group": "first", "priority": 9})),
        percent("f2", 15, "order", json!({"group": "first", "priority": 8})),
    ]);
    let group = |id: &str, mode: &str, priority: i32| json!({"id": id, "mode": mode, "priority": priority});
    let groups =
        json!([group("stacked", "stack", 9), group("high", "highest", 8), group("low", "lowest", 7), group("first", "list-order", 6)]);
    let (applied, _) = apply(offers.clone(), json!({"mode": "stack", "groups": groups}), cart.clone());
    // 1000 - 100 - 90 = 810; 15 % = 122 (688); the lowest of what is left, 5 % = 34 (654); the first in turn, 1 % = 7.
    assert_eq!(applied, saved(&[("f1", 7), ("h2", 122), ("l1", 34), ("s1", 100), ("s2", 90)]));
    // The same groups inside one that chooses the best of them: only the stacked pair is left.
    let nested = json!([{"id": "all", "mode": "highest", "groups": groups}]);
    let (applied, _) = apply(offers, json!({"mode": "stack", "groups": nested}), cart);
    assert_eq!(applied, saved(&[("s1", 100), ("s2", 90)]));
}

#[test]
fn a_group_chooses_for_the_order_for_each_line_or_for_each_piece() {
    let on =
        |id: &str, off: u32, item: Value| json!({"id": id, "group": "g", "effects": [{"kind": "percent", "percent": off, "where": item}]});
    let offers = json!([on("all", 10, Value::Null), on("milk", 30, json!({"item.id": "milk"}))]);
    let run = |scope: &str| apply(offers.clone(), json!({"groups": [{"id": "g", "scope": scope}]}), json!([["milk", 1], ["wine", 1]])).0;
    assert_eq!(run("order"), saved(&[("all", 300)]));
    assert_eq!(run("line"), saved(&[("all", 200), ("milk", 300)]));
}

#[test]
fn exclusive_offers_compete_come_first_or_stop() {
    let offers = json!([
        percent("before", 10, "lines", json!({"priority": 3})),
        percent("alone", 5, "lines", json!({"priority": 2, "exclusive": true})),
        percent("after", 10, "lines", json!({"priority": 1}))
    ]);
    let run = |exclusive: &str| apply(offers.clone(), json!({"mode": "stack", "exclusive": exclusive}), json!([["milk", 1]])).0;
    assert_eq!(run("first"), saved(&[("alone", 50)]));
    assert_eq!(run("stop"), saved(&[("alone", 45), ("before", 100)]));
    let best = apply(offers, json!({}), json!([["milk", 1]]));
    assert_eq!(best.0, saved(&[("after", 90), ("before", 100)]));
    assert_eq!(best.1, [("alone".to_string(), "exclusive".to_string())]);
}

#[test]
fn discounts_are_counted_on_what_is_left_or_on_the_first_price() {
    let offers = json!([percent("a", 50, "lines", json!({"priority": 1})), percent("b", 50, "lines", json!({}))]);
    let run = |base: &str| apply(offers.clone(), json!({"base": {"product": base}}), json!([["milk", 1]])).0;
    assert_eq!(run("running"), saved(&[("a", 500), ("b", 250)]));
    assert_eq!(run("original"), saved(&[("a", 500), ("b", 500)]));
}

#[test]
fn the_order_of_classes_and_kinds_is_a_setting() {
    let offers =
        json!([percent("goods", 10, "lines", json!({})), {"id": "order", "effects": [{"kind": "amount", "amount": 500, "on": "order"}]}]);
    let run = |sequence: Value| apply(offers.clone(), json!({"sequence": sequence}), json!([["milk", 1]])).0;
    assert_eq!(run(json!(["product", "order"])), saved(&[("goods", 100), ("order", 500)]));
    assert_eq!(run(json!(["order", "product"])), saved(&[("goods", 50), ("order", 500)]));
    let kinds = json!([percent("percent", 10, "order", json!({})), {"id": "amount", "effects": [{"kind": "amount", "amount": 500, "on": "order"}]}]);
    let run = |within: &str| apply(kinds.clone(), json!({"within": within}), json!([["milk", 1]])).0;
    assert_eq!(run("percent-first"), saved(&[("amount", 500), ("percent", 100)]));
    assert_eq!(run("amount-first"), saved(&[("amount", 500), ("percent", 50)]));
}

#[test]
fn odd_cents_go_where_the_programme_says() {
    let offers = json!([{"id": "o", "effects": [{"kind": "amount", "amount": 100, "on": "order"}]}]);
    let run = |rule: &str, cart: Value| {
        let quote = quote(&shop(offers.clone(), json!({"oddCents": rule})), cart, json!({}));
        let shares: Vec<i64> = quote.lines.iter().map(|line| line.subtotal - line.total).collect();
        assert_eq!(shares.iter().sum::<i64>(), 100);
        shares
    };
    // 100 over 10.00, 5.00, 20.00: 28.57, 14.28, 57.14. Two units are left over.
    let cart = json!([["milk", 1], ["bread", 1], ["wine", 1]]);
    assert_eq!(run("largest-remainder", cart.clone()), [29, 14, 57]);
    assert_eq!(run("first", cart.clone()), [29, 14, 57]);
    // 100 over 5.00, 10.00, 10.00, 5.00: 16.66, 33.33, 33.33, 16.66.
    let even = json!([["bread", 1], ["milk", 1], ["milk", 1], ["bread", 1]]);
    assert_eq!(run("largest-remainder", even.clone()), [17, 33, 33, 17]);
    assert_eq!(run("first", even.clone()), [17, 34, 33, 16]);
    assert_eq!(run("last", even.clone()), [16, 33, 33, 18]);
    assert_eq!(run("middle", even), [16, 33, 35, 16]);
}

#[test]
fn limits_shared_by_offers_let_through_what_saves_most() {
    let coupon = |id: &str, off: u32| percent(id, off, "order", json!({"pools": {"coupons": 1}}));
    let offers = json!([coupon("five", 5), coupon("ten", 10), coupon("twenty", 20)]);
    let (applied, out) =
        apply(offers, json!({"pools": [{"id": "coupons", "max": 2}], "base": {"order": "original"}}), json!([["milk", 1]]));
    assert_eq!(applied, saved(&[("ten", 100), ("twenty", 200)]));
    assert_eq!(out, [("five".to_string(), "pool-full".to_string())]);
}
