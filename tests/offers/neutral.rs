//! With personalisation off, the order of offers reads nothing of who the member is or what they bought. What an offer's own
//! terms ask of the contract (how many orders, how much was spent, since when) holds as before: prices don't depend on the
//! switch.

use proptest::prelude::*;
use regulars::engine::{Engine, PrivacySettings};
use serde_json::{Value, json};

use crate::shop::{NOW, offers, quote, shop, shop_that_learned, value};

const DAY: i64 = 86_400_000;
const ITEMS: [&str; 4] = ["milk", "bread", "wine", "soap"];

/// Offers with terms of the contract: the first order, the third, who has spent much, who has not come for long.
fn terms() -> Vec<Value> {
    let with = |id: &str, when: Value, amount: i64| json!({"id": id, "when": when, "effects": [{"kind": "amount", "on": "order", "amount": amount}]});
    vec![
        with("first-order", json!({"member.orders": 0}), 250),
        with("third-order", json!({"member.orders": 2}), 350),
        with("spender", json!({"member.spent": {"$gte": 5000}}), 150),
        with("win-back", json!({"member.daysSinceOrder": {"$gte": 90}}), 450),
    ]
}

/// Offers on what members may buy and may be like.
fn book() -> Value {
    let on = |id: &str, item: &str, percent: u32| json!({"id": id, "effects": [{"kind": "percent", "percent": percent, "where": {"item.id": item}}]});
    let mut student = on("student", "bread", 30);
    student["when"] = json!({"member.student": true});
    let mut cooks = on("cooks", "milk", 20);
    cooks["when"] = json!({"member.tags": {"$elemMatch": {"$eq": "cooks"}}});
    let mut soon = on("soon", "wine", 5);
    soon["window"] = json!({"until": "2026-06-11"});
    json!([on("milk", "milk", 10), on("bread", "bread", 10), on("wine", "wine", 10), on("soap", "soap", 10), student, cooks, soon,
        {"id": "order", "thresholds": [{"amount": 4000}], "effects": [{"kind": "amount", "amount": 300, "on": "order"}]}])
}

/// Everything personal that a profile can hold.
fn member() -> impl Strategy<Value = Value> {
    let basket = (1_i64..300, prop::collection::vec((prop::sample::select(&ITEMS[..]), 1_u32..5), 1..4)).prop_map(|(days, lines)| {
        (days, lines.into_iter().map(|(item, quantity)| json!({"item": item, "quantity": quantity, "paid": 700})).collect::<Vec<_>>())
    });
    let traits =
        (any::<bool>(), 18_u32..90, prop::sample::select(vec!["dear phone", "old phone"]), prop::sample::select(vec!["north", "south"]));
    let tags = prop::collection::vec(prop::sample::select(vec!["cooks", "sport", "wine"]), 0..3);
    (prop::collection::vec(basket, 0..12), traits, tags, prop::option::of((1_u32..13, 1_u32..29))).prop_map(
        |(mut baskets, (student, age, device, area), tags, birthday)| {
            baskets.sort_by_key(|(days, _)| -days);
            let history: Vec<Value> = baskets
                .into_iter()
                .enumerate()
                .map(|(place, (days, lines))| json!({"id": format!("order {place}"), "at": NOW - days * DAY, "lines": lines}))
                .collect();
            let tags: Vec<Value> = tags.into_iter().map(|tag| json!({"tag": tag, "source": "server"})).collect();
            json!({"id": "someone", "joinedAt": NOW - 400 * DAY, "attributes": {"student": student, "age": age, "device": device, "area": area},
                "tags": tags, "birthday": birthday.map(|(month, day)| format!("{month:02}-{day:02}")), "history": history})
        },
    )
}

fn cart() -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(&ITEMS[..]), 1_u32..4), 0..4).prop_map(|lines| json!(lines))
}

/// The same contract, as many orders at the same times and for the same sums, of another person who buys other goods.
fn twin(member: &Value) -> Value {
    let mut twin = json!({"id": "someone", "joinedAt": member["joinedAt"], "history": member["history"],
        "attributes": {"age": 5, "area": "nowhere"}, "tags": [{"tag": "other", "source": "server"}], "birthday": "06-10"});
    for line in twin["history"].as_array_mut().unwrap().iter_mut().flat_map(|order| order["lines"].as_array_mut().unwrap()) {
        line["item"] = json!(if line["item"] == "soap" { "wine" } else { "soap" });
    }
    twin
}

fn known(member: &Value, personalised: bool) -> Engine {
    known_in(book(), member, personalised)
}

fn known_in(book: Value, member: &Value, personalised: bool) -> Engine {
    let mut engine = shop(book, json!({}));
    engine.load_member(&value(member), NOW).unwrap();
    engine.set_privacy(&PrivacySettings { personalised: Some(personalised), ..PrivacySettings::default() }).unwrap();
    engine
}

/// Ids, scores and what is said for each, in their order.
fn told(engine: &Engine, cart: &Value) -> Vec<(String, f64, Vec<String>)> {
    let said = |offer: &regulars::offers::OfferStatus| offer.appeal.iter().map(|reason| format!("{reason:?}")).collect();
    offers(engine, cart.clone()).offers.iter().map(|offer| (offer.id.clone(), offer.score, said(offer))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn without_personalisation_offers_stand_the_same_for_everybody((one, other, cart) in (member(), member(), cart())) {
        let stranger = told(&known(&json!({"id": "nobody"}), false), &cart);
        prop_assert_eq!(&told(&known(&one, false), &cart), &stranger);
        prop_assert_eq!(&told(&known(&other, false), &cart), &stranger);
    }

    #[test]
    fn terms_of_the_contract_decide_what_can_be_had_and_nothing_else_of_the_member((one, cart) in (member(), cart())) {
        let book = json!([book().as_array().unwrap().clone(), terms()].concat());
        let listed = |member: &Value| told(&known_in(book.clone(), member, false), &cart);
        prop_assert_eq!(listed(&one), listed(&twin(&one)));
    }

    #[test]
    fn prices_under_terms_of_the_contract_do_not_depend_on_the_switch((one, cart) in (member(), cart())) {
        let [on, off] = [true, false].map(|personalised| known_in(json!(terms()), &one, personalised));
        prop_assert_eq!(quote(&on, cart.clone(), json!({})), quote(&off, cart.clone(), json!({})));
        let held = |engine: &Engine| {
            let mut held: Vec<(String, String)> =
                offers(engine, cart.clone()).offers.iter().map(|offer| (offer.id.clone(), format!("{:?} {:?}", offer.status, offer.reasons))).collect();
            held.sort();
            held
        };
        prop_assert_eq!(held(&on), held(&off));
    }
}

#[test]
fn the_first_order_has_its_price_with_personalisation_off() {
    let new = json!({"id": "someone"});
    let back = json!({"id": "someone", "history": [
        {"id": "1", "at": NOW - 100 * DAY, "lines": [{"item": "soap", "quantity": 1, "paid": 300}]}]});
    for (member, saving) in [(new, 250), (back, 450)] {
        let saved = |personalised| quote(&known_in(json!(terms()), &member, personalised), json!([["milk", 1]]), json!({})).discount_total;
        assert_eq!((saved(true), saved(false)), (saving, saving));
    }
}

#[test]
fn what_a_member_does_here_changes_nothing_either() {
    let cart = json!([["bread", 1]]);
    let mut engine = known(&json!({"id": "someone"}), false);
    let before = told(&engine, &cart);
    for item in ["soap", "soap", "wine"] {
        let event = json!({"type": "purchase", "id": format!("order of {item}"), "lines": [{"item": item, "quantity": 3, "paid": 900}]});
        engine.track(value(&event), NOW).unwrap();
        engine.track(value(&json!({"type": "view", "item": item})), NOW).unwrap();
    }
    assert_eq!(told(&engine, &cart), before);
}

#[test]
fn with_personalisation_purchases_and_traits_do_count() {
    let bought = json!({"id": "someone", "attributes": {"student": true}, "history": [
        {"id": "1", "at": NOW - 9 * DAY, "lines": [{"item": "soap", "quantity": 1, "paid": 300}]},
        {"id": "2", "at": NOW - 2 * DAY, "lines": [{"item": "soap", "quantity": 1, "paid": 300}]}]});
    let cart = json!([["bread", 1], ["soap", 1]]);
    let (personal, neutral) = (told(&known(&bought, true), &cart), told(&known(&bought, false), &cart));
    assert_ne!(personal, neutral);
    assert!(personal.iter().any(|(.., said)| said.iter().any(|reason| reason.contains("usual-goods"))));
}

/// Trees of one turn: goods bought within 20 days, counted down, at 0.25.
fn with_trees(member: &Value, personalised: bool) -> Engine {
    let half = |value: f32| ((value.to_bits() >> 16) as u16).to_le_bytes();
    let (threshold, scale) = (half(0.25), half(0.5));
    let mut trees = vec![1, 1, 0, 1, threshold[0], threshold[1]];
    trees.extend((-3.0_f32).to_le_bytes());
    trees.extend([1, 0, scale[0], scale[1], 128 | 64, 0, 128, (-2_i8).cast_unsigned(), 6]);
    let mut engine = shop_that_learned(book(), json!({"format": 1, "ranker": {"offers": trees}}));
    engine.load_member(&value(member), NOW).unwrap();
    engine.set_privacy(&PrivacySettings { personalised: Some(personalised), ..PrivacySettings::default() }).unwrap();
    engine
}

#[test]
fn learned_trees_rank_offers_of_members_by_the_rows_that_training_sees() {
    let bought = json!({"id": "someone", "history": [
        {"id": "1", "at": NOW - 90 * DAY, "lines": [{"item": "milk", "quantity": 1, "paid": 300}]},
        {"id": "2", "at": NOW - 2 * DAY, "lines": [{"item": "soap", "quantity": 1, "paid": 300}]}]});
    let engine = with_trees(&bought, true);
    let rows = engine.offer_rows(NOW).unwrap();
    let lately = |id: &str| rows.iter().find(|(known, _)| known == id).unwrap().1[0] >= 0.25;
    assert_eq!(["soap", "milk", "cooks", "order"].map(lately), [true, false, false, false]);
    let scores: Vec<(String, f64)> = told(&engine, &json!([])).into_iter().map(|(id, score, _)| (id, score)).collect();
    let score = |id: &str| scores.iter().find(|(known, _)| known == id).unwrap().1;
    assert!((score("soap") - 1.0 / (1.0 + (-3.0_f64).exp())).abs() < 1e-12);
    assert!((score("milk") - 1.0 / (1.0 + 1.0_f64.exp())).abs() < 1e-12);
    // Nothing of it shows in a neutral order, nor to somebody of whom nothing is known.
    let neutral = told(&with_trees(&bought, false), &json!([]));
    assert_eq!(neutral, told(&known(&bought, false), &json!([])));
    assert_eq!(neutral, told(&with_trees(&json!({"id": "nobody"}), true), &json!([])));
}
