//! Splits and calculators (`calc-cases/1` with a `kind`): each kind is one way to take a discount off.

use regulars::offers::{OddCents, Quote, allocate};
use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, compare, entries, is_remark, is_wrong_answer, list, number, only, scaled, unknown};
use crate::shop::{Shop, saved};

pub fn is_one(case: &Case) -> bool {
    case.format.starts_with("calc-cases/") && case.body["kind"].is_string()
}

pub fn run(case: &Case) -> Outcome {
    let (input, expected) = (&case.body["input"], &case.body["expected"]);
    let rule = odd_cents(&case.body["policy"]);
    match case.body["kind"].as_str().unwrap_or_default() {
        "allocate_by_weight" => allocation(input, expected, rule),
        "percent_with_cap" => percent_with_cap(input, expected, rule),
        "split_discount_subtotal_shipping" => subtotal_and_shipping(input, expected),
        "percent_per_line_then_sum" => percent_per_line(input, expected),
        "cart_fixed_total_must_be_exact" => cart_fixed(input, expected, rule),
        "buy_x_get_y_same_line" => buy_get(input, expected),
        "discount_quantity_step" => quantity_step(input, expected),
        "first_plus_additional_unit" => first_and_additional(input, expected),
        kind if kind.ends_with("in_full_groups") => full_groups(input, expected),
        kind => match kind.strip_prefix("tiered_").and_then(|kind| kind.split_once("_by_").or_else(|| kind.split_once("_on_"))) {
            Some((discount, measure)) => tiers(input, expected, discount, measure),
            None => unknown("kind", kind),
        },
    }
    .into()
}

/// The odd-cent rule that a case states: 'odd cent goes to the FIRST line'. Largest remainder where it states none.
fn odd_cents(policy: &Value) -> OddCents {
    let policy = policy.as_str().unwrap_or_default().to_lowercase();
    let stated = policy.split_once("odd cent").map_or("", |(_, rule)| rule);
    let rules = [("first line", OddCents::First), ("last line", OddCents::Last), ("middle line", OddCents::Middle)];
    let named = rules.into_iter().filter_map(|(words, rule)| stated.find(words).map(|place| (place, rule)));
    named.min_by_key(|(place, _)| *place).map_or(OddCents::LargestRemainder, |(_, rule)| rule)
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
            other if is_remark(other) || is_wrong_answer(other, found.iter().sum(), scale, wanted, &mut differences) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

fn allocation(input: &Value, expected: &Value, rule: OddCents) -> Result<Vec<String>, Unknown> {
    only("input", input, &["weights", "lines", "total", "eligible", "money"])?;
    let scale = scale(input);
    let Some(total) = scaled(&input["total"], scale) else { return unknown("total", &input["total"]) };
    let mut weights = numbers(&input["weights"], scale);
    for line in list(input, "lines") {
        let (price, quantity, eligible) = line_of(line, scale)?;
        let Some(price) = price else { return unknown("line without a price", line) };
        weights.push(if eligible { price * quantity } else { 0 });
    }
    if let Some(eligible) = input["eligible"].as_array() {
        let counts = |place: usize| eligible.contains(&json!(place)) || eligible.get(place) == Some(&Value::Bool(true));
        weights.iter_mut().enumerate().filter(|(place, _)| !counts(*place)).for_each(|(_, weight)| *weight = 0);
    }
    shares(&allocate(total, &weights, rule), scale, expected)
}

/// Names of a line: they say nothing of what it costs.
const LABELS: [&str; 6] = ["id", "name", "item", "product", "variant", "sku"];

/// The price of a piece, how many there are, and whether the discount is for it.
fn line_of(line: &Value, scale: i64) -> Result<(Option<i64>, i64, bool), Unknown> {
    let read = ["price", "unit_price", "qty", "quantity", "eligible"];
    only("line field", line, &[&read[..], &LABELS[..]].concat())?;
    let price = scaled(&line["unit_price"], scale).or_else(|| scaled(&line["price"], scale));
    let quantity = line["qty"].as_i64().or_else(|| line["quantity"].as_i64()).unwrap_or(1);
    Ok((price, quantity, line["eligible"] != false))
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
    only("input", input, &["prices", "percent", "cap", "money"])?;
    let scale = scale(input);
    let effect = json!({"kind": "percent", "percent": input["percent"], "cap": scaled(&input["cap"], scale)});
    let mut shop = cart(&numbers(&input["prices"], scale), effect);
    shop.stacking = json!({"oddCents": rule_name(rule)});
    shares(&line_savings(&shop.quote()), scale, expected)
}

/// One discount over goods and shipping: shipping is one more line of what it is spread over.
fn subtotal_and_shipping(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["value", "value_type", "subtotal", "shipping", "money"])?;
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
    only("input", input, &["percent", "line_prices", "money"])?;
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

fn cart_fixed(input: &Value, expected: &Value, rule: OddCents) -> Result<Vec<String>, Unknown> {
    only("input", input, &["prices", "qty", "discount", "money"])?;
    let scale = scale(input);
    let mut shop = cart(&[], json!({"kind": "amount", "on": "order", "amount": scaled(&input["discount"], scale)}));
    shop.stacking = json!({"oddCents": rule_name(rule)});
    for (place, price) in list(input, "prices").iter().enumerate() {
        let quantity = input["qty"][place].as_i64().unwrap_or(1);
        shop.add(&format!("line {place}"), scaled(price, scale).unwrap_or(0), quantity);
    }
    shares(&line_savings(&shop.quote()), scale, expected)
}

fn one_figure(found: i64, scale: i64, name: &str, expected: &Value) -> Result<Vec<String>, Unknown> {
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            key if key == name => compare(key, found, scale, wanted, &mut differences),
            key if is_remark(key) || is_wrong_answer(key, found, scale, wanted, &mut differences) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

fn buy_get(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["qty", "buy_x", "get_y_free", "unit_price", "money"])?;
    let effect =
        json!({"kind": "buy-get", "sameLine": true, "buy": {"quantity": input["buy_x"]}, "get": {"quantity": input["get_y_free"]}});
    let mut shop = cart(&[], effect);
    shop.add("line", scaled(&input["unit_price"], 100).unwrap_or(0), input["qty"].as_i64().unwrap_or(0));
    one_figure(shop.quote().discount_total, 100, "discount", expected)
}

/// Only full steps are discounted. Quantities with decimals count in thousandths of a piece.
fn quantity_step(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["step", "qty"])?;
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

/// The steps of a base and its tiers, from the lowest: where each begins, and what it takes off.
fn steps(input: &Value, discount: &str, scale: i64) -> Result<Vec<(i64, Value)>, Unknown> {
    let off = |value: &Value| if discount == "percent" { value.clone() } else { json!(scaled(value, 100)) };
    let base = if discount == "percent" { &input["base_percent"] } else { &input["base_amount"] };
    let mut steps = vec![(0, off(base))];
    for (from, value) in entries(&input["tiers"]) {
        let Ok(from) = from.trim().parse::<f64>() else { return unknown("tier", from) };
        steps.push(((from * scale as f64).round() as i64, off(value)));
    }
    steps.sort_by_key(|(from, _)| *from);
    Ok(steps)
}

/// How many pieces count for a tier, of all lines.
const ELIGIBLE: [&str; 4] = ["eligible_quantity", "eligible_qty", "eligible_items", "eligible_item_quantity"];

/// A base, and tiers by an amount or a quantity, of the whole cart or of each line.
fn tiers(input: &Value, expected: &Value, discount: &str, measure: &str) -> Result<Vec<String>, Unknown> {
    let read = ["base_percent", "base_amount", "tiers", "line_prices", "line_amount", "lines", "target", "shipping_cost", "money"];
    only("input", input, &[&read[..], &ELIGIBLE[..], &["unit_price", "qty"]].concat())?;
    let kind = match discount {
        "percent" => "percent",
        "flat" => "amount",
        other => return unknown("tiered discount", other),
    };
    let by = match (measure.starts_with("line"), measure) {
        (true, "line_amount" | "line_total") => "line-amount",
        (true, "line_quantity") => "line-quantity",
        (false, "item_total" | "order_total" | "amount" | "total") => "amount",
        (false, "quantity" | "eligible_quantity" | "eligible_item_quantity" | "item_quantity") => "quantity",
        _ => return unknown("tier measure", measure),
    };
    let steps = steps(input, kind, if by.ends_with("quantity") { 1 } else { 100 })?;
    let steps: Vec<Value> = steps.iter().map(|(from, off)| json!({"from": from, kind: off})).collect();
    let shipping = match input["target"].as_str() {
        Some("shipping" | "shipment" | "shipping_rate") => true,
        None | Some("line" | "line_item") => false,
        Some(other) => return unknown("target", other),
    };
    let on = if shipping { "shipping" } else { "lines" };
    let goods = json!({"item.eligible": {"$ne": false}});
    let mut shop = cart(&[], json!({"kind": "ladder", "on": on, "by": by, "steps": steps, "where": goods}));
    let mut prices: Vec<(i64, i64, bool)> = numbers(&input["line_prices"], 100).into_iter().map(|price| (price, 1, true)).collect();
    for line in list(input, "lines") {
        let (price, quantity, eligible) = line_of(line, 100)?;
        prices.push((price.unwrap_or(0), quantity, eligible));
    }
    if let Some(price) = scaled(&input["unit_price"], 100) {
        prices.push((price, input["qty"].as_i64().unwrap_or(1), true));
    }
    if let Some(amount) = scaled(&input["line_amount"], 100) {
        prices.push((amount, 1, true));
    }
    let counted = ELIGIBLE.iter().find_map(|key| input[*key].as_i64());
    if let Some(quantity) = counted {
        // Beside the line that is looked at, so many pieces as make up the quantity; their price does not count.
        let held: i64 = prices.iter().map(|(_, quantity, _)| *quantity).sum();
        prices.push((100, (quantity - held).max(0), true));
    }
    // Of the shipping's own amount, or of the goods that are shipped.
    let by_shipping = shipping && input["shipping_cost"].is_null();
    for (place, (price, quantity, eligible)) in prices.into_iter().enumerate() {
        if by_shipping {
            shop.shipping.push(json!({"method": format!("method {place}"), "price": price}));
        } else {
            let id = format!("line {place}");
            shop.items.push(json!({"id": id, "price": price, "attributes": {"eligible": eligible}}));
            shop.lines.push(json!({"item": id, "quantity": quantity}));
        }
    }
    if let Some(cost) = scaled(&input["shipping_cost"], 100) {
        shop.shipping.push(json!({"method": "shipping", "price": cost}));
    }
    let quote = shop.quote();
    let first = quote.lines.first().map_or(0, saved);
    let shipped: i64 = quote.shipping.iter().map(|method| method.price - method.total).sum();
    // Where one line is looked at, the others only count.
    let all = if shipping {
        shipped
    } else if counted.is_none() {
        quote.discount_total
    } else {
        first
    };
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "discount" => compare(key, all, 100, wanted, &mut differences),
            "discount_on_first_line" | "discount_on_line" => compare(key, first, 100, wanted, &mut differences),
            other if is_remark(other) || is_wrong_answer(other, all, 100, wanted, &mut differences) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// So much off each piece of full groups, the earlier lines first; with tiers, by what all lines cost.
fn full_groups(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["amount_per_unit", "percent", "base_percent", "tiers", "group_size", "lines", "money"])?;
    let size = &input["group_size"];
    let groups = |off: &str, value: &Value| json!({"kind": "bundle", "pick": "listed", "sets": [{"quantity": size}], "discounted": size, off: value});
    let mut shop = Shop { stacking: json!({"mode": "list-order"}), ..Shop::default() };
    if let Some(amount) = scaled(&input["amount_per_unit"], 100) {
        shop.offers.push(json!({"id": "offer", "effects": [groups("amount", &json!(amount))]}));
    } else if !input["percent"].is_null() {
        shop.offers.push(json!({"id": "offer", "effects": [groups("percent", &input["percent"])]}));
    } else {
        // The highest tier that is reached comes first, and alone.
        for (place, (from, percent)) in steps(input, "percent", 100)?.iter().enumerate() {
            shop.offers.push(json!({"id": format!("tier {place}"), "priority": place, "thresholds": [{"amount": from}],
                "effects": [groups("percent", percent)]}));
        }
    }
    for (place, line) in list(input, "lines").iter().enumerate() {
        let (price, quantity, eligible) = line_of(line, 100)?;
        if !eligible {
            return unknown("line that is not eligible", line);
        }
        shop.add(&format!("line {place}"), price.unwrap_or(0), quantity);
    }
    let savings = line_savings(&shop.quote());
    let mut differences = Vec::new();
    for (key, wanted) in entries(expected) {
        match key {
            "line_discounts" if numbers(wanted, 100) != savings => differences.push(format!("{key} are {savings:?}, expected {wanted}")),
            "line_discounts" => {}
            "total" | "sum" | "discount" => compare(key, savings.iter().sum(), 100, wanted, &mut differences),
            other if is_remark(other) => {}
            other => return unknown("expectation", other),
        }
    }
    Ok(differences)
}

/// One discount for the first piece, another for each further one.
fn first_and_additional(input: &Value, expected: &Value) -> Result<Vec<String>, Unknown> {
    only("input", input, &["first", "additional", "max_items", "qty", "money"])?;
    let amount = |key: &str| scaled(&input[key], 100).unwrap_or(0);
    let steps = json!([{"from": 1, "amount": amount("first")}, {"from": 2, "amount": amount("additional")}]);
    let most = number(&input["max_items"]).filter(|most| *most > 0.0);
    let mut shop = cart(&[], json!({"kind": "nth-piece", "by": "line-quantity", "steps": steps, "maxPieces": most}));
    // The source states no price: one that no discount reaches.
    shop.add("line", 100_000, input["qty"].as_i64().unwrap_or(0));
    one_figure(shop.quote().discount_total, 100, "discount", expected)
}
