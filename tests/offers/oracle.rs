//! The search against an oracle that tries every selection, on small carts.

use proptest::prelude::*;
use regulars::domain::Fact;
use regulars::engine::Engine;
use regulars::offers::Quote;
use serde_json::{Value, json};

use crate::shop::{offers as statuses, quote, shop};

const ITEMS: [&str; 4] = ["milk", "bread", "wine", "soap"];

fn goods() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => Just(Value::Null),
        3 => prop::sample::select(&ITEMS[..]).prop_map(|item| json!({"item.id": item})),
        1 => Just(json!({"item.price": {"$gte": 500}})),
    ]
}

fn effect() -> impl Strategy<Value = Value> {
    let on = prop::sample::select(vec!["lines", "units", "order"]);
    let percent = (1_u32..100, on.clone(), goods(), prop::option::of(50_i64..900))
        .prop_map(|(percent, on, goods, cap)| json!({"kind": "percent", "percent": percent, "on": on, "where": goods, "cap": cap}));
    let amount =
        (1_i64..900, on, goods()).prop_map(|(amount, on, goods)| json!({"kind": "amount", "amount": amount, "on": on, "where": goods}));
    let price = (1_i64..1500, goods()).prop_map(|(price, goods)| json!({"kind": "fixed-price", "price": price, "where": goods}));
    let base = prop::sample::select(vec!["running", "running", "original", "before-coupons"]);
    let full = (300_i64..2500, 20_i64..300, goods(), base).prop_map(
        |(full, less, goods, base)| json!({"kind": "each-full", "full": full, "amount": less, "on": "order", "where": goods, "base": base}),
    );
    let ladder = (300_i64..2500, 1_u32..30, 30_u32..60, goods()).prop_map(|(from, low, high, goods)| {
        json!({"kind": "ladder", "on": "order", "where": goods, "steps": [{"from": from, "percent": low}, {"from": from * 2, "percent": high}]})
    });
    let buy_get = (1_u32..3, 1_u32..3, goods(), goods(), prop::sample::select(vec!["best", "cheapest", "dearest"])).prop_map(
        |(buy, get, bought, got, pick)| {
            json!({"kind": "buy-get", "buy": {"quantity": buy, "where": bought}, "get": {"quantity": get, "where": got}, "percent": 60, "pick": pick})
        },
    );
    let bundle = (2_u32..4, 100_i64..2000, goods())
        .prop_map(|(pieces, price, goods)| json!({"kind": "bundle", "sets": [{"quantity": pieces}], "price": price, "where": goods}));
    let second = (1_u32..100, goods())
        .prop_map(|(percent, goods)| json!({"kind": "nth-piece", "cycle": 2, "steps": [{"from": 2, "percent": percent}], "where": goods}));
    let shipping = (1_u32..101).prop_map(|percent| json!({"kind": "percent", "percent": percent, "on": "shipping"}));
    prop_oneof![3 => percent, 2 => amount, 1 => price, 2 => full, 2 => ladder, 2 => buy_get, 2 => bundle, 1 => second, 1 => shipping]
}

fn offer() -> impl Strategy<Value = Value> {
    let group = prop::option::weighted(0.5, prop::sample::select(vec!["one", "two", "highest"]));
    let threshold = prop::option::weighted(0.4, (100_i64..4000, prop::sample::select(vec!["original", "running", "before-coupons"])));
    (effect(), group, -2_i32..3, prop::bool::weighted(0.15), threshold, prop::option::weighted(0.2, 1_u32..3), prop::bool::weighted(0.3))
        .prop_map(|(effect, group, priority, exclusive, threshold, pool, coupon)| {
            let thresholds: Vec<Value> = threshold.into_iter().map(|(amount, base)| json!({"amount": amount, "base": base})).collect();
            let pools = pool.map_or(json!({}), |amount| json!({"shared": amount}));
            json!({"effects": [effect], "group": group, "priority": priority, "exclusive": exclusive, "thresholds": thresholds,
                "pools": pools, "codes": if coupon { json!(["CODE"]) } else { json!([]) }})
        })
}

fn stacking() -> impl Strategy<Value = Value> {
    let classes = prop_oneof![
        3 => Just(Value::Null),
        1 => Just(json!([["product", "product"], ["order", "order"], ["product", "shipping"], ["order", "shipping"], ["shipping", "shipping"]])),
    ];
    (classes, prop::sample::select(vec!["priority", "percent-first", "amount-first"]), prop::option::of(1_u32..60)).prop_map(
        |(classes, within, floor)| {
            json!({"classes": classes, "within": within, "floorPercent": floor, "pools": [{"id": "shared", "max": 3}],
            "groups": [{"id": "one"}, {"id": "two", "max": 2}, {"id": "highest", "mode": "highest"}]})
        },
    )
}

fn cart() -> impl Strategy<Value = Value> {
    prop::collection::vec((prop::sample::select(&ITEMS[..]), 1_u32..5), 1..4).prop_map(|lines| json!(lines))
}

fn case() -> impl Strategy<Value = (Vec<Value>, Value, Value)> {
    (prop::collection::vec(offer(), 1..6), stacking(), cart())
}

/// Offers with ids, in the order they are written.
fn named(offers: &[Value]) -> Vec<Value> {
    let mut offers = offers.to_vec();
    offers.iter_mut().enumerate().for_each(|(place, offer)| offer["id"] = json!(format!("o{place}")));
    offers
}

fn ask(engine: &Engine, cart: &Value, listed: Option<&[String]>) -> Quote {
    let mut more = json!({"codes": ["CODE"], "shipping": [{"method": "post", "price": 700}]});
    if let Some(listed) = listed {
        more["offers"] = json!(listed);
    }
    quote(engine, cart.clone(), more)
}

/// The order in which the engine applies offers: class, kind where it says so, priority, id.
fn in_turn(offers: &[Value], stacking: &Value, eligible: &[String]) -> Vec<Value> {
    let class = |offer: &Value| match offer["effects"][0]["on"].as_str() {
        Some("order") => 1,
        Some("shipping") => 2,
        _ => 0,
    };
    let kind = |offer: &Value| {
        let effect = &offer["effects"][0];
        let first = if effect["steps"].is_array() { &effect["steps"][0] } else { effect };
        let kind = if effect["kind"] == "each-full" || first["amount"].is_number() {
            2
        } else if first["percent"].is_number() {
            1
        } else {
            0
        };
        match stacking["within"].as_str() {
            Some("percent-first") => kind,
            Some("amount-first") => [0, 2, 1][kind],
            _ => 0,
        }
    };
    // A group that chooses the highest has its turn as one: its class and kind are its first eligible member's, its
    // priority is 0.
    let first_of_group = |offer: &Value| {
        let takes_part = |other: &&Value| eligible.iter().any(|id| other["id"] == **id) && other["group"] == offer["group"];
        let members = offers.iter().filter(takes_part);
        members.map(|other| (class(other), kind(other))).min()
    };
    let key = |offer: &Value| {
        let id = offer["id"].as_str().unwrap_or_default().to_string();
        match (offer["group"].as_str(), first_of_group(offer)) {
            (Some("highest"), Some((class, kind))) => (class, kind, 0, "highest".to_string()),
            _ => (class(offer), kind(offer), -offer["priority"].as_i64().unwrap_or(0), id),
        }
    };
    let mut sorted = offers.to_vec();
    sorted.sort_by_key(key);
    sorted
}

/// The most that any selection saves when it is applied in turn.
fn best_of_all(engine: &Engine, offers: &[Value], stacking: &Value, cart: &Value) -> i64 {
    let all = ask(engine, cart, None);
    let rejected = all.rejected.iter().filter(|rejected| rejected.would_save.is_some()).map(|rejected| rejected.offer.clone());
    let eligible: Vec<String> = all.applied.iter().map(|applied| applied.offer.clone()).chain(rejected).collect();
    let ids: Vec<String> = in_turn(offers, stacking, &eligible).iter().map(|offer| offer["id"].as_str().unwrap().to_string()).collect();
    (0..1_u32 << ids.len())
        .map(|mask| {
            let chosen: Vec<String> =
                ids.iter().enumerate().filter(|(place, _)| mask >> place & 1 == 1).map(|(_, id)| id.clone()).collect();
            ask(engine, cart, Some(&chosen)).discount_total
        })
        .max()
        .unwrap_or(0)
}

fn sound(quote: &Quote) -> Result<(), TestCaseError> {
    let goods: i64 = quote.lines.iter().map(|line| line.total).sum();
    let shipping: i64 = quote.shipping.iter().map(|method| method.total).sum();
    prop_assert!(quote.lines.iter().all(|line| line.total >= 0) && quote.shipping.iter().all(|method| method.total >= 0));
    prop_assert_eq!(goods + shipping, quote.total);
    prop_assert_eq!(quote.subtotal + quote.shipping.iter().map(|method| method.price).sum::<i64>() - quote.discount_total, quote.total);
    for line in &quote.lines {
        prop_assert_eq!(line.subtotal - line.discounts.iter().map(|discount| discount.amount).sum::<i64>(), line.total);
        prop_assert_eq!(line.pieces.iter().map(|pieces| pieces.quantity).sum::<u32>(), line.quantity);
        prop_assert_eq!(line.pieces.iter().map(|pieces| pieces.price * i64::from(pieces.quantity)).sum::<i64>(), line.total);
        prop_assert!(line.pieces.iter().all(|pieces| pieces.price >= 0 && pieces.quantity > 0));
    }
    prop_assert_eq!(quote.applied.iter().map(|applied| applied.saving).sum::<i64>(), quote.discount_total);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_better_legal_combination_is_missed((offers, stacking, cart) in case()) {
        let offers = named(&offers);
        let engine = shop(json!(offers), stacking.clone());
        let found = ask(&engine, &cart, None);
        sound(&found)?;
        prop_assert!(found.optimal);
        // A group that chooses the highest chooses by what its members save at their turn, not by what all save in the
        // end: where there is one, a selection may save more.
        let best = best_of_all(&engine, &offers, &stacking, &cart);
        let local = offers.iter().filter(|offer| offer["group"] == "highest").count() > 1;
        prop_assert!(found.discount_total == best || (local && found.discount_total < best), "found {} of {best}", found.discount_total);
        let ids: Vec<String> = found.applied.iter().map(|applied| applied.offer.clone()).collect();
        prop_assert_eq!(ask(&engine, &cart, Some(&ids)).discount_total, found.discount_total);
    }

    #[test]
    fn the_gap_bounds_what_is_missed((offers, stacking, cart) in case(), budget in 0_u32..6) {
        let offers = named(&offers);
        let mut stacking = stacking;
        stacking["searchBudget"] = json!(budget);
        let engine = shop(json!(offers), stacking.clone());
        let found = ask(&engine, &cart, None);
        sound(&found)?;
        let best = best_of_all(&engine, &offers, &stacking, &cart);
        // As above: what a group gives up by choosing at its turn is no legal combination.
        let local = offers.iter().filter(|offer| offer["group"] == "highest").count() > 1;
        prop_assert!(local || found.discount_total + found.gap >= best, "found {} and {} of {best}", found.discount_total, found.gap);
        prop_assert!(local || !found.optimal || found.discount_total == best);
    }

    #[test]
    fn the_order_of_the_file_changes_nothing((offers, stacking, cart) in case(), seed in 0_usize..100) {
        let mut offers = named(&offers);
        let one = ask(&shop(json!(offers), stacking.clone()), &cart, None);
        offers.reverse();
        let turn = seed % offers.len();
        offers.rotate_left(turn);
        prop_assert_eq!(one, ask(&shop(json!(offers), stacking), &cart, None));
    }

    #[test]
    fn an_offer_that_is_not_eligible_changes_nothing((offers, stacking, cart) in case(), extra in offer(), which in 0_usize..4) {
        let mut offers = named(&offers);
        let one = ask(&shop(json!(offers), stacking.clone()), &cart, None);
        let mut extra = extra;
        extra["id"] = json!("a-extra");
        match which {
            0 => extra["thresholds"] = json!([{"amount": 1_000_000}]),
            1 => extra["window"] = json!({"until": "2020-01-01"}),
            2 => extra["tiers"] = json!(["platinum"]),
            _ => extra["when"] = json!({"member.orders": {"$gt": 5}}),
        }
        offers.push(extra);
        let mut with = ask(&shop(json!(offers), stacking), &cart, None);
        with.rejected.retain(|rejected| rejected.offer != "a-extra");
        with.notes.clone_from(&one.notes);
        // That it could be had by rising or waiting is worth knowing.
        let mut one = one;
        one.nudges.clear();
        with.nudges.clear();
        prop_assert_eq!(one, with);
    }

    #[test]
    fn nudges_hold_when_the_cart_is_changed((offers, stacking, cart) in case()) {
        let engine = shop(json!(named(&offers)), stacking);
        let before = quote(&engine, cart.clone(), json!({"nudges": 9}));
        for nudge in &before.nudges {
            let (Some(Fact::Text(item)), Some(saves)) = (nudge.fact("item"), nudge.integer("saves")) else { continue };
            let mut changed = cart.clone();
            let lines_of_item = cart.as_array().unwrap().iter().filter(|line| line[0] == item.as_str()).count();
            let pieces = nudge.integer("quantity").unwrap_or(0);
            match (nudge.code.as_ref(), lines_of_item) {
                ("add-pieces", 1) => {
                    let line = changed.as_array_mut().unwrap().iter_mut().find(|line| line[0] == item.as_str()).unwrap();
                    line[1] = json!(line[1].as_i64().unwrap() + pieces);
                }
                ("add-item", 0) => changed.as_array_mut().unwrap().push(json!([item, pieces])),
                ("add-item", _) => prop_assert!(false, "{nudge:?} is in the cart already"),
                _ => continue,
            }
            let after = quote(&engine, changed, json!({}));
            prop_assert_eq!(after.discount_total - before.discount_total, saves, "{:?}", nudge);
            prop_assert_eq!(Some(after.total), nudge.integer("total"), "{:?}", nudge);
        }
    }

    #[test]
    fn statuses_agree_with_the_quote((offers, stacking, cart) in case()) {
        let engine = shop(json!(named(&offers)), stacking);
        let quote = quote(&engine, cart.clone(), json!({}));
        for status in statuses(&engine, cart).offers {
            let applied = quote.applied.iter().any(|applied| applied.offer == status.id);
            let eligible = serde_json::to_value(status.status).unwrap() == "eligible";
            prop_assert!(eligible || !applied, "{} is applied but not eligible", status.id);
            prop_assert_eq!(eligible, status.missing.is_empty() && status.reasons.is_empty());
        }
    }
}
