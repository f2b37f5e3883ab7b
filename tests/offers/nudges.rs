//! What nudges promise holds when the cart is changed as they say.

use regulars::domain::{Fact, Reason};
use serde_json::{Value, json};

use crate::shop::{NOW, offers, quote, shop, value};

fn text(reason: &Reason, name: &str) -> String {
    match reason.fact(name) {
        Some(Fact::Text(text)) => text.clone(),
        other => panic!("{name} is {other:?}"),
    }
}

fn codes(nudges: &[Reason]) -> Vec<&str> {
    nudges.iter().map(|nudge| nudge.code.as_ref()).collect()
}

#[test]
fn nothing_is_told_where_nothing_is_gained_or_asked_for() {
    let far = json!([{"id": "far", "thresholds": [{"amount": 100_000}], "effects": [{"kind": "percent", "percent": 50}]},
        {"id": "over", "window": {"until": "2020-01-01"}, "effects": [{"kind": "percent", "percent": 50}]},
        {"id": "secret", "codes": ["HUSH"], "effects": [{"kind": "percent", "percent": 50}]}]);
    assert_eq!(quote(&shop(far, json!(null)), json!([["milk", 1]]), json!({})).nudges, []);
    let near = json!([{"id": "near", "thresholds": [{"amount": 2500}], "effects": [{"kind": "amount", "amount": 500, "on": "order"}]}]);
    let engine = shop(near, json!(null));
    assert_eq!(quote(&engine, json!([["milk", 2]]), json!({"nudges": 0})).nudges, []);
    assert_eq!(codes(&quote(&engine, json!([["milk", 2]]), json!({})).nudges), ["spend-more"]);
}

#[test]
fn spending_more_saves_what_is_said() {
    let engine = shop(
        json!([
            {"id": "from25", "thresholds": [{"amount": 2500}], "effects": [{"kind": "amount", "amount": 500, "on": "order"}]},
            {"id": "each10", "effects": [{"kind": "each-full", "full": 1000, "amount": 100, "on": "order"}], "priority": 1}
        ]),
        json!(null),
    );
    let before = quote(&engine, json!([["milk", 2], ["bread", 1]]), json!({}));
    // 25.00 is reached; 5.00 more make another full 10.00.
    let nudge = before.nudges.iter().find(|nudge| nudge.code == "spend-more").unwrap();
    assert_eq!((nudge.integer("amount"), nudge.integer("saves")), (Some(500), Some(100)));
    let after = quote(&engine, json!([["milk", 2], ["bread", 2]]), json!({}));
    assert_eq!(after.discount_total - before.discount_total, 100);
    assert_eq!(nudge.integer("total"), Some(after.total));
}

#[test]
fn pieces_more_save_what_is_said() {
    let engine = shop(
        json!([
            {"id": "second", "effects": [{"kind": "nth-piece", "cycle": 2, "by": "line-quantity", "steps": [{"from": 2, "percent": 50}], "where": {"item.id": "wine"}}]},
            {"id": "three", "effects": [{"kind": "buy-get", "buy": {"quantity": 2}, "get": {"quantity": 1}, "where": {"item.id": "bread"}}]}
        ]),
        json!(null),
    );
    let before = quote(&engine, json!([["wine", 1], ["bread", 2]]), json!({}));
    assert_eq!(before.discount_total, 0);
    let told: Vec<(String, i64, i64)> = before
        .nudges
        .iter()
        .map(|nudge| (text(nudge, "item"), nudge.integer("quantity").unwrap(), nudge.integer("saves").unwrap()))
        .collect();
    // The third bread is free: of what it costs all is saved; of the second wine half.
    assert_eq!(told, [("bread".to_string(), 1, 500), ("wine".to_string(), 1, 1000)]);
    assert_eq!(quote(&engine, json!([["wine", 2], ["bread", 3]]), json!({})).discount_total, 1500);
}

#[test]
fn an_item_beside_the_cart_is_proposed_for_the_part_that_a_set_lacks() {
    let lunch = json!([{"id": "lunch", "effects": [{"kind": "bundle", "price": 1000, "sets": [
        {"quantity": 1, "where": {"item.id": "milk"}}, {"quantity": 1, "where": {"item.id": {"$in": ["bread", "soap"]}}}]}]}]);
    let mut engine = shop(lunch, json!(null));
    let before = quote(&engine, json!([["milk", 1]]), json!({}));
    let nudge = before.nudges.iter().find(|nudge| nudge.code == "add-item").unwrap();
    assert_eq!(["quantity", "amount", "saves", "total"].map(|fact| nudge.integer(fact)), [Some(1), Some(500), Some(500), Some(1000)]);
    assert_eq!((text(nudge, "item"), text(nudge, "offer")), ("bread".into(), "lunch".into()));
    assert_eq!(quote(&engine, json!([["milk", 1], ["bread", 1]]), json!({})).total, 1000);
    // Who buys soap is told of soap, unless they want nothing personal.
    let member =
        json!({"id": "m", "history": [{"id": "o", "at": NOW - 86_400_000, "lines": [{"item": "soap", "quantity": 1, "paid": 300}]}]});
    engine.load_member(&value(&member), NOW).unwrap();
    let proposed = |engine: &regulars::engine::Engine| text(&quote(engine, json!([["milk", 1]]), json!({})).nudges[0], "item");
    assert_eq!(proposed(&engine), "soap");
    engine.set_privacy(&regulars::engine::PrivacySettings { personalised: Some(false), ..Default::default() }).unwrap();
    assert_eq!(proposed(&engine), "bread");
    // Where the cart holds the part already, more of that is proposed.
    let both = quote(&engine, json!([["milk", 2], ["bread", 1]]), json!({}));
    assert_eq!(codes(&both.nudges), ["add-pieces"]);
}

#[test]
fn waiting_and_rising_save_what_is_said() {
    let engine = shop(
        json!([
            {"id": "tomorrow", "window": {"from": "2026-06-11"}, "effects": [{"kind": "percent", "percent": 30}]},
            {"id": "gold", "tiers": ["gold"], "effects": [{"kind": "percent", "percent": 10}]}
        ]),
        json!(null),
    );
    let before = quote(&engine, json!([["milk", 2]]), json!({}));
    assert_eq!(codes(&before.nudges), ["wait", "rise"]);
    let at = before.nudges[0].integer("at").unwrap();
    assert_eq!(before.nudges[0].integer("saves"), Some(600));
    assert_eq!(quote(&engine, json!([["milk", 2]]), json!({"now": at})).discount_total, 600);
    assert_eq!((text(&before.nudges[1], "tier"), before.nudges[1].integer("saves")), ("gold".into(), Some(200)));
}

#[test]
fn an_offer_that_ends_soon_comes_before_its_like() {
    let one = |id: &str, until: Value| json!({"id": id, "window": {"until": until}, "effects": [{"kind": "percent", "percent": 10}]});
    let engine = shop(json!([one("a", json!("2026-12-01")), one("b", json!(NOW + 86_400_000))]), json!(null));
    let shown = offers(&engine, json!([["milk", 1]])).offers;
    assert_eq!(shown.iter().map(|offer| offer.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(codes(&shown[0].appeal), ["ends-soon"]);
}

#[test]
fn what_lost_tells_what_the_order_would_save_with_it() {
    let one =
        |id: &str, percent: u32| json!({"id": id, "group": "coupons", "effects": [{"kind": "percent", "percent": percent, "on": "order"}]});
    let beside = json!({"id": "beside", "effects": [{"kind": "amount", "amount": 100, "on": "order"}], "priority": 1});
    let engine = shop(json!([one("ten", 10), one("twenty", 20), beside]), json!({"groups": [{"id": "coupons"}]}));
    let quote = quote(&engine, json!([["milk", 2]]), json!({}));
    assert_eq!(quote.discount_total, 480);
    let beaten = &quote.rejected[0].reasons[0];
    assert_eq!((quote.rejected[0].offer.as_str(), beaten.code.as_ref()), ("ten", "better-combination"));
    let facts = ["wouldSave", "insteadSaves", "total", "withIt"].map(|fact| beaten.integer(fact));
    assert_eq!(facts, [Some(200), Some(380), Some(480), Some(290)]);
}

#[test]
fn days_that_go_by_are_waited_for_and_orders_are_placed() {
    let engine = shop(
        json!([
            {"id": "night", "when": {"now.hour": {"$gte": 20}}, "effects": [{"kind": "percent", "percent": 10}]},
            {"id": "third-order", "when": {"member.orders": {"$gte": 2}}, "effects": [{"kind": "percent", "percent": 10}]},
            {"id": "trait", "when": {"member.age": {"$gte": 60}}, "effects": [{"kind": "percent", "percent": 10}]}
        ]),
        json!(null),
    );
    let shown = serde_json::to_value(offers(&engine, json!([["milk", 1]]))).unwrap();
    let found: Vec<(&str, &str)> = shown["offers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|offer| (offer["id"].as_str().unwrap(), offer["status"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("third-order", "nearly"), ("night", "upcoming"), ("trait", "ineligible")]);
}
