//! Carts of named items and offers on sets of them (`best-combination-cases/1`): no piece in two sets, a set as often as it
//! fits. Major units, counted here in hundredths.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::case::{Unknown, compare, entries, is_remark, is_wrong_answer, list, only, scaled, unknown};
use crate::shop::Shop;

const SCALE: i64 = 100;
const NAMES: [&str; 4] = ["id", "name", "item", "product"];

/// What is in the cart of one item.
#[derive(Default)]
struct Item {
    price: Option<i64>,
    quantity: i64,
    /// Ids of the offers it is for, where the case says so.
    offers: Vec<String>,
}

pub fn run(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["problem", "constraint", "cart", "items", "prices", "offers", "eligible", "buy", "pick", "question"])?;
    let items = cart(input)?;
    let offers = offers(input);
    let mut shop = Shop { stacking: json!({"groups": [{"id": "offers", "scope": "unit"}]}), ..Shop::default() };
    // Where no price is stated, one that no discount reaches.
    let unstated = 100_000;
    for (name, item) in &items {
        shop.add(name, item.price.unwrap_or(unstated), item.quantity);
    }
    // Each offer with what one set of it saves.
    let mut savings: Vec<(i64, String)> = Vec::new();
    for (place, offer) in offers.iter().enumerate() {
        let id = offer["id"].as_str().map_or_else(|| format!("offer {place}"), str::to_string);
        let (effect, saving) = effect(&id, offer, &items)?;
        shop.offers.push(json!({"id": id, "group": "offers", "effects": [effect]}));
        savings.push((saving, id));
    }
    savings.sort_by_key(|(saving, _)| std::cmp::Reverse(*saving));
    let greedy = Shop { listed: Some(savings.into_iter().map(|(_, id)| id).collect()), ..shop.clone() };
    let (best, greedy) = (shop.quote(), greedy.quote());
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "undiscounted_total" => compare(key, best.subtotal, SCALE, wanted, &mut differences),
            "best_discount" | "best" | "optimal_discount" | "max_discount" | "best_saving" | "discount" => {
                compare(key, best.discount_total, SCALE, wanted, &mut differences)
            }
            "best_total" | "optimal_total" | "total" | "final" => compare(key, best.total, SCALE, wanted, &mut differences),
            "greedy" | "greedy_discount" | "greedy_saving" => compare(key, greedy.discount_total, SCALE, wanted, &mut differences),
            "greedy_total" => compare(key, greedy.total, SCALE, wanted, &mut differences),
            "allocation" | "applied" | "best_offers" => {
                let mut named: Vec<&str> = entries(wanted).map(|(id, _)| id).collect();
                named.extend(wanted.as_array().into_iter().flatten().filter_map(Value::as_str));
                named.sort_unstable();
                let mut found: Vec<&str> = best.applied.iter().map(|applied| applied.offer.as_str()).collect();
                found.sort_unstable();
                if named != found {
                    differences.push(format!("applied are {found:?}, expected {named:?}"));
                }
            }
            key if is_remark(key) || is_wrong_answer(key, best.discount_total, SCALE, wanted, &mut differences) => {}
            other => return unknown("expectation", other),
        }
    }
    if !best.optimal {
        differences.push("not proved".into());
    }
    Ok(differences)
}

/// The offers as objects with an id, also where they are told by their ids: `{"A": {"buy": 2, "save": 8}}`, `{"A": 8}`. What
/// is said of all of them once is said of each.
fn offers(input: &Value) -> Vec<Value> {
    let mut offers = list(input, "offers").to_vec();
    for (id, offer) in entries(&input["offers"]) {
        let mut offer = if offer.is_number() { json!({"save": offer}) } else { offer.clone() };
        offer["id"] = json!(id);
        offers.push(offer);
    }
    for offer in &mut offers {
        for key in ["buy", "pick"] {
            if offer[key].is_null() && !input[key].is_null() {
                offer[key] = input[key].clone();
            }
        }
        let own = offer["id"].as_str().map(|id| input["eligible"][id].clone()).unwrap_or_default();
        if !own.is_null() {
            offer["eligible"] = own;
        }
    }
    offers
}

/// The cart: `{"coke": 2}`, `["coke", "coke"]`, or objects with a price and a quantity; prices may stand apart.
fn cart(input: &Value) -> Result<BTreeMap<String, Item>, Unknown> {
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    let source = if input["cart"].is_null() { &input["items"] } else { &input["cart"] };
    for entry in source.as_array().into_iter().flatten() {
        match entry {
            Value::String(name) => items.entry(name.clone()).or_default().quantity += 1,
            Value::Object(_) => {
                let Some(name) = NAMES.iter().find_map(|key| entry[*key].as_str()) else { return unknown("item", entry) };
                add(&mut items, name, entry)?;
            }
            other => return unknown("item", other),
        }
    }
    for (name, entry) in entries(source) {
        match entry {
            // Beside prices a number counts pieces, without them it is the price of one.
            Value::Number(_) if input["prices"].is_object() || !input["cart"].is_null() => {
                items.entry(name.into()).or_default().quantity += entry.as_i64().unwrap_or(0);
            }
            Value::Number(_) => {
                items.insert(name.into(), Item { price: scaled(entry, SCALE), quantity: 1, offers: Vec::new() });
            }
            Value::Array(offers) => {
                let offers = offers.iter().filter_map(|offer| offer.as_str().map(str::to_string)).collect();
                items.insert(name.into(), Item { price: None, quantity: 1, offers });
            }
            Value::Object(_) => add(&mut items, name, entry)?,
            other => return unknown("item", other),
        }
    }
    // Beside a cart, items may be no more than prices.
    let priced = if input["cart"].is_null() { &Value::Null } else { &input["items"] };
    for (name, price) in entries(&input["prices"]).chain(entries(priced)) {
        if let Some(item) = items.get_mut(name) {
            item.price = scaled(price, SCALE);
        }
    }
    Ok(items)
}

fn add(items: &mut BTreeMap<String, Item>, name: &str, entry: &Value) -> Result<(), Unknown> {
    only("item field", entry, &["id", "name", "item", "product", "price", "unit_price", "qty", "quantity", "offers", "eligible_for"])?;
    let item = items.entry(name.into()).or_default();
    item.price = scaled(&entry["price"], SCALE).or_else(|| scaled(&entry["unit_price"], SCALE)).or(item.price);
    item.quantity += entry["qty"].as_i64().or_else(|| entry["quantity"].as_i64()).unwrap_or(1);
    let offers = list(entry, "offers").iter().chain(list(entry, "eligible_for"));
    item.offers.extend(offers.filter_map(|offer| offer.as_str().map(str::to_string)));
    Ok(())
}

/// A set offer as an effect, and what one set of it saves.
fn effect(id: &str, offer: &Value, items: &BTreeMap<String, Item>) -> Result<(Value, i64), Unknown> {
    let mut effect = json!({"kind": "bundle"});
    let mut parts: Vec<(Vec<String>, i64)> = Vec::new();
    let mut eligible: Vec<String> =
        items.iter().filter(|(_, item)| item.offers.iter().any(|offer| offer == id)).map(|(name, _)| name.clone()).collect();
    let mut pieces = None;
    for (key, value) in entries(offer) {
        match key {
            "id" | "name" | "text" => {}
            "items" | "needs" | "takes" | "uses" | "consumes" | "requires" | "set" | "bundle" => {
                for (name, quantity) in entries(value) {
                    parts.push((vec![name.into()], quantity.as_i64().unwrap_or(1)));
                }
                for name in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    match parts.iter_mut().find(|(names, _)| names == &[name]) {
                        Some((_, quantity)) => *quantity += 1,
                        None => parts.push((vec![name.into()], 1)),
                    }
                }
            }
            "buy" | "pick" | "qty" | "quantity" => pieces = value.as_i64(),
            "eligible" | "eligible_items" | "qualifying" | "of" => {
                eligible =
                    value.as_array().into_iter().flatten().map(|name| name.as_str().map_or(name.to_string(), str::to_string)).collect();
            }
            "save" | "saves" | "saving" | "discount" | "off" | "value" => effect["amount"] = json!(scaled(value, SCALE)),
            "price" | "set_price" | "bundle_price" | "fixed_price" | "for" | "pay" => effect["price"] = json!(scaled(value, SCALE)),
            "times" | "max_times" => effect["times"] = value.clone(),
            other => return unknown("offer field", other),
        }
    }
    if let Some(pieces) = pieces {
        parts.push((eligible, pieces));
    }
    if parts.is_empty() {
        return unknown("offer without a set", offer);
    }
    let dearest = |names: &[String]| names.iter().filter_map(|name| items.get(name)?.price).max().unwrap_or(0);
    let full: i64 = parts.iter().map(|(names, quantity)| dearest(names) * quantity).sum();
    let saving = effect["amount"].as_i64().or_else(|| effect["price"].as_i64().map(|price| full - price));
    let Some(saving) = saving else { return unknown("offer that saves nothing stated", offer) };
    let sets = parts.iter().map(|(names, quantity)| json!({"quantity": quantity, "where": {"item.id": {"$in": names}}}));
    effect["sets"] = sets.collect();
    Ok((effect, saving))
}
