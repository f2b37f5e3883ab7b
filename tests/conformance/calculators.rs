//! Splits and calculators (`calc-cases/1` with a `kind`): each kind is one way to take a discount off.

use regulars::offers::{OddCents, Quote, allocate};
use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, compare, entries, list, number, scaled, unknown};
use crate::shop::{Shop, saved};

pub fn is_one(case: &Case) -> bool {
    case.format.starts_with("calc-cases/") && case.body["kind"].is_string()
}

pub fn run(case: &Case) -> Outcome {
    let (input, expected) = (&case.body["input"], &case.body["expected"]);
    let rule = odd_cents(&case.body);
    match case.body["kind"].as_str().unwrap_or_default() {
        "allocate_by_weight" => allocation(input, expected, rule),
        "percent_with_cap" => percent_with_cap(input, expected, rule),
        "split_discount_subtotal_shipping" => subtotal_and_shipping(input, expected),
        "percent_per_line_then_sum" => percent_per_line(input, expected),
        "cart_fixed_total_must_be_exact" => cart_fixed(input, expected),
        "buy_x_get_y_same_line" => buy_get(input, expected),
        "discount_quantity_step" => quantity_step(input, expected),
        "tiered_percent_by_item_total" => tiers(input, expected, "amount", "percent"),
        "tiered_flat_by_line_amount" => tiers(input, expected, "line-amount", "amount"),
        "tiered_percent_by_line_amount" => tiers(input, expected, "line-amount", "percent"),
        "tiered_flat_by_item_total" => tiers(input, expected, "amount", "amount"),
        "tiered_percent_by_quantity" => tiers(input, expected, "quantity", "percent"),
        "flat_per_unit_in_full_groups" => full_groups(input, expected),
        "first_plus_additional_unit" => first_and_additional(input, expected),
        other => unknown("kind", other),
    }
    .into()
}

/// The odd-cent rule of the project that a case comes from.
fn odd_cents(body: &Value) -> OddCents {
    let source = body["source"]["repo"].as_str().or_else(|| body["source"]["issue"].as_str()).unwrap_or_default();
    if source.contains("solidus") {
        OddCents::First
    } else if source.contains("erpnext") {
        OddCents::Middle
    } else {
        OddCents::LargestRemainder
    }
}

fn rule_name(rule: OddCents) -> Value {
    serde_json::to_value(rule).unwrap()
}

/// Units that make one major unit, by what the case says of its money.
fn scale(input: &Value) -> i64 {
    if input["money"].as_str().is_some_and(|money| money.starts_with("minor")) { 1 } else { 100 }
}

fn numbers(value: &Value, scale: i64) -> Vec<i64> {
    value.as_array().into_iter().flatten().filter_map(|number| scaled(number, scale)).collect()
}

/// Compares shares, and what else is said of them.
fn shares(found: &[i64], scale: i64, expected: &Value) -> Result<Vec<String>, Unknown> {
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "shares" if numbers(wanted, scale) != found => differences.push(format!("shares are {found:?}, expected {wanted}")),
            "shares_unordered" => {
                let sorted = |mut shares: Vec<i64>| {
                    shares.sort_unstable();
                    shares
                };
                if sorted(numbers(wanted, scale)) != sorted(found.to_vec()) {
                    differences.push(format!("shares are {found:?}, expected {wanted} in any order"));
                }
            }
            "shares" => {}
            "sum" | "total" | "sum_must_be" => compare(key, found.iter().sum(), scale, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

fn allocation(input: &Value, expected: &Value, rule: OddCents) -> Result<Vec<String>, Unknown> {
    let scale = scale(input);
    let Some(total) = scaled(&input["total"], scale) else { return unknown("total", &input["total"]) };
    shares(&allocate(total, &numbers(&input["weights"], scale), rule), scale, expected)
}

/// A cart of lines with these prices.
fn cart(prices: &[i64], effect: Value) -> Shop {
    let mut shop = Shop { offers: vec![json!({"id": "offer", "effects": [effect]})], ..Shop::default() };
    for (place, price) in prices.iter().enumerate() {
        shop.add(&format!("line {place}"), *price, 1);
    }
    shop
}

fn line_savings(quote: &Quote) -> Vec<i64> {
    quote.lines.iter().map(saved).collect()
}

fn percent_with_cap(input: &Value, expected: &Value, rule: OddCents) -> Result<Vec<String>, Unknown> {
    let scale = scale(input);
    let effect = json!({"kind": "percent", "percent": input["percent"], "cap": scaled(&input["cap"], scale)});
    let mut shop = cart(&numbers(&input["prices"], scale), effect);
    shop.stacking = json!({"oddCents": rule_name(rule)});
    shares(&line_savings(&shop.quote()), scale, expected)
}

/// One discount over goods and shipping: shipping is one more line of what it is spread over.
fn subtotal_and_shipping(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let effect = match input["value_type"].as_str().unwrap_or_default() {
        "fixed" => json!({"kind": "amount", "on": "order", "amount": scaled(&input["value"], 100)}),
        "percent" | "percentage" => json!({"kind": "percent", "on": "order", "percent": input["value"]}),
        other => return unknown("value type", other),
    };
    let prices = ["subtotal", "shipping"].map(|key| scaled(&input[key], 100).unwrap_or(0));
    let savings = line_savings(&cart(&prices, effect).quote());
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "subtotal_discount" => compare(key, savings[0], 100, wanted, &mut differences),
            "shipping_discount" => compare(key, savings[1], 100, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

fn percent_per_line(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let savings =
        line_savings(&cart(&numbers(&input["line_prices"], 100), json!({"kind": "percent", "percent": input["percent"]})).quote());
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "line_discounts" if numbers(wanted, 100) != savings => differences.push(format!("{key} are {savings:?}, expected {wanted}")),
            "line_discounts" => {}
            "sum" => compare(key, savings.iter().sum(), 100, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

fn cart_fixed(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let mut shop = cart(&[], json!({"kind": "amount", "on": "order", "amount": scaled(&input["discount"], 100)}));
    for (place, (price, quantity)) in list(input, "prices").iter().zip(list(input, "qty")).enumerate() {
        shop.add(&format!("line {place}"), scaled(price, 100).unwrap_or(0), quantity.as_i64().unwrap_or(1));
    }
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "total" => compare(key, line_savings(&shop.quote()).iter().sum(), 100, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

fn one_figure(found: i64, scale: i64, name: &str, expected: &Value) -> Result<Vec<String>, Unknown> {
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        if key != name {
            return unknown("expectation", key);
        }
        compare(key, found, scale, wanted, &mut differences);
    }
    Ok(differences)
}

fn buy_get(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let effect =
        json!({"kind": "buy-get", "sameLine": true, "buy": {"quantity": input["buy_x"]}, "get": {"quantity": input["get_y_free"]}});
    let mut shop = cart(&[], effect);
    shop.add("line", scaled(&input["unit_price"], 100).unwrap_or(0), input["qty"].as_i64().unwrap_or(0));
    one_figure(shop.quote().discount_total, 100, "discount", expected)
}

/// Only full steps are discounted. Quantities with decimals count in thousandths of a piece.
fn quantity_step(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let [step, quantity] = ["step", "qty"].map(|key| scaled(&input[key], 1000).unwrap_or(0));
    let effect = if step > 0 {
        json!({"kind": "bundle", "percent": 100, "sets": [{"quantity": step}]})
    } else {
        json!({"kind": "percent", "percent": 100})
    };
    let mut shop = cart(&[], effect);
    shop.add("line", 1, quantity);
    one_figure(shop.quote().discount_total, 1000, "discounted_qty", expected)
}

/// A base, and tiers by an amount or a quantity.
fn tiers(input: &Value, expected: &Value, by: &str, discount: &str) -> Result<Vec<String>, Unknown> {
    let off = |value: &Value| if discount == "percent" { value.clone() } else { json!(scaled(value, 100)) };
    let base = if discount == "percent" { &input["base_percent"] } else { &input["base_amount"] };
    let mut steps = vec![json!({"from": 0, discount: off(base)})];
    for (from, value) in entries(&input["tiers"]) {
        let measured = if by.ends_with("quantity") { 1 } else { 100 };
        let Ok(from) = from.parse::<f64>() else { return unknown("tier", from) };
        steps.push(json!({"from": (from * measured as f64).round() as i64, discount: off(value)}));
    }
    let shipping = input["target"] == "shipping";
    let on = if shipping { "shipping" } else { "lines" };
    let mut shop = cart(&[], json!({"kind": "ladder", "on": on, "by": by, "steps": steps}));
    let prices = if input["line_prices"].is_array() {
        numbers(&input["line_prices"], 100)
    } else {
        vec![scaled(&input["line_amount"], 100).unwrap_or(0)]
    };
    for (place, price) in prices.iter().enumerate() {
        if shipping {
            shop.shipping.push(json!({"method": format!("method {place}"), "price": price}));
        } else {
            shop.add(&format!("line {place}"), *price, 1);
        }
    }
    let quote = shop.quote();
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "discount" => compare(key, quote.discount_total, 100, wanted, &mut differences),
            "discount_on_first_line" => compare(key, quote.lines.first().map_or(0, saved), 100, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// So much off each piece of full groups, the earlier lines first.
fn full_groups(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let size = &input["group_size"];
    let effect = json!({"kind": "bundle", "pick": "listed", "sets": [{"quantity": size}], "discounted": size,
        "amount": scaled(&input["amount_per_unit"], 100)});
    let mut shop = cart(&[], effect);
    for (place, line) in list(input, "lines").iter().enumerate() {
        shop.add(&format!("line {place}"), scaled(&line["unit_price"], 100).unwrap_or(0), line["qty"].as_i64().unwrap_or(0));
    }
    let savings = line_savings(&shop.quote());
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "line_discounts" if numbers(wanted, 100) != savings => differences.push(format!("{key} are {savings:?}, expected {wanted}")),
            "line_discounts" => {}
            "total" | "sum" | "discount" => compare(key, savings.iter().sum(), 100, wanted, &mut differences),
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// One discount for the first piece, another for each further one.
fn first_and_additional(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    let amount = |key: &str| scaled(&input[key], 100).unwrap_or(0);
    let steps = json!([{"from": 1, "amount": amount("first")}, {"from": 2, "amount": amount("additional")}]);
    let most = number(&input["max_items"]).filter(|most| *most > 0.0);
    let mut shop = cart(&[], json!({"kind": "nth-piece", "by": "line-quantity", "steps": steps, "maxPieces": most}));
    // The source states no price: one that no discount reaches.
    shop.add("line", 100_000, input["qty"].as_i64().unwrap_or(0));
    one_figure(shop.quote().discount_total, 100, "discount", expected)
}
