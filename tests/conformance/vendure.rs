//! Vendure's order calculator (`offer-scenarios/1` with inputs): minor units, with tax.
//!
//! The preset `vendure` says how offers go together; offers are given in the order they apply.

use regulars::offers::{Quote, QuoteLine};
use serde_json::{Value, json};

use crate::case::{Case, Outcome, Unknown, compare, entries, list, only, unknown};
use crate::shop::{Shop, line};

pub fn is_one(case: &Case) -> bool {
    list(&case.body, "checkpoints").iter().any(|checkpoint| checkpoint["input"]["lines"].is_array())
}

pub fn run(case: &Case) -> Outcome {
    let mut differences = Vec::new();
    for (place, checkpoint) in list(&case.body, "checkpoints").iter().enumerate() {
        let result = shop(&checkpoint["input"]).and_then(|shop| check(&shop, checkpoint, &mut differences));
        if let Err(Unknown(what)) = result {
            return Outcome::NotRepresentable(format!("checkpoint {place}: {what}"));
        }
    }
    Ok(differences).into()
}

fn shop(input: &Value) -> Result<Shop, Unknown> {
    only("input", input, &["prices_include_tax", "lines", "codes", "shipping", "offers"])?;
    only("shipping field", &input["shipping"], &["price", "tax_rate", "note"])?;
    let mut shop = Shop {
        stacking: json!({"preset": "vendure", "pricesIncludeTax": input["prices_include_tax"], "taxAttribute": "taxRate"}),
        codes: list(input, "codes").iter().filter_map(|code| code.as_str().map(str::to_string)).collect(),
        ..Shop::default()
    };
    for line in list(input, "lines") {
        only("line field", line, &["id", "unit_price", "qty", "tax_rate"])?;
        shop.items.push(json!({"id": line["id"], "price": line["unit_price"], "attributes": {"taxRate": line["tax_rate"]}}));
        shop.lines.push(json!({"item": line["id"], "quantity": line["qty"]}));
    }
    if let Some(price) = input["shipping"]["price"].as_i64() {
        shop.shipping.push(json!({"method": "shipping", "price": price, "tax": input["shipping"]["tax_rate"]}));
    }
    let offers = list(input, "offers");
    for (place, offer) in offers.iter().enumerate() {
        shop.offers.push(compiled(offer, place, offers.len() - place)?);
    }
    Ok(shop)
}

fn compiled(offer: &Value, place: usize, priority: usize) -> Result<Value, Unknown> {
    only("offer field", offer, &["id", "name", "code", "conditions", "actions"])?;
    let mut thresholds = Vec::new();
    for condition in list(offer, "conditions") {
        only("condition field", condition, &["condition", "minimum"])?;
        let name = condition["condition"].as_str().unwrap_or_default();
        match name.split_whitespace().next().unwrap_or_default() {
            "always" => {}
            "order_subtotal_at_least" => thresholds.push(json!({"amount": condition["minimum"]})),
            "any_line_quantity_at_least" => thresholds.push(json!({"quantity": condition["minimum"], "perLine": true})),
            other => return unknown("condition", other),
        }
    }
    let code = offer["code"].as_str().filter(|code| !code.is_empty());
    let effects = list(offer, "actions").iter().map(effect).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "id": format!("{place} {}", offer["name"].as_str().unwrap_or_default()),
        "codes": code.into_iter().collect::<Vec<_>>(), "thresholds": thresholds, "effects": effects, "priority": priority,
    }))
}

fn effect(action: &Value) -> Result<Value, Unknown> {
    only("action field", action, &["effect", "discount", "value", "only_lines_with_unit_price"])?;
    let name = action["effect"].as_str().unwrap_or_default();
    let only = &action["only_lines_with_unit_price"];
    let goods = if only.is_null() { Value::Null } else { json!({"item.price": {"$eq": only}}) };
    Ok(match name.split([' ', ',']).next().unwrap_or_default() {
        "percent_off_order_subtotal" => json!({"kind": "percent", "on": "order", "percent": action["discount"]}),
        "fixed_off_order_subtotal" => json!({"kind": "amount", "on": "order", "amount": action["value"]}),
        "set_order_subtotal_to" => json!({"kind": "fixed-price", "on": "order", "price": action["value"]}),
        "percent_off_each_line_unit_price" => json!({"kind": "percent", "on": "lines", "percent": action["discount"], "where": goods}),
        "fixed_off_each_line_unit_price" => json!({"kind": "amount", "on": "units", "amount": action["value"], "where": goods}),
        "free_shipping" => json!({"kind": "percent", "on": "shipping", "percent": 100}),
        other => return unknown("effect", other),
    })
}

fn check(shop: &Shop, checkpoint: &Value, differences: &mut Vec<String>) -> Result<(), Unknown> {
    let quote = shop.quote();
    let included = shop.stacking["pricesIncludeTax"] == true;
    let net = |total: i64, tax: i64| if included { total - tax } else { total };
    let gross = |total: i64, tax: i64| if included { total } else { total + tax };
    let sum = |of: &dyn Fn(i64, i64) -> i64| quote.lines.iter().map(|line| of(line.total, line.tax)).sum::<i64>();
    let shipping = |of: &dyn Fn(i64, i64) -> i64| quote.shipping.iter().map(|method| of(method.total, method.tax)).sum::<i64>();
    let with_effect: Vec<&str> = quote.applied.iter().filter(|applied| applied.saving > 0).map(|applied| applied.offer.as_str()).collect();
    for (key, expected) in entries(&checkpoint["expected"]) {
        let figure = match key {
            "subTotal" => sum(&net),
            "subTotalWithTax" => sum(&gross),
            "shipping" => shipping(&net),
            "shippingWithTax" => shipping(&gross),
            "total" => sum(&net) + shipping(&net),
            "totalWithTax" => sum(&gross) + shipping(&gross),
            "discounts.length" => i64::try_from(with_effect.len()).unwrap_or(0),
            _ => match indexed(key) {
                Some(("discounts", place, "description")) => {
                    let found = with_effect.get(place).and_then(|id| id.split_once(' ')).map_or("", |(_, name)| name);
                    if Some(found) != expected.as_str() {
                        differences.push(format!("{key} is `{found}`, expected {expected}"));
                    }
                    continue;
                }
                Some(("lines", place, field)) => line_figure(&quote, shop, place, field, &net, &gross)?,
                _ => return unknown("expectation", key),
            },
        };
        compare(key, figure, 1, expected, differences);
    }
    Ok(())
}

/// `lines[0].price`: the list, the place in it, the field.
fn indexed(key: &str) -> Option<(&str, usize, &str)> {
    let (name, rest) = key.split_once('[')?;
    let (place, field) = rest.split_once("].")?;
    Some((name, place.parse().ok()?, field))
}

type Part<'a> = &'a dyn Fn(i64, i64) -> i64;

fn line_figure(quote: &Quote, shop: &Shop, place: usize, field: &str, net: Part<'_>, gross: Part<'_>) -> Result<i64, Unknown> {
    let id = shop.lines.get(place).and_then(|line| line["item"].as_str()).unwrap_or_default();
    let Some(line) = line(quote, id) else { return unknown("line", place) };
    let each = |line: &QuoteLine, of: Part<'_>| (of(line.total, line.tax) as f64 / f64::from(line.quantity.max(1))).round() as i64;
    Ok(match field {
        "proratedLinePrice" => net(line.total, line.tax),
        "proratedLinePriceWithTax" => gross(line.total, line.tax),
        "proratedUnitPrice" => each(line, net),
        "proratedUnitPriceWithTax" => each(line, gross),
        other => return unknown("line expectation", other),
    })
}
