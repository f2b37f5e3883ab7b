//! Eligibility and totals (`calc-cases/1` without a `kind`): what is offered is told by the input's fields. Major units,
//! counted here in ten-thousandths, so that what is worked out from them stays exact to the cent.

use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, compare, entries, is_remark, is_wrong_answer, list, number, only, scaled, unknown};
use crate::shop::{DAY, NOW, Shop, applied, saving};

const SCALE: i64 = 100;

pub fn is_one(case: &Case) -> bool {
    case.format.starts_with("calc-cases/") && case.body["kind"].is_null()
}

pub fn run(case: &Case) -> Outcome {
    let (input, expected) = (&case.body["input"], &case.body["expected"]);
    if !expected["eligible"].is_null() {
        eligibility(input, expected).into()
    } else if input["buy"].is_number() {
        free_pieces(input, expected).into()
    } else {
        totals(input, expected).into()
    }
}

/// Whether a voucher is for a cart, and what is missing.
fn eligibility(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let mut shop = Shop { member: json!({"attributes": {"role": input["member_role"]}}), ..Shop::default() };
    for (place, line) in list(input, "lines").iter().enumerate() {
        only("line", line, &["price", "unit_price", "qty"])?;
        let price = scaled(&line["price"], SCALE).or_else(|| scaled(&line["unit_price"], SCALE)).unwrap_or(0);
        shop.add(&format!("line {place}"), price, line["qty"].as_i64().unwrap_or(1));
    }
    if let Some(total) = scaled(&input["order_total"], SCALE) {
        let quantity = input["item_quantity"].as_i64().unwrap_or(1).max(1);
        // The last piece costs what a division leaves over.
        shop.add("most", total / quantity, quantity - 1);
        shop.add("last", total - total / quantity * (quantity - 1), 1);
    }
    let mut thresholds = Vec::new();
    let mut when = json!({});
    let mut limits = json!({});
    for (key, value) in entries(input) {
        match key {
            "once_per_customer" if value == true => limits["perMember"] = json!(1),
            "usage_limit" if !value.is_null() => {
                let used = input["used"].as_i64().unwrap_or(0);
                limits["usesLeft"] = json!((value.as_i64().unwrap_or(0) - used).max(0));
            }
            "used_by_customer" => {
                let uses: Vec<Value> = (0..value.as_i64().unwrap_or(0)).map(|_| json!({"offer": "voucher", "at": NOW - DAY})).collect();
                shop.member["uses"] = json!(uses);
            }
            "min_spent" if !value.is_null() => thresholds.push(json!({"amount": scaled(value, SCALE)})),
            "min_quantity" if !value.is_null() => thresholds.push(json!({"quantity": value})),
            "only_for_staff" if value == true => when = json!({"member.role": "staff"}),
            "min_spent" | "min_quantity" | "only_for_staff" | "order_total" | "item_quantity" | "lines" | "value" | "value_type"
            | "member_role" | "once_per_customer" | "usage_limit" | "used" => {}
            other => return unknown("input", other),
        }
    }
    let effect = match input["value_type"].as_str() {
        Some("percent" | "percentage") => json!({"kind": "percent", "on": "order", "percent": number(&input["value"]).unwrap_or(10.0)}),
        _ => json!({"kind": "amount", "on": "order", "amount": scaled(&input["value"], SCALE).unwrap_or(100)}),
    };
    shop.offers.push(json!({"id": "voucher", "thresholds": thresholds, "when": when, "limits": limits, "effects": [effect]}));
    let quote = shop.quote();
    let missing = |code: &str| {
        let reasons = quote.rejected.iter().flat_map(|rejected| &rejected.reasons);
        reasons.filter(|reason| reason.code == code).find_map(|reason| reason.integer("missing"))
    };
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "eligible" if applied(&quote, "voucher") != (wanted == true) => differences.push(format!("{:?}", quote.rejected)),
            "eligible" => {}
            "order_total" => compare(key, quote.subtotal, SCALE, wanted, &mut differences),
            "failing_conditions" => {
                let wanted: Vec<&str> = wanted.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                if let Some(other) = wanted.iter().find(|condition| !["min_spent", "min_quantity"].contains(condition)) {
                    return unknown("condition", other);
                }
                for (condition, code) in [("min_spent", "below-amount"), ("min_quantity", "below-quantity")] {
                    if missing(code).is_some() != wanted.contains(&condition) {
                        differences.push(format!("whether {condition} fails is {}", missing(code).is_some()));
                    }
                }
            }
            "shortfall" => {
                for (what, wanted) in entries(wanted) {
                    match what {
                        "amount" => compare(what, missing("below-amount").unwrap_or(0), SCALE, wanted, &mut differences),
                        "quantity" => compare(what, missing("below-quantity").unwrap_or(0), 1, wanted, &mut differences),
                        other => return unknown("shortfall", other),
                    }
                }
            }
            other if is_remark(other) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// How many pieces are free beside those that are paid: the most that a cart can hold for that.
fn free_pieces(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["product", "buy", "get_free", "paid_qty"])?;
    let (buy, get, paid) = (input["buy"].as_i64().unwrap_or(1), input["get_free"].as_i64().unwrap_or(1), input["paid_qty"].as_i64());
    let Some(paid) = paid else { return unknown("input without", "paid_qty") };
    let mut shop = Shop::default();
    let mut free = 0;
    shop.offers.push(json!({"id": "offer", "effects": [{"kind": "buy-get", "buy": {"quantity": buy}, "get": {"quantity": get}}]}));
    loop {
        (shop.items, shop.lines) = (Vec::new(), Vec::new());
        shop.add("product", 100, paid + free + 1);
        if shop.quote().discount_total / 100 <= free {
            break;
        }
        free += 1;
    }
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "free_qty" => compare(key, free, 1, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// Carts with tax in their prices or upon them: what the shopper pays counts, so prices are taken with their tax.
fn totals(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["lines", "free_line", "offer", "offers", "rule", "apply_in_order"])?;
    let mut shop = Shop { stacking: json!({"mode": "stack", "taxAttribute": "tax"}), ..Shop::default() };
    for (place, line) in list(input, "lines").iter().enumerate() {
        only("line", line, &["unit_price", "qty", "tax_percent_excl", "tax_percent_incl"])?;
        let tax = |key: &str| number(&line[key]).unwrap_or(0.0);
        let (upon, within) = (tax("tax_percent_excl"), tax("tax_percent_incl"));
        // Both are on the price without any.
        let price = number(&line["unit_price"]).unwrap_or(0.0) / (1.0 + within / 100.0) * (1.0 + (upon + within) / 100.0);
        let price = (price * SCALE as f64).round() as i64;
        shop.items.push(json!({"id": format!("line {place}"), "price": price, "attributes": {"tax": upon + within}}));
        shop.lines.push(json!({"item": format!("line {place}"), "quantity": line["qty"]}));
    }
    // The tax that is in what the cart costs before any offer.
    let taxed = |line: &Value| {
        let (unit, quantity) = (number(&line["unit_price"]).unwrap_or(0.0), number(&line["qty"]).unwrap_or(0.0));
        let rate = |key: &str| number(&line[key]).unwrap_or(0.0) / 100.0;
        unit / (1.0 + rate("tax_percent_incl")) * (rate("tax_percent_incl") + rate("tax_percent_excl")) * quantity
    };
    let taxes = (list(input, "lines").iter().map(taxed).sum::<f64>() * SCALE as f64).round() as i64;
    if let Some(pieces) = input["free_line"]["qty"].as_i64() {
        // Pieces that are free already: no offer can be on them.
        shop.add("free line", 0, pieces);
    }
    let offers: Vec<&Value> = if input["offer"].is_object() { vec![&input["offer"]] } else { list(input, "offers").iter().collect() };
    match input["rule"].as_str() {
        None => {}
        Some(rule) if rule.contains("one global discount") && rule.contains("best") => shop.stacking["mode"] = json!("highest"),
        Some(rule) if rule.contains("one global discount") => shop.stacking["mode"] = json!("list-order"),
        Some(other) => return unknown("rule", other),
    }
    // Offers apply in the order given by places or ids, else in that of the list.
    let id_of = |place: usize, offer: &Value| offer["id"].as_str().map_or_else(|| place.to_string(), str::to_string);
    let turn = |place: usize, offer: &Value| {
        let order = list(input, "apply_in_order");
        let turn =
            order.iter().position(|other| other.as_u64() == u64::try_from(place).ok() || other.as_str() == Some(&id_of(place, offer)));
        turn.unwrap_or(place)
    };
    for (place, offer) in offers.iter().enumerate() {
        let priority = 1000 - i64::try_from(turn(place, offer)).unwrap_or(0);
        shop.offers.push(offer_of(&id_of(place, offer), offer, priority, taxes)?);
        shop.codes.extend(offer["code"].as_str().map(str::to_string));
    }
    let quote = shop.quote();
    let after = |id: &str| {
        let last = shop.offers.iter().find(|offer| offer["id"] == *id).and_then(|offer| offer["priority"].as_i64());
        let until = shop.offers.iter().filter(|offer| offer["priority"].as_i64() >= last);
        quote.subtotal - until.map(|offer| saving(&quote, offer["id"].as_str().unwrap_or_default())).sum::<i64>()
    };
    let refused = |id: &str| !applied(&quote, id);
    let ids: Vec<String> = offers.iter().enumerate().map(|(place, offer)| id_of(place, offer)).collect();
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "total" | "total_with_tax" | "total_with_first" | "after_both" | "after_all" | "final" => {
                compare(key, quote.total, SCALE, wanted, &mut differences)
            }
            "untaxed" => compare(key, quote.total - quote.tax, SCALE, wanted, &mut differences),
            "tax" => compare(key, quote.tax, SCALE, wanted, &mut differences),
            "discount" => compare(key, quote.discount_total, SCALE, wanted, &mut differences),
            _ if is_remark(key) || is_wrong_answer(key, quote.total, SCALE, wanted, &mut differences) => {}
            "second_code" if wanted == "refused" => {
                if !ids.get(1).is_some_and(|id| refused(id)) {
                    differences.push("the second is applied".into());
                }
            }
            _ if (wanted == "refused" || wanted == "applied") && ids.iter().any(|id| id == key) => {
                if refused(key) != (wanted == "refused") {
                    differences.push(format!("{key} is not {wanted}"));
                }
            }
            _ => match key.strip_prefix("after_").filter(|id| ids.iter().any(|known| known == id)) {
                Some(id) => compare(key, after(id), SCALE, wanted, &mut differences),
                None => return unknown("expectation", key),
            },
        }
    }
    Ok(differences)
}

fn offer_of(id: &str, offer: &Value, priority: i64, taxes: i64) -> Result<Value, Unknown> {
    let products: Vec<&Value> = offer["products"].as_array().into_iter().flatten().chain(offer.get("product")).collect();
    let goods = if products.is_empty() { Value::Null } else { json!({"item.id": {"$in": products}}) };
    let mut effect = json!({"on": "order", "where": goods});
    let mut thresholds = Vec::new();
    for (key, value) in entries(offer) {
        match key {
            "id" | "code" | "automatic" | "product" | "products" => {}
            "fixed_off_order" | "fixed_off_product" => {
                effect["kind"] = json!("amount");
                effect["amount"] = json!(scaled(value, SCALE));
            }
            "percent_off_order" | "percent_off_product" => {
                effect["kind"] = json!("percent");
                effect["percent"] = value.clone();
                effect["on"] = json!(if key.ends_with("product") { "lines" } else { "order" });
            }
            "percent_off_cheapest" => {
                effect["kind"] = json!("nth-piece");
                effect["on"] = json!("lines");
                effect["by"] = json!("quantity");
                effect["pick"] = json!("cheapest");
                effect["maxPieces"] = json!(1);
                effect["steps"] = json!([{"from": 1, "percent": value}]);
            }
            "max_discount_with_tax" | "max_discount" => effect["cap"] = json!(scaled(value, SCALE)),
            // Without tax so much, with it so much more.
            "min_untaxed" | "min_total_untaxed" | "min_untaxed_total" | "min_total_excl_tax" => {
                thresholds.push(json!({"amount": scaled(value, SCALE).map(|needed| needed + taxes), "base": "original"}));
            }
            "min_total" | "min_amount" | "minimum_amount" => thresholds.push(json!({"amount": scaled(value, SCALE), "base": "running"})),
            "min_quantity" | "min_qty" => thresholds.push(json!({"quantity": value, "where": effect["where"]})),
            other => return unknown("offer field", other),
        }
    }
    if effect["kind"].is_null() {
        return unknown("offer", offer);
    }
    Ok(json!({"id": id, "priority": priority, "thresholds": thresholds, "effects": [effect], "class": "order",
        "codes": offer["code"].as_str().into_iter().collect::<Vec<_>>()}))
}
