//! What happens after an order: returns, and whether others would have paid the same.

use regulars::domain::from_value;
use regulars::engine::Engine;
use regulars::offers::{Quote, Refund};
use serde_json::{Value, json};

use crate::shop::{NOW, quote, shop, value};

fn give_back(engine: &Engine, order: &Quote, lines: Value) -> Refund {
    let request = json!({"order": serde_json::to_value(order).unwrap(), "lines": lines, "now": NOW});
    engine.returns(&from_value(&value(&request)).unwrap(), NOW).unwrap()
}

fn two_and_one() -> Value {
    json!([{"id": "o", "effects": [{"kind": "buy-get", "buy": {"quantity": 2}, "get": {"quantity": 1}}]}])
}

#[test]
fn what_the_order_does_not_have_is_not_refunded() {
    let engine = shop(two_and_one(), json!(null));
    let order = quote(&engine, json!([["milk", 3]]), json!({}));
    for lines in [json!([{"line": 7, "quantity": 1}]), json!([{"line": 0, "quantity": 4}])] {
        let refund = give_back(&engine, &order, lines);
        assert_eq!(refund.reasons[0].code, "no-such-line");
        assert!(refund.refund <= order.total);
    }
    assert_eq!(give_back(&engine, &order, json!([])).refund, 0);
}

#[test]
fn giving_all_back_in_steps_gives_all_back() {
    let engine = shop(two_and_one(), json!(null));
    let order = quote(&engine, json!([["milk", 3], ["bread", 4]]), json!({"shipping": [{"method": "post", "price": 500}]}));
    let mut left = order.clone();
    let mut money = 0;
    for _ in 0..4 {
        let refund = give_back(&engine, &left, json!([{"line": 0, "quantity": 1}, {"line": 1, "quantity": 1}]));
        assert!(refund.remaining.lines.iter().all(|line| line.total >= 0));
        money += refund.refund;
        left = refund.remaining;
    }
    assert_eq!((money, left.total), (order.total - 500, 500));
}

#[test]
fn what_is_left_keeps_its_offers_or_is_priced_anew() {
    let offers = json!([{"id": "o", "codes": ["C"], "window": {"until": NOW + 1000}, "limits": {"perMember": 1},
        "thresholds": [{"amount": 3000}], "effects": [{"kind": "percent", "percent": 10, "on": "order"}]}]);
    let back = |policy: &str, pieces: u32| {
        let engine = shop(offers.clone(), json!({"returns": policy}));
        let order = quote(&engine, json!([["milk", 4]]), json!({"codes": ["C"]}));
        assert_eq!(order.total, 3600);
        let mut refund = give_back(&engine, &order, json!([{"line": 0, "quantity": pieces}]));
        refund.reasons.remove(0);
        (refund.refund, refund.remaining.total, refund.reasons.iter().map(|reason| reason.code.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(back("keep", 1), (900, 2700, vec![]));
    assert_eq!(back("re-evaluate", 1), (900, 2700, vec![]));
    assert_eq!(back("keep", 2), (1800, 1800, vec![]));
    assert_eq!(back("re-evaluate", 2), (1600, 2000, vec!["offer-lost".into()]));
}

#[test]
fn points_and_money_come_back_in_step() {
    let engine = shop(json!([]), json!(null));
    let mut order = quote(&engine, json!([["milk", 2], ["bread", 1]]), json!({}));
    // As a loyalty programme fills it in: 500 points paid 5.00, the rest earned 20 points.
    order.lines[0].points_value = 400;
    order.lines[1].points_value = 100;
    (order.points.spent, order.points.spent_value, order.points.earned, order.total) = (500, 500, 20, 2000);
    let refund = give_back(&engine, &order, json!([{"line": 0, "quantity": 1}]));
    assert_eq!((refund.refund, refund.points_back, refund.points_taken), (800, 200, 8));
    let rest = give_back(&engine, &refund.remaining, json!([{"line": 0, "quantity": 1}, {"line": 1, "quantity": 1}]));
    assert_eq!((rest.refund, rest.points_back, rest.points_taken), (1200, 300, 12));
}

proptest::proptest! {
    /// Line by line and piece by piece, in any order: what came back in the end is what was paid, in money and in points.
    #[test]
    fn piece_by_piece_all_comes_back(milk in 1_u32..5, bread in 1_u32..5, spent in 0_i64..9, steps in proptest::collection::vec((0_u32..2, 1_u32..3), 0..10)) {
        let engine = shop(two_and_one(), json!({"returns": "keep"}));
        let mut order = quote(&engine, json!([["milk", milk], ["bread", bread]]), json!({}));
        let value = spent * 10;
        (order.lines[0].points_value, order.points.spent, order.points.spent_value, order.points.earned) = (value, spent * 10, value, 37);
        order.total -= value;
        let (mut left, mut money, mut back, mut taken) = (order.clone(), 0, 0, 0);
        let rest = [(0, 9), (1, 9)];
        for (line, quantity) in steps.iter().chain(&rest) {
            let refund = give_back(&engine, &left, json!([{"line": line, "quantity": quantity}]));
            proptest::prop_assert!(refund.refund >= 0 && refund.points_back >= 0 && refund.points_taken >= 0);
            (money, back, taken) = (money + refund.refund, back + refund.points_back, taken + refund.points_taken);
            left = refund.remaining;
        }
        proptest::prop_assert_eq!((money, back, taken, left.total), (order.total, order.points.spent, order.points.earned, 0));
    }
}

#[test]
fn traits_that_nobody_declared_change_no_price_unless_an_offer_says_so() {
    let ask = |when: Value| {
        let mut engine = shop(json!([{"id": "o", "when": when, "effects": [{"kind": "percent", "percent": 10}]}]), json!(null));
        engine.load_member(&value(&json!({"id": "m", "attributes": {"age": 30}})), NOW).unwrap();
        let request = json!({"lines": [{"item": "milk", "quantity": 1}], "now": NOW, "vary": [{"age": 70}, {}]});
        engine.fairness(&value(&request), NOW).unwrap()
    };
    let fair = ask(json!({"cart.quantity": {"$gte": 1}}));
    assert!(fair.equal && fair.differences.is_empty());
    let unfair = ask(json!({"member.age": {"$lt": 60}}));
    assert!(!unfair.equal);
    let codes: Vec<&str> = unfair.differences.iter().map(|reason| reason.code.as_ref()).collect();
    assert_eq!(codes, ["price-differs", "offer-differs"]);
    assert_eq!(unfair.differences[1].integer("saving"), Some(100));
    assert!(format!("{:?}", unfair.differences[1]).contains("member.age"));
}
