//! Sylius's promotion features (`offer-scenarios/1` with products): amounts in cents, checkpoints of a cart.
//!
//! The preset `sylius` says how offers go together. A piece's discount is what actions on pieces take off it; where a case
//! has none, its share of what actions on the order do. The catalogue's own reduction is the item's price, the price before
//! it its base price.

use regulars::offers::Quote;
use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, compare, entries, list, only, unknown};
use crate::shop::{DAY, NOW, Shop, line, saved};

pub fn is_one(case: &Case) -> bool {
    case.format.starts_with("offer-scenarios/") && case.body["products"].is_object()
}

pub fn run(case: &Case) -> Outcome {
    let result = shop(&case.body).and_then(|shop| {
        let mut differences = Vec::new();
        for (place, checkpoint) in list(&case.body, "checkpoints").iter().enumerate() {
            check(&shop, checkpoint, &mut differences).map_err(|Unknown(what)| Unknown(format!("checkpoint {place}: {what}")))?;
        }
        Ok(differences)
    });
    result.into()
}

fn shop(body: &Value) -> Result<Shop, Unknown> {
    only(
        "field",
        body,
        &[
            "id",
            "source",
            "currency_minor_units",
            "products",
            "promotions",
            "coupons",
            "customer",
            "order_history",
            "checkpoints",
            "profile",
            "money",
        ],
    )?;
    let mut shop = Shop { stacking: json!({"preset": "sylius", "floorAttribute": "minPrice"}), ..Shop::default() };
    for (name, product) in entries(&body["products"]) {
        only("product field", product, &["price", "taxons", "variant", "min_price", "catalog_discount"])?;
        let price = product["price"].as_i64().unwrap_or(0);
        let mut item = json!({"id": name, "price": reduced(price, product)?, "attributes": {"taxons": product["taxons"]}});
        if !product["catalog_discount"].is_null() {
            item["basePrice"] = json!(price);
        }
        if let Some(floor) = product["min_price"].as_i64() {
            item["attributes"]["minPrice"] = json!(floor);
        }
        shop.items.push(item);
    }
    let promotions = list(body, "promotions");
    for (place, promotion) in promotions.iter().enumerate() {
        // A promotion that gives nothing has no effect whatever its rules.
        if !list(promotion, "actions").is_empty() {
            shop.offers.push(offer(body, promotion, place, promotions.len())?);
        }
    }
    let customer = &body["customer"];
    only("customer field", customer, &["placed_orders", "cancelled_orders", "group"])?;
    let orders = orders_that_count(body)?;
    let history: Vec<Value> = (0..orders).map(|order| json!({"id": format!("order {order}"), "at": NOW - DAY, "lines": []})).collect();
    let uses: Vec<Value> = used(body).map(|(coupon, promotion)| json!({"offer": promotion, "at": NOW - DAY, "code": coupon})).collect();
    shop.member = json!({"attributes": {"group": customer["group"]}, "history": history, "uses": uses});
    Ok(shop)
}

/// The price after the catalogue's own reduction.
fn reduced(price: i64, product: &Value) -> Result<i64, Unknown> {
    let discount = &product["catalog_discount"];
    let floor = product["min_price"].as_i64().unwrap_or(0);
    let reduced = match discount["kind"].as_str() {
        None => return Ok(price),
        Some("percent") => price - (price as f64 * discount["percent"].as_f64().unwrap_or(0.0) / 100.0).round() as i64,
        Some("fixed") => price - discount["amount"].as_i64().unwrap_or(0),
        Some(other) => return unknown("catalogue discount", other),
    };
    Ok(reduced.max(floor))
}

/// Orders placed, of which cancelled ones don't count.
fn orders_that_count(body: &Value) -> Result<i64, Unknown> {
    let (placed, mut cancelled) = (list(body, "order_history"), body["customer"]["cancelled_orders"].as_i64().unwrap_or(0));
    for order in placed {
        only("order field", order, &["state", "coupon"])?;
        match order["state"].as_str() {
            Some("cancelled") => cancelled += 1,
            None | Some("placed" | "new" | "fulfilled" | "paid" | "completed") => {}
            Some(other) => return unknown("state", other),
        }
    }
    let all = body["customer"]["placed_orders"].as_i64().unwrap_or(i64::try_from(placed.len()).unwrap_or(0));
    Ok((all - cancelled).max(0))
}

/// Coupons used in orders that count, with their promotions. A cancelled order gives its use back, unless the coupon is
/// not to be used again after that.
fn used(body: &Value) -> impl Iterator<Item = (&str, &str)> {
    list(body, "order_history").iter().filter_map(|order| {
        let code = order["coupon"].as_str()?;
        let coupon = &body["coupons"][code];
        let counts = order["state"] != "cancelled" || coupon["reusable_after_cancel"] == false;
        counts.then(|| coupon["promotion"].as_str().map(|promotion| (code, promotion)))?
    })
}

const WINDOW: [&str; 4] = ["starts_in_days", "started_days_ago", "ends_in_days", "ended_days_ago"];

fn window(terms: &Value) -> Value {
    let days = |key: &str, sign: i64| terms[key].as_i64().map(|days| NOW + sign * days * DAY);
    let from = days("starts_in_days", 1).or_else(|| days("started_days_ago", -1));
    let until = days("ends_in_days", 1).or_else(|| days("ended_days_ago", -1));
    json!({"from": from, "until": until})
}

fn uses_left(terms: &Value, used: i64) -> Option<i64> {
    let limit = terms["usage_limit"]["limit"].as_i64()?;
    Some((limit - terms["usage_limit"]["used"].as_i64().unwrap_or(0).max(used)).max(0))
}

fn offer(body: &Value, promotion: &Value, place: usize, count: usize) -> Result<Value, Unknown> {
    only(
        "promotion field",
        promotion,
        &["name", "priority", "exclusive", "applies_to_discounted", "window", "usage_limit", "coupon_based", "rules", "actions"],
    )?;
    only("window field", &promotion["window"], &WINDOW)?;
    let name = promotion["name"].as_str().unwrap_or_default();
    let later = i64::try_from(count - place).unwrap_or(0);
    let mut offer = json!({
        "id": name,
        // Of equal priorities the first in the list comes first.
        "priority": promotion["priority"].as_i64().unwrap_or(0) * 1000 + later,
        "exclusive": promotion["exclusive"].as_bool().unwrap_or(false),
        "skipReduced": promotion["applies_to_discounted"] == false,
        "window": window(&promotion["window"]),
        "limits": {"usesLeft": uses_left(promotion, 0)},
        "thresholds": [], "effects": [],
    });
    if promotion["coupon_based"] == true {
        offer["activation"] = json!("code");
        for (_, coupon) in entries(&body["coupons"]) {
            let own = ["promotion", "per_customer_limit", "usage_limit", "reusable_after_cancel"];
            only("coupon field", coupon, &[&own[..], &WINDOW[..]].concat())?;
        }
        let own = entries(&body["coupons"]).filter(|(_, coupon)| coupon["promotion"] == promotion["name"]);
        let coupons = own.map(|(code, coupon)| {
            let uses = used(body).filter(|(other, _)| *other == code).count();
            json!({"code": code, "window": window(coupon), "perMember": coupon["per_customer_limit"],
                "usesLeft": uses_left(coupon, i64::try_from(uses).unwrap_or(0))})
        });
        offer["coupons"] = coupons.collect();
    }
    let mut conditions = Vec::new();
    for rule in list(promotion, "rules") {
        let threshold = match rule["type"].as_str().unwrap_or_default() {
            "cart_quantity_at_least" => json!({"quantity": rule["count"]}),
            "items_total_at_least" => json!({"amount": rule["amount"]}),
            "contains_product" => json!({"quantity": 1, "where": {"item.id": rule["product"]}}),
            "has_taxon" => json!({"quantity": 1, "where": {"item.taxons": {"$in": rule["taxons"]}}}),
            "total_of_items_from_taxon" => json!({"amount": rule["amount"], "where": {"item.taxons": {"$in": [rule["taxon"]]}}}),
            "nth_order" => {
                conditions.push(json!({"member.orders": {"$eq": rule["nth"].as_i64().unwrap_or(1) - 1}}));
                continue;
            }
            "customer_group" => {
                conditions.push(json!({"member.group": rule["group"]}));
                continue;
            }
            other => return unknown("rule", other),
        };
        offer["thresholds"].as_array_mut().unwrap().push(threshold);
    }
    offer["when"] = json!({"$and": conditions});
    for action in list(promotion, "actions") {
        offer["effects"].as_array_mut().unwrap().push(effect(action)?);
    }
    // Offers stand in the order of their class only as far as their effects do.
    if list(promotion, "actions").iter().any(|action| action["target"] == "unit") {
        offer["class"] = json!("product");
    }
    Ok(offer)
}

fn effect(action: &Value) -> Result<Value, Unknown> {
    let (on, base) = match action["target"].as_str().unwrap_or_default() {
        "order" => ("order", "running"),
        "unit" => ("units", "original"),
        "shipping" => ("shipping", "running"),
        other => return unknown("target", other),
    };
    let mut effect = json!({"on": on, "base": base});
    match action["kind"].as_str().unwrap_or_default() {
        "fixed" => {
            effect["kind"] = json!("amount");
            effect["amount"] = action["amount"].clone();
        }
        "percent" => {
            effect["kind"] = json!("percent");
            effect["percent"] = action["percent"].clone();
        }
        other => return unknown("action", other),
    }
    let mut filters = Vec::new();
    for (key, wanted) in entries(&action["filter"]) {
        filters.push(match key {
            "price_min" => json!({"item.price": {"$gte": wanted}}),
            "price_max" => json!({"item.price": {"$lte": wanted}}),
            "taxons" => json!({"item.taxons": {"$in": wanted}}),
            "products" => json!({"item.id": {"$in": wanted}}),
            other => return unknown("filter", other),
        });
    }
    if !filters.is_empty() {
        effect["where"] = json!({"$and": filters});
    }
    Ok(effect)
}

fn check(shop: &Shop, checkpoint: &Value, differences: &mut Vec<String>) -> Result<(), Unknown> {
    only("checkpoint field", checkpoint, &["cart", "coupons", "shipping", "expect"])?;
    only("shipping field", &checkpoint["shipping"], &["method", "fee", "preselected"])?;
    let mut shop = shop.clone();
    shop.lines = list(checkpoint, "cart").iter().map(|line| json!({"item": line["product"], "quantity": line["qty"]})).collect();
    shop.codes = list(checkpoint, "coupons").iter().filter_map(|code| code.as_str().map(str::to_string)).collect();
    if let Some(fee) = checkpoint["shipping"]["fee"].as_i64() {
        shop.shipping.push(json!({"method": checkpoint["shipping"]["method"], "price": fee}));
    }
    let quote = shop.quote();
    let shipping_discount: i64 = quote.shipping.iter().map(|method| method.price - method.total).sum();
    for (key, expected) in entries(&checkpoint["expect"]) {
        match key {
            "total" => compare(key, quote.total, 1, expected, differences),
            "discount_total" => compare(key, shipping_discount - quote.discount_total, 1, expected, differences),
            "shipping_total" => compare(key, quote.shipping.iter().map(|method| method.total).sum(), 1, expected, differences),
            "items_total" => compare(key, quote.lines.iter().map(|line| line.total).sum(), 1, expected, differences),
            "lines" => {
                let pieces_only = of_pieces_only(&shop).map_or_else(|| quote.clone(), |shop| shop.quote());
                for expected in expected.as_array().into_iter().flatten() {
                    check_line(&quote, &pieces_only, expected, differences)?;
                }
            }
            other => return unknown("expectation", other),
        }
    }
    Ok(())
}

/// The same shop without what is taken off the order, where something is taken off pieces.
fn of_pieces_only(shop: &Shop) -> Option<Shop> {
    let mut shop = shop.clone();
    for offer in &mut shop.offers {
        let effects = offer["effects"].as_array_mut()?;
        effects.retain(|effect| effect["on"] == "units");
    }
    shop.offers.retain(|offer| !list(offer, "effects").is_empty());
    (!shop.offers.is_empty()).then_some(shop)
}

fn check_line(quote: &Quote, pieces_only: &Quote, expected: &Value, differences: &mut Vec<String>) -> Result<(), Unknown> {
    let product = expected["product"].as_str().unwrap_or_default();
    let (Some(line), Some(of_pieces)) = (line(quote, product), line(pieces_only, product)) else {
        differences.push(format!("no line of {product}"));
        return Ok(());
    };
    // The discount of each piece, the largest first.
    let units: Vec<i64> = of_pieces
        .pieces
        .iter()
        .rev()
        .flat_map(|pieces| std::iter::repeat_n(line.unit_price - pieces.price, pieces.quantity as usize))
        .collect();
    for (key, wanted) in entries(expected) {
        let name = format!("{product}'s {key}");
        match key {
            "product" => {}
            "unit_discount" => units.iter().for_each(|unit| compare(&name, *unit, 1, wanted, differences)),
            "discounted_unit_price" => units.iter().for_each(|unit| compare(&name, line.unit_price - unit, 1, wanted, differences)),
            "unit_discounts" => {
                let mut wanted: Vec<i64> = wanted.as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
                wanted.sort_unstable_by(|left, right| right.cmp(left));
                if units != wanted {
                    differences.push(format!("{name} are {units:?}, expected {wanted:?}"));
                }
            }
            // What a line is said to be decreased by is what its pieces are.
            "line_discount" => compare(&name, saved(of_pieces), 1, wanted, differences),
            "line_total" => compare(&name, line.total, 1, wanted, differences),
            other => return unknown("line expectation", other),
        }
    }
    Ok(())
}
